//! The loop: one thing wakes it, the core decides, the effects are carried out in order. It decides nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use thumbturn_agents::{Agent, Plan};
use thumbturn_core::{AskId, AttemptId, Choice, Click, Core, Desk, Event, LoginError, Record};
use thumbturn_facts::Place;
use thumbturn_pipe::{AgentDeed, Device, History, RulesEdit, Said, Shown, Suggestion, Tried};
use thumbturn_wire::{AskBody, DeedBody, Mode, Passcode, Report, SigningKey};
use tokio::sync::{mpsc, oneshot, watch};

use crate::agents::{Again, Agents, Checked};
use crate::audit::Log;
use crate::clock::now;
use crate::connect::{Connected, Refused};
use crate::endpoint::Published;
use crate::keys::{Keys, Loaded};
use crate::notify::Notices;
use crate::pages::Pages;
use crate::payload::{self, fresh_code};
use crate::phone::Phone;
use crate::server::{Ids, Serving};
use crate::session::{Proof, Recalled};
use crate::settings::Settings;
use crate::tray::Tray;
use crate::update::Program;
use crate::window::Window;

mod agents;
mod effects;
mod requests;
mod rules;
mod showing;
mod signing_in;
mod update;
mod window;

pub(crate) use signing_in::SigningIn;

/// Sends the payload of one answer to whoever asked.
pub(crate) type Reply = oneshot::Sender<String>;

/// Everything that wakes the loop.
pub(crate) enum Input {
    Ask {
        id: AskId,
        body: AskBody,
        reply: Reply,
    },
    Deed {
        id: AskId,
        body: DeedBody,
        reply: Reply,
    },
    Status {
        reply: Reply,
    },
    Report {
        report: Report,
        reply: Reply,
    },
    Core(Event),
    /// From the tray: the person at the desk.
    Choice(Choice),
    /// From the window: as strong as a web page.
    Said(Said),
    WindowClosed,
    /// What the keychain remembers of a session.
    Recalled(Recalled),
    SignedIn {
        attempt: AttemptId,
        result: Result<Proof, LoginError>,
    },
    Renewed(Result<Proof, LoginError>),
    HostChecked {
        host: String,
        result: Result<(), Refused>,
    },
    /// The push over the old connection rings, and may want a code.
    ConnectRings(Option<String>),
    Connected(Result<Connected, Refused>),
    History(History),
    Devices(Vec<Device>),
    Tried {
        edit: RulesEdit,
        tried: Result<Tried, String>,
    },
    Suggested(Vec<Suggestion>),
    Loaded {
        loaded: Loaded,
        reply: Option<Reply>,
    },
    EndpointTouched,
    RulesTouched,
    /// A settings file of an agent's, or a program, was touched.
    AgentsTouched,
    /// The server takes no more questions; whether everybody before was answered.
    ServerStopped {
        is_over: bool,
    },
    AgentsChecked(Vec<Checked>),
    AgentPlanned(Result<(Plan, AgentDeed), (Agent, AgentDeed, String)>),
    AgentChanged(Result<(), String>),
    Quit {
        why: &'static str,
    },
}

/// What one waiting question needs of the gate.
struct Slot {
    reply: Reply,
    passcode: Option<Passcode>,
}

/// The other rooms, as the loop speaks to them.
pub(crate) struct Rooms {
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) ids: Arc<Ids>,
    pub(crate) key: watch::Sender<Option<Arc<SigningKey>>>,
    pub(crate) shown: watch::Sender<Shown>,
    pub(crate) tray: Tray,
    pub(crate) window: Window,
    pub(crate) keys: Keys,
    pub(crate) notices: Notices,
    pub(crate) place: Arc<Place>,
    pub(crate) agents: Arc<Agents>,
    /// `None` where the system lets nothing be watched.
    pub(crate) watching: Option<Again>,
    pub(crate) serving: Serving,
    /// This very program. `None` where nobody knows where it lies.
    pub(crate) program: Option<Program>,
}

