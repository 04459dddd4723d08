//! Gemini CLI's own ways of dropping hooks, as observed with version 0.61.0.

use std::path::Path;

use serde_json::Value;

use crate::fault::Fault;
use crate::json;

/// Other entries that are malformed leave ours alone.
pub(crate) fn malformed(path: &Path, value: &Value) -> Vec<Fault> {
    match value.get("hooks") {
        Some(hooks) if !hooks.is_object() => vec![Fault::Malformed {
            path: path.to_owned(),
            words: "has a `hooks` that is no object".into(),
        }],
        Some(_) | None => Vec::new(),
    }
}

pub(crate) fn switched_off(text: &str) -> Option<String> {
    let value = json::loose(text).ok()?;
    let config = value.get("hooksConfig")?;
    if config.get("enabled") == Some(&Value::Bool(false)) {
        return Some("hooksConfig.enabled = false".to_owned());
    }
    let names = config.get("disabled").and_then(Value::as_array);
    let is_ours = |name: &Value| name.as_str().is_some_and(|name| name.contains("thumbturn"));
    names
        .is_some_and(|names| names.iter().any(is_ours))
        .then(|| "hooksConfig.disabled".to_owned())
}
