//! The page that the window shows, beside the view. Each holds only what is shown of it.

use serde::{Deserialize, Serialize};
use thumbturn_core::Verdict;
use thumbturn_core::Way;

use crate::{Agents, Rules};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Page {
    /// Everything on it is in the view.
    #[default]
    Now,
    Setup(Setup),
    History(History),
    Rules(Box<Rules>),
    Agents(Agents),
    Settings(Settings),
}

/// Leading to a first approved push. What a person types stays in the window until it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Setup {
    /// The connection that stands, without its secrets.
    pub connection: Option<Connection>,
    /// What Duo said of the hostname that was typed last.
    pub host: Option<HostCheck>,
    /// Whether a connection is being checked, or waits for an approval over the old one.
    pub connecting: bool,
    /// What the push over the old connection wants typed on the phone, where it wants that.
    #[serde(default)]
    pub verification_code: Option<String>,
    /// Why the last connection was not kept.
    pub failure: Option<Failure>,
    pub test: TestPush,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Connection {
    pub host: String,
    pub integration_key: String,
    pub way: Way,
    /// Of the Web SDK or single sign-on application.
    pub client_id: Option<String>,
    pub issuer: Option<String>,
    /// Whether this tenant forces Verified Duo Push, as far as a push has shown it.
    pub verified_push: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HostCheck {
    pub host: String,
    /// `None` while it is being checked.
    pub answers: Option<bool>,
    /// What is wrong, and the next step.
    pub words: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Failure {
    /// Where to look first.
    pub field: Option<Field>,
    /// What is wrong, and the next step.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Field {
    Host,
    IntegrationKey,
    SecretKey,
    ClientId,
    ClientSecret,
    Issuer,
    Ca,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TestPush {
    #[default]
    Untried,
    /// It stands in the view's line.
    Waiting,
    Approved {
        device: String,
    },
    /// What happened, and the next step.
    Failed {
        words: String,
    },
}

/// Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct History {
    pub query: Query,
    pub rows: Vec<Row>,
    /// What [`Query::before`] is to be for the rows after these; none where these are the last.
    pub more: Option<u64>,
    /// Every agent that the log names, for the filter.
    pub agents: Vec<String>,
    /// Whether the log holds nothing at all.
    pub empty: bool,
    /// Why the log cannot be read, where it cannot.
    pub failure: Option<String>,
}

/// What to list. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Query {
    /// Anywhere in a row, whatever the case.
    pub text: String,
    #[cfg_attr(test, ts(as = "Option<crate::typescript::Verdict>"))]
    pub verdict: Option<Verdict>,
    pub agent: Option<String>,
    /// Only rows before this place in the log.
    pub before: Option<u64>,
}

/// One line of the log, as a diary tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Row {
    /// Its place in the log.
    pub id: u64,
    /// In milliseconds since the Unix epoch.
    pub at: u64,
    /// Of an answer; other rows have none.
    pub code: Option<String>,
    /// "Claude Code"; "Thumbturn" for what is no ask.
    pub agent: String,
    /// "Bash: git push origin main", whole.
    pub what: String,
    #[cfg_attr(test, ts(as = "Option<crate::typescript::Verdict>"))]
    pub verdict: Option<Verdict>,
    /// Why, and by whom.
    pub words: String,
    /// Whether an agent asked it, so that a rule can be made from it.
    #[serde(default)]
    pub is_ask: bool,
    /// Everything else that is known, name and value.
    pub detail: Vec<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Settings {
    pub device: Option<String>,
    /// Those that can ring; empty until Duo told.
    pub devices: Vec<Device>,
    /// In milliseconds.
    pub patience: u64,
    /// In milliseconds.
    pub session_lifetime: u64,
    pub require_push_to_turn_off: bool,
    pub notifications: bool,
    pub start_at_login: bool,
    pub proxy: Option<String>,
    /// Where the settings lie.
    pub file: String,
    pub version: String,
    /// Why the last change was not kept.
    pub failure: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Device {
    pub id: String,
    pub name: String,
}
