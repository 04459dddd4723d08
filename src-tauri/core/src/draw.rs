//! The core as a person sees it: [`View`] and [`Glance`] from the state, and nothing kept.

use thumbturn_wire::{Bound, Mode, plain};

use crate::answer::span;
use crate::approvals::{self, Phone, Ringing};
use crate::login::Held;
use crate::push::agent_name;
use crate::{
    Core, Factor, Glance, Now, Phase, SessionView, SignInView, State, Subject, Trouble,
    TroubleWords, View, Waiting, menu,
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
            headline: self.headline(state, now.boot),
            reach: self.reach(now.boot),
            who: self.user().map(|user| plain(user, 80)),
            session: self.session_view(),
            sign_in: self.sign_in_view(),
            held_until: self.approvals.held_until().map(|at| self.clock.wall(at)),
            mode_until: self.mode_until().map(|at| self.clock.wall(at)),
            waiting: self.waiting(now.boot),
            troubles: self.trouble_words(),
            grants: self.grant_views(),
            agents: self.agent_views(now.boot),
            offers: self.offers(state, now.boot),
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
        let off = matches!(self.mode(), Mode::Off | Mode::Paused { .. });
        let mut blocking = self.troubles.iter().filter(|trouble| trouble.blocks());
        let is_beginning = |trouble: &Trouble| trouble.is_beginning();
        // Who may turn out to be signed in is not told to sign in.
        let signed_in = self.login.is_signed_in() || self.login.held == Held::Unknown;
        match (self.mode(), signed_in) {
            // A gate that is on and cannot ask anyone denies everything: that is more than not set up.
            (Mode::On(_), _) if self.standing().blocked.is_some() => State::Trouble,
            _ if blocking.any(|trouble| !is_beginning(trouble)) => State::Trouble,
            (Mode::Locked, _) => State::Locked,
            _ if self.troubles.iter().any(is_beginning) => State::NotSetUp,
            (_, false) => State::SignInNeeded,
            (_, true) if !self.approvals.line().is_empty() => State::Waiting,
            _ if self.troubles.iter().any(Trouble::is_alarm) => State::Trouble,
            (_, true) if off => State::Off,
            (_, true) => State::On,
        }
    }

    fn headline(&self, state: State, now: u64) -> String {
        let trip = self.login.trip.as_ref();
        let in_browser = trip.is_some_and(|trip| trip.address.is_some());
        let left = |until: u64| span(shown_time(until.saturating_sub(now)));
        match (state, self.mode()) {
            (State::NotSetUp, _) => "Not set up. Connect Thumbturn to Duo first.",
            (State::Off | State::On | State::Waiting, _) if self.login.held == Held::Unknown => {
                "Waiting for the keychain."
            }
            (
                State::Off,
                Mode::Paused {
                    until,
                    bound: Bound::Until(end),
                },
            ) if end <= until => {
                return format!("Paused. Off for good in {}.", left(*end));
            }
            (State::Off, Mode::Paused { until, .. }) => {
                return format!("Paused. Back on in {}.", left(*until));
            }
            (State::Off, _) => "Off. Your agent asks in its own terminal.",
            (State::On, _) => match self.approvals.held_until() {
                Some(_) => "On hold. Asks wait in silence.",
                None => "On. Every risky call needs your thumb.",
            },
            (State::Waiting, _) => return self.waiting_headline(),
            (State::SignInNeeded, _) if in_browser => "Signing in. Go on in your browser.",
            (State::SignInNeeded, _) if trip.is_some() => "Signing in. Check your phone.",
            (State::SignInNeeded, _) => "Sign in, so that your phone can ring.",
            (State::Locked, _) if in_browser => "Locked. Signing in: go on in your browser.",
            (State::Locked, _) if trip.is_some() => "Locked. Signing in: check your phone.",
            (State::Locked, _) => "Locked. Every call is denied until you sign in again.",
            (State::Trouble, _) => return self.trouble_headline(),
        }
        .to_owned()
    }

    fn session_view(&self) -> Option<SessionView> {
        let session = self.login.session()?;
        Some(SessionView {
            user: plain(&session.user, 80),
            way: session.way,
            ends: self.clock.wall(session.ends),
            is_over: !self.login.is_signed_in(),
        })
    }

    fn sign_in_view(&self) -> Option<SignInView> {
        let trip = self.login.trip.as_ref()?;
        Some(SignInView {
            address: trip.address.clone(),
            verification_code: trip.verification_code.clone(),
            ends: self.clock.wall(trip.deadline),
        })
    }

    fn waiting_headline(&self) -> String {
        let count = match self.approvals.line().len() {
            1 => "1 ask waits.".to_owned(),
            count => format!("{count} asks wait."),
        };
        match self.approvals.phone() {
            Phone::Ringing(ringing) if ringing.factor == Factor::UniversalPrompt => {
                format!("Approve in your browser. {count}")
            }
            Phone::Ringing(_) => format!("Check your phone. {count}"),
            Phone::Free | Phone::Stale { .. } if self.approvals.held_until().is_some() => {
                format!("On hold. {count}")
            }
            Phone::Free | Phone::Stale { .. } if self.approvals.unreachable().is_some() => {
                format!("Duo cannot be reached. {count}")
            }
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
            .filter(|trouble| trouble.blocks() || trouble.is_alarm())
            .min_by_key(|trouble| (!trouble.blocks(), trouble.is_beginning()));
        let blocks = worst.is_some_and(Trouble::blocks);
        let words = worst.map(Trouble::words).unwrap_or_default();
        let words = plain(&words, 300);
        match self.mode() {
            Mode::Off | Mode::Paused { .. } => format!("Off. {words}"),
            Mode::On(_) if blocks => format!("On, but every ask is denied. {words}"),
            Mode::On(_) => format!("On. {words}"),
            Mode::Locked => format!("Locked. {words}"),
        }
    }

    fn reach(&self, now: u64) -> Option<String> {
        if let Some(until) = self.approvals.held_until() {
            let left = shown_time(until.saturating_sub(now));
            return Some(format!("On hold for {} more", span(left)));
        }
        match self.mode() {
            Mode::Paused {
                bound: Bound::Project(dir),
                ..
            } => Some(format!("Then only in {}", plain(dir, 300))),
            Mode::Off | Mode::Paused { .. } | Mode::Locked => None,
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
            title: plain(&waiting.title, TITLE),
            place: plain(&place, 300),
            card: waiting.card.clone(),
            can_ring: waiting.has_room(now) && self.is_left(&phase),
            phase,
            ends: self.clock.wall(waiting.deadline),
            passcode: waiting.passcode(),
        }
    }

    fn phase(&self, waiting: &approvals::Waiting, before: usize, now: u64) -> Phase {
        let phone = self.approvals.phone();
        if let Some(ringing) = phone.rings_for(waiting.question.id) {
            return self.ringing(ringing);
        }
        match phone {
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

    fn ringing(&self, ringing: &Ringing) -> Phase {
        let since = self.clock.wall(ringing.since);
        let ends = self.clock.wall(ringing.ends());
        let shown = ringing.shown.clone();
        if ringing.factor == Factor::UniversalPrompt {
            let address = shown.address;
            return Phase::InBrowser {
                since,
                ends,
                address,
            };
        }
        Phase::Ringing {
            since,
            ends,
            device: shown.device,
            verification_code: shown.verification_code,
        }
    }

    /// Whether it stands there without a ring of its own to come soon.
    fn is_left(&self, phase: &Phase) -> bool {
        match phase {
            Phase::Ringing { .. } | Phase::InBrowser { .. } => false,
            Phase::InLine { .. } => {
                self.approvals.is_quiet() || self.approvals.held_until().is_some()
            }
            Phase::Unanswered { .. } => true,
        }
    }

    fn trouble_words(&self) -> Vec<TroubleWords> {
        let quiet = self.approvals.is_quiet().then(|| TroubleWords {
            kind: "quiet".to_owned(),
            since: None,
            words: "Nobody answers the phone.".to_owned(),
            fix: QUIET.to_owned(),
            blocks: false,
        });
        let troubles = self.troubles.iter().map(|trouble| TroubleWords {
            kind: trouble.kind().to_owned(),
            since: self
                .unreachable_since
                .filter(|_| *trouble == Trouble::DuoUnreachable),
            words: plain(&trouble.words(), 400),
            fix: trouble.fix().to_owned(),
            blocks: trouble.blocks(),
        });
        troubles.chain(quiet).collect()
    }
}
