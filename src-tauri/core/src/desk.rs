//! The mode and who may change it: clicks at the desk, and deeds that something asks for.

use thumbturn_wire::deadlines::RING_AND_BACK;

use crate::approvals::{Question, Waiting};
use crate::gate::{Need, need};
use crate::push::Card;
use crate::{
    AskId, Bound, By, Click, Code, Core, Deed, Effect, Factor, Mode, Reason, Record, Subject,
    Trouble, notice,
};

/// How often an endpoint file that could not be written is tried again.
const RETRY: u64 = 30_000;

/// What the endpoint file is believed to say: hooks look at it alone.
#[derive(Debug)]
pub(crate) struct Armed {
    now: bool,
    before: bool,
    retry: Option<u64>,
}

impl Armed {
    pub(crate) fn new(mode: &Mode) -> Self {
        let armed = *mode != Mode::Off;
        Self {
            now: armed,
            before: armed,
            retry: None,
        }
    }

    fn is_to_say(&mut self, mode: &Mode) {
        self.before = self.now;
        self.now = *mode != Mode::Off;
    }

    pub(crate) fn is_broken(&mut self, now: u64) {
        self.retry = Some(now.saturating_add(RETRY));
    }

    pub(crate) fn is_mended(&mut self, trouble: &Trouble) {
        if *trouble == Trouble::EndpointUnwritable {
            self.retry = None;
        }
    }

    pub(crate) fn retry(&self) -> Option<u64> {
        self.retry
    }
}

impl Core {
    /// A deed that comes through the CLI or the local API.
    pub(crate) fn requested(
        &mut self,
        id: AskId,
        code: Code,
        deed: Deed,
        now: u64,
        patience: u64,
    ) -> Vec<Effect> {
        let patience = patience.min(self.setup.patience);
        let question = Question {
            id,
            code,
            subject: Subject::Deed(deed.clone()),
        };
        match need(&self.standing(), self.login.is_signed_in(), &deed) {
            Need::Refused(reason) => vec![question.settle(reason.deny())],
            Need::Thumb => self.wait(question, &deed, now, patience),
            // Hooks must find the gate armed before whoever turned it on hears that it is.
            Need::Nothing => {
                let mut effects = self.perform(&deed, By::Cli);
                effects.push(question.settle(Reason::Done.allow()));
                effects
            }
        }
    }

    fn wait(&mut self, question: Question, deed: &Deed, now: u64, patience: u64) -> Vec<Effect> {
        let with_passcode = *deed == Deed::TurnOff(Factor::Passcode);
        if self.approvals.has_deed(with_passcode) {
            return vec![question.settle(Reason::Busy.deny())];
        }
        if !with_passcode && patience < RING_AND_BACK {
            return vec![question.settle(Reason::TooImpatient.deny())];
        }
        let (id, code) = (question.id, question.code.clone());
        let waiting = Waiting::new(question, now, patience);
        if !with_passcode {
            self.approvals.open(waiting);
            return Vec::new();
        }
        let push = self.approvals.open_with_passcode(waiting);
        vec![Effect::Push {
            push,
            id,
            factor: Factor::Passcode,
            card: Card::of_deed(deed, &code, &self.setup.host, now),
        }]
    }

    pub(crate) fn clicked(&mut self, id: AskId, code: Code, click: Click, now: u64) -> Vec<Effect> {
        match click {
            Click::TurnOn(bound) => self.clicked_deed(id, code, Deed::TurnOn(bound), now),
            Click::TurnOff => self.clicked_deed(id, code, Deed::TurnOff(Factor::Push), now),
            Click::Lock => self.clicked_deed(id, code, Deed::Lock, now),
            Click::SignIn => self.open_sign_in(now),
            Click::CancelSignIn => self.cancel_sign_in(),
            Click::SignOut => self.sign_out(),
            Click::Deny(id) => self.approvals.close(id, Reason::DeniedAtDesk.deny()),
            Click::RingAgain(id) => {
                self.approvals.ring_again(id, now);
                Vec::new()
            }
            Click::RemakeKey if self.troubles.contains(&Trouble::SigningKeyMissing) => {
                vec![Effect::Record(Record::KeyRemade), Effect::RemakeKey]
            }
            Click::RemakeKey => Vec::new(),
        }
    }

