//! Signing in with Duo's Universal Prompt, in the person's own browser.
//!
//! Duo calls it OpenID Connect, and nearly is: there is no discovery and no key set, the request
//! and our own identity are JWTs under the client secret, and so is the answer. It is a second
//! factor for a name that *we* assert, so the name that comes back must be that one, and Duo must
//! have asked somebody: its own libraries look at neither `auth_result` nor `auth_context`.
//!
//! Source: Duo's documentation of the OIDC Auth API, and the `duo_universal` SDKs.

mod exchange;
mod health;
mod request;
mod trial;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oauth2::CsrfToken;
use openidconnect::Nonce;
use secrecy::SecretString;
use thumbturn_core::{Card, LoginError, Way};
use tokio::time::Instant;

pub(super) use exchange::{Answer, Failed, TokenClient, refused, untrusted};
pub(super) use request::token_endpoint;

use super::id_token::{Expected, Receipt, judge};
use super::oidc_http::{OidcHttp, Waits};
use super::{Connection, ConnectionError};
use crate::browser::Browser;
use crate::keychain::Secret;
use crate::loopback::{Callback, Loopback};

/// How long a person may take, as in the core.
pub(super) const TRIP: Duration = Duration::from_secs(300);
/// Random bytes of a state, a nonce, a name of a JWT: 43 characters each.
pub(super) const RANDOM: u32 = 32;

/// A Web SDK application of a Duo tenant.
pub struct Application {
    /// The API hostname, with a port if it has one.
    pub host: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// A certificate authority in place of Duo's, for a tenant on this machine.
    pub ca: Option<String>,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("host", &self.host)
            .field("client_id", &self.client_id)
            .field("ca", &self.ca.is_some())
            .finish_non_exhaustive()
    }
}

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: String,
    pub way: Way,
    /// When they were asked, in seconds since the Unix epoch.
    pub auth_time: u64,
    /// When the provider wants to be asked again, in seconds since the Unix epoch.
    pub renews: Option<u64>,
    pub tokens: Tokens,
}

/// What proves it, for the keychain and nothing else.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub id: Secret,
    pub access: Option<Secret>,
    pub refresh: Option<Secret>,
}

/// The ask that a step-up is for, as its pages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Its reference.
    pub code: String,
    /// What would run.
    pub title: String,
}

impl Purpose {
    /// From the same rows that a phone would show.
    pub fn of(card: &Card) -> Self {
        let row = |wanted: &str| {
            let mut pairs = card.pairs.iter();
            let found = pairs.find(|(key, _)| key == wanted);
            found.map_or_else(String::new, |(_, value)| value.clone())
        };
        Self {
            code: row("Ref"),
            title: row("What"),
        }
    }
}

/// A way to sign in to one application.
pub struct UniversalPrompt {
    /// The host and the two keys, under the Auth API's names for them.
    application: Connection,
    http: OidcHttp,
    trip: Duration,
}

impl UniversalPrompt {
    /// `proxy` comes from the settings, as `http://host:port`; the environment's is never used.
    ///
    /// # Errors
    /// Where one of them cannot be what Duo's Admin Panel shows.
    pub fn new(application: Application, proxy: Option<&str>) -> Result<Self, ConnectionError> {
        let waits = Waits {
            connect: Duration::from_secs(10),
            // The browser is kept waiting meanwhile.
            answer: Duration::from_secs(15),
        };
        Self::with_waits(application, proxy, TRIP, waits)
    }

    /// As [`Self::new`], with other time-outs: of a whole trip, and of one request.
    ///
    /// # Errors
    /// As there.
    pub fn with_patience(
        application: Application,
        proxy: Option<&str>,
        trip: Duration,
        answer: Duration,
    ) -> Result<Self, ConnectionError> {
        let connect = answer;
        Self::with_waits(application, proxy, trip, Waits { connect, answer })
    }

    fn with_waits(
        application: Application,
        proxy: Option<&str>,
        trip: Duration,
        waits: Waits,
    ) -> Result<Self, ConnectionError> {
        let application = Connection::new(
            &application.host,
            &application.client_id,
            application.client_secret,
            application.ca,
        )
        .map_err(|error| match error {
            ConnectionError::IntegrationKey => ConnectionError::ClientId,
            ConnectionError::SecretKey => ConnectionError::ClientSecret,
            ConnectionError::ForeignHost(_)
            | ConnectionError::Host(_)
            | ConnectionError::ClientId
            | ConnectionError::ClientSecret
            | ConnectionError::Issuer(_)
            | ConnectionError::SsoClientId
            | ConnectionError::SsoClientSecret
            | ConnectionError::Item
            | ConnectionError::Proxy => error,
        })?;
        let http = OidcHttp::of(&application, proxy, waits)?;
        Ok(Self {
            application,
            http,
            trip,
        })
    }

