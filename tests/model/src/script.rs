//! What the model says, turn by turn.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The turns of a model, and those that it takes in other conversations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// What it says in a conversation, in order; after the last it says "done".
    pub turns: Vec<Turn>,
    /// What it says instead where the person's words hold a marker, as a subagent's prompt may.
    #[serde(default)]
    pub asides: Vec<Aside>,
}

/// Turns for the conversations whose prompt holds a marker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aside {
    /// Words that no other prompt holds.
    pub marker: String,
    /// What it says there.
    pub turns: Vec<Turn>,
}

/// What the model says at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// Words, which end an agent's run.
    Text(String),
    /// Tool calls, all in one turn.
    Calls(Vec<Call>),
}

/// One tool call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The tool's name, as this agent has it.
    pub name: String,
    /// The tool's input; a string where the tool takes free text.
    pub input: Value,
}

/// What it says after the last turn.
pub(crate) const DONE: &str = "done";

impl Script {
    /// These turns, in order.
    pub fn new(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self {
            turns: turns.into_iter().collect(),
            asides: Vec::new(),
        }
    }

    /// One tool call, and then "done".
    pub fn call(name: &str, input: Value) -> Self {
        Self::new([Turn::call(name, input)])
    }

    /// The same with one more turn.
    #[must_use]
    pub fn then(mut self, turn: Turn) -> Self {
        self.turns.push(turn);
        self
    }

    /// The same with other turns where the person's words hold `marker`.
    #[must_use]
    pub fn aside(mut self, marker: &str, turns: impl IntoIterator<Item = Turn>) -> Self {
        self.asides.push(Aside {
            marker: marker.to_owned(),
            turns: turns.into_iter().collect(),
        });
        self
    }

    /// The turns for a conversation that starts with these words.
    pub(crate) fn turns_for(&self, words: &str) -> &[Turn] {
        self.asides
            .iter()
            .find(|aside| words.contains(&aside.marker))
            .map_or(&self.turns, |aside| &aside.turns)
    }
}

impl Turn {
    /// Words.
    pub fn text(words: &str) -> Self {
        Self::Text(words.to_owned())
    }

    /// One tool call.
    pub fn call(name: &str, input: Value) -> Self {
        Self::Calls(vec![Call::new(name, input)])
    }

    /// Several tool calls at once.
    pub fn calls(calls: impl IntoIterator<Item = Call>) -> Self {
        Self::Calls(calls.into_iter().collect())
    }
}

impl Call {
    /// A call of the tool `name`.
    pub fn new(name: &str, input: Value) -> Self {
        Self {
            name: name.to_owned(),
            input,
        }
    }
}
