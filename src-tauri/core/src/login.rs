//! Whether a person is signed in. The tokens themselves never come in here.

use serde::{Deserialize, Serialize};

use crate::AttemptId;

/// Who the pushes go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user: String,
    /// On the boot clock; `None` while the user comes from the settings.
    pub ends: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginError {
    Cancelled,
    Refused,
    TimedOut,
    Untrusted,
    Unreachable,
}

impl LoginError {
    /// What happened, and the next step.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Cancelled => "The sign-in was cancelled.",
            Self::Refused => "Duo did not let you in. Sign in again, and approve the push.",
            Self::TimedOut => "Nobody answered in time. Sign in again with your phone at hand.",
            Self::Untrusted => {
                "The answer did not come from Duo. Check the connection, then sign in again."
            }
            Self::Unreachable => "Duo cannot be reached. Check the network, then sign in again.",
        }
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The person at the desk signed out.
    Desk,
    Expired,
}

/// How long one trip to sign in may take.
pub(crate) const TRIP: u64 = 300_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    SignedOut,
    SignedIn(Session),
    /// Asks wait for a new session, within their patience.
    Expired(Session),
    InTrip {
        attempt: AttemptId,
        deadline: u64,
        /// What holds again if the trip leads nowhere: never a trip itself.
        before: Box<Login>,
    },
}

impl Login {
    pub(crate) fn new(session: Option<Session>) -> Self {
        session.map_or(Self::SignedOut, Self::SignedIn)
    }

    /// The session, of before the open trip too, and an expired one too.
    pub(crate) fn session(&self) -> Option<&Session> {
        match self {
            Self::SignedOut => None,
            Self::SignedIn(session) | Self::Expired(session) => Some(session),
            Self::InTrip { before, .. } => before.session(),
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        match self {
            Self::SignedIn(_) => true,
            Self::SignedOut | Self::Expired(_) | Self::InTrip { .. } => false,
        }
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        match self {
            Self::SignedOut | Self::Expired(_) => None,
            Self::SignedIn(session) => session.ends,
            Self::InTrip { deadline, .. } => Some(*deadline),
        }
    }
}
