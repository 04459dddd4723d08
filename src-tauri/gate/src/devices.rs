//! Which phones can ring: what the settings' `device` may name.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use thumbturn_wire::Paths;

use crate::duo::{Connection, Duo};
use crate::keychain::{Found, Item, Keychain};
use crate::settings::Settings;

/// Prints the id and the name of each, in the user's own order. The first rings if the settings name none.
///
/// # Errors
/// Where nothing is set up, or Duo does not answer.
pub async fn run(paths: &Paths) -> anyhow::Result<()> {
    let settings = Settings::load(&paths.settings()).context("the settings cannot be used")?;
    let user = settings.user.with_context(|| {
        format!(
            "the settings name no Duo user; set `user` in {}",
            paths.settings().display()
        )
    })?;
    let stored = Keychain::start(paths.keychain())
        .read(Item::Connection)
        .await?;
    let Found::Secret(connection) = stored else {
        bail!("Thumbturn is not connected to Duo; run `thumbturn-tray connect` first");
    };
    let duo = Duo::new(
        Connection::from_json(&connection)?,
        settings.proxy.as_deref(),
    )?;
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
