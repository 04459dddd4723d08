//! Claude Code's `PreToolUse`, as observed with version 2.1.330.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use thumbturn_wire::{Agent, Ask, Input, Subagent};

use super::Misfit;

/// Marks of other agents: these keys together, at the top of the payload.
const STRANGERS: &[(&[&str], &str)] = &[
    (&["turn_id", "model"], "Codex"),
    (&["cursor_version"], "Cursor"),
    (&["toolName"], "Copilot CLI"),
    (&["hookEventName"], "VS Code"),
    (&["tool_call_id"], "Qwen Code"),
    (&["sessionId", "toolInput"], "Grok"),
    (&["toolCall"], "Antigravity"),
    (&["agent_action_name"], "Windsurf"),
    (&["clineVersion"], "Cline"),
];

/// The payload's fields, each as the agent wrote it: a reader might change numbers and escapes.
type Call<'a> = BTreeMap<String, &'a RawValue>;

const EVENT: &str = "PreToolUse";

pub(super) fn read(text: &str) -> Result<Ask, Misfit> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(Misfit::Field {
            name: "top",
            wanted: "an object",
        });
    }
    let call: &Call<'_> = &serde_json::from_str(text).map_err(Misfit::NotJson)?;
    if let Some(seen) = stranger(call) {
        return Err(Misfit::Stranger {
            expected: Agent::Claude,
            seen,
        });
    }
    let event = string(call, "hook_event_name")?;
    if event != EVENT {
        return Err(Misfit::Event(event));
    }
    let cwd = string(call, "cwd")?;
    if !cwd.starts_with('/') {
        return Err(Misfit::Field {
            name: "cwd",
            wanted: "a whole path",
        });
    }
    Ok(Ask {
        agent: Agent::Claude,
        session: string(call, "session_id")?,
        call: maybe(call, "tool_use_id")?,
        prompt: maybe(call, "prompt_id")?,
        subagent: subagent(call)?,
        cwd,
        tool: string(call, "tool_name")?,
        input: input(call)?,
    })
}

pub(super) fn decision(decision: &str, reason: &str) -> Value {
    json!({
        "hookSpecificOutput": {
            "hookEventName": EVENT,
            "permissionDecision": decision,
            "permissionDecisionReason": reason,
        }
    })
}

fn stranger(call: &Call<'_>) -> Option<&'static str> {
    let text = |name| maybe(call, name).ok().flatten().unwrap_or_default();
    if text("hook_event_name") == "BeforeTool" {
        return Some("Gemini CLI");
    }
    let mode = text("permission_mode");
    if matches!(mode.as_str(), "off" | "spec") || mode.starts_with("auto-") {
        return Some("Droid");
    }
    STRANGERS
        .iter()
        .find(|(marks, _)| marks.iter().all(|mark| call.contains_key(*mark)))
        .map(|(_, name)| *name)
}

fn subagent(call: &Call<'_>) -> Result<Option<Subagent>, Misfit> {
    // A kind without an id stands in the main session of an agent started as one.
    let kind = maybe(call, "agent_type")?;
    Ok(maybe(call, "agent_id")?.map(|id| Subagent { id, kind }))
}

fn input(call: &Call<'_>) -> Result<Input, Misfit> {
    call.get("tool_input")
        .filter(|raw| raw.get().starts_with('{'))
        .map(|raw| (*raw).to_owned().into())
        .ok_or(Misfit::Field {
            name: "tool_input",
            wanted: "an object",
        })
}

fn string(call: &Call<'_>, name: &'static str) -> Result<String, Misfit> {
    maybe(call, name)?
        .filter(|text| !text.is_empty())
        .ok_or(Misfit::Field {
            name,
            wanted: "a text",
        })
}

fn maybe(call: &Call<'_>, name: &'static str) -> Result<Option<String>, Misfit> {
    call.get(name)
        .map(|raw| {
            serde_json::from_str(raw.get()).map_err(|_| Misfit::Field {
                name,
                wanted: "a text",
            })
        })
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::super::Dialect;
    use super::*;

    macro_rules! fixture {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/fixtures/", $name, ".json")).as_slice()
        };
    }

    fn read(call: &[u8]) -> Result<Ask, String> {
        Dialect::Claude
            .read(call)
            .map_err(|misfit| misfit.to_string())
    }

    fn brief(call: &[u8]) -> (String, String, Option<Subagent>) {
        let ask = read(call).unwrap();
        (ask.tool, ask.input.text().to_owned(), ask.subagent)
    }

    #[test]
    fn a_recorded_call_is_read_whole() {
        assert_eq!(
            read(fixture!("claude/bash")),
            Ok(Ask {
                agent: Agent::Claude,
                session: "d4b60895-ca10-4f6d-b90b-2914b9bd605d".into(),
                call: Some("toolu_rigT0N0_1e412438".into()),
                prompt: Some("63b883b0-c915-40b9-b95a-9e766f6980c3".into()),
                subagent: None,
                cwd: "/home/dana/shop".into(),
                tool: "Bash".into(),
                input: Input::try_from(
                    r#"{"command": "echo RIG-RAN > ran.txt; echo RIG-OUT-bash", "description": "rig"}"#.to_owned()
                )
                .unwrap(),
            })
        );
    }

    #[test]
    fn recorded_calls_keep_their_input_byte_for_byte() {
        assert_eq!(
            brief(fixture!("claude/write")),
            (
                "Write".into(),
                r#"{"file_path": "/home/dana/shop/new.txt", "content": "RIG-NEW\n"}"#.into(),
                None
            )
        );
        assert_eq!(
            brief(fixture!("claude/mcp-2-webex_send_message")),
            (
                "mcp__webex__webex_send_message".into(),
                r#"{"room": "all-hands", "text": "RIG-HELLO"}"#.into(),
                None
            )
        );
        assert_eq!(
            brief(fixture!("claude/subagent-2-bash")),
            (
                "Bash".into(),
                r#"{"command": "echo RIG-RAN > ran.txt; echo RIG-OUT-sub", "description": "rig"}"#
                    .into(),
                Some(Subagent {
                    id: "a20d16e559c631b31".into(),
                    kind: Some("general-purpose".into())
                })
            )
        );
        let odd = br#"{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/","tool_name":"T","tool_input":{ "n":1.50e1, "u":"\u0041" }, "x":[]}"#;
        assert_eq!(
            brief(odd),
            ("T".into(), r#"{ "n":1.50e1, "u":"\u0041" }"#.into(), None)
        );
    }

    #[test]
    fn every_recorded_call_of_another_agent_is_refused_by_name() {
        let refused = |call| read(call).unwrap_err();
        let mismatch =
            |name| format!("the hook was set up for Claude Code but this is a call of {name}");
        assert_eq!(refused(fixture!("others/codex")), mismatch("Codex"));
        assert_eq!(refused(fixture!("others/gemini")), mismatch("Gemini CLI"));
        assert_eq!(refused(fixture!("others/qwen")), mismatch("Qwen Code"));
        assert_eq!(refused(fixture!("others/copilot")), mismatch("Copilot CLI"));
        assert_eq!(refused(fixture!("others/cursor")), mismatch("Cursor"));
        assert_eq!(refused(fixture!("others/vscode")), mismatch("VS Code"));
        assert_eq!(
            refused(fixture!("others/claude-permission-request")),
            "the hook answers `PreToolUse` only, and this is `PermissionRequest`"
        );
    }
}
