//! An agent's end of the hook: what it sends, where it runs, and how it reads the answer.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::proc::Ended;

/// What an agent makes of the hook's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    Allow(String),
    Deny(String),
    NoWord,
}

/// A surrounding that would bend a careless program: proxies, foreign homes, foreign trust.
pub(crate) fn hostile(command: &mut Command) {
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env(name, "http://127.0.0.1:9");
    }
    command
        .env("HOME", "/nonexistent")
        .env("XDG_RUNTIME_DIR", "/nonexistent")
        .env("SSL_CERT_FILE", "/nonexistent");
}

/// Reads a hook's answer as Claude Code does.
///
/// # Errors
/// Where it is none that it would understand.
pub fn heard(ended: &Ended) -> anyhow::Result<Spoken> {
    let said = || -> anyhow::Result<(String, String)> {
        let answer: Value =
            serde_json::from_str(&ended.stdout).with_context(|| format!("{ended:?}"))?;
        let output = answer.get("hookSpecificOutput").context("no answer")?;
        let text = |key: &str| {
            output
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        anyhow::ensure!(text("hookEventName") == "PreToolUse", "{ended:?}");
        Ok((text("permissionDecision"), text("permissionDecisionReason")))
    };
    match ended.code {
        Some(0) if ended.stdout.is_empty() && ended.stderr.is_empty() => Ok(Spoken::NoWord),
        Some(0) => match said()? {
            (decision, reason) if decision == "allow" && ended.stderr.is_empty() => {
                Ok(Spoken::Allow(reason))
            }
            _ => anyhow::bail!("{ended:?}"),
        },
        Some(2) => match said()? {
            (decision, reason) if decision == "deny" && ended.stderr.trim_end() == reason => {
                Ok(Spoken::Deny(reason))
            }
            _ => anyhow::bail!("{ended:?}"),
        },
        _ => anyhow::bail!("{ended:?}"),
    }
}

/// A `PreToolUse` payload in the shape that Claude Code 2.1.330 sends; each is a call of its own.
pub fn payload(session: &str, tool: &str, input: Value) -> Value {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    json!({
        "session_id": session, "transcript_path": "/home/dana/.claude/projects/shop/s.jsonl", "cwd": "/",
        "prompt_id": "63b883b0-c915-40b9-b95a-9e766f6980c3", "permission_mode": "default",
        "effort": {"level": "medium"}, "hook_event_name": "PreToolUse", "tool_name": tool,
        "tool_input": input, "tool_use_id": format!("toolu_{session}_{call}"),
    })
}

pub fn bash(session: &str, command: &str) -> Value {
    payload(
        session,
        "Bash",
        json!({ "command": command, "description": "what the agent says of it" }),
    )
}
