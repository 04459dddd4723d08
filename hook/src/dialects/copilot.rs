//! Copilot CLI, as observed with version 1.0.102.

use serde_json::{Value, json};
use thumbturn_wire::{Agent, Ask, Input, Moment, Report, Subagent};

use super::payload::{Payload, named};
use super::{Heard, Misfit};

const NAMES: &[(&str, &str)] = &[
    ("bash", "Bash"),
    ("powershell", "PowerShell"),
    ("view", "Read"),
    ("create", "Write"),
    ("edit", "Edit"),
    ("grep", "Grep"),
    ("rg", "Grep"),
    ("glob", "Glob"),
    ("web_fetch", "WebFetch"),
    ("web_search", "WebSearch"),
    ("skill", "Skill"),
    ("task", "Agent"),
];

/// Its payloads do not name their event: a call has a tool, a session that starts has not.
pub(super) fn read(text: &str) -> Result<Heard, Misfit> {
    let call = Payload::of(text, Agent::Copilot)?;
    let session = call.string("sessionId")?;
    if !call.has("toolName") && !call.has("toolArgs") && call.has("source") {
        return Ok(Heard::Tells(Report::Started {
            agent: Agent::Copilot,
            session,
            cwd: call.cwd()?,
        }));
    }
    let kind = call.maybe("agentType")?;
    let theirs = call.string("toolName")?;
    Ok(Heard::Asks(Ask {
        agent: Agent::Copilot,
        moment: Moment::BeforeTool,
        session: call.maybe("parentAgentId")?.unwrap_or(session),
        call: None,
        prompt: None,
        subagent: call.maybe("agentId")?.map(|id| Subagent { id, kind }),
        cwd: call.cwd()?,
        tool: match server_and_tool(&theirs) {
            Some((server, tool)) => format!("mcp__{server}__{tool}"),
            None => named(Agent::Copilot, theirs, NAMES),
        },
        input: arguments(&call)?,
    }))
}

pub(super) fn decision(decision: &str, reason: &str) -> Value {
    json!({ "permissionDecision": decision, "permissionDecisionReason": reason })
}

/// An object, or the text of one.
fn arguments(call: &Payload<'_>) -> Result<Input, Misfit> {
    const NAME: &str = "toolArgs";
    match call.maybe(NAME) {
        Ok(Some(text)) if text.trim_ascii_start().starts_with('{') => {
            thumbturn_wire::check_strict(&text).map_err(Misfit::NotJson)?;
            Input::try_from(text).map_err(Misfit::NotJson)
        }
        Ok(_) | Err(_) => call.input(NAME),
    }
}

/// `server-tool`. With more than one such sign nobody can tell which is which.
fn server_and_tool(name: &str) -> Option<(&str, &str)> {
    let (server, tool) = name.split_once('-')?;
    (!tool.contains('-') && !server.is_empty() && !tool.is_empty()).then_some((server, tool))
}
