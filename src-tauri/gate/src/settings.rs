//! What a person may set, in one small file. Nothing secret, and nothing that could send a push elsewhere.

mod save;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thumbturn_wire::{deadlines, plain};
use toml::Spanned;

/// A settings file is a few lines.
const MOST: u64 = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The id of the device to ring; else the first that takes a push.
    pub device: Option<String>,
    /// How long an ask waits in line at most, in milliseconds.
    pub patience: Option<u64>,
    /// How long a person stays signed in at most, in milliseconds.
    pub session_lifetime: Option<u64>,
    pub require_push_to_turn_off: bool,
    pub notifications: bool,
    pub start_at_login: bool,
    /// Of the window: "system", or one of [`LANGUAGES`].
    pub language: Option<String>,
    /// `http://host:port`, for the way to Duo alone.
    pub proxy: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            device: None,
            patience: None,
            session_lifetime: None,
            require_push_to_turn_off: false,
            notifications: true,
            start_at_login: false,
            language: None,
            proxy: None,
        }
    }
}

/// Languages that the window speaks.
pub const LANGUAGES: [&str; 2] = ["en", "de"];
const HOUR: u64 = 3_600_000;
/// How long a person stays signed in, unless the settings say otherwise.
const LIFETIME: u64 = 24 * HOUR;

impl Settings {
    pub fn session_lifetime(&self) -> u64 {
        self.session_lifetime.unwrap_or(LIFETIME)
    }

    pub fn patience(&self) -> u64 {
        self.patience.unwrap_or(deadlines::PATIENCE)
    }

    pub fn language(&self) -> &str {
        self.language.as_deref().unwrap_or("system")
    }

    /// Every key with what it is for.
    pub const EXAMPLE: &str = r#"# Thumbturn's settings. Every key may be left out.

# Which of your devices rings: its id in Duo. Without it, the first that takes a push.
# device = "DPFZRS9FB0D46QFTM891"

# How long a question waits in line at most, from "62s" to "10m".
patience = "10m"

# How long you stay signed in at most, from "1h" to "7d".
session_lifetime = "24h"

# Whether turning Duo mode off in the tray needs an approved push too.
require_push_to_turn_off = false

# Whether the desktop tells of pushes, denials and sessions that end.
notifications = true

# Whether Thumbturn starts when you sign in to the desktop.
start_at_login = false

# The window's language: "system", "en" or "de".
language = "system"

# A proxy for the way to Duo. The environment's proxy is never used.
# proxy = "http://proxy.example:3128"
"#;

