//! Sign-ins under way: from `authorize` to the browser's return, and the code that it returns with.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Visit;
use super::request::Request;
use crate::account::{User, UserStatus};
use crate::config::NewUser;
use crate::random;
use crate::state::State;

/// How long a prompt may stay open, and how long a code is good; Duo publishes neither.
const PROMPT_LIFE: Duration = Duration::from_secs(900);
const CODE_LIFE: Duration = Duration::from_secs(300);
/// The browser's proof that it was remembered, by the token that the Auth API would give for the same approval.
pub(crate) const DEVICE_COOKIE: &str = "duo_tenant_device";

/// What befalls the next sign-in, whoever it is, in place of being asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Passes silently, also where a fresh prompt was asked for.
    TrustedNetwork,
    /// Passes silently, also where a fresh prompt was asked for, as no conforming provider would.
    RememberedDevice,
    /// The page says that the organisation's policy does not let this sign-in through.
    RefusedByPolicy,
    /// The browser is sent back with this error, without a page.
    Error {
        error: String,
        description: Option<String>,
    },
}

pub(crate) struct SignIn {
    pub(crate) sid: String,
    pub(crate) request: Request,
    pub(crate) standing: Standing,
    /// What came of the last try.
    pub(crate) notice: Option<Notice>,
    expires: Duration,
}

pub(crate) enum Standing {
    Asked,
    Ringing {
        txid: String,
    },
    Passed(Pass),
    Refused(Refused),
    /// To be sent back with an error at the next step.
    Returned {
        error: String,
        description: Option<String>,
    },
    Over,
}

/// How the user was let through.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) factor: &'static str,
    pub(crate) reason: &'static str,
    /// Duo documents `["mfa","otp"]`; the values for other factors are RFC 8176's nearest.
    pub(crate) amr: &'static [&'static str],
    pub(crate) txid: String,
    /// The device's name as the log shows it.
    pub(crate) device: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Policy,
    Disabled,
    LockedOut,
    UnknownUser,
    NotEnrolled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    Denied,
    Fraud,
    TimedOut,
    WrongPasscode,
    NoPasscode,
    NoPhone,
}

/// What a code stands for; good once.
pub(super) struct Grant {
    pub(super) code: String,
    pub(super) request: Request,
    pub(super) pass: Pass,
    /// Unix seconds.
    pub(super) auth_time: i64,
    expires: Duration,
}

#[derive(Default)]
pub(crate) struct SignIns {
    list: Vec<SignIn>,
    grants: Vec<Grant>,
    jtis: HashSet<String>,
    /// Whether the request that is being answered has named a jti that came before.
    pub(crate) replayed: bool,
    pub(crate) issued: Vec<String>,
}

impl SignIns {
    pub(crate) fn find(&mut self, sid: &str, now: Duration) -> Option<&mut SignIn> {
        self.list
            .iter_mut()
            .find(|sign_in| sign_in.sid == sid && now < sign_in.expires)
    }

    pub(super) fn note_jti(&mut self, jti: &str) {
        self.replayed |= !self.jtis.insert(jti.to_owned());
    }

    pub(super) fn grant(
        &mut self,
        request: Request,
        pass: Pass,
        (now, unix): (Duration, i64),
    ) -> String {
        let code = random::secret(32);
        self.grants.push(Grant {
            code: code.clone(),
            request,
            pass,
            auth_time: unix,
            expires: now + CODE_LIFE,
        });
        code
    }

    /// A code is used up by whoever presents it with the client's own assertion, also where something else is wrong.
    pub(super) fn redeem(&mut self, code: &str, now: Duration) -> Option<Grant> {
        let at = self.grants.iter().position(|grant| grant.code == code)?;
        let grant = self.grants.remove(at);
        (now < grant.expires).then_some(grant)
    }

    fn forget(&mut self, now: Duration) {
        self.list.retain(|sign_in| now < sign_in.expires);
        self.grants.retain(|grant| now < grant.expires);
    }
}

pub(super) fn begin<'a>(state: &'a mut State, visit: &Visit, request: Request) -> &'a SignIn {
    let now = state.now;
    state.sign_ins.forget(now);
    let standing = first_standing(state, visit, &request);
    let list = &mut state.sign_ins.list;
    list.push(SignIn {
        sid: random::secret(40),
        request,
        standing,
        notice: None,
        expires: now + PROMPT_LIFE,
    });
    let last = list.len() - 1;
    #[expect(clippy::indexing_slicing, reason = "it was pushed just now")]
    &list[last]
}

fn first_standing(state: &mut State, visit: &Visit, request: &Request) -> Standing {
    match state.orders.turns.pop_front() {
        Some(Turn::TrustedNetwork) => return Pass::silent("trusted_network", "trusted_network"),
        Some(Turn::RememberedDevice) => {
            return Pass::silent("remembered_device", "remembered_device");
        }
        Some(Turn::RefusedByPolicy) => return Standing::Refused(Refused::Policy),
        Some(Turn::Error { error, description }) => {
            return Standing::Returned { error, description };
        }
        None => {}
    }
    let Some(user) = state.user(&request.username).cloned() else {
        return match state.config.policy.new_user {
            NewUser::Enroll => Standing::Refused(Refused::NotEnrolled),
            NewUser::Allow => Pass::silent("not_available", "allow_unenrolled_user"),
            NewUser::Deny => Standing::Refused(Refused::UnknownUser),
        };
    };
    match user.status {
        UserStatus::Bypass => Pass::silent("not_available", "bypass_user"),
        UserStatus::Disabled => Standing::Refused(Refused::Disabled),
        UserStatus::LockedOut => Standing::Refused(Refused::LockedOut),
        UserStatus::Active if user.devices.is_empty() => Standing::Refused(Refused::NotEnrolled),
        UserStatus::Active if !request.fresh && is_remembered(state, visit, &user) => {
            Pass::silent("remembered_device", "remembered_device")
        }
        UserStatus::Active => Standing::Asked,
    }
}

fn is_remembered(state: &State, visit: &Visit, user: &User) -> bool {
    let token = visit
        .cookie
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == DEVICE_COOKIE)
        .map(|(_, token)| token);
    state.config.policy.remember_devices
        && token.is_some_and(|token| state.transactions.trusts(token, &user.name))
}

impl Pass {
    fn silent(factor: &'static str, reason: &'static str) -> Standing {
        Standing::Passed(Self {
            factor,
            reason,
            amr: &[],
            txid: random::uuid(),
            device: None,
        })
    }
}
