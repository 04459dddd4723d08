//! What the keychain holds, made into what the loop needs, and what is missing of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use thumbturn_core::Trouble;
use thumbturn_wire::{
    Paths, Pin, PinError, SigningKey, fresh_signing_key, signing_key_from_hex, signing_key_to_hex,
    write_private,
};
use tokio::sync::{Mutex, mpsc};

use crate::duo::{ConnectionError, Duo, Tenancy};
use crate::keychain::{Found, Item, Keychain, KeychainTrouble};
use crate::provider::Provider;
use crate::runtime::{Input, Reply};
use crate::session::recall;

#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) keychain: Arc<Keychain>,
    pub(crate) paths: Paths,
    pub(crate) proxy: Option<String>,
    /// Counts what was said about the session's item: only the last word settles it.
    pub(crate) words: Arc<AtomicU64>,
    /// One load at a time: two could each make a signing key.
    pub(crate) turn: Arc<Mutex<()>>,
}

/// One word on what the session's item is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(u64);

/// What the keychain may hold against our will, written down until it is settled: a keychain can be
/// locked, and a process can end, before it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// A newer session is on its way; the older one is nobody's.
    Replace,
    ForgetSession,
    ForgetAll,
}

impl Pending {
    const EVERY: [(Self, &str); 3] = [
        (Self::Replace, "replace"),
        (Self::ForgetSession, "session"),
        (Self::ForgetAll, "all"),
    ];

    fn items(self) -> &'static [Item] {
        match self {
            Self::Replace | Self::ForgetSession => &[Item::Session],
            Self::ForgetAll => &[Item::Session, Item::Connection, Item::SigningKey],
        }
    }
}

#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) key: Option<SigningKey>,
    pub(crate) duo: Option<Arc<Duo>>,
    pub(crate) tenancy: Option<Arc<Tenancy>>,
    pub(crate) provider: Option<Arc<Provider>>,
    /// Whether the keychain could not say what the connection is.
    pub(crate) is_unread: bool,
    missing: Vec<Trouble>,
}

impl Loaded {
    /// Every trouble that this load can tell of, and whether it is there.
    pub(crate) fn troubles(&self) -> Vec<(Trouble, bool)> {
        [
            Trouble::KeychainMissing,
            Trouble::KeychainLocked,
            Trouble::SigningKeyMissing,
            Trouble::PinForeign,
            Trouble::NotConnected,
        ]
        .into_iter()
        .map(|trouble| {
            let present = self.missing.contains(&trouble);
            (trouble, present)
        })
        .collect()
    }

    /// Whether the same question may find another answer soon.
    pub(crate) fn must_try_again(&self) -> bool {
        [
            Trouble::KeychainMissing,
            Trouble::KeychainLocked,
            Trouble::SigningKeyMissing,
        ]
        .iter()
        .any(|trouble| self.missing.contains(trouble))
    }
}

impl Keys {
    /// Reads everything, off the loop, and reports back once.
    pub(crate) fn load(&self, inputs: mpsc::Sender<Input>, reply: Option<Reply>) {
        let keys = self.clone();
        tokio::spawn(async move {
            let loaded = keys.read().await;
            let _ = inputs.send(Input::Loaded { loaded, reply }).await;
        });
    }

    /// Makes a new signing key, pins it, and loads. Only a person at the desk asks for that.
    pub(crate) fn remake(&self, inputs: mpsc::Sender<Input>) {
        let keys = self.clone();
        tokio::spawn(async move {
            if let Err(error) = make_signing_key(&keys.keychain, &keys.paths).await {
                tracing::error!(%error, "no new gate key could be made");
            }
            let loaded = keys.read().await;
            let _ = inputs
                .send(Input::Loaded {
                    loaded,
                    reply: None,
                })
                .await;
        });
    }

    async fn read(&self) -> Loaded {
        let _turn = self.turn.lock().await;
        let mut loaded = Loaded::default();
        if let Err(trouble) = self.settle().await {
            loaded.is_unread = true;
            loaded.missing.push(as_trouble(&trouble));
            return loaded;
        }
        match self.signing_key().await {
            Ok(key) => loaded.key = Some(key),
            Err(trouble) => loaded.missing.push(trouble),
        }
        match self.keychain.read(Item::Connection).await {
            Ok(Found::Secret(text)) => match self.take_up(&text) {
                Ok((duo, tenancy, provider)) => {
                    loaded.duo = Some(Arc::new(duo));
                    loaded.tenancy = Some(Arc::new(tenancy));
                    loaded.provider = Some(Arc::new(provider));
                }
                Err(error) => {
                    tracing::error!(%error, "the stored connection cannot be used");
                    loaded.missing.push(Trouble::NotConnected);
                }
            },
            Ok(Found::Absent) => loaded.missing.push(Trouble::NotConnected),
            Err(trouble) => {
                loaded.is_unread = true;
                loaded.missing.push(as_trouble(&trouble));
            }
        }
        loaded
    }

