//! How each agent puts its question and wants its answer.
//!
//! A dialect reads one payload and writes one JSON object. Which one is spoken
//! stands in the agent's settings; what the payload looks like must agree.

mod claude;
mod codex;
mod copilot;
mod gemini;
mod payload;

use serde_json::{Value, json};
use thumbturn_wire::{Agent, Ask, Moment, Report, check_strict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Of(Agent),
    /// A no in all of them at once, for a listener we do not know. Some agents refuse
    /// such an object, so it is only ever said together with exit code 2.
    Every,
}

/// What an agent put to the hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Asks(Ask),
    Tells(Report),
}

impl Heard {
    /// The question, where it is one.
    pub fn ask(self) -> Option<Ask> {
        match self {
            Self::Asks(ask) => Some(ask),
            Self::Tells(_) => None,
        }
    }
}

/// How a yes is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yes {
    /// One line.
    Line(String),
    /// The agent has no word for it, and goes on where it hears none.
    Silence,
}

impl Dialect {
    /// # Errors
    /// Where it is no payload of this agent, byte for byte beyond doubt.
    pub fn read(self, payload: &[u8]) -> Result<Heard, Misfit> {
        let text = std::str::from_utf8(payload).map_err(|_| Misfit::NotText)?;
        if text.trim_ascii().is_empty() {
            return Err(Misfit::Empty);
        }
        check_strict(text).map_err(Misfit::NotJson)?;
        match self {
            Self::Of(Agent::Claude) => claude::read(text),
            Self::Of(Agent::Codex) => codex::read(text),
            Self::Of(Agent::Gemini) => gemini::read(text),
            Self::Of(Agent::Copilot) => copilot::read(text),
            Self::Every => Err(Misfit::Empty),
        }
    }

    /// `None` where this listener has no word for it and would not go on without one.
    pub fn allow(self, moment: Moment, reason: &str) -> Option<Yes> {
        let Self::Of(agent) = self else {
            return None;
        };
        let line = match (agent, moment) {
            (Agent::Claude, Moment::BeforeTool) => claude::before_tool("allow", reason),
            (Agent::Claude | Agent::Codex, Moment::WouldPrompt) => {
                claude::would_prompt(json!({ "behavior": "allow" }))
            }
            (Agent::Gemini, Moment::BeforeTool) => gemini::decision("allow", reason),
            (Agent::Copilot, Moment::BeforeTool) => copilot::decision("allow", reason),
            (Agent::Codex, Moment::BeforeTool) | (Agent::Claude, Moment::SettingsChange) => {
                return Some(Yes::Silence);
            }
            (Agent::Codex, Moment::SettingsChange)
            | (Agent::Gemini | Agent::Copilot, Moment::WouldPrompt | Moment::SettingsChange) => {
                return None;
            }
        };
        Some(Yes::Line(line.to_string()))
    }

    /// One line.
    pub fn deny(self, moment: Moment, reason: &str) -> String {
        match self {
            Self::Of(agent) => no(agent, moment, reason),
            Self::Every => every_no(reason),
        }
        .to_string()
    }
}

fn no(agent: Agent, moment: Moment, reason: &str) -> Value {
    match (agent, moment) {
        (Agent::Claude | Agent::Codex, Moment::BeforeTool) => claude::before_tool("deny", reason),
        (Agent::Claude | Agent::Codex, Moment::WouldPrompt) => {
            claude::would_prompt(json!({ "behavior": "deny", "message": reason }))
        }
        (Agent::Claude | Agent::Codex, Moment::SettingsChange) => claude::block(reason),
        (Agent::Gemini, _) => gemini::decision("deny", reason),
        (Agent::Copilot, _) => copilot::decision("deny", reason),
    }
}

fn every_no(reason: &str) -> Value {
    let mut no = claude::before_tool("deny", reason);
    for (name, value) in [
        ("decision", "deny"),
        ("reason", reason),
        ("permissionDecision", "deny"),
        ("permissionDecisionReason", reason),
    ] {
        if let Some(no) = no.as_object_mut() {
            no.insert(name.to_owned(), value.into());
        }
    }
    no
}

/// Why a payload is not taken for a call.
#[derive(Debug)]
pub enum Misfit {
    Empty,
    NotJson(serde_json::Error),
    NotText,
    /// It has the marks of another agent.
    Stranger {
        expected: Agent,
        seen: &'static str,
    },
    /// An event that the hook is not made for.
    Event(String),
    /// A field is missing or of another type.
    Field {
        name: &'static str,
        wanted: &'static str,
    },
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("stdin held no call"),
            Self::NotJson(error) => write!(f, "the call cannot be read: {error}"),
            Self::NotText => f.write_str("the call cannot be read: it is not UTF-8"),
            Self::Stranger { expected, seen } => {
                write!(
                    f,
                    "the hook was set up for {} but this is a call of {seen}",
                    expected.name()
                )
            }
            Self::Event(event) => write!(f, "the hook is not made for the event `{event}`"),
            Self::Field { name, wanted } => {
                write!(f, "the call cannot be read: its `{name}` is not {wanted}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
