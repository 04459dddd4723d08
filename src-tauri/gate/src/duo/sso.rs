//! Signing in with Duo Single Sign-On: an OpenID provider like others, in the person's own browser.
//!
//! It asks for both factors and says itself who came, so the name is taken from its signed id_token:
//! `preferred_username`; without one a verified `email`; without that `sub`. What `userinfo` says is
//! not signed and is never asked for.
//!
//! Its application in the Duo Admin Panel wants the addresses of [`SingleSignOn::redirect_uris`].
//!
//! Sources: OpenID Connect Core, Discovery and RP-Initiated Logout 1.0, RFC 7009, 7636, 9207, 9700,
//! and Duo's documentation of its generic OpenID Connect relying party.

mod claims;
mod exchange;
mod id_token;
mod metadata;
mod provider;
mod request;
mod site;

use std::time::Duration;

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{LogoutRequest, Nonce};
use thumbturn_core::{LoginError, Way};
use thumbturn_wire::plain;
use tokio::time::Instant;

use super::login::{RANDOM, TRIP, open, unix_now, untrusted};
use super::oidc_http::{OidcHttp, Waits};
use super::{ConnectionError, SignedIn, Tokens};
use crate::browser::Browser;
use crate::loopback::{Callback, Loopback};
use claims::Claims;
use exchange::Fresh;
use id_token::{IdToken, Occasion};
pub use provider::Provider;
use provider::{PORTS, Party, WAY_BACK};
use site::Site;

/// The least time between two renewals, in seconds, whatever a provider says.
const LEAST: u64 = 60;
/// How long an access token lasts, in seconds, where nobody says: Duo's own default.
const USUAL: u64 = 3600;

/// A way to sign in at one provider.
#[derive(Debug)]
pub struct SingleSignOn {
    party: Party,
    http: OidcHttp,
    trip: Duration,
}

impl SingleSignOn {
    /// `proxy` comes from the settings, as `http://host:port`; the environment's is never used.
    ///
    /// # Errors
    /// Where one of them cannot be what Duo's Admin Panel shows.
    pub fn new(provider: Provider, proxy: Option<&str>) -> Result<Self, ConnectionError> {
        let waits = Waits {
            connect: Duration::from_secs(10),
            // The browser is kept waiting meanwhile.
            answer: Duration::from_secs(15),
        };
        Self::with_waits(&provider, proxy, TRIP, waits)
    }

    /// As [`Self::new`], with other time-outs: of a whole trip, and of one request.
    ///
    /// # Errors
    /// As there.
    pub fn with_patience(
        provider: Provider,
        proxy: Option<&str>,
        trip: Duration,
        answer: Duration,
    ) -> Result<Self, ConnectionError> {
        let connect = answer;
        Self::with_waits(&provider, proxy, trip, Waits { connect, answer })
    }

    fn with_waits(
        provider: &Provider,
        proxy: Option<&str>,
        trip: Duration,
        waits: Waits,
    ) -> Result<Self, ConnectionError> {
        Ok(Self {
            party: Party::new(provider)?,
            http: OidcHttp::new(provider.ca.as_deref(), proxy, waits)?,
            trip,
        })
    }

    /// What the application must list as its sign-in redirect URLs, all of them and exactly so.
    pub fn redirect_uris(&self) -> [String; 3] {
        PORTS.map(|port| format!("http://localhost:{port}{WAY_BACK}"))
    }

    /// Whether the provider is there, is the one that was named, and offers what a sign-in needs.
    ///
    /// # Errors
    /// [`LoginError::Misconfigured`] with what to mend, or [`LoginError::Unreachable`].
    pub async fn discover(&self) -> Result<(), LoginError> {
        self.site().await?.keys().await.map(drop)
    }

