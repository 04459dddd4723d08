//! What a walk knows of grants by itself: none is used but as its card said.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each look picks a few of many"
)]

use std::collections::BTreeMap;

use thumbturn_core::*;

use crate::ruled;
use crate::walks::{Step, Walk};
use crate::world::*;

/// One ask, as the walk sent it, and what the rules said of it then.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) ask: Ask,
    pub(crate) ruled: Option<Judgement>,
    pub(crate) at: u64,
}

/// What an approval granted.
pub(crate) struct Known {
    like: Sent,
    words: String,
    made_at: u64,
    left: u32,
}

#[derive(Default)]
pub(crate) struct Grants {
    /// By the reference of the ask that made it.
    known: BTreeMap<String, Known>,
    pub(crate) sent: BTreeMap<u64, Sent>,
    pub(crate) is_ruled: bool,
}

impl Sent {
    fn offer(&self) -> Option<&Offer> {
        self.ruled.as_ref()?.terms.offer.as_ref()
    }

    pub(crate) fn means(&self) -> Means {
        let ruled = self.ruled.as_ref();
        ruled.map_or(Means::Push, |ruled| ruled.terms.means)
    }

    /// Whether it may ring together with others.
    pub(crate) fn is_plain(&self) -> bool {
        self.means() == Means::Push && !self.is_risky()
    }

    fn is_risky(&self) -> bool {
        let ruled = self.ruled.as_ref();
        ruled.is_some_and(|ruled| ruled.floor || ruled.decision != Decision::Unsure(Risk::Normal))
    }
}

impl Walk {
    pub(crate) fn note_sent(&mut self, id: AskId, ask: &Ask) {
        let ruled = self.grants.is_ruled.then(|| ruled::ruled(&ask.tool));
        let sent = Sent {
            ask: ask.clone(),
            ruled: ruled.flatten(),
            at: self.world.now.boot,
        };
        self.grants.sent.insert(id.0, sent);
    }

    /// An allow by a grant is for an ask for which the grant's card would say the same.
    pub(crate) fn granted(&mut self, entry: &Entry) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let sent = self.grants.sent.get(&entry.id.0).cloned().unwrap();
        let used = entry.grant.clone().unwrap();
        let Some(grant) = self.grants.known.get_mut(&used.code.0) else {
            panic!("granted by nothing, seed {seed}");
        };
        let Reason::Granted { code, user, .. } = &entry.answer.reason else {
            panic!("a use of a grant for another reason, seed {seed}");
        };
        assert_eq!((code, user.as_str()), (&used.code, "dana"), "seed {seed}");
        assert!(!sent.is_risky(), "a risky ask under a grant, seed {seed}");
        assert_eq!(sent.means(), grant.like.means(), "seed {seed}");
        let words = sent.offer().map(Offer::words);
        assert_eq!(
            words.as_ref(),
            Some(&grant.words),
            "wider than its card, seed {seed}"
        );
        let session = |sent: &Sent| (sent.ask.agent, sent.ask.session.clone());
        assert_eq!(session(&sent), session(&grant.like), "seed {seed}");
        let most = match sent.offer().map(|offer| offer.life) {
            Some(Life::Prompt) => {
                assert_eq!(sent.ask.prompt, grant.like.ask.prompt, "seed {seed}");
                HOUR
            }
            Some(Life::Minutes(minutes)) => u64::from(minutes) * MINUTE,
            _ => 8 * HOUR,
        };
        assert!(now < grant.made_at + most, "over, seed {seed}");
        assert_eq!(used.left + 1, grant.left, "used too often, seed {seed}");
        grant.left = used.left;
        assert!(self.login.is_signed_in, "granted by nobody, seed {seed}");
        assert!(matches!(self.world.view().mode, Mode::On(_)), "seed {seed}");
    }

    pub(crate) fn of_the_grants(&mut self, record: &Record, step: &Step) {
        let (seed, now) = (self.seed, self.world.now.boot);
        match record {
            Record::GrantMade { code, words, .. } => {
                let (by, listed) = step.approved.as_ref().unwrap();
                assert_ne!(*by, Factor::Passcode, "no card was approved, seed {seed}");
                let asks: Vec<_> = listed.iter().map(|id| &self.grants.sent[id]).collect();
                for ask in &asks {
                    assert!(!ask.is_risky(), "a grant for what is risky, seed {seed}");
                    let same = ask.offer().map(Offer::words);
                    assert_eq!(same.as_ref(), Some(words), "not on every card, seed {seed}");
                }
                let card = &self.cards[&step.answered.unwrap()];
                let says = |(_, row): &(String, String)| row.contains(words.as_str());
                assert!(card.pairs.iter().any(says), "unsaid: {card:?}, seed {seed}");
                let like = (*asks.first().unwrap()).clone();
                let left = like.offer().map_or(0, |offer| offer.most);
                let known = Known {
                    like,
                    words: words.clone(),
                    made_at: now,
                    left,
                };
                self.grants.known.insert(code.0.clone(), known);
            }
            Record::GrantEnded { code, left, .. } => {
                let ended = self.grants.known.remove(&code.0);
                assert_eq!(ended.map(|known| known.left), Some(*left), "seed {seed}");
            }
            _ => {}
        }
    }

    /// All that ends a grant has ended it.
    pub(crate) fn check_grants(&self, view: &View, step: &Step) {
        let (seed, now) = (self.seed, self.world.now);
        let shown: Vec<_> = view
            .grants
            .iter()
            .map(|grant| grant.code.0.clone())
            .collect();
        let mut known: Vec<_> = self.grants.known.keys().cloned().collect();
        let mut sorted = shown.clone();
        sorted.sort();
        known.sort();
        assert_eq!(sorted, known, "seed {seed}");
        if !matches!(view.mode, Mode::On(_)) || !self.login.is_signed_in {
            assert!(shown.is_empty(), "a grant of nobody's, seed {seed}");
        }
        let is_new = |known: &Known| known.made_at == now.boot;
        let all = || self.grants.known.values();
        let ended = view.mode != step.before.mode || step.slept;
        assert!(
            !ended || all().all(is_new),
            "it should have ended, seed {seed}"
        );
        for grant in &view.grants {
            assert!(grant.until > now.wall && grant.left > 0, "seed {seed}");
        }
        if let Event::Asked { ask, .. } = &step.event {
            let outlived = |known: &Known| {
                let is_prompts = known
                    .like
                    .offer()
                    .is_some_and(|offer| offer.life == Life::Prompt);
                let is_another = ask.prompt.is_some() && ask.prompt != known.like.ask.prompt;
                is_prompts && known.like.ask.session == ask.session && is_another
            };
            assert!(!all().any(outlived), "its prompt is over, seed {seed}");
        }
    }
}
