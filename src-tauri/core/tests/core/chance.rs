//! What happens next on a random walk.

use thumbturn_core::*;

use crate::walks::Walk;
use crate::world::*;

pub(crate) struct Lcg(pub(crate) u64);

impl Lcg {
    pub(crate) fn next(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.next(n) == 0
    }
}

impl Walk {
    pub(crate) fn event(&mut self) -> Event {
        match self.r.next(16) {
            0..=3 => self.an_ask(),
            4 => self.a_deed(),
            5 => Event::HookGone {
                id: AskId(self.r.next(self.asked + 1)),
            },
            6..=9 => self.an_answer(),
            10 => Event::Rings {
                push: PushId(self.ringing.map_or(self.pushes, |(push, _)| push)),
                device: "iPhone".into(),
                verification_code: None,
            },
            11 => Event::SignIn {
                attempt: AttemptId(self.r.next(self.attempts + 1)),
                result: if self.r.one_in(2) {
                    Err(LoginError::Refused)
                } else {
                    let ends = self.world.now.boot + 1 + self.r.next(30 * MINUTE);
                    Ok(session(self.r.one_in(2).then_some(ends)))
                },
            },
            12 | 13 => self.a_click(),
            14 if self.r.one_in(3) => Event::Trouble {
                trouble: [
                    Trouble::Audit,
                    Trouble::NoTrayHost,
                    Trouble::EndpointUnwritable,
                ][self.r.next(3) as usize]
                    .clone(),
                present: self.r.one_in(3),
            },
            14 if self.r.one_in(8) => Event::NotArmed,
            _ => Event::Tick,
        }
    }

    fn an_ask(&mut self) -> Event {
        self.asked += 1;
        let n = self.asked;
        let session = format!("s{}", self.r.next(4));
        let mut ask = ask(n, &session);
        if self.r.one_in(6) {
            ask = tool("Read", "{}");
        }
        let cwd = [Some("/home/dana/shop"), Some("/srv"), None][self.r.next(3) as usize];
        Event::Asked {
            id: AskId(n),
            code: code(n),
            ask: Box::new(ask),
            facts: Facts {
                cwd: cwd.map(Into::into),
            },
            patience: [MINUTE, 62 * SECOND, 2 * MINUTE, 15 * MINUTE][self.r.next(4) as usize],
        }
    }

    fn a_deed(&mut self) -> Event {
        self.asked += 1;
        let n = self.asked;
        let deed = match self.r.next(6) {
            0 | 1 => Deed::TurnOff(Factor::Push),
            2 => Deed::TurnOff(Factor::Passcode),
            3 if self.r.one_in(3) => Deed::Lock,
            _ => Deed::TurnOn(self.a_bound()),
        };
        Event::Requested {
            id: AskId(n),
            code: code(n),
            deed,
            patience: [20 * SECOND, 62 * SECOND, 15 * MINUTE][self.r.next(3) as usize],
        }
    }

    fn a_bound(&mut self) -> Bound {
        match self.r.next(3) {
            0 => Bound::UntilReboot,
            1 => Bound::Until(self.world.now.boot + self.r.next(30 * MINUTE)),
            _ => Bound::Project("/home/dana/shop".into()),
        }
    }

    fn a_click(&mut self) -> Event {
        self.asked += 1;
        let n = self.asked;
        let one = AskId(self.r.next(n));
        let click = match self.r.next(12) {
            0 => Click::Lock,
            1 => Click::TurnOff,
            2 | 3 => Click::TurnOn(self.a_bound()),
            4 | 5 => Click::SignIn,
            6 => Click::CancelSignIn,
            7 if self.r.one_in(2) => Click::SignOut,
            8 => Click::Deny(one),
            _ => Click::RingAgain(one),
        };
        Event::Click {
            id: AskId(n),
            code: code(n),
            click,
        }
    }

    /// Of the push that rings, mostly; of another one now and then.
    fn an_answer(&mut self) -> Event {
        let open = [self.ringing, self.passcode][self.r.next(2) as usize];
        let push = match open {
            Some((push, _)) if !self.r.one_in(4) => push,
            Some(_) | None => self.r.next(self.pushes + 1),
        };
        let words = || "w".to_owned();
        let outcome = match self.r.next(12) {
            0..=3 => yes(),
            4 => Outcome::Denied,
            5..=7 => Outcome::Unanswered,
            8 => Outcome::Unreachable { words: words() },
            9 => Outcome::Bypassed,
            10 if self.r.one_in(4) => Outcome::ReportedFraud,
            _ => Outcome::LockedOut,
        };
        Event::Phone {
            push: PushId(push),
            outcome,
        }
    }
}
