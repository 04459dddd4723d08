//! One line for one call: "Bash: git push origin main".

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use thumbturn_wire::{Ask, check_strict};

use crate::Subject;

/// The line for a question, whole.
pub(crate) fn title(subject: &Subject, now: u64) -> String {
    match subject {
        Subject::Ask(ask) => of_ask(ask).0,
        Subject::Deed(deed) => deed.words(now),
    }
}

/// The call in one line, and whatever of its input is not in that line.
pub(super) fn of_ask(ask: &Ask) -> (String, String) {
    let Some(mut fields) = fields(ask) else {
        return (format!("{}: {}", ask.tool, ask.input.text()), String::new());
    };
    let known = KNOWN.iter().find(|known| known.tool == ask.tool);
    if let Some(known) = known
        && let Some(main) = known.main.iter().find_map(|key| fields.remove(*key))
    {
        for claim in known.claims {
            fields.remove(*claim);
        }
        return (format!("{}: {}", ask.tool, text(main)), all(&fields));
    }
    let name = mcp_name(&ask.tool).unwrap_or(&ask.tool);
    let call = if fields.is_empty() {
        name.to_owned()
    } else {
        format!("{name} ({})", all(&fields))
    };
    (call, String::new())
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
    known("Read", &["file_path"], &[]),
    known("Glob", &["pattern"], &[]),
    known("Grep", &["pattern"], &[]),
    known("PowerShell", &["command"], &["description"]),
    known("Monitor", &["command", "ws"], &["description"]),
    known("Edit", &["file_path"], &[]),
    known("Write", &["file_path"], &[]),
    known("NotebookEdit", &["notebook_path"], &[]),
    known("WebFetch", &["url"], &[]),
    known("WebSearch", &["query"], &[]),
    known("Skill", &["skill"], &[]),
];

type Fields<'a> = BTreeMap<String, &'a RawValue>;

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
fn text(value: &RawValue) -> String {
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

fn mcp(tool: &str) -> Option<(&str, &str)> {
    let (server, name) = tool.strip_prefix("mcp__")?.split_once("__")?;
    (!server.is_empty() && !name.is_empty()).then_some((server, name))
}
