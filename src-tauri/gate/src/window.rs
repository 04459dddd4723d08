//! Starts the window process and speaks with it over its inherited pipes: what it shows down, what is said in it up.

use std::path::PathBuf;
use std::process::Stdio;

use thumbturn_pipe::{Said, Shown};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::runtime::Input;

/// What a web engine under test listens to. No released window is to be driven from outside.
const AUTOMATION: [&str; 2] = ["WEBKIT_INSPECTOR_SERVER", "TAURI_WEBVIEW_AUTOMATION"];
/// The longest thing that anybody says: a connection with an authority of its own.
const LONGEST: usize = 256 << 10;

#[derive(Default)]
pub(crate) struct Window {
    open: Option<JoinHandle<()>>,
}

impl Window {
    pub(crate) fn is_open(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|window| !window.is_finished())
    }

    /// Opens the window, unless it is open.
    pub(crate) fn open(&mut self, shown: watch::Receiver<Shown>, inputs: mpsc::Sender<Input>) {
        if self.is_open() {
            return;
        }
        self.open = Some(tokio::spawn(async move {
            if let Err(error) = live(shown, &inputs).await {
                tracing::warn!(%error, "the window could not be opened");
            }
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::WindowClosed).await;
        }));
    }
}

async fn live(
    mut shown: watch::Receiver<Shown>,
    inputs: &mpsc::Sender<Input>,
) -> anyhow::Result<()> {
    let mut child = spawn()?;
    let (Some(mut down), Some(up)) = (child.stdin.take(), child.stdout.take()) else {
        anyhow::bail!("the window has no pipes");
    };
    let mut lines = Lines::of(up);
    shown.mark_changed();
    loop {
        tokio::select! {
            changed = shown.changed() => {
                changed?;
                let shown = shown.borrow_and_update().clone();
                if tell(&mut down, &shown).await.is_err() {
                    break;
                }
            }
            line = lines.next() => match line? {
                Some(line) => match serde_json::from_slice::<Said>(&line) {
                    Ok(said) => inputs.send(Input::Said(said)).await?,
                    // Not the error: it may quote what was typed.
                    Err(_) => tracing::warn!("the window said what nobody understands"),
                },
                None => break,
            },
        }
    }
    drop(down);
    child.wait().await?;
    Ok(())
}

/// What comes up, line by line. Keys are typed in the window, so nothing of it stays in memory.
struct Lines {
    up: ChildStdout,
    read: Zeroizing<Vec<u8>>,
}

impl Lines {
    fn of(up: ChildStdout) -> Self {
        // It never grows: a vector that moves leaves its old bytes behind.
        let read = Zeroizing::new(Vec::with_capacity(LONGEST));
        Self { up, read }
    }

    /// The next whole line. What was read so far is kept where this is dropped before it is done.
    async fn next(&mut self) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.cut(end)));
            }
            let room = LONGEST - self.read.len();
            if room == 0 {
                return Err(std::io::ErrorKind::InvalidData.into());
            }
            if (&mut self.up)
                .take(u64::try_from(room).unwrap_or(0))
                .read_buf(&mut *self.read)
                .await?
                == 0
            {
                return Ok(None);
            }
        }
    }

    fn cut(&mut self, end: usize) -> Zeroizing<Vec<u8>> {
        let (line, rest) = self.read.split_at(end);
        let line = Zeroizing::new(line.to_vec());
        let rest = Zeroizing::new(rest.get(1..).unwrap_or_default().to_vec());
        self.read.fill(0);
        self.read.clear();
        self.read.extend_from_slice(&rest);
        line
    }
}

/// The window beside our own binary, never one from the search path.
fn spawn() -> anyhow::Result<Child> {
    let beside: PathBuf = std::env::current_exe()?.with_file_name("thumbturn-window");
    let mut command = Command::new(&beside);
    command
        .arg("--of-gate")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    if !cfg!(debug_assertions) {
        AUTOMATION.iter().for_each(|name| {
            command.env_remove(name);
        });
    }
    command
        .spawn()
        .map_err(|error| anyhow::anyhow!("{}: {error}", beside.display()))
}

async fn tell(down: &mut ChildStdin, shown: &Shown) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(shown)?;
    line.push(b'\n');
    down.write_all(&line).await?;
    down.flush().await?;
    Ok(())
}
