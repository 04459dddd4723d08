//! A gate that answers: the one that runs, or one that is started.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thumbturn_wire::{CallError, Paths};

use crate::call::{self, Gate};
use crate::whole;
use crate::words::{self, Failure};

/// How long a started gate may take until it answers.
const START: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(25);

/// The gate that runs, or else a new one.
pub(crate) fn gate(paths: &Paths, home: Option<&Path>) -> Result<Gate, Failure> {
    match running(paths)? {
        Some(gate) => Ok(gate),
        None => start(paths, home),
    }
}

/// A gate that answers, or none that does.
fn running(paths: &Paths) -> Result<Option<Gate>, Failure> {
    let Some(_) = call::announced(paths)? else {
        return Ok(None);
    };
    let Some(gate) = call::gate(paths)? else {
        return Ok(None);
    };
    match gate.status() {
        Ok(_) => Ok(Some(gate)),
        Err(Failure::Call(CallError::NobodyThere)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn start(paths: &Paths, home: Option<&Path>) -> Result<Gate, Failure> {
    words::tell("Starting the gate.");
    let mut tray = spawn(home)?;
    let deadline = Instant::now() + START;
    loop {
        // What it has not written yet, or not whole, is no failure before its time is up.
        let failure = match running(paths) {
            Ok(Some(gate)) => return Ok(gate),
            Ok(None) => Failure::Start("it did not answer within 10 s".into()),
            Err(failure) => failure,
        };
        if let Ok(Some(status)) = tray.try_wait()
            && !status.success()
        {
            return Err(Failure::Start(format!(
                "`thumbturn-tray` ended at once ({status})"
            )));
        }
        if Instant::now() >= deadline {
            return Err(failure);
        }
        std::thread::sleep(STEP);
    }
}

/// Starts the tray process that lies beside this program, to outlive it.
fn spawn(home: Option<&Path>) -> Result<Child, Failure> {
    use std::os::unix::process::CommandExt as _;
    let tray = std::env::current_exe()
        .and_then(|me| me.canonicalize())
        .map(|me| me.with_file_name("thumbturn-tray"))
        .map_err(|error| {
            Failure::Start(format!("this program does not know where it lies: {error}"))
        })?;
    let mut command = Command::new(&tray);
    if let Some(home) = home {
        command.arg("--home").arg(whole(home)?);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .current_dir("/")
        .process_group(0)
        .spawn()
        .map_err(|error| Failure::Start(format!("{} cannot be run: {error}", tray.display())))
}
