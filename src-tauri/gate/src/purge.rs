//! Everything of ours that is left once the gate is out of every agent: forgotten, for good.

use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use thumbturn_wire::Paths;

use crate::autostart;
use crate::keychain::{Item, Keychain};
use crate::lock::Lock;

/// How long a gate that was told to end may take.
const ENDING: std::time::Duration = std::time::Duration::from_secs(5);
const STEP: std::time::Duration = std::time::Duration::from_millis(50);

/// # Errors
/// Where a gate runs, or something cannot be removed. What was removed until then is named.
pub async fn run(paths: &Paths) -> anyhow::Result<()> {
    let _lock = alone(paths).await?;
    let keychain = Keychain::start(paths.keychain());
    for item in [Item::Session, Item::Connection, Item::SigningKey] {
        keychain
            .delete(item)
            .await
            .with_context(|| format!("the keychain still holds \"{}\"", item.label()))?;
    }
    say("forgot the connection, the session and the gate's key in the keychain")?;
    autostart::set(paths, false).context("the autostart entry is still there")?;
    say("removed the autostart entry, if there was one")?;
    for dir in [paths.run(), paths.config(), paths.state()] {
        remove(dir)?;
    }
    Ok(())
}

/// The gate that was told to end may still be at it.
async fn alone(paths: &Paths) -> anyhow::Result<Option<Lock>> {
    if !paths.run().is_dir() {
        return Ok(None);
    }
    let deadline = tokio::time::Instant::now() + ENDING;
    loop {
        if let Some(lock) = Lock::take(paths.run()).context("the gate's lock cannot be taken")? {
            return Ok(Some(lock));
        }
        if tokio::time::Instant::now() >= deadline {
            bail!("Thumbturn runs: turn Duo mode off and quit it in its tray menu first");
        }
        tokio::time::sleep(STEP).await;
    }
}

fn remove(dir: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(dir) {
        Ok(()) => say(&format!("removed {}", dir.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("{} is still there", dir.display())),
    }
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}").context("stdout is closed")
}
