//! Claude Code, as observed with version 2.1.330.

use serde_json::{Value, json};
use thumbturn_wire::{Agent, Ask, Input, Moment, Report, Subagent};

use super::payload::Payload;
use super::{Heard, Misfit};

pub(super) const BEFORE_TOOL: &str = "PreToolUse";
pub(super) const WOULD_PROMPT: &str = "PermissionRequest";

/// The name of its settings among its tools: no tool of its own has it.
const SETTINGS: &str = "ConfigChange";

pub(super) fn read(text: &str) -> Result<Heard, Misfit> {
    let call = Payload::of(text, Agent::Claude)?;
    let event = call.string("hook_event_name")?;
    Ok(match event.as_str() {
        BEFORE_TOOL => Heard::Asks(ask(&call, Moment::BeforeTool)?),
        WOULD_PROMPT => Heard::Asks(ask(&call, Moment::WouldPrompt)?),
        SETTINGS => Heard::Asks(settings(&call)?),
        "PostToolUse" | "PostToolUseFailure" => Heard::Tells(Report::Ran {
            ask: Box::new(ask(&call, Moment::BeforeTool)?),
            took_ms: call.millis("duration_ms"),
        }),
        "SessionStart" => Heard::Tells(Report::Started {
            agent: Agent::Claude,
            session: call.string("session_id")?,
            cwd: call.cwd()?,
        }),
        _ => return Err(Misfit::Event(event)),
    })
}

fn ask(call: &Payload<'_>, moment: Moment) -> Result<Ask, Misfit> {
    let mut tool = call.string("tool_name")?;
    if tool == SETTINGS {
        tool = format!("{}:{tool}", Agent::Claude.word());
    }
    Ok(Ask {
        agent: Agent::Claude,
        moment,
        session: call.string("session_id")?,
        call: call.maybe("tool_use_id")?,
        prompt: call.maybe("prompt_id")?,
        subagent: subagent(call)?,
        cwd: call.cwd()?,
        tool,
        input: call.input("tool_input")?,
    })
}

/// A change of its settings, put as a call.
fn settings(call: &Payload<'_>) -> Result<Ask, Misfit> {
    let mut input = serde_json::Map::new();
    for name in ["source", "file_path"] {
        if let Some(text) = call.maybe(name)? {
            input.insert(name.to_owned(), text.into());
        }
    }
    Ok(Ask {
        agent: Agent::Claude,
        moment: Moment::SettingsChange,
        session: call.string("session_id")?,
        call: None,
        prompt: call.maybe("prompt_id")?,
        subagent: None,
        cwd: call.cwd()?,
        tool: SETTINGS.to_owned(),
        input: Input::try_from(Value::Object(input).to_string()).map_err(Misfit::NotJson)?,
    })
}

/// An answer before a tool runs, in the shape that Codex and others took over.
pub(super) fn before_tool(decision: &str, reason: &str) -> Value {
    json!({
        "hookSpecificOutput": {
            "hookEventName": BEFORE_TOOL,
            "permissionDecision": decision,
            "permissionDecisionReason": reason,
        }
    })
}

/// An answer in the place of the agent's own prompt.
pub(super) fn would_prompt(decision: Value) -> Value {
    json!({
        "hookSpecificOutput": { "hookEventName": WOULD_PROMPT, "decision": decision }
    })
}

pub(super) fn block(reason: &str) -> Value {
    json!({ "decision": "block", "reason": reason })
}

pub(super) fn subagent(call: &Payload<'_>) -> Result<Option<Subagent>, Misfit> {
    // A kind without an id stands in the main session of an agent started as one.
    let kind = call.maybe("agent_type")?;
    Ok(call.maybe("agent_id")?.map(|id| Subagent { id, kind }))
}
