//! What the gate says to an ask or a deed.

use serde::{Deserialize, Serialize};

/// A closed set, compared exactly: anything else is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Allow,
    Deny,
    /// Nothing from us; the agent asks its own way.
    NoWord,
}

/// The payload that is sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub verdict: Verdict,
    /// One line for the agent or the person at the shell.
    pub words: String,
    /// The short reference that phone, tray, terminal and log share.
    pub code: String,
}
