//! What the window shows beside the view, as far as it is open.

pub(crate) mod history;

use thumbturn_pipe::{
    Connection, Device, Failure, History, HostCheck, Look, Page, Query, Settings as SettingsPage,
    Setup, TestPush,
};

use crate::connect::{Connected, Refused};
use crate::duo::Tenancy;
use crate::settings::Settings;

/// What is remembered of the pages between two looks.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    look: Look,
    setup: Setup,
    history: History,
    devices: Vec<Device>,
    failure: Option<String>,
    /// Whether the log holds more than the open page shows.
    stale: bool,
}

/// Everything that a page draws on.
pub(crate) struct Sources<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) tenancy: Option<&'a Tenancy>,
    pub(crate) file: String,
}

impl Pages {
    pub(crate) fn open(&mut self, look: Look) {
        if let Look::History(query) = &look {
            self.stale = true;
            self.history.query = query.clone();
        }
        self.failure = None;
        self.look = look;
    }

    pub(crate) fn page(&self, sources: &Sources<'_>) -> Page {
        match &self.look {
            // Rules and agents are composed by whoever changes them.
            Look::Now | Look::Rules | Look::Agents => Page::Now,
            Look::Setup => Page::Setup(Setup {
                connection: sources.tenancy.map(|tenancy| self.connection(tenancy)),
                ..self.setup.clone()
            }),
            Look::History(_) => Page::History(self.history.clone()),
            Look::Settings => Page::Settings(self.settings(sources)),
        }
    }

    fn connection(&self, tenancy: &Tenancy) -> Connection {
        let kept = self.setup.connection.as_ref();
        Connection {
            host: tenancy.connection.host().to_owned(),
            integration_key: tenancy.connection.integration_key().to_owned(),
            way: tenancy.sign_in.way(),
            client_id: tenancy.sign_in.client_id().map(ToOwned::to_owned),
            issuer: tenancy.sign_in.issuer().map(ToOwned::to_owned),
            verified_push: kept.and_then(|kept| kept.verified_push),
        }
    }

    fn settings(&self, sources: &Sources<'_>) -> SettingsPage {
        let settings = sources.settings;
        SettingsPage {
            device: settings.device.clone(),
            devices: self.devices.clone(),
            patience: settings.patience(),
            session_lifetime: settings.session_lifetime(),
            require_push_to_turn_off: settings.require_push_to_turn_off,
            notifications: settings.notifications,
            start_at_login: settings.start_at_login,
            proxy: settings.proxy.clone(),
            file: sources.file.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            failure: self.failure.clone(),
        }
    }

    pub(crate) fn is_rules(&self) -> bool {
        self.look == Look::Rules
    }

    pub(crate) fn is_agents(&self) -> bool {
        self.look == Look::Agents
    }

    pub(crate) fn is_settings(&self) -> bool {
        self.look == Look::Settings
    }

    /// The log has one more line.
    pub(crate) fn logged(&mut self) {
        self.stale = true;
    }

    /// What is to be read from the log now, told once.
    pub(crate) fn wants_history(&mut self) -> Option<Query> {
        let Look::History(query) = &self.look else {
            return None;
        };
        std::mem::take(&mut self.stale).then(|| query.clone())
    }

    pub(crate) fn take_history(&mut self, history: History) {
        if let Look::History(query) = &self.look
            && *query == history.query
        {
            self.history = history;
        }
    }

    pub(crate) fn take_devices(&mut self, devices: Vec<Device>) {
        self.devices = devices;
    }

    pub(crate) fn could_not_save(&mut self, words: Option<String>) {
        self.failure = words;
    }

    pub(crate) fn checks_host(&mut self, host: &str) {
        self.setup.host = Some(HostCheck {
            host: host.to_owned(),
            answers: None,
            words: String::new(),
        });
    }

    /// Counts only for the hostname that was typed last.
    pub(crate) fn host_checked(&mut self, host: String, result: Result<(), Refused>) {
        if self
            .setup
            .host
            .as_ref()
            .is_none_or(|check| check.host != host)
        {
            return;
        }
        let (answers, words) = match result {
            Ok(()) => (true, "Duo answers here.".to_owned()),
            Err(refused) => (false, refused.words),
        };
        self.setup.host = Some(HostCheck {
            host,
            answers: Some(answers),
            words,
        });
    }

    pub(crate) fn connecting(&mut self) {
        self.setup.connecting = true;
        self.setup.failure = None;
        self.setup.verification_code = None;
    }

    pub(crate) fn is_connecting(&self) -> bool {
        self.setup.connecting
    }

    pub(crate) fn connect_rings(&mut self, code: Option<String>) {
        self.setup.verification_code = code;
    }

    pub(crate) fn connected(&mut self, result: Result<Connected, Refused>) {
        self.setup.connecting = false;
        self.setup.verification_code = None;
        match result {
            Ok(Connected::Unchanged) => {}
            Ok(Connected::First | Connected::Replaced) => self.setup.test = TestPush::Untried,
            Err(Refused { field, words }) => self.setup.failure = Some(Failure { field, words }),
        }
    }

    /// A push rang, and showed whether this tenant wants a code for it.
    pub(crate) fn rang(&mut self, tenancy: Option<&Tenancy>, with_code: bool) {
        let Some(tenancy) = tenancy else { return };
        let mut connection = self.connection(tenancy);
        connection.verified_push = Some(with_code);
        self.setup.connection = Some(connection);
    }

    pub(crate) fn test_never_began(&mut self, words: String) {
        if self.setup.test == TestPush::Waiting {
            self.setup.test = TestPush::Failed { words };
        }
    }

    pub(crate) fn test(&mut self, test: TestPush) {
        self.setup.test = test;
    }
}
