//! Random walks: whatever happens in whatever order, the invariants hold.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each look picks a few of many"
)]

use std::collections::{BTreeMap, BTreeSet};

use thumbturn_core::*;
use thumbturn_wire::deadlines::{RING, RING_AND_BACK};

use crate::chance::Lcg;
use crate::reached;
use crate::world::*;

/// What the walk knows from outside of the core.
pub(crate) struct Walk {
    pub(crate) r: Lcg,
    pub(crate) world: World,
    pub(crate) seed: u64,
    pub(crate) asked: u64,
    pub(crate) pushes: u64,
    pub(crate) attempts: u64,
    /// The deadline of each question that waits.
    pub(crate) open: BTreeMap<u64, u64>,
    done: BTreeSet<u64>,
    /// The push that rings and whose it is.
    pub(crate) ringing: Option<(u64, u64)>,
    /// The trips with a passcode and whose they are.
    pub(crate) passcodes: BTreeMap<u64, u64>,
    /// How many passcodes were tried for a question.
    tried: BTreeMap<u64, u32>,
    /// When the last push that nobody took back or answered is over at Duo.
    pub(crate) shown: BTreeMap<u64, u64>,
    /// What the person asked to ring, so that it may on hold.
    pub(crate) asked_for: BTreeSet<u64>,
    /// Deeds may too, each time.
    pub(crate) deeds: BTreeSet<u64>,
    /// Until when Duo, which could not be reached, is left alone.
    pub(crate) rests: Option<u64>,
    /// The sign-in that is open.
    pub(crate) trip: Option<u64>,
    pub(crate) login: Known,
    pub(crate) setup: Setup,
    /// What came of it, by its names in [`reached::ALL`].
    seen: BTreeSet<String>,
}

/// Who is signed in, as told by records and the keychain.
#[derive(Default)]
pub(crate) struct Known {
    /// Whether the keychain told, or a person.
    pub(crate) is_known: bool,
    /// Who pushes go to, an expired session's user too.
    pub(crate) user: Option<String>,
    pub(crate) is_signed_in: bool,
    pub(crate) renewing: bool,
}

/// One event and what stood before it.
pub(crate) struct Step {
    /// None for time that passes.
    pub(crate) event: Event,
    /// The question that an approval in this event is for, if it is for one.
    pub(crate) approved: Option<u64>,
    /// The trip that this event ends.
    answered: Option<u64>,
    pub(crate) before: View,
}

