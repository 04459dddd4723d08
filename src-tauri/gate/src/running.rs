//! A word to the gate that runs already, from another process of the same person.

use std::time::{Duration, Instant};

use thumbturn_wire::{Deed, DeedBody, Endpoint, Paths, Pin, Route, ask_gate, boot_id};

const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a gate that runs heard it. None may be running, and that is no failure.
pub(crate) fn tell(paths: &Paths, deed: Deed) -> bool {
    let (Ok(pin), Ok(boot)) = (Pin::read(paths.pin()), boot_id()) else {
        return false;
    };
    let mut endpoints = paths
        .endpoints()
        .into_iter()
        .filter_map(|file| Endpoint::read(&file).ok().flatten());
    let Some(endpoint) = endpoints.find(|endpoint| endpoint.boot == boot) else {
        return false;
    };
    let body = DeedBody {
        deed,
        patience_ms: u64::try_from(PATIENCE.as_millis()).unwrap_or(0),
    };
    let told = ask_gate(
        &endpoint,
        &pin,
        Route::Deed,
        body,
        Instant::now() + PATIENCE,
    );
    told.inspect_err(|error| tracing::debug!(%error, "no running gate heard"))
        .is_ok()
}
