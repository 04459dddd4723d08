//! From a code to tokens, by a form that only Duo sees.

use std::borrow::Cow;
use std::fmt;

use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthorizationCode, Client, ClientId, EndpointNotSet, ExtraTokenFields, RedirectUrl,
    RequestTokenError, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use thumbturn_core::LoginError;

use super::request::{client_assertion, token_endpoint};
use super::{Callback, Connection, OidcHttp, Tokens, Trip, unix_now};
use crate::duo::failure::words;
use crate::duo::oidc_http::HttpError;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The id_token as it came: it is judged as text, before anything in it is believed.
#[derive(Serialize, Deserialize)]
pub(in crate::duo) struct IdText {
    pub(in crate::duo) id_token: Option<String>,
}

impl ExtraTokenFields for IdText {}

impl fmt::Debug for IdText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdText(…)")
    }
}

pub(in crate::duo) type Answer = StandardTokenResponse<IdText, BasicTokenType>;
/// With whichever endpoints were set.
pub(in crate::duo) type TokenClient<Revocation = EndpointNotSet, Token = EndpointNotSet> = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    Revocation,
    Token,
>;
pub(in crate::duo) type Failed = RequestTokenError<HttpError, BasicErrorResponse>;

pub(super) async fn tokens(
    application: &Connection,
    http: &OidcHttp,
    trip: &Trip,
    callback: Callback,
) -> Result<Tokens, LoginError> {
    let endpoint = token_endpoint(application);
    let no_address = || LoginError::Misconfigured {
        words: "its hostname makes no web address".into(),
    };
    // No secret is set: Duo wants an assertion in its place, and the id alone beside it.
    let client = TokenClient::<EndpointNotSet, EndpointNotSet>::new(ClientId::new(
        application.integration_key().to_owned(),
    ))
    .set_token_uri(TokenUrl::new(endpoint.clone()).map_err(|_| no_address())?);
    let redirect = RedirectUrl::new(trip.redirect_uri.clone()).map_err(|_| no_address())?;
    let answer = client
        .exchange_code(AuthorizationCode::new(callback.code))
        .set_redirect_uri(Cow::Owned(redirect))
        .add_extra_param("client_assertion_type", JWT_BEARER)
        .add_extra_param(
            "client_assertion",
            client_assertion(application, &endpoint, unix_now()),
        )
        .request_async(http)
        .await
        .map_err(refused)?;
    read(&answer)
}

fn read(answer: &Answer) -> Result<Tokens, LoginError> {
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(untrusted("its tokens are of a kind that Duo does not give"));
    }
    let Some(id) = &answer.extra_fields().id_token else {
        return Err(untrusted("it holds no id_token"));
    };
    Ok(Tokens {
        id: id.clone().into(),
        access: Some(answer.access_token().secret().clone().into()),
        refresh: None,
    })
}

pub(in crate::duo) fn refused(error: Failed) -> LoginError {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(error) => told(&error),
        // What could not be read may hold a token, so it is not repeated.
        RequestTokenError::Parse(..) => untrusted("it is not the answer that Duo gives"),
        RequestTokenError::Other(_) => untrusted("it is empty"),
    }
}

fn told(error: &BasicErrorResponse) -> LoginError {
    let code = words(error.error().as_ref());
    let told = match error.error_description() {
        Some(description) => format!("{} ({code})", words(description).trim_end_matches('.')),
        None => code,
    };
    if *error.error() == BasicErrorResponseType::InvalidGrant {
        return LoginError::Refused {
            words: "its answer was used before, or came too late (invalid_grant)".into(),
        };
    }
    LoginError::Misconfigured { words: told }
}

pub(in crate::duo) fn untrusted(words: &str) -> LoginError {
    LoginError::Untrusted {
        words: words.into(),
    }
}
