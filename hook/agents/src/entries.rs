//! What must stand in an agent's settings for it to ask the gate.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thumbturn_wire::{Agent, deadlines};

/// What the entries start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// A whole path: a name on the search path could be another program.
    pub hook: PathBuf,
    /// The command line program, for the agent's instruction.
    pub cli: PathBuf,
    /// Deny while Duo mode is off, for machines where it must be on.
    pub required: bool,
    /// More arguments, for a trial home.
    pub more: Vec<String>,
}

/// The name of our program: an entry that starts it is ours, wherever it lies.
pub(crate) const NAME: &str = "thumbturn-hook";

/// How long the agent waits for our answer, in seconds: longer than our own deadline.
pub(crate) const TIMEOUT: u64 = deadlines::AGENT / 1000;

/// How long it waits where it only tells, in seconds.
const TELLING: u64 = 10;

/// What an event is hooked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Without it the agent does not ask.
    Ask,
    /// It tells, and waits for nothing.
    Tell,
    /// It tells, while Duo mode is off too.
    TellAlways,
}

/// One event of an agent's, and what its entry must be.
pub(crate) struct Entry {
    pub(crate) event: &'static str,
    pub(crate) role: Role,
    /// What stands in the event's list.
    pub(crate) value: Value,
}

impl Program {
    pub(crate) fn arguments(&self, agent: Agent, role: Role) -> Vec<String> {
        let mut words = vec![agent.word().to_owned()];
        match role {
            Role::Ask if self.required => words.push("--required".into()),
            Role::TellAlways => words.push("--tell".into()),
            Role::Ask | Role::Tell => {}
        }
        words.extend(self.more.iter().cloned());
        words
    }

    /// For agents that start a shell.
    pub(crate) fn command_line(&self, agent: Agent, role: Role) -> String {
        let program = self.hook.to_string_lossy();
        let arguments = self.arguments(agent, role);
        let words = std::iter::once(program.as_ref()).chain(arguments.iter().map(String::as_str));
        words.map(quoted).collect::<Vec<_>>().join(" ")
    }

    /// Everything that must stand in that agent's settings.
    pub(crate) fn entries(&self, agent: Agent) -> Vec<Entry> {
        let entry = |(event, role)| Entry {
            event,
            role,
            value: self.entry(agent, event, role),
        };
        events(agent).iter().copied().map(entry).collect()
    }

    fn entry(&self, agent: Agent, event: &str, role: Role) -> Value {
        let timeout = if role == Role::Ask { TIMEOUT } else { TELLING };
        match agent {
            Agent::Claude => {
                let mut hook = json!({
                    "type": "command",
                    "command": self.hook,
                    "args": self.arguments(agent, role),
                    "timeout": timeout,
                });
                if role == Role::Ask {
                    set(&mut hook, "onFailure", "block".into());
                }
                match event {
                    "PreToolUse" | "PermissionRequest" | "PostToolUse" => {
                        json!({ "matcher": "*", "hooks": [hook] })
                    }
                    _ => json!({ "hooks": [hook] }),
                }
            }
            Agent::Codex => {
                let hook = json!({
                    "type": "command",
                    "command": self.command_line(agent, role),
                    "timeout": timeout,
                });
                match event {
                    "SessionStart" => json!({ "hooks": [hook] }),
                    _ => json!({ "matcher": "*", "hooks": [hook] }),
                }
            }
            Agent::Gemini => {
                let hook = json!({
                    "type": "command",
                    "name": "thumbturn",
                    "command": self.command_line(agent, role),
                    // This agent counts milliseconds.
                    "timeout": timeout * 1000,
                });
                match event {
                    "BeforeTool" => json!({ "matcher": ".*", "hooks": [hook] }),
                    _ => json!({ "hooks": [hook] }),
                }
            }
            Agent::Copilot => json!({
                "type": "command",
                "bash": self.command_line(agent, role),
                "timeoutSec": timeout,
            }),
        }
    }
}

/// The events that each agent has for us.
fn events(agent: Agent) -> &'static [(&'static str, Role)] {
    match agent {
        Agent::Claude => &[
            ("PreToolUse", Role::Ask),
            ("PermissionRequest", Role::Ask),
            ("ConfigChange", Role::Ask),
            ("PostToolUse", Role::Tell),
            ("SessionStart", Role::TellAlways),
        ],
        Agent::Codex => &[
            ("PreToolUse", Role::Ask),
            ("PermissionRequest", Role::Ask),
            ("PostToolUse", Role::Tell),
            ("SessionStart", Role::TellAlways),
        ],
        Agent::Gemini => &[
            ("BeforeTool", Role::Ask),
            ("SessionStart", Role::TellAlways),
        ],
        Agent::Copilot => &[
            ("preToolUse", Role::Ask),
            ("sessionStart", Role::TellAlways),
        ],
    }
}

/// Whether this is a handler of ours, in the shape of any agent.
pub(crate) fn is_ours(handler: &Value) -> bool {
    program_of(handler).is_some_and(|program| {
        Path::new(&program)
            .file_name()
            .is_some_and(|name| name == NAME)
    })
}

/// The program that a handler starts, as far as it can be told.
pub(crate) fn program_of(handler: &Value) -> Option<String> {
    let text = |name| handler.get(name).and_then(Value::as_str);
    if handler.get("args").is_some() {
        return text("command").map(str::to_owned);
    }
    let line = text("command").or_else(|| text("bash"))?;
    Some(first_word(line))
}

pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The first word of a command line that [`quoted`] put together, or somebody like it.
fn first_word(line: &str) -> String {
    let line = line.trim_start();
    for quote in ['\'', '"'] {
        if let Some(rest) = line.strip_prefix(quote) {
            return rest.split(quote).next().unwrap_or_default().to_owned();
        }
    }
    line.split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_blanks_and_quotes_in_its_path_is_found_again() {
        for path in [
            "/usr/bin/thumbturn-hook",
            "/home/dana doe/bin/thumbturn-hook",
            "/opt/$x;y/thumbturn-hook",
        ] {
            let program = Program {
                hook: path.into(),
                cli: "/usr/bin/thumbturn".into(),
                required: true,
                more: vec!["--key".into(), "/a b/gate.pub".into()],
            };
            for agent in Agent::ALL {
                for entry in program.entries(agent) {
                    let handler = entry
                        .value
                        .pointer("/hooks/0")
                        .unwrap_or(&entry.value)
                        .clone();
                    assert_eq!(program_of(&handler).as_deref(), Some(path), "{handler}");
                    assert!(is_ours(&handler), "{handler}");
                }
            }
        }
        assert!(!is_ours(
            &json!({ "command": "/usr/bin/thumbturn-hooks claude" })
        ));
        assert!(!is_ours(&json!({ "command": "echo thumbturn-hook" })));
        assert!(!is_ours(&json!({ "url": "http://localhost" })));
    }
}
