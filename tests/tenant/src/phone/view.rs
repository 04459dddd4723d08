//! What the phone shows, as JSON. A verification code is not in it: the person must read it where the push came from.

use std::time::Duration;

use serde_json::{Value, json};

use crate::BANNER;
use crate::account::Capability;
use crate::auth::Transaction;
use crate::push::Stage;
use crate::shared::{Shared, unix_now};
use crate::state::State;

const HISTORY: usize = 8;

pub(super) fn view(shared: &Shared) -> Value {
    let now = shared.clock.now();
    let state = shared.state();
    let ringing: Vec<Value> = state
        .transactions
        .shown()
        .filter(|transaction| transaction.push.is_ringing() && now < transaction.life.expires)
        .map(|transaction| shown(&state, transaction, now))
        .collect();
    let history: Vec<Value> = state
        .transactions
        .shown()
        .rev()
        .filter(|transaction| !transaction.push.is_ringing())
        .take(HISTORY)
        .map(|transaction| shown(&state, transaction, now))
        .collect();
    json!({
        "banner": BANNER,
        "application": state.config.application.name,
        "organization": state.config.application.organization,
        "unix": unix_now() + state.skew,
        "ringing": ringing,
        "history": history,
        "passcodes": passcodes(&state),
        "messages": messages(&state),
    })
}

fn shown(state: &State, transaction: &Transaction, now: Duration) -> Value {
    let push = &transaction.push;
    let left = transaction.life.expires.saturating_sub(now);
    json!({
        "txid": push.txid,
        "application": push.application,
        "factor": push.factor,
        "answered": transaction.stage == Stage::Answered,
        "type": push.text.r#type,
        "username": push.text.display_username.as_ref().unwrap_or(&push.username),
        "ipaddr": push.text.ipaddr,
        "hostname": push.text.hostname,
        "pushinfo": push.text.pushinfo,
        "state": push.state,
        "created": push.created,
        "digits": transaction.code.as_ref().map(|code| code.digits.len()),
        "left_ms": u64::try_from(left.as_millis()).unwrap_or(u64::MAX),
        "life_ms": state.config.policy.push_seconds * 1000,
    })
}

fn passcodes(state: &State) -> Vec<Value> {
    let mut codes = Vec::new();
    for user in &state.config.users {
        for device in user
            .devices
            .iter()
            .filter(|device| device.can(Capability::MobileOtp))
        {
            if let Some(code) = device.passcodes.first() {
                codes.push(json!({"username": user.name, "code": code}));
            }
        }
    }
    codes
}

/// The SMS on the phone: the passcodes of the last batch that are still good.
fn messages(state: &State) -> Vec<Value> {
    let mut messages = Vec::new();
    for user in &state.config.users {
        for device in user
            .devices
            .iter()
            .filter(|device| !device.sms_codes.is_empty())
        {
            messages.push(json!({"username": user.name, "codes": device.sms_codes}));
        }
    }
    messages
}
