//! The gate's two pipes, kept from the web engine's processes.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Write as _};

use anyhow::{Context as _, ensure};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stdin, dup2_stdout};
use thumbturn_core::{Click, View};

const BY_HAND: &str = "nobody tells it what to show. Thumbturn's tray starts this window: choose Open Thumbturn in its menu";
/// The first descriptor that no process takes for a standard one.
const BEYOND_STANDARD: i32 = 3;

pub(crate) struct Pipes {
    pub(crate) first: View,
    pub(crate) down: Views,
    pub(crate) up: Clicks,
}

/// Must come before any thread and before GTK: the web engine starts processes
/// that inherit descriptors 0 and 1, and a page's process must not hold them.
pub(crate) fn take() -> anyhow::Result<Pipes> {
    ensure!(!io::stdin().is_terminal(), BY_HAND);
    let moved = "the pipes could not be moved out of the web engine's reach";
    let down = fcntl_dupfd_cloexec(io::stdin(), BEYOND_STANDARD).context(moved)?;
    let up = fcntl_dupfd_cloexec(io::stdout(), BEYOND_STANDARD).context(moved)?;
    dup2_stdin(File::open("/dev/null").context("/dev/null could not be opened")?).context(moved)?;
    dup2_stdout(io::stderr()).context(moved)?;
    let mut down = Views(BufReader::new(File::from(down)));
    let first = down.next()?.context(BY_HAND)?;
    Ok(Pipes {
        first,
        down,
        up: Clicks(File::from(up)),
    })
}

pub(crate) struct Views(BufReader<File>);

impl Views {
    /// Waits for the next one; none when the gate is gone.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<View>> {
        let mut line = String::new();
        let length = self
            .0
            .read_line(&mut line)
            .context("the gate's view could not be read")?;
        if length == 0 {
            return Ok(None);
        }
        serde_json::from_str(&line)
            .map(Some)
            .context("the gate sent what is no view. Install tray and window of one version")
    }
}

pub(crate) struct Clicks(File);

impl Clicks {
    pub(crate) fn send(&mut self, click: &Click) -> io::Result<()> {
        let mut line = serde_json::to_vec(click)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}
