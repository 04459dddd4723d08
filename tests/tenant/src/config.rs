//! What a tenant is started with. Every field has the value that Duo documents or, where it is silent, a usual one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::account::User;
use crate::push::Tap;
use crate::random;

#[derive(Clone, Debug)]
pub struct Config {
    /// Of the Auth API.
    pub application: Application,
    /// Of Universal Prompt: its integration key is the client_id, its secret key the client_secret.
    pub web_sdk: Application,
    pub users: Vec<User>,
    pub policy: Policy,
    pub ports: Ports,
    /// Further names in the certificate, beside `localhost` and 127.0.0.1, that a signature may also be made for.
    pub hosts: Vec<String>,
    /// Answers every push by itself, at once.
    pub auto: Option<Tap>,
}

#[derive(Clone, Debug)]
pub struct Application {
    pub name: String,
    pub organization: String,
    pub integration_key: String,
    pub secret_key: String,
}

/// Port 0 takes any free port. All listeners are bound to 127.0.0.1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub api: u16,
    pub phone: u16,
    /// The API over plain HTTP, for SDK modes that cannot do TLS with a CA of one's own.
    pub http: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    pub push_seconds: u64,
    /// Consecutive failures (denials, fraud, time-outs, wrong passcodes) until the user is locked out.
    pub lockout_threshold: u32,
    /// Demands Verified Duo Push, with a code of this many digits (3 to 6).
    pub verified_digits: Option<u8>,
    pub new_user: NewUser,
    /// How long `auth_status` waits for a change. Duo does not publish its own value.
    pub poll_seconds: u64,
    pub poll_end: PollEnd,
    pub remember_devices: bool,
}

/// What becomes of a username that the tenant does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewUser {
    #[default]
    Enroll,
    Allow,
    Deny,
}

/// How a poll ends that nothing happened to; Duo's documentation knows both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollEnd {
    #[default]
    Waiting,
    InvalidRequest,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            application: Application::default(),
            web_sdk: Application {
                name: "Thumbturn sign-in".to_owned(),
                ..Application::default()
            },
            users: vec![User::new("dana")],
            policy: Policy::default(),
            ports: Ports::default(),
            hosts: Vec::new(),
            auto: None,
        }
    }
}

impl Default for Application {
    fn default() -> Self {
        Self {
            name: "Thumbturn".to_owned(),
            organization: "Example Organisation".to_owned(),
            integration_key: random::identifier("DI"),
            secret_key: random::secret(40),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            push_seconds: 60,
            lockout_threshold: 10,
            verified_digits: None,
            new_user: NewUser::Enroll,
            poll_seconds: 20,
            poll_end: PollEnd::Waiting,
            remember_devices: false,
        }
    }
}

impl Policy {
    pub(crate) fn push_life(&self) -> Duration {
        Duration::from_secs(self.push_seconds)
    }
}
