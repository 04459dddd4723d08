//! Anthropic's Messages.

use serde_json::{Value, json};

use super::{Dialect, Spoken, list, opening, text, word};
use crate::conversation::{Heard, Reply, Tool, ToolResult};
use crate::sse;

pub(crate) const DIALECT: Dialect = Dialect { hear, say };

fn hear(body: &Value) -> Heard {
    let mut heard = opening(body);
    for tool in list(body, "tools") {
        heard.tools.push(Tool {
            name: word(tool, "name").to_owned(),
            group: None,
            free: false,
        });
    }
    for message in list(body, "messages") {
        let content = message.get("content").unwrap_or(&Value::Null);
        let is_model = word(message, "role") == "assistant";
        let whole = [json!({"type": "text", "text": content})];
        let pieces = content.as_array().map_or(&whole[..], Vec::as_slice);
        for piece in pieces {
            match word(piece, "type") {
                "text" if is_model => heard.said.push(word(piece, "text").to_owned()),
                "text" => heard.prompted(word(piece, "text")),
                "tool_result" => heard.results.push(ToolResult {
                    call: word(piece, "tool_use_id").to_owned(),
                    text: text(piece.get("content").unwrap_or(&Value::Null)),
                    is_error: piece.get("is_error").and_then(Value::as_bool) == Some(true),
                }),
                _ => {}
            }
        }
    }
    heard
}

fn say(heard: &Heard, reply: &Reply) -> Spoken {
    let (blocks, reason) = match reply {
        Reply::Text(words) => (vec![json!({"type": "text", "text": words})], "end_turn"),
        Reply::Calls(calls) => (
            calls
                .iter()
                .map(|call| json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}))
                .collect(),
            "tool_use",
        ),
    };
    if heard.stream {
        return Spoken::Events(stream(heard, &blocks, reason));
    }
    let mut whole = message(heard);
    if let Some(whole) = whole.as_object_mut() {
        whole.insert("content".into(), blocks.into());
        whole.insert("stop_reason".into(), reason.into());
    }
    Spoken::Json(whole)
}

fn message(heard: &Heard) -> Value {
    json!({
        "id": "msg_standin", "type": "message", "role": "assistant", "model": heard.model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 1, "output_tokens": 1},
    })
}

fn stream(heard: &Heard, blocks: &[Value], reason: &str) -> String {
    let mut events = String::new();
    let mut tell = |data: Value| events.push_str(&sse::named(word(&data, "type"), &data));
    tell(json!({"type": "message_start", "message": message(heard)}));
    for (index, block) in blocks.iter().enumerate() {
        let (start, delta) = opened(block);
        tell(json!({"type": "content_block_start", "index": index, "content_block": start}));
        tell(json!({"type": "content_block_delta", "index": index, "delta": delta}));
        tell(json!({"type": "content_block_stop", "index": index}));
    }
    tell(json!({
        "type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}, "usage": {"output_tokens": 1},
    }));
    tell(json!({"type": "message_stop"}));
    events
}

/// An empty block, and the delta that fills it.
fn opened(block: &Value) -> (Value, Value) {
    if word(block, "type") == "text" {
        return (
            json!({"type": "text", "text": ""}),
            json!({"type": "text_delta", "text": word(block, "text")}),
        );
    }
    let input = block.get("input").unwrap_or(&Value::Null);
    (
        json!({"type": "tool_use", "id": word(block, "id"), "name": word(block, "name"), "input": {}}),
        json!({"type": "input_json_delta", "partial_json": input.to_string()}),
    )
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::dialect::sample;

    fn request() -> Value {
        json!({"model": "m", "stream": true, "tools": [{"name": "Bash", "input_schema": {}}], "messages": [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": [{"type": "text", "text": "so"},
                {"type": "tool_use", "id": "a", "name": "Bash", "input": {}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "is_error": true, "content": [{"type": "text", "text": "no"}]},
                {"type": "tool_result", "tool_use_id": "b", "content": "yes"},
                {"type": "text", "text": "and"}]},
        ]})
    }

    #[test]
    fn prompts_results_and_tools_are_told_apart() {
        let heard = hear(&request());
        assert_eq!(
            (heard.prompt.as_str(), heard.said),
            ("go\nand", vec!["so".to_owned()])
        );
        let results: Vec<_> = heard
            .results
            .iter()
            .map(|result| (&*result.call, &*result.text, result.is_error))
            .collect();
        assert_eq!(results, [("a", "no", true), ("b", "yes", false)]);
        assert_eq!(heard.tools[0].name, "Bash");
    }

    #[test]
    fn a_call_streams_in_the_order_of_the_protocol() {
        let heard = Heard {
            stream: true,
            ..hear(&request())
        };
        let events = sample::events(say(&heard, &sample::call()));
        let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "message_start",
                "content_block_start",
                "content_block_delta",
                "content_block_stop",
                "message_delta",
                "message_stop"
            ]
        );
        assert_eq!(events[1].1["content_block"]["name"], "Bash");
        assert_eq!(
            events[2].1["delta"]["partial_json"],
            r#"{"command":"true"}"#
        );
        assert_eq!(events[4].1["delta"]["stop_reason"], "tool_use");
    }

    #[test]
    fn without_a_stream_the_message_comes_whole() {
        let message = sample::json(say(&hear(&request()), &Reply::Text("done".into())));
        assert_eq!(
            message["content"][0],
            json!({"type": "text", "text": "done"})
        );
        assert_eq!(
            (&message["stop_reason"], &message["model"]),
            (&json!("end_turn"), &json!("m"))
        );
    }
}
