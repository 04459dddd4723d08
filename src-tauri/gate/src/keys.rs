//! What the keychain holds, made into what the loop needs, and what is missing of it.

use std::sync::Arc;

use thumbturn_core::Trouble;
use thumbturn_wire::{
    Paths, Pin, PinError, SigningKey, fresh_signing_key, signing_key_from_hex, signing_key_to_hex,
    write_private,
};
use tokio::sync::mpsc;

use crate::duo::{Connection, Duo};
use crate::keychain::{Found, Item, Keychain, KeychainTrouble};
use crate::runtime::{Input, Reply};

#[derive(Clone)]
pub(crate) struct Keys {
    pub(crate) keychain: Arc<Keychain>,
    pub(crate) paths: Paths,
    pub(crate) proxy: Option<String>,
}

#[derive(Default)]
pub(crate) struct Loaded {
    pub(crate) key: Option<SigningKey>,
    pub(crate) duo: Option<Arc<Duo>>,
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
        let mut loaded = Loaded::default();
        match self.signing_key().await {
            Ok(key) => loaded.key = Some(key),
            Err(trouble) => loaded.missing.push(trouble),
        }
        match self.keychain.read(Item::Connection).await {
            Ok(Found::Secret(text)) => match Connection::from_json(&text)
                .and_then(|connection| Duo::new(connection, self.proxy.as_deref()))
            {
                Ok(duo) => loaded.duo = Some(Arc::new(duo)),
                Err(error) => {
                    tracing::error!(%error, "the stored connection cannot be used");
                    loaded.missing.push(Trouble::NotConnected);
                }
            },
            Ok(Found::Absent) => loaded.missing.push(Trouble::NotConnected),
            Err(trouble) => loaded.missing.push(as_trouble(&trouble)),
        }
        loaded
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
