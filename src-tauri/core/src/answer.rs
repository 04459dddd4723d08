//! What is said to an asker, and why.

use serde::{Deserialize, Serialize};
use thumbturn_wire::Verdict;

use crate::{Approval, Code, Factor, RuleId, Trouble};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    pub reason: Reason,
}

/// Why. Each has its own words for the agent, in [`Reason::words`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// With [`Self::Granted`], the only reason for which an ask is allowed, or [`Self::SameCall`] as
    /// one that was.
    Approved(Approval),
    /// By a grant that `user`'s approval of the ask with that reference made.
    Granted {
        code: Code,
        user: String,
        rule: RuleId,
    },
    /// The agent told of the same call before, and was answered under that reference.
    SameCall {
        code: Code,
    },
    /// A deed that needed no approval is done.
    Done,
    Off,
    /// On, but for another project directory.
    OutOfBound,
    Rule(RuleId),
    Locked,
    SignedOut,
    DeniedOnPhone,
    DeniedAtDesk,
    DeniedInBrowser,
    ReportedFraud,
    Bypassed,
    LockedOut,
    /// Its patience, in milliseconds, ended first.
    Unanswered {
        patience: u64,
    },
    /// Too many pushes in a row went unanswered; no more are sent until somebody is there.
    Quiet,
    NotEnrolled {
        portal: Option<String>,
    },
    NoPushDevice,
    WrongPasscode,
    /// The rule asks for a Verified Duo Push, and Duo's policy sends none.
    NotVerified,
    /// The rule asks for a step-up, and the connection has no Universal Prompt.
    NoUniversalPrompt,
    StepUpFailed {
        words: String,
    },
    RefusedByPolicy {
        words: String,
    },
    DuoRefused {
        code: u32,
        words: String,
    },
    DuoUnreachable {
        words: String,
    },
    HookGone,
    Slept,
    /// The asker cannot wait as long as a ring takes.
    TooImpatient,
    /// Another deed is waiting already.
    Busy,
    /// Its patience ended while the person held all asks.
    Held,
    /// It makes sense only while Duo mode is on.
    NotOn,
    /// It makes sense only while Duo mode is off.
    NotOff,
    /// No ask with that reference waits.
    NoSuchAsk,
    NoSuchGrant,
    /// A sign-in would change nothing.
    SignedIn,
    /// The gate lacks something it needs.
    Trouble(Trouble),
    /// The yes could not be written down, so it became a no.
    NotRecorded,
}

impl Reason {
    pub(crate) fn allow(self) -> Answer {
        self.with(Verdict::Allow)
    }

    pub(crate) fn deny(self) -> Answer {
        self.with(Verdict::Deny)
    }

    pub(crate) fn no_word(self) -> Answer {
        self.with(Verdict::NoWord)
    }

    fn with(self, verdict: Verdict) -> Answer {
        Answer {
            verdict,
            reason: self,
        }
    }

    /// One line that the asker can act on: the truth, and never a way around.
    pub fn words(&self) -> String {
        match self {
            Self::Approved(approval) => {
                let with = match approval.factor {
                    Factor::Push => "on the phone",
                    Factor::VerifiedPush => "on the phone, with a verification code,",
                    Factor::UniversalPrompt => "in the browser, with a fresh sign-in,",
                    Factor::Passcode => "with a passcode",
                };
                format!("Approved {with} by {}.", approval.user)
            }
            Self::Granted { code, user, rule } => format!(
                "Covered by what {user} approved with {}, under the rule `{}`.",
                code.0, rule.0
            ),
            Self::SameCall { code } => {
                format!("The same call was answered as {} already.", code.0)
            }
            Self::StepUpFailed { words } => format!(
                "Nothing was run: the sign-in in the browser that this rule asks for led nowhere ({words}). Tell the person."
            ),
            Self::Rule(rule) => format!("Decided by the rule `{}`.", rule.0),
            Self::Unanswered { patience } => {
                format!("No answer in {}. Nothing was run.", span(*patience))
            }
            Self::NotEnrolled {
                portal: Some(portal),
            } => format!(
                "Nothing was run: the Duo user has no phone yet. The person enrolls one at {portal} and asks again."
            ),
            Self::RefusedByPolicy { words } => format!(
                "Nothing was run: Duo's policy refused ({words}). A Duo administrator can change that; do not retry."
            ),
            Self::DuoRefused { code, words } => {
                format!(
                    "Nothing was run: Duo refused ({code}: {words}). Do not retry; tell the person."
                )
            }
            Self::DuoUnreachable { words } => {
                format!(
                    "Nothing was run: Duo cannot be reached ({words}). Check the network, then ask again."
                )
            }
            Self::Trouble(trouble) => {
                format!("Nothing was run. {} {}", trouble.words(), trouble.fix())
            }
            Self::Done
            | Self::Off
            | Self::OutOfBound
            | Self::Locked
            | Self::SignedOut
            | Self::DeniedOnPhone
            | Self::DeniedAtDesk
            | Self::DeniedInBrowser
            | Self::NotVerified
            | Self::NoUniversalPrompt
            | Self::NoSuchGrant
            | Self::ReportedFraud
            | Self::Bypassed
            | Self::LockedOut
            | Self::Quiet
            | Self::NotEnrolled { portal: None }
            | Self::NoPushDevice
            | Self::WrongPasscode
            | Self::HookGone
            | Self::Slept
            | Self::TooImpatient
            | Self::Busy
            | Self::Held
            | Self::NotOn
            | Self::NotOff
            | Self::NoSuchAsk
            | Self::SignedIn
            | Self::NotRecorded => self.fixed_words().to_owned(),
        }
    }

