//! Whether a call needs a thumb.
//!
//! Harmless means *no word* from us, never an allow: the agent's own permissions
//! still apply, and a wrong row in the table grants nothing.

mod tools;

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Ask, check_strict};

pub use tools::Rules;

/// What the policy says of a call, the strictest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Harmless,
    Unsure(Risk),
    Forbidden,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    Normal,
    High,
}

/// A decision with the rule that made it and its reasons in words. Of several, the greatest wins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Judgement {
    pub decision: Decision,
    pub rule: RuleId,
    pub reasons: Vec<String>,
}

/// The rule that made a judgement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub String);

/// What only the file system knows about an ask, resolved by the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The ask's directory with every link resolved; `None` where it cannot be.
    pub cwd: Option<String>,
}

/// The paths whose facts matter to [`judge`].
pub fn wants(ask: &Ask) -> Vec<String> {
    vec![ask.cwd.clone()]
}

/// Pure: the same ask, facts and rules are judged the same.
pub fn judge(ask: &Ask, _facts: &Facts, rules: &Rules) -> Judgement {
    [by_input(ask), rules.by_tool(ask)]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or_else(unknown)
}

/// An input that two readers may read in two ways is not harmless, whatever the tool.
fn by_input(ask: &Ask) -> Option<Judgement> {
    let is_object = ask.input.text().trim_start().starts_with('{');
    (!is_object || check_strict(ask.input.text()).is_err()).then(|| Judgement {
        decision: Decision::Unsure(Risk::High),
        rule: RuleId("input.unreadable".into()),
        reasons: vec!["the tool's input is not an object in which every key stands once".into()],
    })
}

fn unknown() -> Judgement {
    Judgement {
        decision: Decision::Unsure(Risk::Normal),
        rule: RuleId("tool.unknown".into()),
        reasons: vec!["this tool is not known to be harmless".into()],
    }
}
