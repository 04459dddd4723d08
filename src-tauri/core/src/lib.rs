//! The decision core: events in, effects out.
//!
//! Nothing here does IO, reads a clock, draws a random number or fails. The
//! caller passes the time in and carries the effects out, in order.

mod answer;
mod approvals;
mod clock;
mod desk;
mod draw;
mod entry;
mod event;
mod gate;
mod login;
pub mod menu;
pub mod policy;
mod push;
mod session;
mod trouble;
#[cfg(test)]
mod typescript;
mod view;

use std::collections::BTreeSet;
use std::mem::discriminant;

pub use answer::{Answer, Reason};
pub use entry::{By, Entry, Record, Subject};
pub use event::{
    Approval, AskId, AttemptId, Click, Code, Deed, Effect, Event, Factor, Notice, Now, Outcome,
    PushId,
};
pub use login::{LoginError, Session, SessionEnd};
pub use menu::{Choice, Item, Menu};
pub use policy::{Decision, Facts, Judgement, Risk, RuleId, Rules};
pub use push::Card;
pub use thumbturn_wire::{Agent, Ask, Bound, Mode, Verdict};
pub use trouble::Trouble;
pub use view::{Glance, Phase, State, TroubleWords, View, Waiting};

use approvals::{Approvals, Question};
use clock::Clock;
use desk::Armed;
use gate::{Gate, Standing};
use login::Login;
use thumbturn_wire::deadlines::RING_AND_BACK;

/// How a core begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// What this boot was left in.
    pub mode: Mode,
    pub session: Option<Session>,
    /// The longest that a question may wait in line, in milliseconds.
    pub patience: u64,
    /// Whether a click at the desk needs an approved push too where it turns something down.
    pub off_needs_push: bool,
    /// This machine's name, for cards.
    pub host: String,
}

#[derive(Debug)]
pub struct Core {
    setup: Setup,
    armed: Armed,
    login: Login,
    attempts: u64,
    approvals: Approvals,
    rules: Rules,
    troubles: BTreeSet<Trouble>,
    clock: Clock,
}

impl Core {
    pub fn new(setup: Setup, now: Now) -> Self {
        Self {
            armed: Armed::new(&setup.mode),
            login: Login::new(setup.session.clone()),
            setup,
            attempts: 0,
            approvals: Approvals::default(),
            rules: Rules::default(),
            troubles: BTreeSet::new(),
            clock: Clock::new(now),
        }
    }

