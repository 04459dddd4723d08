//! `preauth`: whether a user may, must or cannot authenticate, and with what.

use serde_json::{Value, json};

use super::Params;
use super::transaction::Offer;
use crate::account::{Capability, Device, DeviceKind, User, UserStatus};
use crate::config::NewUser;
use crate::push::{DISABLED, LOCKED_OUT};
use crate::random;
use crate::reply::{Refusal, Reply};
use crate::state::State;

pub(super) fn preauth(state: &mut State, params: &Params) -> Reply {
    let supports_codes = params.flag("client_supports_verified_push")?;
    let Some(user) = params.user(state)? else {
        return Ok(match state.config.policy.new_user {
            NewUser::Enroll => enroll(state),
            NewUser::Allow => allow("Allowing unknown user"),
            NewUser::Deny => {
                deny("Access denied. The username you have entered cannot authenticate.")
            }
        });
    };
    let trusted = params
        .value("trusted_device_token")
        .is_some_and(|token| state.transactions.trusts(token, &user.name));
    match user.status {
        UserStatus::Bypass => Ok(allow("Account is in bypass status")),
        UserStatus::Disabled => Ok(deny(DISABLED)),
        UserStatus::LockedOut => Ok(deny(LOCKED_OUT)),
        UserStatus::Active if user.devices.is_empty() => Ok(enroll(state)),
        UserStatus::Active if trusted => Ok(allow("Trusted device")),
        UserStatus::Active => authenticate(state, &user, supports_codes),
    }
}

fn authenticate(state: &mut State, user: &User, supports_codes: bool) -> Reply {
    let devices: Vec<Value> = user.devices.iter().map(described).collect();
    let mut response =
        json!({"result": "auth", "status_msg": "Account is active", "devices": devices});
    let has_push = user
        .devices
        .iter()
        .any(|device| device.can(Capability::Push));
    if let Some(digits) = state.config.policy.verified_digits
        && supports_codes
        && has_push
    {
        let offer = offer(state, user, digits)?;
        if let Some(object) = response.as_object_mut() {
            object.extend(offer);
        }
    }
    Ok(response)
}

fn offer(
    state: &mut State,
    user: &User,
    digits: u8,
) -> Result<serde_json::Map<String, Value>, Refusal> {
    if !(3..=6).contains(&digits) {
        return Err(Refusal::new(50001));
    }
    let life = state.config.policy.push_life();
    let offer = Offer {
        txid: random::uuid(),
        username: user.name.clone(),
        digits: random::digits(usize::from(digits)),
        expires: state.now + life,
    };
    let fields = [
        ("txid", json!(offer.txid)),
        ("verification_code", json!(offer.digits)),
        (
            "expiration",
            json!(state.unix + i64::try_from(life.as_secs()).unwrap_or(0)),
        ),
    ];
    state.transactions.offers.push(offer);
    Ok(fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

/// A token has only three fields.
fn described(device: &Device) -> Value {
    match device.kind {
        DeviceKind::Token => json!({"device": device.id, "type": "token", "name": device.name}),
        DeviceKind::Phone => {
            let mut value = json!({
                "device": device.id,
                "type": "phone",
                "display_name": device.display_name(),
                "name": device.name,
                "number": device.masked_number(),
                "capabilities": device.capabilities,
            });
            if let (Some(object), Some(next)) = (value.as_object_mut(), device.sms_codes.first()) {
                object.insert(
                    "sms_nextcode".to_owned(),
                    json!(next.chars().take(1).collect::<String>()),
                );
            }
            value
        }
    }
}

fn enroll(state: &State) -> Value {
    json!({
        "result": "enroll",
        "status_msg": "Enroll an authentication device to proceed",
        "enroll_portal_url":
            format!("https://localhost:{}/portal?code={}", state.config.ports.api, random::secret(16)),
    })
}

fn allow(text: &str) -> Value {
    json!({"result": "allow", "status_msg": text})
}

fn deny(text: &str) -> Value {
    json!({"result": "deny", "status_msg": text})
}
