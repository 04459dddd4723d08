//! All that the tenant knows, in memory: its configuration, its transactions, the orders of a test, and what was asked.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::account::{Device, User, UserStatus};
use crate::auth::Transactions;
use crate::certificate::Certificate;
use crate::config::Config;
use crate::fault::{Endpoint, Faults, Outcome, Script};
use crate::oidc::{Patched, SignIns, Tamper, Turn};
use crate::push::{Ending, PushState, Stage, Tap, TapError};
use crate::random;
use crate::signature::Generation;

pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) transactions: Transactions,
    pub(crate) sign_ins: SignIns,
    pub(crate) orders: Orders,
    pub(crate) log: Vec<Logged>,
    /// By the tenant's own clock; set by `Shared::change`.
    pub(crate) now: Duration,
    pub(crate) unix: i64,
    pub(crate) skew: i64,
}

#[derive(Default)]
pub(crate) struct Orders {
    pub(crate) faults: Faults,
    pub(crate) outcomes: VecDeque<Outcome>,
    pub(crate) certificate: Certificate,
    pub(crate) logo: bool,
    /// For the next id_tokens, ways back and prompts.
    pub(crate) tampers: VecDeque<Tamper>,
    pub(crate) callbacks: VecDeque<Vec<Patched>>,
    pub(crate) turns: VecDeque<Turn>,
}

/// One request of the API, as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// Nothing when the path is none of the API's.
    pub endpoint: Option<Endpoint>,
    pub path: String,
    pub params: Vec<(String, String)>,
    pub user_agent: String,
    /// Nothing when the request was not signed, or badly.
    pub generation: Option<Generation>,
    /// Whether its client assertion has named a `jti` that came before.
    pub replayed_jti: bool,
    /// Nothing while no answer has been sent.
    pub status: Option<u16>,
}

