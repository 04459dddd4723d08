//! The browser's way back: a page on this machine that hears one answer and is gone.
//!
//! Anything on the machine, and any web page in its browser, may knock here while a
//! sign-in is open. Only the `state` tells Duo's answer from all others, so nothing
//! without it can end a sign-in, and nothing slow can stand in the way of what has it.

mod answer;
mod head;
mod page;
mod serve;
mod words;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use thumbturn_core::LoginError;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use page::Page;
use serve::Trip;

pub(crate) use answer::Callback;

use crate::duo::Purpose;

/// How long a browser that was sent to the last page may take to fetch it.
const LINGER: Duration = Duration::from_secs(5);
/// How often a free port is looked for that both families have.
const TRIES: usize = 16;

/// A listener on this machine alone, for one sign-in.
#[derive(Debug)]
pub(crate) struct Loopback {
    listeners: Vec<tokio::net::TcpListener>,
    port: u16,
    paths: Paths,
    open: Option<Open>,
    purpose: Option<Purpose>,
}

/// A trip that is under way.
#[derive(Debug)]
struct Open {
    trip: Arc<Trip>,
    server: JoinSet<()>,
    /// The browser that brought the answer and waits to hear what became of it.
    held: Option<TcpStream>,
}

/// All of one trip's own, from one random stem.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Paths {
    start: String,
    way_back: String,
    done: String,
}

impl Loopback {
    /// Takes the first of `ports` that is free, or any free one where there are none, on 127.0.0.1
    /// and, where the machine has it, on `[::1]`: browsers may take `localhost` for either.
    ///
    /// # Errors
    /// [`LoginError::NoBrowser`] where none is free.
    pub(crate) fn bind(ports: &[u16]) -> Result<Self, LoginError> {
        let (port, listeners) = listen(ports)
            .and_then(|(port, listeners)| {
                let listeners: io::Result<Vec<_>> = listeners
                    .into_iter()
                    .map(tokio::net::TcpListener::from_std)
                    .collect();
                Ok((port, listeners?))
            })
            .map_err(|error| LoginError::NoBrowser {
                words: words::no_port(ports, &error),
            })?;
        let stem = stem().map_err(|error| LoginError::NoBrowser {
            words: words::no_randomness(&error),
        })?;
        Ok(Self {
            listeners,
            port,
            paths: Paths {
                start: format!("/{stem}/start"),
                way_back: format!("/{stem}"),
                done: format!("/{stem}/done"),
            },
            open: None,
            purpose: None,
        })
    }

    /// For an ask, which the first page and the last one name.
    pub(crate) fn for_approval(mut self, purpose: Option<Purpose>) -> Self {
        self.purpose = purpose;
        self
    }

    /// With a fixed path, for a provider that wants the whole address registered.
    pub(crate) fn at(mut self, path: &str) -> Self {
        path.clone_into(&mut self.paths.way_back);
        self
    }

    /// Where the provider sends the browser back to.
    pub(crate) fn redirect_uri(&self) -> String {
        self.address(&self.paths.way_back)
    }

    /// Sends a browser on to the provider, or tells first what it is for, so that neither a command line nor a person at a
    /// keyboard needs the whole request.
    pub(crate) fn start_address(&self) -> String {
        self.address(&self.paths.start)
    }

    fn address(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// Waits for the one answer that holds `state`, and keeps its browser waiting for [`Self::finish`].
    ///
    /// # Errors
    /// What the provider said in place of a code; that what it said is no answer; that the deadline passed.
    pub(crate) async fn wait(
        &mut self,
        authorize_url: &str,
        state: &str,
        deadline: Instant,
    ) -> Result<Callback, LoginError> {
        let (arrivals, mut inbox) = mpsc::channel(1);
        let trip = Arc::new(Trip::new(
            self.port,
            self.paths.clone(),
            Page::first(authorize_url, self.purpose.as_ref()),
            state.to_owned(),
            arrivals,
        ));
        let mut server = JoinSet::new();
        for listener in self.listeners.drain(..) {
            server.spawn(serve::accept(listener, Arc::clone(&trip)));
        }
        let open = self.open.insert(Open {
            trip,
            server,
            held: None,
        });
        match tokio::time::timeout_at(deadline, inbox.recv()).await {
            Ok(Some(arrival)) => {
                open.held = arrival.browser;
                arrival.answer
            }
            // The trip keeps a sender, so the channel ends with the deadline only.
            Ok(None) | Err(_) => Err(LoginError::TimedOut),
        }
    }

    /// Tells the browser what became of it, and closes. `Ok` holds the name of who is signed in.
    ///
    /// Returns at once; the last page is served behind it for a few seconds at most, which only
    /// who ends with it need wait for.
    pub(crate) fn finish(self, result: Result<&str, &LoginError>) -> Option<JoinHandle<()>> {
        let open = self.open?;
        let browser = open.held?;
        let done = self.paths.done;
        open.trip.end_with(Page::of(result, self.purpose.as_ref()));
        Some(tokio::spawn(async move {
            let _server = open.server;
            let shown = async {
                page::redirect(&done).send(browser).await;
                open.trip.shown().await;
            };
            // A browser that is gone by then has nobody before it.
            let _ = tokio::time::timeout(LINGER, shown).await;
        }))
    }
}

fn listen(ports: &[u16]) -> io::Result<(u16, Vec<TcpListener>)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    let any = [0; TRIES];
    for port in if ports.is_empty() { &any } else { ports } {
        match listen_on(*port) {
            Ok(bound) => return Ok(bound),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn listen_on(port: u16) -> io::Result<(u16, Vec<TcpListener>)> {
    let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let port = four.local_addr()?.port();
    let mut listeners = vec![four];
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
        Ok(six) => listeners.push(six),
        // Somebody else's there would get what browsers send to `localhost`.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
        // A machine without IPv6.
        Err(_) => {}
    }
    for listener in &listeners {
        listener.set_nonblocking(true)?;
    }
    Ok((port, listeners))
}

/// 100 random bits in letters and digits that a person can type.
fn stem() -> io::Result<String> {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|_| io::Error::from(io::ErrorKind::Other))?;
    Ok(bytes
        .iter()
        .filter_map(|byte| SIGNS.get(usize::from(byte % 32)))
        .map(|sign| char::from(*sign))
        .collect())
}

#[cfg(test)]
mod tests;
