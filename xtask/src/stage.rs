//! The whole product, set up the way a person does it: a tenant, a connection, a gate, Duo mode.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::places;
use crate::process::{self, Running};
use crate::session::Session;
use crate::stop::{Doing as _, Done, Stop};
use crate::tenant::Connection;

/// The Duo user who holds the phone.
pub(crate) const USER: &str = "dana";

/// Which programs, and who looks.
pub(crate) struct Setup<'a> {
    /// Cargo's name for the directory that holds the gate.
    pub(crate) gate_profile: &'a str,
    pub(crate) display: Option<&'a str>,
    /// Whether the person's own browser opens for the sign-in; else none does.
    pub(crate) browser: bool,
}

pub(crate) struct Stage<'a> {
    pub(crate) gate: Running,
    pub(crate) session: &'a mut Session,
}

/// What a program answered.
pub(crate) struct Said {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Stores the connection, as one does once per machine.
///
/// # Errors
/// Where the tenant does not take it.
pub(crate) fn connect(session: &Session, gate_profile: &str, tenant: &Connection) -> Done<String> {
    let mut connect = gate(session, gate_profile);
    connect
        .args([
            "connect",
            "--host",
            &tenant.host,
            "--ikey",
            &tenant.integration_key,
        ])
        .args(["--client-id", &tenant.client_id])
        .arg("--ca")
        .arg(&tenant.ca_file);
    let secrets = format!("{}\n{}\n", tenant.secret_key, tenant.client_secret);
    let said = talk(&mut connect, &secrets, || Ok(()))?;
    if said.status == Some(0) {
        return Ok(said.out.lines().next().unwrap_or_default().to_owned());
    }
    Err(Stop::because(format!(
        "could not connect the gate to the tenant: {}",
        said.err.trim()
    )))
}

fn gate(session: &Session, profile: &str) -> Command {
    let mut command = session.on_bus(places::program(profile, "thumbturn-tray"));
    command.arg("--home").arg(session.home());
    // The demo's own home and bus are all it may find.
    for name in [
        "HOME",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
    ] {
        command.env_remove(name);
    }
    command.env("HOME", session.home());
    command
}

/// A default application for web pages that opens none.
fn no_browser(session: &Session) -> Done {
    const DEED: &str = "set the default browser of the private session";
    let applications = session.home().join(".local/share/applications");
    let config = session.home().join(".config");
    std::fs::create_dir_all(&applications).doing(DEED)?;
    std::fs::create_dir_all(&config).doing(DEED)?;
    let entry = "[Desktop Entry]\nType=Application\nName=No browser\nExec=true %u\n";
    std::fs::write(applications.join("no-browser.desktop"), entry).doing(DEED)?;
    let defaults = "[Default Applications]\nx-scheme-handler/http=no-browser.desktop\n";
    std::fs::write(config.join("mimeapps.list"), defaults).doing(DEED)
}

impl<'a> Stage<'a> {
    /// Starts the gate and waits until it listens.
    ///
    /// # Errors
    /// Where it does not.
    pub(crate) fn raise(session: &'a mut Session, setup: &Setup<'_>) -> Done<Self> {
        let mut command = gate(session, setup.gate_profile);
        command
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(session.log("gate")?)
            .stderr(session.log("gate")?);
        if let Some(display) = setup.display {
            command.env("DISPLAY", display);
        }
        if !setup.browser {
            no_browser(session)?;
            command.env("BROWSER", "true");
        }
        let gate = Running::start("thumbturn-tray", &mut command)?;
        let mut stage = Self { gate, session };
        let files = [stage.endpoint(), stage.pin()];
        process::until("see the gate listen", Duration::from_secs(20), || {
            stage.still_there()?;
            Ok(files.iter().all(|file| file.is_file()).then_some(()))
        })?;
        // It listens before the keychain has given it its key; until then it answers nobody.
        process::until("hear from the gate", Duration::from_secs(20), || {
            stage.still_there()?;
            Ok(stage.thumbturn(&["status"]).ok())
        })?;
        Ok(stage)
    }

    /// # Errors
    /// When the gate or its session has gone away, with its last words.
    pub(crate) fn still_there(&mut self) -> Done {
        self.session.still_there()?;
        let log = self.session.home().join("gate.log");
        self.gate.still_there().map_err(|stop| {
            Stop::because(format!("{}\n\n{}\n", stop.words, process::tail(&log, 20)))
        })
    }

    fn state(&self) -> PathBuf {
        self.session.home().join(".local/state/thumbturn")
    }

    pub(crate) fn endpoint(&self) -> PathBuf {
        self.state().join("run/endpoint.json")
    }

    pub(crate) fn pin(&self) -> PathBuf {
        self.session.home().join(".config/thumbturn/gate.pub")
    }

    /// The hook as an agent's settings start it.
    pub(crate) fn hook(&self) -> Command {
        let mut hook = Command::new(places::hook());
        hook.arg("claude")
            .arg("--endpoint")
            .arg(self.endpoint())
            .arg("--key")
            .arg(self.pin());
        hook
    }

    /// `thumbturn WORDS`, as a person types it.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = self.session.on_bus(places::program("debug", "thumbturn"));
        command
            .arg("--home")
            .arg(self.session.home())
            .args(words)
            .env("NO_COLOR", "1");
        command
    }

    /// What it says, once it has done it.
    ///
    /// # Errors
    /// Where it fails, with what it said.
    pub(crate) fn thumbturn(&mut self, words: &[&str]) -> Done<String> {
        let mut command = self.command(words);
        let said = talk(&mut command, "", || self.still_there())?;
        if said.status == Some(0) {
            return Ok(format!("{}{}", said.out, said.err));
        }
        Err(Stop::because(format!(
            "`thumbturn {}` failed: {}",
            words.join(" "),
            said.err.trim()
        )))
    }
}

/// Starts a program, gives it its input and waits for its answer.
///
/// # Errors
/// Where it cannot be started, or `meanwhile` fails; then it is ended.
pub(crate) fn talk(
    command: &mut Command,
    input: &str,
    meanwhile: impl FnMut() -> Done,
) -> Done<Said> {
    let name = "the program";
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let deed = format!("run {}", command.get_program().to_string_lossy());
    let mut running = Running::start(name, command)
        .map_err(|stop| Stop::because(format!("could not {deed}: {}", stop.words)))?;
    if let Some(mut stdin) = running.child().stdin.take() {
        stdin.write_all(input.as_bytes()).doing(&deed)?;
    }
    let status = running.ended(meanwhile)?;
    let child = running.child();
    Ok(Said {
        status: status.code(),
        out: all(child.stdout.take())?,
        err: all(child.stderr.take())?,
    })
}

fn all(pipe: Option<impl std::io::Read>) -> Done<String> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes).doing("read an answer")?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
