//! When the gate may go on as its own successor: while nobody waits for anything.

use std::net::TcpListener;

use thumbturn_core::Record;

use super::Runtime;
use crate::clock::now;
use crate::update::Program;

/// How long a try that came to nothing is not made again, in milliseconds.
const AGAIN: u64 = 10_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Updating {
    #[default]
    No,
    /// Another program lies in this one's place.
    Wanted,
    /// The server was told to stop.
    Stopping,
    /// Somebody was still there; not before this, on the boot clock.
    Later(u64),
}

impl Runtime {
    /// Looks whether another program took the place of this one.
    pub(super) fn look_for_update(&mut self) {
        if self.updating == Updating::No && self.program().is_some() {
            self.updating = Updating::Wanted;
        }
    }

    /// Begins to make way for it.
    pub(super) fn update(&mut self) {
        let may = match self.updating {
            Updating::Wanted => true,
            Updating::Later(at) => now().boot >= at,
            Updating::No | Updating::Stopping => false,
        };
        if may && self.is_idle() {
            self.updating = Updating::Stopping;
            self.rooms.serving.stop();
        }
    }

    /// The program to go on as, and the socket to go on with.
    pub(super) fn server_stopped(&mut self, is_over: bool) -> Option<(Program, TcpListener)> {
        let program = self.program().filter(|_| is_over && self.is_idle());
        let socket = self.rooms.serving.socket().try_clone().ok();
        if let Some(next) = program.zip(socket) {
            self.note(&Record::GateStopped {
                why: "its program was replaced, and it goes on as the new one".to_owned(),
            });
            self.sync();
            return Some(next);
        }
        self.updating = Updating::Later(now().boot.saturating_add(AGAIN));
        if let Err(error) = self.rooms.serving.go_on() {
            tracing::error!(%error, "the local API could not go on");
        }
        None
    }

    fn program(&self) -> Option<Program> {
        let program = self.rooms.program.as_ref();
        program.filter(|program| program.is_replaced()).cloned()
    }

    /// Whether nobody would notice: no question, no trip to Duo, nothing half done in the window.
    fn is_idle(&self) -> bool {
        let view = self.core.view(now());
        self.slots.is_empty()
            && view.waiting.is_empty()
            && view.sign_in.is_none()
            && !self.pages.is_connecting()
            && !self.checking.runs
    }
}
