//! The gate's two pipes, kept from the web engine's processes.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Write as _};

use anyhow::{Context as _, ensure};
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{dup2_stdin, dup2_stdout};
use thumbturn_pipe::{Said, Shown};
use zeroize::Zeroizing;

const NOBODY: &str = "nobody tells it what to show. Only the gate starts it like this";
/// The first descriptor that no process takes for a standard one.
const BEYOND_STANDARD: i32 = 3;

pub(crate) struct Pipes {
    pub(crate) first: Shown,
    pub(crate) down: Heard,
    pub(crate) up: Words,
}

/// Must come before any thread and before GTK: the web engine starts processes
/// that inherit descriptors 0 and 1, and a page's process must not hold them.
pub(crate) fn take() -> anyhow::Result<Pipes> {
    ensure!(!io::stdin().is_terminal(), NOBODY);
    let moved = "the pipes could not be moved out of the web engine's reach";
    let down = fcntl_dupfd_cloexec(io::stdin(), BEYOND_STANDARD).context(moved)?;
    let up = fcntl_dupfd_cloexec(io::stdout(), BEYOND_STANDARD).context(moved)?;
    dup2_stdin(File::open("/dev/null").context("/dev/null could not be opened")?).context(moved)?;
    dup2_stdout(io::stderr()).context(moved)?;
    let mut down = Heard(BufReader::new(File::from(down)));
    let first = down.next()?.context(NOBODY)?;
    Ok(Pipes {
        first,
        down,
        up: Words(File::from(up)),
    })
}

pub(crate) struct Heard(BufReader<File>);

impl Heard {
    /// Waits for the next one; none when the gate is gone.
    pub(crate) fn next(&mut self) -> anyhow::Result<Option<Shown>> {
        let mut line = String::new();
        let length = self
            .0
            .read_line(&mut line)
            .context("what the gate said could not be read")?;
        if length == 0 {
            return Ok(None);
        }
        serde_json::from_str(&line)
            .map(Some)
            .context("the gate sent what this window does not understand. Install tray and window of one version")
    }
}

pub(crate) struct Words(File);

impl Words {
    pub(crate) fn say(&mut self, said: &Said) -> io::Result<()> {
        // It may hold what was typed and is secret.
        let mut line = Zeroizing::new(serde_json::to_vec(said)?);
        line.push(b'\n');
        self.0.write_all(&line)
    }
}
