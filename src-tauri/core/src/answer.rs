//! What is said to an asker, and why.

use serde::{Deserialize, Serialize};
use thumbturn_wire::Verdict;

use crate::{Approval, RuleId, Trouble};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    pub reason: Reason,
}

/// Why. Each has its own words for the agent, in [`Reason::words`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The only reason of an allow.
    Approved(Approval),
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
    ReportedFraud,
    Bypassed,
    LockedOut,
    Unanswered,
    /// Too many pushes in a row went unanswered; no more are sent until somebody is there.
    Quiet,
    NotEnrolled {
        portal: Option<String>,
    },
    NoPushDevice,
    WrongPasscode,
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
    /// The gate lacks something it needs.
    Trouble(Trouble),
    /// The yes could not be written down, so it became a no.
    NotRecorded,
}