    /// Whether Duo takes this application's keys, and the clocks agree.
    ///
    /// # Errors
    /// [`LoginError::Misconfigured`] with what to mend, or [`LoginError::Unreachable`].
    pub async fn health_check(&self) -> Result<(), LoginError> {
        health::check(&self.application, &self.http, unix_now()).await
    }

    /// Opens the browser and waits for its way back, five minutes at most.
    ///
    /// `opened` hears the address on this machine where the sign-in begins, for whom no browser opened.
    ///
    /// # Errors
    /// Why nobody is signed in. Dropping the future ends the trip, its listener included.
    pub async fn sign_in(
        &self,
        user: &str,
        browser: &Browser,
        opened: impl FnOnce(String),
    ) -> Result<SignedIn, LoginError> {
        self.trip(user, browser, None, opened).await
    }

    /// As [`Self::sign_in`], to approve one ask: the page where it begins names that ask, and waits
    /// for the person to go on.
    ///
    /// # Errors
    /// Why nothing is approved.
    pub async fn step_up(
        &self,
        user: &str,
        browser: &Browser,
        purpose: Purpose,
        opened: impl FnOnce(String),
    ) -> Result<SignedIn, LoginError> {
        self.trip(user, browser, Some(purpose), opened).await
    }

    async fn trip(
        &self,
        user: &str,
        browser: &Browser,
        purpose: Option<Purpose>,
        opened: impl FnOnce(String),
    ) -> Result<SignedIn, LoginError> {
        if user.trim().is_empty() {
            return Err(LoginError::NoName);
        }
        let mut loopback = Loopback::bind(&[])?.for_approval(purpose);
        let trip = Trip::new(user, loopback.redirect_uri());
        let result = match self.way_back(&trip, &mut loopback, browser, opened).await {
            Ok(callback) => self.complete(&trip, callback).await,
            Err(error) => Err(error),
        };
        loopback.finish(result.as_ref().map(|it| it.user.as_str()));
        result
    }

    /// Sends the browser off, and waits for what it brings back.
    async fn way_back(
        &self,
        trip: &Trip,
        loopback: &mut Loopback,
        browser: &Browser,
        opened: impl FnOnce(String),
    ) -> Result<Callback, LoginError> {
        let url = request::authorize_url(&self.application, trip)?;
        let address = loopback.start_address();
        opened(address.clone());
        let deadline = Instant::now() + self.trip;
        let (waited, ()) = tokio::join!(
            loopback.wait(url.as_str(), trip.state.secret(), deadline),
            open(browser, &address),
        );
        waited
    }

    async fn complete(&self, trip: &Trip, callback: Callback) -> Result<SignedIn, LoginError> {
        let tokens = exchange::tokens(&self.application, &self.http, trip, callback).await?;
        let receipt = Receipt {
            nonce: &trip.nonce,
            began: trip.began,
            now: unix_now(),
        };
        self.signed_in(&trip.user, tokens, Some(&receipt))
    }

    /// Tokens from the keychain, judged again: signature, issuer, audience, user, and that Duo had
    /// asked somebody. Not `exp`: that was judged at receipt, and a session ends by `auth_time` and
    /// a lifetime of ours.
    ///
    /// # Errors
    /// [`LoginError::Untrusted`] and [`LoginError::SilentPass`], with the check that failed.
    pub fn remember(&self, user: &str, tokens: &Tokens) -> Result<SignedIn, LoginError> {
        self.signed_in(user, tokens.clone(), None)
    }

    fn signed_in(
        &self,
        user: &str,
        tokens: Tokens,
        receipt: Option<&Receipt<'_>>,
    ) -> Result<SignedIn, LoginError> {
        let expected = Expected {
            application: &self.application,
            user,
        };
        let auth_time = judge(&tokens.id, &expected, receipt)?;
        Ok(SignedIn {
            user: user.to_owned(),
            way: Way::UniversalPrompt,
            auth_time,
            renews: None,
            tokens,
        })
    }
}

impl fmt::Debug for UniversalPrompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UniversalPrompt")
            .field("application", &self.application)
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}

/// One sign-in: what only it may be answered with.
struct Trip {
    user: String,
    redirect_uri: String,
    state: CsrfToken,
    nonce: Nonce,
    /// In seconds since the Unix epoch.
    began: u64,
}

impl Trip {
    fn new(user: &str, redirect_uri: String) -> Self {
        Self {
            user: user.to_owned(),
            redirect_uri,
            state: CsrfToken::new_random_len(RANDOM),
            nonce: Nonce::new_random_len(RANDOM),
            began: unix_now(),
        }
    }
}

/// A browser that does not open ends nothing: the address is shown, and any other will do.
pub(super) async fn open(browser: &Browser, address: &str) {
    if let Err(error) = browser.open(address).await {
        tracing::warn!(error = error.words(), "no browser opened for the sign-in");
    }
}

pub(super) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
