//! Random walks: whatever happens in whatever order, the invariants hold.

use std::collections::{BTreeMap, BTreeSet};

use thumbturn_core::*;
use thumbturn_wire::deadlines::{RING, RING_AND_BACK};

use crate::chance::Lcg;
use crate::world::*;

/// What the walk knows from outside of the core.
pub(crate) struct Walk {
    pub(crate) r: Lcg,
    pub(crate) world: World,
    seed: u64,
    pub(crate) asked: u64,
    pub(crate) pushes: u64,
    pub(crate) attempts: u64,
    /// Its deadline, and whether it is a deed.
    open: BTreeMap<u64, (u64, bool)>,
    done: BTreeSet<u64>,
    /// The push that rings and whose it is.
    pub(crate) ringing: Option<(u64, u64)>,
    /// The passcode's trip and whose it is.
    pub(crate) passcode: Option<(u64, u64)>,
    /// When the last push that nobody took back or answered is over at Duo.
    shown: BTreeMap<u64, u64>,
    /// The push that this event answers.
    answered: Option<u64>,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut r = Lcg(seed);
        let mode = [
            Mode::Off,
            Mode::On(Bound::UntilReboot),
            Mode::On(Bound::UntilReboot),
            Mode::On(Bound::Until(NOON.boot + 20 * MINUTE)),
            Mode::On(Bound::Project("/home/dana".into())),
            Mode::Locked,
        ][r.next(6) as usize]
            .clone();
        let session = match r.next(4) {
            0 => None,
            1 => Some(session(Some(NOON.boot + r.next(30 * MINUTE)))),
            _ => Some(session(None)),
        };
        let world = World::of(Setup {
            mode,
            session,
            off_needs_push: r.one_in(2),
            ..setup()
        });
        Self {
            r,
            world,
            seed,
            asked: 0,
            pushes: 0,
            attempts: 0,
            open: BTreeMap::new(),
            done: BTreeSet::new(),
            ringing: None,
            passcode: None,
            shown: BTreeMap::new(),
            answered: None,
        }
    }

    fn go(&mut self, steps: u32) {
        for _ in 0..steps {
            let pause = [100, 5 * SECOND, 20 * SECOND, 3 * MINUTE][self.r.next(4) as usize];
            let pause = self.r.next(pause);
            self.world.wait(pause);
            if self.r.one_in(60) {
                self.world.sleep(11 * SECOND);
            }
            self.step();
        }
        self.drain();
    }

    fn step(&mut self) {
        let event = self.event();
        self.forget_what_is_over();
        let approved = self.approved_by(&event);
        let fresh = if let Event::Asked { id, patience, .. } = &event {
            Some((id.0, *patience, false))
        } else if let Event::Requested { id, patience, .. } = &event {
            Some((id.0, *patience, true))
        } else {
            None
        };
        let mut clicked = None;
        if let Event::Click { id, click, .. } = &event {
            self.attempts += u64::from(*click == Click::SignIn);
            clicked = Some(id.0);
        }
        if let Some((id, patience, is_deed)) = fresh {
            let deadline = self.world.now.boot + patience.min(10 * MINUTE);
            self.open.insert(id, (deadline, is_deed));
        }
        if let Event::Phone { push, .. } = &event {
            self.shown.remove(&push.0);
        }
        if let Event::Rings { push, .. } = &event
            && let Some(over) = self.shown.get_mut(&push.0)
        {
            *over = self.world.now.boot + RING;
        }
        self.answered = None;
        if let Event::Phone { push, .. } = &event {
            self.answered = Some(push.0);
        }
        let before = self.world.core.mode().clone();
        let effects = self.world.tell(event);
        // The push ended before anything else came of it.
        for trip in [&mut self.ringing, &mut self.passcode] {
            trip.take_if(|(push, _)| Some(*push) == self.answered);
        }
        self.carry_out(&effects, approved, clicked);
        self.check(&before, &effects, approved);
    }

    /// The question that an approval in this event is for, if it is for one.
    fn approved_by(&self, event: &Event) -> Option<u64> {
        let Event::Phone {
            push,
            outcome: Outcome::Approved(_),
        } = event
        else {
            return None;
        };
        let trips = [self.ringing, self.passcode];
        let of = trips
            .into_iter()
            .flatten()
            .find(|(open, _)| *open == push.0);
        of.map(|(_, id)| id)
    }

    fn carry_out(&mut self, effects: &[Effect], approved: Option<u64>, click: Option<u64>) {
        let seed = self.seed;
        for effect in effects {
            match effect {
                Effect::Settle(entry) => {
                    let id = entry.id.0;
                    // A click is settled only if it entered the line.
                    if self.open.remove(&id).is_none() {
                        assert_eq!(click, Some(id), "settled what nobody asked, seed {seed}");
                    }
                    assert!(self.done.insert(id), "answered twice, seed {seed}");
                    let is_free = entry.answer.reason == Reason::Done
                        && matches!(entry.subject, Subject::Deed(_));
                    if entry.answer.verdict == Verdict::Allow && !is_free {
                        assert_eq!(approved, Some(id), "allowed by nobody, seed {seed}");
                        assert!(matches!(entry.answer.reason, Reason::Approved(_)));
                    }
                    if self.ringing.is_some_and(|(_, ringing)| ringing == id) {
                        panic!("settled while it rings, seed {seed}");
                    }
                }
                Effect::Push {
                    push, id, factor, ..
                } => self.pushed(push.0, id.0, *factor, click),
                Effect::Unpush { push } => {
                    let withdrawn = [&mut self.ringing, &mut self.passcode]
                        .into_iter()
                        .find_map(|trip| trip.take_if(|(open, _)| *open == push.0));
                    // It may end and be too late at once.
                    let ended = self.answered == Some(push.0);
                    assert!(
                        withdrawn.is_some() || ended,
                        "nothing to withdraw, seed {seed}"
                    );
                }
                Effect::OpenSignIn { attempt } => assert!(attempt.0 <= self.attempts),
                Effect::Record(_)
                | Effect::CloseSignIn { .. }
                | Effect::ForgetTokens
                | Effect::Arm(_)
                | Effect::RemakeKey
                | Effect::Notify(_) => {}
            }
        }
    }

    /// A ring whose answer never came is over, and so is a push that was taken back.
    fn forget_what_is_over(&mut self) {
        let now = self.world.now.boot;
        self.shown.retain(|_, over| *over + 4 * SECOND > now);
        self.ringing
            .take_if(|(push, _)| !self.shown.contains_key(push));
    }

    fn pushed(&mut self, push: u64, id: u64, factor: Factor, click: Option<u64>) {
        let (seed, now) = (self.seed, self.world.now.boot);
        assert_eq!(push, self.pushes + 1, "seed {seed}");
        self.pushes = push;
        if click == Some(id) {
            self.open.insert(id, (now + 10 * MINUTE, true));
        }
        let deadline = self.open.get(&id).map(|(deadline, _)| *deadline);
        match factor {
            Factor::Passcode => self.passcode = Some((push, id)),
            Factor::Push => {
                assert!(self.shown.is_empty(), "two on the phone, seed {seed}");
                let room = deadline.map_or(0, |deadline| deadline - now);
                assert!(room >= RING_AND_BACK, "no whole ring fits, seed {seed}");
                self.shown.insert(push, now + RING);
                self.ringing = Some((push, id));
            }
        }
    }

    fn check(&mut self, before: &Mode, effects: &[Effect], approved: Option<u64>) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let view = self.world.view();
        let waiting: BTreeSet<_> = view.waiting.iter().map(|waiting| waiting.id.0).collect();
        for waiting in &view.waiting {
            // A click that had to enter the line behind somebody.
            self.open
                .entry(waiting.id.0)
                .or_insert((now + 10 * MINUTE, true));
        }
        let open: BTreeSet<_> = self.open.keys().copied().collect();
        assert_eq!(waiting, open, "lost or made up, seed {seed}");
        assert!(
            self.open.values().all(|(deadline, _)| *deadline > now),
            "overdue, seed {seed}"
        );
        let mode = self.world.core.mode().clone();
        if mode == Mode::Locked {
            assert!(open.is_empty(), "waiting in Locked, seed {seed}");
            assert!(self.ringing.is_none(), "ringing in Locked, seed {seed}");
        }
        // Only a thumb, the desk or the clock turns it down: never a request.
        if matches!(before, Mode::On(_)) && mode == Mode::Off {
            let why = effects.iter().find_map(|effect| {
                let Effect::Record(Record::ModeChanged { by, .. }) = effect else {
                    return None;
                };
                Some(by)
            });
            match why {
                Some(By::Phone(_)) => assert!(approved.is_some(), "seed {seed}"),
                Some(By::Desk | By::Clock | By::Gate) => {}
                other => panic!("turned off by {other:?}, seed {seed}"),
            }
        }
        self.check_ringing(&view);
    }

    fn check_ringing(&self, view: &View) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let rings: Vec<_> = view
            .waiting
            .iter()
            .filter(|waiting| matches!(waiting.phase, Phase::Ringing { .. }))
            .map(|waiting| waiting.id.0)
            .collect();
        let ringing: Vec<_> = self.ringing.iter().map(|(_, id)| *id).collect();
        assert_eq!(rings, ringing, "seed {seed}");
        let signed_in =
            !matches!(view.state, State::SignInNeeded) && view.offers.contains(&Click::SignOut);
        let quiet = view.headline.starts_with("Nobody")
            || view
                .troubles
                .iter()
                .any(|trouble| trouble.words == "Nobody answers the phone.");
        let due = view.waiting.iter().any(|waiting| {
            let never_rang = matches!(waiting.phase, Phase::InLine { .. });
            let by_passcode = self.passcode.is_some_and(|(_, id)| id == waiting.id.0);
            let room = self
                .open
                .get(&waiting.id.0)
                .is_some_and(|(deadline, _)| deadline - now >= RING_AND_BACK);
            never_rang && room && !by_passcode
        });
        if due && signed_in && !quiet && self.shown.is_empty() {
            assert!(
                !rings.is_empty(),
                "the phone is free and nobody rings, seed {seed}"
            );
        }
    }

    /// Lets time pass until nothing is left to happen: nobody is left hanging.
    fn drain(&mut self) {
        for _ in 0..10_000 {
            if self.open.is_empty() {
                return;
            }
            let now = self.world.now.boot;
            let Some(at) = self.world.core.next_deadline() else {
                panic!("left hanging, seed {}", self.seed);
            };
            assert!(at > now, "the same deadline for ever, seed {}", self.seed);
            self.world.wait(at - now);
            self.forget_what_is_over();
            let before = self.world.core.mode().clone();
            self.answered = None;
            let effects = self.world.tick();
            self.carry_out(&effects, None, None);
            self.check(&before, &effects, None);
        }
        panic!("never at rest, seed {}", self.seed);
    }
}

#[test]
fn whatever_happens_every_ask_is_answered_once_and_allowed_only_by_the_phone() {
    for seed in 0..20_000 {
        Walk::new(seed).go(40);
    }
}

#[test]
fn and_it_holds_for_long() {
    for seed in 0..100 {
        Walk::new(1_000_000 + seed).go(2_000);
    }
}
