//! Tokens as Duo signs them, and every way one can be none. Each row is refused by its own words.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384, Sha512};

use super::*;

mod forged;
mod wrong;

const CLIENT: &str = "DIWJ8X6AEYOR5OMC6TQ1";
const SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const ISSUER: &str = "https://api-1a2b3c4d.duosecurity.com/oauth/v1/token";
const NONCE: &str = "q8ZtW1v0nC3rP5sJ7xK9mB2dF4gH6jL8aQwErTyUiOp";
const NOW: u64 = 1_700_000_000;
const BEGAN: u64 = NOW - 30;
const HS512: &str = r#"{"alg":"HS512","typ":"JWT"}"#;

fn application() -> Connection {
    Connection::new("api-1a2b3c4d.duosecurity.com", CLIENT, SECRET.into(), None).unwrap()
}

fn judged(token: &str) -> Result<u64, LoginError> {
    let nonce = Nonce::new(NONCE.into());
    let receipt = Receipt {
        nonce: &nonce,
        began: BEGAN,
        now: NOW,
    };
    judged_with(token, Some(&receipt))
}

fn judged_with(token: &str, receipt: Option<&Receipt<'_>>) -> Result<u64, LoginError> {
    let application = application();
    let expected = Expected {
        application: &application,
        user: "dana",
    };
    judge(token, &expected, receipt)
}

/// As in Duo's documentation, with a person who pressed Approve five seconds ago.
fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "dana", "aud": CLIENT, "exp": NOW + 3600, "iat": NOW, "auth_time": NOW - 5,
        "preferred_username": "dana", "nonce": NONCE, "amr": ["mfa", "otp"],
        "auth_result": {"result": "allow", "status": "allow", "status_msg": "Login Successful"},
        "auth_context": {
            "txid": "13eb97f2-9008-42f4-b59b-afc7a5edf6a6", "timestamp": NOW - 5, "event_type": "authentication",
            "factor": "duo_push", "result": "success", "reason": "user_approved", "alias": "", "email": null,
            "user": {"name": "dana", "key": "DUXXXXXXXXXXXXXXXXXX", "groups": []},
            "access_device": {"is_encryption_enabled": "unknown", "ip": "127.0.0.1", "location": {"city": null}},
        },
    })
}

/// The claims with one changed, or removed where `value` is null.
fn with(pointer: &str, value: Value) -> String {
    let mut claims = claims();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = claims.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        assert_eq!(parent.remove(name).is_some(), true, "{pointer}");
    } else {
        parent.insert(name.into(), value);
    }
    claims.to_string()
}

fn signed(payload: &str) -> String {
    hs512(HS512, payload, SECRET)
}

fn hs512(header: &str, payload: &str, key: &str) -> String {
    let text = unsigned(header, payload);
    let mac = Hmac::<Sha512>::new_from_slice(key.as_bytes()).unwrap();
    seal(&text, &mac.chain_update(&text).finalize().into_bytes())
}

fn hs384(payload: &str) -> String {
    let text = unsigned(r#"{"alg":"HS384"}"#, payload);
    let mac = Hmac::<Sha384>::new_from_slice(SECRET.as_bytes()).unwrap();
    seal(&text, &mac.chain_update(&text).finalize().into_bytes())
}

fn hs256(payload: &str) -> String {
    let text = unsigned(r#"{"alg":"HS256"}"#, payload);
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    seal(&text, &mac.chain_update(&text).finalize().into_bytes())
}

fn unsigned(header: &str, payload: &str) -> String {
    let (header, payload) = (
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload),
    );
    format!("{header}.{payload}")
}

fn seal(text: &str, signature: &[u8]) -> String {
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn untrusted(words: &str) -> LoginError {
    refuse(words)
}

fn silent(words: &str) -> LoginError {
    LoginError::SilentPass {
        words: words.into(),
    }
}

fn refused(words: &str) -> LoginError {
    LoginError::Refused {
        words: words.into(),
    }
}

fn check(rows: &[(&str, String, LoginError)], count: usize) {
    for (name, token, expected) in rows {
        assert_eq!(judged(token).as_ref(), Err(expected), "{name}");
        let shown = expected.words();
        for secret in [SECRET, NONCE, token.as_str()] {
            let is_shown = !secret.is_empty() && shown.contains(secret);
            assert_eq!(is_shown, false, "{name}");
        }
    }
    assert_eq!(rows.len(), count);
}

#[test]
fn fourteen_valid_tokens_pass() {
    let rows = [
        ("as documented", claims().to_string()),
        ("an audience in a list", with("/aud", json!([CLIENT]))),
        ("azp is us", with("/azp", json!(CLIENT))),
        ("Duo's clock is 50 s ahead", with("/iat", json!(NOW + 50))),
        ("nbf 50 s ahead", with("/nbf", json!(NOW + 50))),
        ("expired 50 s ago", with("/exp", json!(NOW - 50))),
        (
            "times with a point",
            with("/exp", json!(1_700_003_600.0_f64)),
        ),
        ("no amr", with("/amr", Value::Null)),
        ("a claim nobody knows", with("/epcs", json!({"a": [1]}))),
        (
            "a bare context",
            with(
                "/auth_context",
                json!({"factor": "duo_push", "result": "success", "reason": "user_approved"}),
            ),
        ),
        (
            "a passcode",
            with(
                "/auth_context",
                json!({"factor": "passcode", "result": "success", "reason": "valid_passcode"}),
            ),
        ),
        (
            "a bypass code that was typed",
            with(
                "/auth_context",
                json!({"factor": "bypass_code", "result": "success", "reason": "valid_passcode"}),
            ),
        ),
    ];
    for (name, payload) in &rows {
        assert_eq!(judged(&signed(payload)), Ok(NOW - 5), "{name}");
    }
    for header in [
        r#"{"alg":"HS512"}"#,
        r#"{"kid":"../../etc/passwd' OR 1=1","typ":"jwt","alg":"HS512"}"#,
    ] {
        assert_eq!(
            judged(&hs512(header, &claims().to_string(), SECRET)),
            Ok(NOW - 5),
            "{header}"
        );
    }
    assert_eq!(rows.len() + 2, 14);
}

#[test]
fn a_remembered_token_is_judged_but_for_its_time() {
    let day_old = with("/iat", json!(NOW - 86400));
    assert_eq!(judged_with(&signed(&day_old), None), Ok(NOW - 5));
    assert_eq!(
        judged_with(&signed(&with("/exp", json!(1))), None),
        Ok(NOW - 5)
    );
    for (name, token, expected) in [
        (
            "other secret",
            hs512(HS512, &day_old, &SECRET.to_lowercase()),
            untrusted(jws::BAD_SIGNATURE),
        ),
        (
            "other audience",
            signed(&with("/aud", json!("DIXXXXXXXXXXXXXXXXXX"))),
            untrusted("the id_token is not for this application"),
        ),
        (
            "other user",
            signed(&with("/sub", json!("eve"))),
            untrusted("the id_token is about `eve`, not about `dana` (sub)"),
        ),
        (
            "other issuer",
            signed(&with(
                "/iss",
                json!("https://api-99999999.duosecurity.com/oauth/v1/token"),
            )),
            untrusted(
                "the id_token is issued by `https://api-99999999.duosecurity.com/oauth/v1/token`, which is not this tenant",
            ),
        ),
    ] {
        assert_eq!(judged_with(&token, None), Err(expected), "{name}");
    }
}
