//! Questions that wait for the phone: at most one rings, the rest stand in line.
//!
//! A ring and a question's patience are two clocks. A ring that nobody answered
//! leaves its question in line, and a push that nobody waits for any more keeps
//! the phone busy until it ended at Duo, because Duo cannot withdraw it.

use std::collections::BTreeMap;

mod waiting;

use thumbturn_wire::deadlines::{RING, RING_AND_BACK};

use crate::{Answer, AskId, Effect, Factor, PushId, Reason};

use waiting::{Asker, Missed};
pub(crate) use waiting::{Judged, Question, Waiting};

/// How long after a ring's 60 s Duo's answer to it may still come.
pub(crate) const MARGIN: u64 = 4_000;
/// How long Duo is left alone after it could not be reached.
const RETRY: u64 = 30_000;
/// Duo locks a user out after ten failures in a row, and counts what nobody answered.
const QUIET: u32 = 5;

/// What the phone shows of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phone {
    #[default]
    Free,
    Ringing(Ringing),
    /// A push that nobody waits for, until it ended at Duo.
    Stale {
        push: PushId,
        since: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ringing {
    pub(crate) push: PushId,
    pub(crate) id: AskId,
    pub(crate) since: u64,
    pub(crate) device: Option<String>,
    pub(crate) verification_code: Option<String>,
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
    pub(crate) fn try_passcode(&mut self, id: AskId) -> Option<(PushId, &Question)> {
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
        Some((push, &waiting.question))
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

    /// Lets go of a push that must be over at Duo. The question of one whose answer never came.
    pub(crate) fn give_up(&mut self, now: u64) -> Option<AskId> {
        if self.phone_until().is_none_or(|until| now < until) {
            return None;
        }
        match std::mem::take(&mut self.phone) {
            Phone::Ringing(Ringing { id, .. }) => Some(id),
            Phone::Free | Phone::Stale { .. } => None,
        }
    }

    /// A trip ended at Duo. Whose it was, if somebody waits for it: an answer to any other is nobody's.
    pub(crate) fn ended(&mut self, push: PushId) -> Option<(AskId, Factor)> {
        match &self.phone {
            Phone::Ringing(ringing) if ringing.push == push => {
                let id = ringing.id;
                self.phone = Phone::Free;
                return Some((id, Factor::Push));
            }
            Phone::Stale { push: stale, .. } if *stale == push => self.phone = Phone::Free,
            Phone::Free | Phone::Ringing(_) | Phone::Stale { .. } => {}
        }
        let by_passcode = self
            .line
            .iter_mut()
            .find(|waiting| waiting.passcode.trip == Some(push))?;
        by_passcode.passcode.trip = None;
        Some((by_passcode.question.id, Factor::Passcode))
    }

    /// Nobody answered: the question stays in line. Whether that was one ring too many.
    pub(crate) fn missed(&mut self, id: AskId, now: u64) -> bool {
        self.missed = self.missed.saturating_add(1);
        if let Some(waiting) = self.find(id) {
            waiting.missed = Missed {
                rings: waiting.missed.rings.saturating_add(1),
                last: now,
            };
            waiting.asked_again = false;
        }
        self.missed == QUIET
    }

    /// Puts a question at the head of the line, because the person asked for it.
    pub(crate) fn ring_again(&mut self, id: AskId, now: u64) {
        let rings = matches!(&self.phone, Phone::Ringing(ringing) if ringing.id == id);
        if let Some(waiting) = self
            .find(id)
            .filter(|waiting| !rings && waiting.has_room(now))
        {
            waiting.asked_again = true;
            self.somebody_is_there();
        }
    }

    /// The phone rings: Duo's 60 s begin. Whose push it is, if somebody waits for it.
    pub(crate) fn rings(
        &mut self,
        push: PushId,
        now: u64,
        device: String,
        verification_code: Option<String>,
    ) -> Option<AskId> {
        self.reached();
        match &mut self.phone {
            Phone::Ringing(ringing) if ringing.push == push => {
                ringing.since = now;
                ringing.device = Some(device);
                ringing.verification_code = verification_code;
                return Some(ringing.id);
            }
            Phone::Stale { push: stale, since } if *stale == push => *since = now,
            Phone::Free | Phone::Ringing(_) | Phone::Stale { .. } => {}
        }
        None
    }

    /// Puts the next question on the phone, if the phone is free and somebody may answer it.
    pub(crate) fn ring(&mut self, now: u64) -> Option<(PushId, &Question)> {
        let rests = self.unreachable.as_ref().is_some_and(|(_, at)| now < *at);
        if self.phone != Phone::Free || self.is_quiet() || rests {
            return None;
        }
        let at = self.order(now).first().copied()?;
        let push = self.next_push();
        let waiting = self.line.get_mut(at)?;
        self.turns.insert(waiting.question.asker(), push);
        self.phone = Phone::Ringing(Ringing {
            push,
            id: waiting.question.id,
            since: now,
            device: None,
            verification_code: None,
        });
        Some((push, &waiting.question))
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
        let of_phone = self.phone_until().filter(|_| !self.line.is_empty());
        let of_line = self.line.iter().flat_map(|waiting| {
            // A menu that offers *Ring again* must take it back in time.
            let room = waiting.deadline.saturating_sub(RING_AND_BACK) + 1;
            [Some(waiting.deadline), Some(room), waiting.again()]
        });
        let of_retry = self.unreachable.as_ref().map(|(_, at)| *at);
        let of_retry = of_retry.filter(|_| !self.line.is_empty());
        of_line
            .chain([of_phone, of_retry, self.hold])
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// When whatever rings must be over at Duo.
    pub(crate) fn phone_until(&self) -> Option<u64> {
        match &self.phone {
            Phone::Free => None,
            Phone::Ringing(Ringing { since, .. }) | Phone::Stale { since, .. } => {
                Some(since + RING + MARGIN)
            }
        }
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
        let mut nobodys: Vec<_> = waiting.passcode.trip.into_iter().collect();
        match &self.phone {
            Phone::Ringing(ringing) if ringing.id == waiting.question.id => {
                let (push, since) = (ringing.push, ringing.since);
                self.phone = Phone::Stale { push, since };
                nobodys.push(push);
            }
            Phone::Free | Phone::Ringing(_) | Phone::Stale { .. } => {}
        }
        nobodys
            .into_iter()
            .map(|push| Effect::Unpush { push })
            .collect()
    }
}
