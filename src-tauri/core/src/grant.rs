//! What one approval lets through besides the ask it was for, and no more than its card says.

use serde::{Deserialize, Serialize};

use crate::RuleId;

/// The grant that an approval would make.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offer {
    pub covers: Covers,
    pub life: Life,
    /// In how many asks it may be used.
    pub most: u32,
}

/// Which asks of the same agent session. Two asks share a grant if this is equal in both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// The same tool with the same input in the same directory, by digest.
    Same(String),
    /// Whatever this rule matches, within that project and for that host where they are named.
    Rule {
        rule: RuleId,
        /// What the rule says it is about, such as "edits".
        what: String,
        project: Option<String>,
        host: Option<String>,
    },
}

/// How long it lasts. Sleep, locking, signing out and turning off end it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    Minutes(u32),
    /// Until the person's prompt ends that the agent works on.
    Prompt,
    /// Until the agent's session ends.
    Session,
}
