//! The wire formats.

pub(crate) mod anthropic;
pub(crate) mod chat;
pub(crate) mod gemini;
pub(crate) mod responses;

use serde_json::Value;

use crate::conversation::{Heard, Reply};

/// How a wire format is read and spoken.
pub(crate) struct Dialect {
    pub(crate) hear: fn(&Value) -> Heard,
    pub(crate) say: fn(&Heard, &Reply) -> Spoken,
}

/// A reply on its way out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spoken {
    Json(Value),
    Events(String),
}

/// The items of a list, none where there is no list.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Text that stands alone or in pieces, each with a `text`.
fn text(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    let Some(pieces) = value.as_array() else {
        return String::new();
    };
    let texts: Vec<&str> = pieces
        .iter()
        .map(|piece| word(piece, "text"))
        .filter(|text| !text.is_empty())
        .collect();
    texts.join("\n")
}

/// A request in which nothing was said yet.
fn opening(body: &Value) -> Heard {
    Heard {
        model: word(body, "model").to_owned(),
        ..Heard::default()
    }
}

impl Heard {
    fn prompted(&mut self, words: &str) {
        if !self.prompt.is_empty() {
            self.prompt.push('\n');
        }
        self.prompt.push_str(words);
    }
}

#[cfg(test)]
pub(crate) mod sample {
    use serde_json::json;

    use super::Spoken;
    use crate::conversation::{Asked, Reply};
    use crate::sse;

    pub(crate) fn call() -> Reply {
        Reply::Calls(vec![Asked {
            id: "call_standin_t0_0_1".into(),
            name: "Bash".into(),
            input: json!({"command": "true"}),
        }])
    }

    pub(crate) fn events(spoken: Spoken) -> Vec<(String, serde_json::Value)> {
        match spoken {
            Spoken::Events(text) => sse::read(&text),
            Spoken::Json(value) => panic!("no stream: {value}"),
        }
    }

    pub(crate) fn json(spoken: Spoken) -> serde_json::Value {
        match spoken {
            Spoken::Json(value) => value,
            Spoken::Events(text) => panic!("a stream: {text}"),
        }
    }
}
