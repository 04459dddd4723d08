//! What the gate told of the time: whether the machine slept, and what o'clock a deadline is.

use crate::Now;

/// A jump of the clock that counts sleep against the one that does not.
const SLEEP: u64 = 10_000;
/// The two clocks are read one after the other; less than this between them is no change.
const JITTER: u64 = 1_000;

#[derive(Debug)]
pub(crate) struct Clock {
    last: Now,
    /// Wall clock less boot clock.
    offset: i64,
}

impl Clock {
    pub(crate) fn new(now: Now) -> Self {
        Self {
            last: now,
            offset: offset(now),
        }
    }

    /// Moves on to `now`. Whether the machine slept on the way.
    pub(crate) fn slept(&mut self, now: Now) -> bool {
        let asleep = |now: Now| now.boot.saturating_sub(now.mono);
        let slept = asleep(now) > asleep(self.last) + SLEEP;
        self.last = now;
        if offset(now).abs_diff(self.offset) > JITTER {
            self.offset = offset(now);
        }
        slept
    }

    /// On the boot clock.
    pub(crate) fn now(&self) -> u64 {
        self.last.boot
    }

    /// What a time on the boot clock is since the Unix epoch.
    pub(crate) fn wall(&self, boot: u64) -> u64 {
        boot.saturating_add_signed(self.offset)
    }
}

fn offset(now: Now) -> i64 {
    now.wall
        .cast_signed()
        .saturating_sub(now.boot.cast_signed())
}
