//! Codex CLI starts a hook of a person's own only once somebody trusted it: a digest of each handler
//! stands in its `config.toml`.
//!
//! Key and digest are made as `codex-rs/hooks/src/engine/discovery.rs` and
//! `codex-rs/config/src/fingerprint.rs` of openai/codex make them: the handler with its defaults
//! filled in, as JSON with sorted keys.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use thumbturn_wire::Agent;
use toml_edit::{DocumentMut, Item, Table};

use crate::edit::EditError;
use crate::entries::is_ours;
use crate::fault::Fault;
use crate::homes::Homes;
use crate::plan::Change;
use crate::{Read, json as lists};

/// What Codex CLI goes without, where an entry says nothing.
const TIMEOUT: u64 = 600;

/// What `config.toml` must say of one handler for it to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// The event's name in `hooks.json`.
    pub event: String,
    pub key: String,
    pub digest: String,
}

pub(crate) fn config(homes: &Homes) -> PathBuf {
    homes.of(Agent::Codex).join("config.toml")
}

/// The trust that our handlers in this `hooks.json` need.
pub fn trusts(path: &Path, hooks: &Value) -> Vec<Trust> {
    let Some(events) = hooks.get("hooks").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for (event, groups) in events {
        for (at, group) in groups.as_array().into_iter().flatten().enumerate() {
            let handlers = group.get("hooks").and_then(Value::as_array);
            for (number, handler) in handlers.into_iter().flatten().enumerate() {
                if is_ours(handler) {
                    let label = label(event);
                    all.push(Trust {
                        event: event.clone(),
                        key: format!("{}:{label}:{at}:{number}", path.display()),
                        digest: digest(&label, group, handler),
                    });
                }
            }
        }
    }
    all
}

/// `PreToolUse` is `pre_tool_use`.
fn label(event: &str) -> String {
    let mut label = String::new();
    for c in event.chars() {
        if c.is_ascii_uppercase() && !label.is_empty() {
            label.push('_');
        }
        label.push(c.to_ascii_lowercase());
    }
    label
}

fn digest(label: &str, group: &Value, handler: &Value) -> String {
    let mut identity = json!({
        "event_name": label,
        "hooks": [{
            "type": "command",
            "command": handler.get("command"),
            "timeout": handler.get("timeout").and_then(Value::as_u64).unwrap_or(TIMEOUT).max(1),
            "async": handler.get("async").and_then(Value::as_bool).unwrap_or(false),
        }],
    });
    for (object, from, names) in [
        ("/hooks/0", handler, &["statusMessage"][..]),
        ("", group, &["matcher"]),
    ] {
        for name in names {
            if let (Some(object), Some(value)) = (identity.pointer_mut(object), from.get(name)) {
                crate::entries::set(object, name, value.clone());
            }
        }
    }
    // Keys are sorted: objects are kept in a tree.
    let digest = Sha256::digest(identity.to_string());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// Puts the trust for our handlers into `config.toml`.
pub(crate) fn trust(
    homes: &Homes,
    hooks: &Path,
    earlier: Option<&str>,
    text: &str,
    read: Read<'_>,
) -> Result<Change, EditError> {
    let path = config(homes);
    let before =
        read(&path).map_err(|error| EditError::new(&path, format!("cannot be read: {error}")))?;
    let mut document = parse(&path, before.as_deref().unwrap_or_default())?;
    let hooks_value = lists::loose(text).map_err(|words| EditError::new(hooks, words))?;
    let wanted = trusts(hooks, &hooks_value);
    let stale = ours(hooks, earlier);
    drop(&mut document, &stale, &wanted);
    for trust in wanted {
        let state = state(&path, &mut document)?;
        let entry = state
            .entry(&trust.key)
            .or_insert_with(|| Item::Table(Table::new()));
        let Some(entry) = entry.as_table_like_mut() else {
            return Err(EditError::new(
                &path,
                "has a `hooks.state` that is not a table",
            ));
        };
        let held = entry.get("trusted_hash").and_then(Item::as_str);
        if held != Some(trust.digest.as_str()) {
            entry.insert("trusted_hash", toml_edit::value(trust.digest));
        }
    }
    Ok(Change {
        path,
        after: Some(document.to_string()).filter(|text| before.is_some() || !text.is_empty()),
        before,
    })
}

/// Takes out what was said of our handlers.
pub(crate) fn without_trust(
    path: &Path,
    text: &str,
    keys: &[String],
) -> Result<Option<String>, EditError> {
    let mut document = parse(path, text)?;
    drop(&mut document, keys, &[]);
    let text = document.to_string();
    Ok((!text.trim().is_empty()).then_some(text))
}

/// The keys of our handlers in this text of a `hooks.json`.
pub(crate) fn ours(hooks: &Path, text: Option<&str>) -> Vec<String> {
    let value = text.and_then(|text| lists::loose(text).ok());
    let trusts = value.map_or_else(Vec::new, |value| trusts(hooks, &value));
    trusts.into_iter().map(|trust| trust.key).collect()
}

fn parse(path: &Path, text: &str) -> Result<DocumentMut, EditError> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let words = error.to_string().replace('\n', " ");
        EditError::new(path, format!("is no TOML: {words}"))
    })
}

