//! The file that tells a hook whether Duo mode is on, and where the gate listens.
//!
//! It names the boot it was written in, so that a reboot turns the mode off with
//! nobody having to clean up.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::clock::{Boot, boot_id, boot_now};
use crate::paths::{Unsafe, read_private, write_private};
use crate::{Mode, parse_strict, spoken};

const MOST: u64 = 16 << 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The newest version that the gate speaks. Hooks of the version before read this file too, so
    /// its fields may change only one version after all who read it know of the change.
    pub v: u16,
    pub boot: Boot,
    /// The gate listens here, on 127.0.0.1 alone.
    pub port: u16,
    pub token: Token,
    /// Whether a hook must ask; see [`Endpoint::asks_at`].
    pub armed: bool,
    /// The gate's own memory over a restart within the same boot.
    pub mode: Mode,
}

/// Keeps other users of the machine out. It says nothing about who answers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// # Errors
    /// Where the system has no random bytes.
    pub fn fresh() -> std::io::Result<Self> {
        crate::seal::random().map(|bytes: [u8; 32]| Self(crate::hex::encode(&bytes)))
    }

    /// For the `Authorization` header alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What the endpoint files tell a hook to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Never turned on since boot: no word.
    Unarmed,
    Armed(Endpoint),
}

impl Standing {
    /// The first armed endpoint among `files`.
    ///
    /// # Errors
    /// Where any of them is there but cannot be relied on.
    pub fn of<P: AsRef<Path>>(files: &[P], boot: &Boot, now: u64) -> Result<Self, EndpointError> {
        for file in files {
            if let Some(endpoint) = Endpoint::read(file.as_ref())?
                && endpoint.asks_at(now)
                && endpoint.boot == *boot
            {
                return Ok(Self::Armed(endpoint));
            }
        }
        Ok(Self::Unarmed)
    }

    /// As [`Self::of`] for the boot we are in, which is asked for only where a file is armed:
    /// what was never turned on needs nothing from the system.
    ///
    /// # Errors
    /// As [`Self::of`], and where the system does not tell which boot this is.
    pub fn now<P: AsRef<Path>>(files: &[P]) -> Result<Self, EndpointError> {
        for file in files {
            if let Some(endpoint) = Endpoint::read(file.as_ref())?
                && endpoint.asks_at(boot_now())
                && endpoint.boot == boot_id().map_err(EndpointError::Boot)?
            {
                return Ok(Self::Armed(endpoint));
            }
        }
        Ok(Self::Unarmed)
    }
}

impl Endpoint {
    /// Whether a hook must ask at this boot time: a pause ends by itself, even where no gate is left to end it.
    pub fn asks_at(&self, now: u64) -> bool {
        self.armed || matches!(self.mode, Mode::Paused { until, .. } if until <= now)
    }

    /// `None` where there is no file.
    ///
    /// # Errors
    /// Where it is there but cannot be relied on.
    pub fn read(file: &Path) -> Result<Option<Self>, EndpointError> {
        let Some(text) = read_private(file, MOST).map_err(EndpointError::Unsafe)? else {
            return Ok(None);
        };
        let endpoint: Self = parse_strict(&text)
            .and_then(serde_json::from_value)
            .map_err(|_| EndpointError::Malformed)?;
        if spoken(endpoint.v).is_none() || endpoint.port == 0 {
            return Err(EndpointError::Malformed);
        }
        Ok(Some(endpoint))
    }

    /// # Errors
    /// Where it cannot be written; the old file then stands as it was.
    pub fn write(&self, file: &Path) -> Result<(), EndpointError> {
        let text = serde_json::to_string(self).map_err(|_| EndpointError::Malformed)?;
        write_private(file, &text).map_err(EndpointError::Unsafe)
    }
}

#[derive(Debug)]
pub enum EndpointError {
    /// The system does not tell which boot this is.
    Boot(std::io::Error),
    Malformed,
    Unsafe(Unsafe),
}

impl std::fmt::Display for EndpointError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boot(error) => write!(f, "the system does not tell which boot this is: {error}"),
            Self::Malformed => f.write_str("the endpoint file is not what the gate writes"),
            Self::Unsafe(why) => write!(f, "the endpoint file cannot be relied on: {why}"),
        }
    }
}

impl std::error::Error for EndpointError {}