/// What the loop changes besides the core.
pub(crate) struct Held {
    pub(crate) log: Log,
    pub(crate) phone: Phone,
    pub(crate) published: Published,
    pub(crate) settings: Settings,
}

pub(crate) struct Runtime {
    pub(crate) core: Core,
    pub(crate) held: Held,
    pub(crate) rooms: Rooms,
    signing_in: SigningIn,
    pages: Pages,
    editing: rules::Editing,
    slots: BTreeMap<AskId, Slot>,
    /// What was found of each agent, the last time that somebody looked.
    checked: Vec<Checked>,
    checking: agents::Checking,
    planned: Option<agents::Planned>,
    updating: update::Updating,
    /// Whether tray and window may show what no longer holds.
    stale: bool,
}

/// How long a line may stay in the system's memory before it is put on the disk.
const SYNC_AFTER: Duration = Duration::from_millis(900);
/// How often a keychain that is locked or missing is asked again.
const RELOAD_AFTER: Duration = Duration::from_secs(10);

impl Runtime {
    pub(crate) fn new(core: Core, held: Held, rooms: Rooms) -> Self {
        Self {
            core,
            held,
            rooms,
            signing_in: SigningIn::default(),
            pages: Pages::default(),
            editing: rules::Editing::default(),
            slots: BTreeMap::new(),
            checked: Vec::new(),
            checking: agents::Checking::default(),
            planned: None,
            updating: update::Updating::default(),
            stale: true,
        }
    }

