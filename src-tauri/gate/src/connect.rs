//! Which Duo tenant, as which applications: checked with Duo's own endpoints, then kept.
//!
//! The first connection is the person's to make. Once somebody is signed in, an approved
//! push over the old one is needed: whoever can change where pushes go answers them.

mod command;

use std::time::{SystemTime, UNIX_EPOCH};

use thumbturn_core::{Card, LoginError, Outcome};
use thumbturn_pipe::Field;
use thumbturn_wire::{Paths, Pin, PinError, Standing};

use crate::duo::{ConnectionError, Duo, Failure, SignIn, Tenancy};
use crate::keychain::{Found, Item, Keychain, KeychainTrouble};
use crate::keys::make_signing_key;
use crate::provider::Provider;
use crate::settings::Settings;

pub use command::{Connect, run};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    First,
    Replaced,
    /// It was this connection already.
    Unchanged,
}

/// Why the connection was not kept, and where to look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Refused {
    pub field: Option<Field>,
    pub words: String,
}

impl Refused {
    fn at(field: Field, words: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            words: words.into(),
        }
    }

    fn because(words: impl Into<String>) -> Self {
        Self {
            field: None,
            words: words.into(),
        }
    }
}

impl From<ConnectionError> for Refused {
    fn from(error: ConnectionError) -> Self {
        let field = match &error {
            ConnectionError::ForeignHost(_) | ConnectionError::Host(_) => Some(Field::Host),
            ConnectionError::IntegrationKey => Some(Field::IntegrationKey),
            ConnectionError::SecretKey => Some(Field::SecretKey),
            ConnectionError::ClientId | ConnectionError::SsoClientId => Some(Field::ClientId),
            ConnectionError::ClientSecret | ConnectionError::SsoClientSecret => {
                Some(Field::ClientSecret)
            }
            ConnectionError::Issuer(_) => Some(Field::Issuer),
            ConnectionError::Item | ConnectionError::Proxy => None,
        };
        Self {
            field,
            words: error.to_string(),
        }
    }
}

impl From<KeychainTrouble> for Refused {
    fn from(trouble: KeychainTrouble) -> Self {
        Self::because(trouble.to_string())
    }
}

/// Where it is kept, and by which settings.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub settings: &'a Settings,
    pub paths: &'a Paths,
    pub keychain: &'a Keychain,
}

/// Checks the connection and keeps it. `approver` is who is signed in over the old one; `ringing` hears when their
/// phone rings for it.
///
/// # Errors
/// Where it does not stand, or may not replace the old one.
pub async fn establish(
    tenancy: Tenancy,
    place: Place<'_>,
    approver: Option<&str>,
    ringing: impl FnOnce(crate::duo::Rings),
) -> Result<Connected, Refused> {
    let proxy = place.settings.proxy.as_deref();
    let old = match place.keychain.read(Item::Connection).await? {
        Found::Absent => None,
        Found::Secret(text) => Some(Tenancy::from_json(&text).map_err(|_| {
            Refused::because(
                "no push can be sent over the old connection, so it cannot be replaced; delete \"Thumbturn: connection to Duo\" in your password manager first",
            )
        })?),
    };
    if old.as_ref() == Some(&tenancy) {
        return Ok(Connected::Unchanged);
    }
    check(&Duo::new(tenancy.connection.clone(), proxy)?).await?;
    Provider::of(&tenancy, proxy)?
        .check()
        .await
        .map_err(|error| sign_in_refused(&tenancy.sign_in, &error))?;
    let connected = match old {
        None => Connected::First,
        Some(old) => {
            may_replace(&old, &tenancy, place, approver, ringing).await?;
            Connected::Replaced
        }
    };
    place
        .keychain
        .write(Item::Connection, tenancy.to_json())
        .await?;
    if matches!(place.keychain.read(Item::SigningKey).await?, Found::Absent)
        && matches!(Pin::read(place.paths.pin()), Err(PinError::Missing))
    {
        make_signing_key(place.keychain, place.paths)
            .await
            .map_err(|error| Refused::because(format!("{error:#}")))?;
    }
    Ok(connected)
}

