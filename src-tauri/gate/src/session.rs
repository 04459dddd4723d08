//! The proof that a person signed in: kept in the keychain, judged again at each start.

use serde::{Deserialize, Serialize};
use thumbturn_core::{LoginError, Now, Session, Way};
use thumbturn_wire::{Boot, boot_id, boot_now, plain};

use crate::duo::{SignedIn, Tenancy, Tokens};
use crate::keychain::{Found, Item, Keychain, KeychainTrouble, Secret};
use crate::provider::Provider;

const VERSION: u8 = 1;

/// Who signed in, how and when, and what proves it; nothing does where it was one push.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub(crate) user: String,
    pub(crate) way: Way,
    /// In seconds since the Unix epoch.
    pub(crate) auth_time: u64,
    /// When the provider wants to be asked again, in seconds since the Unix epoch.
    pub(crate) renews: Option<u64>,
    pub(crate) tokens: Option<Tokens>,
    pub(crate) made: Option<Made>,
}

/// When it was made, on a clock that nobody can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    boot: Boot,
    /// Milliseconds since that boot.
    at: u64,
}

impl Made {
    /// `None` where the system does not tell which boot this is.
    pub(crate) fn now() -> Option<Self> {
        let boot = boot_id().ok()?;
        let at = boot_now();
        Some(Self { boot, at })
    }
}

impl From<SignedIn> for Proof {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            user: signed_in.user,
            way: signed_in.way,
            auth_time: signed_in.auth_time,
            renews: signed_in.renews,
            tokens: Some(signed_in.tokens),
            made: Made::now(),
        }
    }
}

impl Proof {
    /// The session it makes, which lasts `lifetime` milliseconds from when Duo asked the person.
    /// A wall clock that was set back makes none longer than that from now.
    pub(crate) fn session(&self, lifetime: u64, now: Now) -> Session {
        let on_boot_clock = |wall: u64| {
            let left = wall.saturating_sub(now.wall).min(lifetime);
            now.boot.saturating_add(left)
        };
        let began = self.auth_time.saturating_mul(1000);
        let ends = on_boot_clock(began.saturating_add(lifetime));
        // Within the boot it was made in, no clock on the wall makes it longer.
        let most = self
            .made
            .as_ref()
            .filter(|made| boot_id().is_ok_and(|boot| boot == made.boot))
            .map_or(u64::MAX, |made| made.at.saturating_add(lifetime));
        Session {
            user: self.user.clone(),
            way: self.way,
            ends: ends.min(most),
            renews: self.renews.map(|at| on_boot_clock(at.saturating_mul(1000))),
        }
    }

    /// Puts it into the keychain, bound to the application that it was made by.
    ///
    /// # Errors
    /// Where the keychain does not take it.
    pub(crate) async fn keep(
        &self,
        tenancy: &str,
        keychain: &Keychain,
    ) -> Result<(), KeychainTrouble> {
        let tokens = self.tokens.as_ref();
        let stored = Stored {
            v: VERSION,
            tenancy: tenancy.to_owned(),
            user: self.user.clone(),
            way: self.way,
            auth_time: self.auth_time,
            renews: self.renews,
            id_token: tokens.map(|tokens| tokens.id.to_string()),
            access_token: tokens.and_then(|tokens| tokens.access.as_deref().map(Into::into)),
            refresh_token: tokens.and_then(|tokens| tokens.refresh.as_deref().map(Into::into)),
            made: self.made.clone(),
        };
        // Strings and numbers always become JSON.
        let text = serde_json::to_string(&stored).unwrap_or_default();
        keychain.write(Item::Session, text).await
    }
}

/// What the keychain remembers.
#[derive(Debug)]
pub(crate) enum Recalled {
    Session(Proof),
    /// None, or one that no longer counts.
    Nothing,
    /// It may be known later: the keychain is locked or gone, or its provider cannot be reached.
    NotYet,
}