    /// Runs until it is told to quit, or until it is to go on as another program with the same socket.
    pub(crate) async fn run(
        mut self,
        mut inputs: mpsc::Receiver<Input>,
    ) -> Option<(Program, std::net::TcpListener)> {
        let mut reload =
            tokio::time::interval_at(tokio::time::Instant::now() + RELOAD_AFTER, RELOAD_AFTER);
        reload.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut sync_at = None;
        loop {
            if std::mem::take(&mut self.stale) {
                // Whoever was just answered goes first; the screens come after.
                tokio::task::yield_now().await;
                self.show();
            }
            if self.held.log.is_unsynced() {
                sync_at.get_or_insert(tokio::time::Instant::now() + SYNC_AFTER);
            } else {
                sync_at = None;
            }
            let wake = self
                .core
                .next_deadline()
                .map(|at| Duration::from_millis(at.saturating_sub(now().boot)));
            let words = self
                .core
                .words_change(now())
                .map(|at| Duration::from_millis(at.saturating_sub(now().boot)));
            let input = tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => input,
                    None => return None,
                },
                () = tokio::time::sleep(wake.unwrap_or_default()), if wake.is_some() => Input::Core(Event::Tick),
                () = tokio::time::sleep_until(sync_at.unwrap_or_else(tokio::time::Instant::now)), if sync_at.is_some() => {
                    self.sync();
                    continue;
                }
                () = tokio::time::sleep(words.unwrap_or_default()), if words.is_some() => {
                    self.stale = true;
                    continue;
                }
                _ = reload.tick(), if self.signing_in.must_reload() => {
                    self.rooms.keys.load(self.rooms.inputs.clone(), None);
                    continue;
                }
            };
            if let Input::Quit { why } = input {
                self.note(&Record::GateStopped {
                    why: why.to_owned(),
                });
                self.sync();
                self.stored().await;
                return None;
            }
            if let Input::ServerStopped { is_over } = input {
                if let Some(next) = self.server_stopped(is_over) {
                    self.stored().await;
                    return Some(next);
                }
                continue;
            }
            self.take(input);
            self.update();
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Ask { id, body, reply } => self.asked(id, body, reply),
            Input::Deed { ref body, .. } if self.signing_in.is_early(&body.deed) => {
                self.signing_in.early.push(input);
            }
            Input::Deed { id, body, reply } => self.requested(id, body, reply),
            Input::Status { reply } => {
                // A status that nobody waits for any more is nobody's loss.
                let _ = reply.send(payload::status(self.core.view(now()), self.core.mode()));
            }
            Input::Core(Event::Asked { id, .. }) if !self.is_awaited(id) => {
                tracing::info!(id = id.0, "the asker went away before it was heard")
            }
            Input::Core(event) => self.handle(event),
            Input::Choice(choice) => self.chosen(choice),
            Input::Said(said) => self.said(said),
            Input::WindowClosed => self.look(thumbturn_pipe::Look::Now),
            Input::Recalled(recalled) => {
                self.recalled(recalled);
                self.take_early();
            }
            Input::SignedIn { attempt, result } => self.signed_in(attempt, result),
            Input::Renewed(result) => self.renewed(result),
            Input::HostChecked { host, result } => {
                self.pages.host_checked(host, result);
                self.stale = true;
            }
            Input::ConnectRings(code) => {
                self.pages.connect_rings(code);
                self.stale = true;
            }
            Input::Connected(result) => self.connected(result),
            Input::History(history) => {
                self.pages.take_history(history);
                self.stale = true;
            }
            Input::Devices(devices) => {
                self.pages.take_devices(devices);
                self.stale = true;
            }
            Input::Loaded { loaded, reply } => {
                self.loaded(loaded, reply);
                self.take_early();
            }
            Input::EndpointTouched => self.mend_endpoint(),
            Input::RulesTouched => self.load_rules(),
            Input::Report { report, reply } => self.told(report, reply),
            Input::AgentsTouched => {
                self.look_for_update();
                self.check_agents();
            }
            Input::ServerStopped { .. } => {}
            Input::AgentsChecked(checked) => self.agents_checked(checked),
            Input::AgentPlanned(planned) => self.agent_planned(planned),
            Input::AgentChanged(changed) => self.agent_changed(changed),
            Input::Tried { edit, tried } => {
                self.tried(&edit, tried);
                self.stale = true;
            }
            Input::Suggested(suggestions) => {
                self.suggested(suggestions);
                self.stale = true;
            }
            Input::Quit { .. } => {}
        }
    }

    fn chosen(&mut self, choice: Choice) {
        match choice {
            Choice::Click(click) => {
                self.clicked(click, Desk::Tray);
            }
            Choice::OpenWindow => self
                .rooms
                .window
                .open(self.rooms.shown.subscribe(), self.rooms.inputs.clone()),
            Choice::Quit if *self.core.mode() == Mode::Off => {
                let quit = Input::Quit {
                    why: "quit from the tray",
                };
                let inputs = self.rooms.inputs.clone();
                tokio::spawn(async move { inputs.send(quit).await });
            }
            // On is left by turning it off first.
            Choice::Quit => {}
        }
    }

    fn clicked(&mut self, click: Click, at: Desk) -> AskId {
        let id = self.rooms.ids.next();
        self.handle(Event::Click {
            id,
            code: fresh_code(),
            click,
            at,
        });
        id
    }

    pub(crate) fn begin(&mut self, mode: &Mode) {
        let started = Record::GateStarted {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: mode.clone(),
        };
        for event in self.note(&started) {
            self.handle(event);
        }
    }

    /// Gives the core one event, and carries out what it says, and what comes of that.
    pub(crate) fn handle(&mut self, event: Event) {
        if let Event::Rings {
            verification_code, ..
        }
        | Event::SignInRings {
            verification_code, ..
        } = &event
        {
            let with_code = verification_code.is_some();
            self.pages.rang(self.signing_in.tenancy(), with_code);
        }
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let mut armed = true;
            for effect in self.core.handle(event, now()) {
                let effect = if armed {
                    effect
                } else {
                    payload::unarmed(effect)
                };
                let caused = self.carry_out(effect);
                armed &= !caused.contains(&Event::NotArmed);
                events.extend(caused);
            }
        }
        self.stale = true;
    }
}