fn state<'a>(path: &Path, document: &'a mut DocumentMut) -> Result<&'a mut Table, EditError> {
    let wrong = || EditError::new(path, "has a `hooks.state` that is not a table");
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    document
        .entry("hooks")
        .or_insert_with(implicit)
        .as_table_mut()
        .ok_or_else(wrong)?
        .entry("state")
        .or_insert_with(implicit)
        .as_table_mut()
        .ok_or_else(wrong)
}

/// Takes those keys out, but for what is still wanted, and what is empty without them.
fn drop(document: &mut DocumentMut, keys: &[String], wanted: &[Trust]) {
    let Some(table) = document.get_mut("hooks").and_then(Item::as_table_mut) else {
        return;
    };
    if let Some(state) = table.get_mut("state").and_then(Item::as_table_mut) {
        for key in keys {
            if wanted.iter().all(|trust| trust.key != *key) {
                state.remove(key);
            }
        }
        if state.is_empty() {
            table.remove("state");
        }
    }
    if table.is_empty() {
        document.remove("hooks");
    }
}

/// Which of our handlers nobody trusted.
pub(crate) fn untrusted(path: &Path, hooks: &Value, config: &str) -> Vec<Trust> {
    let document: DocumentMut = config.parse().unwrap_or_default();
    let state = document.get("hooks").and_then(|hooks| hooks.get("state"));
    let is_trusted = |trust: &Trust| {
        let entry = state.and_then(|state| state.get(&trust.key));
        let text = |name| entry.and_then(|entry| entry.get(name));
        text("trusted_hash").and_then(Item::as_str) == Some(trust.digest.as_str())
            && text("enabled").and_then(Item::as_bool) != Some(false)
    };
    trusts(path, hooks)
        .into_iter()
        .filter(|trust| !is_trusted(trust))
        .collect()
}

/// It takes no key at the top but two, and one malformed handler takes all others with it.
pub(crate) fn malformed(path: &Path, value: &Value) -> Vec<Fault> {
    let fault = |words: String| Fault::Malformed {
        path: path.to_owned(),
        words,
    };
    let top = value.as_object().into_iter().flatten();
    let mut faults: Vec<_> = top
        .filter(|(key, _)| !["description", "hooks"].contains(&key.as_str()))
        .map(|(key, _)| fault(format!("has the key `{key}`, which it does not know")))
        .collect();
    let events = value.get("hooks").and_then(Value::as_object);
    for (event, groups) in events.into_iter().flatten() {
        for group in groups.as_array().into_iter().flatten() {
            let handlers = group.get("hooks").and_then(Value::as_array);
            for handler in handlers.into_iter().flatten() {
                let kind = handler.get("type").and_then(Value::as_str);
                let timeout = handler.get("timeout");
                if !kind.is_some_and(|kind| KINDS.contains(&kind)) {
                    faults.push(fault(format!(
                        "has a hook for {event} of an unknown `type`"
                    )));
                } else if timeout.is_some_and(|timeout| !timeout.is_u64()) {
                    faults.push(fault(format!(
                        "has a hook for {event} with an odd `timeout`"
                    )));
                }
            }
        }
    }
    faults
}

/// The types of handlers that it reads.
const KINDS: [&str; 4] = ["command", "mcp_tool", "prompt", "agent"];

pub(crate) fn switched_off(text: &str) -> Option<String> {
    let document: DocumentMut = text.parse().ok()?;
    let features = document.get("features")?;
    ["hooks", "codex_hooks"]
        .into_iter()
        .find(|name| features.get(name).and_then(Item::as_bool) == Some(false))
        .map(|name| format!("features.{name} = false"))
}
