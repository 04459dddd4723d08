//! Starting the app starts the gate, which opens the window, or has it opened by the gate that runs already.

use std::process::{Command, Stdio};

use anyhow::Context as _;

/// The gate beside our own binary, never one from the search path.
pub(crate) fn gate() -> anyhow::Result<()> {
    let gate = std::env::current_exe()
        .context("this program does not know where it lies")?
        .with_file_name(format!("thumbturn-tray{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(&gate);
    command
        .arg("--window")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    become_it(command).with_context(|| {
        format!(
            "{} could not be started. Install Thumbturn again",
            gate.display()
        )
    })
}

/// A desktop that waits for what it started then waits for the gate.
#[cfg(unix)]
fn become_it(mut command: Command) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> std::io::Result<()> {
    command.spawn().map(drop)
}
