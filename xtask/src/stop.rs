//! Why a task ended early, in words for whoever typed it.

use std::fmt::Display;

pub(crate) type Done<T = ()> = Result<T, Stop>;

/// What could not be done and why, what to try next, and the exit status that says so.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) words: String,
    pub(crate) hint: Option<String>,
    pub(crate) status: u8,
}

impl Stop {
    pub(crate) fn because(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            hint: None,
            status: 1,
        }
    }

    /// The command line itself is wrong.
    pub(crate) fn usage(words: impl Into<String>) -> Self {
        Self {
            status: 2,
            ..Self::because(words).hint("`cargo xtask help` lists the tasks")
        }
    }

    /// Ctrl-C, or the same from another process.
    pub(crate) fn interrupted() -> Self {
        Self {
            status: 130,
            ..Self::because("interrupted; everything that was started is stopped")
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Names the deed that an error stopped.
pub(crate) trait Doing<T> {
    /// # Errors
    /// The same failure as "could not {deed}: {cause}".
    fn doing(self, deed: impl Display) -> Done<T>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, deed: impl Display) -> Done<T> {
        self.map_err(|cause| Stop::because(format!("could not {deed}: {cause}")))
    }
}
