//! What the payloads of all agents have in common.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use thumbturn_wire::{Agent, Input};

use super::Misfit;

/// Marks of each agent: these keys together, at the top of its payload. The first that fits counts.
const MARKS: &[(&[&str], &str)] = &[
    (&["turn_id", "model"], CODEX),
    (&["cursor_version"], "Cursor"),
    (&["toolName", "toolInput"], "Grok"),
    (&["toolName"], COPILOT),
    (&["hookEventName"], "VS Code"),
    (&["tool_call_id"], "Qwen Code"),
    (&["toolCall"], "Antigravity"),
    (&["agent_action_name"], "Windsurf"),
    (&["clineVersion"], "Cline"),
];

const CODEX: &str = "Codex CLI";
const COPILOT: &str = "Copilot CLI";
const GEMINI: &str = "Gemini CLI";

/// A payload's fields, each as the agent wrote it: a reader might change numbers and escapes.
pub(super) struct Payload<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Payload<'a> {
    /// # Errors
    /// Where it is no object, or has the marks of another agent.
    pub(super) fn of(text: &'a str, expected: Agent) -> Result<Self, Misfit> {
        if !text.trim_ascii_start().starts_with('{') {
            return Err(Misfit::Field {
                name: "top",
                wanted: "an object",
            });
        }
        let payload = Self(serde_json::from_str(text).map_err(Misfit::NotJson)?);
        match payload.stranger() {
            Some(seen) if seen != expected.name() => Err(Misfit::Stranger { expected, seen }),
            Some(_) | None => Ok(payload),
        }
    }

    fn stranger(&self) -> Option<&'static str> {
        let text = |name| self.maybe(name).ok().flatten().unwrap_or_default();
        if matches!(text("hook_event_name").as_str(), "BeforeTool" | "AfterTool") {
            return Some(GEMINI);
        }
        let mode = text("permission_mode");
        if matches!(mode.as_str(), "off" | "spec") || mode.starts_with("auto-") {
            return Some("Droid");
        }
        MARKS
            .iter()
            .find(|(marks, _)| marks.iter().all(|mark| self.has(mark)))
            .map(|(_, name)| *name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(name).copied()
    }

    /// A text that must be there.
    pub(super) fn string(&self, name: &'static str) -> Result<String, Misfit> {
        self.maybe(name)?
            .filter(|text| !text.is_empty())
            .ok_or(Misfit::Field {
                name,
                wanted: "a text",
            })
    }

    pub(super) fn maybe(&self, name: &'static str) -> Result<Option<String>, Misfit> {
        self.raw(name)
            .map(|raw| {
                serde_json::from_str(raw.get()).map_err(|_| Misfit::Field {
                    name,
                    wanted: "a text",
                })
            })
            .transpose()
    }

    /// The directory it is about.
    pub(super) fn cwd(&self) -> Result<String, Misfit> {
        self.string("cwd")
            .and_then(|cwd| match cwd.starts_with('/') {
                true => Ok(cwd),
                false => Err(Misfit::Field {
                    name: "cwd",
                    wanted: "a whole path",
                }),
            })
    }

    /// The tool's input, byte for byte.
    pub(super) fn input(&self, name: &'static str) -> Result<Input, Misfit> {
        self.raw(name)
            .filter(|raw| raw.get().starts_with('{'))
            .map(|raw| raw.to_owned().into())
            .ok_or(Misfit::Field {
                name,
                wanted: "an object",
            })
    }

    pub(super) fn millis(&self, name: &str) -> Option<u64> {
        let millis: f64 = serde_json::from_str(self.raw(name)?.get()).ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a length of time, within bounds"
        )]
        (0.0..1e12).contains(&millis).then_some(millis as u64)
    }
}

/// A text field of a tool's input, where there is one.
pub(super) fn text_in(input: &Input, name: &str) -> Option<String> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(input.text()).ok()?;
    serde_json::from_str(fields.get(name)?.get()).ok()
}

/// Our name for an agent's tool. One that we have no name for keeps its own, unless that is our
/// name for something else.
pub(super) fn named(agent: Agent, tool: String, names: &[(&str, &'static str)]) -> String {
    if let Some((_, ours)) = names.iter().find(|(theirs, _)| *theirs == tool) {
        return (*ours).to_owned();
    }
    if TAKEN.contains(&tool.as_str()) {
        return format!("{}:{tool}", agent.word());
    }
    tool
}

/// Names that say what a tool does, whichever agent brings it.
const TAKEN: &[&str] = &[
    "Agent",
    "Bash",
    "Edit",
    "Glob",
    "Grep",
    "PowerShell",
    "Read",
    "Skill",
    "WebFetch",
    "WebSearch",
    "Write",
];
