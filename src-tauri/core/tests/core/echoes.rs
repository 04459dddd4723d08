//! Calls that are told of more than once, on random walks.

use std::collections::{BTreeMap, BTreeSet};

use thumbturn_core::*;
use thumbturn_wire::Moment;

use crate::walks::Walk;
use crate::world::SECOND;

/// For how long the same call counts as the same.
const AGAIN: u64 = 15 * SECOND;
/// Of the last ones only, or nothing would come again in time.
const LAST: usize = 4;

#[derive(Default)]
pub(crate) struct Calls {
    told: Vec<(u64, Ask)>,
    /// What was said of each call that had an answer of its own, and when, by its reference.
    answered: BTreeMap<String, (Ask, Verdict, u64)>,
}

impl Walk {
    /// One of the last calls once more: as it was, where its agent would ask at its terminal, with another
    /// input under its old name, or under a new name.
    pub(crate) fn maybe_again(&mut self, mut fresh: Ask) -> Ask {
        let last = self.calls.told.len().min(LAST) as u64;
        let mut ask = if last > 0 && self.r.one_in(3) {
            let back = 1 + self.r.next(last) as usize;
            let (_, mut ask) = self.calls.told[self.calls.told.len() - back].clone();
            match self.r.next(8) {
                0 => ask.input = fresh.input,
                1 => ask.call = Some(format!("t{}", self.asked)),
                2 => ask.session.push('x'),
                3 | 4 => ask.moment = Moment::WouldPrompt,
                _ => {}
            }
            ask
        } else {
            fresh.call = (!self.r.one_in(4)).then(|| format!("t{}", self.asked));
            fresh
        };
        if ask.moment == Moment::WouldPrompt {
            // Claude Code names no call there.
            ask.call = None;
        }
        self.calls.told.push((self.asked, ask.clone()));
        ask
    }

    /// Those that wait with an earlier one, which stands in line for both, and no longer than either can.
    pub(crate) fn echoes(&mut self) -> BTreeSet<u64> {
        let mut echoes = BTreeSet::new();
        let told = &self.calls.told;
        let open: Vec<_> = told
            .iter()
            .filter(|(id, ask)| ask.call.is_some() && self.open.contains_key(id))
            .collect();
        for (id, ask) in &open {
            let Some((first, _)) = open
                .iter()
                .find(|(first, other)| first < id && other == ask)
            else {
                continue;
            };
            echoes.insert(*id);
            let deadline = self.open.get(id).copied();
            if let Some((theirs, deadline)) = self.open.get_mut(first).zip(deadline) {
                *theirs = deadline.min(*theirs);
            }
        }
        echoes
    }

    pub(crate) fn note_call(&mut self, entry: &Entry) {
        let Subject::Ask(ask) = &entry.subject else {
            return;
        };
        if !matches!(entry.answer.reason, Reason::SameCall { .. }) {
            let now = self.world.now.boot;
            let answered = ((**ask).clone(), entry.answer.verdict, now);
            self.calls.answered.insert(entry.code.0.clone(), answered);
        }
    }

    /// What the same call was told counts for it alone, as it was told, and for moments.
    pub(crate) fn is_echo(&self, entry: &Entry, code: &Code) {
        let seed = self.seed;
        let Subject::Ask(ask) = &entry.subject else {
            panic!("a deed is no call, seed {seed}");
        };
        let Some((first, verdict, at)) = self.calls.answered.get(&code.0) else {
            panic!("the same as nothing, seed {seed}");
        };
        assert_eq!(entry.answer.verdict, *verdict, "seed {seed}");
        assert_eq!(
            (first.agent, &first.session, &first.tool, first.input.text()),
            (ask.agent, &ask.session, &ask.tool, ask.input.text()),
            "another call, seed {seed}"
        );
        if ask.moment == Moment::BeforeTool {
            assert!(
                ask.call.is_some() && ask.call == first.call,
                "another call, seed {seed}"
            );
        }
        assert!(
            self.world.now.boot - at <= AGAIN,
            "too late for that, seed {seed}"
        );
    }
}
