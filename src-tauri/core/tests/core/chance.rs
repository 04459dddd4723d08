//! What happens next on a random walk.

use thumbturn_core::*;

use crate::ruled;
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
        if self.login.renewing && self.r.one_in(4) {
            return self.a_renewal();
        }
        match self.r.next(18) {
            0..=3 => self.an_ask(),
            4 | 5 => self.a_deed(),
            6 => Event::HookGone {
                id: AskId(self.r.next(self.asked + 1)),
            },
            7..=10 => self.an_answer(),
            11 if self.r.one_in(5) => Event::StepUpPage {
                push: PushId(self.pushes),
                address: "http://localhost:1/x/start".into(),
            },
            11 if self.r.one_in(6) => Event::Rules(Box::new(match self.r.next(3) {
                0 => Rules::none(),
                _ => ruled::rules(),
            })),
            11 => Event::Rings {
                push: PushId(self.ringing.as_ref().map_or(self.pushes, |ring| ring.push)),
                device: "iPhone".into(),
                verification_code: None,
            },
            12 => self.of_the_session(),
            13..=15 => self.a_click(),
            16 if self.r.one_in(3) => Event::Trouble {
                trouble: [
                    Trouble::Audit,
                    Trouble::NoTrayHost,
                    Trouble::EndpointUnwritable,
                ][self.r.next(3) as usize]
                    .clone(),
                present: self.r.one_in(3),
            },
            16 if self.r.one_in(8) => Event::NotArmed,
            16 if self.r.one_in(4) => Event::Settings {
                patience: [10 * MINUTE, 3 * MINUTE][self.r.next(2) as usize],
                session_lifetime: [8 * HOUR, 24 * HOUR][self.r.next(2) as usize],
                off_needs_push: self.r.one_in(2),
            },
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
        } else if self.r.one_in(2) {
            let at = self.r.next(ruled::TOOLS.len() as u64 + 4) as usize;
            let name = ruled::TOOLS.get(at).unwrap_or(&"Write");
            ask = tool(name, &format!("{{\"n\":{}}}", self.r.next(3)));
            let is_one = at >= ruled::TOOLS.len() - 1 || self.r.one_in(2);
            ask.session = if is_one { "s0" } else { "s1" }.into();
            let prompts = [
                None,
                Some("p1"),
                Some("p1"),
                Some("p1"),
                Some("p1"),
                Some("p2"),
            ];
            ask.prompt = prompts[self.r.next(6) as usize].map(Into::into);
        }
        let ask = self.maybe_again(ask);
        let cwd = [Some("/home/dana/shop"), Some("/srv"), None][self.r.next(3) as usize];
        Event::Asked {
            id: AskId(n),
            code: code(n),
            ask: Box::new(ask),
            facts: Facts {
                cwd: cwd.map(Into::into),
                ..Facts::default()
            },
            patience: [MINUTE, 62 * SECOND, 2 * MINUTE, 15 * MINUTE][self.r.next(4) as usize],
        }
    }

    fn a_deed(&mut self) -> Event {
        self.asked += 1;
        let n = self.asked;
        let until = self.world.now.boot + self.a_length();
        let deed = match self.r.next(16) {
            0..=2 => Deed::TurnOff(Factor::Push),
            3 => Deed::TurnOff(Factor::Passcode),
            4 if self.r.one_in(3) => Deed::Lock,
            5 | 6 => Deed::Pause(until),
            7 | 8 => Deed::Hold((!self.r.one_in(4)).then_some(until)),
            9 if self.r.one_in(3) => Deed::EndGrants,
            9 if self.r.one_in(3) => Deed::EndGrant(code(self.r.next(n))),
            9 => Deed::Deny(code(self.r.next(n))),
            10 => Deed::SignIn {
                user: self.a_name(),
            },
            11 => Deed::CancelSignIn,
            12 => Deed::SignOut {
                all: self.r.one_in(2),
            },
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

    fn a_length(&mut self) -> u64 {
        if self.r.one_in(40) {
            return 9 * HOUR;
        }
        self.r.next(20 * MINUTE)
    }

    fn a_name(&mut self) -> Option<String> {
        [None, Some("dana"), Some("eve")][self.r.next(3) as usize].map(Into::into)
    }

    pub(crate) fn a_session(&mut self) -> Session {
        let now = self.world.now.boot;
        let user = if self.r.one_in(5) { "eve" } else { "dana" };
        let ends = match self.r.next(3) {
            0 => now + self.r.next(40 * MINUTE),
            _ => now + 24 * HOUR,
        };
        Session {
            user: user.into(),
            way: [Way::UniversalPrompt, Way::SingleSignOn, Way::Push][self.r.next(3) as usize],
            ends,
            renews: self.r.one_in(3).then(|| now + self.r.next(20 * MINUTE)),
        }
    }

    fn of_the_session(&mut self) -> Event {
        let attempt = match self.trip {
            Some(open) if !self.r.one_in(4) => AttemptId(open),
            Some(_) | None => AttemptId(self.r.next(self.attempts + 1)),
        };
        let words = || "w".to_owned();
        match self.r.next(6) {
            0 => Event::SignInPage {
                attempt,
                address: "https://duo.example/".into(),
            },
            1 => Event::Remembered {
                session: (!self.r.one_in(3)).then(|| self.a_session()),
            },
            2 => Event::SignIn {
                attempt,
                result: Err(LoginError::Refused { words: words() }),
            },
            _ => Event::SignIn {
                attempt,
                result: Ok(self.a_session()),
            },
        }
    }

    fn a_renewal(&mut self) -> Event {
        let words = || "w".to_owned();
        Event::Renewed {
            result: match self.r.next(5) {
                0 => Err(LoginError::Refused { words: words() }),
                1 | 2 => Err(LoginError::Unreachable { words: words() }),
                _ => Ok(self.a_session()),
            },
        }
    }

    fn a_click(&mut self) -> Event {
        self.asked += 1;
        let n = self.asked;
        let one = AskId(match self.r.next(3) {
            0 => self.r.next(n),
            _ => self.one_that_waits(),
        });
        let click = match self.r.next(20) {
            0 if self.r.one_in(2) => Click::Lock,
            1 => Click::TurnOff,
            2 | 3 => Click::TurnOn(self.a_bound()),
            4 | 5 => Click::SignIn {
                user: self.a_name(),
            },
            6 if self.r.one_in(2) => Click::CancelSignIn,
            7 if self.r.one_in(2) => Click::SignOut,
            8 => Click::Deny(one),
            9 => Click::Pause(self.a_length()),
            10 | 11 => Click::Hold(self.a_length()),
            12 => Click::EndHold,
            13 if self.r.one_in(3) => Click::TestPush,
            14 | 15 => Click::Passcode(one),
            16 if self.r.one_in(3) => Click::EndGrants,
            16 if self.r.one_in(3) => Click::EndGrant(GrantId(1)),
            16 => Click::Set(self.a_setting()),
            _ => Click::RingAgain(one),
        };
        Event::Click {
            id: AskId(n),
            code: code(n),
            click,
            at: [Desk::Tray, Desk::Window][self.r.next(2) as usize],
        }
    }

    fn a_setting(&mut self) -> Setting {
        match self.r.next(4) {
            0 => Setting::RequirePushToTurnOff(self.r.one_in(3)),
            1 => {
                Setting::SessionLifetime([8 * HOUR, 24 * HOUR, 48 * HOUR][self.r.next(3) as usize])
            }
            2 => Setting::Patience(3 * MINUTE),
            _ => Setting::Language("de".into()),
        }
    }

    /// Of a trip that is open, mostly; of another one now and then.
    fn an_answer(&mut self) -> Event {
        let by_passcode = self.passcodes.first_key_value().map(|(push, _)| *push);
        let ringing = self.ringing.as_ref().map(|ring| ring.push);
        let open = [ringing, by_passcode][self.r.next(2) as usize];
        let push = match open {
            Some(push) if !self.r.one_in(4) => push,
            Some(_) | None => self.r.next(self.pushes + 1),
        };
        let ring = self.ringing.as_ref().filter(|ring| ring.push == push);
        let mut factor = ring.map_or(Factor::Push, |ring| ring.factor);
        if self.passcodes.contains_key(&push) {
            factor = Factor::Passcode;
        } else if self.r.one_in(12) {
            factor = Factor::Push;
        }
        let words = || "w".to_owned();
        let outcome = match self.r.next(20) {
            14 => Outcome::NotVerified,
            15 => Outcome::NoUniversalPrompt,
            16 => Outcome::StepUpFailed { words: words() },
            0..=3 | 17..=19 => Outcome::Approved(Approval {
                factor,
                ..approval()
            }),
            4 => Outcome::Denied,
            5..=7 => Outcome::Unanswered,
            8 | 9 => Outcome::Unreachable { words: words() },
            10 => Outcome::Bypassed,
            11 if self.r.one_in(4) => Outcome::ReportedFraud,
            12 => Outcome::WrongPasscode,
            _ => Outcome::LockedOut,
        };
        Event::Phone {
            push: PushId(push),
            outcome,
        }
    }
}
