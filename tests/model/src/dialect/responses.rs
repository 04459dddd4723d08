//! OpenAI's Responses.

use serde_json::{Value, json};

use super::{Dialect, Spoken, list, opening, text, word};
use crate::conversation::{Asked, Heard, Reply, Tool, ToolResult};
use crate::sse;

pub(crate) const DIALECT: Dialect = Dialect { hear, say };

/// The kind and the name of the tool that finds other tools.
const SEARCH: &str = "tool_search";

fn hear(body: &Value) -> Heard {
    let mut heard = opening(body);
    heard.tools.extend(offered(body));
    if let Some(words) = body.get("input").and_then(Value::as_str) {
        heard.prompted(words);
    }
    for item in list(body, "input") {
        let content = text(item.get("content").unwrap_or(&Value::Null));
        match (word(item, "type"), word(item, "role")) {
            (_, "user") => heard.prompted(&content),
            (_, "assistant") => heard.said.push(content),
            ("function_call_output" | "custom_tool_call_output", _) => {
                heard.results.push(ToolResult {
                    call: word(item, "call_id").to_owned(),
                    text: text(item.get("output").unwrap_or(&Value::Null)),
                    is_error: false,
                });
            }
            ("tool_search_output", _) => {
                heard.results.push(ToolResult {
                    call: word(item, "call_id").to_owned(),
                    text: item.get("tools").unwrap_or(&Value::Null).to_string(),
                    is_error: false,
                });
                heard.tools.extend(offered(item));
            }
            _ => {}
        }
    }
    heard
}

/// The tools in a list, those within groups too.
fn offered(within: &Value) -> Vec<Tool> {
    let mut tools = Vec::new();
    for tool in list(within, "tools") {
        let kind = word(tool, "type");
        if kind == "namespace" {
            let group = word(tool, "name");
            tools.extend(offered(tool).into_iter().map(|tool| Tool {
                group: Some(group.to_owned()),
                ..tool
            }));
            continue;
        }
        let name = word(tool, "name");
        tools.push(Tool {
            // The search for tools has no name but its kind.
            name: if name.is_empty() { kind } else { name }.to_owned(),
            group: None,
            free: kind == "custom",
        });
    }
    tools
}

fn say(heard: &Heard, reply: &Reply) -> Spoken {
    let items: Vec<Value> = match reply {
        Reply::Text(words) => vec![json!({
            "id": "msg_standin", "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": words, "annotations": []}],
        })],
        Reply::Calls(calls) => calls.iter().map(|call| item(heard, call)).collect(),
    };
    if heard.stream {
        Spoken::Events(stream(heard, &items))
    } else {
        Spoken::Json(response(heard, "completed", &items))
    }
}

/// A call in the shape in which this very tool was offered.
fn item(heard: &Heard, call: &Asked) -> Value {
    let (id, item) = (&call.id, format!("fc_{}", call.id));
    let tool = heard.tools.iter().find(|tool| is_meant(tool, &call.name));
    if call.name == SEARCH && tool.is_some() {
        return json!({"id": item, "type": "tool_search_call", "status": "completed", "call_id": id, "execution": "client",
            "arguments": call.input});
    }
    let name = tool.map_or(&call.name, |tool| &tool.name);
    if tool.is_some_and(|tool| tool.free) {
        let input = call
            .input
            .as_str()
            .map_or_else(|| call.input.to_string(), str::to_owned);
        return json!({"id": item, "type": "custom_tool_call", "status": "completed", "call_id": id, "name": name, "input": input});
    }
    let mut function = json!({"id": item, "type": "function_call", "status": "completed", "call_id": id, "name": name,
        "arguments": call.input.to_string()});
    if let (Some(group), Some(function)) = (
        tool.and_then(|tool| tool.group.clone()),
        function.as_object_mut(),
    ) {
        function.insert("namespace".into(), group.into());
    }
    function
}

/// Whether a script's name means this tool. Within a group the name may have the group before it, as hooks have it.
fn is_meant(tool: &Tool, name: &str) -> bool {
    let short = tool.group.as_ref().and_then(|group| {
        name.strip_prefix(group.as_str())
            .map(|rest| rest.trim_start_matches('_'))
    });
    name == tool.name || short == Some(&tool.name)
}

fn response(heard: &Heard, status: &str, items: &[Value]) -> Value {
    json!({
        "id": "resp_standin", "object": "response", "created_at": 1, "status": status, "model": heard.model,
        "output": items, "error": null,
        "usage": {"input_tokens": 1, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 1,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 2},
    })
}

fn stream(heard: &Heard, items: &[Value]) -> String {
    let (mut events, mut number) = (String::new(), 0);
    let mut tell = |mut data: Value| {
        if let Some(data) = data.as_object_mut() {
            data.insert("sequence_number".into(), number.into());
        }
        number += 1;
        events.push_str(&sse::named(word(&data, "type"), &data));
    };
    tell(json!({"type": "response.created", "response": response(heard, "in_progress", &[])}));
    for (index, item) in items.iter().enumerate() {
        tell(
            json!({"type": "response.output_item.added", "output_index": index, "item": empty(item)}),
        );
        for mut event in filled(item) {
            if let Some(event) = event.as_object_mut() {
                event.insert("item_id".into(), word(item, "id").into());
                event.insert("output_index".into(), index.into());
            }
            tell(event);
        }
        tell(json!({"type": "response.output_item.done", "output_index": index, "item": item}));
    }
    tell(json!({"type": "response.completed", "response": response(heard, "completed", items)}));
    events
}

