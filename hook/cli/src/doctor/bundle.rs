//! What support needs, in one file that holds no secret.
//!
//! Nothing is copied that could hold one: no agent's settings, no endpoint file, no call of an agent's. What
//! is written is put together here, piece by piece.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use thumbturn_agents::Agent;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Examined, view};
use crate::environment;
use crate::install::{Here, found};
use crate::words::{Failure, tell};

/// The most lines of the log.
const LINES: usize = 500;

pub(crate) fn write(file: &Path, examined: &Examined, here: &Here<'_>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::Written(file.to_owned(), error);
    let open = File::options()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(failed)?;
    let mut zip = ZipWriter::new(open);
    for (name, value) in [
        (
            "doctor.json",
            json!({ "sound": examined.sound, "findings": examined.findings }),
        ),
        ("machine.json", machine()),
        ("agents.json", agents(here)),
        ("gate.json", gate(here)),
    ] {
        put(&mut zip, name, &format!("{value:#}\n")).map_err(failed)?;
    }
    put(&mut zip, "log.jsonl", &log(&here.paths.audit())).map_err(failed)?;
    zip.finish().map_err(|error| failed(error.into()))?;
    tell(&format!(
        "Wrote {}: findings, versions, and of the last {LINES} decisions when, by which rule and how; no command, no path of a call, no key.",
        file.display()
    ));
    Ok(())
}

fn put(zip: &mut ZipWriter<File>, name: &str, text: &str) -> std::io::Result<()> {
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    zip.start_file(name, options)?;
    zip.write_all(text.as_bytes())
}

fn machine() -> Value {
    let system = rustix::system::uname();
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .unwrap_or_default();
    json!({
        "thumbturn": env!("CARGO_PKG_VERSION"),
        "system": name.trim_matches('"'),
        "kernel": system.release().to_string_lossy(),
        "machine": system.machine().to_string_lossy(),
        "desktop": environment::text("XDG_CURRENT_DESKTOP"),
        "session": environment::text("XDG_SESSION_TYPE"),
    })
}

fn agents(here: &Here<'_>) -> Value {
    let all = Agent::ALL.map(|agent| {
        let found = found(agent);
        let health = here.check(agent, found.as_ref());
        json!({
            "agent": agent.word(),
            "version": found.and_then(|found| found.version).map(|version| version.to_string()),
            "tier": health.tier.map(thumbturn_agents::Tier::word),
            "faults": health.faults.iter().map(thumbturn_agents::Fault::code).collect::<Vec<_>>(),
        })
    });
    Value::from(all.to_vec())
}

/// Nothing of what waits: that is calls.
fn gate(here: &Here<'_>) -> Value {
    match view(here) {
        Ok(Some(view)) => json!({
            "state": view.state,
            "mode": view.mode,
            "session": view.session.map(|session| json!({ "way": session.way, "is_over": session.is_over })),
            "waiting": view.waiting.len(),
            "grants": view.grants.len(),
            "troubles": view.troubles.iter().map(|trouble| &trouble.kind).collect::<Vec<_>>(),
            "agents": view.agents.iter().map(|agent| (&agent.name, agent.seen_at)).collect::<Vec<_>>(),
        }),
        Ok(None) => Value::Null,
        Err(failure) => json!({ "error": failure.to_string() }),
    }
}

/// When, which kind, by which rule, and what was answered for which reason.
fn log(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let newest = lines
        .get(lines.len().saturating_sub(LINES)..)
        .unwrap_or_default();
    newest
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|line| format!("{}\n", brief(&line)))
        .collect()
}

fn brief(line: &Value) -> Value {
    let record = line.get("record");
    let answer = record.and_then(|record| record.get("answer"));
    let kind = record
        .and_then(Value::as_object)
        .and_then(|record| record.keys().next().cloned());
    let at = |pointer: &str| answer.and_then(|answer| answer.pointer(pointer)).cloned();
    let reason = at("/answer/reason").map(|reason| {
        let name = reason
            .as_object()
            .and_then(|fields| fields.keys().next().cloned());
        name.map_or(reason, Value::from)
    });
    json!({
        "at": line.get("at"),
        "kind": kind,
        "agent": at("/subject/ask/agent"),
        "tool": at("/subject/ask/tool"),
        "decision": at("/judgement/decision"),
        "rule": at("/judgement/rule"),
        "verdict": at("/answer/verdict"),
        "reason": reason,
    })
}