    fn fixed_words(&self) -> &'static str {
        match self {
            Self::Done => "Done.",
            Self::Off => "Duo mode is off.",
            Self::OutOfBound => "Duo mode is on for another project.",
            Self::Locked => {
                "Locked: every call is denied until the person signs in again at the desk. Do not retry; tell the person."
            }
            Self::SignedOut => {
                "Nobody is signed in to Duo, so no phone can ring. Nothing was run. Ask the person to sign in again: from Thumbturn's tray menu, or with `thumbturn signin`."
            }
            Self::DeniedOnPhone => {
                "Denied on the phone. Do not retry; ask the person what to do instead."
            }
            Self::DeniedAtDesk => {
                "Denied at the desk. Do not retry; ask the person what to do instead."
            }
            Self::DeniedInBrowser => {
                "Not approved in the browser. Do not retry; ask the person what to do instead."
            }
            Self::NotVerified => {
                "Nothing was run: the rule asks for a Verified Duo Push; this application's policy does not send one. A Duo administrator can turn it on."
            }
            Self::NoUniversalPrompt => {
                "Nothing was run: the rule asks for Universal Prompt in the browser, and Thumbturn is not connected with one. The person adds a Web SDK application in Setup, or changes the rule."
            }
            Self::NoSuchGrant => {
                "No grant with this reference stands. `thumbturn grants` lists those that do."
            }
            Self::ReportedFraud => {
                "Reported as fraud on the phone. Everything is locked now. Do not retry; tell the person."
            }
            Self::Bypassed => {
                "Nothing was run: Duo asked nobody, because this user bypasses it, and that is no approval. A Duo administrator can set the user's status to active."
            }
            Self::LockedOut => {
                "Nothing was run: Duo has locked this user out. A Duo administrator can unlock the account; do not retry."
            }
            Self::Quiet => {
                "Nobody answers the phone, so no more pushes are sent. Nothing was run. Ask again when the person is back."
            }
            Self::NotEnrolled { .. } => {
                "Nothing was run: Duo does not know this user or has no phone for it. Ask a Duo administrator to enroll it."
            }
            Self::NoPushDevice => {
                "Nothing was run: none of the person's devices takes a Duo Push. Activate Duo Mobile on one, then ask again."
            }
            Self::WrongPasscode => "Duo did not take this passcode. Nothing was changed.",
            Self::HookGone => "The asker went away before it was answered.",
            Self::Slept => {
                "The machine slept while this waited, so it was denied. Nothing was run. Ask again."
            }
            Self::TooImpatient => {
                "Nothing was run: the asker waits less than the 62 s that a push takes. Raise the hook's timeout."
            }
            Self::Busy => {
                "Another change of Duo mode waits for the phone already. Answer that first."
            }
            Self::Held => {
                "The person holds all asks for now, and none rings. Nothing was run. Ask again later."
            }
            Self::NotOn => "Duo mode is not on, so there is nothing to hold or pause.",
            Self::NotOff => "Turn Duo mode off first: without its keys the gate could only deny.",
            Self::NoSuchAsk => {
                "No ask with this reference waits. `thumbturn status` lists those that do."
            }
            Self::SignedIn => {
                "Signed in already. Sign in again within 30 minutes of the session's end, or sign out first."
            }
            Self::NotRecorded => {
                "Approved, but the audit log cannot be written, so nothing was run. Tell the person."
            }
            Self::Approved(_)
            | Self::Granted { .. }
            | Self::SameCall { .. }
            | Self::StepUpFailed { .. }
            | Self::Rule(_)
            | Self::Unanswered { .. }
            | Self::RefusedByPolicy { .. }
            | Self::DuoRefused { .. }
            | Self::DuoUnreachable { .. }
            | Self::Trouble(_) => "",
        }
    }
}

/// A length of time in words, such as "10 minutes" or "1 h 40 min".
pub(crate) fn span(millis: u64) -> String {
    let seconds = millis.div_ceil(1000);
    let minutes = seconds.div_ceil(60);
    let (hours, rest) = (minutes / 60, minutes % 60);
    if seconds < 120 && seconds != 60 {
        format!("{seconds} seconds")
    } else if minutes == 1 {
        "1 minute".to_owned()
    } else if hours == 0 {
        format!("{minutes} minutes")
    } else if rest == 0 {
        format!("{hours} h")
    } else {
        format!("{hours} h {rest} min")
    }
}
