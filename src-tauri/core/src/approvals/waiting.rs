//! One question that waits, and when it may ring.

use thumbturn_wire::deadlines::RING_AND_BACK;

use super::Approvals;

use crate::{
    Agent, Answer, Ask, AskId, Card, Code, Decision, Deed, Effect, Entry, Factor, Facts, Judgement,
    Means, PasscodeView, PushId, Risk, Subject,
};

/// How long a question that nobody answered is left alone before it rings by itself once more.
const AGAIN: u64 = 180_000;
/// Rings by itself, for one question.
const RINGS: u32 = 2;
/// Passcodes that may be tried for one ask: Duo counts wrong ones too.
const PASSCODES: u32 = 3;

/// What waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) id: AskId,
    pub(crate) code: Code,
    pub(crate) subject: Subject,
    /// Of an ask.
    pub(crate) judged: Option<Box<Judged>>,
}

/// What the policy said of an ask, and what it knew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) judgement: Judgement,
    pub(crate) facts: Facts,
}

impl Question {
    pub(crate) fn settle(self, answer: Answer) -> Effect {
        Effect::Settle(Box::new(self.entry(answer)))
    }

    pub(crate) fn entry(self, answer: Answer) -> Entry {
        Entry {
            id: self.id,
            code: self.code,
            subject: self.subject,
            judgement: self.judged.map(|judged| judged.judgement),
            answer,
            grant: None,
            shared_with: 0,
        }
    }

    pub(crate) fn ask(&self) -> Option<&Ask> {
        match &self.subject {
            Subject::Ask(ask) => Some(ask),
            Subject::Deed(_) => None,
        }
    }

    /// What its rule asks an approval to be made of.
    pub(crate) fn means(&self) -> Means {
        let judged = self.judged.as_ref();
        judged.map_or(Means::Push, |judged| judged.judgement.terms.means)
    }

    pub(crate) fn factor(&self) -> Factor {
        match self.means() {
            Means::Push => Factor::Push,
            Means::VerifiedPush => Factor::VerifiedPush,
            Means::UniversalPrompt => Factor::UniversalPrompt,
        }
    }

    /// Whether its push may be for others too. What is risky rings alone.
    pub(crate) fn may_share(&self) -> bool {
        self.judged.as_ref().is_some_and(|judged| {
            let judgement = &judged.judgement;
            judgement.decision == Decision::Unsure(Risk::Normal)
                && !judgement.floor
                && judgement.terms.means == Means::Push
        })
    }

    /// Whether both would do the same in the same place for the same session.
    pub(crate) fn is_twin_of(&self, other: &Self) -> bool {
        let (Some(one), Some(other)) = (self.ask(), other.ask()) else {
            return false;
        };
        one.input.text() == other.input.text() && one.tool == other.tool && one.cwd == other.cwd
    }

    pub(crate) fn deed(&self) -> Option<&Deed> {
        match &self.subject {
            Subject::Ask(_) => None,
            Subject::Deed(deed) => Some(deed),
        }
    }

    /// What the policy flagged, as it stands in the tool's input.
    pub(crate) fn flagged(&self) -> &[String] {
        let judged = self.judged.as_deref();
        judged.map_or(&[], |judged| judged.judgement.flagged.as_slice())
    }

    pub(super) fn asker(&self) -> Asker {
        match &self.subject {
            Subject::Ask(ask) => Asker::Session(ask.agent, ask.session.clone()),
            Subject::Deed(_) => Asker::Person,
        }
    }
}

/// Whose turn it is goes round among these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Asker {
    Person,
    Session(Agent, String),
}

#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) question: Question,
    /// Both made once: every view shows them.
    pub(crate) title: String,
    pub(crate) card: Card,
    pub(crate) since: u64,
    pub(crate) deadline: u64,
    pub(super) passcode: Passcodes,
    pub(super) missed: Missed,
    pub(super) asked_again: bool,
    /// Until when it waits for siblings before it first rings.
    pub(super) gathers_until: Option<u64>,
}

/// The trips with a passcode, which ring no phone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Passcodes {
    pub(super) trip: Option<PushId>,
    pub(super) tried: u32,
    /// Whether Duo did not take the last one.
    pub(super) wrong: bool,
}

