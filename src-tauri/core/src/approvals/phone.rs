//! What the phone, or the browser in its place, shows of ours.

use thumbturn_wire::deadlines::RING;

use super::MARGIN;
use crate::grants::Promise;
use crate::login::TRIP;
use crate::{AskId, Factor, PushId};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phone {
    #[default]
    Free,
    Ringing(Ringing),
    /// A push that nobody waits for, until it ended at Duo.
    Stale {
        push: PushId,
        factor: Factor,
        until: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ringing {
    pub(crate) push: PushId,
    /// Those who still wait for it, never none.
    pub(crate) ids: Vec<AskId>,
    /// For how many it was sent: its card lists them all.
    pub(crate) listed: u32,
    pub(crate) factor: Factor,
    pub(crate) since: u64,
    pub(crate) shown: Shown,
    /// What its card promised.
    pub(crate) promise: Option<Box<Promise>>,
}

/// Where the person finds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) device: Option<String>,
    pub(crate) verification_code: Option<String>,
    /// Where the browser opens.
    pub(crate) address: Option<String>,
}

/// For whom a trip to Duo was that ended.
#[derive(Debug)]
pub(crate) struct Whose {
    pub(crate) ids: Vec<AskId>,
    pub(crate) listed: u32,
    pub(crate) factor: Factor,
    pub(crate) promise: Option<Box<Promise>>,
}

impl Ringing {
    /// When nobody can answer it any more.
    pub(crate) fn ends(&self) -> u64 {
        self.since + length(self.factor)
    }

    pub(super) fn whose(self) -> Whose {
        Whose {
            ids: self.ids,
            listed: self.listed,
            factor: self.factor,
            promise: self.promise,
        }
    }
}

impl Phone {
    pub(crate) fn rings_for(&self, id: AskId) -> Option<&Ringing> {
        match self {
            Self::Ringing(ringing) if ringing.ids.contains(&id) => Some(ringing),
            Self::Free | Self::Ringing(_) | Self::Stale { .. } => None,
        }
    }

    /// When whatever rings must be over at Duo.
    pub(crate) fn until(&self) -> Option<u64> {
        match self {
            Self::Free => None,
            Self::Ringing(ringing) => Some(ringing.ends() + MARGIN),
            Self::Stale { until, .. } => Some(*until),
        }
    }

    /// Duo took a push, or the browser opens: its time begins. Whose it is, if somebody waits for it.
    pub(super) fn begins(&mut self, begun: PushId, now: u64, shown: Shown) -> Vec<AskId> {
        match self {
            Self::Ringing(ringing) if ringing.push == begun => {
                ringing.since = now;
                ringing.shown = shown;
                ringing.ids.clone()
            }
            Self::Stale {
                push,
                factor,
                until,
            } if *push == begun => {
                *until = now + length(*factor) + MARGIN;
                Vec::new()
            }
            Self::Free | Self::Ringing(_) | Self::Stale { .. } => Vec::new(),
        }
    }

    /// One of those it rings for waits no more. The push, if nobody is left.
    pub(super) fn leave(&mut self, id: AskId) -> Option<PushId> {
        let Self::Ringing(ringing) = self else {
            return None;
        };
        let before = ringing.ids.len();
        ringing.ids.retain(|one| *one != id);
        if ringing.ids.len() == before || !ringing.ids.is_empty() {
            return None;
        }
        let push = ringing.push;
        *self = Self::Stale {
            push,
            factor: ringing.factor,
            until: ringing.ends() + MARGIN,
        };
        Some(push)
    }
}

fn length(factor: Factor) -> u64 {
    match factor {
        Factor::Push | Factor::VerifiedPush | Factor::Passcode => RING,
        Factor::UniversalPrompt => TRIP,
    }
}
