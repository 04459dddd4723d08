//! A running model, as a test holds it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::memory::{Memory, Request, Told};
use crate::script::Script;
use crate::server;

/// A model on loopback. It stops when dropped.
pub struct Model {
    shared: Arc<Shared>,
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

pub(crate) struct Shared {
    pub(crate) script: Script,
    memory: Mutex<Memory>,
    /// How many results the agent has told.
    count: watch::Sender<usize>,
}

impl Model {
    /// A model that plays `script`. Must be called within a tokio runtime; the model lives on it.
    ///
    /// # Errors
    /// Where no port of loopback can be had.
    pub async fn start(script: Script) -> anyhow::Result<Self> {
        Self::start_on(0, script).await
    }

    /// The same on a port of the caller's choice.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub async fn start_on(port: u16, script: Script) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("listen on port {port}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            script,
            memory: Mutex::default(),
            count: watch::Sender::default(),
        });
        let router = server::router(Arc::clone(&shared));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // It goes on until the task is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            shared,
            address,
            _tasks: tasks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The start of every URL of it, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How the calls of the script went, in the order in which the model heard it.
    pub fn told(&self) -> Vec<Told> {
        self.shared.memory().told().to_vec()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.memory().requests().to_vec()
    }

    /// Waits until the agent has told how `count` calls went.
    ///
    /// # Errors
    /// Where it has not by the deadline.
    pub async fn until_told(&self, count: usize, deadline: Duration) -> anyhow::Result<Vec<Told>> {
        let mut counts = self.shared.count.subscribe();
        let enough = counts.wait_for(|told| *told >= count);
        match tokio::time::timeout(deadline, enough).await {
            Ok(seen) => seen.map(drop)?,
            Err(_) => anyhow::bail!(
                "waited {deadline:?} for {count} results, heard {:?} in {} requests",
                self.told(),
                self.requests().len()
            ),
        }
        Ok(self.told())
    }
}

impl Shared {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self) {
        let told = self.memory().told().len();
        self.count.send_replace(told);
    }
}
