//! What a call is answered with, and the faults that a test has ordered in its place.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::api::Call;
use crate::auth;
use crate::fault::{Endpoint, Fault};
use crate::http::Response;
use crate::oidc::{self, OidcEndpoint};
use crate::prompt;
use crate::reply::{self, Refusal, Reply};
use crate::shared::Shared;

/// A transparent PNG of one pixel.
const LOGO: &[u8] = include_bytes!("logo.png");

/// What goes over the wire: an answer, at once or in drops, or bytes that are none.
pub(crate) struct Wire {
    pub(crate) response: Response,
    pub(crate) damage: Option<Vec<u8>>,
    pub(crate) drip: Option<Duration>,
}

/// A change to one field of a good answer.
enum Edit {
    Set(String, Value),
    Remove(String),
}

impl Wire {
    fn intact(response: Response) -> Self {
        Self {
            response,
            damage: None,
            drip: None,
        }
    }

    pub(crate) fn leaves_the_connection_whole(&self) -> bool {
        self.damage.is_none() && self.drip.is_none()
    }
}

/// Nothing when the connection is to break instead.
pub(crate) async fn answer(shared: &Shared, call: &Call, fault: Option<Fault>) -> Option<Wire> {
    let Some(fault) = fault else {
        return Some(Wire::intact(handle(shared, call, None).await));
    };
    Some(match fault {
        Fault::Delay { millis } => {
            pause(shared, Some(Duration::from_millis(millis))).await;
            Wire::intact(handle(shared, call, None).await)
        }
        Fault::Hold => {
            pause(shared, None).await;
            Wire::intact(handle(shared, call, None).await)
        }
        Fault::DropBeforeReading | Fault::DropAfterReading => return None,
        Fault::DropAnswer => {
            handle(shared, call, None).await;
            return None;
        }
        Fault::Html { status } => Wire::intact(gateway_page(status)),
        Fault::Redirect { status, location } => {
            Wire::intact(Response::new(status, "text/html", "").with("Location", location))
        }
        Fault::RateLimited { retry_after } => Wire::intact(rate_limit(retry_after)),
        Fault::Fail { code, detail } => Wire::intact(Refusal { code, detail }.response()),
        Fault::OAuth { error, description } => {
            Wire::intact(oidc::oauth_error(&error, &description))
        }
        Fault::Field { name, value } => {
            Wire::intact(handle(shared, call, Some(Edit::Set(name, value))).await)
        }
        Fault::Without { name } => {
            Wire::intact(handle(shared, call, Some(Edit::Remove(name))).await)
        }
        Fault::Malformed { .. }
        | Fault::ContentType { .. }
        | Fault::TruncatedJson
        | Fault::CutOff
        | Fault::Repeated { .. }
        | Fault::Bloated { .. }
        | Fault::Drip { .. }
        | Fault::GzipBomb { .. } => damaged(handle(shared, call, None).await, fault),
    })
}

/// A good answer that something happened to on the way.
fn damaged(mut response: Response, fault: Fault) -> Wire {
    match fault {
        Fault::Malformed { bytes } => Wire {
            damage: Some(bytes),
            ..Wire::intact(response)
        },
        Fault::ContentType { value } => Wire::intact(retyped(response, &value)),
        Fault::TruncatedJson => {
            response.body.truncate(response.body.len() / 2);
            Wire::intact(response)
        }
        Fault::CutOff => {
            let mut bytes = response.head(response.body.len(), false);
            bytes.extend(response.body.iter().take(response.body.len() / 2));
            Wire {
                damage: Some(bytes),
                ..Wire::intact(response)
            }
        }
        Fault::Repeated { name, value } => {
            before_the_end(
                &mut response.body,
                format!(",{}:{value}", json!(name)).as_bytes(),
            );
            Wire::intact(response)
        }
        Fault::Bloated { bytes } => {
            before_the_end(&mut response.body, &vec![b' '; bytes]);
            Wire::intact(response)
        }
        Fault::Drip { millis } => Wire {
            drip: Some(Duration::from_millis(millis)),
            ..Wire::intact(response)
        },
        Fault::GzipBomb { mebibytes } => Wire::intact(bomb(response, mebibytes)),
        Fault::Delay { .. }
        | Fault::Hold
        | Fault::DropBeforeReading
        | Fault::DropAfterReading
        | Fault::DropAnswer
        | Fault::Html { .. }
        | Fault::RateLimited { .. }
        | Fault::Fail { .. }
        | Fault::Field { .. }
        | Fault::Without { .. }
        | Fault::OAuth { .. }
        | Fault::Redirect { .. } => Wire::intact(response),
    }
}

