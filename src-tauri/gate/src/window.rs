//! Starts the window process and speaks with it over its inherited pipes: views down, clicks up.

use std::path::PathBuf;
use std::process::Stdio;

use thumbturn_core::{Click, View};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::runtime::Input;

/// What a web engine under test listens to. No released window is to be driven from outside.
const AUTOMATION: [&str; 2] = ["WEBKIT_INSPECTOR_SERVER", "TAURI_WEBVIEW_AUTOMATION"];

#[derive(Default)]
pub(crate) struct Window {
    open: Option<JoinHandle<()>>,
}

impl Window {
    /// Opens the window, unless it is open.
    pub(crate) fn open(&mut self, views: watch::Receiver<View>, inputs: mpsc::Sender<Input>) {
        if self
            .open
            .as_ref()
            .is_some_and(|window| !window.is_finished())
        {
            return;
        }
        self.open = Some(tokio::spawn(async move {
            if let Err(error) = live(views, inputs).await {
                tracing::warn!(%error, "the window could not be opened");
            }
        }));
    }
}

async fn live(mut views: watch::Receiver<View>, inputs: mpsc::Sender<Input>) -> anyhow::Result<()> {
    let mut child = spawn()?;
    let (Some(mut down), Some(up)) = (child.stdin.take(), child.stdout.take()) else {
        anyhow::bail!("the window has no pipes");
    };
    let mut clicks = BufReader::new(up).lines();
    views.mark_changed();
    loop {
        tokio::select! {
            changed = views.changed() => {
                changed?;
                let view = views.borrow_and_update().clone();
                if tell(&mut down, &view).await.is_err() {
                    break;
                }
            }
            line = clicks.next_line() => match line? {
                Some(line) => match serde_json::from_str::<Click>(&line) {
                    Ok(click) => inputs.send(Input::WindowClick(click)).await?,
                    Err(error) => tracing::warn!(%error, "the window sent what is no click"),
                },
                None => break,
            },
        }
    }
    drop(down);
    child.wait().await?;
    Ok(())
}

/// The window beside our own binary, never one from the search path.
fn spawn() -> anyhow::Result<Child> {
    let beside: PathBuf = std::env::current_exe()?.with_file_name("thumbturn-window");
    let mut command = Command::new(&beside);
    command
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

async fn tell(down: &mut ChildStdin, view: &View) -> anyhow::Result<()> {
    let mut line = serde_json::to_vec(view)?;
    line.push(b'\n');
    down.write_all(&line).await?;
    down.flush().await?;
    Ok(())
}
