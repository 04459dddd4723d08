//! The id_token of single sign-on, judged: whom the provider names, to us, now.
//!
//! One algorithm, fixed before anything is read; keys from the provider's set alone, whatever a
//! header says of others. The `openidconnect` crate judges signature, issuer, audience, nonce and
//! expiry; what it leaves to its user is judged here.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::AccessToken;
use openidconnect::core::{
    CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, Nonce, SignatureVerificationError as Bad,
};
use serde_json::Value;
use thumbturn_core::LoginError;
use thumbturn_wire::{parse_strict, plain};

use super::claims::Claims;
use super::provider::Party;
use crate::duo::login::untrusted as refuse;

/// How far two clocks may be apart, in seconds.
pub(super) const LEEWAY: u64 = 60;
/// With groups and names in it, one may grow to a few thousand bytes.
const MOST: usize = 16 << 10;
/// Weaker keys than RFC 7518 3.3 wants are no keys.
const MODULUS: usize = 2048 / 8;

/// What a header may name. The last two tell which certificate, and bring none.
const HARMLESS: [&str; 5] = ["alg", "typ", "kid", "x5t", "x5t#S256"];

/// When it is looked at, and what it must match then. Times in seconds since the Unix epoch.
#[derive(Clone, Copy)]
pub(super) enum Occasion<'a> {
    /// A person was just asked.
    SignIn {
        nonce: &'a Nonce,
        began: u64,
        now: u64,
        access: &'a str,
    },
    /// A renewal of the session that `before` is of.
    Renewal {
        before: &'a Claims,
        now: u64,
        access: &'a str,
    },
    /// It lay in the keychain, and may be old.
    Memory,
}

/// A token that was read, and not yet believed.
pub(super) struct IdToken {
    parsed: CoreIdToken,
    kid: Option<String>,
    claims: Claims,
}

impl IdToken {
    pub(super) fn read(text: &str) -> Result<Self, LoginError> {
        if text.len() > MOST {
            return Err(refuse("the id_token is longer than 16 KiB"));
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, _] = parts.as_slice() else {
            return Err(refuse(&match parts.len() {
                5 => "the id_token is encrypted, which was not asked for".to_owned(),
                n => format!("the id_token has {n} parts, not three"),
            }));
        };
        let kid = key_name(header)?;
        let payload = json(payload)
            .ok_or_else(|| refuse("the id_token's claims are no JSON, or hold a key twice"))?;
        let claims = Claims::read(&payload)?;
        let parsed = text
            .parse()
            .map_err(|_| refuse("the id_token's claims are not as OpenID Connect has them"))?;
        Ok(Self {
            parsed,
            kid,
            claims,
        })
    }

    /// What it says, which is nobody's word before [`Self::judge`].
    pub(super) fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Whether none of `keys` bears the name that its header gives.
    pub(super) fn is_by_none_of(&self, keys: &CoreJsonWebKeySet) -> bool {
        self.kid.as_ref().is_some_and(|kid| {
            !keys
                .keys()
                .iter()
                .any(|key| openidconnect::JsonWebKey::key_id(key).is_some_and(|it| **it == *kid))
        })
    }

    pub(super) fn judge(
        &self,
        party: &Party,
        keys: CoreJsonWebKeySet,
        occasion: Occasion<'_>,
    ) -> Result<(), LoginError> {
        let clock = match occasion {
            Occasion::SignIn { now, .. } | Occasion::Renewal { now, .. } => {
                now.saturating_sub(LEEWAY)
            }
            Occasion::Memory => 0,
        };
        let verifier = CoreIdTokenVerifier::new_public_client(
            party.client_id.clone(),
            party.issuer.clone(),
            keys,
        )
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        // The crate knows no leeway.
        .set_time_fn(move || SystemTime::into(UNIX_EPOCH + Duration::from_secs(clock)));
        let key = self
            .parsed
            .signing_key(&verifier)
            .map_err(|error| unsigned(&error))?;
        // Before it is used: the arithmetic behind it panics on a modulus of nothing.
        if modulus(key) < MODULUS {
            return Err(refuse("the id_token's key is weaker than 2048 bits"));
        }
        let verified = match occasion {
            Occasion::SignIn { nonce, .. } => self.parsed.claims(&verifier, nonce),
            Occasion::Renewal { .. } | Occasion::Memory => {
                self.parsed.claims(&verifier, |_: Option<&Nonce>| Ok(()))
            }
        }
        .map_err(|error| self.told(&error, clock + LEEWAY))?;
        self.claims.audience(&party.client_id)?;
        match occasion {
            Occasion::SignIn { began, now, .. } => self.claims.is_fresh(began, now)?,
            Occasion::Renewal { before, now, .. } => self.claims.renews(before, now)?,
            Occasion::Memory => {}
        }
        match (occasion, verified.access_token_hash()) {
            (
                Occasion::SignIn { access, .. } | Occasion::Renewal { access, .. },
                Some(expected),
            ) => belongs(expected, access, key),
            (Occasion::Memory, _) | (_, None) => Ok(()),
        }
    }

