//! What the provider says of itself (OpenID Connect Discovery 1.0, RFC 8414), and what it must offer us.

use oauth2::url::Url;
use oauth2::{HttpRequest, RevocationUrl};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::{AdditionalProviderMetadata, EndSessionUrl, ProviderMetadata};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use thumbturn_core::LoginError;
use thumbturn_wire::plain;

use super::provider::Party;
use crate::duo::oidc_http::OidcHttp;

const PATH: &str = ".well-known/openid-configuration";

/// What the crate does not read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct More {
    pub(super) revocation_endpoint: Option<RevocationUrl>,
    pub(super) end_session_endpoint: Option<EndSessionUrl>,
    code_challenge_methods_supported: Option<Vec<String>>,
    prompt_values_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

pub(super) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Fetched anew for each trip: nothing of an earlier one can be stale.
pub(super) async fn discover(party: &Party, http: &OidcHttp) -> Result<Metadata, LoginError> {
    let address = party.issuer.join(PATH).map_err(|_| no_provider())?;
    let mut request = HttpRequest::new(Vec::new());
    *request.uri_mut() = address.as_str().parse().map_err(|_| no_provider())?;
    let answer = http.send(request).await?;
    if answer.status() != StatusCode::OK {
        return Err(no_provider());
    }
    let metadata: Metadata = serde_json::from_slice(answer.body()).map_err(|_| {
        misconfigured("what its issuer shows is no discovery document of OpenID Connect")
    })?;
    judge(&metadata, party)?;
    Ok(metadata)
}

fn judge(metadata: &Metadata, party: &Party) -> Result<(), LoginError> {
    if metadata.issuer().as_str() != party.issuer.as_str() {
        return Err(misconfigured(&format!(
            "it calls itself `{}`, and this connection's issuer is `{}`; copy the issuer exactly",
            plain(metadata.issuer(), 120),
            plain(&party.issuer, 120)
        )));
    }
    places(metadata, party)?;
    let offers_code = metadata
        .response_types_supported()
        .iter()
        .any(|types| types.as_slice() == [CoreResponseType::Code]);
    if !offers_code {
        return Err(lacking("the response type `code`"));
    }
    if !metadata
        .id_token_signing_alg_values_supported()
        .contains(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256)
    {
        return Err(lacking("id_tokens signed with `RS256`"));
    }
    let challenges = &metadata
        .additional_metadata()
        .code_challenge_methods_supported;
    if !lists(challenges.as_deref(), "S256") {
        return Err(lacking("PKCE with `S256`"));
    }
    let (method, name) = match party.client_secret {
        Some(_) => (
            CoreClientAuthMethod::ClientSecretPost,
            "`client_secret_post`",
        ),
        None => (CoreClientAuthMethod::None, "clients without a secret"),
    };
    match metadata.token_endpoint_auth_methods_supported() {
        Some(methods) if !methods.contains(&method) => Err(lacking(name)),
        // Without a list it is for the token endpoint to say.
        Some(_) | None => Ok(()),
    }
}

/// Every address that we or the browser would go to.
fn places(metadata: &Metadata, party: &Party) -> Result<(), LoginError> {
    let more = metadata.additional_metadata();
    let token = metadata
        .token_endpoint()
        .ok_or_else(|| lacking("a token endpoint"))?;
    let all: [(&str, Option<&Url>); 5] = [
        (
            "authorization endpoint",
            Some(metadata.authorization_endpoint().url()),
        ),
        ("token endpoint", Some(token.url())),
        ("key set", Some(metadata.jwks_uri().url())),
        (
            "revocation endpoint",
            more.revocation_endpoint.as_ref().map(|it| it.url()),
        ),
        (
            "logout endpoint",
            more.end_session_endpoint.as_ref().map(|it| it.url()),
        ),
    ];
    for (name, address) in all {
        if let Some(address) = address
            && !party.is_at(address)
        {
            return Err(misconfigured(&format!(
                "its {name} is at `{}`, which is not a place of the provider's over TLS",
                plain(address.as_str(), 120)
            )));
        }
    }
    Ok(())
}

/// Whether every answer says whose it is (RFC 9207).
pub(super) fn names_itself(metadata: &Metadata) -> bool {
    metadata
        .additional_metadata()
        .authorization_response_iss_parameter_supported
}

/// Whether a session can be renewed without the person.
pub(super) fn renews(metadata: &Metadata) -> bool {
    let scopes = metadata.scopes_supported();
    scopes.is_none_or(|scopes| {
        scopes
            .iter()
            .any(|scope| scope.as_str() == "offline_access")
    })
}

/// Whether it can be told to ask the person for consent, which OpenID Connect wants for a refresh token.
pub(super) fn asks_consent(metadata: &Metadata) -> bool {
    let prompts = &metadata.additional_metadata().prompt_values_supported;
    prompts.is_none() || lists(prompts.as_deref(), "consent")
}

/// Whether claims can be asked for by name (OpenID Connect Core 5.5).
pub(super) fn takes_claims(metadata: &Metadata) -> bool {
    metadata.claims_parameter_supported() == Some(true)
}

fn lists(list: Option<&[String]>, wanted: &str) -> bool {
    list.is_some_and(|list| list.iter().any(|value| value == wanted))
}

pub(super) fn misconfigured(words: &str) -> LoginError {
    LoginError::Misconfigured {
        words: words.to_owned(),
    }
}

fn lacking(what: &str) -> LoginError {
    misconfigured(&format!("the provider does not offer {what}"))
}

fn no_provider() -> LoginError {
    misconfigured("no OpenID provider answers at its issuer; copy the issuer exactly")
}
