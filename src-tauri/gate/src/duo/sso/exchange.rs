//! From a code or an old token to new ones, and away with those that are done with.

use std::borrow::Cow;
use std::time::Duration;

use oauth2::basic::BasicTokenType;
use oauth2::{
    AccessToken, AuthType, AuthorizationCode, EndpointNotSet, EndpointSet, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, StandardRevocableToken, TokenResponse as _,
    TokenUrl,
};
use thumbturn_core::LoginError;

use super::metadata::misconfigured;
use super::site::Site;
use super::{LEAST, Trip, USUAL};
use crate::duo::login::{Answer, Failed, TokenClient, Tokens, refused, untrusted};
use crate::duo::oidc_http::Deeds;
use crate::keychain::Secret;

/// Tokens as they came. None of them is judged yet.
pub(super) struct Fresh {
    /// A renewal may bring none.
    pub(super) id: Option<Secret>,
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    lasts: Option<Duration>,
}

impl Fresh {
    pub(super) fn tokens(&self, id: Secret) -> Tokens {
        Tokens {
            id,
            access: Some(self.access.clone()),
            refresh: self.refresh.clone(),
        }
    }

    /// When to renew, in seconds since the Unix epoch.
    pub(super) fn renews(&self, now: u64) -> u64 {
        let lasts = self.lasts.map_or(USUAL, |lasts| lasts.as_secs());
        now.saturating_add(lasts.max(LEAST))
    }

    fn read(answer: &Answer) -> Result<Self, LoginError> {
        if *answer.token_type() != BasicTokenType::Bearer {
            return Err(untrusted("its tokens are of a kind that was not asked for"));
        }
        Ok(Self {
            id: answer.extra_fields().id_token.clone().map(Into::into),
            access: answer.access_token().secret().clone().into(),
            refresh: answer
                .refresh_token()
                .map(|token| token.secret().clone().into()),
            lasts: answer.expires_in(),
        })
    }
}

pub(super) async fn exchange(
    site: &Site<'_>,
    trip: &Trip,
    code: String,
) -> Result<Fresh, LoginError> {
    let redirect = RedirectUrl::new(trip.redirect_uri.clone())
        .map_err(|_| misconfigured("its way back is no web address"))?;
    let answer = client(site)?
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(PkceCodeVerifier::new(trip.verifier.secret().clone()))
        .set_redirect_uri(Cow::Owned(redirect))
        .request_async(site.http)
        .await
        .map_err(refused)?;
    Fresh::read(&answer)
}

pub(super) async fn refresh(site: &Site<'_>, token: &str) -> Result<Fresh, LoginError> {
    let token = RefreshToken::new(token.to_owned());
    let answer = client(site)?
        .exchange_refresh_token(&token)
        .request_async(site.http)
        .await
        .map_err(not_renewed)?;
    Fresh::read(&answer)
}

/// Ends what can be renewed, and with it, at most providers, all that came from it (RFC 7009).
///
/// Nothing is done where the provider takes no token back.
pub(super) async fn revoke(site: &Site<'_>, tokens: &Tokens) -> Result<(), LoginError> {
    let Some(endpoint) = &site.metadata.additional_metadata().revocation_endpoint else {
        return Ok(());
    };
    let token: StandardRevocableToken = match (&tokens.refresh, &tokens.access) {
        (Some(refresh), _) => RefreshToken::new(refresh.to_string()).into(),
        (None, Some(access)) => AccessToken::new(access.to_string()).into(),
        (None, None) => return Ok(()),
    };
    client(site)?
        .set_revocation_url(endpoint.clone())
        .revoke_token(token)
        .map_err(|_| misconfigured("its revocation endpoint is not over TLS"))?
        .request_async(&Deeds(site.http))
        .await
        .map_err(|error| match error {
            RequestTokenError::Request(error) => error.into(),
            RequestTokenError::ServerResponse(error) => LoginError::Refused {
                words: format!(
                    "it did not end the session ({})",
                    crate::duo::failure::words(error.error().as_ref())
                ),
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                untrusted("it did not say whether the session is ended")
            }
        })
}

fn client(site: &Site<'_>) -> Result<TokenClient<EndpointNotSet, EndpointSet>, LoginError> {
    let endpoint: TokenUrl = site
        .metadata
        .token_endpoint()
        .cloned()
        .ok_or_else(|| misconfigured("the provider has no token endpoint"))?;
    let client = TokenClient::new(site.party.client_id.clone())
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(endpoint);
    Ok(match &site.party.client_secret {
        Some(secret) => client.set_client_secret(secret.clone()),
        None => client,
    })
}

fn not_renewed(error: Failed) -> LoginError {
    let mut error = refused(error);
    if let LoginError::Refused { words } = &mut error {
        *words = "it no longer renews this session (invalid_grant)".into();
    }
    error
}