/// Whether Duo answers under that hostname.
///
/// # Errors
/// What stands in the way.
pub(crate) async fn answers(duo: &Duo) -> Result<u64, Refused> {
    duo.ping()
        .await
        .map_err(|failure| refusal(&failure, 0))
        .map_err(|refused| Refused {
            field: Some(Field::Host),
            ..refused
        })
}

/// Whether Duo answers under that hostname, and knows the keys.
async fn check(duo: &Duo) -> Result<(), Refused> {
    let theirs = answers(duo).await?;
    let ours = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    duo.check()
        .await
        .map_err(|failure| refusal(&failure, theirs.abs_diff(ours)))
}

fn refusal(failure: &Failure, skew: u64) -> Refused {
    let Failure::Refused(refusal) = failure else {
        return Refused::at(Field::Host, failure.to_string());
    };
    match refusal.code {
        40101 | 40102 => Refused::at(
            Field::IntegrationKey,
            "Duo does not know this integration key: copy it again from the application's page in the Duo Admin Panel, and check that the hostname is from the same page",
        ),
        40103 => Refused::at(
            Field::SecretKey,
            "Duo does not take this secret key for this integration key: copy it again from the application's page in the Duo Admin Panel",
        ),
        40105 => Refused::because(format!(
            "this machine's clock is {skew} s off Duo's: set the clock, then connect again"
        )),
        40301 => Refused::at(
            Field::IntegrationKey,
            "this application cannot send pushes: it must be an Auth API application; in the Duo Admin Panel choose Applications, Protect an Application, Auth API",
        ),
        50000..60000 => Refused::because(format!(
            "Duo is in trouble ({}): try again in a few minutes",
            refusal.code
        )),
        _ => Refused::because(failure.to_string()),
    }
}

fn sign_in_refused(sign_in: &SignIn, error: &LoginError) -> Refused {
    let field = match sign_in {
        SignIn::UniversalPrompt { .. } => Some(Field::ClientSecret),
        SignIn::SingleSignOn { .. } => Some(Field::Issuer),
        SignIn::Push => None,
    };
    let (LoginError::Misconfigured { words } | LoginError::Unreachable { words }) = error else {
        return Refused {
            field,
            words: error.words(),
        };
    };
    let field = match words.contains("client ID") {
        true => Some(Field::ClientId),
        false => field,
    };
    Refused {
        field,
        words: words.clone(),
    }
}

async fn may_replace(
    old: &Tenancy,
    new: &Tenancy,
    place: Place<'_>,
    approver: Option<&str>,
    ringing: impl FnOnce(crate::duo::Rings),
) -> Result<(), Refused> {
    let Some(user) = approver else {
        return match Standing::now(&place.paths.endpoints()) {
            Ok(Standing::Unarmed) => Ok(()),
            Ok(Standing::Armed(_)) | Err(_) => Err(Refused::because(
                "replacing the connection needs a push over the old one while Duo mode is on, and nobody is signed in; sign in first",
            )),
        };
    };
    let duo = Duo::new(old.connection.clone(), place.settings.proxy.as_deref())?;
    let device = place.settings.device.as_deref();
    let outcome = duo.ask(user, device, &card(old, new), ringing).await;
    if let Outcome::Approved(_) = outcome {
        return Ok(());
    }
    Err(Refused::because(format!(
        "the old connection stands: {}",
        why(&outcome)
    )))
}

fn card(old: &Tenancy, new: &Tenancy) -> Card {
    let authority = if new.connection.ca().is_some() {
        "its own"
    } else {
        "Duo's"
    };
    let row = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Card {
        kind: "Replace the Duo connection".into(),
        pairs: vec![
            row("Old host", old.connection.host()),
            row("New host", new.connection.host()),
            row("New key", new.connection.integration_key()),
            row("Sign-in", &new.name()),
            row("Authority", authority),
        ],
    }
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
        Outcome::NotVerified | Outcome::NoUniversalPrompt => {
            "Duo asked for more than a push".into()
        }
        Outcome::StepUpFailed { words } => words.clone(),
        Outcome::RefusedByPolicy { words } | Outcome::Unreachable { words } => words.clone(),
        Outcome::Refused { code, words } => format!("Duo refused: {words} ({code})"),
    }
}
