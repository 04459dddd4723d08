//! What Duo says, read without a guess.
//!
//! Duo may add results, statuses and fields at any time: a field is ignored, a
//! word we do not know is never a yes.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use thumbturn_core::Outcome;

use super::Failure;
use super::failure::words;

/// The envelope of every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    Ok(Value),
    Fail(Refusal),
}

impl Envelope {
    pub(super) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        match serde_json::from_slice(body)? {
            Stat::Ok { response } => Ok(Self::Ok(response)),
            Stat::Fail {
                code,
                message,
                message_detail,
            } => Ok(Self::Fail(Refusal {
                code,
                message,
                detail: message_detail,
                ..Refusal::default()
            })),
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "stat")]
enum Stat {
    #[serde(rename = "OK")]
    Ok { response: Value },
    #[serde(rename = "FAIL")]
    Fail {
        #[serde(default, deserialize_with = "code")]
        code: u32,
        #[serde(default)]
        message: String,
        #[serde(default)]
        message_detail: Option<String>,
    },
}

/// A number, or a number in quotes, which was seen in the wild.
fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let number = value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    Ok(number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0))
}

/// Duo's refusal of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    pub code: u32,
    pub message: String,
    pub detail: Option<String>,
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
}

impl Refusal {
    /// What to show a person.
    pub(super) fn words(&self) -> String {
        if self.is_busy() {
            return "Duo is busy: too many requests; try again in a minute".into();
        }
        words(&match &self.detail {
            Some(detail) => format!("{}: {detail}", self.message),
            None => self.message.clone(),
        })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.code == 42901 || self.status == 429
    }

    /// Our clock is too far from Duo's.
    pub(super) fn is_clock(&self) -> bool {
        self.code == 40105
    }

    /// On a status call this may only mean that nothing changed for a while.
    pub(super) fn is_invalid_parameter(&self) -> bool {
        self.code == 40002
    }

    pub(super) fn is_trouble(&self) -> bool {
        self.status >= 500
    }
}

/// What Duo says before it rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Preauth {
    Auth {
        devices: Vec<Device>,
        verified: Option<Verified>,
    },
    /// Nobody would be asked.
    Allow,
    Deny {
        words: String,
        locked_out: bool,
    },
    Enroll {
        portal: Option<String>,
    },
}

/// A Verified Duo Push: the person types this code into Duo Mobile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) txid: String,
    pub(super) code: String,
}

impl Preauth {
    pub(super) fn read(response: Value) -> Result<Self, Failure> {
        let answer: PreauthAnswer = serde_json::from_value(response)
            .map_err(|_| Failure::odd("Duo's answer before the push cannot be read"))?;
        match answer.result.as_str() {
            "auth" => Ok(Self::Auth {
                verified: verified(answer.txid, answer.verification_code)?,
                devices: answer.devices,
            }),
            "allow" => Ok(Self::Allow),
            "deny" => Ok(Self::Deny {
                words: words(&answer.status_msg),
                locked_out: answer.status_msg.to_lowercase().contains("locked out"),
            }),
            "enroll" => Ok(Self::Enroll {
                portal: answer
                    .enroll_portal_url
                    .filter(|url| url.starts_with("https://"))
                    .map(|url| thumbturn_wire::plain(&url, 2000)),
            }),
            other => Err(unknown(other, &answer.status_msg)),
        }
    }
}

fn verified(txid: Option<String>, code: Option<String>) -> Result<Option<Verified>, Failure> {
    match (txid, code) {
        (Some(txid), Some(code)) if is_txid(&txid) && is_code(&code) => {
            Ok(Some(Verified { txid, code }))
        }
        (Some(_), Some(_)) => Err(Failure::odd("Duo's verification code cannot be read")),
        (None, _) | (_, None) => Ok(None),
    }
}

fn is_code(code: &str) -> bool {
    (1..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_txid(txid: &str) -> bool {
    (1..=64).contains(&txid.len())
        && txid
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[derive(Deserialize)]
struct PreauthAnswer {
    result: String,
    #[serde(default)]
    status_msg: String,
    #[serde(default)]
    devices: Vec<Device>,
    enroll_portal_url: Option<String>,
    txid: Option<String>,
    verification_code: Option<String>,
}

/// A phone, tablet or token that Duo knows for a user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Device {
    pub device: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    capabilities: Vec<String>,
}

impl Device {
    pub(super) fn takes_push(&self) -> bool {
        self.capabilities.iter().any(|one| one == "push")
    }

    /// As a person knows it.
    pub fn title(&self) -> String {
        let title = [&self.display_name, &self.name, &self.device]
            .into_iter()
            .find(|name| !name.trim().is_empty());
        thumbturn_wire::plain(title.map_or("phone", |title| title.trim()), 80)
    }
}

/// Duo took the push.
pub(super) fn txid(response: Value) -> Result<String, Step> {
    let sent: Sent = serde_json::from_value(response.clone()).unwrap_or_default();
    match sent.txid {
        Some(txid) if is_txid(&txid) => Ok(txid),
        // A trip that ended at once has nothing that could ring.
        Some(_) | None => match Step::read(response, "") {
            Step::Over(outcome) => Err(Step::Over(outcome)),
            Step::Approved | Step::Waiting(_) => Err(Step::Over(Outcome::Unreachable {
                words: "Duo took the push without naming it; a push may still appear: deny it"
                    .into(),
            })),
        },
    }
}

#[derive(Default, Deserialize)]
struct Sent {
    txid: Option<String>,
}

/// One answer on the way of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nobody decided yet; Duo's own word for where it stands.
    Waiting(String),
    Approved,
    Over(Outcome),
}

impl Step {
    /// `txid` names the push that this must be about.
    pub(super) fn read(response: Value, txid: &str) -> Self {
        let Ok(answer) = serde_json::from_value::<StatusAnswer>(response) else {
            return Self::unreadable();
        };
        if answer.txid.is_some_and(|theirs| theirs != txid) {
            return Self::Over(Outcome::Unreachable {
                words: "Duo answered for another push; it does not count".into(),
            });
        }
        match (answer.result.as_str(), answer.status.as_str()) {
            (_, "timeout") => Self::Over(Outcome::Unanswered),
            ("waiting", status) => Self::Waiting(status.to_owned()),
            ("allow", "allow") => Self::Approved,
            ("allow", "bypass") => Self::Over(Outcome::Bypassed),
            ("deny", "deny") => Self::Over(Outcome::Denied),
            ("deny", "fraud") => Self::Over(Outcome::ReportedFraud),
            ("deny", "locked_out") => Self::Over(Outcome::LockedOut),
            // "sent" is a batch of SMS passcodes, which we never ask for; the rest is not in Duo's documents.
            ("deny", _) => Self::Over(Outcome::RefusedByPolicy {
                words: words(&answer.status_msg),
            }),
            (result, status) => {
                Self::Over(unknown(&format!("{result}/{status}"), &answer.status_msg).outcome())
            }
        }
    }

    fn unreadable() -> Self {
        Self::Over(Outcome::Unreachable {
            words: "Duo's answer cannot be read; it does not count".into(),
        })
    }
}

#[derive(Deserialize)]
struct StatusAnswer {
    result: String,
    status: String,
    #[serde(default)]
    status_msg: String,
    txid: Option<String>,
}

fn unknown(word: &str, status_msg: &str) -> Failure {
    Failure::odd(format!(
        "Duo answered `{}`, which this version does not know, so it is no yes: {}",
        thumbturn_wire::plain(word, 40),
        words(status_msg)
    ))
}
