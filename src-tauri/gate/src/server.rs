//! The local API: questions in, sealed answers out. It has never heard of Duo or of any agent's dialect.
//!
//! Every route checks the same things in the same order, the routes that do not
//! exist included. It offers no GET, no cookies and no CORS header: a web page
//! has nothing to say here.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;
use thumbturn_core::{AskId, Event};
use thumbturn_wire::{
    AskBody, DeedBody, Digest, MAX_ASK, ReportBody, Request, Route, SigningKey, StatusBody, Token,
    VERSION, boot_now, seal, spoken,
};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::runtime::{Input, Reply};

/// What a question needs beside the agent's own input.
const ENVELOPE: usize = 64 << 10;

/// How long a question waits for a keychain that has not answered yet.
const START: Duration = Duration::from_secs(3);

/// Names questions; one row of names for hooks, CLI and clicks.
#[derive(Debug, Default)]
pub(crate) struct Ids(AtomicU64);

impl Ids {
    pub(crate) fn next(&self) -> AskId {
        AskId(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) ids: Arc<Ids>,
    /// Nothing is sealed, and so nothing answered, until the keychain gave it.
    pub(crate) key: watch::Receiver<Option<Arc<SigningKey>>>,
    pub(crate) token: Token,
    pub(crate) port: u16,
}

pub(crate) fn listen() -> std::io::Result<std::net::TcpListener> {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
}

/// The server, and the socket that outlives it.
pub(crate) struct Serving {
    listener: std::net::TcpListener,
    door: Door,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Serving {
    /// # Errors
    /// Where the socket cannot be used.
    pub(crate) fn start(listener: std::net::TcpListener, door: Door) -> std::io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut serving = Self {
            listener,
            door,
            running: None,
        };
        serving.go_on()?;
        Ok(serving)
    }

    /// # Errors
    /// Where the socket cannot be used.
    pub(crate) fn go_on(&mut self) -> std::io::Result<()> {
        let listener = TcpListener::from_std(self.listener.try_clone()?)?;
        let (stop, stopped) = oneshot::channel();
        let door = self.door.clone();
        let task = tokio::spawn(async move {
            if let Err(error) = serve(listener, door, stopped).await {
                tracing::error!(%error, "the local API ended");
            }
        });
        self.running = Some((stop, task));
        Ok(())
    }

    /// Takes no question any more; whoever comes waits at the socket. Reports back once whether
    /// everybody who had asked before was answered soon.
    pub(crate) fn stop(&mut self) {
        let Some((stop, task)) = self.running.take() else {
            return;
        };
        // A server that ended by itself hears nothing.
        let _ = stop.send(());
        let inputs = self.door.inputs.clone();
        tokio::spawn(async move {
            let is_over = tokio::time::timeout(STOP, task).await.is_ok();
            let _ = inputs.send(Input::ServerStopped { is_over }).await;
        });
    }

    pub(crate) fn socket(&self) -> &std::net::TcpListener {
        &self.listener
    }
}

/// How long those who asked already may take.
const STOP: Duration = Duration::from_secs(2);

async fn serve(
    listener: TcpListener,
    door: Door,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let door = Arc::new(door);
    let router = Router::new()
        .route(Route::Ask.path(), post(ask))
        .route(Route::Deed.path(), post(deed))
        .route(Route::Status.path(), post(status))
        .route(Route::Report.path(), post(report))
        .layer(DefaultBodyLimit::max(MAX_ASK + ENVELOPE))
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&door),
            check,
        ))
        .with_state(door);
    let stopped = async {
        // A sender that is dropped lets it run.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    axum::serve(listener, router)
        .with_graceful_shutdown(stopped)
        .await
}

async fn ask(State(door): State<Arc<Door>>, body: Bytes) -> Response {
    door.answer(Route::Ask, &body, |id, body: AskBody, reply| Input::Ask {
        id,
        body,
        reply,
    })
    .await
}

async fn deed(State(door): State<Arc<Door>>, body: Bytes) -> Response {
    door.answer(Route::Deed, &body, |id, body: DeedBody, reply| {
        Input::Deed { id, body, reply }
    })
    .await
}

