//! The API's listeners: connections, signatures, and the faults that a test has ordered.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::auth::{self, Params};
use crate::fault::{Endpoint, Fault};
use crate::http::{self, Head, Response, Stream};
use crate::params;
use crate::reply::{self, Refusal, Reply};
use crate::shared::{Shared, unix_now};
use crate::signature::{Generation, Signed, verify};
use crate::state::Logged;

/// A transparent PNG of one pixel.
const LOGO: &[u8] = include_bytes!("logo.png");

pub(crate) async fn listen(listener: TcpListener, shared: Arc<Shared>, tls: bool) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, Arc::clone(&shared), tls));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection that breaks is its client's affair.
async fn connection(stream: TcpStream, shared: Arc<Shared>, tls: bool) {
    let _ = stream.set_nodelay(true);
    let _ = if tls {
        let acceptor = shared
            .certificates
            .acceptor(shared.state().orders.certificate);
        match acceptor.accept(stream).await {
            Ok(stream) => serve(stream, &shared).await,
            Err(cause) => Err(cause),
        }
    } else {
        serve(stream, &shared).await
    };
}

async fn serve<S: Stream>(stream: S, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(head) = http::read_head(&mut stream).await? {
        let endpoint = Endpoint::at(&head.path);
        let fault = shared.state().orders.faults.take(endpoint);
        if fault == Some(Fault::DropBeforeReading) {
            return Ok(());
        }
        let body = http::read_body(&mut stream, &head).await?;
        let call = Call::read(shared, head, body);
        let entry = shared.change(|state| {
            state.log.push(call.logged());
            state.log.len() - 1
        });
        let Some(wire) = answer(shared, &call, fault).await else {
            return Ok(());
        };
        shared.change(|state| {
            if let Some(logged) = state.log.get_mut(entry) {
                logged.status = Some(wire.response.status);
            }
        });
        let keep = call.head.keeps_alive() && wire.damage.is_none();
        match wire.damage {
            None => http::write(stream.get_mut(), &wire.response, keep).await?,
            Some(bytes) => {
                stream.get_mut().write_all(&bytes).await?;
                stream.get_mut().flush().await?;
            }
        }
        if !keep {
            return stream.get_mut().shutdown().await;
        }
    }
    Ok(())
}

struct Call {
    head: Head,
    endpoint: Option<Endpoint>,
    params: Params,
    /// Who signed it, or why it goes no further.
    signed: Result<Option<Generation>, Refusal>,
}

impl Call {
    fn read(shared: &Shared, head: Head, body: Vec<u8>) -> Self {
        let endpoint = Endpoint::at(&head.path);
        let query = params::form(&head.query);
        let form = params::body(head.header("content-type").unwrap_or_default(), &body);
        let readable = form.is_some();
        let form = form.unwrap_or_default();
        let signed = match endpoint {
            None => Err(Refusal::new(40401)),
            Some(endpoint) if head.method != endpoint.method() => Err(Refusal::new(40501)),
            Some(Endpoint::Ping) => Ok(None),
            Some(_) => signature(shared, &head, (&query, &form), &body).and_then(|generation| {
                if readable {
                    Ok(Some(generation))
                } else {
                    Err(Refusal::new(40106))
                }
            }),
        };
        let params = Params(query.into_iter().chain(form).collect());
        Self {
            head,
            endpoint,
            params,
            signed,
        }
    }

    fn logged(&self) -> Logged {
        Logged {
            endpoint: self.endpoint,
            path: self.head.path.clone(),
            params: self.params.0.clone(),
            user_agent: self
                .head
                .header("user-agent")
                .unwrap_or_default()
                .to_owned(),
            generation: self.signed.clone().ok().flatten(),
            status: None,
        }
    }
}

type Pairs = [(String, String)];

fn signature(
    shared: &Shared,
    head: &Head,
    (query, form): (&Pairs, &Pairs),
    body: &[u8],
) -> Result<Generation, Refusal> {
    let state = shared.state();
    let host = head.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    // An SDK signs the name that it was configured with, with or without a port.
    let mut hosts = vec![host.to_owned(), name.to_owned()];
    for known in state
        .config
        .hosts
        .iter()
        .map(String::as_str)
        .chain(["localhost", "127.0.0.1"])
    {
        hosts.extend([
            known.to_owned(),
            format!("{known}:{}", state.config.ports.api),
        ]);
    }
    let signed = Signed {
        method: &head.method,
        path: &head.path,
        headers: &head.headers,
        query,
        form,
        body,
        hosts: &hosts,
    };
    let application = &state.config.application;
    let key = (
        application.integration_key.as_str(),
        application.secret_key.as_str(),
    );
    Ok(verify(&signed, key, unix_now() + state.skew)?)
}

/// What goes over the wire: an answer, or bytes that are none.
struct Wire {
    response: Response,
    damage: Option<Vec<u8>>,
}

/// Nothing when the connection is to break instead.
async fn answer(shared: &Shared, call: &Call, fault: Option<Fault>) -> Option<Wire> {
    let intact = |response| {
        Some(Wire {
            response,
            damage: None,
        })
    };
    match fault {
        None => intact(handle(shared, call, None).await),
        Some(Fault::Delay { millis }) => {
            pause(shared, Some(Duration::from_millis(millis))).await;
            intact(handle(shared, call, None).await)
        }
        Some(Fault::Hold) => {
            pause(shared, None).await;
            intact(handle(shared, call, None).await)
        }
        Some(Fault::DropBeforeReading | Fault::DropAfterReading) => None,
        Some(Fault::DropAnswer) => {
            handle(shared, call, None).await;
            None
        }
        Some(Fault::Malformed { bytes }) => Some(Wire {
            response: handle(shared, call, None).await,
            damage: Some(bytes),
        }),
        Some(Fault::Html { status }) => intact(gateway_page(status)),
        Some(Fault::ContentType { value }) => {
            intact(retyped(handle(shared, call, None).await, &value))
        }
        Some(Fault::TruncatedJson) => {
            let mut response = handle(shared, call, None).await;
            response.body.truncate(response.body.len() / 2);
            intact(response)
        }
        Some(Fault::CutOff) => {
            let response = handle(shared, call, None).await;
            let mut bytes = response.head(response.body.len(), false);
            bytes.extend(response.body.iter().take(response.body.len() / 2));
            Some(Wire {
                response,
                damage: Some(bytes),
            })
        }
        Some(Fault::RateLimited { retry_after }) => intact(rate_limit(retry_after)),
        Some(Fault::Fail { code, detail }) => intact(Refusal { code, detail }.response()),
        Some(Fault::Field { name, value }) => {
            intact(handle(shared, call, Some((name, value))).await)
        }
    }
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

async fn handle(
    shared: &Shared,
    call: &Call,
    patch: Option<(String, serde_json::Value)>,
) -> Response {
    let reply: Reply = match (&call.signed, call.endpoint) {
        (Err(refusal), _) => Err(refusal.clone()),
        (Ok(_), None) => Err(Refusal::new(40401)),
        (Ok(_), Some(Endpoint::Logo)) if shared.state().orders.logo => {
            return reply::with_usual_headers(Response::new(200, "image/png", LOGO));
        }
        (Ok(_), Some(endpoint)) => auth::answer(shared, endpoint, &call.params).await,
    };
    reply::with_usual_headers(match reply {
        Ok(mut response) => {
            if let (Some((name, value)), Some(object)) = (patch, response.as_object_mut()) {
                object.insert(name, value);
            }
            reply::success(response)
        }
        Err(refusal) => refusal.response(),
    })
}
