//! What the buttons do, and what the phone did in the meantime.

use crate::account::{Capability, Device, Passcode, User, UserStatus};
use crate::auth::{ring_for_prompt, settle};
use crate::oidc::{Notice, Pass, Refused, Standing};
use crate::push::{Ending, Factor, Push, PushState, PushText, Stage};
use crate::random;
use crate::state::State;

/// Lets the sign-in know how its push ended.
pub(super) fn catch_up(state: &mut State, sid: &str) {
    let now = state.now;
    let Some(sign_in) = state.sign_ins.find(sid, now) else {
        return;
    };
    let Standing::Ringing { txid } = &sign_in.standing else {
        return;
    };
    let txid = txid.clone();
    let Some(transaction) = state.transactions.find(&txid) else {
        return;
    };
    let verified = transaction.code.is_some();
    let Stage::Ended(ending) = transaction.stage else {
        return;
    };
    let device = transaction.push.device.clone();
    let username = transaction.push.username.clone();
    let (standing, notice) = match ending {
        Ending::Allow | Ending::Bypass => {
            let device = state
                .user(&username)
                .and_then(|user| user.devices.iter().find(|known| known.id == device))
                .map(Device::display_name);
            let pass = Pass {
                factor: if verified {
                    "verified_duo_push"
                } else {
                    "duo_push"
                },
                reason: "user_approved",
                amr: &["mfa", "swk"],
                txid,
                device,
            };
            (Standing::Passed(pass), None)
        }
        Ending::LockedOut => (Standing::Refused(Refused::LockedOut), None),
        Ending::PolicyDeny => (Standing::Refused(Refused::Disabled), None),
        Ending::Fraud => (Standing::Asked, Some(Notice::Fraud)),
        Ending::Timeout => (Standing::Asked, Some(Notice::TimedOut)),
        Ending::WrongPasscode => (Standing::Asked, Some(Notice::WrongPasscode)),
        Ending::Deny | Ending::NoKeypress | Ending::Sent => (Standing::Asked, Some(Notice::Denied)),
    };
    stand(state, sid, standing, notice);
}

/// In milliseconds; 0 when nothing rings.
pub(super) fn left(state: &mut State, sid: &str) -> u64 {
    let now = state.now;
    let Some(sign_in) = state.sign_ins.find(sid, now) else {
        return 0;
    };
    let Standing::Ringing { txid } = &sign_in.standing else {
        return 0;
    };
    let txid = txid.clone();
    let expires = state
        .transactions
        .find(&txid)
        .map(|transaction| transaction.life.expires);
    let left = expires.map_or(0, |expires| expires.saturating_sub(now).as_millis());
    u64::try_from(left).unwrap_or(u64::MAX)
}

/// Rings once: a button pressed twice sends one push.
pub(super) fn push(state: &mut State, sid: &str, device: Option<&str>) {
    let Some(user) = asked(state, sid) else {
        return;
    };
    let device = user
        .devices
        .iter()
        .find(|known| known.can(Capability::Push) && device.is_none_or(|id| id == known.id));
    let Some(device) = device else {
        return tell(state, sid, Notice::NoPhone);
    };
    let now = state.now;
    let display_username = state
        .sign_ins
        .find(sid, now)
        .and_then(|sign_in| sign_in.request.display_username.clone());
    let push = Push {
        txid: random::uuid(),
        application: state.config.web_sdk.name.clone(),
        username: user.name.clone(),
        device: device.id.clone(),
        factor: Factor::Push,
        text: PushText {
            r#type: "Login request".to_owned(),
            display_username,
            ipaddr: Some("127.0.0.1".to_owned()),
            hostname: None,
            pushinfo: Vec::new(),
        },
        state: PushState::Ringing,
        created: state.unix.unsigned_abs(),
    };
    let txid = ring_for_prompt(state, push, device.masked_number());
    stand(state, sid, Standing::Ringing { txid }, None);
    // A tenant that answers by itself has done so by now.
    catch_up(state, sid);
}

/// While a push rings a passcode is good as well; the push then rings for nobody. A wrong one leaves it ringing.
pub(super) fn passcode(state: &mut State, sid: &str, passcode: Option<&str>) {
    let Some(user) = asked_or_ringing(state, sid) else {
        return;
    };
    let Some(passcode) = passcode.map(|text| text.replace(' ', "")) else {
        return tell(state, sid, Notice::NoPasscode);
    };
    let spent = state
        .user(&user.name)
        .and_then(|user| user.spend(&passcode));
    let ending = if spent.is_some() {
        Ending::Allow
    } else {
        Ending::WrongPasscode
    };
    let txid = settle(state, user.name.clone(), Factor::Passcode, ending, false);
    let locked = state
        .user(&user.name)
        .is_some_and(|user| user.status == UserStatus::LockedOut);
    let (factor, amr): (_, &[_]) = match spent {
        Some(Passcode::Bypass) => ("bypass_code", &["mfa", "otp"]),
        Some(Passcode::Device) => ("passcode", &["mfa", "otp"]),
        Some(Passcode::Sms) => ("sms_passcode", &["mfa", "sms"]),
        None if locked => {
            return stand(state, sid, Standing::Refused(Refused::LockedOut), None);
        }
        None => return tell(state, sid, Notice::WrongPasscode),
    };
    let pass = Pass {
        factor,
        reason: "valid_passcode",
        amr,
        txid,
        device: None,
    };
    stand(state, sid, Standing::Passed(pass), None);
}

fn stand(state: &mut State, sid: &str, standing: Standing, notice: Option<Notice>) {
    let now = state.now;
    if let Some(sign_in) = state.sign_ins.find(sid, now) {
        sign_in.standing = standing;
        sign_in.notice = notice;
    }
}

fn tell(state: &mut State, sid: &str, notice: Notice) {
    let now = state.now;
    if let Some(sign_in) = state.sign_ins.find(sid, now) {
        sign_in.notice = Some(notice);
    }
}

fn asked(state: &mut State, sid: &str) -> Option<User> {
    user(state, sid, |standing| matches!(standing, Standing::Asked))
}

fn asked_or_ringing(state: &mut State, sid: &str) -> Option<User> {
    user(state, sid, |standing| {
        matches!(standing, Standing::Asked | Standing::Ringing { .. })
    })
}

/// The user of a sign-in that stands so. What became of the user since it began counts.
fn user(state: &mut State, sid: &str, fits: impl Fn(&Standing) -> bool) -> Option<User> {
    let now = state.now;
    let sign_in = state.sign_ins.find(sid, now)?;
    if !fits(&sign_in.standing) {
        return None;
    }
    let name = sign_in.request.username.clone();
    let user = state.user(&name).cloned();
    let refused = match user.as_ref().map(|user| user.status) {
        Some(UserStatus::Active | UserStatus::Bypass) => return user,
        Some(UserStatus::Disabled) => Refused::Disabled,
        Some(UserStatus::LockedOut) => Refused::LockedOut,
        None => Refused::UnknownUser,
    };
    stand(state, sid, Standing::Refused(refused), None);
    None
}
