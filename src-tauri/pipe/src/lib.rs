//! What gate and window say to each other over the window's two pipes, one JSON line each.
//!
//! Down goes [`Shown`], all that the window draws. Up comes [`Said`]: a click, a
//! look at another page, or something typed. What was typed and is secret goes
//! straight to the keychain or to Duo: it is no [`Click`], and no view holds it.

mod agents;
mod page;
mod rules;
mod said;
#[cfg(test)]
mod typescript;

pub use agents::{AgentDeed, AgentFault, AgentPlan, AgentRow, Agents, FileChange};
pub use page::{
    Connection, Device, Failure, Field, History, HostCheck, Page, Query, Row, Settings, Setup,
    TestPush,
};
pub use rules::{Change, Draft, Rule, Rules, RulesEdit, Suggestion, Tried};
pub use said::{Connect, Look, Said, SignInWith, Typed};

use serde::{Deserialize, Serialize};
use thumbturn_core::View;

/// All that the window draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Shown {
    pub view: View,
    pub page: Page,
    /// "system", or a language such as "de".
    pub language: String,
}
