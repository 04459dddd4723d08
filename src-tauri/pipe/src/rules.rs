//! The page on which a person orders, tries and writes rules.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Rules {
    /// Where the rules lie.
    pub file: String,
    /// In the order in which they are tried.
    pub rules: Vec<Rule>,
    /// Why the file as it stands is not in force: line, key, and the next step.
    pub failure: Option<String>,
    /// What is being written or tried.
    pub draft: Option<Draft>,
    pub suggestions: Vec<Suggestion>,
}

/// One rule, as it is written and in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Rule {
    pub name: String,
    pub line: u32,
    /// "skip", "push", "ask" or "deny".
    pub action: String,
    /// What it matches, one condition each: name and value.
    pub matches: Vec<(String, String)>,
    /// What an approval under it covers.
    pub grant: Option<String>,
    pub factor: Option<String>,
    pub note: Option<String>,
    /// As it stands in the file, comments included.
    pub text: String,
}

/// An edit that is not kept yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Draft {
    pub edit: RulesEdit,
    /// Why it cannot be kept.
    pub failure: Option<String>,
    /// Whether it waits for a push.
    pub waits: bool,
    pub tried: Option<Tried>,
}

/// The last decisions of the log, judged anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tried {
    pub decisions: u32,
    /// Those that would be other ones; the newest first.
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Change {
    pub code: String,
    pub what: String,
    /// "no word", "push" or "deny".
    pub before: String,
    pub after: String,
}

/// A rule that would have spared pushes which were all approved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Suggestion {
    /// "Bash: npm ci", approved 4 times.
    pub what: String,
    pub times: u32,
    pub text: String,
}

/// One change of the file. Places count from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RulesEdit {
    /// A new rule before the one that stands at `at`, or at the end.
    Insert {
        at: u32,
        text: String,
    },
    Replace {
        at: u32,
        text: String,
    },
    Move {
        at: u32,
        to: u32,
    },
    Remove {
        at: u32,
    },
}