/// The rings of one question that nobody answered.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Missed {
    pub(super) rings: u32,
    pub(super) last: u64,
}

impl Waiting {
    pub(crate) fn new(question: Question, since: u64, patience: u64, host: &str) -> Self {
        Self {
            title: crate::push::title(&question, since),
            card: Card::of(&question, host, since),
            question,
            since,
            deadline: since.saturating_add(patience),
            passcode: Passcodes::default(),
            missed: Missed::default(),
            asked_again: false,
            gathers_until: None,
        }
    }

    /// Lets it wait so long for siblings, where it may share a push and a whole ring fits after that.
    pub(crate) fn gathering(mut self, length: u64) -> Self {
        let until = self.since.saturating_add(length);
        let may = length > 0 && self.question.may_share() && self.has_room(until);
        self.gathers_until = may.then_some(until);
        self
    }

    /// Whether one push may be for both: twins always, others of a session if they came together.
    pub(super) fn shares_with(&self, other: &Self) -> bool {
        let (one, two) = (&self.question, &other.question);
        let together = match (self.gathers_until, other.gathers_until) {
            (Some(one), Some(two)) => self.since <= two && other.since <= one,
            (Some(_) | None, _) => false,
        };
        one.may_share()
            && two.may_share()
            && one.asker() == two.asker()
            && (together || one.is_twin_of(two))
    }

    /// When it is done waiting for siblings, if it has not rung yet.
    pub(super) fn gathered(&self) -> Option<u64> {
        self.gathers_until
            .filter(|_| !self.was_missed() && !self.asked_again)
    }

    pub(crate) fn was_missed(&self) -> bool {
        self.missed.rings > 0
    }

    /// When it rings by itself once more. In the past, if it only waits for its turn.
    pub(crate) fn again(&self) -> Option<u64> {
        let at = self.missed.last + AGAIN;
        (self.was_missed() && self.missed.rings < RINGS && self.has_room(at)).then_some(at)
    }

    /// Whether a whole ring fits.
    pub(crate) fn has_room(&self, at: u64) -> bool {
        self.passcode.trip.is_none() && self.deadline.saturating_sub(at) >= RING_AND_BACK
    }

    /// Whether it would ring by itself now, or as soon as its siblings are there.
    pub(super) fn may_ring(&self, now: u64, on_hold: bool) -> bool {
        let in_silence = on_hold && self.question.deed().is_none();
        let due = self.asked_again
            || !in_silence && (!self.was_missed() || self.again().is_some_and(|at| at <= now));
        due && self.has_room(now)
    }

    /// On hold, only what a person asks for rings: a deed, or *Ring again*.
    pub(super) fn is_due(&self, now: u64, on_hold: bool) -> bool {
        self.may_ring(now, on_hold) && self.gathered().is_none_or(|at| at <= now)
    }

    /// Whether a passcode may be tried for it: an ask of no stronger means, a few times, one at a time.
    pub(crate) fn takes_passcode(&self) -> bool {
        self.question.deed().is_none()
            && self.question.means() == Means::Push
            && self.passcode.trip.is_none()
            && self.passcode.tried < PASSCODES
    }

    /// Whether an approval by that factor is what its rule asks for.
    pub(crate) fn is_met_by(&self, factor: Factor) -> bool {
        match (self.question.means(), factor) {
            (Means::Push, _)
            | (Means::VerifiedPush, Factor::VerifiedPush)
            | (Means::UniversalPrompt, Factor::UniversalPrompt) => true,
            (Means::VerifiedPush | Means::UniversalPrompt, _) => false,
        }
    }

    pub(crate) fn passcode(&self) -> PasscodeView {
        match (self.passcode.trip, self.passcode.wrong) {
            (Some(_), _) => PasscodeView::Checking,
            (None, true) => PasscodeView::Wrong,
            (None, false) => PasscodeView::None,
        }
    }
}

impl Approvals {
    /// It waits no longer than until then.
    pub(crate) fn hurry(&mut self, id: AskId, deadline: u64) {
        if let Some(waiting) = self.find(id) {
            waiting.deadline = waiting.deadline.min(deadline);
        }
    }
}
