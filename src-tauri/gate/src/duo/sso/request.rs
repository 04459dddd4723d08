//! Where the browser goes.

use std::time::Duration;

use oauth2::url::Url;
use oauth2::{AuthUrl, PkceCodeChallenge, RedirectUrl, Scope};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient};
use openidconnect::{JsonWebKeySet, LoginHint};
use thumbturn_core::LoginError;

use super::Trip;
use super::metadata::{asks_consent, misconfigured, renews, takes_claims};
use super::site::Site;

/// With `prompt=login` for those that know one of the two only. Either makes `auth_time` obligatory.
const MAX_AGE: Duration = Duration::from_secs(60);

/// The claims that [`super::id_token`] looks for: only what is signed counts, not what `userinfo` says.
const CLAIMS: &str = r#"{"id_token":{"preferred_username":null,"email":null,"email_verified":null,"auth_time":{"essential":true}}}"#;

/// The request, for `user` if it is known who is to come back.
pub(super) fn authorize_url(
    site: &Site<'_>,
    trip: &Trip,
    user: Option<&str>,
) -> Result<Url, LoginError> {
    let (party, metadata) = (site.party, &site.metadata);
    let redirect = RedirectUrl::new(trip.redirect_uri.clone())
        .map_err(|_| misconfigured("its way back is no web address"))?;
    let client = CoreClient::new(
        party.client_id.clone(),
        party.issuer.clone(),
        JsonWebKeySet::new(Vec::new()),
    )
    .set_auth_uri(AuthUrl::from_url(
        metadata.authorization_endpoint().url().clone(),
    ))
    .set_redirect_uri(redirect);
    let (state, nonce) = (trip.state.clone(), trip.nonce.clone());
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || state,
            move || nonce,
        )
        .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&trip.verifier))
        .set_max_age(MAX_AGE)
        .add_prompt(CoreAuthPrompt::Login);
    if renews(metadata) {
        request = request.add_scope(Scope::new("offline_access".to_owned()));
        if asks_consent(metadata) {
            request = request.add_prompt(CoreAuthPrompt::Consent);
        }
    }
    if takes_claims(metadata) {
        request = request.add_extra_param("claims", CLAIMS);
    }
    if let Some(user) = user {
        request = request.set_login_hint(LoginHint::new(user.to_owned()));
    }
    Ok(request.url().0)
}