    fn take_up(&self, text: &str) -> Result<(Duo, Tenancy, Provider), ConnectionError> {
        let proxy = self.proxy.as_deref();
        let tenancy = Tenancy::from_json(text)?;
        let duo = Duo::new(tenancy.connection.clone(), proxy)?;
        let provider = Provider::of(&tenancy, proxy)?;
        Ok((duo, tenancy, provider))
    }

    /// Reads the session, off the loop, and reports back once.
    pub(crate) fn recall(
        &self,
        tenancy: Option<Arc<Tenancy>>,
        provider: Option<Arc<Provider>>,
        inputs: mpsc::Sender<Input>,
    ) {
        let keychain = Arc::clone(&self.keychain);
        tokio::spawn(async move {
            let recalled = recall(&keychain, tenancy.as_deref(), provider.as_deref()).await;
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::Recalled(recalled)).await;
        });
    }

    /// Wipes what is to be forgotten, and then loads. What cannot be wiped now is wiped by a later load.
    pub(crate) fn forget(&self, what: Pending, inputs: mpsc::Sender<Input>) {
        self.is_pending(what);
        self.load(inputs, None);
    }

    /// Writes down what is to become of the session's item, before it is done.
    pub(crate) fn is_pending(&self, what: Pending) -> Word {
        let name = Pending::EVERY.iter().find(|(pending, _)| *pending == what);
        let text = name.map_or("session", |(_, name)| name);
        if let Err(error) = write_private(&self.note(), text) {
            tracing::error!(%error, "what the keychain is to forget cannot be written down");
        }
        Word(self.words.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Nothing is pending any more, unless something newer is.
    pub(crate) fn is_settled(&self, word: Word) {
        if word == Word(self.words.load(Ordering::Relaxed)) {
            // Where it stays, the session is forgotten once more than needed.
            let _ = std::fs::remove_file(self.note());
        }
    }

    fn note(&self) -> PathBuf {
        self.paths.state().join("to-forget")
    }

    fn pending(&self) -> Option<Pending> {
        let text = match std::fs::read_to_string(self.note()) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(_) => String::new(),
        };
        let known = Pending::EVERY.iter().find(|(_, name)| *name == text);
        // Whatever else it says, nobody is signed in by what lies there.
        Some(known.map_or(Pending::ForgetSession, |(pending, _)| *pending))
    }

    async fn settle(&self) -> Result<(), KeychainTrouble> {
        let word = Word(self.words.load(Ordering::Relaxed));
        let Some(pending) = self.pending() else {
            return Ok(());
        };
        // Our own is on its way; only one that a process before us left behind is to be seen to.
        if pending == Pending::Replace && word != Word(0) {
            return Ok(());
        }
        for item in pending.items() {
            self.keychain.delete(*item).await?;
        }
        if pending == Pending::ForgetAll
            && let Err(error) = std::fs::remove_file(self.paths.pin())
        {
            tracing::warn!(%error, "the pinned key could not be removed");
        }
        self.is_settled(word);
        Ok(())
    }

    async fn signing_key(&self) -> Result<SigningKey, Trouble> {
        let stored = self
            .keychain
            .read(Item::SigningKey)
            .await
            .map_err(|trouble| as_trouble(&trouble))?;
        let pinned = match Pin::read(self.paths.pin()) {
            Ok(pin) => Some(pin),
            Err(PinError::Missing) => None,
            Err(error) => {
                tracing::error!(%error, "the pin cannot be relied on");
                return Err(Trouble::PinForeign);
            }
        };
        let key = match stored {
            Found::Secret(text) => {
                Some(signing_key_from_hex(&text).ok_or(Trouble::SigningKeyMissing)?)
            }
            Found::Absent => None,
        };
        match (key, pinned) {
            (Some(key), Some(pin)) if Pin::of(&key) == pin => Ok(key),
            (Some(_), Some(_)) => Err(Trouble::PinForeign),
            // The same key pinned again opens nothing that was shut.
            (Some(key), None) => pin(&key, &self.paths)
                .map(|()| key)
                .map_err(|_| Trouble::PinForeign),
            (None, Some(_)) => Err(Trouble::SigningKeyMissing),
            (None, None) => make_signing_key(&self.keychain, &self.paths)
                .await
                .map_err(|_| Trouble::SigningKeyMissing),
        }
    }
}

/// Makes a signing key, stores it and pins it.
///
/// # Errors
/// Where the keychain or the disk does not take it.
pub(crate) async fn make_signing_key(
    keychain: &Keychain,
    paths: &Paths,
) -> anyhow::Result<SigningKey> {
    let key = fresh_signing_key()?;
    keychain
        .write(Item::SigningKey, signing_key_to_hex(&key))
        .await?;
    pin(&key, paths)?;
    Ok(key)
}

fn pin(key: &SigningKey, paths: &Paths) -> anyhow::Result<()> {
    Ok(write_private(paths.pin(), &Pin::of(key).text())?)
}

fn as_trouble(trouble: &KeychainTrouble) -> Trouble {
    match trouble {
        KeychainTrouble::Missing(words) => {
            tracing::warn!(%words, "no keychain");
            Trouble::KeychainMissing
        }
        KeychainTrouble::Locked => Trouble::KeychainLocked,
    }
}
