//! `thumbturn-tray connect`: which Duo tenant, as which application.
//!
//! The first connection is the person's to make. From then on an approved push
//! over the old one is needed: whoever can change where pushes go answers them.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use thumbturn_core::{Card, Outcome};
use thumbturn_wire::{Deed, DeedBody, Endpoint, Paths, Pin, PinError, Route, ask_gate, boot_id};

use crate::duo::{Connection, Duo, Failure};
use crate::keychain::{Found, Item, Keychain};
use crate::keys::make_signing_key;
use crate::settings::Settings;

/// Connect this machine to an Auth API application in Duo.
///
/// The secret key is read from stdin, or asked for without echo. It is kept in
/// the desktop's keychain, with the rest of the connection.
#[derive(clap::Args, Debug)]
pub struct Connect {
    /// API hostname, as the application's page in the Duo Admin Panel shows it.
    #[arg(long, value_name = "HOSTNAME")]
    pub host: String,
    /// Integration key.
    #[arg(long, value_name = "KEY")]
    pub ikey: String,
    /// Certificate authority to trust in place of Duo's, as a PEM file: for a tenant on this machine.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    First,
    Replaced,
    /// It was this connection already.
    Unchanged,
}

/// # Errors
/// Where the connection does not stand, or may not replace the old one.
pub async fn run(connect: Connect, paths: &Paths) -> anyhow::Result<()> {
    let ca = connect
        .ca
        .map(|file| {
            std::fs::read_to_string(&file)
                .with_context(|| format!("{} cannot be read", file.display()))
        })
        .transpose()?;
    let connection = Connection::new(&connect.host, &connect.ikey, secret_key()?, ca)?;
    let host = connection.host().to_owned();
    let keychain = Keychain::start(paths.keychain());
    let settings = Settings::load(&paths.settings())?;
    let done = match establish(connection, &settings, paths, &keychain).await? {
        Connected::Unchanged => format!("Connected to {host} already; nothing to do."),
        Connected::First | Connected::Replaced => format!("Connected to {host}."),
    };
    reload(paths);
    let next = match settings.user {
        Some(_) => "Next: `thumbturn on`.".to_owned(),
        None => format!(
            "Next: put `user = \"your Duo username\"` into {}, then `thumbturn on`.",
            paths.settings().display()
        ),
    };
    writeln!(std::io::stdout(), "{done}\n{next}")?;
    Ok(())
}

/// Checks the connection and keeps it.
///
/// # Errors
/// Where it does not stand, or may not replace the old one.
pub async fn establish(
    connection: Connection,
    settings: &Settings,
    paths: &Paths,
    keychain: &Keychain,
) -> anyhow::Result<Connected> {
    let proxy = settings.proxy.as_deref();
    let old = match keychain.read(Item::Connection).await? {
        Found::Absent => None,
        Found::Secret(text) => Some(Connection::from_json(&text).context(
            "no push can be sent over the old connection, so it cannot be replaced; delete \"Thumbturn: connection to Duo\" in your password manager first",
        )?),
    };
    if old.as_ref() == Some(&connection) {
        return Ok(Connected::Unchanged);
    }
    check(&Duo::new(connection.clone(), proxy)?).await?;
    let connected = match old {
        None => Connected::First,
        Some(old) => {
            let old = Duo::new(old, proxy)?;
            approve(&old, settings, &connection).await?;
            Connected::Replaced
        }
    };
    keychain
        .write(Item::Connection, connection.to_json())
        .await?;
    if matches!(keychain.read(Item::SigningKey).await?, Found::Absent)
        && matches!(Pin::read(paths.pin()), Err(PinError::Missing))
    {
        make_signing_key(keychain, paths).await?;
    }
    Ok(connected)
}

/// Whether Duo answers under that hostname, and knows the keys.
async fn check(duo: &Duo) -> anyhow::Result<()> {
    let theirs = duo
        .ping()
        .await
        .map_err(|failure| anyhow::anyhow!("{}", sentence(&failure, 0)))?;
    let ours = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    duo.check()
        .await
        .map_err(|failure| anyhow::anyhow!("{}", sentence(&failure, theirs.abs_diff(ours))))
}

