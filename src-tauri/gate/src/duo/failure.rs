//! Why a call to Duo brought nothing to decide on.

use std::error::Error as _;

use rustls::CertificateError;
use thumbturn_core::Outcome;
use thumbturn_wire::plain;

use super::reply::Refusal;

/// The most characters of Duo's own text that go anywhere.
pub(super) const WORDS: usize = 200;

/// Text of Duo's, on one line and cut.
pub(super) fn words(text: &str) -> String {
    plain(text.trim(), WORDS)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Duo's error envelope.
    Refused(Refusal),
    /// It never reached Duo: nothing was asked.
    Unsent { words: String, why: Unsent },
    /// It may have reached Duo, and no answer came back.
    Lost { words: String },
    /// What came back is not an answer of Duo's.
    Odd { words: String },
}

/// What kept a question from reaching Duo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsent {
    /// Nobody here knows the host by that name.
    NameUnknown,
    /// What answered could not prove to be Duo.
    Certificate,
    /// Its certificate is of another time, or ours is.
    Time,
    /// No way there, or another reason.
    NoWay,
}

impl Failure {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let (why, words) = cause(error);
        if error.is_connect() || error.is_builder() {
            Self::Unsent { words, why }
        } else {
            Self::Lost { words }
        }
    }

    pub(super) fn odd(words: impl Into<String>) -> Self {
        Self::Odd {
            words: words.into(),
        }
    }

    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Refused(refusal) => Outcome::Refused {
                code: refusal.code,
                words: refusal.words(),
            },
            Self::Unsent { words, .. } | Self::Lost { words } | Self::Odd { words } => {
                Outcome::Unreachable { words }
            }
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusal) => {
                write!(f, "Duo refused: {} ({})", refusal.words(), refusal.code)
            }
            Self::Unsent { words, .. } | Self::Lost { words } | Self::Odd { words } => {
                f.write_str(words)
            }
        }
    }
}

impl std::error::Error for Failure {}

/// What stood between us and Duo, in words that a person can act on.
fn cause(error: &reqwest::Error) -> (Unsent, String) {
    let mut name_unknown = false;
    let mut last = None;
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(cause) = tls_cause(inner) {
            return cause;
        }
        name_unknown |= inner.to_string().contains("dns error");
        last = Some(inner);
        source = inner.source();
    }
    if name_unknown {
        let words = "Duo cannot be reached: its hostname is not known here; check the hostname and the network";
        return (Unsent::NameUnknown, words.into());
    }
    if error.is_timeout() {
        return (Unsent::NoWay, "Duo did not answer in time".into());
    }
    if !error.is_connect() {
        let words = "the connection broke off before Duo had answered";
        return (Unsent::NoWay, words.into());
    }
    let words = last.map_or_else(
        || "Duo cannot be reached".into(),
        |last| format!("Duo cannot be reached: {}", words(&last.to_string())),
    );
    (Unsent::NoWay, words)
}

fn tls_cause(error: &(dyn std::error::Error + 'static)) -> Option<(Unsent, String)> {
    // What IO hides in itself is no `source` of it.
    if let Some(inner) = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        return tls_cause(inner);
    }
    let error = error.downcast_ref::<rustls::Error>()?;
    let (why, words) = if let rustls::Error::InvalidCertificate(error) = error {
        (kind(error), certificate_cause(error))
    } else {
        let words = format!("no secure connection could be made: {error}");
        (Unsent::Certificate, words)
    };
    Some((why, format!("Duo was not asked: {}", plain(&words, WORDS))))
}

fn kind(error: &CertificateError) -> Unsent {
    let is_of_time = matches!(
        error,
        CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
    );
    if is_of_time {
        Unsent::Time
    } else {
        Unsent::Certificate
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "rustls may add errors; all the others share their words"
)]
fn certificate_cause(error: &CertificateError) -> String {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate shown is for another host; something may stand between this machine and Duo".into()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate shown has expired; check this machine's clock first".into()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate shown is not valid yet; check this machine's clock first".into()
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the certificate shown comes from an authority that Duo does not use, or is signed by itself; something may stand between this machine and Duo".into()
        }
        other => format!("the certificate shown cannot be trusted: {other}"),
    }
}
