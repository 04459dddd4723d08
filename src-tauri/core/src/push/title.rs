//! One line for one call: "Bash: git push origin main".

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use thumbturn_wire::{Ask, check_strict};

use super::change;
use crate::Subject;
use crate::approvals::Question;
use crate::redact::for_eyes;

/// A call as a person reads it, without its secrets.
pub(super) struct Call {
    /// "Bash: git push origin main".
    pub(super) what: String,
    /// What an edit changes.
    pub(super) change: Option<String>,
    /// Whatever of the input is in neither.
    pub(super) with: String,
    /// What the agent says about the call.
    pub(super) claim: Option<String>,
}

/// The line for a question, whole.
pub(crate) fn title(question: &Question, now: u64) -> String {
    match &question.subject {
        Subject::Ask(ask) => of_ask(ask, question.flagged()).what,
        Subject::Deed(deed) => deed.words(now),
    }
}

/// The call, with the secrets in its input redacted but for what was flagged.
pub(super) fn of_ask(ask: &Ask, flagged: &[String]) -> Call {
    let ask = &for_eyes(ask, flagged);
    let Some(mut fields) = fields(ask) else {
        let what = format!("{}: {}", ask.tool, ask.input.text());
        return Call::new(what, String::new());
    };
    let known = KNOWN.iter().find(|known| known.tool == ask.tool);
    let files = patched_files(&fields);
    let change = change::of(&ask.tool, &mut fields);
    if let Some(known) = known
        && let Some(main) = known.main.iter().find_map(|key| fields.remove(*key))
    {
        let claims = known
            .claims
            .iter()
            .filter_map(|claim| fields.remove(*claim));
        let claim = claims.map(text).next();
        return Call {
            change,
            claim,
            ..Call::new(format!("{}: {}", ask.tool, text(main)), all(&fields))
        };
    }
    if let Some(files) = files.filter(|_| change.is_some() && ask.tool == "apply_patch") {
        return Call {
            change,
            ..Call::new(format!("{}: {files}", ask.tool), all(&fields))
        };
    }
    let name = mcp_name(&ask.tool).unwrap_or(&ask.tool);
    let what = if fields.is_empty() {
        name.to_owned()
    } else {
        format!("{name} ({})", all(&fields))
    };
    Call {
        change,
        ..Call::new(what, String::new())
    }
}

/// The first file of a patch, and how many more there are.
fn patched_files(fields: &Fields<'_>) -> Option<String> {
    let patch = change::KEYS.iter().find_map(|key| fields.get(*key))?;
    let patch = text(patch);
    let mut files = change::patched(&patch);
    let first = files.next()?.to_owned();
    Some(match files.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    })
}

impl Call {
    fn new(what: String, with: String) -> Self {
        Self {
            what,
            change: None,
            with,
            claim: None,
        }
    }
}

/// A tool whose one field says what it does.
struct Known {
    tool: &'static str,
    main: &'static [&'static str],
    /// What the agent says about the call: no part of what runs.
    claims: &'static [&'static str],
}

const fn known(
    tool: &'static str,
    main: &'static [&'static str],
    claims: &'static [&'static str],
) -> Known {
    Known { tool, main, claims }
}

const KNOWN: &[Known] = &[
    known("Bash", &["command"], &["description"]),
    known("Read", &["file_path", "path"], &[]),
    known("Glob", &["pattern"], &[]),
    known("Grep", &["pattern"], &[]),
    known("PowerShell", &["command"], &["description"]),
    known("Monitor", &["command", "ws"], &["description"]),
    known("Edit", &["file_path", "path"], &["instruction"]),
    known("Write", &["file_path", "path"], &[]),
    known("MultiEdit", &["file_path"], &[]),
    known("NotebookEdit", &["notebook_path"], &[]),
    known("WebFetch", &["url"], &[]),
    known("WebSearch", &["query"], &[]),
    known("Skill", &["skill", "name"], &[]),
];

pub(super) type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// The input's fields, as they stand there. `None` where two readers could see two things.
fn fields(ask: &Ask) -> Option<Fields<'_>> {
    check_strict(ask.input.text()).ok()?;
    serde_json::from_str(ask.input.text()).ok()
}

fn all(fields: &Fields<'_>) -> String {
    let each = |(key, value): (&String, &&RawValue)| format!("{key}={}", quoted(value));
    fields.iter().map(each).collect::<Vec<_>>().join(", ")
}

/// A text as such, everything else byte for byte.
pub(super) fn text(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

/// A text that could be taken for more than one field, or for no text, stays in its quotes.
fn quoted(value: &RawValue) -> String {
    let Ok(text) = serde_json::from_str::<String>(value.get()) else {
        return value.get().to_owned();
    };
    let misleads = text.is_empty()
        || text.contains([',', '=', '(', ')', '"', '\n'])
        || serde_json::from_str::<&RawValue>(&text).is_ok();
    if misleads {
        value.get().to_owned()
    } else {
        text
    }
}

/// The server of `mcp__server__tool`.
pub(super) fn mcp_server(tool: &str) -> Option<&str> {
    Some(mcp(tool)?.0)
}

fn mcp_name(tool: &str) -> Option<&str> {
    Some(mcp(tool)?.1)
}

pub(super) fn mcp(tool: &str) -> Option<(&str, &str)> {
    let (server, name) = tool.strip_prefix("mcp__")?.split_once("__")?;
    (!server.is_empty() && !name.is_empty()).then_some((server, name))
}
