//! The tenant's own clock. It runs with the real one and can be pushed ahead, so that a test of a 60 s push waits for
//! nothing. Signatures are not judged by it: advancing the life of a push must not make a client's date look old.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

pub(crate) struct Clock {
    start: Instant,
    ahead: watch::Sender<Duration>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            ahead: watch::Sender::new(Duration::ZERO),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.start.elapsed() + *self.ahead.borrow()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead.send_modify(|ahead| *ahead += by);
    }

    pub(crate) async fn reach(&self, at: Duration) {
        let mut moved = self.ahead.subscribe();
        while let Some(left) = at.checked_sub(self.now()).filter(|left| !left.is_zero()) {
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                Ok(()) = moved.changed() => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::Clock;

    #[tokio::test]
    async fn a_wait_ends_when_the_clock_is_pushed_past_it() {
        let clock = Arc::new(Clock::new());
        let waiting = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.reach(Duration::from_secs(60)).await }
        });
        clock.advance(Duration::from_secs(59));
        assert!(!waiting.is_finished());
        clock.advance(Duration::from_secs(2));
        waiting.await.unwrap();
    }
}
