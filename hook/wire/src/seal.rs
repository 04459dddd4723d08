//! The signature that binds an answer to one question.
//!
//! Whoever squats on the port, proxies it or replays an old answer has no key;
//! whoever reads the token has none either. The hook believes nothing else.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use rustix::fs::{Mode, OFlags};
use rustix::rand::{GetRandomFlags, getrandom};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::{deadlines, hex};

pub use ed25519_dalek::SigningKey;

/// A pin file holds one short line.
const MOST: u64 = 1024;

const CONTEXT: &[u8] = b"thumbturn/1/sealed-answer\0";

/// What kind of question it was: an answer to one kind is none to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Ask,
    Deed,
    Status,
    Report,
}

impl Route {
    pub fn path(self) -> &'static str {
        match self {
            Self::Ask => "/v1/ask",
            Self::Deed => "/v1/deed",
            Self::Status => "/v1/status",
            Self::Report => "/v1/report",
        }
    }
}

/// Random bytes that the asker makes anew for every question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nonce([u8; 32]);

impl Nonce {
    /// # Errors
    /// Where the system has no random bytes.
    pub fn fresh() -> std::io::Result<Self> {
        random().map(Self)
    }
}

impl std::fmt::Debug for Nonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Nonce({}…)",
            hex::encode(self.0.get(..4).unwrap_or_default())
        )
    }
}

impl Serialize for Nonce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Nonce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a nonce is 32 bytes in hex"))
    }
}

/// SHA-256 of a question's exact bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    pub fn of(request: &[u8]) -> Self {
        Self(Sha256::digest(request).into())
    }
}

/// An answer on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    v: u16,
    /// The answer's JSON, as text: these bytes are signed and these are read.
    payload: String,
    /// On the boot clock, in milliseconds.
    expires_ms: u64,
    sig: String,
}

/// Signs `payload` as the answer to one question, in the version that it was asked in.
pub fn seal(
    key: &SigningKey,
    v: u16,
    route: Route,
    nonce: &Nonce,
    request: &Digest,
    payload: String,
    boot_now: u64,
) -> Sealed {
    let expires_ms = boot_now.saturating_add(deadlines::ANSWER);
    let sig = key.sign(&signed_bytes(route, nonce, request, &payload, expires_ms));
    Sealed {
        v,
        payload,
        expires_ms,
        sig: hex::encode(&sig.to_bytes()),
    }
}

impl Sealed {
    /// The payload, if the pinned gate sealed it for this very question just now.
    ///
    /// # Errors
    /// Otherwise, with what is wrong.
    pub fn open(
        self,
        pin: &Pin,
        v: u16,
        route: Route,
        nonce: &Nonce,
        request: &Digest,
        boot_now: u64,
    ) -> Result<String, SealError> {
        if self.v != v {
            return Err(SealError::Version);
        }
        let sig = hex::decode(&self.sig).ok_or(SealError::Signature)?;
        let bytes = signed_bytes(route, nonce, request, &self.payload, self.expires_ms);
        pin.0
            .verify_strict(&bytes, &Signature::from_bytes(&sig))
            .map_err(|_| SealError::Signature)?;
        if self.expires_ms < boot_now
            || self.expires_ms > boot_now.saturating_add(2 * deadlines::ANSWER)
        {
            return Err(SealError::Expired);
        }
        Ok(self.payload)
    }
}

fn signed_bytes(
    route: Route,
    nonce: &Nonce,
    request: &Digest,
    payload: &str,
    expires_ms: u64,
) -> Vec<u8> {
    // Every part but the last has a fixed length, so no two answers share their bytes.
    let route = match route {
        Route::Ask => 1u8,
        Route::Deed => 2,
        Route::Status => 3,
        Route::Report => 4,
    };
    [
        CONTEXT,
        &[route],
        &nonce.0,
        &request.0,
        &expires_ms.to_be_bytes(),
        payload.as_bytes(),
    ]
    .concat()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealError {
    Expired,
    Signature,
    Version,
}

impl std::fmt::Display for SealError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Expired => "the answer is too old or from the future",
            Self::Signature => "the answer is not signed by this gate for this question",
            Self::Version => "the answer is of another version",
        })
    }
}

impl std::error::Error for SealError {}

/// The gate's public key, as the hook knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin(VerifyingKey);

impl Pin {
    pub fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key())
    }

    /// What the pin file holds.
    pub fn text(&self) -> String {
        format!(
            "thumbturn-gate ed25519 {}\n",
            hex::encode(self.0.as_bytes())
        )
    }

    /// # Errors
    /// Where it is not what [`Self::text`] writes.
    pub fn parse(text: &str) -> Result<Self, PinError> {
        let mut words = text.split_whitespace();
        let (Some("thumbturn-gate"), Some("ed25519"), Some(key), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(PinError::Malformed);
        };
        hex::decode(key)
            .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
            .filter(|key| !key.is_weak())
            .map(Self)
            .ok_or(PinError::Malformed)
    }

    /// # Errors
    /// Where it is missing, malformed, or others could have written it.
    pub fn read(file: &Path) -> Result<Self, PinError> {
        // Not blocking: a pipe in the file's place would hold the hook for ever.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let open = match rustix::fs::open(file, flags, Mode::empty()) {
            Ok(fd) => File::from(fd),
            Err(rustix::io::Errno::NOENT) => return Err(PinError::Missing),
            Err(errno) => return Err(PinError::Io(errno.into())),
        };
        let meta = open.metadata().map_err(PinError::Io)?;
        let ours = meta.uid() == rustix::process::getuid().as_raw() || meta.uid() == 0;
        if !ours || !meta.is_file() || meta.mode() & 0o022 != 0 || meta.len() > MOST {
            return Err(PinError::Unsafe);
        }
        let mut text = String::new();
        open.take(MOST)
            .read_to_string(&mut text)
            .map_err(PinError::Io)?;
        Self::parse(&text)
    }
}