fn sentence(failure: &Failure, skew: u64) -> String {
    let Failure::Refused(refusal) = failure else {
        return failure.to_string();
    };
    match refusal.code {
        40101 | 40102 => "Duo does not know this integration key: copy it again from the application's page in the Duo Admin Panel, and check that the hostname is from the same page".into(),
        40103 => "Duo does not take this secret key for this integration key: copy it again from the application's page in the Duo Admin Panel".into(),
        40105 => format!("this machine's clock is {skew} s off Duo's: set the clock, then connect again"),
        40301 => "this application cannot send pushes: it must be an Auth API application; in the Duo Admin Panel choose Applications, Protect an Application, Auth API".into(),
        50000..60000 => format!("Duo is in trouble ({}): try again in a few minutes", refusal.code),
        _ => failure.to_string(),
    }
}

async fn approve(old: &Duo, settings: &Settings, new: &Connection) -> anyhow::Result<()> {
    let Some(user) = &settings.user else {
        bail!(
            "replacing the connection needs a push over the old one, and the settings name no Duo user; set `user` first"
        );
    };
    let card = Card {
        kind: "Replace the Duo connection".into(),
        pairs: vec![
            ("Old host".into(), old.connection().host().into()),
            ("New host".into(), new.host().into()),
            ("New key".into(), new.integration_key().into()),
            (
                "Authority".into(),
                if new.ca().is_some() {
                    "its own"
                } else {
                    "Duo's"
                }
                .into(),
            ),
        ],
    };
    let ringing = |rings: crate::duo::Rings| {
        // Whatever reads our stdout must not learn the code: it belongs to the person at the terminal.
        let terminal = std::fs::File::options().write(true).open("/dev/tty");
        let told = match (terminal, rings.verification_code) {
            (Ok(mut terminal), Some(code)) => writeln!(
                terminal,
                "Asking {user} on {}. The code to type is {code}.",
                rings.device
            ),
            (Ok(_) | Err(_), _) => {
                writeln!(std::io::stdout(), "Asking {user} on {}.", rings.device)
            }
        };
        // With nobody to tell, the phone still rings.
        drop(told);
    };
    let outcome = old
        .ask(user, settings.device.as_deref(), &card, ringing)
        .await;
    if let Outcome::Approved(_) = outcome {
        return Ok(());
    }
    bail!("the old connection stands: {}", why(&outcome))
}

fn why(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Approved(_) => "approved".into(),
        Outcome::Bypassed => {
            "Duo let the push through without asking anyone, which is no approval".into()
        }
        Outcome::Denied => "the push was denied".into(),
        Outcome::ReportedFraud => "the push was reported as fraud".into(),
        Outcome::LockedOut => "Duo has locked this user out".into(),
        Outcome::Unanswered => "nobody answered the push".into(),
        Outcome::NotEnrolled {
            portal: Some(portal),
        } => format!("this user has no phone in Duo yet; enroll one at {portal}"),
        Outcome::NotEnrolled { portal: None } => "this user has no phone in Duo yet".into(),
        Outcome::NoPushDevice => "this user has no device that takes a push".into(),
        Outcome::WrongPasscode => "the passcode is wrong".into(),
        Outcome::RefusedByPolicy { words } | Outcome::Unreachable { words } => words.clone(),
        Outcome::Refused { code, words } => format!("Duo refused: {words} ({code})"),
    }
}

/// From stdin where something is piped in, else from the terminal without echo.
fn secret_key() -> anyhow::Result<SecretString> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let typed = rpassword::prompt_password("Secret key: ")
            .context("the secret key cannot be read from this terminal")?;
        return Ok(typed.into());
    }
    let mut text = String::new();
    stdin
        .lock()
        .take(1024)
        .read_to_string(&mut text)
        .context("the secret key cannot be read from stdin")?;
    if text.trim().is_empty() {
        bail!("no secret key came on stdin: pipe it in as one line, or run this at a terminal");
    }
    Ok(text.into())
}

/// A gate that runs takes the new connection now; one that does not, at its start.
fn reload(paths: &Paths) {
    let Ok(pin) = Pin::read(paths.pin()) else {
        return;
    };
    let Ok(boot) = boot_id() else { return };
    for file in paths.endpoints() {
        if let Ok(Some(endpoint)) = Endpoint::read(&file)
            && endpoint.boot == boot
        {
            let body = DeedBody {
                deed: Deed::Reload,
                patience_ms: 5000,
            };
            let deadline = Instant::now() + Duration::from_secs(5);
            if let Err(error) = ask_gate(&endpoint, &pin, Route::Deed, body, deadline) {
                tracing::debug!(%error, "no running gate took the new connection");
            }
        }
    }
}
