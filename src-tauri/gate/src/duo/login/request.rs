//! What we send: JWTs under the client secret, as Duo wants them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use oauth2::url::Url;
use oauth2::{AuthUrl, ClientId, CsrfToken, RedirectUrl};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient};
use openidconnect::{IssuerUrl, JsonWebKeySet};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::Sha512;
use thumbturn_core::LoginError;

use super::{Connection, RANDOM, Trip};

/// How long a request of ours counts, in seconds: what Duo's own clients ask for.
const LIFE: u64 = 300;

/// Who signs the id_token, which is also where it is fetched.
pub(in crate::duo) fn token_endpoint(application: &Connection) -> String {
    format!("https://{}/oauth/v1/token", application.host())
}

/// Where the browser goes: the request as one signed object.
///
/// The same state, nonce and address stand beside it, as OpenID Connect wants; the object counts.
pub(super) fn authorize_url(application: &Connection, trip: &Trip) -> Result<Url, LoginError> {
    let authorize = format!("https://{}/oauth/v1/authorize", application.host());
    let client = CoreClient::new(
        ClientId::new(application.integration_key().to_owned()),
        IssuerUrl::new(token_endpoint(application)).map_err(|_| no_address())?,
        JsonWebKeySet::new(Vec::new()),
    )
    .set_auth_uri(AuthUrl::new(authorize).map_err(|_| no_address())?)
    .set_redirect_uri(RedirectUrl::new(trip.redirect_uri.clone()).map_err(|_| no_address())?);
    let (state, nonce) = (trip.state.clone(), trip.nonce.clone());
    let (url, _, _) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || state,
            move || nonce,
        )
        .add_extra_param("request", request_object(application, trip))
        .url();
    Ok(url)
}

fn request_object(application: &Connection, trip: &Trip) -> String {
    sign(application, &request_claims(application, trip))
}

/// `prompt` and `max_age` ask for a fresh answer: a remembered device is no sign-in.
pub(super) fn request_claims(application: &Connection, trip: &Trip) -> Value {
    let client_id = application.integration_key();
    json!({
        "response_type": "code",
        "scope": "openid",
        "client_id": client_id,
        "redirect_uri": trip.redirect_uri,
        "state": trip.state.secret(),
        "nonce": trip.nonce.secret(),
        "duo_uname": trip.user,
        "use_duo_code_attribute": true,
        "prompt": "login",
        "max_age": 0,
        "iss": client_id,
        "aud": format!("https://{}", application.host()),
        "iat": trip.began,
        "exp": trip.began + LIFE,
    })
}

/// Who we are, said to one endpoint, once.
pub(super) fn client_assertion(application: &Connection, endpoint: &str, now: u64) -> String {
    let client_id = application.integration_key();
    sign(
        application,
        &json!({
            "iss": client_id,
            "sub": client_id,
            "aud": endpoint,
            "iat": now,
            "exp": now + LIFE,
            "jti": CsrfToken::new_random_len(RANDOM).secret(),
        }),
    )
}

pub(super) fn sign(application: &Connection, claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#);
    let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let key = application.secret_key().expose_secret();
    // HMAC takes a key of any length, so the other arm is never reached; were it, Duo would refuse the request.
    let signature = Hmac::<Sha512>::new_from_slice(key.as_bytes()).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    );
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn no_address() -> LoginError {
    LoginError::Misconfigured {
        words: "its hostname makes no web address".into(),
    }
}
