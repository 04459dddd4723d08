//! What the window says. What was typed and is secret goes to keychain and Duo, and nowhere else.

use secrecy::SecretString;
use thumbturn_core::{AskId, Click, Desk, Event, Setting};
use thumbturn_pipe::{Connect, Device, Look, Said, SignInWith, TestPush, Typed};
use thumbturn_wire::Passcode;

use super::{Input, Runtime};
use crate::autostart;
use crate::connect::{Connected, Place, Refused, answers, establish};
use crate::duo::{Connection, Duo, SignIn, Tenancy};
use crate::pages::history;
use crate::settings::Settings;

impl Runtime {
    pub(super) fn said(&mut self, said: Said) {
        match said {
            Said::Click(click @ Click::TestPush) => {
                self.pages.test(TestPush::Waiting);
                let id = self.clicked(click, Desk::Window);
                self.test_began(id);
            }
            Said::Click(click) => {
                self.clicked(click, Desk::Window);
            }
            Said::Look(look) => self.look(look),
            Said::CheckHost { host, ca } => self.check_host(host, ca),
            Said::TryRules(edit) => self.try_rules(edit),
            Said::EditRules(edit) => self.edit_rules(edit),
            Said::DraftRule(line) => self.draft_rule(line),
            Said::ForgetDraft => self.forget_draft(),
            Said::PlanAgent { agent, deed } => self.plan_agent(agent, deed),
            Said::ChangeAgent => self.change_agent(),
            Said::ForgetPlan => self.forget_plan(),
            Said::Connect(connect) => self.connect(*connect),
            Said::Passcode { ask, passcode } => self.passcode(ask, &passcode),
        }
        self.stale = true;
    }

    /// One that never got in line says why: nobody is signed in, or something is amiss.
    fn test_began(&mut self, id: AskId) {
        let view = self.core.view(crate::clock::now());
        if view.waiting.iter().any(|waiting| waiting.id == id) {
            return;
        }
        let trouble = view.troubles.first();
        let words = trouble.map_or(view.headline, |it| format!("{} {}", it.words, it.fix));
        self.pages.test_never_began(words);
    }

    pub(super) fn look(&mut self, look: Look) {
        self.pages.open(look);
        // The files may be others by the time that somebody comes back.
        self.forget_plan();
        if self.pages.is_settings() {
            self.read_devices();
        }
        if self.pages.is_rules() {
            self.look_for_suggestions();
        }
        if self.pages.is_agents() {
            self.check_agents();
        }
    }

