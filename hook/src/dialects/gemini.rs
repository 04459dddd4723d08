//! Gemini CLI, as observed with version 0.61.0.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use thumbturn_wire::{Agent, Ask, Moment, Report};

use super::payload::{Payload, named, text_in};
use super::{Heard, Misfit};

const NAMES: &[(&str, &str)] = &[
    ("run_shell_command", "Bash"),
    ("write_file", "Write"),
    ("replace", "Edit"),
    ("read_file", "Read"),
    ("grep_search", "Grep"),
    ("glob", "Glob"),
    ("google_web_search", "WebSearch"),
    ("activate_skill", "Skill"),
    ("invoke_agent", "Agent"),
];

pub(super) fn read(text: &str) -> Result<Heard, Misfit> {
    let call = Payload::of(text, Agent::Gemini)?;
    let event = call.string("hook_event_name")?;
    Ok(match event.as_str() {
        "BeforeTool" => Heard::Asks(ask(&call)?),
        "SessionStart" => Heard::Tells(Report::Started {
            agent: Agent::Gemini,
            session: call.string("session_id")?,
            cwd: call.cwd()?,
        }),
        _ => return Err(Misfit::Event(event)),
    })
}

pub(super) fn decision(decision: &str, reason: &str) -> Value {
    json!({ "decision": decision, "reason": reason })
}

fn ask(call: &Payload<'_>) -> Result<Ask, Misfit> {
    let input = call.input("tool_input")?;
    let theirs = call.string("tool_name")?;
    let mut cwd = call.cwd()?;
    if theirs == "run_shell_command"
        && let Some(dir) = text_in(&input, "dir_path")
    {
        cwd = match dir.starts_with('/') {
            true => dir,
            false => format!("{}/{dir}", cwd.trim_end_matches('/')),
        };
    }
    Ok(Ask {
        agent: Agent::Gemini,
        moment: Moment::BeforeTool,
        session: call.string("session_id")?,
        call: None,
        prompt: None,
        subagent: None,
        cwd,
        tool: match server_and_tool(call) {
            Some((server, tool)) => format!("mcp__{server}__{tool}"),
            None => named(Agent::Gemini, theirs, NAMES),
        },
        input,
    })
}

/// Its own name for an MCP tool can be split in more than one way.
fn server_and_tool(call: &Payload<'_>) -> Option<(String, String)> {
    let context: BTreeMap<String, &RawValue> =
        serde_json::from_str(call.raw("mcp_context")?.get()).ok()?;
    let text = |name| -> Option<String> { serde_json::from_str(context.get(name)?.get()).ok() };
    Some((text("server_name")?, text("tool_name")?))
}
