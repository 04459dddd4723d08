//! The way to an OpenID provider, as the `oauth2` crate wants it: over our own TLS, one bounded
//! answer for one request, nowhere else than where it was sent, and never compressed.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use thumbturn_core::LoginError;
use thumbturn_wire::check_strict;

use super::{Connection, ConnectionError, Failure, roots};

/// Tokens, keys and metadata are a few thousand bytes.
const MOST: usize = 64 << 10;

/// What JSON calls itself, and a key set (RFC 7517).
const JSON: [&str; 2] = ["application/json", "application/jwk-set+json"];

/// How long the parts of a request may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    pub(super) connect: Duration,
    /// From the first byte sent to the last one read.
    pub(super) answer: Duration,
}

pub(super) struct OidcHttp {
    ca: Option<String>,
    proxy: Option<reqwest::Proxy>,
    waits: Waits,
    /// Nothing is built before the first trip, so a gate that waits costs no TLS.
    client: OnceLock<Result<reqwest::Client, String>>,
}

impl OidcHttp {
    /// `proxy` comes from the settings; the environment's is never used.
    pub(super) fn new(
        ca: Option<&str>,
        proxy: Option<&str>,
        waits: Waits,
    ) -> Result<Self, ConnectionError> {
        let proxy = proxy
            .map(reqwest::Proxy::https)
            .transpose()
            .map_err(|_| ConnectionError::Proxy)?;
        Ok(Self {
            ca: ca.map(ToOwned::to_owned),
            proxy,
            waits,
            client: OnceLock::new(),
        })
    }

    /// As [`Self::new`], for the tenant of `connection`.
    pub(super) fn of(
        connection: &Connection,
        proxy: Option<&str>,
        waits: Waits,
    ) -> Result<Self, ConnectionError> {
        Self::new(connection.ca(), proxy, waits)
    }

    /// One answer in JSON, in which every key stands once; the status is the caller's to judge.
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        read(self.ask(request).await?).await
    }

    /// Whatever answers, for whoever wants to know how it does.
    pub(super) async fn ask(&self, request: HttpRequest) -> Result<reqwest::Response, HttpError> {
        let client = self
            .client
            .get_or_init(|| self.build())
            .as_ref()
            .map_err(|words| HttpError::Unreachable(words.clone()))?;
        let (parts, body) = request.into_parts();
        client
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body)
            .timeout(self.waits.answer)
            .send()
            .await
            .map_err(|error| HttpError::of(&error))
    }

    /// For a deed whose answer is its status: a body says nothing where it is done (RFC 7009).
    async fn tell(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.ask(request).await?;
        if answer.status() == StatusCode::OK {
            return Ok(HttpResponse::new(Vec::new()));
        }
        read(answer).await
    }

    fn build(&self) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(roots::tls_with(self.ca.as_deref())?)
            .https_only(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(self.waits.connect)
            // A sign-in comes once a day.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("thumbturn/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder
            .build()
            .map_err(|error| format!("the way to Duo cannot be set up: {error}"))
    }
}

impl fmt::Debug for OidcHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcHttp")
            .field("ca", &self.ca.is_some())
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

impl<'c> AsyncHttpClient<'c> for OidcHttp {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// The same way, for deeds.
pub(super) struct Deeds<'a>(pub(super) &'a OidcHttp);

impl<'c> AsyncHttpClient<'c> for Deeds<'_> {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.0.tell(request))
    }
}

async fn read(mut answer: reqwest::Response) -> Result<HttpResponse, HttpError> {
    let status = answer.status();
    if let Some(error) = HttpError::of_status(status.as_u16()) {
        return Err(error);
    }
    if answer.headers().contains_key(CONTENT_ENCODING) {
        return Err(HttpError::Untrusted(
            "it came compressed, which nobody asked for".into(),
        ));
    }
    let is_json = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| JSON.contains(&kind.trim().to_ascii_lowercase().as_str()));
    if !is_json {
        return Err(HttpError::not_duo(status.as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| HttpError::of(&error))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > MOST {
            return Err(HttpError::Untrusted("it is longer than 64 KiB".into()));
        }
    }
    let is_strict = std::str::from_utf8(&body).is_ok_and(|text| check_strict(text).is_ok());
    if !is_strict {
        return Err(HttpError::Untrusted(
            "it is no JSON, or holds a key twice".into(),
        ));
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    Ok(response)
}

/// Why there is no answer to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HttpError {
    #[error("{0}")]
    Unreachable(String),
    #[error("{0}")]
    Untrusted(String),
}

impl HttpError {
    fn of(error: &reqwest::Error) -> Self {
        let words = Failure::of(error).to_string();
        // `LoginError` says the same before it.
        let words = words
            .strip_prefix("Duo cannot be reached: ")
            .or_else(|| words.strip_prefix("Duo was not asked: "))
            .unwrap_or(&words);
        Self::Unreachable(words.to_owned())
    }

    fn of_status(status: u16) -> Option<Self> {
        let words = match status {
            300..400 => format!(
                "what answered sent us elsewhere (HTTP {status}), which Duo never does; sign in to the network first"
            ),
            429 => "Duo is busy: too many requests; try again in a minute".to_owned(),
            500.. => format!("Duo is in trouble (HTTP {status})"),
            _ => return None,
        };
        Some(Self::Unreachable(words))
    }

    fn not_duo(status: u16) -> Self {
        Self::Unreachable(format!(
            "what answered is not Duo (HTTP {status}); sign in to the network first, or check the hostname"
        ))
    }
}

impl From<HttpError> for LoginError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unreachable(words) => Self::Unreachable { words },
            HttpError::Untrusted(words) => Self::Untrusted { words },
        }
    }
}
