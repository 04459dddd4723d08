//! What the agent told the model.

use std::collections::BTreeMap;

use crate::conversation::{Asked, Heard, Reply};

/// How a tool call of the script went, as the agent tells the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The call's id.
    pub call: String,
    /// The tool's name, as the script has it.
    pub tool: String,
    /// What the model is shown.
    pub text: String,
    /// Whether the agent says that it failed. The two OpenAI formats cannot say so.
    pub is_error: bool,
}

/// A request as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The body, byte for byte where it is text.
    pub body: String,
}

#[derive(Default)]
pub(crate) struct Memory {
    requests: Vec<Request>,
    told: Vec<Told>,
    /// The tools that were called, by call id.
    asked: BTreeMap<String, String>,
    replies: usize,
}

impl Memory {
    pub(crate) fn came(&mut self, request: Request) {
        self.requests.push(request);
    }

    /// Keeps the results that are new. Every later request repeats them.
    pub(crate) fn heard(&mut self, heard: &Heard) {
        for result in &heard.results {
            let Some(tool) = self.asked.get(&result.call) else {
                continue;
            };
            if self.told.iter().all(|told| told.call != result.call) {
                self.told.push(Told {
                    call: result.call.clone(),
                    tool: tool.clone(),
                    text: result.text.clone(),
                    is_error: result.is_error,
                });
            }
        }
    }

    /// A number that no reply had before.
    pub(crate) fn serial(&mut self) -> usize {
        self.replies += 1;
        self.replies
    }

    pub(crate) fn replied(&mut self, reply: &Reply) {
        if let Reply::Calls(calls) = reply {
            for Asked { id, name, .. } in calls {
                self.asked.insert(id.clone(), name.clone());
            }
        }
    }

    pub(crate) fn told(&self) -> &[Told] {
        &self.told
    }

    pub(crate) fn requests(&self) -> &[Request] {
        &self.requests
    }
}
