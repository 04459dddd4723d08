//! Child processes that never outlive a story, and waiting on conditions.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// How long a story waits for anything before it fails.
pub(crate) const BOUND: Duration = Duration::from_secs(20);

/// Asks again and again until there is an answer.
///
/// # Errors
/// Where none came within the bound; `what` says what was waited for.
pub async fn until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> anyhow::Result<T> {
    until_within(BOUND, what, ask).await
}

/// The same with another bound.
pub(crate) async fn until_within<T>(
    bound: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> anyhow::Result<T> {
    let end = Instant::now() + bound;
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        anyhow::ensure!(Instant::now() < end, "waited {bound:?} in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A process of ours, killed when dropped.
#[derive(Debug)]
pub struct Proc(Child);

impl Proc {
    /// # Errors
    /// Where it cannot be started.
    pub fn start(program: &Path, configure: impl FnOnce(&mut Command)) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        configure(&mut command);
        command
            .spawn()
            .map(Self)
            .with_context(|| program.display().to_string())
    }

    /// Writes all of stdin, closes it and waits for the end.
    ///
    /// # Errors
    /// Where its pipes break in an unexpected way.
    pub async fn feed(mut self, stdin: &[u8]) -> anyhow::Result<Ended> {
        if let Some(mut pipe) = self.0.stdin.take() {
            match pipe.write_all(stdin).await {
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                    return Err(error.into());
                }
                Ok(()) | Err(_) => {}
            }
        }
        self.end().await
    }

    /// # Errors
    /// Where its pipes break.
    pub async fn end(mut self) -> anyhow::Result<Ended> {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        let read_out = async {
            if let Some(mut pipe) = out {
                pipe.read_to_end(&mut stdout).await?;
            }
            std::io::Result::Ok(())
        };
        let read_err = async {
            if let Some(mut pipe) = err {
                pipe.read_to_end(&mut stderr).await?;
            }
            std::io::Result::Ok(())
        };
        tokio::try_join!(read_out, read_err)?;
        let status = self.0.wait().await?;
        Ok(Ended {
            code: status.code(),
            stdout: String::from_utf8_lossy(&stdout).into_owned(),
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        })
    }

    /// Reads stdout until it ends with these words.
    ///
    /// # Errors
    /// Where it ends before.
    pub async fn heard(&mut self, words: &str) -> anyhow::Result<()> {
        let stdout = self.0.stdout.as_mut().context("stdout is not ours")?;
        let mut seen = Vec::new();
        while !seen.ends_with(words.as_bytes()) {
            seen.push(stdout.read_u8().await?);
        }
        Ok(())
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub fn pid(&self) -> Option<u32> {
        self.0.id()
    }

    /// Waits until the terminal of what it started no longer shows what is typed.
    ///
    /// # Errors
    /// Where it goes on showing it.
    pub async fn hides_typing(&self) -> anyhow::Result<()> {
        until("a terminal that hides what is typed", async || {
            let child = *self.children().first()?;
            let terminal = std::fs::read_link(format!("/proc/{child}/fd/0")).ok()?;
            let mut stty = Command::new("stty");
            let told = stty.arg("-a").arg("-F").arg(terminal).output().await.ok()?;
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            told.split_whitespace()
                .any(|word| word == "-echo")
                .then_some(())
        })
        .await
    }

    /// The processes that it started and that still run.
    pub fn children(&self) -> Vec<u32> {
        let Some(pid) = self.pid() else {
            return Vec::new();
        };
        children(pid)
    }

    /// Sends a signal to this very process.
    ///
    /// # Errors
    /// Where it is gone already.
    pub fn signal(&self, signal: rustix::process::Signal) -> anyhow::Result<()> {
        let pid = self
            .0
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw);
        Ok(rustix::process::kill_process(
            pid.context("it has ended")?,
            signal,
        )?)
    }
}

/// The processes that run this program.
pub fn pids_of(program: &Path) -> Vec<rustix::process::Pid> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter(|process| {
            std::fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == program)
        })
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .filter_map(rustix::process::Pid::from_raw)
        .collect()
}

/// The processes that another started and that still run.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
    tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}
