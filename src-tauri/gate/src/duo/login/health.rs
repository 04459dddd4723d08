//! Whether Duo would take our requests, asked before a person is sent anywhere.

use oauth2::HttpRequest;
use oauth2::http::header::{ACCEPT, CONTENT_TYPE};
use oauth2::http::{HeaderValue, Method, Uri};
use serde_json::Value;
use thumbturn_core::LoginError;
use thumbturn_wire::parse_strict;

use super::request::client_assertion;
use super::{Connection, OidcHttp};
use crate::duo::failure::words;

/// What Duo allows, in seconds.
const LEEWAY: u64 = 60;

const WRONG_SECRET: &str =
    "the client secret is not this application's; copy it again from the Web SDK application";
const WRONG_ID: &str = "the client ID is not one of this tenant's; copy it again from the Web SDK application, and the API hostname with it";
const WRONG_CLIENT: &str = "the client ID and secret do not belong together here; copy both again from the Web SDK application, and the API hostname with them";

pub(super) async fn check(
    application: &Connection,
    http: &OidcHttp,
    now: u64,
) -> Result<(), LoginError> {
    let endpoint = format!("https://{}/oauth/v1/health_check", application.host());
    let assertion = client_assertion(application, &endpoint, now);
    // Neither value has a character that a form would encode.
    let form = format!(
        "client_id={}&client_assertion={assertion}",
        application.integration_key()
    );
    let mut request = HttpRequest::new(form.into_bytes());
    *request.method_mut() = Method::POST;
    *request.uri_mut() = endpoint
        .parse::<Uri>()
        .map_err(|_| misconfigured("its hostname makes no web address"))?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    let answer = http.send(request).await?;
    let answer = std::str::from_utf8(answer.body())
        .ok()
        .and_then(|text| parse_strict(text).ok())
        .unwrap_or_default();
    judge(&answer, now)
}

fn judge(answer: &Value, now: u64) -> Result<(), LoginError> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let time = |pointer: &str| answer.pointer(pointer).and_then(Value::as_u64);
    match text("stat") {
        Some("OK") => match time("/response/timestamp") {
            Some(theirs) => clock(theirs, now),
            None => Err(not_duo()),
        },
        Some("FAIL") => {
            // A clock that is wrong makes every assertion wrong.
            if let Some(theirs) = time("/timestamp") {
                clock(theirs, now)?;
            }
            Err(refusal(
                text("message").unwrap_or_default(),
                text("message_detail").unwrap_or_default(),
            ))
        }
        Some(_) => Err(not_duo()),
        None => match text("error") {
            Some(error) => Err(refusal(
                error,
                text("error_description").unwrap_or_default(),
            )),
            None => Err(not_duo()),
        },
    }
}

fn clock(theirs: u64, ours: u64) -> Result<(), LoginError> {
    let (way, off) = if ours > theirs {
        ("ahead of", ours - theirs)
    } else {
        ("behind", theirs - ours)
    };
    if off <= LEEWAY {
        return Ok(());
    }
    let minutes = off.div_ceil(60);
    Err(misconfigured(&format!(
        "this machine's clock is {minutes} minutes {way} Duo's; set it right"
    )))
}

/// Duo names what is wrong in words only, and mostly with the same ones.
fn refusal(message: &str, detail: &str) -> LoginError {
    if message != "invalid_client" {
        return misconfigured(&words(&format!("{message}: {detail}")));
    }
    let detail = detail.to_ascii_lowercase();
    misconfigured(if detail.contains("signature") {
        WRONG_SECRET
    } else if detail.contains("client_id") || detail.contains("`iss`") {
        WRONG_ID
    } else {
        WRONG_CLIENT
    })
}

fn misconfigured(words: &str) -> LoginError {
    LoginError::Misconfigured {
        words: words.to_owned(),
    }
}

fn not_duo() -> LoginError {
    LoginError::Untrusted {
        words: "it is not the answer that Duo gives".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use serde_json::json;

    #[test]
    fn every_way_it_fails_has_a_sentence() {
        let now = 1_700_000_000_u64;
        let fail = |detail: &str, timestamp: u64| json!({"stat": "FAIL", "code": 40002, "message": "invalid_client", "message_detail": detail, "timestamp": timestamp});
        for (answer, expected) in [
            (
                json!({"stat": "OK", "response": {"timestamp": now + 60}}),
                Ok(()),
            ),
            (
                json!({"stat": "OK", "response": {"timestamp": now + 61}}),
                Err(misconfigured(
                    "this machine's clock is 2 minutes behind Duo's; set it right",
                )),
            ),
            (
                fail("The provided client_assertion was invalid.", now - 7200),
                Err(misconfigured(
                    "this machine's clock is 120 minutes ahead of Duo's; set it right",
                )),
            ),
            (
                fail("Failed to verify signature.", now),
                Err(misconfigured(WRONG_SECRET)),
            ),
            (
                fail(
                    "Invalid Client assertion: The `iss` claim must match the supplied client_id",
                    now,
                ),
                Err(misconfigured(WRONG_ID)),
            ),
            (
                fail("The provided client_assertion was invalid.", now),
                Err(misconfigured(WRONG_CLIENT)),
            ),
            (
                json!({"error": "invalid_client", "error_description": "Failed to verify signature."}),
                Err(misconfigured(WRONG_SECRET)),
            ),
            (
                json!({"stat": "FAIL", "message": "Access forbidden", "message_detail": "Wrong integration type for this API."}),
                Err(misconfigured(
                    "Access forbidden: Wrong integration type for this API.",
                )),
            ),
            (json!({"stat": "OK"}), Err(not_duo())),
            (
                json!({"stat": "ok", "response": {"timestamp": now}}),
                Err(not_duo()),
            ),
            (json!([]), Err(not_duo())),
        ] {
            assert_eq!(judge(&answer, now), expected, "{answer}");
        }
    }
}
