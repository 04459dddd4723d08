//! `auth`: starts a push, a call, a batch of SMS passcodes or the check of a passcode.

use serde_json::json;

use super::transaction::{Code, Life, Marks, Offer, Transaction};
use super::{Params, status};
use crate::account::{Capability, Device, User, UserStatus};
use crate::config::NewUser;
use crate::fault::Outcome;
use crate::params;
use crate::push::{Ending, Factor, Push, PushState, PushText, Stage, Tap};
use crate::random;
use crate::reply::{Refusal, Reply};
use crate::shared::Shared;
use crate::state::State;

/// Duo's limit on encoded pushinfo. Which encoding is measured is not published: the outer one is the stricter.
const PUSHINFO_LIMIT: usize = 20_000;

pub(super) async fn auth(shared: &Shared, params: &Params) -> Reply {
    let asynchronous = params.flag("async")?;
    let txid = shared.change(|state| begin(state, params, asynchronous))?;
    if asynchronous {
        return Ok(json!({"txid": txid}));
    }
    Ok(shared.until(|state| status::ended(state, &txid)).await)
}

fn begin(state: &mut State, params: &Params, asynchronous: bool) -> Result<String, Refusal> {
    let factor = params.required("factor")?;
    let Some(user) = params.user(state)? else {
        let ending = match state.config.policy.new_user {
            NewUser::Enroll => return Err(Refusal::invalid("username")),
            NewUser::Allow => Ending::Allow,
            NewUser::Deny => Ending::PolicyDeny,
        };
        let name = params.value("username").unwrap_or_default().to_owned();
        return Ok(settle(state, name, Factor::Passcode, ending, asynchronous));
    };
    let standing = match user.status {
        UserStatus::Active => None,
        UserStatus::Bypass => Some(Ending::Bypass),
        UserStatus::Disabled => Some(Ending::PolicyDeny),
        UserStatus::LockedOut => Some(Ending::LockedOut),
    };
    let (factor, device) = choice(&user, factor, params)?;
    if let Some(ending) = standing {
        return Ok(settle(state, user.name, factor, ending, asynchronous));
    }
    match (factor, device) {
        (Factor::Passcode, _) => {
            let passcode = params.required("passcode")?;
            let good = state
                .user(&user.name)
                .is_some_and(|user| user.spend(passcode).is_some());
            let ending = if good {
                Ending::Allow
            } else {
                Ending::WrongPasscode
            };
            Ok(settle(state, user.name, factor, ending, asynchronous))
        }
        (Factor::Sms, Some(device)) => {
            if let Some(device) = state
                .user(&user.name)
                .and_then(|user| user.devices.iter_mut().find(|known| known.id == device.id))
            {
                device.send_sms_codes();
            }
            Ok(settle(state, user.name, factor, Ending::Sent, asynchronous))
        }
        (Factor::Push | Factor::Phone | Factor::Sms, device) => {
            let device = device.ok_or_else(|| Refusal::missing("device"))?;
            let marks = Marks {
                number: device.masked_number(),
                ..Marks::default()
            };
            let mut push = Push::new(params, &user, factor, &device)?;
            push.created = state.unix.unsigned_abs();
            push.application.clone_from(&state.config.application.name);
            ring(state, (push, marks), params, asynchronous)
        }
    }
}

/// The factor and the device that it goes to; `auto` takes push before a call, and the first device that can do it.
fn choice(user: &User, factor: &str, params: &Params) -> Result<(Factor, Option<Device>), Refusal> {
    let (factors, device): (&[(Factor, Capability)], _) = match factor {
        "passcode" if params.value("device").is_some() => return Err(Refusal::invalid("device")),
        "passcode" => return Ok((Factor::Passcode, None)),
        "push" => (
            &[(Factor::Push, Capability::Push)],
            params.required("device")?,
        ),
        "sms" => (
            &[(Factor::Sms, Capability::Sms)],
            params.required("device")?,
        ),
        "phone" => (
            &[(Factor::Phone, Capability::Phone)],
            params.required("device")?,
        ),
        "auto" => (
            &[
                (Factor::Push, Capability::Push),
                (Factor::Phone, Capability::Phone),
            ],
            params.required("device")?,
        ),
        _ => return Err(Refusal::invalid("factor")),
    };
    if params.value("passcode").is_some() {
        return Err(Refusal::invalid("passcode"));
    }
    if device != "auto" && !user.devices.iter().any(|known| known.id == device) {
        return Err(Refusal::invalid("device"));
    }
    factors
        .iter()
        .find_map(|&(factor, capability)| {
            let able =
                |known: &&Device| known.can(capability) && (device == "auto" || known.id == device);
            user.devices
                .iter()
                .find(able)
                .map(|device| (factor, Some(device.clone())))
        })
        .ok_or_else(|| Refusal::invalid("no capable device"))
}

