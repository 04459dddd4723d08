//! The core as a person sees it: [`View`] and [`Glance`] from the state, and nothing kept.

use thumbturn_wire::deadlines::RING;
use thumbturn_wire::{Bound, Mode, plain};

use crate::answer::span;
use crate::approvals::{self, Phone};
use crate::login::Login;
use crate::push::{agent_name, title};
use crate::{
    Click, Core, Glance, Now, Phase, State, Subject, Trouble, TroubleWords, View, Waiting, menu,
};

pub(crate) const QUIET: &str = "Five pushes in a row went unanswered, so no more are sent: Duo would lock you out. Choose Ring again when you are there.";
/// The most characters of a title; what is cut is counted.
const TITLE: usize = 20_000;
const TOOLTIP: usize = 160;
const MINUTE: u64 = 60_000;

/// The time left as it is shown: up to the next whole step.
pub(crate) fn shown_time(left: u64) -> u64 {
    let step = step(left);
    left.div_ceil(step) * step
}

/// How finely a time left is shown.
pub(crate) fn step(left: u64) -> u64 {
    if left > 10 * MINUTE {
        5 * MINUTE
    } else {
        MINUTE
    }
}

impl Core {
    pub fn view(&self, now: Now) -> View {
        let state = self.state();
        View {
            state,
            mode: self.mode().clone(),
            headline: self.headline(state),
            reach: self.reach(now.boot),
            who: self.login.session().map(|session| plain(&session.user, 80)),
            waiting: self.waiting(now.boot),
            troubles: self.trouble_words(),
            offers: self.offers(state),
        }
    }

    pub fn glance(&self, now: Now) -> Glance {
        let view = self.view(now);
        let waiting = u32::try_from(view.waiting.len()).unwrap_or(u32::MAX);
        let tooltip = match view.waiting.first() {
            Some(first) => format!("{} {}", view.headline, first.title),
            None => view.headline.clone(),
        };
        Glance {
            state: view.state,
            waiting,
            title: match waiting {
                0 => "Thumbturn".to_owned(),
                waiting => format!("Thumbturn: {waiting} waiting"),
            },
            tooltip: plain(&tooltip, TOOLTIP),
            menu: menu::menu(&view),
        }
    }

    fn state(&self) -> State {
        let off = *self.mode() == Mode::Off;
        let mut blocking = self.troubles.iter().filter(|trouble| trouble.blocks());
        let is_beginning = |trouble: &Trouble| trouble.is_beginning();
        match (self.mode(), self.login.is_signed_in()) {
            // A gate that is on and cannot ask anyone denies everything: that is more than not set up.
            (Mode::On(_), _) if self.standing().blocked.is_some() => State::Trouble,
            _ if blocking.any(|trouble| !is_beginning(trouble)) => State::Trouble,
            (Mode::Locked, _) => State::Locked,
            _ if self.troubles.iter().any(is_beginning) => State::NotSetUp,
            (_, false) => State::SignInNeeded,
            (_, true) if !self.approvals.line().is_empty() => State::Waiting,
            (_, true) if off => State::Off,
            (_, true) => State::On,
        }
    }

    fn headline(&self, state: State) -> String {
        match state {
            State::NotSetUp if self.troubles.contains(&Trouble::NotConnected) => {
                "Not set up. Connect Thumbturn to Duo first."
            }
            State::NotSetUp => "Not set up. Tell Thumbturn whose phone to ring.",
            State::Off => "Off. Your agent asks in its own terminal.",
            State::On => "On. Every risky call needs your thumb.",
            State::Waiting => return self.waiting_headline(),
            State::SignInNeeded if matches!(self.login, Login::InTrip { .. }) => {
                "Signing in. Check your phone."
            }
            State::SignInNeeded => "Sign in, so that your phone can ring.",
            State::Locked if matches!(self.login, Login::InTrip { .. }) => {
                "Locked. Signing in: check your phone."
            }
            State::Locked => "Locked. Every call is denied until you sign in again.",
            State::Trouble => return self.trouble_headline(),
        }
        .to_owned()
    }

    fn waiting_headline(&self) -> String {
        let count = match self.approvals.line().len() {
            1 => "1 ask waits.".to_owned(),
            count => format!("{count} asks wait."),
        };
        match self.approvals.phone() {
            Phone::Ringing(_) => format!("Check your phone. {count}"),
            Phone::Free | Phone::Stale { .. } if self.approvals.is_quiet() => {
                format!("Nobody answers the phone. {count}")
            }
            Phone::Free | Phone::Stale { .. } => count,
        }
    }

    fn trouble_headline(&self) -> String {
        let worst = self
            .troubles
            .iter()
            .filter(|trouble| trouble.blocks())
            .min_by_key(|trouble| trouble.is_beginning());
        let words = worst.map(Trouble::words).unwrap_or_default();
        let words = plain(&words, 300);
        match self.mode() {
            Mode::Off => format!("Off. {words}"),
            Mode::On(_) => format!("On, but every ask is denied. {words}"),
            Mode::Locked => format!("Locked. {words}"),
        }
    }

