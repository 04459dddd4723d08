//! What one approval lets through besides the ask it was for, and no more than its card says.

use serde::{Deserialize, Serialize};

use crate::RuleId;
use crate::answer::span;

/// The grant that an approval would make.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offer {
    pub covers: Covers,
    pub life: Life,
    /// In how many asks it may be used.
    pub most: u32,
}

/// Which asks of the same agent session. Two asks share a grant if this is equal in both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covers {
    /// The same tool with the same input in the same directory, by digest.
    Same(String),
    /// Whatever this rule matches, within that project and for that host where they are named.
    Rule {
        rule: RuleId,
        /// What the rule says it is about, such as "edits".
        what: String,
        project: Option<String>,
        host: Option<String>,
    },
}

/// How long it lasts. Sleep, locking, signing out and turning off end it as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    Minutes(u32),
    /// Until the person's prompt ends that the agent works on.
    Prompt,
    /// Until the agent's session ends.
    Session,
}

const MINUTE: u64 = 60_000;
/// The longest that any grant lasts.
const LONGEST: u64 = 8 * 60 * MINUTE;
/// The longest that a grant lasts which ends with the prompt.
const LONGEST_PROMPT: u64 = 60 * MINUTE;

impl Offer {
    /// The longest that its grant may last, in milliseconds.
    pub(crate) fn length(&self) -> u64 {
        match self.life {
            Life::Minutes(minutes) => u64::from(minutes).saturating_mul(MINUTE).min(LONGEST),
            Life::Prompt => LONGEST_PROMPT,
            Life::Session => LONGEST,
        }
    }

    /// What the tap grants and until when, whole: a grant is for nothing that these words do not say.
    pub fn words(&self) -> String {
        let times = match self.most {
            1 => "once".to_owned(),
            most => format!("{most} times"),
        };
        let length = span(self.length());
        let bound = match self.life {
            Life::Minutes(_) => format!("for {length}, at most {times}"),
            Life::Prompt => format!("until this prompt ends, at most {times} and {length}"),
            Life::Session => format!("until this session ends, at most {times} and {length}"),
        };
        format!(
            "{} by this session and its subagents {bound}",
            self.covers.words()
        )
    }
}

impl Covers {
    fn words(&self) -> String {
        match self {
            Self::Same(_) => "This very call".to_owned(),
            Self::Rule {
                rule,
                what,
                project,
                host,
            } => {
                let mut letters = what.chars();
                let what = match letters.next() {
                    Some(first) => first.to_uppercase().chain(letters).collect(),
                    None => format!("What the rule {} matches", rule.0),
                };
                let inside = project.as_ref().map(|dir| format!(" inside {dir}"));
                let to = host.as_ref().map(|host| format!(" to {host}"));
                let places = [to, inside].into_iter().flatten().collect::<String>();
                format!("{what}{places}")
            }
        }
    }
}