impl Logged {
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl State {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            config,
            transactions: Transactions::default(),
            sign_ins: SignIns::default(),
            orders: Orders::default(),
            log: Vec::new(),
            now: Duration::ZERO,
            unix: 0,
            skew: 0,
        }
    }

    pub(crate) fn play(&mut self, script: Script) {
        match script {
            Script::Fault {
                endpoint,
                fault,
                times,
            } => self.orders.faults.add(endpoint, fault, times),
            Script::NextPush(outcome) => self.orders.outcomes.push_back(outcome),
            Script::Certificate(certificate) => self.orders.certificate = certificate,
            Script::Skew(seconds) => self.skew = seconds,
            Script::User(user) => self.set_user(user),
            Script::Activate { username } => self.activate(&username),
            Script::Policy(policy) => self.config.policy = policy,
            Script::Logo { shown } => self.orders.logo = shown,
            Script::IdToken(tamper) => self.orders.tampers.push_back(tamper),
            Script::Callback(patches) => self.orders.callbacks.push_back(patches),
            Script::NextPrompt(turn) => self.orders.turns.push_back(turn),
            Script::Clear => {
                self.orders.faults.clear();
                self.orders.outcomes.clear();
                self.orders.tampers.clear();
                self.orders.callbacks.clear();
                self.orders.turns.clear();
                self.orders.certificate = Certificate::Genuine;
                self.skew = 0;
            }
            Script::Advance { .. } | Script::Release => {}
        }
    }

    /// Duo's usernames do not tell upper from lower case.
    pub(crate) fn user(&mut self, name: &str) -> Option<&mut User> {
        self.config
            .users
            .iter_mut()
            .find(|user| user.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn set_user(&mut self, user: User) {
        match self.user(&user.name.clone()) {
            Some(known) => *known = user,
            None => self.config.users.push(user),
        }
    }

    fn activate(&mut self, username: &str) {
        let unix = self.unix.unsigned_abs();
        if let Some(user) = self.user(username)
            && let Some(enrollment) = user
                .enrollment
                .as_mut()
                .filter(|enrollment| unix < enrollment.expires)
        {
            enrollment.activated = true;
            user.devices.push(Device::phone("New phone", ""));
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        self.transactions
            .open()
            .map(|transaction| transaction.life.expires)
            .min()
    }

    pub(crate) fn expire(&mut self) {
        let now = self.now;
        let due: Vec<(String, Stage)> = self
            .transactions
            .open()
            .filter(|transaction| transaction.life.expires <= now)
            .map(|transaction| (transaction.push.txid.clone(), transaction.stage))
            .collect();
        for (txid, stage) in due {
            let ending = if stage == Stage::Answered {
                Ending::NoKeypress
            } else {
                Ending::Timeout
            };
            self.end(&txid, ending);
        }
        self.transactions.forget(now);
    }

    pub(crate) fn tap(&mut self, txid: &str, tap: &Tap) -> Result<(), TapError> {
        self.expire();
        let transaction = self.transactions.find(txid).ok_or(TapError::Unknown)?;
        if transaction.push.state != PushState::Ringing {
            return Err(TapError::Closed);
        }
        let ending = match (tap, &mut transaction.code) {
            (Tap::Answer, _) => {
                if transaction.stage == Stage::Calling {
                    transaction.stage = Stage::Answered;
                }
                return Ok(());
            }
            (Tap::Approve, Some(_)) => return Err(TapError::CodeNeeded),
            (Tap::ApproveWithCode(typed), Some(code)) if *typed != code.digits => {
                code.wrong += 1;
                if code.wrong >= WRONG_CODES {
                    self.end(txid, Ending::Deny);
                }
                return Err(TapError::WrongCode);
            }
            (Tap::Approve | Tap::ApproveWithCode(_), _) => Ending::Allow,
            (Tap::Deny, _) if transaction.stage == Stage::Answered => Ending::NoKeypress,
            (Tap::Deny, _) => Ending::Deny,
            (Tap::Fraud, _) => Ending::Fraud,
        };
        self.end(txid, ending);
        Ok(())
    }

    pub(crate) fn end(&mut self, txid: &str, ending: Ending) {
        let Some(transaction) = self.transactions.find(txid) else {
            return;
        };
        let username = transaction.push.username.clone();
        let locked = self.count(&username, ending);
        let now = self.now;
        if let Some(transaction) = self.transactions.find(txid) {
            transaction.end(
                if locked { Ending::LockedOut } else { ending },
                state_after(ending),
                now,
            );
        }
        if locked {
            for other in self.transactions.open_of(&username) {
                other.end(Ending::LockedOut, PushState::Withdrawn, now);
            }
        }
        if ending == Ending::Allow && self.config.policy.remember_devices {
            let token = random::secret(40);
            self.transactions.trust(txid, token, username);
        }
    }

    /// Whether this ending locked the user out just now.
    fn count(&mut self, username: &str, ending: Ending) -> bool {
        let threshold = self.config.policy.lockout_threshold;
        let Some(user) = self.user(username) else {
            return false;
        };
        match ending {
            Ending::Allow => user.failures = 0,
            Ending::Deny
            | Ending::Fraud
            | Ending::Timeout
            | Ending::WrongPasscode
            | Ending::NoKeypress => {
                user.failures += 1;
                if user.status == UserStatus::Active && user.failures >= threshold {
                    user.status = UserStatus::LockedOut;
                    return true;
                }
            }
            Ending::Bypass | Ending::PolicyDeny | Ending::LockedOut | Ending::Sent => {}
        }
        false
    }
}

/// How often a verification code may be typed wrong; Duo does not publish its own number.
const WRONG_CODES: u8 = 3;

fn state_after(ending: Ending) -> PushState {
    match ending {
        Ending::Allow | Ending::Bypass => PushState::Approved,
        Ending::Fraud => PushState::Fraud,
        Ending::Timeout => PushState::Expired,
        Ending::LockedOut => PushState::Withdrawn,
        Ending::Deny
        | Ending::PolicyDeny
        | Ending::WrongPasscode
        | Ending::NoKeypress
        | Ending::Sent => PushState::Denied,
    }
}