#[derive(Debug)]
pub enum PinError {
    Io(std::io::Error),
    Malformed,
    Missing,
    Unsafe,
}

impl std::fmt::Display for PinError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the gate's pinned key cannot be read: {error}"),
            Self::Malformed => f.write_str("the gate's pinned key is malformed"),
            Self::Missing => f.write_str("no gate key is pinned"),
            Self::Unsafe => f.write_str("others may have written the gate's pinned key"),
        }
    }
}

impl std::error::Error for PinError {}

/// A fresh signing key.
///
/// # Errors
/// Where the system has no random bytes.
pub fn fresh_signing_key() -> std::io::Result<SigningKey> {
    random().map(|bytes| SigningKey::from_bytes(&bytes))
}

/// How the keychain holds a signing key.
pub fn signing_key_to_hex(key: &SigningKey) -> String {
    hex::encode(key.as_bytes())
}

/// `None` where it is not what [`signing_key_to_hex`] gives.
pub fn signing_key_from_hex(text: &str) -> Option<SigningKey> {
    hex::decode(text.trim()).map(|bytes| SigningKey::from_bytes(&bytes))
}

pub(crate) fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    // The kernel gives up to 256 bytes whole once its pool is seeded, which this call waits for.
    let filled = getrandom(&mut bytes, GetRandomFlags::empty())?;
    if filled == N {
        Ok(bytes)
    } else {
        Err(std::io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_for_one_question_of_one_kind_for_a_short_while() {
        let key = fresh_signing_key().unwrap();
        let pin = Pin::parse(&Pin::of(&key).text()).unwrap();
        let (nonce, other) = (Nonce::fresh().unwrap(), Nonce::fresh().unwrap());
        let (question, another) = (Digest::of(b"q"), Digest::of(b"r"));
        let sealed = seal(&key, 2, Route::Ask, &nonce, &question, "yes".into(), 1_000);

        let open = |pin: &Pin, route, nonce, question, now| {
            sealed.clone().open(pin, 2, route, nonce, question, now)
        };
        assert_eq!(
            open(&pin, Route::Ask, &nonce, &question, 1_000),
            Ok("yes".into())
        );
        assert_eq!(
            open(&pin, Route::Ask, &nonce, &question, 11_000),
            Ok("yes".into())
        );
        assert_eq!(
            open(&pin, Route::Ask, &nonce, &question, 11_001),
            Err(SealError::Expired)
        );
        assert_eq!(
            open(&pin, Route::Deed, &nonce, &question, 1_000),
            Err(SealError::Signature)
        );
        assert_eq!(
            open(&pin, Route::Ask, &other, &question, 1_000),
            Err(SealError::Signature)
        );
        assert_eq!(
            open(&pin, Route::Ask, &nonce, &another, 1_000),
            Err(SealError::Signature)
        );
        let stranger = Pin::of(&fresh_signing_key().unwrap());
        assert_eq!(
            open(&stranger, Route::Ask, &nonce, &question, 1_000),
            Err(SealError::Signature)
        );
        let ahead = seal(
            &key,
            2,
            Route::Ask,
            &nonce,
            &question,
            "yes".into(),
            100_000,
        );
        assert_eq!(
            ahead.open(&pin, 2, Route::Ask, &nonce, &question, 1_000),
            Err(SealError::Expired)
        );
        let older = sealed.clone();
        assert_eq!(
            older.open(&pin, 1, Route::Ask, &nonce, &question, 1_000),
            Err(SealError::Version)
        );
        let changed = Sealed {
            payload: "no".into(),
            ..sealed.clone()
        };
        assert_eq!(
            changed.open(&pin, 2, Route::Ask, &nonce, &question, 1_000),
            Err(SealError::Signature)
        );
    }

    #[test]
    fn only_a_whole_strong_key_is_pinned() {
        for bad in [
            "",
            "thumbturn-gate ed25519",
            "thumbturn-gate ed25519 00",
            "ed25519 thumbturn-gate 00",
        ] {
            assert!(Pin::parse(bad).is_err(), "{bad:?}");
        }
        let weak = format!("thumbturn-gate ed25519 {}", "00".repeat(32));
        assert!(Pin::parse(&weak).is_err());
    }

    #[test]
    fn a_signing_key_survives_the_keychain() {
        let key = fresh_signing_key().unwrap();
        assert_eq!(
            signing_key_from_hex(&signing_key_to_hex(&key))
                .unwrap()
                .to_bytes(),
            key.to_bytes()
        );
        assert!(signing_key_from_hex("abc").is_none());
    }
}
