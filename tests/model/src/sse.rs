//! Server-sent events. Every reply is short, so all of them go out in one piece.

use serde_json::Value;

/// One event with a name.
pub(crate) fn named(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// One event without a name.
pub(crate) fn data(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// The names and data in a stream, for tests.
#[cfg(test)]
pub(crate) fn read(stream: &str) -> Vec<(String, Value)> {
    stream
        .split_terminator("\n\n")
        .map(|event| {
            let field = |key: &str| {
                event
                    .lines()
                    .find_map(|line| line.strip_prefix(key))
                    .unwrap_or_default()
            };
            let data = field("data: ");
            (
                field("event: ").to_owned(),
                serde_json::from_str(data).unwrap_or_else(|_| Value::String(data.to_owned())),
            )
        })
        .collect()
}
