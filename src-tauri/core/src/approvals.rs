//! Questions that wait for the phone: at most one rings, the rest stand in line.
//!
//! A ring and a question's patience are two clocks. A ring that nobody answered
//! leaves its question in line, and a push that nobody waits for any more keeps
//! the phone busy until it ended at Duo, because Duo cannot withdraw it.

use std::collections::BTreeMap;

mod phone;
mod waiting;

use thumbturn_wire::deadlines::RING_AND_BACK;

use crate::grants::Promise;
use crate::{Answer, AskId, Card, Effect, Entry, Factor, PushId, Reason};

pub(crate) use phone::{Phone, Ringing, Shown, Whose};
use waiting::{Asker, Missed};
pub(crate) use waiting::{Judged, Question, Waiting};

/// How long after a ring's 60 s Duo's answer to it may still come.
pub(crate) const MARGIN: u64 = 4_000;
/// How long Duo is left alone after it could not be reached.
const RETRY: u64 = 30_000;
/// Duo locks a user out after ten failures in a row, and counts what nobody answered.
const QUIET: u32 = 5;

/// The most asks on one card.
const SHARED: usize = 8;

/// A push that goes out.
pub(crate) struct Rung<'a> {
    pub(crate) push: PushId,
    pub(crate) factor: Factor,
    /// Whom its card lists, never none.
    pub(crate) questions: Vec<&'a Question>,
    pub(crate) card: Card,
}

#[derive(Debug, Default)]
pub(crate) struct Approvals {
    /// In order of arrival.
    line: Vec<Waiting>,
    phone: Phone,
    pushes: u64,
    /// Rings in a row that nobody answered.
    missed: u32,
    /// Until when asks wait in silence.
    hold: Option<u64>,
    /// Duo could not be reached: what it looked like, and when to try again.
    unreachable: Option<(String, u64)>,
    /// The last push of each asker, while anybody waits.
    turns: BTreeMap<Asker, PushId>,
}

impl Approvals {
    pub(crate) fn line(&self) -> &[Waiting] {
        &self.line
    }

    pub(crate) fn phone(&self) -> &Phone {
        &self.phone
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.missed >= QUIET
    }

    /// Somebody is there: rings may go out again.
    pub(crate) fn somebody_is_there(&mut self) {
        self.missed = 0;
    }

    /// Lets asks wait in silence until then, or no longer.
    pub(crate) fn hold(&mut self, until: Option<u64>) {
        self.hold = until;
    }

    pub(crate) fn held_until(&self) -> Option<u64> {
        self.hold
    }

    /// Duo could not be reached for a question, which stays in line.
    pub(crate) fn could_not_reach(&mut self, words: String, now: u64) {
        self.unreachable = Some((words, now.saturating_add(RETRY)));
    }

    pub(crate) fn reached(&mut self) {
        self.unreachable = None;
    }

    /// What it looked like when Duo could not be reached, while it cannot.
    pub(crate) fn unreachable(&self) -> Option<&str> {
        self.unreachable.as_ref().map(|(words, _)| words.as_str())
    }

    /// Whether another deed stands in the way. A passcode is for a phone that does not
    /// answer, so a deed that waits for that phone is not in its way.
    pub(crate) fn has_deed(&self, with_passcode: bool) -> bool {
        self.line.iter().any(|waiting| {
            waiting.question.deed().is_some() && (!with_passcode || waiting.passcode.trip.is_some())
        })
    }

    pub(crate) fn open(&mut self, waiting: Waiting) {
        self.line.push(waiting);
    }

    /// A question whose answer comes by another way than the phone.
    pub(crate) fn open_with_passcode(&mut self, mut waiting: Waiting) -> PushId {
        let push = self.next_push();
        waiting.passcode.trip = Some(push);
        self.line.push(waiting);
        push
    }

    /// Lets a passcode be tried for an ask, beside whatever rings.
    pub(crate) fn try_passcode(&mut self, id: AskId) -> Option<(PushId, &Card)> {
        let push = PushId(self.pushes + 1);
        let at = self
            .line
            .iter()
            .position(|waiting| waiting.question.id == id && waiting.takes_passcode())?;
        self.pushes = push.0;
        self.somebody_is_there();
        let waiting = self.line.get_mut(at)?;
        waiting.passcode.trip = Some(push);
        waiting.passcode.tried += 1;
        waiting.passcode.wrong = false;
        Some((push, &waiting.card))
    }

    /// Duo did not take the passcode: the ask stays in line.
    pub(crate) fn wrong_passcode(&mut self, id: AskId) {
        if let Some(waiting) = self.find(id) {
            waiting.passcode.wrong = true;
        }
    }