    /// The settings in `file`, or the defaults where there is none.
    ///
    /// # Errors
    /// Where it is there and anything in it cannot be taken as it stands.
    pub fn load(file: &Path) -> Result<Self, SettingsError> {
        let wrong = |line, words| SettingsError {
            file: file.to_owned(),
            line,
            words,
        };
        let unreadable = |error: std::io::Error| wrong(None, format!("it cannot be read: {error}"));
        match std::fs::metadata(file) {
            Ok(meta) if meta.is_file() && meta.len() <= MOST => {}
            Ok(_) => return Err(wrong(None, "it is no settings file".into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(unreadable(error)),
        }
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        Self::parse(&text).map_err(|wrong_at| {
            let line = wrong_at.at.map(|at| line_of(&text, at));
            wrong(line, wrong_at.words)
        })
    }

    fn parse(text: &str) -> Result<Self, WrongAt> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let at = error.span().map(|span| span.start);
            let words = plain(error.message(), 400);
            let key = at.and_then(|at| key_at(text, at));
            WrongAt {
                at,
                words: match key.map(|key| format!("`{key}`")) {
                    Some(key) if !words.contains(&key) => format!("{key}: {words}"),
                    Some(_) | None => words,
                },
            }
        })?;
        if let Some(user) = written.user {
            return Err(WrongAt {
                at: Some(user.span().start),
                words: "`user` is no setting any more: take the line out and sign in instead, in the tray menu or with `thumbturn signin`; pushes go to whom Duo knows".into(),
            });
        }
        let usual = Self::default();
        Ok(Self {
            device: checked(written.device, device)?,
            patience: checked(written.patience, patience)?,
            session_lifetime: checked(written.session_lifetime, lifetime)?,
            require_push_to_turn_off: written
                .require_push_to_turn_off
                .unwrap_or(usual.require_push_to_turn_off),
            notifications: written.notifications.unwrap_or(usual.notifications),
            start_at_login: written.start_at_login.unwrap_or(usual.start_at_login),
            language: checked(written.language, language)?,
            proxy: checked(written.proxy, proxy)?,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    user: Option<Spanned<toml::Value>>,
    device: Option<Spanned<String>>,
    patience: Option<Spanned<String>>,
    session_lifetime: Option<Spanned<String>>,
    require_push_to_turn_off: Option<bool>,
    notifications: Option<bool>,
    start_at_login: Option<bool>,
    language: Option<Spanned<String>>,
    proxy: Option<Spanned<String>>,
}

#[derive(Debug)]
struct WrongAt {
    at: Option<usize>,
    words: String,
}

fn checked<T>(
    value: Option<Spanned<String>>,
    check: impl FnOnce(&str) -> Result<T, &'static str>,
) -> Result<Option<T>, WrongAt> {
    let Some(value) = value else { return Ok(None) };
    check(value.get_ref()).map(Some).map_err(|words| WrongAt {
        at: Some(value.span().start),
        words: words.into(),
    })
}

fn device(text: &str) -> Result<String, &'static str> {
    if text.len() != 20 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(
            "`device` must be the id of one of your devices in Duo, such as \"DPFZRS9FB0D46QFTM891\"",
        );
    }
    Ok(text.to_owned())
}

fn patience(text: &str) -> Result<u64, &'static str> {
    millis(text, &[("s", 1000), ("m", 60_000)])
        .filter(|patience| (deadlines::RING_AND_BACK..=deadlines::PATIENCE).contains(patience))
        .ok_or("`patience` must be a time from \"62s\" to \"10m\"")
}

fn lifetime(text: &str) -> Result<u64, &'static str> {
    millis(text, &[("h", HOUR), ("d", 24 * HOUR)])
        .filter(|lifetime| (HOUR..=7 * 24 * HOUR).contains(lifetime))
        .ok_or("`session_lifetime` must be a time from \"1h\" to \"7d\"")
}

fn millis(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    units.iter().find_map(|(unit, millis)| {
        let number = text.strip_suffix(unit)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        number.parse::<u64>().ok()?.checked_mul(*millis)
    })
}

fn language(text: &str) -> Result<String, &'static str> {
    if text != "system" && !LANGUAGES.contains(&text) {
        return Err("`language` must be \"system\", \"en\" or \"de\"");
    }
    Ok(text.to_owned())
}

fn proxy(text: &str) -> Result<String, &'static str> {
    let is_host = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
    };
    text.strip_prefix("http://")
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest))
        .and_then(|rest| rest.split_once(':'))
        .filter(|(host, port)| is_host(host) && port.parse::<u16>().is_ok_and(|port| port > 0))
        .map(|(host, port)| format!("http://{host}:{port}"))
        .ok_or(
            "`proxy` must be an address such as \"http://proxy.example:3128\", without a password",
        )
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// The key whose line that is.
fn key_at(text: &str, at: usize) -> Option<&str> {
    let line = text.lines().nth(line_of(text, at) - 1)?;
    let key = line.split_once('=')?.0.trim();
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!key.is_empty() && key.bytes().all(is_key)).then_some(key)
}

/// What is wrong with the settings, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    file: PathBuf,
    line: Option<usize>,
    words: String,
}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the settings cannot be used: {}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.words)
    }
}

impl std::error::Error for SettingsError {}
