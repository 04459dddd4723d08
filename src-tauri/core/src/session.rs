//! Signing in and out, and the end of a session. A sign-in counts only for the trip that is open.

use crate::login::{Held, Live, RENEW_AGAIN, RENEW_PATIENCE, SOON, TRIP, Trip};
use crate::{
    AttemptId, Bound, By, Core, Effect, GrantEnd, LoginError, Mode, Reason, Record, Session,
    SessionEnd, notice,
};

impl Core {
    /// Who is signed in has nothing to gain from it, unless everything is locked or the session ends soon.
    pub(crate) fn may_sign_in(&self, now: u64) -> bool {
        let stands = self.login.is_signed_in() && !self.login.is_soon_over(now);
        !stands || self.setup.mode == Mode::Locked
    }

    pub(crate) fn open_sign_in(&mut self, user: Option<String>, now: u64) -> Vec<Effect> {
        if !self.may_sign_in(now) {
            return Vec::new();
        }
        // A name never replaces the one that is known.
        let known = self.user().map(ToOwned::to_owned);
        let mut effects = self.close_trip();
        self.attempts += 1;
        let attempt = AttemptId(self.attempts);
        self.login.trip = Some(Trip {
            attempt,
            deadline: now.saturating_add(TRIP),
            address: None,
            verification_code: None,
        });
        effects.push(Effect::OpenSignIn {
            attempt,
            user: known.or(user),
        });
        effects
    }

    pub(crate) fn sign_in_page(&mut self, attempt: AttemptId, address: String) -> Vec<Effect> {
        if let Some(trip) = &mut self.login.trip
            && trip.attempt == attempt
        {
            trip.address = Some(address);
        }
        Vec::new()
    }

    pub(crate) fn sign_in_rings(
        &mut self,
        attempt: AttemptId,
        verification_code: Option<String>,
    ) -> Vec<Effect> {
        let Some(trip) = &mut self.login.trip else {
            return Vec::new();
        };
        if trip.attempt == attempt {
            trip.verification_code = verification_code;
        }
        Vec::new()
    }

    pub(crate) fn signed_in(
        &mut self,
        attempt: AttemptId,
        result: Result<Session, LoginError>,
    ) -> Vec<Effect> {
        let is_open = |trip: &Trip| trip.attempt == attempt;
        if !self.login.trip.as_ref().is_some_and(is_open) {
            return Vec::new();
        }
        self.login.trip = None;
        let session = match result {
            Ok(session) => session,
            Err(error) => return sign_in_failed(error),
        };
        if let Some(known) = self.user().filter(|known| *known != session.user) {
            let words = format!("it is for {}, and {known} is signed in here", session.user);
            return sign_in_failed(LoginError::Untrusted { words });
        }
        let (user, how) = (session.user.clone(), session.way);
        self.login.held = Held::SignedIn(Live::new(session));
        self.approvals.somebody_is_there();
        let mut effects = vec![Effect::Record(Record::SignedIn { user, how })];
        if self.setup.mode == Mode::Locked {
            effects.extend(self.set_mode(Mode::On(Bound::UntilReboot), By::Desk));
        }
        effects
    }

    /// The keychain's word, which counts only while nothing else is known.
    pub(crate) fn remembered(&mut self, session: Option<Session>) -> Vec<Effect> {
        if self.login.held != Held::Unknown {
            return Vec::new();
        }
        match session {
            Some(session) => {
                self.login.held = Held::SignedIn(Live::new(session));
                Vec::new()
            }
            None => {
                self.login.held = Held::SignedOut;
                self.approvals.close_all(&Reason::SignedOut, |_| true)
            }
        }
    }

    pub(crate) fn cancel_sign_in(&mut self) -> Vec<Effect> {
        let mut effects = self.close_trip();
        if !effects.is_empty() {
            let why = LoginError::Cancelled;
            effects.push(Effect::Record(Record::SignInFailed { why }));
        }
        effects
    }

