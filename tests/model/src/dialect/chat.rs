//! OpenAI's Chat Completions.

use serde_json::{Value, json};

use super::{Dialect, Spoken, list, opening, text, word};
use crate::conversation::{Heard, Reply, Tool, ToolResult};
use crate::sse;

pub(crate) const DIALECT: Dialect = Dialect { hear, say };

fn hear(body: &Value) -> Heard {
    let mut heard = opening(body);
    for tool in list(body, "tools") {
        let function = tool.get("function").unwrap_or(&Value::Null);
        heard.tools.push(Tool {
            name: word(function, "name").to_owned(),
            group: None,
            free: false,
        });
    }
    for message in list(body, "messages") {
        let content = text(message.get("content").unwrap_or(&Value::Null));
        match word(message, "role") {
            "user" => heard.prompted(&content),
            "assistant" if !content.is_empty() => heard.said.push(content),
            "tool" => heard.results.push(ToolResult {
                call: word(message, "tool_call_id").to_owned(),
                text: content,
                is_error: false,
            }),
            _ => {}
        }
    }
    heard
}

fn say(heard: &Heard, reply: &Reply) -> Spoken {
    let (mut message, reason) = match reply {
        Reply::Text(words) => (json!({"role": "assistant", "content": words}), "stop"),
        Reply::Calls(calls) => {
            let calls: Vec<Value> = calls
                .iter()
                .enumerate()
                .map(|(index, call)| {
                    json!({"index": index, "id": call.id, "type": "function",
                        "function": {"name": call.name, "arguments": call.input.to_string()}})
                })
                .collect();
            (
                json!({"role": "assistant", "content": null, "tool_calls": calls}),
                "tool_calls",
            )
        }
    };
    if heard.stream {
        let first = chunk(
            heard,
            json!([{"index": 0, "delta": message, "finish_reason": null}]),
        );
        let last = chunk(
            heard,
            json!([{"index": 0, "delta": {}, "finish_reason": reason}]),
        );
        let mut used = chunk(heard, json!([]));
        add(&mut used, "usage", usage());
        let events = [&first, &last, &used].map(sse::data).concat();
        return Spoken::Events(events + "data: [DONE]\n\n");
    }
    // Only a stream numbers the calls.
    if let Some(calls) = message.get_mut("tool_calls").and_then(Value::as_array_mut) {
        for call in calls.iter_mut().filter_map(Value::as_object_mut) {
            call.remove("index");
        }
    }
    let mut whole = chunk(
        heard,
        json!([{"index": 0, "message": message, "finish_reason": reason}]),
    );
    add(&mut whole, "object", "chat.completion".into());
    add(&mut whole, "usage", usage());
    Spoken::Json(whole)
}

fn chunk(heard: &Heard, choices: Value) -> Value {
    json!({"id": "chatcmpl-standin", "object": "chat.completion.chunk", "created": 1, "model": heard.model, "choices": choices})
}

fn usage() -> Value {
    json!({"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2})
}

fn add(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::dialect::sample;

    fn request() -> Value {
        json!({"model": "m", "tools": [{"type": "function", "function": {"name": "bash"}}], "messages": [
            {"role": "system", "content": "be good"},
            {"role": "user", "content": [{"type": "text", "text": "go"}]},
            {"role": "assistant", "content": "so", "tool_calls": [{"id": "a", "type": "function",
                "function": {"name": "bash", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "a", "content": "yes"},
        ]})
    }

    #[test]
    fn prompts_results_and_tools_are_told_apart() {
        let heard = hear(&request());
        assert_eq!((heard.prompt.as_str(), &*heard.said[0]), ("go", "so"));
        assert_eq!(
            (&*heard.results[0].call, &*heard.results[0].text),
            ("a", "yes")
        );
        assert_eq!(heard.tools[0].name, "bash");
    }

    #[test]
    fn a_call_streams_in_chunks_that_end_with_done() {
        let heard = Heard {
            stream: true,
            ..hear(&request())
        };
        let events = sample::events(say(&heard, &sample::call()));
        assert_eq!(events.len(), 4);
        let call = &events[0].1["choices"][0]["delta"]["tool_calls"][0];
        assert_eq!(
            (&call["index"], &call["function"]["arguments"]),
            (&json!(0), &json!(r#"{"command":"true"}"#))
        );
        assert_eq!(events[1].1["choices"][0]["finish_reason"], "tool_calls");
        assert_eq!(events[2].1["usage"]["total_tokens"], 2);
        assert_eq!(events[3].1, json!("[DONE]"));
    }

    #[test]
    fn without_a_stream_the_completion_comes_whole() {
        let whole = sample::json(say(&hear(&request()), &sample::call()));
        let choice = &whole["choices"][0];
        assert_eq!(
            (&whole["object"], &choice["finish_reason"]),
            (&json!("chat.completion"), &json!("tool_calls"))
        );
        assert_eq!(choice["message"]["tool_calls"][0].get("index"), None);
    }
}
