//! JSON Web Tokens, by hand: a tenant that must also make bad ones cannot leave them to a library that refuses to.
//!
//! The key is the text of the client secret. It is shorter than the hash, which some libraries refuse and Duo does not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::{Sha256, Sha384, Sha512};

pub(crate) type Object = Map<String, Value>;

/// Every Duo SDK signs by HS512; Duo's Postman collection offers HS256 as well. HS384 is only for tokens that are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Hs256,
    Hs384,
    Hs512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Not three parts of base64 around two JSON objects, or another algorithm.
    Shape,
    Signature,
}

/// The claims of a token that this secret has signed.
pub(crate) fn open(token: &str, secret: &str) -> Result<Object, Broken> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Broken::Shape)?;
    let (header, claims) = signed.split_once('.').ok_or(Broken::Shape)?;
    let header = object(header).ok_or(Broken::Shape)?;
    let algorithm = match header.get("alg").and_then(Value::as_str) {
        Some("HS512") => Algorithm::Hs512,
        Some("HS256") => Algorithm::Hs256,
        Some(_) | None => return Err(Broken::Shape),
    };
    let claims = object(claims).ok_or(Broken::Shape)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Broken::Shape)?;
    if is_authentic(algorithm, secret, signed, &signature) {
        Ok(claims)
    } else {
        Err(Broken::Signature)
    }
}

