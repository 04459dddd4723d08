//! A provider that says and signs whatever a row wants, and one sign-in at it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::PkceCodeChallenge;
use openidconnect::core::{CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use serde_json::{Value, json};
use thumbturn_core::LoginError;
use thumbturn_gate::browser::Browser;
use thumbturn_gate::duo::{Provider, SignedIn, SingleSignOn, Tokens};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::person::TURN;
use crate::stand::{Answer, Front, Stand, json};
use crate::trip::{fetch, header, now, parameter, place};

pub(crate) const CLIENT: &str = "DIWJ8X6AEYOR5OMC6TQ1";
pub(crate) const SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const LONG: Duration = Duration::from_secs(20);

/// RSA keys that were made for these tests and are good for nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    Ours,
    New,
    /// Of 1024 bits.
    Weak,
}

impl Key {
    fn signer(self) -> CoreRsaPrivateSigningKey {
        let (pem, kid) = match self {
            Self::Ours => (include_str!("keys/ours.pem"), "ours"),
            Self::New => (include_str!("keys/new.pem"), "new"),
            Self::Weak => (include_str!("keys/weak.pem"), "ours"),
        };
        CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new(kid.into()))).unwrap()
    }

    /// As a key set shows it.
    pub(crate) fn jwk(self) -> Value {
        serde_json::to_value(self.signer().as_verification_key()).unwrap()
    }

    pub(crate) fn sign(self, text: &str) -> String {
        let algorithm = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
        let signature = self.signer().sign(&algorithm, text.as_bytes()).unwrap();
        URL_SAFE_NO_PAD.encode(signature)
    }
}

/// The parts of an answer, all of them right until a row changes one.
#[derive(Clone, Debug)]
pub(crate) struct Forge {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) keys: Value,
    pub(crate) key: Key,
    /// Put in the id_token's place.
    pub(crate) token: Option<String>,
    /// What comes besides the id_token.
    pub(crate) answer: Value,
}

impl Forge {
    pub(crate) fn new(issuer: &str, nonce: &str) -> Self {
        let now = now();
        Self {
            header: json!({"alg": "RS256", "typ": "JWT", "kid": "ours"}),
            claims: json!({
                "iss": issuer, "aud": CLIENT, "sub": "00u1", "preferred_username": "dana", "nonce": nonce,
                "iat": now, "exp": now + 600, "auth_time": now,
            }),
            keys: json!({"keys": [Key::Ours.jwk()]}),
            key: Key::Ours,
            token: None,
            answer: json!({"access_token": "acc3ss", "refresh_token": "r3fresh", "token_type": "Bearer", "expires_in": 600}),
        }
    }

    pub(crate) fn text(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    pub(crate) fn id_token(&self) -> String {
        self.token.clone().unwrap_or_else(|| {
            let text = self.text();
            format!("{text}.{}", self.key.sign(&text))
        })
    }

    fn body(&self) -> Value {
        let mut body = self.answer.clone();
        if body.get("id_token").is_none() {
            body["id_token"] = self.id_token().into();
        }
        body
    }

    pub(crate) fn tokens(&self) -> Tokens {
        Tokens {
            id: self.id_token().into(),
            access: Some("acc3ss".to_owned().into()),
            refresh: Some("r3fresh".to_owned().into()),
        }
    }
}

/// A stand-in that offers all a provider should.
pub(crate) struct Op {
    pub(crate) stand: Stand,
}

impl Op {
    pub(crate) async fn start() -> Self {
        let op = Self {
            stand: Stand::start(Front::Genuine).await,
        };
        op.shows(&op.metadata());
        op.stand
            .answer_at("/keys", json("200 OK", &json!({"keys": [Key::Ours.jwk()]})));
        op.stand.answer_at(
            "/revoke",
            Answer::Bytes(crate::stand::http("200 OK", "text/plain", "")),
        );
        op
    }

    pub(crate) fn issuer(&self) -> String {
        format!("https://{}/oidc", self.stand.host())
    }

