//! What no public source tells of Universal Prompt, tried at a person's own application.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::HttpRequest;
use oauth2::http::header::CONTENT_TYPE;
use oauth2::http::{HeaderValue, Method, Uri};
use oauth2::url::Url;
use oauth2::url::form_urlencoded::Serializer;
use serde_json::Value;

use super::request::{authorize_url, client_assertion, request_claims, sign, token_endpoint};
use super::{Trip, UniversalPrompt, unix_now};
use crate::browser::Browser;
use crate::duo::Seen;
use crate::loopback::Loopback;

/// More than this of an answer tells nothing.
const MOST: usize = 64 << 10;

/// An answer as it came.
struct Answer {
    status: u16,
    /// Where it sends the browser, without the query, which may hold what is secret.
    location: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn words(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let body: Option<Value> = serde_json::from_str(&text).ok();
        let named = |name: &str| body.as_ref()?.get(name)?.as_str().map(ToOwned::to_owned);
        let mut words = vec![format!("HTTP {}", self.status)];
        words.extend(self.location.iter().map(|to| format!("to {to}")));
        for name in [
            "stat",
            "error",
            "error_description",
            "message",
            "message_detail",
        ] {
            words.extend(named(name));
        }
        words.join(", ")
    }
}

impl UniversalPrompt {
    /// With no browser and no phone.
    pub(in crate::duo) async fn tried(&self, user: &str) -> Vec<Seen> {
        let mut seen = Vec::new();
        for (about, redirect_uri) in [
            (
                "redirect to http://localhost",
                "http://localhost:50505/way-back".to_owned(),
            ),
            (
                "redirect to http://127.0.0.1",
                "http://127.0.0.1:50505/way-back".to_owned(),
            ),
            (
                "redirect to http://[::1]",
                "http://[::1]:50505/way-back".to_owned(),
            ),
            (
                "redirect to a scheme of an app",
                "thumbturn://way-back".to_owned(),
            ),
            (
                "redirect to an address of 2,000 characters",
                format!("http://localhost:50505/{}", "x".repeat(1_976)),
            ),
        ] {
            let trip = Trip::new(user, redirect_uri);
            seen.push(Seen::new(about, self.authorized(&trip).await));
        }
        let trip = Trip::new(user, "http://localhost:50505/way-back".to_owned());
        let found = self.authorized_with(&trip, |claims| {
            claims.insert("code_challenge".into(), "x".repeat(43).into());
            claims.insert("code_challenge_method".into(), "S256".into());
        });
        seen.push(Seen::new("PKCE in the request", found.await));
        let found = self.authorized_with(&trip, |claims| {
            claims.insert("iss".into(), "nobody".into());
        });
        seen.push(Seen::new("a request that is wrong", found.await));
        seen.push(Seen::new(
            "the same client_assertion twice",
            self.twice().await,
        ));
        let found = self.exchange(&trip, "a-code-that-nobody-gave").await;
        seen.push(Seen::new("a code that nobody gave", found.words()));
        seen
    }

    /// A sign-in in the browser, of which only the shape of what comes is told.
    ///
    /// # Errors
    /// Why there was none.
    pub async fn tried_in_browser(
        &self,
        user: &str,
        browser: &Browser,
        opened: impl FnOnce(String),
    ) -> Result<Vec<Seen>, thumbturn_core::LoginError> {
        let mut loopback = Loopback::bind(&[])?;
        let trip = Trip::new(user, loopback.redirect_uri());
        let seen = match self.way_back(&trip, &mut loopback, browser, opened).await {
            Ok(callback) => Ok(self.redeemed(&trip, &callback.code).await),
            Err(error) => Err(error),
        };
        if let Some(shown) = loopback.finish(seen.as_ref().map(|_| user)) {
            // A browser that is gone by then has nobody before it.
            let _ = shown.await;
        }
        seen
    }

    async fn redeemed(&self, trip: &Trip, code: &str) -> Vec<Seen> {
        let first = self.exchange(trip, code).await;
        let again = self.exchange(trip, code).await;
        vec![
            Seen::new("the code of a sign-in", shape(code)),
            Seen::new("the answer to the code", tokens(&first)),
            Seen::new("the same code again", again.words()),
        ]
    }

