//! `thumbturn-tray connect`, for a person at a terminal.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use thumbturn_wire::{Deed, Paths};

use super::{Connected, Place, establish};
use crate::duo::{Connection, Rings, SignIn, Tenancy};
use crate::keychain::{Found, Item, Keychain};
use crate::provider::Provider;
use crate::running;
use crate::session::{Recalled, recall};
use crate::settings::Settings;

/// Connect this machine to Duo.
///
/// The secret key of the Auth API application, and the client secret where there is one, are
/// read from stdin, a line each, or asked for without echo. They are kept in the desktop's
/// keychain, with the rest of the connection.
#[derive(clap::Args, Debug)]
pub struct Connect {
    /// API hostname, as the application's page in the Duo Admin Panel shows it.
    #[arg(long, value_name = "HOSTNAME")]
    pub host: String,
    /// Integration key of the Auth API application, which pushes go through.
    #[arg(long, value_name = "KEY")]
    pub ikey: String,
    /// Client ID of the Web SDK application, which people sign in to with Universal Prompt.
    /// Without it, one approved push signs them in: the weaker way.
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Sign in with Duo Single Sign-On instead: the issuer of its OpenID Connect application.
    #[arg(long, value_name = "URL", requires = "client_id")]
    pub issuer: Option<String>,
    /// The single sign-on application has no client secret, and wants PKCE alone.
    #[arg(long, requires = "issuer")]
    pub public: bool,
    /// Certificate authority to trust in place of Duo's, as a PEM file: for a tenant on this machine.
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

/// # Errors
/// Where the connection does not stand, or may not replace the old one.
pub async fn run(connect: Connect, paths: &Paths) -> anyhow::Result<()> {
    let ca = connect
        .ca
        .as_ref()
        .map(|file| {
            std::fs::read_to_string(file)
                .with_context(|| format!("{} cannot be read", file.display()))
        })
        .transpose()?;
    let settings = Settings::load(&paths.settings())?;
    let mut secrets = Secrets::read()?;
    let secret_key = secrets.next("Secret key")?;
    let connection = Connection::new(&connect.host, &connect.ikey, secret_key, ca)?;
    let sign_in = sign_in(&connect, &mut secrets)?;
    let tenancy = Tenancy {
        connection,
        sign_in,
    };
    let host = tenancy.connection.host().to_owned();
    let keychain = Keychain::start(paths.keychain());
    let approver = approver(&keychain, &settings).await?;
    let place = Place {
        settings: &settings,
        paths,
        keychain: &keychain,
    };
    let user = approver.clone().unwrap_or_default();
    let ringing = |rings| tell(&user, rings);
    let done = match establish(tenancy, place, approver.as_deref(), ringing).await? {
        Connected::Unchanged => format!("Connected to {host} already; nothing to do."),
        Connected::First | Connected::Replaced => format!("Connected to {host}."),
    };
    // A gate that runs takes the new connection now; one that does not, at its start.
    running::tell(paths, Deed::Reload);
    let next = match approver {
        Some(_) => "Next: `thumbturn on`.",
        None => "Next: `thumbturn signin --user NAME` with your Duo username, then `thumbturn on`.",
    };
    writeln!(std::io::stdout(), "{done}\n{next}")?;
    Ok(())
}

fn sign_in(connect: &Connect, secrets: &mut Secrets) -> anyhow::Result<SignIn> {
    let Some(client_id) = connect.client_id.clone() else {
        return Ok(SignIn::Push);
    };
    Ok(match (&connect.issuer, connect.public) {
        (None, _) => SignIn::UniversalPrompt {
            client_id,
            client_secret: secrets.next("Client secret")?,
        },
        (Some(issuer), public) => SignIn::SingleSignOn {
            issuer: issuer.clone(),
            client_id,
            client_secret: match public {
                true => None,
                false => Some(secrets.next("Client secret")?),
            },
        },
    })
}

/// Who is signed in over the connection that stands.
async fn approver(keychain: &Keychain, settings: &Settings) -> anyhow::Result<Option<String>> {
    let Found::Secret(text) = keychain.read(Item::Connection).await? else {
        return Ok(None);
    };
    let Ok(tenancy) = Tenancy::from_json(&text) else {
        return Ok(None);
    };
    let provider = Provider::of(&tenancy, settings.proxy.as_deref())?;
    match recall(keychain, Some(&tenancy), Some(&provider)).await {
        Recalled::Session(proof) => Ok(Some(proof.user)),
        Recalled::Nothing => Ok(None),
        Recalled::NotYet => {
            bail!("who is signed in cannot be told now; check keychain and network, and try again")
        }
    }
}

fn tell(user: &str, rings: Rings) {
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
}

/// From stdin where something is piped in, else from the terminal without echo.
enum Secrets {
    Terminal,
    Piped(Vec<SecretString>),
}

impl Secrets {
    fn read() -> anyhow::Result<Self> {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            return Ok(Self::Terminal);
        }
        let mut text = String::new();
        stdin
            .lock()
            .take(1024)
            .read_to_string(&mut text)
            .context("the secrets cannot be read from stdin")?;
        let text = SecretString::from(text);
        let lines = secrecy::ExposeSecret::expose_secret(&text).lines().rev();
        let lines = lines.map(str::trim).filter(|line| !line.is_empty());
        Ok(Self::Piped(lines.map(SecretString::from).collect()))
    }

    fn next(&mut self, what: &str) -> anyhow::Result<SecretString> {
        match self {
            Self::Terminal => Ok(rpassword::prompt_password(format!("{what}: "))
                .with_context(|| format!("the {} cannot be read here", what.to_lowercase()))?
                .into()),
            Self::Piped(lines) => lines.pop().with_context(|| {
                format!(
                    "no {} came on stdin: pipe it in as a line of its own, or run this at a terminal",
                    what.to_lowercase()
                )
            }),
        }
    }
}
