//! The mode and who may change it: clicks at the desk, and deeds that something asks for.

use thumbturn_wire::deadlines::RING_AND_BACK;

use crate::approvals::{Question, Waiting};
use crate::gate::{Need, need};
use crate::push::Card;
use crate::{
    AskId, Bound, By, Code, Core, Deed, Effect, Factor, GrantEnd, Mode, Reason, Record, Subject,
    Trouble, notice,
};

/// How often an endpoint file that could not be written is tried again.
const RETRY: u64 = 30_000;

/// The longest hold or pause.
pub(crate) const LONGEST: u64 = 8 * 3_600_000;

/// What the endpoint file is believed to say: hooks look at it alone.
#[derive(Debug)]
pub(crate) struct Armed {
    now: bool,
    before: bool,
    retry: Option<u64>,
}

impl Armed {
    pub(crate) fn new(mode: &Mode) -> Self {
        let armed = is_armed(mode);
        Self {
            now: armed,
            before: armed,
            retry: None,
        }
    }

    fn is_to_say(&mut self, mode: &Mode) {
        self.before = self.now;
        self.now = is_armed(mode);
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

/// Hooks see for themselves when a pause is over.
fn is_armed(mode: &Mode) -> bool {
    matches!(mode, Mode::On(_) | Mode::Locked)
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
            judged: None,
        };
        match need(&self.standing(), self.login.is_signed_in(), &deed) {
            Need::Nothing if self.is_for_nobody(&deed) => {
                vec![question.settle(Reason::NoSuchAsk.deny())]
            }
            Need::Nothing if self.is_for_no_grant(&deed) => {
                vec![question.settle(Reason::NoSuchGrant.deny())]
            }
            Need::Nothing if matches!(deed, Deed::SignIn { .. }) && !self.may_sign_in(now) => {
                vec![question.settle(Reason::SignedIn.deny())]
            }
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

    fn is_for_nobody(&self, deed: &Deed) -> bool {
        matches!(deed, Deed::Deny(code) if self.waiting_with(code).is_none())
    }

    fn is_for_no_grant(&self, deed: &Deed) -> bool {
        matches!(deed, Deed::EndGrant(code) if self.grants.with_code(code).is_none())
    }

    pub(crate) fn wait(
        &mut self,
        question: Question,
        deed: &Deed,
        now: u64,
        patience: u64,
    ) -> Vec<Effect> {
        let with_passcode = *deed == Deed::TurnOff(Factor::Passcode);
        if self.approvals.has_deed(with_passcode) {
            return vec![question.settle(Reason::Busy.deny())];
        }
        if !with_passcode && patience < RING_AND_BACK {
            return vec![question.settle(Reason::TooImpatient.deny())];
        }
        let (id, code) = (question.id, question.code.clone());
        let waiting = Waiting::new(question, now, patience, &self.setup.host);
        if !with_passcode {
            self.approvals.open(waiting);
            return Vec::new();
        }
        let push = self.approvals.open_with_passcode(waiting);
        vec![Effect::Push {
            push,
            ids: vec![id],
            factor: Factor::Passcode,
            card: Card::of_deed(deed, &code, &self.setup.host, now),
        }]
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
            Deed::Pause(until) => self.pause(*until, by),
            Deed::Hold(until) => self.hold(*until),
            Deed::Deny(code) => {
                let id = self.waiting_with(code);
                let denied = |id| self.approvals.close(id, Reason::DeniedAtDesk.deny());
                id.map_or_else(Vec::new, denied)
            }
            Deed::EndGrant(code) => {
                let id = self.grants.with_code(code);
                id.map_or_else(Vec::new, |id| self.end_grant(id))
            }
            Deed::EndGrants => self.end_grants(GrantEnd::Revoked),
            Deed::Lock => self.lock(by),
            Deed::SignIn { user } => self.open_sign_in(user.clone(), self.clock.now()),
            Deed::CancelSignIn => self.cancel_sign_in(),
            Deed::SignOut { all } => {
                let mut effects = self.sign_out();
                if *all {
                    effects.push(Effect::Record(Record::KeysForgotten));
                    effects.push(Effect::ForgetKeys);
                }
                effects
            }
            Deed::TestPush => Vec::new(),
            Deed::Set(setting) => vec![Effect::Save(setting.clone())],
        }
    }

    fn hold(&mut self, until: Option<u64>) -> Vec<Effect> {
        let now = self.clock.now();
        let until = until.map(|until| until.min(now.saturating_add(LONGEST)));
        self.approvals.hold(until.filter(|until| *until > now));
        Vec::new()
    }

    fn lock(&mut self, by: By) -> Vec<Effect> {
        let told = (by == By::Cli && self.setup.mode != Mode::Locked).then(|| {
            notice(
                "Locked",
                "Every call is denied until you sign in again. Look at what your agents did last.",
            )
        });
        let mut effects = self.set_mode(Mode::Locked, by);
        effects.extend(self.approvals.close_all(&Reason::Locked, |_| true));
        effects.extend(told);
        effects
    }

    fn pause(&mut self, until: u64, by: By) -> Vec<Effect> {
        let (Mode::On(bound) | Mode::Paused { bound, .. }) = &self.setup.mode else {
            return Vec::new();
        };
        let bound = bound.clone();
        let until = until.min(self.clock.now().saturating_add(LONGEST));
        self.set_mode(Mode::Paused { until, bound }, by)
    }

    pub(crate) fn waiting_with(&self, code: &Code) -> Option<AskId> {
        let mut line = self.approvals.line().iter();
        let waiting = line.find(|waiting| waiting.question.code == *code)?;
        Some(waiting.question.id)
    }

    /// The only way to another mode.
    pub(crate) fn set_mode(&mut self, to: Mode, by: By) -> Vec<Effect> {
        if self.setup.mode == to {
            return Vec::new();
        }
        self.armed.is_to_say(&to);
        let mut effects = vec![Effect::Arm(to.clone())];
        effects.extend(self.is_now(to, by));
        effects
    }

    /// What an earlier mode alone made sense of does not outlive it.
    fn is_now(&mut self, to: Mode, by: By) -> Vec<Effect> {
        let from = std::mem::replace(&mut self.setup.mode, to.clone());
        self.ledger.begins(self.clock.now());
        if !matches!(to, Mode::On(_)) {
            self.approvals.hold(None);
        }
        let (reason, is_moot): (_, fn(&Deed) -> bool) = match &to {
            Mode::Off => (Reason::NotOn, |deed| matches!(deed, Deed::Pause(_))),
            Mode::On(_) | Mode::Paused { .. } | Mode::Locked => (Reason::NotOff, |deed| {
                matches!(deed, Deed::SignOut { all: true })
            }),
        };
        let mut effects = vec![Effect::Record(Record::ModeChanged { from, to, by })];
        effects.extend(self.end_grants(GrantEnd::ModeChanged));
        effects.extend(self.approvals.close_all(&reason, |waiting| {
            waiting.question.deed().is_some_and(is_moot)
        }));
        effects
    }

    /// The file says what it said before. Where that is *unarmed*, hooks ask nobody, and we must not show *On*.
    pub(crate) fn not_armed(&mut self, now: u64) -> Vec<Effect> {
        self.armed.now = self.armed.before;
        self.armed.is_broken(now);
        let is_new = !self.troubles.contains(&Trouble::EndpointUnwritable);
        let mut effects = self.trouble(Trouble::EndpointUnwritable, true);
        let is_on = matches!(self.setup.mode, Mode::On(_));
        if is_on && !self.armed.now {
            effects.extend(self.is_now(Mode::Off, By::Gate));
        }
        if is_new {
            let (words, fix) = (
                Trouble::EndpointUnwritable.words(),
                Trouble::EndpointUnwritable.fix(),
            );
            let title = match self.setup.mode {
                Mode::Off | Mode::Paused { .. } if is_on => "Duo mode could not be turned on",
                Mode::Off | Mode::Paused { .. } => "Duo mode is off, but hooks still ask",
                Mode::On(_) | Mode::Locked => "Hooks may not ask any more",
            };
            effects.push(notice(title, &format!("{words} {fix}")));
        }
        effects
    }

    pub(crate) fn expire_mode(&mut self, now: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Mode::Paused { until, bound } = &self.setup.mode
            && *until <= now
        {
            let bound = bound.clone();
            // Hooks ask already, whatever the file says of it.
            self.armed.now = true;
            effects.extend(self.set_mode(Mode::On(bound), By::Clock));
        }
        if self.bound_until().is_some_and(|until| until <= now) {
            effects.extend(self.set_mode(Mode::Off, By::Clock));
        }
        if self.armed.retry.is_some_and(|at| at <= now) {
            self.armed.is_broken(now);
            self.armed.is_to_say(&self.setup.mode);
            effects.push(Effect::Arm(self.setup.mode.clone()));
        }
        effects
    }

    /// When the mode changes by itself.
    pub(crate) fn mode_until(&self) -> Option<u64> {
        let paused = match self.setup.mode {
            Mode::Paused { until, .. } => Some(until),
            Mode::Off | Mode::Locked | Mode::On(_) => None,
        };
        [paused, self.bound_until()].into_iter().flatten().min()
    }

    fn bound_until(&self) -> Option<u64> {
        match self.setup.mode {
            Mode::On(Bound::Until(until))
            | Mode::Paused {
                bound: Bound::Until(until),
                ..
            } => Some(until),
            Mode::Off
            | Mode::Locked
            | Mode::Paused {
                bound: Bound::UntilReboot | Bound::Project(_),
                ..
            }
            | Mode::On(Bound::UntilReboot | Bound::Project(_)) => None,
        }
    }

    /// When the words about the time left are no longer true.
    pub(crate) fn reach_changes(&self, now: u64) -> Option<u64> {
        let shown = [self.mode_until(), self.approvals.held_until()];
        let changes = |until: u64| {
            let shown = crate::draw::shown_time(until.saturating_sub(now));
            until.saturating_sub(shown.saturating_sub(crate::draw::step(shown)))
        };
        shown.into_iter().flatten().map(changes).min()
    }
}