    fn clicked_deed(&mut self, id: AskId, code: Code, deed: Deed, now: u64) -> Vec<Effect> {
        match need(&self.standing(), self.login.is_signed_in(), &deed) {
            // The person at the desk needs nobody to be signed in to turn it off, unless a push must go out.
            Need::Refused(Reason::SignedOut) if self.is_free_at_desk(&deed) => {
                self.perform(&deed, By::Desk)
            }
            Need::Refused(reason) => vec![notice("Nothing was changed", &reason.words())],
            Need::Thumb if self.setup.off_needs_push => {
                let patience = self.setup.patience;
                let question = Question {
                    id,
                    code,
                    subject: Subject::Deed(deed.clone()),
                };
                self.wait(question, &deed, now, patience)
            }
            Need::Thumb | Need::Nothing => {
                self.approvals.somebody_is_there();
                self.perform(&deed, By::Desk)
            }
        }
    }

    fn is_free_at_desk(&self, deed: &Deed) -> bool {
        let is_on = matches!(self.setup.mode, Mode::On(_));
        is_on && !self.setup.off_needs_push && *deed != Deed::Lock
    }

    pub(crate) fn perform(&mut self, deed: &Deed, by: By) -> Vec<Effect> {
        match deed {
            Deed::TurnOn(bound) => {
                let effects = self.set_mode(Mode::On(bound.clone()), by);
                if !effects.is_empty() {
                    self.approvals.somebody_is_there();
                }
                effects
            }
            // Who waits for the phone goes on waiting.
            Deed::TurnOff(_) => self.set_mode(Mode::Off, by),
            Deed::Lock => {
                let mut effects = self.set_mode(Mode::Locked, by);
                effects.extend(self.approvals.close_all(&Reason::Locked, |_| true));
                effects
            }
        }
    }

    /// The only way to another mode.
    pub(crate) fn set_mode(&mut self, to: Mode, by: By) -> Vec<Effect> {
        if self.setup.mode == to {
            return Vec::new();
        }
        self.armed.is_to_say(&to);
        let from = std::mem::replace(&mut self.setup.mode, to.clone());
        let changed = Record::ModeChanged {
            from,
            to: to.clone(),
            by,
        };
        vec![Effect::Arm(to), Effect::Record(changed)]
    }

    /// The file says what it said before. Where that is *unarmed*, hooks ask nobody, and we must not show *On*.
    pub(crate) fn not_armed(&mut self, now: u64) -> Vec<Effect> {
        self.armed.now = self.armed.before;
        self.armed.is_broken(now);
        let is_new = !self.troubles.contains(&Trouble::EndpointUnwritable);
        let mut effects = self.trouble(Trouble::EndpointUnwritable, true);
        let is_on = matches!(self.setup.mode, Mode::On(_));
        if is_on && !self.armed.now {
            let from = std::mem::take(&mut self.setup.mode);
            effects.push(Effect::Record(Record::ModeChanged {
                from,
                to: Mode::Off,
                by: By::Gate,
            }));
        }
        if is_new {
            let (words, fix) = (
                Trouble::EndpointUnwritable.words(),
                Trouble::EndpointUnwritable.fix(),
            );
            let title = match self.setup.mode {
                Mode::Off if is_on => "Duo mode could not be turned on",
                Mode::Off => "Duo mode is off, but hooks still ask",
                Mode::On(_) | Mode::Locked => "Hooks may not ask any more",
            };
            effects.push(notice(title, &format!("{words} {fix}")));
        }
        effects
    }

    pub(crate) fn expire_mode(&mut self, now: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.mode_until().is_some_and(|until| until <= now) {
            effects.extend(self.set_mode(Mode::Off, By::Clock));
        }
        if self.armed.retry.is_some_and(|at| at <= now) {
            self.armed.is_broken(now);
            self.armed.is_to_say(&self.setup.mode);
            effects.push(Effect::Arm(self.setup.mode.clone()));
        }
        effects
    }

    pub(crate) fn mode_until(&self) -> Option<u64> {
        match self.setup.mode {
            Mode::On(Bound::Until(until)) => Some(until),
            Mode::Off | Mode::Locked | Mode::On(Bound::UntilReboot | Bound::Project(_)) => None,
        }
    }

    /// When the words about the time left are no longer true.
    pub(crate) fn reach_changes(&self, now: u64) -> Option<u64> {
        let until = self.mode_until()?;
        let shown = crate::draw::shown_time(until.saturating_sub(now));
        Some(until.saturating_sub(shown.saturating_sub(crate::draw::step(shown))))
    }
}
