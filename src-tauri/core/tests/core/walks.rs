//! Random walks: whatever happens in whatever order, the invariants hold.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each look picks a few of many"
)]

use std::collections::{BTreeMap, BTreeSet};

use thumbturn_core::*;

use crate::chance::Lcg;
use crate::echoes::Calls;
use crate::granted::Grants;
use crate::reached;
use crate::ruled::rules;
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
    /// The push that rings, or the step-up in its place, and whose it is.
    pub(crate) ringing: Option<Ring>,
    /// The trips with a passcode and whose they are.
    pub(crate) passcodes: BTreeMap<u64, u64>,
    /// How many passcodes were tried for a question.
    pub(crate) tried: BTreeMap<u64, u32>,
    /// When the last push that nobody took back or answered is over at Duo.
    pub(crate) shown: BTreeMap<u64, u64>,
    /// Of each trip but those with a passcode.
    pub(crate) factors: BTreeMap<u64, Factor>,
    /// What each showed.
    pub(crate) cards: BTreeMap<u64, Card>,
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
    pub(crate) grants: Grants,
    pub(crate) calls: Calls,
    slept: bool,
    /// What came of it, by its names in [`reached::ALL`].
    pub(crate) seen: BTreeSet<String>,
}

/// A push on the phone, or a sign-in in its place.
#[derive(Clone)]
pub(crate) struct Ring {
    pub(crate) push: u64,
    /// Those who still wait for it.
    pub(crate) ids: BTreeSet<u64>,
    /// All on its card.
    pub(crate) listed: Vec<u64>,
    pub(crate) factor: Factor,
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
    /// The questions that an approval in this event is for, all on its card, and the trip's factor.
    pub(crate) approved: Option<(Factor, Vec<u64>)>,
    /// Whether the machine slept just before.
    pub(crate) slept: bool,
    /// The trip that this event ends.
    pub(crate) answered: Option<u64>,
    pub(crate) before: View,
}

impl Step {
    /// The question that a click would put in line.
    pub(crate) fn click(&self) -> Option<u64> {
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
            gather_ms: 100 * r.next(2),
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
            factors: BTreeMap::new(),
            cards: BTreeMap::new(),
            asked_for: BTreeSet::new(),
            deeds: BTreeSet::new(),
            rests: None,
            trip: None,
            login: Known::default(),
            setup,
            grants: Grants::default(),
            calls: Calls::default(),
            slept: false,
            seen: BTreeSet::new(),
        };
        if !walk.r.one_in(4) {
            walk.step(Event::Rules(Box::new(rules())));
        }
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
            self.slept = self.r.one_in(60);
            if self.slept {
                self.world.sleep(11 * SECOND);
            }
            let event = self.event();
            self.step(event);
            self.slept = false;
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
            slept: self.slept,
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

    fn approved_by(&self, event: &Event) -> Option<(Factor, Vec<u64>)> {
        let Event::Phone {
            push,
            outcome: Outcome::Approved(_),
        } = event
        else {
            return None;
        };
        let rings = self.ringing.as_ref().filter(|ring| ring.push == push.0);
        let by_passcode = self.passcodes.get(&push.0);
        rings
            .map(|ring| (ring.factor, ring.listed.clone()))
            .or(by_passcode.map(|id| (Factor::Passcode, vec![*id])))
    }

    fn carry_out(&mut self, effects: &[Effect], step: &Step) {
        for effect in effects {
            self.seen.extend(reached::name(effect));
            match effect {
                Effect::Settle(entry) => self.settled(entry, step),
                Effect::Push {
                    push,
                    ids,
                    factor,
                    card,
                } => {
                    self.cards.insert(push.0, card.clone());
                    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
                    self.pushed(push.0, &ids, *factor, step);
                }
                Effect::StepUp {
                    push,
                    id,
                    user,
                    card,
                } => {
                    self.cards.insert(push.0, card.clone());
                    assert_eq!(Some(user), self.login.user.as_ref(), "seed {}", self.seed);
                    self.pushed(push.0, &[id.0], Factor::UniversalPrompt, step);
                }
                Effect::Record(record @ (Record::GrantMade { .. } | Record::GrantEnded { .. })) => {
                    self.of_the_grants(record, step);
                }
                Effect::Unpush { push } => {
                    let rang = self.ringing.take_if(|ring| ring.push == push.0);
                    let left = rang.as_ref().map_or(1, |ring| ring.ids.len());
                    assert_eq!(left, 1, "taken from others, seed {}", self.seed);
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
        self.note_call(entry);
        if let Reason::SameCall { code } = &entry.answer.reason {
            self.is_echo(entry, code);
        } else if entry.grant.is_some() {
            assert_eq!(entry.answer.verdict, Verdict::Allow, "seed {seed}");
            self.granted(entry);
        } else if entry.answer.verdict == Verdict::Allow && !is_free {
            let Some((_, listed)) = &step.approved else {
                panic!("allowed by nobody, seed {seed}");
            };
            assert!(listed.contains(&id), "another's approval, seed {seed}");
            assert_eq!(entry.shared_with as usize + 1, listed.len(), "seed {seed}");
            let Event::Phone {
                outcome: Outcome::Approved(approval),
                ..
            } = &step.event
            else {
                panic!("allowed by no phone, seed {seed}");
            };
            assert_eq!(entry.answer.reason, Reason::Approved(approval.clone()));
            self.is_met(id, approval);
        }
        if let Some(ring) = &mut self.ringing
            && ring.ids.len() > 1
        {
            ring.ids.remove(&id);
        }
        let ringing = self.ringing.iter().flat_map(|ring| &ring.ids);
        let trips = self.passcodes.values().chain(ringing);
        assert!(
            !trips.into_iter().any(|open| *open == id),
            "settled while a trip is open, seed {seed}"
        );
    }

    /// A ring whose answer never came is over, and so is a push that was taken back.
    fn forget_what_is_over(&mut self) {
        let now = self.world.now.boot;
        self.shown.retain(|_, over| *over + 4 * SECOND > now);
        let over = |ring: &mut Ring| !self.shown.contains_key(&ring.push);
        if let Some(ring) = self.ringing.take_if(over) {
            self.asked_for.retain(|id| !ring.ids.contains(id));
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
