//! Whether a person is signed in. The tokens themselves never come in here.

use serde::{Deserialize, Serialize};

/// Who the pushes go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user: String,
    /// On the boot clock; `None` while the user comes from the settings.
    pub ends: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginError {
    Cancelled,
    Refused,
    TimedOut,
    Untrusted,
    Unreachable,
}
