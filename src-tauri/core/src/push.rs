//! What the phone shows.
//!
//! It is built from the tool's input alone, never from what the agent says about
//! it, on lines without invisible characters. What does not fit is counted.

mod ask;
mod change;
mod deeds;
mod disguise;
mod fit;
mod folds;
mod letters;
mod many;
mod marks;
mod pieces;
mod rows;
mod title;

use serde::{Deserialize, Serialize};
use thumbturn_wire::{Ask, plain};

use crate::approvals::{Judged, Question};
use crate::{AskId, Code, Deed, Facts, Judgement, Subject};

pub(crate) use change::patched;
pub use disguise::disguises;
pub(crate) use marks::hosts;
pub(crate) use title::title;

/// The text of one push.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Card {
    /// Duo's `type`: a whole phrase, shown above the rows.
    pub kind: String,
    /// Duo's `pushinfo`, in order.
    pub pairs: Vec<(String, String)>,
}

/// How much of an ask leaves this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disclosure {
    #[default]
    Full,
    /// Tool and program, hosts and risk; no arguments.
    Summary,
    /// The reference, to be looked up at the desk, and the risk.
    IdOnly,
}

/// What all rows together may take, in bytes as Duo counts them: under its 20,000 with what a pair costs.
const ALL: usize = 19_300;
/// The most of a short row.
const SHORT: usize = 400;

type Rows = Vec<(&'static str, String)>;

impl Card {
    /// One card for all who share a push, or for the one who rings alone. `None` where one card cannot
    /// show all of these.
    pub(crate) fn for_all(
        questions: &[&Question],
        host: &str,
        now: u64,
        disclosure: Disclosure,
    ) -> Option<Self> {
        match questions {
            [] => None,
            [question] => Some(Self::disclosing(question, host, now, disclosure)),
            [first, others @ ..] if others.iter().all(|other| first.is_twin_of(other)) => {
                let mut card = Self::disclosing(first, host, now, disclosure);
                card.is_for_twins(questions);
                Some(card)
            }
            _ if disclosure == Disclosure::Full => Self::of_many(questions, host),
            _ => None,
        }
    }

    fn is_for_twins(&mut self, questions: &[&Question]) {
        let codes: Vec<_> = questions
            .iter()
            .map(|question| question.code.0.as_str())
            .collect();
        for (key, value) in &mut self.pairs {
            match key.as_str() {
                "Ref" => *value = fit::row(&codes.join(", "), 400, 1_200),
                "Covers" => *value = rows::covers(questions),
                _ => {}
            }
        }
        self.kind = format!("Approve {} equal agent actions", questions.len());
    }

    pub(crate) fn of(question: &Question, host: &str, now: u64) -> Self {
        Self::disclosing(question, host, now, Disclosure::Full)
    }

    pub(crate) fn disclosing(
        question: &Question,
        host: &str,
        now: u64,
        disclosure: Disclosure,
    ) -> Self {
        let judged = question.judged.as_deref();
        match &question.subject {
            Subject::Deed(deed) => Self::of_deed(deed, &question.code, host, now),
            Subject::Ask(ask) => {
                let covers = rows::covers(&[question]);
                let rows = match disclosure {
                    Disclosure::Full => ask::full(ask, judged, &question.code, host, covers),
                    Disclosure::Summary => ask::summary(ask, judged, &question.code, host, covers),
                    Disclosure::IdOnly => ask::id_only(judged, &question.code, covers),
                };
                let kind = match rows::risk(judged) {
                    "High" => "Approve risky agent action",
                    _ => "Approve agent action",
                };
                Self::new(kind, rows)
            }
        }
    }

    /// What the phone would show of a call that nobody asked yet.
    pub fn preview(
        ask: Ask,
        judgement: Judgement,
        facts: Facts,
        host: &str,
        disclosure: Disclosure,
    ) -> Self {
        let question = Question {
            id: AskId(0),
            code: Code("-----".to_owned()),
            subject: Subject::Ask(Box::new(ask)),
            judged: Some(Box::new(Judged { judgement, facts })),
        };
        Self::disclosing(&question, host, 0, disclosure)
    }

    /// "Bash: git push origin main": the call in one line, as phone, menu and log say it.
    pub fn title(ask: &Ask) -> String {
        title::of_ask(ask, &[]).what
    }

    /// The same, with what was flagged in it as it stands there.
    pub(crate) fn title_with(ask: &Ask, flagged: &[String]) -> String {
        title::of_ask(ask, flagged).what
    }

    pub(crate) fn of_deed(deed: &Deed, code: &Code, host: &str, now: u64) -> Self {
        let kind = match deed {
            Deed::TestPush => "Test push",
            Deed::Set(_) => "Approve a change of settings",
            Deed::SignOut { .. } => "Approve signing out",
            Deed::TurnOn(_)
            | Deed::TurnOff(_)
            | Deed::Pause(_)
            | Deed::Hold(_)
            | Deed::Deny(_)
            | Deed::EndGrant(_)
            | Deed::EndGrants
            | Deed::Lock
            | Deed::SignIn { .. }
            | Deed::CancelSignIn => "Approve a change of Duo mode",
        };
        let from = format!("{} on {host}", deed.command());
        let pairs = vec![
            ("What", fit::row(&deed.words(now), 600, 2_000)),
            ("From", fit::row(&from, 300, 1_500)),
            ("Ref", fit::row(&code.0, 40, SHORT)),
        ];
        Self::new(kind, pairs)
    }

    /// The push by which a person signs in at this machine.
    pub fn sign_in(host: &str) -> Self {
        let pairs = vec![
            ("What", "Sign in to Thumbturn".to_owned()),
            ("From", fit::row(host, 300, 1_500)),
        ];
        Self::new("Sign in to Thumbturn", pairs)
    }

    fn new(kind: &str, pairs: Rows) -> Self {
        Self {
            kind: kind.to_owned(),
            pairs: pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        }
    }
}

/// "Claude Code", or "Claude Code, subagent Explore".
pub(crate) fn agent_name(ask: &Ask) -> String {
    let name = ask.agent.name();
    match &ask.subagent {
        None => name.to_owned(),
        Some(subagent) => {
            let kind = subagent.kind.as_deref().unwrap_or(&subagent.id);
            format!("{name}, subagent {}", plain(kind, 60))
        }
    }
}

/// What these rows take, with their keys and what parts them, as Duo counts it.
fn spent(rows: &Rows) -> usize {
    let pair = |(key, value): &(&str, String)| fit::cost(key) + fit::cost(value) + 10;
    rows.iter().map(pair).sum()
}

#[cfg(test)]
mod tests;