impl Step {
    /// The question that a click would put in line.
    fn click(&self) -> Option<u64> {
        let Event::Click { id, .. } = &self.event else {
            return None;
        };
        Some(id.0)
    }
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut r = Lcg(seed);
        let mode = [
            Mode::Off,
            on(),
            on(),
            on(),
            Mode::On(Bound::Until(NOON.boot + 20 * MINUTE)),
            Mode::On(Bound::Project("/home/dana".into())),
            Mode::Paused {
                until: NOON.boot + 10 * MINUTE,
                bound: Bound::UntilReboot,
            },
            Mode::Locked,
        ][r.next(8) as usize]
            .clone();
        let setup = Setup {
            mode,
            off_needs_push: r.one_in(2),
            ..setup()
        };
        let mut walk = Self {
            r,
            world: World::unknown(setup.clone()),
            seed,
            asked: 0,
            pushes: 0,
            attempts: 0,
            open: BTreeMap::new(),
            done: BTreeSet::new(),
            ringing: None,
            passcodes: BTreeMap::new(),
            tried: BTreeMap::new(),
            shown: BTreeMap::new(),
            asked_for: BTreeSet::new(),
            deeds: BTreeSet::new(),
            rests: None,
            trip: None,
            login: Known::default(),
            setup,
            seen: BTreeSet::new(),
        };
        if !walk.r.one_in(5) {
            let session = (!walk.r.one_in(4)).then(|| walk.a_session());
            walk.step(Event::Remembered { session });
        }
        walk
    }

    fn go(&mut self, steps: u32) {
        for _ in 0..steps {
            let pause = [100, 5 * SECOND, 20 * SECOND, 3 * MINUTE][self.r.next(4) as usize];
            let pause = self.r.next(pause);
            self.world.wait(pause);
            if self.r.one_in(60) {
                self.world.sleep(11 * SECOND);
            }
            let event = self.event();
            self.step(event);
        }
        self.drain();
    }

    fn step(&mut self, event: Event) {
        self.forget_what_is_over();
        let step = Step {
            approved: self.approved_by(&event),
            answered: match &event {
                Event::Phone { push, .. } => Some(push.0),
                _ => None,
            },
            before: self.world.view(),
            event: event.clone(),
        };
        self.note(&event);
        let effects = self.world.tell(event);
        if let Event::Phone { push, outcome } = &step.event {
            self.note_answer(push.0, outcome, &effects);
        }
        self.carry_out(&effects, &step);
        if let Event::SignIn { attempt, .. } = &step.event {
            self.trip.take_if(|open| *open == attempt.0);
        }
        self.check(&effects, &step);
    }

    pub(crate) fn one_that_waits(&mut self) -> u64 {
        let at = self.r.next(self.open.len() as u64 + 1) as usize;
        self.open.keys().nth(at).copied().unwrap_or(0)
    }

    fn approved_by(&self, event: &Event) -> Option<u64> {
        let Event::Phone {
            push,
            outcome: Outcome::Approved(_),
        } = event
        else {
            return None;
        };
        let rings = self.ringing.filter(|(ringing, _)| *ringing == push.0);
        rings
            .map(|(_, id)| id)
            .or(self.passcodes.get(&push.0).copied())
    }

    fn carry_out(&mut self, effects: &[Effect], step: &Step) {
        for effect in effects {
            self.seen.extend(reached::name(effect));
            match effect {
                Effect::Settle(entry) => self.settled(entry, step),
                Effect::Push {
                    push, id, factor, ..
                } => self.pushed(push.0, id.0, *factor, step),
                Effect::Unpush { push } => {
                    let rang = self.ringing.take_if(|(open, _)| *open == push.0);
                    let withdrawn = rang.is_some() || self.passcodes.remove(&push.0).is_some();
                    // It may end and be too late at once.
                    let ended = step.answered == Some(push.0);
                    assert!(
                        withdrawn || ended,
                        "nothing to withdraw, seed {}",
                        self.seed
                    );
                }
                _ => self.of_the_login(effect, step),
            }
        }
    }

    fn settled(&mut self, entry: &Entry, step: &Step) {
        let (id, seed) = (entry.id.0, self.seed);
        // A click is settled only if it entered the line.
        if self.open.remove(&id).is_none() {
            assert_eq!(
                step.click(),
                Some(id),
                "settled what nobody asked, seed {seed}"
            );
        }
        assert!(self.done.insert(id), "answered twice, seed {seed}");
        let is_free =
            entry.answer.reason == Reason::Done && matches!(entry.subject, Subject::Deed(_));
        if entry.answer.verdict == Verdict::Allow && !is_free {
            assert_eq!(step.approved, Some(id), "allowed by nobody, seed {seed}");
            let Event::Phone {
                outcome: Outcome::Approved(approval),
                ..
            } = &step.event
            else {
                panic!("allowed by no phone, seed {seed}");
            };
            assert_eq!(entry.answer.reason, Reason::Approved(approval.clone()));
        }
        let trips = self
            .passcodes
            .values()
            .chain(self.ringing.iter().map(|(_, id)| id));
        assert!(
            !trips.into_iter().any(|open| *open == id),
            "settled while a trip is open, seed {seed}"
        );
    }

    fn pushed(&mut self, push: u64, id: u64, factor: Factor, step: &Step) {
        let (seed, now) = (self.seed, self.world.now.boot);
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
            Factor::Push => {
                assert!(self.shown.is_empty(), "two on the phone, seed {seed}");
                let rests = self.rests.is_some_and(|until| now < until);
                assert!(!rests, "a storm on Duo, seed {seed}");
                let room = self.open.get(&id).map_or(0, |deadline| deadline - now);
                assert!(room >= RING_AND_BACK, "no whole ring fits, seed {seed}");
                let asked_for = self.asked_for.contains(&id) || self.deeds.contains(&id);
                let on_hold = self.world.view().held_until.is_some();
                assert!(asked_for || !on_hold, "rings on hold, seed {seed}");
                self.shown.insert(push, now + RING);
                self.ringing = Some((push, id));
            }
        }
    }

    fn passcode_sent(&mut self, push: u64, id: u64, step: &Step) {
        let seed = self.seed;
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

    /// A ring whose answer never came is over, and so is a push that was taken back.
    fn forget_what_is_over(&mut self) {
        let now = self.world.now.boot;
        self.shown.retain(|_, over| *over + 4 * SECOND > now);
        let over = |(push, _): &mut (u64, u64)| !self.shown.contains_key(push);
        if let Some((_, id)) = self.ringing.take_if(over) {
            self.asked_for.remove(&id);
        }
    }

    /// Lets time pass until nothing is left to happen: nobody is left hanging, and no pause or hold stays.
    fn drain(&mut self) {
        for _ in 0..10_000 {
            let view = self.world.view();
            let paused = matches!(view.mode, Mode::Paused { .. });
            if self.open.is_empty() && !paused && view.held_until.is_none() {
                return;
            }
            let now = self.world.now.boot;
            let Some(at) = self.world.core.next_deadline() else {
                panic!("left hanging, seed {}", self.seed);
            };
            assert!(at > now, "the same deadline for ever, seed {}", self.seed);
            self.world.wait(at - now);
            self.step(Event::Tick);
        }
        panic!("never at rest, seed {}", self.seed);
    }
}

#[test]
fn whatever_happens_every_ask_is_answered_once_and_allowed_only_by_the_phone() {
    let mut seen = BTreeSet::new();
    for seed in 0..20_000 {
        let mut walk = Walk::new(seed);
        walk.go(40);
        seen.append(&mut walk.seen);
    }
    assert_eq!(seen, reached::ALL.map(String::from).into());
}

#[test]
fn and_it_holds_for_long() {
    for seed in 0..100 {
        Walk::new(1_000_000 + seed).go(2_000);
    }
}
