//! Copilot CLI's own ways of dropping hooks, as observed with version 1.0.102.

use std::path::Path;

use serde_json::Value;

use crate::fault::Fault;
use crate::json;

/// Other entries that are malformed leave ours alone.
pub(crate) fn malformed(path: &Path, value: &Value) -> Vec<Fault> {
    let fault = |words: &str| Fault::Malformed {
        path: path.to_owned(),
        words: words.to_owned(),
    };
    let mut faults = Vec::new();
    if value.get("version") != Some(&Value::from(1)) {
        faults.push(fault("lacks `\"version\": 1`"));
    }
    if value.get("disableAllHooks") == Some(&Value::Bool(true)) {
        faults.push(Fault::SwitchedOff {
            path: path.to_owned(),
            key: "\"disableAllHooks\": true".into(),
        });
    }
    faults
}

pub(crate) fn switched_off(text: &str) -> Option<String> {
    let value = json::loose(text).ok()?;
    (value.get("disableAllHooks") == Some(&Value::Bool(true)))
        .then(|| "\"disableAllHooks\": true".to_owned())
}
