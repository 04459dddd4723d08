//! The signed text itself, before anything in it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha512;
use thumbturn_core::LoginError;
use thumbturn_wire::{parse_strict, plain};

use super::refuse;

/// Duo's are about 2 KiB.
const MOST: usize = 16 << 10;

pub(super) const BAD_SIGNATURE: &str =
    "the id_token's signature is not made with this application's secret";

/// What a header may name besides the algorithm without changing what is checked.
const HARMLESS: [&str; 3] = ["alg", "typ", "kid"];

/// The payload of a token that is signed with `key` by HMAC-SHA-512, and by nothing else.
pub(super) fn verified(token: &str, key: &[u8]) -> Result<Value, LoginError> {
    if token.len() > MOST {
        return Err(refuse("the id_token is longer than 16 KiB"));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err(refuse(&match parts.len() {
            5 => "the id_token is encrypted, which Duo's is not".to_owned(),
            n => format!("the id_token has {n} parts, not three"),
        }));
    };
    algorithm(header)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| refuse("the id_token's signature cannot be read"))?;
    let signed = token
        .get(..header.len() + 1 + payload.len())
        .unwrap_or_default();
    // The length is checked with it. The crate that looks again would panic on another one.
    Hmac::<Sha512>::new_from_slice(key)
        .map_err(|_| refuse(BAD_SIGNATURE))?
        .chain_update(signed)
        .verify_slice(&signature)
        .map_err(|_| refuse(BAD_SIGNATURE))?;
    json(payload).ok_or_else(|| refuse("the id_token's claims are no JSON, or hold a key twice"))
}

fn algorithm(header: &str) -> Result<(), LoginError> {
    let unreadable = || refuse("the id_token's header is no JSON, or holds a key twice");
    let header = json(header).ok_or_else(unreadable)?;
    let header = header.as_object().ok_or_else(unreadable)?;
    match header.get("alg") {
        Some(Value::String(alg)) if alg == "HS512" => {}
        Some(Value::String(alg)) => {
            return Err(refuse(&format!(
                "the id_token is signed with `{}`, not with HS512",
                plain(alg, 20)
            )));
        }
        Some(_) | None => return Err(refuse("the id_token names no algorithm")),
    }
    match header.get("typ") {
        None => {}
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT") => {}
        Some(_) => return Err(refuse("the id_token says it is another kind of token")),
    }
    match header
        .keys()
        .find(|name| !HARMLESS.contains(&name.as_str()))
    {
        None => Ok(()),
        Some(name) => Err(refuse(&format!(
            "the id_token's header names `{}`, which Duo's never does",
            plain(name, 20)
        ))),
    }
}

fn json(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    parse_strict(std::str::from_utf8(&bytes).ok()?).ok()
}