    pub(crate) fn metadata(&self) -> Value {
        let at = |path: &str| format!("https://{}/{path}", self.stand.host());
        json!({
            "issuer": self.issuer(), "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
            "jwks_uri": at("keys"), "userinfo_endpoint": at("userinfo"), "revocation_endpoint": at("revoke"),
            "end_session_endpoint": at("logout"), "response_types_supported": ["code", "code id_token"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["plain", "S256"], "scopes_supported": ["openid", "offline_access"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
        })
    }

    pub(crate) fn shows(&self, metadata: &Value) {
        self.stand.answer_at(
            "/oidc/.well-known/openid-configuration",
            json("200 OK", metadata),
        );
    }

    pub(crate) fn answers(&self, forge: &Forge) {
        self.stand.answer_at("/keys", json("200 OK", &forge.keys));
        self.stand
            .answer_at("/token", json("200 OK", &forge.body()));
    }

    pub(crate) fn sso(&self) -> SingleSignOn {
        self.sso_for(Some(SECRET))
    }

    pub(crate) fn sso_for(&self, secret: Option<&str>) -> SingleSignOn {
        let provider = Provider {
            issuer: self.issuer(),
            client_id: CLIENT.into(),
            client_secret: secret.map(Into::into),
            ca: Some(self.stand.ca.clone()),
        };
        SingleSignOn::with_patience(provider, None, LONG, LONG).unwrap()
    }

    /// How many requests went to `path`.
    pub(crate) fn asked(&self, path: &str) -> usize {
        let start = format!(" {path} ");
        self.stand
            .heard()
            .iter()
            .filter(|it| it.line.contains(&start))
            .count()
    }

    /// The form of the last request to `path`.
    pub(crate) fn form(&self, path: &str) -> String {
        let start = format!("POST {path} ");
        let heard = self.stand.heard();
        let last = heard.iter().rev().find(|it| it.line.starts_with(&start));
        last.unwrap().body.clone()
    }
}

/// A sign-in that is under way. Only one can be, as its ports are fixed.
pub(crate) struct Walk {
    pub(crate) query: String,
    port: u16,
    path: String,
    outcome: JoinHandle<Result<SignedIn, LoginError>>,
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Walk {
    pub(crate) async fn begin(sso: SingleSignOn) -> Self {
        let turn = TURN.lock().await;
        let (tell, opened) = oneshot::channel();
        let browser = Browser::with("/nonexistent/browser");
        let outcome = tokio::spawn(async move {
            sso.sign_in(None, &browser, |address| tell.send(address).unwrap())
                .await
        });
        let (port, start) = place(&opened.await.unwrap());
        let sent = fetch(port, &start).await;
        let (_, query) = header(&sent, "Location").unwrap().split_once('?').unwrap();
        let back = parameter(query, "redirect_uri").unwrap();
        Self {
            query: query.to_owned(),
            port,
            path: place(&back).1,
            outcome,
            _turn: turn,
        }
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        parameter(&self.query, name)
    }

    pub(crate) fn nonce(&self) -> String {
        self.parameter("nonce").unwrap()
    }

    /// Comes back as the provider would send the browser, with `more` in the query.
    pub(crate) async fn end(self, more: &str) -> Result<SignedIn, LoginError> {
        let state = self.parameter("state").unwrap();
        let way_back = format!("{}?code=c0de&state={state}{more}", self.path);
        let first = fetch(self.port, &way_back).await;
        // The last page is fetched, so that the port is free again.
        let last = fetch(self.port, header(&first, "Location").unwrap()).await;
        let outcome = self.outcome.await.unwrap();
        let heading = if outcome.is_ok() {
            "Signed in as"
        } else {
            "Not signed in"
        };
        assert!(last.contains(heading), "{last}");
        outcome
    }
}

/// The challenge of the verifier in a form.
pub(crate) fn challenge(form: &str) -> String {
    let verifier = parameter(form, "code_verifier").unwrap();
    let verifier = oauth2::PkceCodeVerifier::new(verifier);
    PkceCodeChallenge::from_code_verifier_sha256(&verifier)
        .as_str()
        .to_owned()
}