/// What JSON numbers SDKs send for a time: an integer, a float, or the text of one.
pub(crate) fn seconds(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_f64(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

pub(crate) fn encode(part: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

impl Algorithm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    pub(crate) fn sign(self, key: &[u8], text: &str) -> Vec<u8> {
        match self {
            Self::Hs256 => mac::<Hmac<Sha256>>(key, text),
            Self::Hs384 => mac::<Hmac<Sha384>>(key, text),
            Self::Hs512 => mac::<Hmac<Sha512>>(key, text),
        }
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes a key of any length.
    <M as KeyInit>::new_from_slice(key)
        .map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

fn is_authentic(algorithm: Algorithm, secret: &str, text: &str, signature: &[u8]) -> bool {
    fn check<M: Mac + KeyInit>(secret: &str, text: &str, signature: &[u8]) -> bool {
        <M as KeyInit>::new_from_slice(secret.as_bytes())
            .is_ok_and(|mac| mac.chain_update(text).verify_slice(signature).is_ok())
    }
    match algorithm {
        Algorithm::Hs256 => check::<Hmac<Sha256>>(secret, text, signature),
        Algorithm::Hs384 => check::<Hmac<Sha384>>(secret, text, signature),
        Algorithm::Hs512 => check::<Hmac<Sha512>>(secret, text, signature),
    }
}

fn object(part: &str) -> Option<Object> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    const SECRET: &str = "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
    // Made by `duo_universal` 2.3.1 with its clock stopped at 1700000000.
    const HEALTH: &str = concat!(
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJESVhYWFhYWFhYWFhYWFhYWFhYWCIsInN1YiI6IkRJWFhYWFhYWFhYWFhYWFhYWFhYIiwiYXVkIjoi",
        "aHR0cHM6Ly9hcGktWFhYWFhYWFguZHVvc2VjdXJpdHkuY29tL29hdXRoL3YxL2hlYWx0aF9jaGVjayIsImV4cCI6MTcwMDAwMDMwMC4wLCJqdGkiOiIwMTIzND",
        "U2Nzg5YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoifQ.S3UUki5HKQg2fc1-3QPBJWaczSD-K-sFGRWY-iumzAx7nnJVAtNQ4qKLey5GRmI3OYkJlhko7ggDCL5zQNETLA"
    );
    const TOKEN: &str = concat!(
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJESVhYWFhYWFhYWFhYWFhYWFhYWCIsInN1YiI6IkRJWFhYWFhYWFhYWFhYWFhYWFhYIiwiYXVkIjoi",
        "aHR0cHM6Ly9hcGktWFhYWFhYWFguZHVvc2VjdXJpdHkuY29tL29hdXRoL3YxL3Rva2VuIiwiZXhwIjoxNzAwMDAwMzAwLjAsImp0aSI6IjAxMjM0NTY3ODlhYmNk",
        "ZWZnaGlqa2xtbm9wcXJzdHV2d3h5eiJ9.k2lG3kyltb0e8kosNcaU_rpVd7JXoOloSB3LHHC3sYwaf-WbtTFPak-c-xODy4HHx2Zv_qmMINydq3bv3RVJew"
    );
    const AUTHORIZE: &str = concat!(
        "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzY29wZSI6Im9wZW5pZCIsInJlZGlyZWN0X3VyaSI6Imh0dHA6Ly9sb2NhbGhvc3Q6NDkxNTIvZHVvL2NhbGxi",
        "YWNrIiwiY2xpZW50X2lkIjoiRElYWFhYWFhYWFhYWFhYWFhYWFgiLCJpc3MiOiJESVhYWFhYWFhYWFhYWFhYWFhYWCIsImF1ZCI6Imh0dHBzOi8vYXBpLVhYWFhY",
        "WFhYLmR1b3NlY3VyaXR5LmNvbSIsImV4cCI6MTcwMDAwMDMwMC4wLCJzdGF0ZSI6InNzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3NzcyIsInJlc3Bv",
        "bnNlX3R5cGUiOiJjb2RlIiwiZHVvX3VuYW1lIjoiamRvZUBleGFtcGxlLmNvbSIsInVzZV9kdW9fY29kZV9hdHRyaWJ1dGUiOnRydWV9.",
        "mCvSoNoHr4Vg68z276a-snu4c_4-U02UwL77Ko_cZzWPibrhln0z61Ldc-7XXq8Elkv-FoIQKi9mbx9H9z23Vw"
    );

    #[test]
    fn what_duos_python_sdk_signs_is_read() {
        let claims = |token| Value::Object(open(token, SECRET).unwrap());
        let assertion = |path: &str| {
            json!({"iss": "DIXXXXXXXXXXXXXXXXXX", "sub": "DIXXXXXXXXXXXXXXXXXX", "exp": 1_700_000_300.0,
                   "aud": format!("https://api-XXXXXXXX.duosecurity.com/oauth/v1/{path}"),
                   "jti": "0123456789abcdefghijklmnopqrstuvwxyz"})
        };
        assert_eq!(claims(HEALTH), assertion("health_check"));
        assert_eq!(claims(TOKEN), assertion("token"));
        assert_eq!(
            claims(AUTHORIZE),
            json!({"scope": "openid", "redirect_uri": "http://localhost:49152/duo/callback",
                   "client_id": "DIXXXXXXXXXXXXXXXXXX", "iss": "DIXXXXXXXXXXXXXXXXXX",
                   "aud": "https://api-XXXXXXXX.duosecurity.com", "exp": 1_700_000_300.0, "state": "s".repeat(36),
                   "response_type": "code", "duo_uname": "jdoe@example.com", "use_duo_code_attribute": true})
        );
    }

    #[test]
    fn a_changed_token_and_another_secret_have_no_signature() {
        let other = "x".repeat(40);
        for token in [HEALTH, TOKEN, AUTHORIZE] {
            assert_eq!(open(token, &other), Err(Broken::Signature));
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (header, _) = signed.split_once('.').unwrap();
            let forged = format!("{header}.{}.{signature}", encode(b"{\"sub\":\"eve\"}"));
            assert_eq!(open(&forged, SECRET), Err(Broken::Signature));
        }
    }

    #[test]
    fn what_is_no_token_is_no_token() {
        let unsigned = format!("{}.{}.", encode(b"{\"alg\":\"none\"}"), encode(b"{}"));
        for token in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.c",
            &format!("{HEALTH}.x"),
            &unsigned,
        ] {
            assert_eq!(open(token, SECRET), Err(Broken::Shape), "{token}");
        }
    }

    #[test]
    fn typ_is_optional_and_every_spelling_of_a_time_is_a_time() {
        let signed = format!(
            "{}.{}",
            encode(b"{\"alg\":\"HS256\"}"),
            encode(b"{\"a\":1}")
        );
        let signature = Algorithm::Hs256.sign(SECRET.as_bytes(), &signed);
        let claims = open(&format!("{signed}.{}", encode(&signature)), SECRET).unwrap();
        assert_eq!(Value::Object(claims), json!({"a": 1}));
        for value in [
            json!(1_700_000_300),
            json!(1_700_000_300.0),
            json!("1700000300"),
        ] {
            assert_eq!(seconds(&value), Some(1_700_000_300.0));
        }
        for value in [
            json!(null),
            json!("soon"),
            json!("inf"),
            json!([1]),
            json!(true),
        ] {
            assert_eq!(seconds(&value), None, "{value}");
        }
    }
}