    /// In our own words, since the crate's repeat what the token holds.
    fn told(&self, error: &ClaimsVerificationError, now: u64) -> LoginError {
        match error {
            ClaimsVerificationError::InvalidIssuer(_) => refuse(&format!(
                "the id_token is issued by `{}`, which is not this connection's issuer",
                plain(&self.claims.issuer, 120)
            )),
            ClaimsVerificationError::InvalidAudience(_) => {
                refuse("the id_token is not for this application alone")
            }
            ClaimsVerificationError::InvalidNonce(_) => {
                refuse("the id_token answers another request (its nonce is not ours)")
            }
            ClaimsVerificationError::Expired(_) => refuse(&format!(
                "the id_token expired {} s ago; look at this machine's clock",
                now.saturating_sub(self.claims.exp)
            )),
            ClaimsVerificationError::SignatureVerification(error) => unsigned(error),
            ClaimsVerificationError::InvalidAuthContext(_)
            | ClaimsVerificationError::InvalidAuthTime(_)
            | ClaimsVerificationError::InvalidSubject(_)
            | ClaimsVerificationError::Other(_)
            | ClaimsVerificationError::Unsupported(_)
            | _ => refuse("the id_token is not as OpenID Connect has it"),
        }
    }
}

/// The name of its key, from a header that names RS256 and nothing that could bring another key.
fn key_name(header: &str) -> Result<Option<String>, LoginError> {
    let unreadable = || refuse("the id_token's header is no JSON, or holds a key twice");
    let header = json(header).ok_or_else(unreadable)?;
    let header = header.as_object().ok_or_else(unreadable)?;
    match header.get("alg") {
        Some(Value::String(alg)) if alg == "RS256" => {}
        Some(Value::String(alg)) => {
            return Err(refuse(&format!(
                "the id_token is signed with `{}`, not with RS256",
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
    if let Some(name) = header
        .keys()
        .find(|name| !HARMLESS.contains(&name.as_str()))
    {
        return Err(refuse(&format!(
            "the id_token's header names `{}`, which could bring another key",
            plain(name, 20)
        )));
    }
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(refuse("the id_token's key is not named by a text (kid)")),
    }
}

fn json(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    parse_strict(std::str::from_utf8(&bytes).ok()?).ok()
}

/// Bytes of a key's modulus, without the zeros that may stand before it.
fn modulus(key: &CoreJsonWebKey) -> usize {
    let bytes = serde_json::to_value(key)
        .ok()
        .and_then(|key| URL_SAFE_NO_PAD.decode(key.get("n")?.as_str()?).ok())
        .unwrap_or_default();
    bytes.iter().skip_while(|byte| **byte == 0).count()
}

fn unsigned(error: &Bad) -> LoginError {
    refuse(match error {
        Bad::NoMatchingKey => "no key of the provider's has the name that the id_token gives (kid)",
        Bad::AmbiguousKeyId(_) => {
            "the id_token does not say which of the provider's keys signed it (kid)"
        }
        Bad::InvalidKey(_) => "the provider's key is no RSA key",
        Bad::NoSignature => "the id_token is not signed",
        Bad::CryptoError(_)
        | Bad::DisallowedAlg(_)
        | Bad::UnsupportedAlg(_)
        | Bad::Other(_)
        | _ => "the id_token's signature is not made with the provider's key",
    })
}

fn belongs(
    expected: &AccessTokenHash,
    access: &str,
    key: &CoreJsonWebKey,
) -> Result<(), LoginError> {
    let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    match AccessTokenHash::from_token(&AccessToken::new(access.to_owned()), &algorithm, key) {
        Ok(found) if found == *expected => Ok(()),
        Ok(_) | Err(_) => Err(refuse(
            "the id_token came with another access token (at_hash)",
        )),
    }
}
