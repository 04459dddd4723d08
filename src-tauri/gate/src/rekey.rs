//! A new gate key, made by a person at a terminal, after the old one was lost.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};

use anyhow::{Context as _, bail};
use thumbturn_wire::Paths;

use crate::keychain::Keychain;
use crate::keys::make_signing_key;

const WORDS: &str = "new gate key";

/// Asks at the terminal itself, so that nothing piped into us can answer.
///
/// # Errors
/// Where there is no terminal, the person does not confirm, or the keychain does not take it.
pub async fn run(paths: &Paths) -> anyhow::Result<()> {
    let mut terminal = File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .context("a new gate key is made at a terminal, and there is none here")?;
    write!(
        terminal,
        "Every hook will trust a new key from now on. Type \"{WORDS}\" to go on: "
    )?;
    let mut answer = String::new();
    BufReader::new(&terminal).read_line(&mut answer)?;
    if answer.trim() != WORDS {
        bail!("nothing was changed");
    }
    make_signing_key(&Keychain::start(paths.keychain()), paths).await?;
    writeln!(
        terminal,
        "Done. A running gate takes it within half a minute."
    )?;
    Ok(())
}
