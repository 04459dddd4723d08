//! Whether a call needs a thumb.
//!
//! Harmless means *no word* from us, never an allow: the agent's own permissions
//! still apply, and a wrong row in the table grants nothing.

mod mcp;
mod paths;
pub mod seen;
pub mod shell;
mod tools;
mod web;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Ask, check_strict};

use crate::{Offer, Rules};
pub use mcp::McpReads;
use seen::Seen;
use shell::Reading;

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
    /// Whether it stands whatever rules a person writes: those may only be stricter.
    #[serde(default, skip_serializing_if = "is_false")]
    pub floor: bool,
    pub rule: RuleId,
    pub reasons: Vec<String>,
    /// What makes it risky, as it stands in the tool's input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flagged: Vec<String>,
    #[serde(default, skip_serializing_if = "Terms::are_usual")]
    pub terms: Terms,
}

impl Judgement {
    pub(crate) fn new(decision: Decision, rule: &str, reason: impl Into<String>) -> Self {
        Self {
            decision,
            floor: false,
            rule: RuleId(rule.to_owned()),
            reasons: vec![reason.into()],
            flagged: Vec::new(),
            terms: Terms::default(),
        }
    }
}

/// How the person approves, the strongest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    #[default]
    Push,
    /// A push with a code that stands at the desk alone.
    VerifiedPush,
    /// A fresh sign-in of the same user in the browser, for this ask alone.
    UniversalPrompt,
}

/// What an approval must be made of, and how far it reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Terms {
    pub means: Means,
    /// The grant that an approval makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Whether the agent's own question will do, where its dialect has a safe one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub agent_may_ask: bool,
    /// Shown where it is denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Terms {
    fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_false(flag: &bool) -> bool {
    !flag
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
    /// The directory above or at `cwd` that holds `.git`, resolved.
    pub project: Option<String>,
    pub branch: Option<String>,
    /// The person's home, resolved.
    pub home: Option<String>,
    /// Thumbturn's own directories and programs, resolved.
    pub own: Vec<String>,
    /// What each path that [`wants`] names leads to, with `~`, links and `..` resolved as far as it
    /// exists and the rest appended. One that is missing here could not be resolved.
    pub paths: BTreeMap<String, String>,
    /// Whether the file system did not answer in time.
    pub is_late: bool,
    /// Whether names that differ in case alone are one file.
    pub folds_case: bool,
}

/// The paths whose facts matter to [`judge`].
pub fn wants(ask: &Ask) -> Vec<String> {
    let named = Seen::of(ask).paths.into_iter().map(|path| path.text);
    std::iter::once(ask.cwd.clone()).chain(named).collect()
}

/// Pure: the same ask, facts and rules are judged the same.
pub fn judge(ask: &Ask, facts: &Facts, rules: &Rules) -> Judgement {
    let seen = Seen::of(ask);
    let by_itself = by_itself(ask, facts, &seen, rules.mcp_reads());
    rules.apply(ask, facts, &seen, by_itself)
}

/// What is compiled in says of it: the strictest of all that has a word on it.
fn by_itself(ask: &Ask, facts: &Facts, seen: &Seen, reads: McpReads) -> Judgement {
    let by_kind = match &seen.shell {
        Some(reading) => Some(by_shell(reading)),
        None if ask.tool == "WebFetch" => Some(web::fetches(seen)),
        None => mcp::judge(&ask.tool, seen, reads).or_else(|| tools::judge(ask)),
    };
    let unresolved = facts.is_late.then(|| {
        Judgement::new(
            Decision::Unsure(Risk::Normal),
            "paths.unresolved",
            "where its paths lead could not be found out in time",
        )
    });
    let all = [
        by_input(ask),
        Some(by_kind.unwrap_or_else(unknown)),
        paths::judge(&seen.paths, &ask.cwd, facts),
        web::loopback(seen),
        unresolved,
    ];
    strictest(all.into_iter().flatten().collect())
}

fn by_shell(reading: &Reading) -> Judgement {
    if reading.is_harmless() {
        let mut judgement = Judgement::new(Decision::Harmless, "shell.reads", "it only reads");
        let rows = reading
            .commands
            .iter()
            .filter_map(|command| command.harmless);
        judgement.reasons.extend(rows.map(ToOwned::to_owned));
        return judgement;
    }
    let each = reading.findings.iter().map(|finding| {
        let decision = Decision::Unsure(finding.risk);
        let mut judgement = Judgement::new(decision, finding.rule, finding.reason.clone());
        judgement.floor = finding.class;
        judgement.flagged.extend(finding.flagged.clone());
        judgement
    });
    let unread = Judgement::new(
        Decision::Unsure(Risk::Normal),
        "shell.unread",
        "it is not known to only read",
    );
    strictest(each.chain([unread]).collect())
}

/// The most reasons that are told.
const REASONS: usize = 6;

/// The strictest, with the reasons of all that are no less than unsure.
fn strictest(mut all: Vec<Judgement>) -> Judgement {
    all.sort_by(|a, b| (b.decision, b.floor).cmp(&(a.decision, a.floor)));
    let mut all = all.into_iter();
    let mut first = all.next().unwrap_or_else(unknown);
    if first.decision == Decision::Harmless {
        return first;
    }
    for other in all.filter(|other| other.decision > Decision::Harmless) {
        first.floor |= other.floor;
        first.reasons.extend(other.reasons);
        first.flagged.extend(other.flagged);
        first.terms.offer = first.terms.offer.filter(|_| other.terms.offer.is_some());
    }
    let mut told = BTreeSet::new();
    first.reasons.retain(|reason| told.insert(reason.clone()));
    first.reasons.truncate(REASONS);
    told.clear();
    first
        .flagged
        .retain(|text| !text.is_empty() && told.insert(text.clone()));
    first
}

/// An input that two readers may read in two ways is not harmless, whatever the tool.
fn by_input(ask: &Ask) -> Option<Judgement> {
    let is_object = ask.input.text().trim_start().starts_with('{');
    (!is_object || check_strict(ask.input.text()).is_err()).then(|| {
        Judgement::new(
            Decision::Unsure(Risk::High),
            "input.unreadable",
            "the tool's input is not an object in which every key stands once",
        )
    })
}

fn unknown() -> Judgement {
    Judgement::new(
        Decision::Unsure(Risk::Normal),
        "tool.unknown",
        "this tool is not known to be harmless",
    )
}
