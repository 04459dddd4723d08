//! The mode, and what a person may ask the gate to do about it.

use serde::{Deserialize, Serialize};

/// What an ask gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// No word: agents ask their own way, as if we were not installed.
    #[default]
    Off,
    /// Duo mode: forbidden is refused, harmless is left to the agent, the phone decides the rest.
    On(Bound),
    /// As *Off*, and *On* again by itself when the boot clock shows `until` milliseconds, with or without a gate.
    Paused { until: u64, bound: Bound },
    /// Everything is refused until a person signs in again.
    Locked,
}

/// How far *On* reaches. Outside its bound it is as *Off*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    UntilReboot,
    /// Until the boot clock shows this many milliseconds.
    Until(u64),
    /// Only for asks from this directory and below.
    Project(String),
}

/// A deed asked for through the CLI or the local API.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Free, unless it would narrow a wider bound.
    TurnOn(Span),
    /// Needs an approved push, or the passcode.
    TurnOff {
        passcode: Option<Passcode>,
    },
    /// Off for this many milliseconds, then on again by itself. Needs an approved push.
    Pause(u64),
    /// Let asks wait in silence for this many milliseconds, or no longer. Free.
    Hold(Option<u64>),
    /// Deny one waiting ask, by its reference. Free.
    Deny(String),
    /// End one grant, by the reference of the ask whose approval made it. Free.
    EndGrant(String),
    /// End every grant. Free.
    EndGrants,
    /// Deny everything until a person signs in again. Free.
    Lock,
    /// Start a sign-in in the browser. The name counts only where nobody signed in before. Free: it asks for Duo's word.
    SignIn {
        user: Option<String>,
    },
    CancelSignIn,
    /// Needs an approved push. `all` forgets the connection and every key too, and only while Duo mode is off.
    SignOut {
        all: bool,
    },
    /// Open the window. Free.
    Open,
    /// Read the connection from the keychain again. Free.
    Reload,
    /// End the gate. Only while Duo mode is off. Free. Since version 2 of the wire.
    Quit,
}

/// How long or where a person wants Duo mode: a length of time becomes a [`Bound`] at the gate's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    UntilReboot,
    /// For this many milliseconds.
    For(u64),
    Project(String),
}

/// A Duo passcode or bypass code. Never shown, logged or compared.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passcode(String);

impl Passcode {
    pub fn new(code: String) -> Self {
        Self(code)
    }

    /// For the request to Duo alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passcode(…)")
    }
}
