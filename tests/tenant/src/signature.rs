//! Checks request signatures for real: version 2 with SHA-1 or SHA-512, version 4 and version 5. A request does not say
//! which it carries, so the length tells the digest and the texts are tried in turn.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha512};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::params;

/// As in Duo's own mock; the window of the live service is not published.
const WINDOW_SECONDS: i64 = 300;

/// What of a request goes into its signature.
pub struct Signed<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a [(String, String)],
    /// Decoded.
    pub query: &'a [(String, String)],
    /// Decoded; covered by version 2 only, the later ones cover `body`.
    pub form: &'a [(String, String)],
    pub body: &'a [u8],
    /// Every name that the host may have been signed by.
    pub hosts: &'a [String],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    V2Sha1,
    V2Sha512,
    V4,
    V5,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsigned {
    NoCredentials,
    IntegrationKey,
    Signature,
    NoTimestamp,
    Timestamp,
}

/// `now` in Unix seconds.
pub fn verify(signed: &Signed, key: (&str, &str), now: i64) -> Result<Generation, Unsigned> {
    let (ikey, signature) = credentials(signed).ok_or(Unsigned::NoCredentials)?;
    if ikey != key.0 {
        return Err(Unsigned::IntegrationKey);
    }
    let date = header(signed, "x-duo-date")
        .or_else(|| header(signed, "date"))
        .ok_or(Unsigned::NoTimestamp)?;
    let at = OffsetDateTime::parse(date, &Rfc2822)
        .map_err(|_| Unsigned::Timestamp)?
        .unix_timestamp();
    if now.abs_diff(at) > WINDOW_SECONDS.unsigned_abs() {
        return Err(Unsigned::Timestamp);
    }
    let signature = hexadecimal(&signature).ok_or(Unsigned::Signature)?;
    signed
        .hosts
        .iter()
        .find_map(|host| matching(signed, date, host, key.1.as_bytes(), &signature))
        .ok_or(Unsigned::Signature)
}

fn matching(
    signed: &Signed,
    date: &str,
    host: &str,
    key: &[u8],
    signature: &[u8],
) -> Option<Generation> {
    let all: Vec<(String, String)> = signed.query.iter().chain(signed.form).cloned().collect();
    let start = format!(
        "{date}\n{}\n{}\n{}\n",
        signed.method,
        host.to_lowercase(),
        signed.path
    );
    let v2 = format!("{start}{}", params::canonical(&all));
    let v4 = format!(
        "{start}{}\n{}",
        params::canonical(signed.query),
        sha512(signed.body)
    );
    let v5 = duo_headers(signed).map(|headers| format!("{v4}\n{}", sha512(&headers)));
    let texts = [
        (Generation::V2Sha1, Some(&v2)),
        (Generation::V2Sha512, Some(&v2)),
        (Generation::V4, Some(&v4)),
        (Generation::V5, v5.as_ref()),
    ];
    texts.into_iter().find_map(|(generation, text)| {
        let good = match generation {
            Generation::V2Sha1 => authentic::<Hmac<Sha1>>(key, text?, signature),
            Generation::V2Sha512 | Generation::V4 | Generation::V5 => {
                authentic::<Hmac<Sha512>>(key, text?, signature)
            }
        };
        good.then_some(generation)
    })
}

fn authentic<M: Mac + KeyInit>(key: &[u8], text: &str, signature: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(key)
        .is_ok_and(|mac| mac.chain_update(text).verify_slice(signature).is_ok())
}

fn credentials(signed: &Signed) -> Option<(String, String)> {
    let (scheme, value) = header(signed, "authorization")?.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (ikey, signature) = text.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (ikey.to_owned(), signature.to_owned()))
}

/// `name NUL value NUL name NUL value`; nothing when a name comes twice or is empty, which no signer allows.
fn duo_headers(signed: &Signed) -> Option<Vec<u8>> {
    let mut found: Vec<(String, &str)> = signed
        .headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value.as_str()))
        .filter(|(name, _)| name.starts_with("x-duo-"))
        .collect();
    found.sort();
    let count = found.len();
    found.dedup_by(|one, other| one.0 == other.0);
    if count != found.len() || found.iter().any(|(name, _)| name == "x-duo-") {
        return None;
    }
    let items: Vec<&str> = found
        .iter()
        .flat_map(|(name, value)| [name.as_str(), *value])
        .collect();
    Some(items.join("\0").into_bytes())
}

fn header<'a>(signed: &Signed<'a>, name: &str) -> Option<&'a str> {
    signed
        .headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn sha512(bytes: &[u8]) -> String {
    Sha512::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|letter| {
            letter
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| matches!(digits.len(), 40 | 128))?;
    let (pairs, _) = digits.as_chunks::<2>();
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
