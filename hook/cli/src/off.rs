//! `thumbturn off`: needs a thumb, or a passcode from the terminal itself.

use thumbturn_wire::{Deed, Passcode, Paths};

use crate::call::{self, Phone};
use crate::words::{self, Failure};

pub(crate) fn run(passcode: bool, paths: &Paths) -> Result<(), Failure> {
    // A dead gate must not be found out after a passcode was typed.
    let gate = call::live(paths, "off")?;
    let (passcode, phone) = if passcode {
        (Some(typed()?), Phone::Quiet)
    } else {
        (None, Phone::Rings)
    };
    words::say(&gate.deed(Deed::TurnOff { passcode }, phone)?)
}

/// From the controlling terminal: never from argv or stdin, which are an agent's to fill.
fn typed() -> Result<Passcode, Failure> {
    let code = rpassword::prompt_password("Duo passcode or bypass code: ")
        .map_err(|_| Failure::NoTerminal)?;
    let code = code.trim();
    if code.is_empty() {
        return Err(Failure::EmptyPasscode);
    }
    Ok(Passcode::new(code.to_owned()))
}