    async fn authorized(&self, trip: &Trip) -> String {
        match authorize_url(&self.application, trip) {
            Ok(url) => self.visited(&url).await,
            Err(error) => error.words(),
        }
    }

    async fn authorized_with(
        &self,
        trip: &Trip,
        change: impl FnOnce(&mut serde_json::Map<String, Value>),
    ) -> String {
        let mut url = match authorize_url(&self.application, trip) {
            Ok(url) => url,
            Err(error) => return error.words(),
        };
        let mut claims = request_claims(&self.application, trip);
        if let Some(claims) = claims.as_object_mut() {
            change(claims);
        }
        let object = sign(&self.application, &claims);
        let others: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| name != "request")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(others)
            .append_pair("request", &object);
        self.visited(&url).await
    }

    /// As a browser would, without its cookies, and not a step further.
    async fn visited(&self, url: &Url) -> String {
        let mut request = HttpRequest::new(Vec::new());
        match url.as_str().parse::<Uri>() {
            Ok(uri) => *request.uri_mut() = uri,
            Err(error) => return error.to_string(),
        }
        self.answer(request).await.words()
    }

    async fn twice(&self) -> String {
        let endpoint = format!("https://{}/oauth/v1/health_check", self.application.host());
        let assertion = client_assertion(&self.application, &endpoint, unix_now());
        let form = [
            ("client_id", self.application.integration_key()),
            ("client_assertion", &assertion),
        ];
        let first = self.posted(&endpoint, &form).await;
        let second = self.posted(&endpoint, &form).await;
        format!("first: {}; then: {}", first.words(), second.words())
    }

    async fn exchange(&self, trip: &Trip, code: &str) -> Answer {
        let endpoint = token_endpoint(&self.application);
        let assertion = client_assertion(&self.application, &endpoint, unix_now());
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &trip.redirect_uri),
            ("client_id", self.application.integration_key()),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
        ];
        self.posted(&endpoint, &form).await
    }

    async fn posted(&self, endpoint: &str, form: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = HttpRequest::new(body.into_bytes());
        *request.method_mut() = Method::POST;
        if let Ok(uri) = endpoint.parse::<Uri>() {
            *request.uri_mut() = uri;
        }
        request.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        self.answer(request).await
    }

    async fn answer(&self, request: HttpRequest) -> Answer {
        let mut answer = match self.http.ask(request).await {
            Ok(answer) => answer,
            Err(error) => {
                return Answer {
                    status: 0,
                    location: None,
                    body: format!(r#"{{"error":{}}}"#, Value::from(error.to_string())).into(),
                };
            }
        };
        let status = answer.status().as_u16();
        let location = answer
            .headers()
            .get("location")
            .and_then(|to| to.to_str().ok())
            .map(|to| to.split(['?', '#']).next().unwrap_or_default().to_owned());
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > MOST {
                break;
            }
        }
        Answer {
            status,
            location,
            body,
        }
    }
}

/// What a code is made of, without the code.
fn shape(code: &str) -> String {
    let made_of = match code {
        hex if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => "hexadecimal digits",
        plain if plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) => "letters and digits",
        _ => "letters, digits and others",
    };
    format!("{} characters, {made_of}", code.len())
}

/// Which fields came, when they end, and how Duo says that it asked.
fn tokens(answer: &Answer) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_slice(&answer.body) else {
        return answer.words();
    };
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    let life = fields
        .get("expires_in")
        .map_or_else(String::new, |life| format!(", expires_in {life}"));
    let payload = fields
        .get("id_token")
        .and_then(Value::as_str)
        .and_then(|token| token.split('.').nth(1))
        .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
        .and_then(|payload| serde_json::from_slice::<Value>(&payload).ok());
    let factor = payload
        .as_ref()
        .and_then(|claims| claims.pointer("/auth_context/factor"))
        .map_or_else(String::new, |factor| format!(", factor {factor}"));
    match answer.status {
        200 => format!("{}{life}{factor}", names.join(", ")),
        _ => answer.words(),
    }
}