    /// Reads the open page of the log again, off the loop, if there is more of it.
    pub(super) fn read_history(&mut self) {
        let Some(query) = self.pages.wants_history() else {
            return;
        };
        let file = self.rooms.keys.paths.audit();
        let inputs = self.rooms.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let read = history::read(&file, query);
            // Only a gate that is ending has closed it.
            let _ = inputs.blocking_send(Input::History(read));
        });
    }

    fn read_devices(&self) {
        let (Some(duo), Some(user)) = (self.held.phone.duo.clone(), self.core.user()) else {
            return;
        };
        let user = user.to_owned();
        let inputs = self.rooms.inputs.clone();
        tokio::spawn(async move {
            let devices = duo.devices(&user).await.unwrap_or_default();
            let devices = devices.into_iter().map(|device| Device {
                name: device.title(),
                id: device.device,
            });
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::Devices(devices.collect())).await;
        });
    }

    fn check_host(&mut self, host: String, ca: Option<String>) {
        self.pages.checks_host(&host);
        let proxy = self.held.settings.proxy.clone();
        let inputs = self.rooms.inputs.clone();
        tokio::spawn(async move {
            let result = ping(&host, ca, proxy.as_deref()).await;
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::HostChecked { host, result }).await;
        });
    }

    fn connect(&mut self, connect: Connect) {
        if self.pages.is_connecting() {
            return;
        }
        self.pages.connecting();
        let keys = self.rooms.keys.clone();
        let settings = self.held.settings.clone();
        let approver = self.core.user().map(ToOwned::to_owned);
        let inputs = self.rooms.inputs.clone();
        let tell = inputs.clone();
        tokio::spawn(async move {
            let place = Place {
                settings: &settings,
                paths: &keys.paths,
                keychain: &keys.keychain,
            };
            let ringing = move |rings: crate::duo::Rings| {
                let code = Input::ConnectRings(rings.verification_code);
                tokio::spawn(async move { tell.send(code).await });
            };
            let result = match tenancy(connect) {
                Ok(tenancy) => establish(tenancy, place, approver.as_deref(), ringing).await,
                Err(refused) => Err(refused),
            };
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::Connected(result)).await;
        });
    }

    pub(super) fn connected(&mut self, result: Result<Connected, Refused>) {
        if result.is_ok() {
            self.rooms.keys.load(self.rooms.inputs.clone(), None);
        }
        self.pages.connected(result);
        self.stale = true;
    }

    fn passcode(&mut self, ask: AskId, passcode: &Typed) {
        let Some(slot) = self.slots.get_mut(&ask) else {
            return;
        };
        slot.passcode = Some(Passcode::new(passcode.reveal().to_owned()));
        self.clicked(Click::Passcode(ask), Desk::Window);
        // Where the core let none be tried, none is kept.
        if let Some(slot) = self.slots.get_mut(&ask) {
            slot.passcode = None;
        }
    }

    /// Writes a setting down, and lets it hold from now on.
    pub(super) fn save(&mut self, setting: &Setting) -> Vec<Event> {
        if let Setting::Rules { digest, .. } = setting {
            self.keep_rules(digest);
            return Vec::new();
        }
        let file = self.rooms.keys.paths.settings();
        let saved = Settings::save(&file, setting)
            .map_err(|error| error.to_string())
            .and_then(|settings| {
                if let Setting::StartAtLogin(on) = setting {
                    autostart::set(&self.rooms.keys.paths, *on).map_err(|error| {
                        format!("starting at login could not be changed: {error}")
                    })?;
                }
                Ok(settings)
            });
        let settings = match saved {
            Ok(settings) => settings,
            Err(words) => {
                self.pages.could_not_save(Some(words));
                return Vec::new();
            }
        };
        self.pages.could_not_save(None);
        self.held.phone.device.clone_from(&settings.device);
        let changed = Event::Settings {
            patience: settings.patience(),
            session_lifetime: settings.session_lifetime(),
            off_needs_push: settings.require_push_to_turn_off,
        };
        self.held.settings = settings;
        vec![changed]
    }
}

async fn ping(host: &str, ca: Option<String>, proxy: Option<&str>) -> Result<(), Refused> {
    // The keys are of the right shape and never sent: a ping is not signed.
    let nobody = (
        "DI000000000000000000",
        "0000000000000000000000000000000000000000",
    );
    let connection = Connection::new(host, nobody.0, nobody.1.into(), ca)?;
    answers(&Duo::new(connection, proxy)?).await.map(drop)
}

fn tenancy(connect: Connect) -> Result<Tenancy, Refused> {
    let secret = |typed: &Typed| SecretString::from(typed.reveal());
    let connection = Connection::new(
        &connect.host,
        &connect.integration_key,
        secret(&connect.secret_key),
        connect.ca,
    )?;
    let sign_in = match connect.sign_in {
        SignInWith::UniversalPrompt {
            client_id,
            client_secret,
        } => SignIn::UniversalPrompt {
            client_id: client_id.trim().to_owned(),
            client_secret: secret(&client_secret),
        },
        SignInWith::SingleSignOn {
            issuer,
            client_id,
            client_secret,
        } => SignIn::SingleSignOn {
            issuer: issuer.trim().to_owned(),
            client_id: client_id.trim().to_owned(),
            client_secret: client_secret.as_ref().map(secret),
        },
        SignInWith::Push => SignIn::Push,
    };
    Ok(Tenancy {
        connection,
        sign_in,
    })
}