    /// Opens the browser and waits for its way back, five minutes at most. Whoever signs in must be
    /// `user`, where one is given.
    ///
    /// `opened` hears the address on this machine where the sign-in begins, for whom no browser opened.
    ///
    /// # Errors
    /// Why nobody is signed in. Dropping the future ends the trip, its listener included.
    pub async fn sign_in(
        &self,
        user: Option<&str>,
        browser: &Browser,
        opened: impl FnOnce(String),
    ) -> Result<SignedIn, LoginError> {
        if user.is_some_and(|user| user.trim().is_empty()) {
            return Err(LoginError::NoName);
        }
        let site = self.site().await?;
        let mut loopback = Loopback::bind(&PORTS)?.at(WAY_BACK);
        let trip = Trip::new(loopback.redirect_uri());
        let url = request::authorize_url(&site, &trip, user)?;
        let address = loopback.start_address();
        opened(address.clone());
        let deadline = Instant::now() + self.trip;
        let (waited, ()) = tokio::join!(
            loopback.wait(url.as_str(), trip.state.secret(), deadline),
            open(browser, &address),
        );
        let fresh = match waited {
            Ok(callback) => trip.exchange(&site, callback).await,
            Err(error) => Err(error),
        };
        let result = match &fresh {
            Ok(fresh) => trip.judge(&site, fresh, user).await,
            Err(error) => Err(error.clone()),
        };
        loopback.finish(result.as_ref().map(|it| it.user.as_str()));
        if let (Ok(fresh), Err(_)) = (fresh, &result) {
            take_back(&site, fresh).await;
        }
        result
    }

    /// Tokens from the keychain, judged again: signature, issuer, audience and user. Not `exp`: that was
    /// judged at receipt, and a session ends by `auth_time` and a lifetime of ours.
    ///
    /// # Errors
    /// [`LoginError::Untrusted`] with the check that failed, or [`LoginError::Unreachable`] where the
    /// provider's keys cannot be had.
    pub async fn remember(&self, user: &str, tokens: &Tokens) -> Result<SignedIn, LoginError> {
        let token = IdToken::read(&tokens.id)?;
        let site = self.site().await?;
        site.judge(&token, Occasion::Memory).await?;
        is_about(token.claims(), user)?;
        let renews = tokens.refresh.as_ref().map(|_| token.claims().exp);
        signed_in(token.claims(), tokens.clone(), renews)
    }

    /// New tokens for old ones, without the person. The session stays the same, `auth_time` too.
    ///
    /// # Errors
    /// [`LoginError::Refused`] where the provider no longer renews it; the others as for a sign-in. Only
    /// where it was [`LoginError::Unreachable`] may the old tokens still be good for another try.
    pub async fn renew(&self, user: &str, tokens: &Tokens) -> Result<SignedIn, LoginError> {
        let Some(refresh) = &tokens.refresh else {
            return Err(LoginError::Refused {
                words: "the provider gave nothing to renew this session with".into(),
            });
        };
        let before = IdToken::read(&tokens.id)?;
        let site = self.site().await?;
        // The old token is used up by the exchange, so all else that may be out of reach comes first.
        let keys = site.keys().await?;
        let fresh = exchange::refresh(&site, refresh).await?;
        let result = renewed(&site, keys, user, (before, tokens), &fresh).await;
        if result.is_err() {
            take_back(&site, fresh).await;
        }
        result
    }

    /// Takes the tokens back where the provider offers that; in `browser`, if there is one, also opens
    /// the page where the provider ends its own session, where it has one.
    ///
    /// That page hears who we are and no token, so it may ask the person first.
    ///
    /// # Errors
    /// Where the provider cannot be asked, or does not say that it is done. The page was opened all the same.
    pub async fn end(&self, tokens: &Tokens, browser: Option<&Browser>) -> Result<(), LoginError> {
        let site = self.site().await?;
        let revoked = exchange::revoke(&site, tokens).await;
        let page = &site.metadata.additional_metadata().end_session_endpoint;
        if let (Some(browser), Some(page)) = (browser, page) {
            let url = LogoutRequest::from(page.clone())
                .set_client_id(self.party.client_id.clone())
                .http_get_url();
            browser.open(url.as_str()).await?;
        }
        revoked
    }

    async fn site(&self) -> Result<Site<'_>, LoginError> {
        Site::find(&self.party, &self.http).await
    }
}

