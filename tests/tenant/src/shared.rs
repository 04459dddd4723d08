//! What all connections share: the state under its lock, the clock, and word of every change.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use crate::certificate::Certificates;
use crate::clock::Clock;
use crate::config::Config;
use crate::fault::Script;
use crate::state::State;

pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) certificates: Certificates,
    pub(crate) changes: watch::Sender<u64>,
    pub(crate) releases: watch::Sender<u64>,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn new(config: Config) -> anyhow::Result<Self> {
        Ok(Self {
            clock: Clock::new(),
            certificates: Certificates::new(&config.hosts)?,
            changes: watch::Sender::new(0),
            releases: watch::Sender::new(0),
            state: Mutex::new(State::new(config)),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the state and tells everyone who waits.
    pub(crate) fn change<T>(&self, deed: impl FnOnce(&mut State) -> T) -> T {
        let result = {
            let mut state = self.state();
            state.now = self.clock.now();
            state.unix = unix_now() + state.skew;
            deed(&mut state)
        };
        self.changes.send_modify(|count| *count += 1);
        result
    }

    /// Waits until the state shows what `look` looks for.
    pub(crate) async fn until<T>(&self, mut look: impl FnMut(&mut State) -> Option<T>) -> T {
        let mut changes = self.changes.subscribe();
        loop {
            if let Some(found) = look(&mut self.state()) {
                return found;
            }
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Ends pushes whose time is over; runs as long as the tenant.
    pub(crate) async fn keep_time(&self) {
        let mut changes = self.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let next = self.state().next_deadline();
            let due = async {
                match next {
                    Some(at) => self.clock.reach(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => self.change(State::expire),
                _ = changes.changed() => {}
            }
        }
    }

    pub(crate) fn play(&self, script: Script) {
        match script {
            Script::Advance { seconds } => {
                self.clock.advance(Duration::from_secs(seconds));
                self.change(State::expire);
            }
            Script::Release => self.releases.send_modify(|count| *count += 1),
            Script::Fault { .. }
            | Script::NextPush(_)
            | Script::Certificate(_)
            | Script::Skew(_)
            | Script::User(_)
            | Script::Activate { .. }
            | Script::Policy(_)
            | Script::Logo { .. }
            | Script::IdToken(_)
            | Script::Callback(_)
            | Script::NextPrompt(_)
            | Script::Clear => self.change(|state| state.play(script)),
        }
    }
}

pub(crate) fn unix_now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
