//! The page on which a person puts the gate into agents, and sees whether it stands there.

use serde::{Deserialize, Serialize};
use thumbturn_core::Agent;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Agents {
    /// All that we speak to, installed here or not.
    pub agents: Vec<AgentRow>,
    /// What a click would change.
    pub plan: Option<AgentPlan>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AgentRow {
    #[cfg_attr(test, ts(as = "thumbturn_core::typescript::Agent"))]
    pub agent: Agent,
    /// "Claude Code".
    pub name: String,
    /// Where its program lies; none where it was not found.
    pub program: Option<String>,
    pub version: Option<String>,
    /// "project", "user" or "managed", where the gate is in.
    pub tier: Option<String>,
    /// In milliseconds since the Unix epoch.
    pub seen_at: Option<u64>,
    /// The worst first.
    pub faults: Vec<AgentFault>,
    /// Whether putting the gate in, once more where it was, changes anything.
    pub can_install: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AgentFault {
    /// What is wrong.
    pub words: String,
    /// The one next step.
    pub fix: String,
    /// Whether the agent does not ask for sure because of it.
    pub is_broken: bool,
}

/// What putting the gate in, or taking it out, changes in which file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AgentPlan {
    #[cfg_attr(test, ts(as = "thumbturn_core::typescript::Agent"))]
    pub agent: Agent,
    pub deed: AgentDeed,
    pub files: Vec<FileChange>,
    /// Why it cannot be done, and the next step.
    pub failure: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum AgentDeed {
    Install,
    Remove,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FileChange {
    pub path: String,
    /// Each with its sign: "+", "-", " ", or "…" where lines are left out.
    pub lines: Vec<(String, String)>,
}