/// One sign-in: what only it may be answered with.
struct Trip {
    redirect_uri: String,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    /// In seconds since the Unix epoch.
    began: u64,
}

impl Trip {
    fn new(redirect_uri: String) -> Self {
        Self {
            redirect_uri,
            state: CsrfToken::new_random_len(RANDOM),
            nonce: Nonce::new_random_len(RANDOM),
            verifier: PkceCodeChallenge::new_random_sha256().1,
            began: unix_now(),
        }
    }

    async fn exchange(&self, site: &Site<'_>, callback: Callback) -> Result<Fresh, LoginError> {
        site.is_source(callback.iss.as_deref())?;
        exchange::exchange(site, self, callback.code).await
    }

    async fn judge(
        &self,
        site: &Site<'_>,
        fresh: &Fresh,
        user: Option<&str>,
    ) -> Result<SignedIn, LoginError> {
        let id = fresh
            .id
            .as_ref()
            .ok_or_else(|| untrusted("it holds no id_token"))?;
        let token = IdToken::read(id)?;
        let now = unix_now();
        let occasion = Occasion::SignIn {
            nonce: &self.nonce,
            began: self.began,
            now,
            access: &fresh.access,
        };
        site.judge(&token, occasion).await?;
        let claims = token.claims();
        if let Some(user) = user
            && user != claims.user
        {
            return Err(LoginError::Refused {
                words: format!(
                    "it was `{}` who signed in, not `{}`",
                    plain(&claims.user, 60),
                    plain(user, 60)
                ),
            });
        }
        let renews = fresh.refresh.as_ref().map(|_| fresh.renews(now));
        signed_in(claims, fresh.tokens(id.clone()), renews)
    }
}

async fn renewed(
    site: &Site<'_>,
    keys: CoreJsonWebKeySet,
    user: &str,
    (before, tokens): (IdToken, &Tokens),
    fresh: &Fresh,
) -> Result<SignedIn, LoginError> {
    let now = unix_now();
    let mut kept = (before, tokens.id.clone());
    let mut is_whole = false;
    if let Some(id) = &fresh.id {
        let token = IdToken::read(id)?;
        let occasion = Occasion::Renewal {
            before: kept.0.claims(),
            now,
            access: &fresh.access,
        };
        site.judge_by(keys.clone(), &token, occasion).await?;
        is_whole = token.claims().says_as_much_as(kept.0.claims());
        if is_whole {
            kept = (token, id.clone());
        }
    }
    if !is_whole {
        // It still has to say who, and since when; so it must still be the provider's word.
        site.judge_by(keys, &kept.0, Occasion::Memory).await?;
    }
    let claims = kept.0.claims();
    is_about(claims, user)?;
    let mut all = fresh.tokens(kept.1);
    all.refresh = all.refresh.or_else(|| tokens.refresh.clone());
    signed_in(claims, all, Some(fresh.renews(now)))
}

/// What came with an answer that is refused must not be left lying open at the provider.
async fn take_back(site: &Site<'_>, fresh: Fresh) {
    let tokens = fresh.tokens(String::new().into());
    if let Err(error) = exchange::revoke(site, &tokens).await {
        tracing::warn!(
            error = error.words(),
            "tokens of a refused sign-in were not revoked"
        );
    }
}

fn is_about(claims: &Claims, user: &str) -> Result<(), LoginError> {
    if claims.user == user {
        return Ok(());
    }
    Err(untrusted(&format!(
        "the id_token is about `{}`, not about `{}`",
        plain(&claims.user, 60),
        plain(user, 60)
    )))
}

fn signed_in(claims: &Claims, tokens: Tokens, renews: Option<u64>) -> Result<SignedIn, LoginError> {
    let auth_time = claims
        .auth_time
        .ok_or_else(|| untrusted("the id_token does not say when you were asked (auth_time)"))?;
    Ok(SignedIn {
        user: claims.user.clone(),
        way: Way::SingleSignOn,
        auth_time,
        renews,
        tokens,
    })
}

#[cfg(test)]
mod tests;
