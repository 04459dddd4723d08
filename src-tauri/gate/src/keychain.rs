//! Secrets at rest: the desktop's Secret Service, and nothing else. Never a plain file.
//!
//! One thread owns it. The store blocks, and panics on an async thread once any
//! crate turns on zbus's tokio feature; a person may also leave its prompt
//! standing. So commands go over a channel, each with a bounded wait, and a thread
//! that hangs costs its askers five seconds and nobody else anything.
//!
//! The store is opened anew for each command: the gate reads two items at its
//! start, and an open bus connection would be one more thing that wakes it. It
//! also finds a Secret Service that came, went or came back meanwhile, which the
//! `keyring` crate's own `v1` entry, opened once for a process, does not.

mod secret_service;

use std::fmt;
use std::sync::mpsc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;

/// How long anyone waits for the keychain.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Hosts, keys and authority of the Duo tenant, as one.
    Connection,
    /// Who is signed in, with the tokens that prove it.
    Session,
    /// The private half of the key that seals answers.
    SigningKey,
}

impl Item {
    fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Session => "session",
            Self::SigningKey => "signing-key",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Connection => "Thumbturn: connection to Duo",
            Self::Session => "Thumbturn: who is signed in",
            Self::SigningKey => "Thumbturn: key that signs the gate's answers",
        }
    }
}

/// What the keychain says of an item.
#[derive(Debug)]
pub enum Found {
    Secret(Secret),
    /// The keychain is open and has no such item.
    Absent,
}

/// Text that is wiped when dropped, and that no formatting shows.
#[derive(Clone)]
pub struct Secret(SecretString);

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::ops::Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why an item cannot be known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainTrouble {
    #[error("{0}")]
    Missing(String),
    #[error(
        "the keychain is locked or was never set up: unlock the default keyring in your password manager (Passwords and Keys, KWalletManager or KeePassXC), or sign in to the desktop with your password"
    )]
    Locked,
}

/// The way to the thread that owns the keychain.
#[derive(Clone, Debug)]
pub struct Keychain {
    orders: mpsc::Sender<Order>,
    patience: Duration,
}

impl Keychain {
    /// `namespace` keeps a trial's items apart from the person's own; theirs is empty.
    pub fn start(namespace: &str) -> Self {
        let (orders, inbox) = mpsc::channel();
        let suffix = if namespace.is_empty() {
            String::new()
        } else {
            format!("@{namespace}")
        };
        let thread = std::thread::Builder::new()
            .name("keychain".into())
            .spawn(move || serve(&inbox, &suffix));
        if let Err(error) = thread {
            // Its end of the channel is gone with it, which every order will say.
            tracing::error!(%error, "the system gives no thread for the keychain");
        }
        Self {
            orders,
            patience: PATIENCE,
        }
    }

    /// # Errors
    /// Where the keychain cannot tell.
    pub async fn read(&self, item: Item) -> Result<Found, KeychainTrouble> {
        self.order(item, Deed::Read).await
    }

    /// # Errors
    /// Where it is not written.
    pub async fn write(
        &self,
        item: Item,
        secret: impl Into<Secret>,
    ) -> Result<(), KeychainTrouble> {
        self.order(item, Deed::Write(secret.into())).await.map(drop)
    }

    /// Nothing to delete is no error.
    ///
    /// # Errors
    /// Where it is not deleted.
    pub async fn delete(&self, item: Item) -> Result<(), KeychainTrouble> {
        self.order(item, Deed::Delete).await.map(drop)
    }

    async fn order(&self, item: Item, deed: Deed) -> Result<Found, KeychainTrouble> {
        let (reply, answer) = oneshot::channel();
        let gone =
            || KeychainTrouble::Missing("the keychain's thread ended; start the gate again".into());
        self.orders
            .send(Order { item, deed, reply })
            .map_err(|_| gone())?;
        match tokio::time::timeout(self.patience, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(gone()),
            // Most likely it shows a prompt that nobody answers.
            Err(_) => Err(KeychainTrouble::Locked),
        }
    }
}

#[derive(Debug)]
struct Order {
    item: Item,
    deed: Deed,
    reply: oneshot::Sender<Result<Found, KeychainTrouble>>,
}

#[derive(Debug)]
enum Deed {
    Read,
    Write(Secret),
    Delete,
}

fn serve(inbox: &mpsc::Receiver<Order>, suffix: &str) {
    for order in inbox {
        // Whoever gave up must not have it done behind their back later.
        if order.reply.is_closed() {
            continue;
        }
        let user = format!("{}{suffix}", order.item.name());
        let answer =
            secret_service::entry(&user, order.item.label()).and_then(|entry| match order.deed {
                Deed::Read => entry.read(),
                Deed::Write(secret) => entry.write(&secret).map(|()| Found::Absent),
                Deed::Delete => entry.delete().map(|()| Found::Absent),
            });
        // Nobody waits any more where this fails.
        let _ = order.reply.send(answer);
    }
}
