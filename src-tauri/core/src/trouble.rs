//! What the gate lacks, as far as it matters to a decision or a person.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No Secret Service on the session bus, or no session bus.
    KeychainMissing,
    KeychainLocked,
    /// The pinned key is known, its private half is gone from the keychain.
    SigningKeyMissing,
    /// The pin file holds another gate's key.
    PinForeign,
    /// No connection to Duo was set up.
    NotConnected,
    /// The settings name no Duo user.
    NoUser,
    /// The settings file cannot be read; the words name line and key.
    Settings(String),
    /// The audit log cannot be written.
    Audit,
    /// The endpoint file was deleted or changed under the gate, and put back.
    EndpointTouched,
    /// The endpoint file cannot be written.
    EndpointUnwritable,
    /// No tray host is on the bus: window and CLI do everything.
    NoTrayHost,
    /// Duo did not answer; since when is in the view.
    DuoUnreachable,
}