async fn status(State(door): State<Arc<Door>>, body: Bytes) -> Response {
    door.answer(Route::Status, &body, |_, StatusBody {}, reply| {
        Input::Status { reply }
    })
    .await
}

async fn report(State(door): State<Arc<Door>>, body: Bytes) -> Response {
    door.answer(Route::Report, &body, |_, body: ReportBody, reply| {
        Input::Report {
            report: body.report,
            reply,
        }
    })
    .await
}

async fn check(State(door): State<Arc<Door>>, request: HttpRequest, next: Next) -> Response {
    match door.refusal(&request) {
        Some(status) => status.into_response(),
        None => next.run(request).await,
    }
}

impl Door {
    fn refusal(&self, request: &HttpRequest) -> Option<StatusCode> {
        let headers = request.headers();
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)).to_string();
        // An absolute-form target would name a host beside the header.
        if request.uri().authority().is_some()
            || only(headers, header::HOST) != Some(here.as_bytes())
        {
            return Some(StatusCode::MISDIRECTED_REQUEST);
        }
        let from_a_page = |name: &header::HeaderName| {
            name == header::ORIGIN
                || name == header::REFERER
                || name == header::UPGRADE
                || name.as_str().starts_with("sec-")
        };
        if headers.keys().any(from_a_page) {
            return Some(StatusCode::FORBIDDEN);
        }
        if request.method() != Method::POST {
            return Some(StatusCode::METHOD_NOT_ALLOWED);
        }
        let bearer =
            only(headers, header::AUTHORIZATION).and_then(|value| value.strip_prefix(b"Bearer "));
        if !bool::from(
            bearer
                .unwrap_or_default()
                .ct_eq(self.token.reveal().as_bytes()),
        ) {
            return Some(StatusCode::UNAUTHORIZED);
        }
        if only(headers, header::CONTENT_TYPE) != Some(b"application/json") {
            return Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        None
    }

    async fn answer<T: DeserializeOwned>(
        &self,
        route: Route,
        bytes: &[u8],
        input: impl FnOnce(AskId, T, Reply) -> Input,
    ) -> Response {
        let request: Request<T> = match serde_json::from_slice(bytes) {
            Ok(request) => request,
            Err(_) => return StatusCode::BAD_REQUEST.into_response(),
        };
        // Never a newer one: its hook reads our version in the endpoint file, and speaks that.
        if request.v > VERSION || spoken(request.v).is_none() {
            return StatusCode::UPGRADE_REQUIRED.into_response();
        }
        let Some(key) = self.signing_key().await else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let digest = Digest::of(bytes);
        let id = self.ids.next();
        let (reply, answer) = oneshot::channel();
        let mut asker = Asker {
            id,
            inputs: self.inputs.clone(),
            waiting: true,
        };
        if self
            .inputs
            .send(input(id, request.body, reply))
            .await
            .is_err()
        {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let answer = answer.await;
        asker.waiting = false;
        let Ok(payload) = answer else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let sealed = seal(
            &key,
            request.v,
            route,
            &request.nonce,
            &digest,
            payload,
            boot_now(),
        );
        match serde_json::to_vec(&sealed) {
            Ok(body) => (
                [
                    (header::CONTENT_TYPE, "application/json"),
                    (header::CACHE_CONTROL, "no-store"),
                ],
                Body::from(body),
            )
                .into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

impl Door {
    /// The key, once the keychain gave it; a gate that has just started waits for that a little.
    async fn signing_key(&self) -> Option<Arc<SigningKey>> {
        let mut key = self.key.clone();
        let given = tokio::time::timeout(START, key.wait_for(Option::is_some)).await;
        given.ok()?.ok()?.clone()
    }
}

/// The value of a header that stands exactly once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&[u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        (Some(_) | None, _) => None,
    }
}

/// The server drops this when the connection closes under a waiting question.
struct Asker {
    id: AskId,
    inputs: mpsc::Sender<Input>,
    waiting: bool,
}

impl Drop for Asker {
    fn drop(&mut self) {
        if self.waiting {
            let gone = Input::Core(Event::HookGone { id: self.id });
            if let Err(mpsc::error::TrySendError::Full(gone)) = self.inputs.try_send(gone) {
                let inputs = self.inputs.clone();
                tokio::spawn(async move { inputs.send(gone).await });
            }
        }
    }
}
