//! Stands between gate and tenant and counts the time in which the answer lies with the tenant.
//!
//! TLS goes through unopened: the tenant's time runs from the last byte towards
//! it to the first byte back.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::stop::{Doing as _, Done};

pub(super) struct Relay {
    host: String,
    court: Arc<Mutex<Court>>,
}

/// Whose turn it is.
#[derive(Default)]
struct Court {
    asked: Option<Instant>,
    total: Duration,
}

impl Relay {
    /// # Errors
    /// Where no port is free.
    pub(super) fn start(tenant: &str) -> Done<Self> {
        const DEED: &str = "listen between gate and tenant";
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing(DEED)?;
        let port = listener.local_addr().doing(DEED)?.port();
        let name = tenant.rsplit_once(':').map_or(tenant, |(name, _)| name);
        let relay = Self {
            host: format!("{name}:{port}"),
            court: Arc::default(),
        };
        let (tenant, court) = (tenant.to_owned(), Arc::clone(&relay.court));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if let Ok(server) = TcpStream::connect(&tenant) {
                    join(&client, &server, &court);
                }
            }
        });
        Ok(relay)
    }

    /// Where to find the tenant through us.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn reset(&self) {
        *lock(&self.court) = Court::default();
    }

    /// The tenant's own time since the last reset.
    pub(super) fn tenant_time(&self) -> Duration {
        lock(&self.court).total
    }
}

fn lock(court: &Mutex<Court>) -> std::sync::MutexGuard<'_, Court> {
    court.lock().unwrap_or_else(PoisonError::into_inner)
}

fn join(client: &TcpStream, server: &TcpStream, court: &Arc<Mutex<Court>>) {
    let _ = client
        .set_nodelay(true)
        .and_then(|()| server.set_nodelay(true));
    let ways = [(client, server, true), (server, client, false)];
    for (from, to, is_question) in ways {
        let (Ok(from), Ok(to)) = (from.try_clone(), to.try_clone()) else {
            return;
        };
        let court = Arc::clone(court);
        std::thread::spawn(move || {
            carry(from, to, |now| {
                let mut court = lock(&court);
                if is_question {
                    court.asked = Some(now);
                } else if let Some(asked) = court.asked.take() {
                    court.total += now - asked;
                }
            })
        });
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut mark: impl FnMut(Instant)) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        mark(Instant::now());
        if to
            .write_all(bytes.get(..count).unwrap_or_default())
            .is_err()
        {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