    /// Takes one event and returns what must be done about it, in order.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        let slept = self.clock.slept(now);
        let now = now.boot;
        let mut effects = self.give_up(now);
        if slept {
            effects.extend(self.approvals.close_all(&Reason::Slept, |_| true));
        }
        effects.extend(self.expire(now));
        effects.extend(self.take(event, now));
        // It may have brought a session or a bound that is over already.
        effects.extend(self.expire_login(now));
        effects.extend(self.expire_mode(now));
        effects.extend(self.ring(now));
        effects
    }

    /// The paths whose facts matter to this ask as things stand; often none.
    pub fn wants(&self, ask: &Ask) -> Vec<String> {
        match self.setup.mode {
            Mode::On(Bound::Project(_)) => policy::wants(ask),
            Mode::Off | Mode::Locked | Mode::On(Bound::UntilReboot | Bound::Until(_)) => Vec::new(),
        }
    }

    /// When to send [`Event::Tick`], on the boot clock, if nothing else happens first.
    pub fn next_deadline(&self) -> Option<u64> {
        let now = self.clock.now();
        let deadlines = [
            self.login.deadline(),
            self.armed.retry(),
            self.mode_until(),
            self.reach_changes(now),
            self.approvals.next_deadline(now),
        ];
        deadlines.into_iter().flatten().min()
    }

    pub fn mode(&self) -> &Mode {
        &self.setup.mode
    }

    fn take(&mut self, event: Event, now: u64) -> Vec<Effect> {
        match event {
            Event::Asked {
                id,
                code,
                ask,
                facts,
                patience,
            } => self.asked(id, code, ask, &facts, now, patience),
            Event::Requested {
                id,
                code,
                deed,
                patience,
            } => self.requested(id, code, deed, now, patience),
            Event::HookGone { id } => self.approvals.close(id, Reason::HookGone.deny()),
            Event::Rings {
                push,
                device,
                verification_code,
            } => {
                self.approvals.rings(push, now, device, verification_code);
                self.trouble(Trouble::DuoUnreachable, false)
            }
            Event::Phone { push, outcome } => self.heard(push, outcome, now),
            Event::SignIn { attempt, result } => self.signed_in(attempt, result),
            Event::Click { id, code, click } => self.clicked(id, code, click, now),
            Event::Trouble { trouble, present } => self.trouble(trouble, present),
            Event::NotArmed => self.not_armed(now),
            Event::Tick => Vec::new(),
        }
    }

    fn asked(
        &mut self,
        id: AskId,
        code: Code,
        ask: Box<Ask>,
        facts: &Facts,
        now: u64,
        patience: u64,
    ) -> Vec<Effect> {
        let judgement = policy::judge(&ask, facts, &self.rules);
        let question = Question {
            id,
            code,
            subject: Subject::Ask(ask),
        };
        let patience = patience.min(self.setup.patience);
        match gate::gate(&self.standing(), &judgement, facts) {
            Gate::Answer(answer) => vec![question.settle(answer)],
            Gate::Phone if patience < RING_AND_BACK => {
                vec![question.settle(Reason::TooImpatient.deny())]
            }
            Gate::Phone => {
                self.approvals
                    .open(approvals::Waiting::new(question, now, patience));
                Vec::new()
            }
        }
    }

    /// Duo's word on a push. Only an approval of the very push that somebody waits for is a yes.
    fn heard(&mut self, push: PushId, outcome: Outcome, now: u64) -> Vec<Effect> {
        let unreachable = matches!(outcome, Outcome::Unreachable { .. });
        let mut effects = self.trouble(Trouble::DuoUnreachable, unreachable);
        let whose = self.approvals.ended(push);
        let reason = match outcome {
            Outcome::Approved(approval) => {
                self.approvals.somebody_is_there();
                effects.extend(self.approved(push, whose, approval));
                return effects;
            }
            Outcome::ReportedFraud => {
                self.approvals.somebody_is_there();
                effects.extend(self.fraud(push, whose));
                return effects;
            }
            Outcome::Unanswered => {
                effects.extend(whose.map_or_else(Vec::new, |id| self.unanswered(id, now)));
                return effects;
            }
            Outcome::Denied => {
                self.approvals.somebody_is_there();
                Reason::DeniedOnPhone
            }
            Outcome::Bypassed => Reason::Bypassed,
            Outcome::LockedOut => Reason::LockedOut,
            Outcome::NotEnrolled { portal } => Reason::NotEnrolled { portal },
            Outcome::NoPushDevice => Reason::NoPushDevice,
            Outcome::WrongPasscode => Reason::WrongPasscode,
            Outcome::RefusedByPolicy { words } => Reason::RefusedByPolicy { words },
            Outcome::Refused { code, words } => Reason::DuoRefused { code, words },
            Outcome::Unreachable { words } => Reason::DuoUnreachable { words },
        };
        effects.extend(whose.map_or_else(Vec::new, |id| self.approvals.close(id, reason.deny())));
        effects
    }

    fn approved(&mut self, push: PushId, whose: Option<AskId>, approval: Approval) -> Vec<Effect> {
        let Some((waiting, _)) = whose.and_then(|id| self.approvals.take(id)) else {
            return vec![Effect::Record(Record::OrphanApproval { push, approval })];
        };
        let deed = waiting.question.deed().cloned();
        let answer = Reason::Approved(approval.clone()).allow();
        let mut effects = vec![waiting.question.settle(answer)];
        if let Some(deed) = deed {
            effects.extend(self.perform(&deed, By::Phone(approval)));
        }
        effects
    }

    fn unanswered(&mut self, id: AskId, now: u64) -> Vec<Effect> {
        let line = self.approvals.line();
        let with_passcode = line.iter().any(|waiting| {
            waiting.question.id == id
                && waiting.question.deed() == Some(&Deed::TurnOff(Factor::Passcode))
        });
        if with_passcode {
            let words = "Duo did not say whether the passcode is right".into();
            return self
                .approvals
                .close(id, Reason::DuoUnreachable { words }.deny());
        }
        if self.approvals.missed(id, now) {
            return vec![notice("Nobody answers the phone", draw::QUIET)];
        }
        Vec::new()
    }

    fn fraud(&mut self, push: PushId, whose: Option<AskId>) -> Vec<Effect> {
        let mut effects = vec![Effect::Record(Record::FraudReported { push })];
        effects.extend(self.set_mode(Mode::Locked, By::Duo));
        if let Some(id) = whose {
            effects.extend(self.approvals.close(id, Reason::ReportedFraud.deny()));
        }
        effects.extend(self.approvals.close_all(&Reason::Locked, |_| true));
        effects.push(notice(
            "Locked: a push was reported as fraud",
            "Every call is denied until you sign in again. Look at what your agents did last.",
        ));
        effects
    }

    fn trouble(&mut self, trouble: Trouble, present: bool) -> Vec<Effect> {
        let is_same = |held: &&Trouble| discriminant(*held) == discriminant(&trouble);
        let held = self.troubles.iter().find(is_same).cloned();
        if present && held.as_ref() == Some(&trouble) {
            return Vec::new();
        }
        if let Some(held) = held {
            self.troubles.remove(&held);
            if !present {
                self.armed.is_mended(&held);
                return vec![Effect::Record(Record::TroubleEnded(held))];
            }
        }
        if !present {
            return Vec::new();
        }
        self.troubles.insert(trouble.clone());
        let mut effects = vec![Effect::Record(Record::TroubleBegan(trouble.clone()))];
        if trouble == Trouble::EndpointUnwritable {
            self.armed.is_broken(self.clock.now());
        }
        if trouble.blocks() {
            let reason = Reason::Trouble(trouble);
            let is_ask = |waiting: &approvals::Waiting| waiting.question.deed().is_none();
            effects.extend(self.approvals.close_all(&reason, is_ask));
        }
        effects
    }

    /// A ring must be over at Duo, and its answer never came.
    fn give_up(&mut self, now: u64) -> Vec<Effect> {
        let rang = self.approvals.give_up(now);
        rang.map_or_else(Vec::new, |id| self.unanswered(id, now))
    }

    fn expire(&mut self, now: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        for (id, patience) in self.approvals.overdue(now) {
            let reason = if !self.login.is_signed_in() {
                Reason::SignedOut
            } else if self.approvals.is_quiet() {
                Reason::Quiet
            } else {
                Reason::Unanswered { patience }
            };
            effects.extend(self.approvals.close(id, reason.deny()));
        }
        effects.extend(self.expire_login(now));
        effects.extend(self.expire_mode(now));
        effects
    }

    fn ring(&mut self, now: u64) -> Option<Effect> {
        if !self.login.is_signed_in() {
            return None;
        }
        let (push, question) = self.approvals.ring(now)?;
        Some(Effect::Push {
            push,
            id: question.id,
            factor: Factor::Push,
            card: Card::of(&question.subject, &question.code, &self.setup.host, now),
        })
    }

    fn standing(&self) -> Standing<'_> {
        Standing {
            mode: &self.setup.mode,
            blocked: self.troubles.iter().find(|trouble| trouble.blocks()),
            has_session: self.login.session().is_some(),
        }
    }
}

fn notice(title: &str, body: &str) -> Effect {
    Effect::Notify(Notice {
        title: title.to_owned(),
        body: body.to_owned(),
    })
}
