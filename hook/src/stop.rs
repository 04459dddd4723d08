//! The signals by which an agent ends a hook: dying of one would let the tool run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;

pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From here on a first signal wakes the wait that it meets; a second ends the hook at once, as a no.
    ///
    /// # Errors
    /// Where the system does not let signals be caught.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let came = Arc::new(AtomicBool::new(false));
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
            // In this order: the shutdown must not see what this very signal sets.
            flag::register_conditional_shutdown(signal, super::NO.into(), Arc::clone(&came))?;
            flag::register(signal, Arc::clone(&came))?;
        }
        Ok(Self(came))
    }

    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