    /// Takes one question out of the line, hanging up if it rings.
    pub(crate) fn take(&mut self, id: AskId) -> Option<(Waiting, Vec<Effect>)> {
        let at = self
            .line
            .iter()
            .position(|waiting| waiting.question.id == id)?;
        let waiting = self.line.remove(at);
        if self.line.is_empty() {
            self.turns.clear();
        }
        let hung_up = self.hang_up(&waiting);
        Some((waiting, hung_up))
    }

    /// Settles one question. Does nothing for one that is settled already.
    pub(crate) fn close(&mut self, id: AskId, answer: Answer) -> Vec<Effect> {
        self.take(id).map_or_else(Vec::new, |(waiting, hung_up)| {
            let settled = waiting.question.settle(answer);
            hung_up.into_iter().chain([settled]).collect()
        })
    }

    /// Settles whoever still waits for a trip by Duo's word on it.
    pub(crate) fn close_by(&mut self, whose: &Whose, answer: &Answer) -> Vec<Effect> {
        let taken: Vec<_> = whose.ids.iter().filter_map(|id| self.take(*id)).collect();
        let settle = |(waiting, mut effects): (Waiting, Vec<Effect>)| {
            effects.push(whose.settle(waiting.question, answer.clone()));
            effects
        };
        taken.into_iter().flat_map(settle).collect()
    }

    /// Settles every question that `which` picks.
    pub(crate) fn close_all(
        &mut self,
        reason: &Reason,
        which: impl Fn(&Waiting) -> bool,
    ) -> Vec<Effect> {
        let ids: Vec<_> = self
            .line
            .iter()
            .filter(|waiting| which(waiting))
            .map(|waiting| waiting.question.id)
            .collect();
        ids.into_iter()
            .flat_map(|id| self.close(id, reason.clone().deny()))
            .collect()
    }

    /// The questions whose patience is over.
    pub(crate) fn overdue(&self, now: u64) -> Vec<(AskId, u64)> {
        let late = self.line.iter().filter(|waiting| waiting.deadline <= now);
        late.map(|waiting| (waiting.question.id, waiting.deadline - waiting.since))
            .collect()
    }

    /// Lets go of a push that must be over at Duo. The questions of one whose answer never came.
    pub(crate) fn give_up(&mut self, now: u64) -> Option<Whose> {
        if self.phone.until().is_none_or(|until| now < until) {
            return None;
        }
        match std::mem::take(&mut self.phone) {
            Phone::Ringing(ringing) => Some(ringing.whose()),
            Phone::Free | Phone::Stale { .. } => None,
        }
    }

    /// A trip ended at Duo. Whose it was, if somebody waits for it: an answer to any other is nobody's.
    pub(crate) fn ended(&mut self, push: PushId) -> Option<Whose> {
        match std::mem::take(&mut self.phone) {
            Phone::Ringing(ringing) if ringing.push == push => return Some(ringing.whose()),
            Phone::Stale { push: stale, .. } if stale == push => {}
            other @ (Phone::Free | Phone::Ringing(_) | Phone::Stale { .. }) => self.phone = other,
        }
        let by_passcode = self
            .line
            .iter_mut()
            .find(|waiting| waiting.passcode.trip == Some(push))?;
        by_passcode.passcode.trip = None;
        Some(Whose {
            ids: vec![by_passcode.question.id],
            listed: 1,
            factor: Factor::Passcode,
            promise: None,
        })
    }

    /// Nobody answered: the questions stay in line. Whether that was one ring too many.
    pub(crate) fn missed(&mut self, ids: &[AskId], now: u64) -> bool {
        self.missed = self.missed.saturating_add(1);
        for id in ids {
            if let Some(waiting) = self.find(*id) {
                waiting.missed = Missed {
                    rings: waiting.missed.rings.saturating_add(1),
                    last: now,
                };
                waiting.asked_again = false;
            }
        }
        self.missed == QUIET
    }

    /// Puts a question at the head of the line, because the person asked for it.
    pub(crate) fn ring_again(&mut self, id: AskId, now: u64) {
        let rings = self.phone.rings_for(id).is_some();
        if let Some(waiting) = self
            .find(id)
            .filter(|waiting| !rings && waiting.has_room(now))
        {
            waiting.asked_again = true;
            self.somebody_is_there();
        }
    }

    /// The phone rings, or the browser opens. Whose it is, if somebody waits for it.
    pub(crate) fn begins(&mut self, push: PushId, now: u64, shown: Shown) -> Vec<AskId> {
        self.reached();
        self.phone.begins(push, now, shown)
    }

