//! Claude Code's own ways of dropping hooks, as observed with version 2.1.330.

use std::path::Path;

use serde_json::Value;

use crate::fault::Fault;
use crate::json;

/// One malformed handler takes every other one of the file with it.
pub(crate) fn malformed(path: &Path, value: &Value) -> Vec<Fault> {
    let fault = |words: String| Fault::Malformed {
        path: path.to_owned(),
        words,
    };
    let Some(hooks) = value.get("hooks") else {
        return Vec::new();
    };
    let Some(hooks) = hooks.as_object() else {
        return vec![fault("has a `hooks` that is no object".into())];
    };
    let mut faults = Vec::new();
    for (event, groups) in hooks {
        let Some(groups) = groups.as_array() else {
            faults.push(fault(format!("has a `hooks.{event}` that is no list")));
            continue;
        };
        for group in groups {
            let Some(handlers) = group.get("hooks").and_then(Value::as_array) else {
                faults.push(fault(format!("has an entry for {event} without `hooks`")));
                continue;
            };
            faults.extend(handlers.iter().filter_map(|handler| {
                let what = odd(handler)?;
                Some(fault(format!("has a hook for {event} with {what}")))
            }));
        }
    }
    faults
}

fn odd(handler: &Value) -> Option<String> {
    let kinds = ["command", "http", "mcp_tool", "prompt", "agent"];
    let kind = handler.get("type").and_then(Value::as_str);
    if !kind.is_some_and(|kind| kinds.contains(&kind)) {
        return Some("no `type` that it knows".to_owned());
    }
    let timeout = handler.get("timeout");
    if timeout.is_some_and(|timeout| !timeout.as_f64().is_some_and(|seconds| seconds > 0.0)) {
        return Some(format!(
            "a `timeout` of {}",
            timeout.unwrap_or(&Value::Null)
        ));
    }
    let on_failure = handler.get("onFailure");
    let known = on_failure.is_none_or(|value| {
        value
            .as_str()
            .is_some_and(|text| ["block", "continue"].contains(&text))
    });
    (!known).then(|| format!("an `onFailure` of {}", on_failure.unwrap_or(&Value::Null)))
}

pub(crate) fn switched_off(text: &str) -> Option<String> {
    let value = json::loose(text).ok()?;
    (value.get("disableAllHooks") == Some(&Value::Bool(true)))
        .then(|| "\"disableAllHooks\": true".to_owned())
}
