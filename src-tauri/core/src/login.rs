//! Whether a person is signed in. The tokens themselves never come in here.

use serde::{Deserialize, Serialize};

use crate::AttemptId;

/// Who the pushes go to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user: String,
    pub way: Way,
    /// On the boot clock, whatever a provider renews.
    pub ends: u64,
    /// When the provider wants to be asked again, on the boot clock.
    pub renews: Option<u64>,
}

/// How a person signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Way {
    /// Duo's Universal Prompt in the browser, under the whole policy of the application.
    UniversalPrompt,
    /// Duo Single Sign-On in the browser: first and second factor.
    SingleSignOn,
    /// One approved push and nothing else: the weaker way.
    Push,
}

/// Why a sign-in led nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginError {
    /// By the person, at the desk or on Duo's page.
    Cancelled,
    /// By Duo's policy, or on the phone.
    Refused {
        words: String,
    },
    TimedOut,
    /// What came back cannot be taken for Duo's word; `words` name the check that failed.
    Untrusted {
        words: String,
    },
    /// Duo let it pass without asking anyone: a bypass, a remembered device, a trusted network.
    SilentPass {
        words: String,
    },
    Unreachable {
        words: String,
    },
    /// Duo does not take this application's keys, or this machine's clock.
    Misconfigured {
        words: String,
    },
    /// The connection needs a name, and none was given.
    NoName,
    NotConnected,
    /// The browser did not open, or no port was free for its way back.
    NoBrowser {
        words: String,
    },
}

impl LoginError {
    /// What happened, and the next step.
    pub fn words(&self) -> String {
        match self {
            Self::Cancelled => "The sign-in was cancelled.".to_owned(),
            Self::Refused { words } => {
                format!("Duo did not let you in: {words}. Sign in again, and approve it.")
            }
            Self::TimedOut => {
                "Nobody answered in time. Sign in again with your phone at hand.".to_owned()
            }
            Self::Untrusted { words } => format!(
                "The answer cannot be taken for Duo's: {words}. Check the connection, then sign in again."
            ),
            Self::SilentPass { words } => format!(
                "Duo asked nobody ({words}), which is no sign-in. Ask a Duo administrator to demand a second factor here."
            ),
            Self::Unreachable { words } => {
                format!("Duo cannot be reached: {words}. Check the network, then sign in again.")
            }
            Self::Misconfigured { words } => {
                format!("Duo does not take this connection: {words}. Look at it in Setup.")
            }
            Self::NoName => "Type your Duo username in Setup, then sign in.".to_owned(),
            Self::NotConnected => "Connect Thumbturn to Duo in Setup, then sign in.".to_owned(),
            Self::NoBrowser { words } => format!("The sign-in page could not be opened: {words}."),
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
    /// The provider no longer stands by it.
    Revoked,
}

/// How long one trip to sign in may take.
pub(crate) const TRIP: u64 = 300_000;
/// How long before its end a person hears of it, and may sign in anew.
pub(crate) const SOON: u64 = 1_800_000;
/// How often a provider that cannot be reached is asked again about a session.
pub(crate) const RENEW_AGAIN: u64 = 60_000;
/// How long a session outlives what its provider last said.
pub(crate) const RENEW_PATIENCE: u64 = 600_000;

/// Who is signed in, and the sign-in that is under way beside it.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) held: Held,
    pub(crate) trip: Option<Trip>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// The keychain has not told yet; asks wait.
    Unknown,
    SignedOut,
    SignedIn(Live),
    /// Asks wait for a new session, within their patience.
    Expired(Session),
}

/// A session that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) session: Session,
    /// Whether the person heard that it ends soon.
    pub(crate) warned: bool,
    /// Whether the provider was asked and has not answered yet.
    pub(crate) renewing: bool,
    /// Since when the provider cannot be reached.
    pub(crate) unreachable: Option<u64>,
}

impl Live {
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            warned: false,
            renewing: false,
            unreachable: None,
        }
    }

    fn warns(&self) -> Option<u64> {
        let at = self.session.ends.saturating_sub(SOON);
        (!self.warned).then_some(at)
    }

    fn renews(&self) -> Option<u64> {
        self.session.renews.filter(|_| !self.renewing)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trip {
    pub(crate) attempt: AttemptId,
    pub(crate) deadline: u64,
    /// Where the browser opens; none for a push.
    pub(crate) address: Option<String>,
    /// Of a push that wants it.
    pub(crate) verification_code: Option<String>,
}

impl Login {
    pub(crate) fn new() -> Self {
        Self {
            held: Held::Unknown,
            trip: None,
        }
    }

    /// The session, an expired one too.
    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.held {
            Held::Unknown | Held::SignedOut => None,
            Held::SignedIn(live) => Some(&live.session),
            Held::Expired(session) => Some(session),
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self.held, Held::SignedIn(_))
    }

    /// Whether an ask that needs the phone may wait: somebody is, was or may turn out to be signed in.
    pub(crate) fn may_wait(&self) -> bool {
        self.held != Held::SignedOut
    }

    /// Whether the session ends so soon that signing in anew makes sense.
    pub(crate) fn is_soon_over(&self, now: u64) -> bool {
        match &self.held {
            Held::SignedIn(live) => live.session.ends.saturating_sub(SOON) <= now,
            Held::Unknown | Held::SignedOut | Held::Expired(_) => false,
        }
    }

    /// When something here is to be looked at again.
    pub(crate) fn deadline(&self) -> Option<u64> {
        let of_trip = self.trip.as_ref().map(|trip| trip.deadline);
        let of_held = match &self.held {
            Held::Unknown | Held::SignedOut | Held::Expired(_) => None,
            Held::SignedIn(live) => [Some(live.session.ends), live.warns(), live.renews()]
                .into_iter()
                .flatten()
                .min(),
        };
        [of_trip, of_held].into_iter().flatten().min()
    }
}
