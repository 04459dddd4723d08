//! The id_token of Universal Prompt, judged: what Duo says of whom, to us, now.
//!
//! The algorithm is fixed before anything is read, and the signature is checked before any claim
//! is. The `openidconnect` crate then judges issuer, audience, times and nonce; what it leaves to
//! its user is judged here: the person, Duo's own verdict, and that somebody was asked at all.

mod claims;
mod jws;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2::{ClientId, ClientSecret};
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{ClaimsVerificationError, IssuerUrl, JsonWebKeySet, Nonce};
use secrecy::ExposeSecret as _;
use thumbturn_core::LoginError;

use super::Connection;
use super::login::token_endpoint;
use claims::Claims;

/// How far two clocks may be apart, in seconds.
const LEEWAY: u64 = 60;
/// The longest life of a token, in seconds: what Duo gives, and the most it takes from us.
const LIFE: u64 = 3600;

/// Whose word it must be, and about whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) application: &'a Connection,
    pub(super) user: &'a str,
}

/// What a token must match that was just asked for.
#[derive(Clone, Copy)]
pub(super) struct Receipt<'a> {
    pub(super) nonce: &'a Nonce,
    /// When the sign-in began, and now, in seconds since the Unix epoch.
    pub(super) began: u64,
    pub(super) now: u64,
}

/// Gives `auth_time`, in seconds since the Unix epoch. Without a receipt it is a token from the
/// keychain, which may be old.
pub(super) fn judge(
    token: &str,
    expected: &Expected<'_>,
    receipt: Option<&Receipt<'_>>,
) -> Result<u64, LoginError> {
    let key = expected.application.secret_key().expose_secret();
    let payload = jws::verified(token, key.as_bytes())?;
    let claims = Claims::read(&payload, receipt.is_some())?;
    verify(token, expected, receipt, &claims)?;
    claims.audience(expected.application.integration_key())?;
    if let Some(receipt) = receipt {
        claims.times(receipt)?;
    }
    claims.person(expected.user)?;
    claims.verdict()?;
    claims.presence()?;
    Ok(claims.auth_time)
}

fn verify(
    token: &str,
    expected: &Expected<'_>,
    receipt: Option<&Receipt<'_>>,
    claims: &Claims,
) -> Result<(), LoginError> {
    let application = expected.application;
    let parsed: CoreIdToken = token
        .parse()
        .map_err(|_| refuse("the id_token's claims are not as OpenID Connect has them"))?;
    let issuer = IssuerUrl::new(token_endpoint(application))
        .map_err(|_| refuse("this connection's hostname makes no issuer"))?;
    let mut verifier = CoreIdTokenVerifier::new_confidential_client(
        ClientId::new(application.integration_key().to_owned()),
        ClientSecret::new(application.secret_key().expose_secret().to_owned()),
        issuer,
        JsonWebKeySet::new(Vec::new()),
    )
    .set_allowed_algs([CoreJwsSigningAlgorithm::HmacSha512]);
    // The crate knows no leeway, and a token from the keychain is past its time.
    let clock = receipt.map_or(0, |receipt| receipt.now.saturating_sub(LEEWAY));
    verifier =
        verifier.set_time_fn(move || SystemTime::into(UNIX_EPOCH + Duration::from_secs(clock)));
    let verified = match receipt {
        Some(receipt) => parsed.claims(&verifier, receipt.nonce),
        None => parsed.claims(&verifier, |_: Option<&Nonce>| Ok(())),
    };
    verified
        .map(drop)
        .map_err(|error| told(&error, claims, receipt))
}

/// In our own words, since the crate's repeat what the token holds.
fn told(
    error: &ClaimsVerificationError,
    claims: &Claims,
    receipt: Option<&Receipt<'_>>,
) -> LoginError {
    match error {
        ClaimsVerificationError::InvalidIssuer(_) => refuse(&format!(
            "the id_token is issued by `{}`, which is not this tenant",
            claims.issuer()
        )),
        ClaimsVerificationError::InvalidAudience(_) => {
            refuse("the id_token is not for this application")
        }
        ClaimsVerificationError::InvalidNonce(_) => {
            refuse("the id_token answers another request (its nonce is not ours)")
        }
        ClaimsVerificationError::Expired(_) => {
            let late = receipt.map_or(0, |receipt| receipt.now.saturating_sub(claims.exp));
            refuse(&format!(
                "the id_token expired {late} s ago; look at this machine's clock"
            ))
        }
        ClaimsVerificationError::SignatureVerification(_) => refuse(jws::BAD_SIGNATURE),
        ClaimsVerificationError::InvalidAuthContext(_)
        | ClaimsVerificationError::InvalidAuthTime(_)
        | ClaimsVerificationError::InvalidSubject(_)
        | ClaimsVerificationError::Other(_)
        | ClaimsVerificationError::Unsupported(_)
        | _ => refuse("the id_token is not as OpenID Connect has it"),
    }
}

fn refuse(words: &str) -> LoginError {
    LoginError::Untrusted {
        words: words.to_owned(),
    }
}

#[cfg(test)]
mod tests;
