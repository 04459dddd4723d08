//! Codex CLI, as observed with version 0.169.0.
//!
//! It takes a word that it does not know for no word at all, and lets the tool run: no `allow` and
//! no `ask` before a tool, no field beyond its own, no reason left out.

use thumbturn_wire::{Agent, Ask, Moment, Report};

use super::claude::subagent;
use super::payload::{Payload, named};
use super::{Heard, Misfit};

/// `Bash` is its name for both of its shells, `apply_patch` the one for every edit.
const NAMES: &[(&str, &str)] = &[("Bash", "Bash"), ("spawn_agent", "Agent")];

pub(super) fn read(text: &str) -> Result<Heard, Misfit> {
    let call = Payload::of(text, Agent::Codex)?;
    let event = call.string("hook_event_name")?;
    Ok(match event.as_str() {
        "PreToolUse" => Heard::Asks(ask(&call, Moment::BeforeTool)?),
        "PermissionRequest" => Heard::Asks(ask(&call, Moment::WouldPrompt)?),
        "PostToolUse" => Heard::Tells(Report::Ran {
            ask: Box::new(ask(&call, Moment::BeforeTool)?),
            took_ms: None,
        }),
        "SessionStart" => Heard::Tells(Report::Started {
            agent: Agent::Codex,
            session: call.string("session_id")?,
            cwd: call.cwd()?,
        }),
        _ => return Err(Misfit::Event(event)),
    })
}

fn ask(call: &Payload<'_>, moment: Moment) -> Result<Ask, Misfit> {
    Ok(Ask {
        agent: Agent::Codex,
        moment,
        session: call.string("session_id")?,
        call: call.maybe("tool_use_id")?,
        // Where it is missing, another agent with the same shape of payload speaks.
        prompt: Some(call.string("turn_id")?),
        subagent: subagent(call)?,
        cwd: call.cwd()?,
        tool: named(Agent::Codex, call.string("tool_name")?, NAMES),
        input: call.input("tool_input")?,
    })
}
