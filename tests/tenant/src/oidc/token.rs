//! `token`: a code for an id_token.

use serde_json::json;

use super::client::{self, Impostor};
use super::{Visit, id_token, oauth_error};
use crate::fault::Endpoint;
use crate::http::Response;
use crate::random;
use crate::state::State;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Text of the live service.
const BAD_GRANT: &str = "The provided authorization grant or refresh token is invalid, expired, revoked, does not match the redirection URI.";
/// Duo's documentation has none; an hour is usual.
pub(super) const LIFE: i64 = 3600;

/// Parameters may stand in the query, in the form, or in both: Duo's Python SDK sends all of them in the query.
pub(super) fn token(state: &mut State, visit: &Visit) -> Response {
    let value = |name: &str| visit.params.value(name);
    match value("grant_type") {
        Some("authorization_code") => {}
        Some(_) => {
            return oauth_error("unsupported_grant_type", "The grant type is not supported.");
        }
        None => return oauth_error("invalid_request", "The grant_type is missing."),
    }
    if value("client_assertion_type") != Some(ASSERTION_TYPE) {
        return oauth_error("invalid_client", Impostor::Assertion.text());
    }
    if let Err(impostor) = client::check(state, visit, Endpoint::Token.path()) {
        return oauth_error("invalid_client", impostor.text());
    }
    let (Some(code), Some(redirect_uri)) = (value("code"), value("redirect_uri")) else {
        return oauth_error(
            "invalid_request",
            "The code or the redirect_uri is missing.",
        );
    };
    let now = state.now;
    let grant = state
        .sign_ins
        .redeem(code, now)
        .filter(|grant| grant.request.redirect_uri == redirect_uri);
    let Some(grant) = grant else {
        return oauth_error("invalid_grant", BAD_GRANT);
    };
    let claims = id_token::claims(state, visit, &grant);
    let tamper = state.orders.tampers.pop_front().unwrap_or_default();
    let id_token = tamper.token(claims, &state.config.web_sdk.secret_key);
    let access_token = random::secret(40);
    if let Some(text) = id_token.as_str() {
        state.sign_ins.issued.push(text.to_owned());
    }
    state.sign_ins.issued.push(access_token.clone());
    Response::json(
        200,
        &json!({"id_token": id_token, "access_token": access_token, "expires_in": LIFE, "token_type": "Bearer"}),
    )
}