fn ring(
    state: &mut State,
    (mut push, marks): (Push, Marks),
    params: &Params,
    asynchronous: bool,
) -> Result<String, Refusal> {
    let mut expires = state.now + state.config.policy.push_life();
    let mut code = None;
    if push.factor == Factor::Push
        && let Some(offer) = verified(state, &push, params)?
    {
        push.txid = offer.txid;
        expires = offer.expires;
        code = Some(offer.digits);
    }
    let transaction = Transaction {
        stage: Stage::Pushed,
        push,
        told: None,
        asynchronous,
        code: code.map(|digits| Code { digits, wrong: 0 }),
        life: Life {
            expires,
            ended: None,
        },
        marks,
    };
    Ok(start(state, transaction))
}

fn start(state: &mut State, mut transaction: Transaction) -> String {
    let txid = transaction.push.txid.clone();
    let calls = transaction.push.factor == Factor::Phone;
    if calls {
        transaction.stage = Stage::Calling;
    }
    let digits = transaction.code.as_ref().map(|code| code.digits.clone());
    state.transactions.add(transaction);
    if !calls {
        foreordain(state, &txid, digits);
    }
    txid
}

/// A push that the prompt sends; `auth_status` knows nothing of it. Its code, where the policy demands one, is the tenant's
/// own and needs no txid from `preauth`.
pub(crate) fn ring_for_prompt(state: &mut State, push: Push, number: String) -> String {
    let code = state.config.policy.verified_digits.map(|count| Code {
        digits: random::digits(usize::from(count)),
        wrong: 0,
    });
    let transaction = Transaction {
        stage: Stage::Pushed,
        push,
        told: None,
        asynchronous: false,
        code,
        life: Life {
            expires: state.now + state.config.policy.push_life(),
            ended: None,
        },
        marks: Marks {
            number,
            ..Marks::default()
        },
    };
    start(state, transaction)
}

/// The offer that this push uses up. Where the policy demands a code, a push without the txid of one is refused, as
/// Duo's own mock does it; so is a txid that was never given out.
fn verified(state: &mut State, push: &Push, params: &Params) -> Result<Option<Offer>, Refusal> {
    let wanted = params.value("txid");
    if wanted.is_none() && state.config.policy.verified_digits.is_none() {
        return Ok(None);
    }
    let now = state.now;
    let offers = &mut state.transactions.offers;
    let at = offers.iter().position(|offer| {
        Some(offer.txid.as_str()) == wanted
            && offer.username == push.username
            && now < offer.expires
    });
    at.map(|at| Some(offers.remove(at)))
        .ok_or_else(|| Refusal::invalid("txid"))
}

/// What a script or the tenant itself does to a new push.
fn foreordain(state: &mut State, txid: &str, digits: Option<String>) {
    let approve = digits.map_or(Tap::Approve, Tap::ApproveWithCode);
    let tap = match state.orders.outcomes.pop_front() {
        Some(Outcome::Approve) => Some(approve),
        Some(Outcome::Deny) => Some(Tap::Deny),
        Some(Outcome::Fraud) => Some(Tap::Fraud),
        Some(Outcome::Timeout) => return state.end(txid, Ending::Timeout),
        Some(Outcome::PushFailed) => {
            if let Some(transaction) = state.transactions.find(txid) {
                transaction.stage = Stage::PushFailed;
            }
            None
        }
        None if state.config.auto == Some(Tap::Approve) => Some(approve),
        None => state.config.auto.clone(),
    };
    if let Some(tap) = tap {
        // A push that is this new is open, and an approval carries its code.
        let _ = state.tap(txid, &tap);
    }
}

/// A transaction that rings nowhere and is over at once.
pub(crate) fn settle(
    state: &mut State,
    username: String,
    factor: Factor,
    ending: Ending,
    asynchronous: bool,
) -> String {
    let txid = random::uuid();
    state.transactions.add(Transaction {
        push: Push {
            txid: txid.clone(),
            application: String::new(),
            username,
            device: String::new(),
            factor: if factor == Factor::Sms {
                Factor::Sms
            } else {
                Factor::Passcode
            },
            text: PushText::default(),
            state: PushState::Ringing,
            created: state.unix.unsigned_abs(),
        },
        stage: Stage::Pushed,
        told: None,
        asynchronous,
        code: None,
        life: Life {
            expires: state.now,
            ended: None,
        },
        marks: Marks::default(),
    });
    state.end(&txid, ending);
    txid
}

impl Push {
    fn new(params: &Params, user: &User, factor: Factor, device: &Device) -> Result<Self, Refusal> {
        let pushinfo = params.value("pushinfo").unwrap_or_default();
        let encoded = params::canonical(&[(String::new(), pushinfo.to_owned())]);
        if encoded.len() > PUSHINFO_LIMIT {
            return Err(Refusal::invalid("pushinfo"));
        }
        let text = |name: &str| params.value(name).map(ToOwned::to_owned);
        Ok(Self {
            txid: random::uuid(),
            application: String::new(),
            username: user.name.clone(),
            device: device.id.clone(),
            factor,
            text: PushText {
                r#type: text("type").unwrap_or_else(|| "Login request".to_owned()),
                display_username: text("display_username"),
                ipaddr: text("ipaddr"),
                hostname: text("hostname"),
                pushinfo: PushText::pairs(pushinfo),
            },
            state: PushState::Ringing,
            created: 0,
        })
    }
}