    fn reach(&self, now: u64) -> Option<String> {
        match self.mode() {
            Mode::Off | Mode::Locked => None,
            Mode::On(Bound::UntilReboot) => Some("Until reboot".to_owned()),
            Mode::On(Bound::Until(until)) => {
                let left = shown_time(until.saturating_sub(now));
                Some(format!("For {} more", span(left)))
            }
            Mode::On(Bound::Project(dir)) => Some(format!("Only in {}", plain(dir, 300))),
        }
    }

    fn waiting(&self, now: u64) -> Vec<Waiting> {
        let order = self.approvals.order(now);
        let line = self.approvals.line().iter().enumerate();
        line.map(|(at, waiting)| {
            let before = order.iter().position(|next| *next == at);
            self.one(waiting, before.unwrap_or(order.len()), now)
        })
        .collect()
    }

    fn one(&self, waiting: &approvals::Waiting, before: usize, now: u64) -> Waiting {
        let question = &waiting.question;
        let phase = self.phase(waiting, before, now);
        let (agent, place) = match &question.subject {
            Subject::Ask(ask) => (agent_name(ask), plain(&ask.cwd, 300)),
            Subject::Deed(deed) => (deed.command().to_owned(), self.setup.host.clone()),
        };
        Waiting {
            id: question.id,
            code: question.code.clone(),
            agent: plain(&agent, 120),
            title: plain(&title(&question.subject, now), TITLE),
            place: plain(&place, 300),
            can_ring: waiting.has_room(now) && self.is_left(&phase),
            phase,
            ends: self.clock.wall(waiting.deadline),
        }
    }

    fn phase(&self, waiting: &approvals::Waiting, before: usize, now: u64) -> Phase {
        match self.approvals.phone() {
            Phone::Ringing(ringing) if ringing.id == waiting.question.id => Phase::Ringing {
                since: self.clock.wall(ringing.since),
                ends: self.clock.wall(ringing.since + RING),
                device: ringing.device.clone(),
                verification_code: ringing.verification_code.clone(),
            },
            Phone::Free | Phone::Ringing(_) | Phone::Stale { .. } if waiting.was_missed() => {
                let again = waiting.again().filter(|_| !self.approvals.is_quiet());
                Phase::Unanswered {
                    again: again.map(|at| self.clock.wall(at.max(now))),
                }
            }
            phone @ (Phone::Free | Phone::Ringing(_) | Phone::Stale { .. }) => {
                let rings = usize::from(matches!(phone, Phone::Ringing(_)));
                Phase::InLine {
                    ahead: u32::try_from(before + rings).unwrap_or(u32::MAX),
                }
            }
        }
    }

    /// Whether it stands there without a ring of its own to come soon.
    fn is_left(&self, phase: &Phase) -> bool {
        match phase {
            Phase::Ringing { .. } => false,
            Phase::InLine { .. } => self.approvals.is_quiet(),
            Phase::Unanswered { .. } => true,
        }
    }

    fn trouble_words(&self) -> Vec<TroubleWords> {
        let quiet = self.approvals.is_quiet().then(|| TroubleWords {
            words: "Nobody answers the phone.".to_owned(),
            fix: QUIET.to_owned(),
            blocks: false,
        });
        let troubles = self.troubles.iter().map(|trouble| TroubleWords {
            words: plain(&trouble.words(), 400),
            fix: trouble.fix().to_owned(),
            blocks: trouble.blocks(),
        });
        troubles.chain(quiet).collect()
    }

    fn offers(&self, state: State) -> Vec<Click> {
        let blocked = self.standing().blocked.is_some();
        let signed_in = self.login.is_signed_in();
        let locked = *self.mode() == Mode::Locked;
        let mode = match self.mode() {
            Mode::Off if signed_in && !blocked => Some(Click::TurnOn(Bound::UntilReboot)),
            Mode::On(_) => Some(Click::TurnOff),
            Mode::Off | Mode::Locked => None,
        };
        let is_set_up = !self.troubles.iter().any(Trouble::is_beginning);
        let login = match &self.login {
            Login::InTrip { .. } => Some(Click::CancelSignIn),
            Login::SignedIn(_) if !locked => Some(Click::SignOut),
            Login::SignedIn(_) | Login::SignedOut | Login::Expired(_) => {
                is_set_up.then_some(Click::SignIn)
            }
        };
        let lock = (!locked && state != State::NotSetUp).then_some(Click::Lock);
        let key = self.troubles.contains(&Trouble::SigningKeyMissing);
        [mode, lock, login, key.then_some(Click::RemakeKey)]
            .into_iter()
            .flatten()
            .collect()
    }
}