    /// Puts the next question on the phone, and those who share its push, if the phone is free and
    /// somebody may answer it. Those whom `show` cannot bring onto one card ring by themselves.
    pub(crate) fn ring(
        &mut self,
        now: u64,
        show: impl Fn(&[&Question]) -> Option<Card>,
    ) -> Option<Rung<'_>> {
        let rests = self.unreachable.as_ref().is_some_and(|(_, at)| now < *at);
        if self.phone != Phone::Free || self.is_quiet() || rests {
            return None;
        }
        let first = self.order(now).first().copied()?;
        let push = self.next_push();
        let first = self.line.get(first)?;
        let (factor, asker) = (first.question.factor(), first.question.asker());
        let mut questions = sharing(&self.line, first, now, self.hold.is_some());
        let card = match show(&questions) {
            Some(card) => card,
            None => {
                questions = vec![&first.question];
                show(&questions)?
            }
        };
        let promise = Promise::of(&questions);
        self.phone = Phone::Ringing(Ringing {
            push,
            ids: questions.iter().map(|question| question.id).collect(),
            listed: u32::try_from(questions.len()).unwrap_or(u32::MAX),
            factor,
            since: now,
            shown: Shown::default(),
            promise: promise.map(Box::new),
        });
        self.turns.insert(asker, push);
        Some(Rung {
            push,
            factor,
            questions,
            card,
        })
    }

    /// Places in the line of those who are due, in the order in which they would ring:
    /// whom the person asked for, then who never rang, then the rest; the
    /// asker whose last ring is longest ago before others; then by arrival.
    pub(crate) fn order(&self, now: u64) -> Vec<usize> {
        let on_hold = self.hold.is_some();
        let mut due: Vec<_> = self
            .line
            .iter()
            .enumerate()
            .filter(|(_, waiting)| waiting.is_due(now, on_hold))
            .map(|(at, waiting)| {
                let turn = self.turns.get(&waiting.question.asker());
                (
                    !waiting.asked_again,
                    waiting.was_missed(),
                    turn,
                    waiting.missed.last,
                    at,
                )
            })
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(.., at)| at).collect()
    }

    /// When something here is to be looked at again, as long as that is after `now`.
    pub(crate) fn next_deadline(&self, now: u64) -> Option<u64> {
        let of_phone = self.phone.until().filter(|_| !self.line.is_empty());
        let of_line = self.line.iter().flat_map(|waiting| {
            // A menu that offers *Ring again* must take it back in time.
            let room = waiting.deadline.saturating_sub(RING_AND_BACK) + 1;
            [
                Some(waiting.deadline),
                Some(room),
                waiting.again(),
                waiting.gathered(),
            ]
        });
        let of_retry = self.unreachable.as_ref().map(|(_, at)| *at);
        let of_retry = of_retry.filter(|_| !self.line.is_empty());
        of_line
            .chain([of_phone, of_retry, self.hold])
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    fn find(&mut self, id: AskId) -> Option<&mut Waiting> {
        self.line
            .iter_mut()
            .find(|waiting| waiting.question.id == id)
    }

    fn next_push(&mut self) -> PushId {
        self.pushes += 1;
        PushId(self.pushes)
    }

    fn hang_up(&mut self, waiting: &Waiting) -> Vec<Effect> {
        let by_passcode = waiting.passcode.trip;
        let by_push = self.phone.leave(waiting.question.id);
        by_passcode
            .into_iter()
            .chain(by_push)
            .map(|push| Effect::Unpush { push })
            .collect()
    }
}

impl Whose {
    /// Settles one of those it was for.
    pub(crate) fn settle(&self, question: Question, answer: Answer) -> Effect {
        Effect::Settle(Box::new(Entry {
            shared_with: self.listed.saturating_sub(1),
            ..question.entry(answer)
        }))
    }
}

/// Whom one push is for: the one whose turn it is, and others, in the order of their arrival.
fn sharing<'a>(
    line: &'a [Waiting],
    first: &'a Waiting,
    now: u64,
    on_hold: bool,
) -> Vec<&'a Question> {
    let is_first = |waiting: &Waiting| waiting.question.id == first.question.id;
    let mut others = 0;
    let mut joins = |waiting: &Waiting| {
        let joins =
            waiting.may_ring(now, on_hold) && first.shares_with(waiting) && others + 1 < SHARED;
        others += usize::from(joins);
        joins
    };
    line.iter()
        .filter(|waiting| is_first(waiting) || joins(waiting))
        .map(|waiting| &waiting.question)
        .collect()
}
