//! The Secret Service over D-Bus, asked whether it is there and open before it is asked for a secret.
//!
//! A keyring that was never unlocked answers "no such item" for everything, which
//! must not be taken for a first start; and a locked one would prompt, which the
//! gate must not do at its own times.

use std::collections::HashMap;
use std::time::Duration;

use keyring::Error;
use keyring_core::api::CredentialStoreApi as _;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::OwnedObjectPath;
use zbus_secret_service_keyring_store::Store;

use super::{Found, KeychainTrouble, Secret};

const SERVICE: &str = "thumbturn";
const BUS_NAME: &str = "org.freedesktop.secrets";
/// Less than whoever asks would wait.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) struct Entry(keyring::Entry);

/// The entry of that name, if the keychain is there and open. Its store is opened anew each time: the one that
/// `keyring` opens by itself is kept for good, and so is its failure, when the Secret Service comes up after us.
pub(super) fn entry(user: &str, label: &str) -> Result<Entry, KeychainTrouble> {
    check_open()?;
    let store = Store::new().map_err(|error| trouble(&error))?;
    store
        .build(SERVICE, user, Some(&HashMap::from([("label", label)])))
        .map(|inner| Entry(keyring::Entry { inner }))
        .map_err(|error| trouble(&error))
}

impl Entry {
    pub(super) fn read(&self) -> Result<Found, KeychainTrouble> {
        match self.0.get_password() {
            Ok(text) => Ok(Found::Secret(text.into())),
            Err(Error::NoEntry) => Ok(Found::Absent),
            Err(error) => Err(trouble(&error)),
        }
    }

    pub(super) fn write(&self, secret: &Secret) -> Result<(), KeychainTrouble> {
        self.0.set_password(secret).map_err(|error| trouble(&error))
    }

    pub(super) fn delete(&self) -> Result<(), KeychainTrouble> {
        match self.0.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(trouble(&error)),
        }
    }
}

fn check_open() -> Result<(), KeychainTrouble> {
    let bus = connection::Builder::session()
        .and_then(|bus| bus.method_timeout(PATIENCE).build())
        .map_err(|_| no_bus())?;
    let default = default_collection(&bus)?.ok_or(KeychainTrouble::Locked)?;
    let locked = Proxy::new(&bus, BUS_NAME, default, "org.freedesktop.Secret.Collection")
        .and_then(|collection| collection.get_property::<bool>("Locked"))
        .map_err(|error| no_service(&error))?;
    if locked {
        return Err(KeychainTrouble::Locked);
    }
    Ok(())
}

/// Where the Secret Service keeps what has no other place. `None` before it was ever unlocked.
fn default_collection(bus: &Connection) -> Result<Option<OwnedObjectPath>, KeychainTrouble> {
    let answer = bus
        .call_method(
            Some(BUS_NAME),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "ReadAlias",
            &"default",
        )
        .map_err(|error| no_service(&error))?;
    let path: OwnedObjectPath = answer
        .body()
        .deserialize()
        .map_err(|error| no_service(&error))?;
    Ok(Some(path).filter(|path| path.as_str() != "/"))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the store may add errors; each of them leaves us without a keychain"
)]
fn trouble(error: &Error) -> KeychainTrouble {
    match error {
        Error::NoStorageAccess(_) => KeychainTrouble::Locked,
        Error::Ambiguous(_) => KeychainTrouble::Missing(
            "the keychain holds the same Thumbturn item twice: delete one of them in your password manager".into(),
        ),
        // Its text would hold the bytes.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => KeychainTrouble::Missing(
            "the keychain holds a Thumbturn item that is no text: delete it in your password manager and run `thumbturn-tray connect` again".into(),
        ),
        other => KeychainTrouble::Missing(format!("the keychain cannot be used: {other}")),
    }
}

fn no_bus() -> KeychainTrouble {
    KeychainTrouble::Missing(
        "no keychain: there is no D-Bus session bus here; start the gate from within a desktop session, or under `dbus-run-session`"
            .into(),
    )
}

fn no_service(error: &zbus::Error) -> KeychainTrouble {
    // The bus would not answer for a service that waits for its person.
    if matches!(error, zbus::Error::InputOutput(io) if io.kind() == std::io::ErrorKind::TimedOut) {
        return KeychainTrouble::Locked;
    }
    KeychainTrouble::Missing(
        "no keychain: no Secret Service answers on the session bus; install one (`apt install gnome-keyring`, or turn it on in KeePassXC or KWallet) and sign in again"
            .into(),
    )
}
