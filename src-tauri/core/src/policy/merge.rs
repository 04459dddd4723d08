//! Many judgements of one call, made into one.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::{Decision, Judgement};

/// More reasons than these say no more.
const REASONS: usize = 6;

/// The strictest with the reasons of all that are not harmless, the most severe first. Of equals, the first leads.
/// The floor of any of them is the floor of all. `None` for none.
pub(super) fn strictest(mut all: Vec<Judgement>) -> Option<Judgement> {
    all.sort_by_key(|one| Reverse((one.decision, one.floor)));
    if all.iter().any(|one| one.decision > Decision::Harmless) {
        all.retain(|one| one.decision > Decision::Harmless);
    }
    let floor = all.iter().any(|one| one.floor);
    let is_alone = all.len() == 1;
    let reasons = once(all.iter().flat_map(|one| &one.reasons));
    let flagged = once(all.iter().flat_map(|one| &one.flagged));
    let first = all.into_iter().next()?;
    Some(Judgement {
        decision: first.decision,
        floor,
        rule: first.rule,
        reasons: reasons.into_iter().take(REASONS).collect(),
        flagged,
        // What one of them offers was not offered for what the others found.
        terms: if is_alone {
            first.terms
        } else {
            Default::default()
        },
    })
}

/// Each of them once, in order.
fn once<'a>(all: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(one.as_str()))
        .cloned()
        .collect()
}
