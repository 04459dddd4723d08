//! Who says that a person is who they say: the way to sign in that the tenancy names.

use std::sync::Arc;

use thumbturn_core::{Approval, Card, Factor, LoginError, Outcome, Way};

use crate::browser::Browser;
use crate::clock::now;
use crate::duo::{
    self, Application, ConnectionError, Duo, Purpose, Rings, SignIn, SingleSignOn, Tenancy, Tokens,
    UniversalPrompt,
};
use crate::session::{Made, Proof};

/// By how much Duo's clock and ours may differ, in seconds.
const LEEWAY: u64 = 60;

/// A way to sign in, ready to be used.
#[derive(Debug)]
pub(crate) enum Provider {
    UniversalPrompt(Box<UniversalPrompt>),
    SingleSignOn(Box<SingleSignOn>),
    Push,
}

/// Where a sign-in shows itself while it goes on.
#[derive(Debug)]
pub(crate) enum Shown {
    /// The browser opens here.
    Page(String),
    /// The phone rings.
    Rings(Rings),
}

/// What a sign-in by push needs besides.
pub(crate) struct ByPush {
    pub(crate) duo: Option<Arc<Duo>>,
    pub(crate) device: Option<String>,
    pub(crate) host: String,
}

impl Provider {
    /// # Errors
    /// Where the keychain's values cannot be what Duo's Admin Panel shows.
    pub(crate) fn of(tenancy: &Tenancy, proxy: Option<&str>) -> Result<Self, ConnectionError> {
        let ca = tenancy.connection.ca().map(ToOwned::to_owned);
        Ok(match &tenancy.sign_in {
            SignIn::UniversalPrompt {
                client_id,
                client_secret,
            } => {
                let application = Application {
                    host: tenancy.connection.host().to_owned(),
                    client_id: client_id.clone(),
                    client_secret: client_secret.clone(),
                    ca,
                };
                Self::UniversalPrompt(Box::new(UniversalPrompt::new(application, proxy)?))
            }
            SignIn::SingleSignOn {
                issuer,
                client_id,
                client_secret,
            } => {
                let provider = duo::Provider {
                    issuer: issuer.clone(),
                    client_id: client_id.clone(),
                    client_secret: client_secret.clone(),
                    ca,
                };
                Self::SingleSignOn(Box::new(SingleSignOn::new(provider, proxy)?))
            }
            SignIn::Push => Self::Push,
        })
    }

    /// Whether the provider takes our keys.
    ///
    /// # Errors
    /// What stands in the way, and the next step.
    pub(crate) async fn check(&self) -> Result<(), LoginError> {
        match self {
            Self::UniversalPrompt(prompt) => prompt.health_check().await,
            Self::SingleSignOn(site) => site.discover().await,
            Self::Push => Ok(()),
        }
    }

    /// One sign-in. Dropping the future ends it.
    ///
    /// # Errors
    /// Why nobody is signed in.
    pub(crate) async fn sign_in(
        &self,
        user: Option<&str>,
        by_push: ByPush,
        shown: impl Fn(Shown) + Send + 'static,
    ) -> Result<Proof, LoginError> {
        let browser = Browser::of_desktop();
        match self {
            Self::UniversalPrompt(prompt) => {
                let user = user.ok_or(LoginError::NoName)?;
                let opened = move |address| shown(Shown::Page(address));
                let signed_in = prompt.sign_in(user, &browser, opened).await;
                signed_in.map(Proof::from)
            }
            Self::SingleSignOn(site) => {
                let opened = move |address| shown(Shown::Page(address));
                let signed_in = site.sign_in(user, &browser, opened).await;
                signed_in.map(Proof::from)
            }
            Self::Push => push(user.ok_or(LoginError::NoName)?, by_push, shown).await,
        }
    }

    /// Tokens from the keychain, judged again.
    ///
    /// # Errors
    /// Where they no longer prove that it is `user`.
    pub(crate) async fn remember(
        &self,
        user: &str,
        auth_time: u64,
        tokens: Option<Tokens>,
    ) -> Result<Proof, LoginError> {
        match (self, tokens) {
            (Self::UniversalPrompt(prompt), Some(tokens)) => {
                prompt.remember(user, &tokens).map(Proof::from)
            }
            (Self::SingleSignOn(site), Some(tokens)) => {
                site.remember(user, &tokens).await.map(Proof::from)
            }
            (Self::Push, None) => Ok(by_push(user, auth_time)),
            (Self::UniversalPrompt(_) | Self::SingleSignOn(_), None) | (Self::Push, Some(_)) => {
                Err(LoginError::Untrusted {
                    words: "it was made by another way of signing in".into(),
                })
            }
        }
    }
}

impl Provider {
    /// A fresh sign-in of `user` for one ask, with Universal Prompt or not at all. Dropping the
    /// future ends it.
    pub(crate) async fn step_up(
        &self,
        user: &str,
        purpose: Purpose,
        opened: impl FnOnce(String),
    ) -> Outcome {
        let Self::UniversalPrompt(prompt) = self else {
            return Outcome::NoUniversalPrompt;
        };
        let browser = Browser::of_desktop();
        let began = now().wall / 1000;
        match prompt.step_up(user, &browser, purpose, opened).await {
            Ok(signed_in) if signed_in.auth_time + LEEWAY >= began => Outcome::Approved(Approval {
                user: signed_in.user,
                device: String::new(),
                factor: Factor::UniversalPrompt,
                txid: String::new(),
            }),
            Ok(_) => Outcome::StepUpFailed {
                words: "the sign-in is older than what it was for".into(),
            },
            Err(error) => stepped_up_to(error),
        }
    }