/// Of a body that is a JSON object.
fn before_the_end(body: &mut Vec<u8>, bytes: &[u8]) {
    if body.pop() == Some(b'}') {
        body.extend_from_slice(bytes);
        body.push(b'}');
    }
}

fn bomb(mut response: Response, mebibytes: usize) -> Response {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let blanks = vec![b' '; 1024 * 1024];
    let end = response
        .body
        .split_off(response.body.len().saturating_sub(1));
    let written = packed
        .write_all(&response.body)
        .and_then(|()| (0..mebibytes).try_for_each(|_| packed.write_all(&blanks)))
        .and_then(|()| packed.write_all(&end))
        .and_then(|()| packed.finish());
    // Nothing can fail that is written to memory.
    response.body = written.unwrap_or_default();
    response.with("Content-Encoding", "gzip")
}

fn gateway_page(status: u16) -> Response {
    let page = format!(
        "<html><head><title>{status}</title></head><body><h1>{status} Gateway</h1></body></html>"
    );
    Response::new(status, "text/html", page)
}

fn retyped(mut response: Response, media_type: &str) -> Response {
    for (name, value) in &mut response.headers {
        if name == "Content-Type" {
            media_type.clone_into(value);
        }
    }
    response
}

fn rate_limit(retry_after: Option<u32>) -> Response {
    let response = Refusal::new(42901).response();
    match retry_after {
        Some(seconds) => response.with("Retry-After", seconds.to_string()),
        None => response,
    }
}

async fn pause(shared: &Shared, longest: Option<Duration>) {
    let mut released = shared.releases.subscribe();
    let over = async {
        match longest {
            Some(longest) => tokio::time::sleep(longest).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = over => {}
        _ = released.changed() => {}
    }
}

async fn handle(shared: &Shared, call: &Call, edit: Option<Edit>) -> Response {
    if prompt::is_at(&call.head.path) {
        return prompt::answer(shared, &call.visit());
    }
    let reply: Reply = match (&call.signed, call.endpoint) {
        (Err(refusal), _) => Err(refusal.clone()),
        (Ok(_), None) => Err(Refusal::new(40401)),
        (Ok(_), Some(Endpoint::Logo)) if shared.state().orders.logo => {
            return reply::with_usual_headers(Response::new(200, "image/png", LOGO));
        }
        (Ok(_), Some(endpoint)) => match OidcEndpoint::of(endpoint) {
            Some(endpoint) => {
                return edited(oidc::answer(shared, endpoint, &call.visit()), edit);
            }
            None => auth::answer(shared, endpoint, &call.params).await,
        },
    };
    let response = match reply {
        Ok(value) => reply::success(value),
        Err(refusal) => refusal.response(),
    };
    reply::with_usual_headers(edited(response, edit))
}

/// Only a good answer is edited.
fn edited(mut response: Response, edit: Option<Edit>) -> Response {
    let Some(edit) = edit.filter(|_| response.status == 200) else {
        return response;
    };
    let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) else {
        return response;
    };
    let enveloped = body.get("response").is_some();
    let inner = if enveloped {
        body.get_mut("response")
    } else {
        Some(&mut body)
    };
    if let Some(object) = inner.and_then(Value::as_object_mut) {
        match edit {
            Edit::Set(name, value) => drop(object.insert(name, value)),
            Edit::Remove(name) => drop(object.remove(&name)),
        }
    }
    response.body = body.to_string().into_bytes();
    response
}