/// The events that fill an item, between its being added and its being done.
fn filled(item: &Value) -> Vec<Value> {
    match word(item, "type") {
        "message" => {
            let piece = list(item, "content").first().unwrap_or(&Value::Null);
            let words = word(piece, "text");
            let part = json!({"type": "output_text", "text": "", "annotations": []});
            vec![
                json!({"type": "response.content_part.added", "content_index": 0, "part": part}),
                json!({"type": "response.output_text.delta", "content_index": 0, "delta": words}),
                json!({"type": "response.output_text.done", "content_index": 0, "text": words}),
                json!({"type": "response.content_part.done", "content_index": 0, "part": piece}),
            ]
        }
        "function_call" => {
            let words = word(item, "arguments");
            vec![
                json!({"type": "response.function_call_arguments.delta", "delta": words}),
                json!({"type": "response.function_call_arguments.done", "arguments": words}),
            ]
        }
        "custom_tool_call" => {
            let input = word(item, "input");
            vec![
                json!({"type": "response.custom_tool_call_input.delta", "delta": input}),
                json!({"type": "response.custom_tool_call_input.done", "input": input}),
            ]
        }
        _ => Vec::new(),
    }
}

/// The same item before anything of it was said.
fn empty(item: &Value) -> Value {
    let mut item = item.clone();
    if let Some(item) = item.as_object_mut() {
        item.insert("status".into(), "in_progress".into());
        for (key, nothing) in [
            ("content", json!([])),
            ("arguments", "".into()),
            ("input", "".into()),
        ] {
            if let Some(value) = item.get_mut(key) {
                *value = nothing;
            }
        }
    }
    item
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::dialect::sample;

    fn request() -> Value {
        json!({"model": "m", "tools": [
            {"type": "function", "name": "Bash"}, {"type": "custom", "name": "apply_patch"},
            {"type": "tool_search", "execution": "client"}],
        "input": [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go"}]},
            {"type": "function_call", "call_id": "a", "name": "Bash", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "a", "output": "yes"},
            {"type": "custom_tool_call_output", "call_id": "b", "output": [{"type": "input_text", "text": "no"}]},
            {"type": "tool_search_output", "call_id": "c", "tools": [
                {"type": "namespace", "name": "mcp__webex", "tools": [{"type": "function", "name": "send"}]}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "so"}]},
        ]})
    }

    #[test]
    fn prompts_results_and_tools_are_told_apart() {
        let heard = hear(&request());
        assert_eq!((heard.prompt.as_str(), &*heard.said[0]), ("go", "so"));
        let results: Vec<_> = heard
            .results
            .iter()
            .map(|result| (&*result.call, &*result.text))
            .collect();
        assert_eq!(results[..2], [("a", "yes"), ("b", "no")]);
        let found = heard.tools.iter().find(|tool| tool.name == "send");
        let group = found.and_then(|tool| tool.group.as_deref());
        assert_eq!((results[2].0, group), ("c", Some("mcp__webex")));
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
                "response.created",
                "response.output_item.added",
                "response.function_call_arguments.delta",
                "response.function_call_arguments.done",
                "response.output_item.done",
                "response.completed",
            ]
        );
        assert_eq!(events[1].1["item"]["arguments"], "");
        assert_eq!(events[4].1["item"]["arguments"], r#"{"command":"true"}"#);
        assert_eq!(
            events[5].1["response"]["output"][0]["call_id"],
            "call_standin_t0_0_1"
        );
    }

    #[test]
    fn a_text_streams_in_the_order_of_the_protocol() {
        let heard = Heard {
            stream: true,
            ..hear(&request())
        };
        let events = sample::events(say(&heard, &Reply::Text("done".into())));
        let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "response.created",
                "response.output_item.added",
                "response.content_part.added",
                "response.output_text.delta",
                "response.output_text.done",
                "response.content_part.done",
                "response.output_item.done",
                "response.completed",
            ]
        );
    }

    #[test]
    fn a_tool_is_called_in_the_shape_in_which_it_was_offered() {
        let call = |name: &str, input: Value| {
            let asked = Asked {
                id: "a".into(),
                name: name.into(),
                input,
            };
            item(&hear(&request()), &asked)
        };
        let patch = call("apply_patch", json!("*** Begin Patch"));
        assert_eq!(
            (&patch["type"], &patch["input"]),
            (&json!("custom_tool_call"), &json!("*** Begin Patch"))
        );
        let send = call("mcp__webex__send", json!({}));
        assert_eq!(
            (&send["name"], &send["namespace"]),
            (&json!("send"), &json!("mcp__webex"))
        );
        assert_eq!(call("send", json!({})), send);
        let search = call("tool_search", json!({"query": "send"}));
        assert_eq!(
            (&search["type"], &search["arguments"]),
            (&json!("tool_search_call"), &json!({"query": "send"}))
        );
    }
}