    /// The provider's word on a session that it wants to be asked about.
    ///
    /// # Errors
    /// Where it no longer stands by it, or cannot be asked.
    pub(crate) async fn renew(&self, proof: Proof) -> Result<Proof, LoginError> {
        match (self, &proof.tokens) {
            (Self::SingleSignOn(site), Some(tokens)) => {
                let renewed = site.renew(&proof.user, tokens).await.map(Proof::from)?;
                // The session is no younger for it.
                let auth_time = renewed.auth_time.min(proof.auth_time);
                Ok(Proof {
                    auth_time,
                    made: proof.made.clone(),
                    ..renewed
                })
            }
            // These never ask to be asked.
            (Self::UniversalPrompt(_) | Self::Push, _) | (Self::SingleSignOn(_), None) => Ok(proof),
        }
    }

    /// Tells the provider that the session is over, where it wants to hear of it.
    pub(crate) async fn end(&self, proof: Proof) {
        let (Self::SingleSignOn(site), Some(tokens)) = (self, &proof.tokens) else {
            return;
        };
        if let Err(error) = site.end(tokens, None).await {
            tracing::warn!(
                error = error.words(),
                "the provider may think that the session goes on"
            );
        }
    }
}

/// What a step-up that led nowhere is to the ask it was for.
fn stepped_up_to(error: LoginError) -> Outcome {
    match error {
        LoginError::Cancelled | LoginError::Refused { .. } => Outcome::Denied,
        LoginError::TimedOut => Outcome::Unanswered,
        LoginError::SilentPass { .. } => Outcome::Bypassed,
        LoginError::Unreachable { words } => Outcome::Unreachable { words },
        LoginError::Untrusted { words }
        | LoginError::Misconfigured { words }
        | LoginError::NoBrowser { words } => Outcome::StepUpFailed { words },
        LoginError::NoName | LoginError::NotConnected => Outcome::NoUniversalPrompt,
    }
}

async fn push(
    user: &str,
    way: ByPush,
    shown: impl Fn(Shown) + Send + 'static,
) -> Result<Proof, LoginError> {
    let duo = way.duo.ok_or(LoginError::NotConnected)?;
    let card = Card::sign_in(&way.host);
    let ringing = move |rings| shown(Shown::Rings(rings));
    let refused = |words: &str| {
        Err(LoginError::Refused {
            words: words.to_owned(),
        })
    };
    match duo.ask(user, way.device.as_deref(), &card, ringing).await {
        Outcome::Approved(_) => Ok(by_push(user, now().wall / 1000)),
        Outcome::Bypassed => Err(LoginError::SilentPass {
            words: "this user bypasses Duo".into(),
        }),
        Outcome::Unanswered => Err(LoginError::TimedOut),
        Outcome::Unreachable { words } => Err(LoginError::Unreachable { words }),
        Outcome::Denied => refused("it was denied on the phone"),
        Outcome::ReportedFraud => refused("it was reported as fraud on the phone"),
        Outcome::LockedOut => refused("Duo has locked this user out"),
        Outcome::NotEnrolled { .. } => refused("Duo knows no phone of this user"),
        Outcome::NoPushDevice => refused("none of this user's devices takes a push"),
        Outcome::WrongPasscode => refused("the passcode is wrong"),
        Outcome::NotVerified | Outcome::NoUniversalPrompt | Outcome::StepUpFailed { .. } => {
            refused("it was no plain push")
        }
        Outcome::RefusedByPolicy { words } => refused(&words),
        Outcome::Refused { code, words } => Err(LoginError::Misconfigured {
            words: format!("{words} ({code})"),
        }),
    }
}

fn by_push(user: &str, auth_time: u64) -> Proof {
    Proof {
        user: user.to_owned(),
        way: Way::Push,
        auth_time,
        renews: None,
        tokens: None,
        made: Made::now(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[tokio::test]
    async fn without_universal_prompt_there_is_no_step_up_and_no_page() {
        let purpose = Purpose {
            code: "K7F29".into(),
            title: "Bash: ls".into(),
        };
        let mut pages = Vec::new();
        let opened = |address| pages.push(address);
        let outcome = Provider::Push.step_up("dana", purpose, opened).await;
        assert_eq!((outcome, pages), (Outcome::NoUniversalPrompt, vec![]));
    }

    #[test]
    fn a_step_up_that_led_nowhere_is_never_a_yes() {
        let words = || "w".to_owned();
        for (error, outcome) in [
            (LoginError::Cancelled, Outcome::Denied),
            (LoginError::Refused { words: words() }, Outcome::Denied),
            (LoginError::TimedOut, Outcome::Unanswered),
            (LoginError::SilentPass { words: words() }, Outcome::Bypassed),
            (
                LoginError::Unreachable { words: words() },
                Outcome::Unreachable { words: words() },
            ),
            (
                LoginError::Untrusted { words: words() },
                Outcome::StepUpFailed { words: words() },
            ),
            (
                LoginError::Misconfigured { words: words() },
                Outcome::StepUpFailed { words: words() },
            ),
            (
                LoginError::NoBrowser { words: words() },
                Outcome::StepUpFailed { words: words() },
            ),
            (LoginError::NoName, Outcome::NoUniversalPrompt),
            (LoginError::NotConnected, Outcome::NoUniversalPrompt),
        ] {
            assert_eq!(stepped_up_to(error.clone()), outcome, "{error:?}");
        }
    }
}
