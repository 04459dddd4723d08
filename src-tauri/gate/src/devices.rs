//! Which phones can ring: what the settings' `device` may name.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use thumbturn_wire::Paths;

use crate::duo::{Duo, Tenancy};
use crate::keychain::{Found, Item, Keychain};
use crate::provider::Provider;
use crate::session::{Recalled, recall};
use crate::settings::Settings;

/// Duo, and who is signed in.
pub(crate) struct Reached {
    pub(crate) settings: Settings,
    pub(crate) duo: Duo,
    pub(crate) provider: Provider,
    pub(crate) user: String,
}

/// Prints the id and the name of each, in the user's own order. The first rings if the settings name none.
///
/// # Errors
/// Where nothing is set up, or Duo does not answer.
pub async fn run(paths: &Paths) -> anyhow::Result<()> {
    let Reached { duo, user, .. } = reached(paths).await?;
    let devices = duo.devices(&user).await?;
    if devices.is_empty() {
        bail!("Duo knows no device of {user} that takes a push; enrol a phone with Duo Mobile");
    }
    let mut out = std::io::stdout();
    for device in devices {
        writeln!(out, "{}  {}", device.device, device.title())?;
    }
    Ok(())
}

/// # Errors
/// Where nothing is set up, or nobody is signed in.
pub(crate) async fn reached(paths: &Paths) -> anyhow::Result<Reached> {
    let settings = Settings::load(&paths.settings()).context("the settings cannot be used")?;
    let keychain = Keychain::start(paths.keychain());
    let Found::Secret(stored) = keychain.read(Item::Connection).await? else {
        bail!("Thumbturn is not connected to Duo; run `thumbturn-tray connect` first");
    };
    let proxy = settings.proxy.as_deref();
    let tenancy = Tenancy::from_json(&stored)?;
    let provider = Provider::of(&tenancy, proxy)?;
    let user = match recall(&keychain, Some(&tenancy), Some(&provider)).await {
        Recalled::Session(proof) => proof.user,
        Recalled::Nothing | Recalled::NotYet => {
            bail!("nobody is signed in; run `thumbturn signin --user NAME` first")
        }
    };
    let duo = Duo::new(tenancy.connection.clone(), proxy)?;
    Ok(Reached {
        settings,
        duo,
        provider,
        user,
    })
}
