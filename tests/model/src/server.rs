//! Which path speaks which wire format.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::conversation::{self, Heard, Reply};
use crate::dialect::{Spoken, anthropic, chat, gemini, responses};
use crate::memory::Request;
use crate::model::Shared;

/// An agent sends its whole conversation each time.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(shared)
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> Response {
    shared.memory().came(Request {
        method: method.to_string(),
        path: uri.to_string(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let path = uri.path();
    if method != Method::POST {
        return listing(path);
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    if path.ends_with("/count_tokens") {
        return spoken(Spoken::Json(json!({"input_tokens": 1})));
    }
    if path.ends_with(":countTokens") {
        return spoken(Spoken::Json(json!({"totalTokens": 1})));
    }
    let dialect = if path.ends_with("/messages") {
        anthropic::DIALECT
    } else if path.ends_with("/responses") {
        responses::DIALECT
    } else if path.ends_with("/chat/completions") {
        chat::DIALECT
    } else if path.ends_with(":streamGenerateContent") || path.ends_with(":generateContent") {
        gemini::DIALECT
    } else {
        return not_found();
    };
    let heard = Heard {
        stream: path.ends_with(":streamGenerateContent")
            || body.get("stream").and_then(Value::as_bool) == Some(true),
        ..(dialect.hear)(&body)
    };
    let reply = reply(&shared, &heard);
    shared.count();
    spoken((dialect.say)(&heard, &reply))
}

fn reply(shared: &Shared, heard: &Heard) -> Reply {
    let mut memory = shared.memory();
    memory.heard(heard);
    let serial = memory.serial();
    let reply = conversation::next(&shared.script, heard, serial);
    memory.replied(&reply);
    reply
}

/// The lists of models that some agents ask for, in every format at once.
fn listing(path: &str) -> Response {
    if path.ends_with("/models") {
        return spoken(Spoken::Json(json!({
            "object": "list",
            "data": [{"id": "stand-in", "object": "model", "type": "model", "display_name": "stand-in", "owned_by": "nobody"}],
            "has_more": false,
            "models": [],
        })));
    }
    if path == "/" {
        return StatusCode::OK.into_response();
    }
    not_found()
}

fn not_found() -> Response {
    let words = json!({"error": {"type": "not_found_error", "message": "the stand-in model does not speak this"}});
    (StatusCode::NOT_FOUND, words.to_string()).into_response()
}

fn spoken(spoken: Spoken) -> Response {
    let (kind, text) = match spoken {
        Spoken::Json(value) => ("application/json", value.to_string()),
        Spoken::Events(text) => ("text/event-stream", text),
    };
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
