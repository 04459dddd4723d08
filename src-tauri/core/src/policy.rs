//! Whether a call needs a thumb.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement;

/// The rule that made a judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub String);

/// What only the file system knows about an ask, resolved by the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The ask's directory with every link resolved; `None` where it cannot be.
    pub cwd: Option<String>,
}