    pub(crate) fn sign_out(&mut self) -> Vec<Effect> {
        let mut effects = self.close_trip();
        self.approvals.hold(None);
        if self.login.held == Held::SignedOut {
            return effects;
        }
        self.login.held = Held::SignedOut;
        effects.extend(self.end_grants(GrantEnd::SignedOut));
        effects.extend(self.approvals.close_all(&Reason::SignedOut, |_| true));
        let why = SessionEnd::Desk;
        effects.push(Effect::ForgetTokens);
        effects.push(Effect::Record(Record::SignedOut { why }));
        effects
    }

    /// The provider's word on a session that was to be renewed. It can never make one longer than it began.
    pub(crate) fn renewed(&mut self, result: Result<Session, LoginError>, now: u64) -> Vec<Effect> {
        let Held::SignedIn(live) = &mut self.login.held else {
            return Vec::new();
        };
        if !live.renewing {
            return Vec::new();
        }
        live.renewing = false;
        match result {
            Ok(session) if session.user == live.session.user => {
                live.unreachable = None;
                // One that is to be renewed at once would be renewed without end.
                let soonest = now + RENEW_AGAIN;
                live.session.renews = session.renews.map(|at| at.max(soonest));
                live.session.ends = live.session.ends.min(session.ends);
                Vec::new()
            }
            Err(LoginError::Unreachable { .. })
                if now < live.unreachable.unwrap_or(now) + RENEW_PATIENCE =>
            {
                live.unreachable.get_or_insert(now);
                live.session.renews = Some(now + RENEW_AGAIN);
                Vec::new()
            }
            Ok(_) | Err(_) => {
                let mut effects = vec![Effect::ForgetTokens];
                effects.extend(self.end_session(SessionEnd::Revoked));
                effects
            }
        }
    }

    pub(crate) fn expire_login(&mut self, now: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self
            .login
            .trip
            .as_ref()
            .is_some_and(|trip| trip.deadline <= now)
        {
            effects.extend(self.close_trip());
            effects.extend(sign_in_failed(LoginError::TimedOut));
        }
        let Held::SignedIn(live) = &mut self.login.held else {
            return effects;
        };
        if live.session.ends <= now {
            effects.extend(self.end_session(SessionEnd::Expired));
            return effects;
        }
        if live.session.renews.is_some_and(|at| at <= now) && !live.renewing {
            live.renewing = true;
            effects.push(Effect::RenewSession);
        }
        if live.session.ends.saturating_sub(SOON) <= now && !live.warned {
            live.warned = true;
            effects.push(notice(
                "Your Duo session ends within 30 min",
                "Sign in again before that, so that your phone goes on ringing.",
            ));
        }
        effects
    }

    /// The person's name, as Duo knows it: who is signed in, or was until the session expired.
    pub fn user(&self) -> Option<&str> {
        self.login.session().map(|session| session.user.as_str())
    }

    fn end_session(&mut self, why: SessionEnd) -> Vec<Effect> {
        let Held::SignedIn(live) = std::mem::replace(&mut self.login.held, Held::SignedOut) else {
            return Vec::new();
        };
        self.login.held = Held::Expired(live.session);
        let mut effects = self.end_grants(GrantEnd::SignedOut);
        effects.push(Effect::Record(Record::SignedOut { why }));
        effects.push(notice(
            "Your Duo session is over",
            "Sign in again, so that your phone can ring. Asks wait for it.",
        ));
        effects
    }

    fn close_trip(&mut self) -> Vec<Effect> {
        let trip = self.login.trip.take();
        trip.map(|Trip { attempt, .. }| Effect::CloseSignIn { attempt })
            .into_iter()
            .collect()
    }
}

fn sign_in_failed(why: LoginError) -> Vec<Effect> {
    let told = notice("The sign-in did not work", &why.words());
    vec![Effect::Record(Record::SignInFailed { why }), told]
}
