//! What holds after every step of a random walk.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each look picks a few of many"
)]

use std::collections::BTreeSet;

use thumbturn_core::*;
use thumbturn_wire::deadlines::RING_AND_BACK;

use crate::walks::{Step, Walk};
use crate::world::*;

/// The longest that a pause or a hold may last.
const LONGEST: u64 = 8 * HOUR;

impl Walk {
    pub(crate) fn check(&mut self, effects: &[Effect], step: &Step) {
        let view = self.world.view();
        self.check_line(&view);
        self.check_modes(effects, step, &view);
        self.check_login(&view, effects, step);
        self.check_hold(&view);
        self.check_ringing(&view);
        self.check_grants(&view, step);
        self.check_notices(effects);
    }

    /// Nothing is lost, made up or overdue, and nobody waits where nobody can say yes.
    fn check_line(&mut self, view: &View) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let waiting: BTreeSet<_> = view.waiting.iter().map(|waiting| waiting.id.0).collect();
        for waiting in &view.waiting {
            // A click that had to enter the line behind somebody.
            self.open
                .entry(waiting.id.0)
                .or_insert(now + self.setup.patience);
        }
        let echoes = self.echoes();
        let open: BTreeSet<_> = self.open.keys().copied().collect();
        let in_line: BTreeSet<_> = open.difference(&echoes).copied().collect();
        assert_eq!(waiting, in_line, "lost or made up, seed {seed}");
        assert!(
            self.open.values().all(|deadline| *deadline > now),
            "overdue, seed {seed}"
        );
        if view.mode == Mode::Locked || self.login.is_known && self.login.user.is_none() {
            assert!(open.is_empty(), "waiting for nobody, seed {seed}");
            assert!(self.ringing.is_none(), "ringing for nobody, seed {seed}");
        }
        for waiting in &view.waiting {
            let checking = waiting.passcode == PasscodeView::Checking;
            let is_open = self.passcodes.values().any(|id| *id == waiting.id.0);
            assert_eq!(checking, is_open, "seed {seed}");
        }
    }

    /// Only a thumb, the desk or the clock turns it down, never a request; and a pause has a way back.
    fn check_modes(&mut self, effects: &[Effect], step: &Step, view: &View) {
        let seed = self.seed;
        let mut mode = step.before.mode.clone();
        let mut is_signed_in_anew = false;
        for effect in effects {
            match effect {
                Effect::Record(Record::SignedIn { .. }) => is_signed_in_anew = true,
                Effect::Record(Record::ModeChanged { from, to, by }) => {
                    assert_eq!(*from, mode, "seed {seed}");
                    let unlocks = *from != Mode::Locked
                        || is_signed_in_anew && *to == on() && *by == By::Desk;
                    assert!(unlocks, "unlocked without a sign-in, seed {seed}");
                    assert!(
                        self.may_change(from, to, by, step),
                        "from {from:?} to {to:?} by {by:?}, seed {seed}"
                    );
                    mode = to.clone();
                }
                Effect::ForgetKeys => {
                    assert_eq!(mode, Mode::Off, "keys wiped while on, seed {seed}");
                    let asked_for = matches!(
                        step.event,
                        Event::Requested {
                            deed: Deed::SignOut { all: true },
                            ..
                        }
                    );
                    let is_free = asked_for && step.before.who.is_none() && self.login.is_known;
                    assert!(is_free || step.approved.is_some(), "seed {seed}");
                }
                _ => {}
            }
        }
        assert_eq!(mode, view.mode, "the mode changed in silence, seed {seed}");
        self.check_way_back(view);
    }

    fn may_change(&self, from: &Mode, to: &Mode, by: &By, step: &Step) -> bool {
        let now = self.world.now.boot;
        let is_so = match by {
            By::Desk => matches!(step.event, Event::Click { .. } | Event::SignIn { .. }),
            By::Cli => matches!(step.event, Event::Requested { .. }),
            By::Phone(_) => step.approved.is_some(),
            By::Duo => *to == Mode::Locked,
            By::Gate => *to == Mode::Off && step.event == Event::NotArmed,
            By::Clock => match (from, to) {
                (Mode::Paused { until, bound }, Mode::On(same)) => *until <= now && bound == same,
                (
                    Mode::On(Bound::Until(until))
                    | Mode::Paused {
                        bound: Bound::Until(until),
                        ..
                    },
                    Mode::Off,
                ) => *until <= now,
                _ => false,
            },
        };
        is_so && (!turns_down(from, to) || self.may_turn_down(by))
    }

    fn may_turn_down(&self, by: &By) -> bool {
        match by {
            By::Desk => !self.setup.off_needs_push,
            By::Cli | By::Duo => false,
            By::Phone(_) | By::Clock | By::Gate => true,
        }
    }

    fn check_way_back(&self, view: &View) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let Mode::Paused { until, .. } = view.mode else {
            return;
        };
        assert!(now < until && until <= now + LONGEST, "seed {seed}");
        assert!(view.mode_until.is_some(), "seed {seed}");
        let wakes = self.world.core.next_deadline();
        assert!(
            wakes.is_some_and(|at| at <= until),
            "no way back, seed {seed}"
        );
    }

    /// A session never grows without a sign-in, and its user never changes without signing out.
    fn check_login(&mut self, view: &View, effects: &[Effect], step: &Step) {
        let seed = self.seed;
        assert_eq!(view.who, self.login.user, "seed {seed}");
        let stands = view
            .session
            .as_ref()
            .is_some_and(|session| !session.is_over);
        assert_eq!(stands, self.login.is_signed_in, "seed {seed}");
        assert_eq!(view.sign_in.is_some(), self.trip.is_some(), "seed {seed}");
        let is_new = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Record(Record::SignedIn { .. })));
        if let (Some(before), Some(after), false) = (&step.before.session, &view.session, is_new) {
            assert!(after.ends <= before.ends, "a session grew, seed {seed}");
            assert_eq!(after.user, before.user, "seed {seed}");
            assert!(before.is_over <= after.is_over, "seed {seed}");
        }
    }

    fn check_hold(&self, view: &View) {
        let (seed, wall) = (self.seed, self.world.now.wall);
        let Some(until) = view.held_until else {
            return;
        };
        assert!(wall < until && until <= wall + LONGEST, "seed {seed}");
        assert!(
            matches!(view.mode, Mode::On(_)),
            "held and not on, seed {seed}"
        );
    }

    fn check_ringing(&self, view: &View) {
        let (seed, now) = (self.seed, self.world.now.boot);
        let rings: BTreeSet<_> = view
            .waiting
            .iter()
            .filter(|waiting| {
                matches!(
                    waiting.phase,
                    Phase::Ringing { .. } | Phase::InBrowser { .. }
                )
            })
            .map(|waiting| waiting.id.0)
            .collect();
        let ringing: BTreeSet<_> = self
            .ringing
            .iter()
            .flat_map(|ring| ring.ids.clone())
            .collect();
        assert_eq!(rings, ringing, "seed {seed}");
        let is_quiet = view.troubles.iter().any(|trouble| trouble.kind == "quiet");
        let rests = self.rests.is_some_and(|until| now < until);
        let due = view.waiting.iter().any(|waiting| {
            let never_rang = matches!(waiting.phase, Phase::InLine { .. });
            let by_passcode = self.passcodes.values().any(|id| *id == waiting.id.0);
            let room = self
                .open
                .get(&waiting.id.0)
                .is_some_and(|deadline| deadline - now >= RING_AND_BACK);
            let id = waiting.id.0;
            let asked_for = self.asked_for.contains(&id) || self.deeds.contains(&id);
            let held = view.held_until.is_some() && !asked_for;
            let sent = self.grants.sent.get(&id);
            let gathers =
                sent.is_some_and(|sent| sent.is_plain() && now < sent.at + self.setup.gather_ms);
            never_rang && room && !by_passcode && !held && !gathers
        });
        if due && self.login.is_signed_in && !is_quiet && !rests && self.shown.is_empty() {
            assert!(
                !rings.is_empty(),
                "the phone is free and nobody rings, seed {seed}"
            );
        }
    }

    /// One notice of a kind for one event, however many asks it is about.
    fn check_notices(&self, effects: &[Effect]) {
        let titles: Vec<_> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Notify(notice) => Some(&notice.title),
                _ => None,
            })
            .collect();
        let kinds: BTreeSet<_> = titles.iter().collect();
        assert_eq!(kinds.len(), titles.len(), "{titles:?}, seed {}", self.seed);
    }

    /// What an effect tells of who is signed in.
    pub(crate) fn of_the_login(&mut self, effect: &Effect, step: &Step) {
        let seed = self.seed;
        match effect {
            Effect::OpenSignIn { attempt, user } => {
                assert_eq!(attempt.0, self.attempts + 1, "seed {seed}");
                assert_eq!(self.trip, None, "two sign-ins, seed {seed}");
                self.attempts = attempt.0;
                self.trip = Some(attempt.0);
                if self.login.user.is_some() {
                    assert_eq!(*user, self.login.user, "another name, seed {seed}");
                }
            }
            Effect::CloseSignIn { attempt } => {
                assert_eq!(self.trip.take(), Some(attempt.0), "seed {seed}");
            }
            Effect::RenewSession => {
                assert!(
                    self.login.is_signed_in && !self.login.renewing,
                    "seed {seed}"
                );
                self.login.renewing = true;
            }
            Effect::Record(Record::SignedIn { user, .. }) => {
                let Event::SignIn { attempt, .. } = &step.event else {
                    panic!("signed in by nothing, seed {seed}");
                };
                assert_eq!(self.trip, Some(attempt.0), "seed {seed}");
                let known = self.login.user.get_or_insert_with(|| user.clone());
                assert_eq!(known, user, "another user, seed {seed}");
                self.login.is_signed_in = true;
                self.login.is_known = true;
                self.login.renewing = false;
            }
            Effect::Record(Record::SignedOut { why }) => self.signed_out(*why, step),
            Effect::Save(setting) => {
                let nobody = self.login.is_known && self.login.user.is_none();
                let is_free = nobody && step.before.mode == Mode::Off;
                assert!(
                    !self.loosens(setting) || step.approved.is_some() || is_free,
                    "loosened by nobody: {setting:?}, seed {seed}"
                );
            }
            _ => {}
        }
    }

    fn signed_out(&mut self, why: SessionEnd, step: &Step) {
        let seed = self.seed;
        self.login.is_signed_in = false;
        self.login.renewing = false;
        match why {
            SessionEnd::Expired => {}
            SessionEnd::Revoked => {
                assert!(matches!(step.event, Event::Renewed { .. }), "seed {seed}");
            }
            SessionEnd::Desk => {
                let at_tray = matches!(
                    step.event,
                    Event::Click {
                        click: Click::SignOut,
                        at: Desk::Tray,
                        ..
                    }
                );
                assert!(at_tray || step.approved.is_some(), "seed {seed}");
                self.login.user = None;
                self.login.is_known = true;
            }
        }
    }

    fn loosens(&self, setting: &Setting) -> bool {
        match setting {
            Setting::RequirePushToTurnOff(required) => self.setup.off_needs_push && !required,
            Setting::SessionLifetime(millis) => *millis > self.setup.session_lifetime,
            _ => false,
        }
    }
}

/// Whether less is asked for, or for less long.
fn turns_down(from: &Mode, to: &Mode) -> bool {
    match (from, to) {
        (Mode::Off, _) | (_, Mode::Locked) => false,
        // By a sign-in alone.
        (Mode::Locked, _) => false,
        (Mode::On(_) | Mode::Paused { .. }, Mode::Off) | (Mode::On(_), Mode::Paused { .. }) => true,
        (Mode::Paused { until: now, .. }, Mode::Paused { until, .. }) => until > now,
        (Mode::On(current) | Mode::Paused { bound: current, .. }, Mode::On(bound)) => {
            narrows(current, bound)
        }
    }
}

fn narrows(current: &Bound, bound: &Bound) -> bool {
    match (current, bound) {
        (_, Bound::UntilReboot) => false,
        (Bound::Until(current), Bound::Until(new)) => new < current,
        (Bound::Project(current), Bound::Project(new)) => !current.starts_with(new),
        _ => true,
    }
}
