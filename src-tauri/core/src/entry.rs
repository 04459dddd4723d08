//! One line of the audit log. An answer cannot be sent without one: see [`crate::Effect::Settle`].

use serde::{Deserialize, Serialize};

use crate::{Answer, Ask, AskId, Code, Deed};

/// An answer and the question it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub id: AskId,
    pub code: Code,
    pub subject: Subject,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Ask(Box<Ask>),
    Deed(Deed),
}

/// Everything else worth remembering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    Answer(Box<Entry>),
}
