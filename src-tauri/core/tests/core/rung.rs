//! What may go out on a walk: one push at a time, for whom it may be, and made of what the rule wants.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else came before a passcode is a mistake"
)]

use thumbturn_core::*;
use thumbturn_wire::deadlines::{RING, RING_AND_BACK};

use crate::granted::Sent;
use crate::walks::{Ring, Step, Walk};
use crate::world::*;

impl Walk {
    /// A step-up is nothing less than that, and by whom the phone rings for.
    pub(crate) fn is_met(&self, id: u64, approval: &Approval) {
        let seed = self.seed;
        match self.grants.sent.get(&id).map(Sent::means) {
            None | Some(Means::Push) => {}
            Some(Means::VerifiedPush) => {
                assert_eq!(approval.factor, Factor::VerifiedPush, "seed {seed}");
            }
            Some(Means::UniversalPrompt) => {
                assert_eq!(approval.factor, Factor::UniversalPrompt, "seed {seed}");
                assert_eq!(
                    Some(&approval.user),
                    self.login.user.as_ref(),
                    "seed {seed}"
                );
            }
        }
    }

    pub(crate) fn pushed(&mut self, push: u64, ids: &[u64], factor: Factor, step: &Step) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let id = ids[0];
        assert_eq!(push, self.pushes + 1, "seed {seed}");
        self.pushes = push;
        assert!(
            self.login.is_signed_in || factor == Factor::Passcode,
            "a push for nobody, seed {seed}"
        );
        if step.click() == Some(id) {
            self.open.insert(id, now + self.setup.patience);
        }
        match factor {
            Factor::Passcode => self.passcode_sent(push, id, step),
            Factor::Push | Factor::VerifiedPush | Factor::UniversalPrompt => {
                assert!(self.shown.is_empty(), "two on the phone, seed {seed}");
                let rests = self.rests.is_some_and(|until| now < until);
                assert!(!rests, "a storm on Duo, seed {seed}");
                for id in ids {
                    self.may_ring(*id, factor);
                }
                self.may_share(ids);
                self.shown.insert(push, now + length(factor));
                self.factors.insert(push, factor);
                self.ringing = Some(Ring {
                    push,
                    ids: ids.iter().copied().collect(),
                    listed: ids.to_vec(),
                    factor,
                });
            }
        }
    }

    fn may_ring(&self, id: u64, factor: Factor) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let room = self.open.get(&id).map_or(0, |deadline| deadline - now);
        assert!(room >= RING_AND_BACK, "no whole ring fits, seed {seed}");
        let asked_for = self.asked_for.contains(&id) || self.deeds.contains(&id);
        let on_hold = self.world.view().held_until.is_some();
        assert!(asked_for || !on_hold, "rings on hold, seed {seed}");
        let wanted = match self.grants.sent.get(&id).map(Sent::means) {
            None | Some(Means::Push) => Factor::Push,
            Some(Means::VerifiedPush) => Factor::VerifiedPush,
            Some(Means::UniversalPrompt) => Factor::UniversalPrompt,
        };
        assert_eq!(factor, wanted, "seed {seed}");
    }

    /// What shares a push is plain, of one session, and came together or is the same.
    fn may_share(&mut self, ids: &[u64]) {
        let seed = self.seed;
        if ids.len() == 1 {
            return;
        }
        self.seen.insert("shared".into());
        assert!(ids.len() <= 8, "seed {seed}");
        let asks: Vec<_> = ids.iter().map(|id| &self.grants.sent[id]).collect();
        let gather = self.setup.gather_ms;
        let is_together = |first: &Sent| {
            asks.iter().all(|other| {
                let near = gather > 0 && first.at.abs_diff(other.at) <= gather;
                let what = |sent: &Sent| (sent.ask.tool.clone(), sent.ask.input.text().to_owned());
                near || what(first) == what(other)
            })
        };
        assert!(asks.iter().any(|first| is_together(first)), "seed {seed}");
        for ask in &asks {
            assert!(ask.is_plain(), "a risky ask shares a push, seed {seed}");
            assert_eq!(ask.ask.session, asks[0].ask.session, "seed {seed}");
        }
    }

    fn passcode_sent(&mut self, push: u64, id: u64, step: &Step) {
        let seed = self.seed;
        let means = self.grants.sent.get(&id).map(Sent::means);
        assert!(
            means.is_none_or(|means| means == Means::Push),
            "seed {seed}"
        );
        let most = match &step.event {
            Event::Click {
                click: Click::Passcode(ask),
                ..
            } if ask.0 == id => 3,
            Event::Requested {
                id: own,
                deed: Deed::TurnOff(Factor::Passcode),
                ..
            } if own.0 == id => 1,
            other => panic!("a passcode out of nothing: {other:?}, seed {seed}"),
        };
        let tried = self.tried.entry(id).or_default();
        *tried += 1;
        assert!(*tried <= most, "guessing passcodes, seed {seed}");
        let under_way = self.passcodes.values().any(|open| *open == id);
        assert!(!under_way, "two passcodes at once, seed {seed}");
        self.passcodes.insert(push, id);
    }
}

/// How long it may be answered.
pub(crate) fn length(factor: Factor) -> u64 {
    match factor {
        Factor::UniversalPrompt => 5 * MINUTE,
        Factor::Push | Factor::VerifiedPush | Factor::Passcode => RING,
    }
}