/// Reads the session and judges it again.
pub(crate) async fn recall(
    keychain: &Keychain,
    tenancy: Option<&Tenancy>,
    provider: Option<&Provider>,
) -> Recalled {
    let text = match keychain.read(Item::Session).await {
        Ok(Found::Secret(text)) => text,
        Ok(Found::Absent) => return Recalled::Nothing,
        Err(_) => return Recalled::NotYet,
    };
    let (Some(tenancy), Some(provider)) = (tenancy, provider) else {
        return Recalled::Nothing;
    };
    let Ok(mut stored) = serde_json::from_str::<Stored>(&text) else {
        tracing::warn!("the stored session is not what this version writes");
        return Recalled::Nothing;
    };
    if stored.v != VERSION
        || stored.tenancy != tenancy.name()
        || stored.way != tenancy.sign_in.way()
    {
        tracing::warn!("the stored session belongs to another connection");
        return Recalled::Nothing;
    }
    let tokens = stored.id_token.take().map(|id| Tokens {
        id: id.into(),
        access: stored.access_token.take().map(Into::into),
        refresh: stored.refresh_token.take().map(Into::into),
    });
    match provider
        .remember(&stored.user, stored.auth_time, tokens)
        .await
    {
        Ok(proof) => Recalled::Session(Proof {
            renews: stored.renews.or(proof.renews),
            // What stands beside the tokens is signed by nobody: it may only shorten.
            auth_time: proof.auth_time.min(stored.auth_time),
            made: stored.made.take(),
            ..proof
        }),
        Err(LoginError::Unreachable { words }) => {
            tracing::warn!(
                words = plain(&words, 200),
                "the session cannot be judged yet"
            );
            Recalled::NotYet
        }
        Err(error) => {
            tracing::warn!(
                error = plain(&error.words(), 300),
                "the stored session does not count"
            );
            Recalled::Nothing
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    v: u8,
    tenancy: String,
    user: String,
    way: Way,
    auth_time: u64,
    renews: Option<u64>,
    id_token: Option<String>,
    access_token: Option<String>,
    refresh_token: Option<String>,
    made: Option<Made>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        for token in [
            &mut self.id_token,
            &mut self.access_token,
            &mut self.refresh_token,
        ] {
            drop(token.take().map(Secret::from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    const HOUR: u64 = 3_600_000;
    const NOW: Now = Now {
        boot: 10 * HOUR,
        mono: 10 * HOUR,
        wall: 1_700_000_000_000,
    };

    fn proof(auth_time: u64, renews: Option<u64>) -> Proof {
        Proof {
            user: "dana".into(),
            way: Way::Push,
            auth_time,
            renews,
            tokens: None,
            made: None,
        }
    }

    #[test]
    fn within_a_boot_only_the_boot_clock_counts() {
        let made = |boot, at| Proof {
            made: Some(Made { boot, at }),
            ..proof(1_700_000_000, None)
        };
        let lifetime = 24 * HOUR;
        // The clock on the wall stands still, or was put back, for three hours.
        let here = made(boot_id().unwrap(), 7 * HOUR);
        assert_eq!(here.session(lifetime, NOW).ends, 31 * HOUR);
        let elsewhere = made(serde_json::from_value("other".into()).unwrap(), 7 * HOUR);
        assert_eq!(elsewhere.session(lifetime, NOW).ends, 34 * HOUR);
    }

    #[test]
    fn a_session_ends_a_lifetime_after_duo_asked() {
        for (ago, ends) in [
            (0, 34 * HOUR),
            (3600, 33 * HOUR),
            (86_400, 10 * HOUR),
            (200_000, 10 * HOUR),
        ] {
            let session = proof(1_700_000_000 - ago, None).session(24 * HOUR, NOW);
            assert_eq!(session.ends, ends, "{ago} s ago");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_session_longer() {
        let session = proof(1_800_000_000, Some(1_900_000_000)).session(24 * HOUR, NOW);
        assert_eq!((session.ends, session.renews), (34 * HOUR, Some(34 * HOUR)));
    }
}
