//! Who calls: the client assertion of `health_check` and `token`, by the client's own secret.

use serde_json::Value;

use super::Visit;
use super::jwt::{self, Broken, Object};
use crate::config::Application;
use crate::state::State;

/// The farthest that `exp` may be ahead; farther ones are refused since August 2026.
const LONGEST: f64 = 3600.0;
/// SDKs round `iat` up, and clocks differ.
pub(super) const LEEWAY: f64 = 60.0;

/// Texts of the live service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Impostor {
    Assertion,
    Issuer,
    Signature,
}

impl Impostor {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Assertion => "The provided client_assertion was invalid.",
            Self::Issuer => {
                "Invalid Client assertion: The `iss` claim must match the supplied client_id"
            }
            Self::Signature => "Failed to verify signature.",
        }
    }
}

/// `audience` is the endpoint's own URL. Whether Duo refuses a repeated `jti` is not published; here it only shows in the log.
pub(super) fn check(state: &mut State, visit: &Visit, path: &str) -> Result<(), Impostor> {
    let application = state.config.web_sdk.clone();
    let assertion = visit
        .params
        .value("client_assertion")
        .ok_or(Impostor::Assertion)?;
    let claims = jwt::open(assertion, &application.secret_key).map_err(|broken| match broken {
        Broken::Shape => Impostor::Assertion,
        Broken::Signature => Impostor::Signature,
    })?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&application.integration_key) {
        return Err(Impostor::Issuer);
    }
    let supplied = visit.params.value("client_id");
    let named = supplied.is_none_or(|id| id == application.integration_key);
    let same = text("sub") == Some(&application.integration_key)
        && text("aud") == Some(&format!("{}{path}", visit.base()));
    let jti = text("jti").filter(|jti| !jti.is_empty());
    match jti {
        Some(jti) if named && same && is_timely(&claims, unix(state)) => {
            state.sign_ins.note_jti(jti);
            Ok(())
        }
        Some(_) | None => Err(Impostor::Assertion),
    }
}

/// `exp` is there, not over and not too far; `iat`, if there, is not to come.
pub(super) fn is_timely(claims: &Object, now: f64) -> bool {
    let exp = claims.get("exp").and_then(jwt::seconds);
    let iat = claims.get("iat").map(jwt::seconds);
    exp.is_some_and(|exp| now - LEEWAY < exp && exp <= now + LONGEST)
        && iat.is_none_or(|iat| iat.is_some_and(|iat| iat <= now + LEEWAY))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a time of this age is exact in a float"
)]
pub(super) fn unix(state: &State) -> f64 {
    state.unix as f64
}

impl Application {
    pub(super) fn is(&self, client_id: Option<&str>) -> bool {
        client_id == Some(&self.integration_key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_timely;

    #[test]
    fn a_token_is_timely_between_its_iat_and_its_exp_and_no_more_than_an_hour_ahead() {
        let table = [
            (json!({"exp": 1300}), true),
            (json!({"exp": 1300.5}), true),
            (json!({"exp": "1300"}), true),
            (json!({"exp": 941}), true),
            (json!({"exp": 940}), false),
            (json!({"exp": 4600}), true),
            (json!({"exp": 4601}), false),
            (json!({"exp": 1_700_000_300_000_u64}), false),
            (json!({}), false),
            (json!({"exp": null}), false),
            (json!({"exp": 1300, "iat": 1060}), true),
            (json!({"exp": 1300, "iat": 1000.5}), true),
            (json!({"exp": 1300, "iat": 1061}), false),
            (json!({"exp": 1300, "iat": "never"}), false),
        ];
        for (claims, timely) in table {
            let Value::Object(object) = claims.clone() else {
                panic!("{claims}");
            };
            assert_eq!(is_timely(&object, 1000.0), timely, "{claims}");
        }
    }
}
