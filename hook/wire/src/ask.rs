//! One question of one agent, in our words.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The agents that we speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    Claude,
    Codex,
    Gemini,
    Copilot,
}

impl Agent {
    pub const ALL: [Self; 4] = [Self::Claude, Self::Codex, Self::Gemini, Self::Copilot];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claude => "Claude Code",
            Self::Codex => "Codex CLI",
            Self::Gemini => "Gemini CLI",
            Self::Copilot => "Copilot CLI",
        }
    }

    /// Its name in commands and settings, which is its program's too.
    pub fn word(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|agent| agent.word() == word)
    }
}

/// When an agent asks. Each of them can be answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Before a tool runs, whatever the agent's own rules say of it.
    #[default]
    BeforeTool,
    /// The agent's own rules let it neither run nor not: it would now ask at its terminal.
    WouldPrompt,
    /// The agent's settings changed, and it would now go by the new ones.
    SettingsChange,
}

impl Moment {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What an agent tells of, and waits for no answer to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// A session began with the hook in it.
    Started {
        agent: Agent,
        session: String,
        cwd: String,
    },
    /// A tool ran, with this input.
    Ran {
        ask: Box<Ask>,
        /// How long, in milliseconds, where the agent says so.
        took_ms: Option<u64>,
    },
}

/// A tool call that an agent wants to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub agent: Agent,
    /// Since version 2 of the wire.
    #[serde(default, skip_serializing_if = "Moment::is_usual")]
    pub moment: Moment,
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
