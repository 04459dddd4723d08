//! One request on a phone, what a thumb can do to it, and what Duo then says about it.

use serde::{Deserialize, Serialize};

use crate::params;

/// A push or a phone call, as it reached the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Push {
    pub txid: String,
    /// Name of the application that it is for.
    pub application: String,
    pub username: String,
    pub device: String,
    pub factor: Factor,
    pub text: PushText,
    pub state: PushState,
    /// Unix seconds by the tenant's clock.
    pub created: u64,
}

/// What the phone shows. All of it comes from the caller of the API and is not to be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PushText {
    /// The parameter `type`, or Duo's default.
    pub r#type: String,
    pub display_username: Option<String>,
    pub ipaddr: Option<String>,
    pub hostname: Option<String>,
    pub pushinfo: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    Push,
    Phone,
    Sms,
    Passcode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PushState {
    Ringing,
    Approved,
    Denied,
    Fraud,
    Expired,
    /// Closed because another request of the same user locked the account.
    Withdrawn,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tap {
    Approve,
    Deny,
    /// Deny, and "I don't recognise this".
    Fraud,
    ApproveWithCode(String),
    /// Picks up a phone call; `Approve` then presses the key.
    Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    #[error("no such request on this phone")]
    Unknown,
    #[error("this request is no longer open")]
    Closed,
    #[error("this request needs the verification code")]
    CodeNeeded,
    #[error("the verification code is wrong")]
    WrongCode,
}

/// Where a transaction stands, in the words of `auth_status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Calling,
    Answered,
    Pushed,
    PushFailed,
    Ended(Ending),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Allow,
    Bypass,
    Deny,
    PolicyDeny,
    WrongPasscode,
    NoKeypress,
    Fraud,
    Timeout,
    LockedOut,
    Sent,
}

impl Push {
    /// The value of the first pushinfo pair with this label.
    pub fn value(&self, label: &str) -> Option<&str> {
        self.text
            .pushinfo
            .iter()
            .find(|(key, _)| key == label)
            .map(|(_, value)| value.as_str())
    }

    pub fn is_ringing(&self) -> bool {
        self.state == PushState::Ringing
    }
}

impl PushText {
    /// Pairs in the order in which they were sent.
    pub(crate) fn pairs(pushinfo: &str) -> Vec<(String, String)> {
        params::form(pushinfo)
    }
}

impl Stage {
    pub(crate) fn result(self) -> &'static str {
        match self {
            Self::Calling | Self::Answered | Self::Pushed | Self::PushFailed => "waiting",
            Self::Ended(Ending::Allow | Ending::Bypass) => "allow",
            Self::Ended(
                Ending::Deny
                | Ending::PolicyDeny
                | Ending::WrongPasscode
                | Ending::NoKeypress
                | Ending::Fraud
                | Ending::Timeout
                | Ending::LockedOut
                | Ending::Sent,
            ) => "deny",
        }
    }

    pub(crate) fn status(self) -> &'static str {
        match self {
            Self::Calling => "calling",
            Self::Answered => "answered",
            Self::Pushed => "pushed",
            Self::PushFailed => "push_failed",
            Self::Ended(Ending::Allow) => "allow",
            Self::Ended(Ending::Bypass) => "bypass",
            Self::Ended(
                Ending::Deny | Ending::PolicyDeny | Ending::WrongPasscode | Ending::NoKeypress,
            ) => "deny",
            Self::Ended(Ending::Fraud) => "fraud",
            Self::Ended(Ending::Timeout) => "timeout",
            Self::Ended(Ending::LockedOut) => "locked_out",
            Self::Ended(Ending::Sent) => "sent",
        }
    }

    /// Captured texts where there are any; those of push_failed, fraud, bypass and policy denials are made up.
    pub(crate) fn message(self, code: Option<&str>, number: &str) -> String {
        let fixed = match self {
            Self::Calling => return format!("Dialing {number}..."),
            Self::Pushed => {
                return code.map_or_else(
                    || "Pushed a login request to your device...".to_owned(),
                    |code| format!("Please enter verification code {code} into Duo Mobile..."),
                );
            }
            Self::Answered => "Answered. Press '#' on your phone to log in.",
            Self::PushFailed => "Could not notify your device. Open Duo Mobile to see the request.",
            Self::Ended(Ending::Allow | Ending::Bypass) => "Success. Logging you in...",
            Self::Ended(Ending::Deny) => "Login request denied.",
            Self::Ended(Ending::PolicyDeny) => DISABLED,
            Self::Ended(Ending::WrongPasscode) => "Incorrect passcode. Please try again.",
            Self::Ended(Ending::NoKeypress) => "No keypress detected. Please try again.",
            Self::Ended(Ending::Fraud) => "Login request reported as fraudulent.",
            Self::Ended(Ending::Timeout) => "Login timed out.",
            Self::Ended(Ending::LockedOut) => LOCKED_OUT,
            Self::Ended(Ending::Sent) => "New SMS passcodes sent.",
        };
        fixed.to_owned()
    }
}

pub(crate) const DISABLED: &str = "Your account is disabled and cannot access this application. Please contact your administrator.";
pub(crate) const LOCKED_OUT: &str = "Your account has been locked out due to excessive authentication failures. Please contact your administrator.";
