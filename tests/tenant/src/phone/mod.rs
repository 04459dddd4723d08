//! The phone's listener: its page, and the control API that the page and the tests use. It is no part of Duo's API and
//! does not look like it.

mod view;

use std::io;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::fault::Script;
use crate::http::{self, Head, Response};
use crate::push::{Tap, TapError};
use crate::shared::Shared;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const PROGRAM: &str = include_str!("page.js");
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Deserialize)]
struct TapOrder {
    txid: String,
    tap: TapName,
    code: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TapName {
    Approve,
    Deny,
    Fraud,
    Answer,
}

pub(crate) async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, Arc::clone(&shared), address.port()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection that breaks is its browser's affair.
async fn connection(stream: TcpStream, shared: Arc<Shared>, port: u16) {
    let _ = serve(BufReader::new(stream), &shared, port).await;
}

async fn serve(mut stream: BufReader<TcpStream>, shared: &Shared, port: u16) -> io::Result<()> {
    while let Some(head) = http::read_head(&mut stream).await? {
        let body = http::read_body(&mut stream, &head).await?;
        if !is_own(&head, port) {
            let refusal =
                Response::new(403, "text/plain", "This page is for its own origin only.\n");
            return http::write(stream.get_mut(), &guarded(refusal), false).await;
        }
        if head.method == "GET" && head.path == "/__sim/events" {
            return stream_events(stream.get_mut(), shared).await;
        }
        let keep = head.keeps_alive();
        let response = guarded(route(shared, &head, &body));
        http::write(stream.get_mut(), &response, keep).await?;
        if !keep {
            break;
        }
    }
    Ok(())
}

/// Other pages in the same browser can reach this port as well, by their own name or by a rebound one.
fn is_own(head: &Head, port: u16) -> bool {
    let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let host = head.header("host").unwrap_or_default();
    let from_elsewhere = head
        .header("sec-fetch-site")
        .is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let origin_fits = head
        .header("origin")
        .is_none_or(|origin| origin == format!("http://{host}"));
    let posts_json = head.method == "GET" || head.header("content-type").is_some_and(is_json);
    hosts.iter().any(|own| own == host) && origin_fits && posts_json && !from_elsewhere
}

fn is_json(media_type: &str) -> bool {
    media_type
        .split(';')
        .next()
        .is_some_and(|essence| essence.trim() == "application/json")
}

fn route(shared: &Shared, head: &Head, body: &[u8]) -> Response {
    match (head.method.as_str(), head.path.as_str()) {
        ("GET", "/") => Response::new(200, "text/html; charset=utf-8", PAGE),
        ("GET", "/page.css") => Response::new(200, "text/css; charset=utf-8", STYLE),
        ("GET", "/page.js") => Response::new(200, "text/javascript; charset=utf-8", PROGRAM),
        ("GET", "/favicon.ico") => Response::new(204, "image/x-icon", ""),
        ("GET", "/__sim/state") => Response::json(200, &view::view(shared)),
        ("POST", "/__sim/tap") => tap(shared, body),
        ("POST", "/__sim/script") => script(shared, body),
        _ => Response::json(404, &json!({"problem": "no such page"})),
    }
}

fn tap(shared: &Shared, body: &[u8]) -> Response {
    let order: TapOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(cause) => return Response::json(400, &json!({"problem": cause.to_string()})),
    };
    let tap = match (order.tap, order.code) {
        (TapName::Approve, Some(code)) => Tap::ApproveWithCode(code),
        (TapName::Approve, None) => Tap::Approve,
        (TapName::Deny, _) => Tap::Deny,
        (TapName::Fraud, _) => Tap::Fraud,
        (TapName::Answer, _) => Tap::Answer,
    };
    match shared.change(|state| state.tap(&order.txid, &tap)) {
        Ok(()) => Response::json(200, &json!({"done": true})),
        Err(cause) => {
            let status = if cause == TapError::Unknown { 404 } else { 400 };
            Response::json(status, &json!({"problem": cause.to_string()}))
        }
    }
}

fn script(shared: &Shared, body: &[u8]) -> Response {
    match serde_json::from_slice::<Script>(body) {
        Ok(script) => {
            shared.play(script);
            Response::json(200, &json!({"done": true}))
        }
        Err(cause) => Response::json(400, &json!({"problem": cause.to_string()})),
    }
}

/// The whole state at every change: it is small, and a page that missed something is right again with the next event.
async fn stream_events(stream: &mut TcpStream, shared: &Shared) -> io::Result<()> {
    let mut changes = shared.changes.subscribe();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: {CONTENT_POLICY}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    loop {
        stream
            .write_all(format!("data: {}\n\n", view::view(shared)).as_bytes())
            .await?;
        stream.flush().await?;
        if changes.changed().await.is_err() {
            return Ok(());
        }
    }
}

fn guarded(response: Response) -> Response {
    response
        .with("Cache-Control", "no-store")
        .with("Content-Security-Policy", CONTENT_POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cross-Origin-Resource-Policy", "same-origin")
}
