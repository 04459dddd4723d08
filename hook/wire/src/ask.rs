//! One question of one agent, in our words.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The agents that we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    Claude,
}

impl Agent {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claude => "Claude Code",
        }
    }
}

/// A tool call that an agent wants to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub agent: Agent,
    pub session: String,
    /// The agent's own name for this call, where it gives one.
    pub call: Option<String>,
    /// The person's prompt that the call serves, where the agent names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    pub subagent: Option<Subagent>,
    /// The directory the call would run in.
    pub cwd: String,
    pub tool: String,
    pub input: Input,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subagent {
    pub id: String,
    pub kind: Option<String>,
}

/// A tool's input, byte for byte as the agent sent it: what is shown must be what runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Input(Box<RawValue>);

impl Input {
    pub fn text(&self) -> &str {
        self.0.get()
    }
}

impl TryFrom<String> for Input {
    type Error = serde_json::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        RawValue::from_string(text).map(Self)
    }
}

impl From<Box<RawValue>> for Input {
    fn from(raw: Box<RawValue>) -> Self {
        Self(raw)
    }
}

impl PartialEq for Input {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Input {}
