//! `enroll` and `enroll_status`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::Params;
use crate::account::{Enrollment, User};
use crate::random;
use crate::reply::{Refusal, Reply};
use crate::state::State;

const ONE_DAY: u64 = 86_400;

pub(super) fn enroll(state: &mut State, params: &Params) -> Reply {
    let name = params
        .value("username")
        .map_or_else(|| random::secret(12), ToOwned::to_owned);
    if state.user(&name).is_some() {
        return Err(Refusal::invalid("username"));
    }
    let lifetime = match params.value("valid_secs") {
        Some(text) => text.parse().map_err(|_| Refusal::invalid("valid_secs"))?,
        None => ONE_DAY,
    };
    let bypass_codes: usize = match params.value("bypass_codes") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|count| *count <= 10)
            .ok_or_else(|| Refusal::invalid("bypass_codes"))?,
        None => 0,
    };
    let host = format!("localhost:{}", state.config.ports.api);
    let code = random::secret(20);
    let activation_code = format!("duo://{code}-{}", STANDARD_NO_PAD.encode(&host));
    let expires = state.unix.unsigned_abs() + lifetime;
    let mut user = User::unenrolled(&name);
    user.enrollment = Some(Enrollment {
        activation_code: activation_code.clone(),
        expires,
        activated: false,
    });
    user.bypass_codes = (0..bypass_codes).map(|_| random::digits(9)).collect();
    let mut response = json!({
        "activation_barcode":
            format!("https://{host}/frame/qr?value={}", utf8_percent_encode(&activation_code, NON_ALPHANUMERIC)),
        "activation_code": activation_code,
        "activation_url": format!("https://{host}/activate/{code}"),
        "expiration": expires,
        "user_id": user.id,
        "username": name,
    });
    if let Some(object) = response.as_object_mut().filter(|_| bypass_codes > 0) {
        object.insert("bypass_codes".to_owned(), json!(user.bypass_codes));
    }
    state.set_user(user);
    Ok(response)
}

pub(super) fn enroll_status(state: &mut State, params: &Params) -> Reply {
    let id = params.required("user_id")?;
    let code = params.required("activation_code")?;
    let now = state.unix.unsigned_abs();
    let enrollment = state
        .config
        .users
        .iter()
        .find(|user| user.id == id)
        .and_then(|user| user.enrollment.as_ref())
        .filter(|enrollment| enrollment.activation_code == code);
    Ok(json!(match enrollment {
        Some(enrollment) if enrollment.activated => "success",
        Some(enrollment) if now < enrollment.expires => "waiting",
        Some(_) | None => "invalid",
    }))
}
