//! Universal Prompt: `health_check`, `authorize` and `token`. The page between the last two is in `prompt`.
//!
//! OpenID Connect in shape, and not strictly: no discovery, no keys but the client secret, and a request object in place
//! of registered redirect URIs.

mod callback;
mod client;
mod id_token;
mod jwt;
mod request;
mod sign_in;
mod tamper;
mod token;

use serde_json::{Value, json};

use crate::auth::Params;
use crate::fault::Endpoint;
use crate::http::Response;
use crate::shared::Shared;
use crate::state::State;
use crate::{prompt, reply};

pub use callback::Patched;
pub(crate) use callback::leave;
pub use sign_in::Turn;
pub(crate) use sign_in::{Notice, Pass, Refused, SignIn, SignIns, Standing};
pub use tamper::{Patch, Signing, Tamper, Wire};

/// A request as it came in, whichever way its parameters came.
pub(crate) struct Visit<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) params: &'a Params,
    /// `localhost:PORT`, as the caller spells it: issuer and audiences are made of it.
    pub(crate) host: &'a str,
    pub(crate) cookie: &'a str,
}

impl Visit<'_> {
    pub(crate) fn base(&self) -> String {
        format!("https://{}", self.host)
    }
}

pub(crate) fn answer(shared: &Shared, endpoint: OidcEndpoint, visit: &Visit) -> Response {
    shared.change(|state| match endpoint {
        OidcEndpoint::HealthCheck => health_check(state, visit),
        OidcEndpoint::Authorize => authorize(state, visit),
        OidcEndpoint::Token => token::token(state, visit),
    })
}

#[derive(Clone, Copy)]
pub(crate) enum OidcEndpoint {
    HealthCheck,
    Authorize,
    Token,
}

impl OidcEndpoint {
    pub(crate) fn of(endpoint: Endpoint) -> Option<Self> {
        match endpoint {
            Endpoint::HealthCheck => Some(Self::HealthCheck),
            Endpoint::Authorize => Some(Self::Authorize),
            Endpoint::Token => Some(Self::Token),
            Endpoint::Ping
            | Endpoint::Check
            | Endpoint::Logo
            | Endpoint::Enroll
            | Endpoint::EnrollStatus
            | Endpoint::Preauth
            | Endpoint::Auth
            | Endpoint::AuthStatus => None,
        }
    }
}

/// The HTTP status of a failure is not published; the SDKs take 400.
fn health_check(state: &mut State, visit: &Visit) -> Response {
    let known = state.config.web_sdk.is(visit.params.value("client_id"));
    let judged = if known {
        client::check(state, visit, Endpoint::HealthCheck.path())
    } else {
        Err(client::Impostor::Assertion)
    };
    match judged {
        Ok(()) => reply::success(json!({"timestamp": state.unix})),
        Err(impostor) => Response::json(
            400,
            &json!({
                "stat": "FAIL",
                "code": 40002,
                "message": "invalid_client",
                "message_detail": impostor.text(),
                "timestamp": state.unix,
            }),
        ),
    }
}

/// Sends the browser on to the prompt, or past it when nobody is to be asked.
fn authorize(state: &mut State, visit: &Visit) -> Response {
    match request::read(state, visit) {
        Err(unusable) => prompt::unusable(state, unusable),
        Ok(request) => {
            let sign_in = sign_in::begin(state, visit, request);
            let page = match sign_in.standing {
                Standing::Passed(_) | Standing::Returned { .. } => "exit",
                Standing::Asked
                | Standing::Ringing { .. }
                | Standing::Refused(_)
                | Standing::Over => "prompt",
            };
            see_other(&format!("/frame/{page}?sid={}", sign_in.sid))
        }
    }
}

pub(crate) fn see_other(location: &str) -> Response {
    Response::new(303, "text/plain; charset=utf-8", "").with("Location", location)
}

/// An OAuth error, as RFC 6749 section 5.2 has it.
pub(crate) fn oauth_error(error: &str, description: &str) -> Response {
    let body: Value = json!({"error": error, "error_description": description});
    Response::json(400, &body)
}
