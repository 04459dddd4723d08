//! How each agent puts its question and wants its answer.
//!
//! A dialect reads one payload and writes one JSON object. Which one is spoken
//! stands in the agent's settings; what the payload looks like must agree.

mod claude;

use serde_json::json;
use thumbturn_wire::{Agent, Ask, check_strict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Claude,
    /// A no in all of them at once, for a listener we do not know. Some agents refuse
    /// such an object, so it is only ever said together with exit code 2.
    Every,
}

impl Dialect {
    pub fn of(agent: Agent) -> Self {
        match agent {
            Agent::Claude => Self::Claude,
        }
    }

    /// # Errors
    /// Where it is no call of this agent, byte for byte beyond doubt.
    pub fn read(self, call: &[u8]) -> Result<Ask, Misfit> {
        let text = std::str::from_utf8(call).map_err(|_| Misfit::NotText)?;
        if text.trim_ascii().is_empty() {
            return Err(Misfit::Empty);
        }
        check_strict(text).map_err(Misfit::NotJson)?;
        match self {
            Self::Claude => claude::read(text),
            Self::Every => Err(Misfit::Empty),
        }
    }

    /// One line, or `None` where this listener has no word for it.
    pub fn allow(self, reason: &str) -> Option<String> {
        match self {
            Self::Claude => Some(claude::decision("allow", reason).to_string()),
            Self::Every => None,
        }
    }

    /// One line.
    pub fn deny(self, reason: &str) -> String {
        let mut no = claude::decision("deny", reason);
        match self {
            Self::Claude => {}
            Self::Every => {
                if let (Some(no), Some(more)) = (
                    no.as_object_mut(),
                    json!({
                        "decision": "deny",
                        "reason": reason,
                        "permissionDecision": "deny",
                        "permissionDecisionReason": reason,
                    })
                    .as_object_mut(),
                ) {
                    no.append(more);
                }
            }
        }
        no.to_string()
    }
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
    /// Another event than the one before a tool runs.
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
            Self::Event(event) => write!(
                f,
                "the hook answers `PreToolUse` only, and this is `{event}`"
            ),
            Self::Field { name, wanted } => {
                write!(f, "the call cannot be read: its `{name}` is not {wanted}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_for_everybody_holds_all_three_forms() {
        let no: serde_json::Value = serde_json::from_str(&Dialect::Every.deny("because")).unwrap();
        assert_eq!(
            no,
            json!({
                "hookSpecificOutput": {
                    "hookEventName": "PreToolUse",
                    "permissionDecision": "deny",
                    "permissionDecisionReason": "because",
                },
                "decision": "deny",
                "reason": "because",
                "permissionDecision": "deny",
                "permissionDecisionReason": "because",
            })
        );
        assert_eq!(Dialect::Every.allow("because"), None);
    }

    #[test]
    fn the_longest_answer_fits_into_one_write_to_a_pipe() {
        for c in ["\"", "\u{1F44D}", "\\"] {
            let reason = thumbturn_wire::plain(&c.repeat(10_000), 300);
            assert!(Dialect::Every.deny(&reason).len() < 4096, "{c}");
        }
    }
}
