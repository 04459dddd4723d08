//! The API's listeners: connections, requests, and who signed them.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::answer::{Wire, answer};
use crate::auth::Params;
use crate::fault::{Endpoint, Fault};
use crate::http::{self, Head, Stream};
use crate::oidc::{OidcEndpoint, Visit};
use crate::reply::Refusal;
use crate::shared::{Shared, unix_now};
use crate::signature::{Generation, Signed, verify};
use crate::state::Logged;
use crate::{params, prompt};

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
        let entry = log(shared, &call);
        let Some(wire) = answer(shared, &call, fault).await else {
            return Ok(());
        };
        shared.change(|state| {
            let replayed = std::mem::take(&mut state.sign_ins.replayed);
            if let Some(logged) = entry.and_then(|entry| state.log.get_mut(entry)) {
                logged.status = Some(wire.response.status);
                logged.replayed_jti = replayed;
            }
        });
        let keep = call.head.keeps_alive() && wire.leaves_the_connection_whole();
        send(stream.get_mut(), &wire, keep).await?;
        if !keep {
            return stream.get_mut().shutdown().await;
        }
    }
    Ok(())
}

/// The prompt's own steps are no requests of the API.
fn log(shared: &Shared, call: &Call) -> Option<usize> {
    if prompt::is_at(&call.head.path) {
        return None;
    }
    shared.change(|state| {
        state.log.push(call.logged());
        Some(state.log.len() - 1)
    })
}

async fn send<S: Stream>(stream: &mut S, wire: &Wire, keep: bool) -> io::Result<()> {
    if let Some(bytes) = &wire.damage {
        stream.write_all(bytes).await?;
        return stream.flush().await;
    }
    let Some(between) = wire.drip else {
        return http::write(stream, &wire.response, keep).await;
    };
    let body = &wire.response.body;
    stream
        .write_all(&wire.response.head(body.len(), keep))
        .await?;
    for byte in body {
        stream.write_all(std::slice::from_ref(byte)).await?;
        stream.flush().await?;
        tokio::time::sleep(between).await;
    }
    Ok(())
}

pub(crate) struct Call {
    pub(crate) head: Head,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) params: Params,
    /// Who signed it, or why it goes no further. Universal Prompt looks for a token of its own in the parameters.
    pub(crate) signed: Result<Option<Generation>, Refusal>,
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
            Some(endpoint) if !endpoint.allows(&head.method) => Err(Refusal::new(40501)),
            Some(Endpoint::Ping) => Ok(None),
            Some(endpoint) if OidcEndpoint::of(endpoint).is_some() => Ok(None),
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

    pub(crate) fn visit(&self) -> Visit<'_> {
        Visit {
            method: &self.head.method,
            path: &self.head.path,
            params: &self.params,
            host: self.head.header("host").unwrap_or_default(),
            cookie: self.head.header("cookie").unwrap_or_default(),
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
            replayed_jti: false,
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
