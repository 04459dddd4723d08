//! Google's Gemini.

use serde_json::{Value, json};

use super::{Dialect, Spoken, list, opening, word};
use crate::conversation::{Heard, Reply, Tool, ToolResult};
use crate::sse;

pub(crate) const DIALECT: Dialect = Dialect { hear, say };

fn hear(body: &Value) -> Heard {
    let mut heard = opening(body);
    for tool in list(body, "tools")
        .iter()
        .flat_map(|tools| list(tools, "functionDeclarations"))
    {
        heard.tools.push(Tool {
            name: word(tool, "name").to_owned(),
            group: None,
            free: false,
        });
    }
    for content in list(body, "contents") {
        let is_model = word(content, "role") == "model";
        for part in list(content, "parts") {
            if let Some(result) = part.get("functionResponse") {
                heard.results.push(result_of(result));
            } else if is_model {
                heard.said.push(word(part, "text").to_owned());
            } else {
                heard.prompted(word(part, "text"));
            }
        }
    }
    heard
}

fn result_of(result: &Value) -> ToolResult {
    let response = result.get("response").unwrap_or(&Value::Null);
    let error = response.get("error").filter(|error| !error.is_null());
    let told = error.or_else(|| response.get("output")).unwrap_or(response);
    ToolResult {
        call: word(result, "id").to_owned(),
        text: told
            .as_str()
            .map_or_else(|| told.to_string(), str::to_owned),
        is_error: error.is_some(),
    }
}

fn say(heard: &Heard, reply: &Reply) -> Spoken {
    let parts: Vec<Value> = match reply {
        Reply::Text(words) => vec![json!({"text": words})],
        Reply::Calls(calls) => calls
            .iter()
            .map(|call| json!({"functionCall": {"id": call.id, "name": call.name, "args": call.input}}))
            .collect(),
    };
    let whole = json!({
        "candidates": [{"index": 0, "finishReason": "STOP", "content": {"role": "model", "parts": parts}}],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
        "modelVersion": "stand-in",
    });
    if heard.stream {
        Spoken::Events(sse::data(&whole))
    } else {
        Spoken::Json(whole)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::dialect::sample;

    fn request() -> Value {
        json!({"tools": [{"functionDeclarations": [{"name": "run_shell_command"}]}], "contents": [
            {"role": "user", "parts": [{"text": "go"}]},
            {"role": "model", "parts": [{"functionCall": {"id": "a", "name": "run_shell_command", "args": {}}}]},
            {"role": "user", "parts": [
                {"functionResponse": {"id": "a", "name": "run_shell_command", "response": {"output": "yes"}}},
                {"functionResponse": {"id": "b", "name": "run_shell_command", "response": {"error": "no"}}}]},
        ]})
    }

    #[test]
    fn prompts_results_and_tools_are_told_apart() {
        let heard = hear(&request());
        assert_eq!(
            (heard.prompt.as_str(), &*heard.tools[0].name),
            ("go", "run_shell_command")
        );
        let results: Vec<_> = heard
            .results
            .iter()
            .map(|result| (&*result.call, &*result.text, result.is_error))
            .collect();
        assert_eq!(results, [("a", "yes", false), ("b", "no", true)]);
    }

    #[test]
    fn a_call_comes_in_one_event_or_whole() {
        let heard = Heard {
            stream: true,
            ..hear(&request())
        };
        let events = sample::events(say(&heard, &sample::call()));
        assert_eq!(events.len(), 1);
        let whole = sample::json(say(&hear(&request()), &sample::call()));
        assert_eq!(events[0].1, whole);
        let call = &whole["candidates"][0]["content"]["parts"][0]["functionCall"];
        assert_eq!(call["args"], json!({"command": "true"}));
    }
}
