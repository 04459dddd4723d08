//! One question that waits, and when it may ring.

use thumbturn_wire::deadlines::RING_AND_BACK;

use crate::{
    Agent, Answer, AskId, Code, Deed, Effect, Entry, Facts, Judgement, PasscodeView, PushId,
    Subject,
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
        Effect::Settle(Box::new(Entry {
            id: self.id,
            code: self.code,
            subject: self.subject,
            judgement: self.judged.map(|judged| judged.judgement),
            answer,
        }))
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
    pub(crate) since: u64,
    pub(crate) deadline: u64,
    pub(super) passcode: Passcodes,
    pub(super) missed: Missed,
    pub(super) asked_again: bool,
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
    pub(crate) fn new(question: Question, since: u64, patience: u64) -> Self {
        Self {
            question,
            since,
            deadline: since.saturating_add(patience),
            passcode: Passcodes::default(),
            missed: Missed::default(),
            asked_again: false,
        }
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

    /// On hold, only what a person asks for rings: a deed, or *Ring again*.
    pub(super) fn is_due(&self, now: u64, on_hold: bool) -> bool {
        let in_silence = on_hold && self.question.deed().is_none();
        let due = self.asked_again
            || !in_silence && (!self.was_missed() || self.again().is_some_and(|at| at <= now));
        due && self.has_room(now)
    }

    /// Whether a passcode may be tried for it: an ask, a few times, one at a time.
    pub(crate) fn takes_passcode(&self) -> bool {
        self.question.deed().is_none()
            && self.passcode.trip.is_none()
            && self.passcode.tried < PASSCODES
    }

    pub(crate) fn passcode(&self) -> PasscodeView {
        match (self.passcode.trip, self.passcode.wrong) {
            (Some(_), _) => PasscodeView::Checking,
            (None, true) => PasscodeView::Wrong,
            (None, false) => PasscodeView::None,
        }
    }
}
