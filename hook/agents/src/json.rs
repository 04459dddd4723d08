//! Lists of hooks in JSON: our entries in, our entries out, and every other byte left alone.

use std::path::Path;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::Value;

use crate::edit::EditError;
use crate::entries::{Entry, is_ours};

const BOM: char = '\u{feff}';

/// The text with each entry in its list, once. `defaults` are keys that the file must have besides.
pub(crate) fn insert(
    path: &Path,
    text: &str,
    entries: &[Entry],
    defaults: &[(&str, Value)],
) -> Result<String, EditError> {
    let (bom, root, object) = open(path, text)?;
    for (name, value) in defaults {
        if object.get(name).is_none() {
            object.append(name, input(value));
        }
    }
    let hooks = lists(path, &object)?;
    for entry in entries {
        let list = match hooks.get(entry.event) {
            None => hooks.array_value_or_set(entry.event),
            Some(_) => hooks
                .array_value(entry.event)
                .ok_or_else(|| wrong(path, &format!("hooks.{}", entry.event), "a list"))?,
        };
        if holds(&list, &entry.value) {
            continue;
        }
        take_out(&list);
        list.append(input(&entry.value));
    }
    Ok(format!("{bom}{root}"))
}

/// The text without any entry of ours, nor what is empty without them. `None` where nothing of
/// somebody else's is left.
pub(crate) fn remove(
    path: &Path,
    text: &str,
    defaults: &[(&str, Value)],
) -> Result<Option<String>, EditError> {
    let (bom, root, object) = open(path, text)?;
    if let Some(hooks) = object.object_value("hooks") {
        let mut changed = false;
        for property in hooks.properties() {
            let Some(list) = property.array_value() else {
                continue;
            };
            changed |= take_out(&list);
            if changed && list.elements().is_empty() {
                property.remove();
            }
        }
        if changed && hooks.properties().is_empty() {
            object
                .get("hooks")
                .into_iter()
                .for_each(|hooks| hooks.remove());
        }
    }
    let is_default = |name: &str, value: Option<Value>| {
        let known = defaults.iter().find(|(known, _)| *known == name);
        known.is_some_and(|(_, known)| value.as_ref() == Some(known))
    };
    let is_left = object.properties().iter().any(|property| {
        let name = property.name().and_then(|name| name.decoded_value().ok());
        let value = property.value().and_then(|value| value.to_serde_value());
        !is_default(&name.unwrap_or_default(), value)
    });
    let has_comments = root.to_string().contains("/*") || root.to_string().contains("//");
    Ok((is_left || has_comments).then(|| format!("{bom}{root}")))
}

fn open(path: &Path, text: &str) -> Result<(String, CstRootNode, CstObject), EditError> {
    let (bom, text) = match text.strip_prefix(BOM) {
        Some(rest) => (BOM.to_string(), rest),
        None => (String::new(), text),
    };
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    let root = CstRootNode::parse(text, &lenient())
        .map_err(|error| EditError::new(path, format!("is no JSON: {error}")))?;
    let object = root
        .object_value()
        .ok_or_else(|| EditError::new(path, "does not hold an object"))?;
    Ok((bom, root, object))
}

/// Comments and stray commas are kept where somebody wrote them; whether the agent takes them is
/// told elsewhere.
fn lenient() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        ..ParseOptions::default()
    }
}

fn lists(path: &Path, object: &CstObject) -> Result<CstObject, EditError> {
    match object.get("hooks") {
        None => Ok(object.object_value_or_set("hooks")),
        Some(_) => object
            .object_value("hooks")
            .ok_or_else(|| wrong(path, "hooks", "an object")),
    }
}

fn wrong(path: &Path, key: &str, wanted: &str) -> EditError {
    EditError::new(path, format!("has a `{key}` that is not {wanted}"))
}

/// Whether the list has exactly this entry, and no other of ours.
fn holds(list: &CstArray, wanted: &Value) -> bool {
    let values: Vec<Value> = list
        .elements()
        .iter()
        .filter_map(CstNode::to_serde_value)
        .collect();
    let ours = values.iter().filter(|value| has_ours(value));
    ours.clone().count() == 1 && ours.clone().all(|value| value == wanted)
}

/// Whether it is a handler of ours, or a group with one.
fn has_ours(value: &Value) -> bool {
    let group = value.get("hooks").and_then(Value::as_array);
    is_ours(value) || group.is_some_and(|hooks| hooks.iter().any(is_ours))
}

/// Takes every handler of ours out of a list, and groups that are empty without it.
fn take_out(list: &CstArray) -> bool {
    let mut changed = false;
    for element in list.elements() {
        let Some(value) = element.to_serde_value() else {
            continue;
        };
        if !has_ours(&value) {
            continue;
        }
        changed = true;
        let group = element
            .as_object()
            .and_then(|group| group.array_value("hooks"));
        let Some(handlers) = group.filter(|_| !is_ours(&value)) else {
            element.remove();
            continue;
        };
        let others = handlers
            .elements()
            .into_iter()
            .filter(|handler| !handler.to_serde_value().as_ref().is_some_and(is_ours));
        if others.count() == 0 {
            element.remove();
            continue;
        }
        for handler in handlers.elements() {
            if handler.to_serde_value().as_ref().is_some_and(is_ours) {
                handler.remove();
            }
        }
    }
    changed
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(all) => CstInputValue::Array(all.iter().map(input).collect()),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| ORDER.iter().position(|known| known == name));
            let fields = fields.into_iter();
            CstInputValue::Object(
                fields
                    .map(|(name, value)| (name.clone(), input(value)))
                    .collect(),
            )
        }
    }
}

/// As people write them.
const ORDER: [&str; 10] = [
    "matcher",
    "name",
    "type",
    "command",
    "bash",
    "args",
    "timeout",
    "timeoutSec",
    "onFailure",
    "hooks",
];

/// The file as the agents that mind comments and stray commas read it, or why they do not.
pub(crate) fn strict(text: &str) -> Result<Value, String> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    thumbturn_wire::check_strict(text).map_err(|error| error.to_string())?;
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The file as an agent reads it that does not mind.
pub(crate) fn loose(text: &str) -> Result<Value, String> {
    let text = text.strip_prefix(BOM).unwrap_or(text);
    jsonc_parser::parse_to_serde_value::<Value>(text, &lenient()).map_err(|error| error.to_string())
}
