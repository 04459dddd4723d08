//! The one clock that hook and gate share: it counts sleep, starts at boot and nobody can set it.

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// Milliseconds since boot, sleep included.
pub fn boot_now() -> u64 {
    #[cfg(target_os = "linux")]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: ClockId = ClockId::Monotonic;
    let now = clock_gettime(CLOCK);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let millis = u64::try_from(now.tv_nsec / 1_000_000).unwrap_or(0);
    seconds.saturating_mul(1000).saturating_add(millis)
}

/// Names one boot of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Boot(String);

/// The boot we are in.
///
/// # Errors
/// Where the system does not tell.
pub fn boot_id() -> std::io::Result<Boot> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
    Ok(Boot(text.trim().to_owned()))
}
