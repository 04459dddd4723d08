//! Signing in and out. A sign-in counts only for the trip that is open.

use crate::login::{Login, TRIP};
use crate::{
    AttemptId, Bound, By, Core, Effect, Factor, LoginError, Mode, Reason, Record, Session,
    SessionEnd, notice,
};

impl Core {
    /// Who is signed in has nothing to gain from it, unless everything is locked.
    pub(crate) fn open_sign_in(&mut self, now: u64) -> Vec<Effect> {
        if self.login.is_signed_in() && self.setup.mode != Mode::Locked {
            return Vec::new();
        }
        let mut effects = Vec::new();
        let before = match std::mem::replace(&mut self.login, Login::SignedOut) {
            Login::InTrip {
                attempt, before, ..
            } => {
                effects.push(Effect::CloseSignIn { attempt });
                before
            }
            login @ (Login::SignedOut | Login::SignedIn(_) | Login::Expired(_)) => Box::new(login),
        };
        self.attempts += 1;
        let attempt = AttemptId(self.attempts);
        self.login = Login::InTrip {
            attempt,
            deadline: now.saturating_add(TRIP),
            before,
        };
        effects.push(Effect::OpenSignIn { attempt });
        effects
    }

    pub(crate) fn signed_in(
        &mut self,
        attempt: AttemptId,
        result: Result<Session, LoginError>,
    ) -> Vec<Effect> {
        if self.open_attempt() != Some(attempt) {
            return Vec::new();
        }
        let session = match result {
            Ok(session) => session,
            Err(error) => return self.sign_in_failed(error),
        };
        let user = session.user.clone();
        self.login = Login::SignedIn(session);
        self.approvals.somebody_is_there();
        let how = Factor::Push;
        let mut effects = vec![Effect::Record(Record::SignedIn { user, how })];
        if self.setup.mode == Mode::Locked {
            effects.extend(self.set_mode(Mode::On(Bound::UntilReboot), By::Desk));
        }
        effects
    }

    pub(crate) fn cancel_sign_in(&mut self) -> Vec<Effect> {
        let Some(attempt) = self.end_trip() else {
            return Vec::new();
        };
        let why = LoginError::Cancelled;
        vec![
            Effect::CloseSignIn { attempt },
            Effect::Record(Record::SignInFailed { why }),
        ]
    }

    pub(crate) fn sign_out(&mut self) -> Vec<Effect> {
        let closed = self
            .end_trip()
            .map(|attempt| Effect::CloseSignIn { attempt });
        let mut effects: Vec<_> = closed.into_iter().collect();
        if self.login == Login::SignedOut {
            return effects;
        }
        self.login = Login::SignedOut;
        effects.extend(self.approvals.close_all(&Reason::SignedOut, |_| true));
        let why = SessionEnd::Desk;
        effects.push(Effect::ForgetTokens);
        effects.push(Effect::Record(Record::SignedOut { why }));
        effects
    }

    pub(crate) fn expire_login(&mut self, now: u64) -> Vec<Effect> {
        if self.login.deadline().is_none_or(|at| now < at) {
            return Vec::new();
        }
        if let Some(attempt) = self.open_attempt() {
            let mut effects = vec![Effect::CloseSignIn { attempt }];
            effects.extend(self.sign_in_failed(LoginError::TimedOut));
            // What was before the trip may be over too.
            effects.extend(self.expire_login(now));
            return effects;
        }
        let Login::SignedIn(session) = std::mem::replace(&mut self.login, Login::SignedOut) else {
            return Vec::new();
        };
        self.login = Login::Expired(session);
        let why = SessionEnd::Expired;
        vec![
            Effect::Record(Record::SignedOut { why }),
            notice(
                "Your Duo session is over",
                "Sign in again, so that your phone can ring.",
            ),
        ]
    }

    fn sign_in_failed(&mut self, why: LoginError) -> Vec<Effect> {
        self.end_trip();
        let told = notice("The sign-in did not work", why.words());
        vec![Effect::Record(Record::SignInFailed { why }), told]
    }

    fn open_attempt(&self) -> Option<AttemptId> {
        match &self.login {
            Login::InTrip { attempt, .. } => Some(*attempt),
            Login::SignedOut | Login::SignedIn(_) | Login::Expired(_) => None,
        }
    }

    /// Leads back to what was before the open trip.
    fn end_trip(&mut self) -> Option<AttemptId> {
        match std::mem::replace(&mut self.login, Login::SignedOut) {
            Login::InTrip {
                attempt, before, ..
            } => {
                self.login = *before;
                Some(attempt)
            }
            login @ (Login::SignedOut | Login::SignedIn(_) | Login::Expired(_)) => {
                self.login = login;
                None
            }
        }
    }
}
