//! Whether a call needs a thumb.
//!
//! Harmless means *no word* from us, never an allow: the agent's own permissions
//! still apply, and a wrong row in the table grants nothing.

mod mcp;
mod merge;
pub mod paths;
pub mod seen;
pub mod shell;
mod tools;
mod web;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Ask, Moment, check_strict};

use crate::push::disguises;
use crate::{Offer, ProjectRules, Rules};
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
    /// Whether names that differ in case alone are one file.
    pub folds_case: bool,
    /// The rules that the project brings along.
    pub project_rules: ProjectRules,
    /// Of a change of an agent's settings: whether the agent still starts the gate by the new ones.
    pub gate_stands: bool,
}

/// The paths whose facts matter to [`judge`]: the ask's directory, then each that it names.
pub fn wants(ask: &Ask) -> Vec<String> {
    let mut wanted = vec![ask.cwd.clone()];
    let mut once = BTreeSet::from([ask.cwd.clone()]);
    for path in Seen::of(ask).paths {
        if once.insert(path.text.clone()) {
            wanted.push(path.text);
        }
    }
    wanted
}

/// Pure: the same ask, facts and rules are judged the same.
pub fn judge(ask: &Ask, facts: &Facts, rules: &Rules) -> Judgement {
    if ask.moment == Moment::SettingsChange {
        return settings(ask, facts);
    }
    let seen = Seen::of(ask);
    let judgement = by_itself(ask, facts, &seen, rules.mcp_reads());
    let judgement = rules.apply(ask, facts, &seen, judgement);
    match (ask.moment, judgement.decision) {
        (Moment::WouldPrompt, Decision::Harmless) if !tools::asks_the_person(ask) => {
            in_place_of_a_prompt(ask, judgement)
        }
        (Moment::BeforeTool | Moment::WouldPrompt | Moment::SettingsChange, _) => judgement,
    }
}

/// Nobody has to walk back to the desk for a question that the agent would put there.
fn in_place_of_a_prompt(ask: &Ask, judgement: Judgement) -> Judgement {
    let mut reasons = vec![format!("{} would ask at its terminal", ask.agent.name())];
    reasons.extend(judgement.reasons.iter().cloned());
    Judgement {
        reasons,
        terms: judgement.terms,
        ..Judgement::new(Decision::Unsure(Risk::Normal), "agent.prompt", "")
    }
}

fn settings(ask: &Ask, facts: &Facts) -> Judgement {
    let name = ask.agent.name();
    if facts.gate_stands {
        let reason = format!("{name} starts the gate by its new settings too");
        return Judgement::new(Decision::Harmless, "agent.settings", reason);
    }
    Judgement {
        floor: true,
        ..Judgement::new(
            Decision::Unsure(Risk::High),
            "agent.settings",
            format!("{name} would no longer start the gate by its new settings"),
        )
    }
}

/// What is compiled in says of it: the strictest of all that have a say.
pub(crate) fn by_itself(ask: &Ask, facts: &Facts, seen: &Seen, mcp_reads: McpReads) -> Judgement {
    let mut all: Vec<Judgement> = by_input(ask).into_iter().collect();
    let read = seen.shell.as_ref().filter(|_| seen.is_plain_shell(ask));
    match read.and_then(harmless_shell) {
        Some(judgement) => all.push(judgement),
        None => {
            let findings = seen.shell.as_ref().map_or(&[][..], |read| &read.findings);
            all.extend(findings.iter().map(found));
            if findings.is_empty() || read.is_none() {
                let known = tools::judge(ask);
                // What an MCP tool does is told by its name.
                all.extend(known.or_else(|| seen.mcp.is_none().then(unknown)));
            }
            all.extend(web::judge(ask, seen));
        }
    }
    all.extend(mcp::judge(ask, seen, mcp_reads));
    all.extend(paths::judge(ask, facts, seen));
    all.extend(disguised(seen));
    if all.iter().all(|one| one.decision == Decision::Harmless) {
        all.extend(paths::unresolved(facts, seen));
    }
    merge::strictest(all).unwrap_or_else(unknown)
}

/// A command line of which every part is known to read and no more.
fn harmless_shell(read: &Reading) -> Option<Judgement> {
    if !read.is_harmless() {
        return None;
    }
    let mut judgement = Judgement::new(Decision::Harmless, "shell.reads", "");
    let rows = read.commands.iter().filter_map(|command| command.harmless);
    judgement.reasons = rows.map(|row| format!("{row} only reads")).collect();
    judgement.reasons.dedup();
    Some(judgement)
}

fn found(finding: &shell::Finding) -> Judgement {
    let mut judgement = Judgement::new(
        Decision::Unsure(finding.risk),
        finding.rule,
        finding.reason.clone(),
    );
    judgement.floor = finding.class;
    judgement.flagged = finding.flagged.clone().into_iter().collect();
    judgement
}

/// What a person would take for something else on the card.
fn disguised(seen: &Seen) -> Option<Judgement> {
    let paths = seen.paths.iter().map(|path| &path.text);
    let texts = seen.command.iter().chain(paths).chain(&seen.urls);
    let mut reasons: Vec<String> = texts
        .filter(|text| !text.is_ascii())
        .flat_map(|text| disguises(text))
        .collect();
    reasons.dedup();
    let first = reasons.first()?.clone();
    Some(Judgement {
        reasons,
        ..Judgement::new(Decision::Unsure(Risk::High), "text.disguised", first)
    })
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
