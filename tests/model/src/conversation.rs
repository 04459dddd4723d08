//! What a request says, in whatever wire format, and what is said next.

use serde_json::Value;

use crate::script::{DONE, Script, Turn};

/// A request, with the wire format taken off.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Heard {
    /// What the person said, all of it.
    pub(crate) prompt: String,
    /// What the model said before, piece by piece.
    pub(crate) said: Vec<String>,
    /// How the calls went.
    pub(crate) results: Vec<ToolResult>,
    /// The tools on offer.
    pub(crate) tools: Vec<Tool>,
    pub(crate) stream: bool,
    pub(crate) model: String,
}

/// How a call went, as the agent tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ToolResult {
    pub(crate) call: String,
    pub(crate) text: String,
    pub(crate) is_error: bool,
}

/// A tool on offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) name: String,
    /// The group that it is called within, which only one wire format has.
    pub(crate) group: Option<String>,
    /// Whether it takes free text instead of an object.
    pub(crate) free: bool,
}

/// What the model says to a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Text(String),
    Calls(Vec<Asked>),
}

/// A tool call as it goes out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) input: Value,
}

/// What a side request is told.
const ASIDE: &str = "ok";

/// The next turn of the script in this conversation. `serial` keeps the calls of two replies apart.
pub(crate) fn next(script: &Script, heard: &Heard, serial: usize) -> Reply {
    if heard.tools.is_empty() {
        return Reply::Text(ASIDE.to_owned());
    }
    let turns = script.turns_for(&heard.prompt);
    let open = turns
        .iter()
        .enumerate()
        .find(|(number, turn)| !is_over(*number, turn, heard));
    match open {
        None => Reply::Text(DONE.to_owned()),
        Some((_, Turn::Text(words))) => Reply::Text(words.clone()),
        Some((number, Turn::Calls(calls))) => Reply::Calls(
            calls
                .iter()
                .enumerate()
                .map(|(place, call)| Asked {
                    id: format!("{}{place}_{serial}", mark(number)),
                    name: call.name.clone(),
                    input: call.input.clone(),
                })
                .collect(),
        ),
    }
}

fn is_over(number: usize, turn: &Turn, heard: &Heard) -> bool {
    match turn {
        Turn::Text(words) => heard.said.iter().any(|said| said.trim() == words.trim()),
        Turn::Calls(_) => heard
            .results
            .iter()
            .any(|result| result.call.contains(&mark(number))),
    }
}

/// The part of a call's id that tells its turn. An agent may put something before or after it.
fn mark(number: usize) -> String {
    format!("call_standin_t{number}_")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    fn heard(results: &[&str]) -> Heard {
        Heard {
            prompt: "go".into(),
            results: results
                .iter()
                .map(|call| ToolResult {
                    call: (*call).to_owned(),
                    text: String::new(),
                    is_error: false,
                })
                .collect(),
            tools: vec![Tool {
                name: "Bash".into(),
                group: None,
                free: false,
            }],
            ..Heard::default()
        }
    }

    fn names(reply: Reply) -> Vec<String> {
        match reply {
            Reply::Text(words) => vec![words],
            Reply::Calls(calls) => calls.into_iter().map(|call| call.id).collect(),
        }
    }

    #[test]
    fn turns_follow_the_results_in_the_conversation() {
        let script = Script::new([
            Turn::calls([
                crate::Call::new("Bash", json!({})),
                crate::Call::new("Bash", json!({})),
            ]),
            Turn::call("Bash", json!({})),
        ]);
        assert_eq!(
            names(next(&script, &heard(&[]), 7)),
            ["call_standin_t0_0_7", "call_standin_t0_1_7"]
        );
        let second = heard(&["call_standin_t0_0_7", "call_standin_t0_1_7"]);
        assert_eq!(names(next(&script, &second, 8)), ["call_standin_t1_0_8"]);
        let over = heard(&["call_standin_t0_0_7", "fc_call_standin_t1_0_8"]);
        assert_eq!(names(next(&script, &over, 9)), ["done"]);
    }

    #[test]
    fn a_text_is_said_once_and_the_next_prompt_hears_the_next_turn() {
        let script = Script::new([Turn::text("hello"), Turn::call("Bash", json!({}))]);
        assert_eq!(names(next(&script, &heard(&[]), 0)), ["hello"]);
        let again = Heard {
            said: vec!["hello".into()],
            ..heard(&[])
        };
        assert_eq!(
            names(next(&script, &again, 0)),
            ["call_standin_t0_0_0".replace("t0", "t1")]
        );
    }

    #[test]
    fn a_side_request_and_a_marked_prompt_leave_the_script_alone() {
        let script = Script::call("Bash", json!({})).aside("MARK", [Turn::text("elsewhere")]);
        let title = Heard {
            tools: Vec::new(),
            ..heard(&[])
        };
        assert_eq!(names(next(&script, &title, 0)), ["ok"]);
        let marked = Heard {
            prompt: "please MARK it".into(),
            ..heard(&[])
        };
        assert_eq!(names(next(&script, &marked, 0)), ["elsewhere"]);
    }
}
