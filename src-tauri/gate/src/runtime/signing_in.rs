//! Signing in and out, as far as keychain and provider are concerned.

use std::sync::Arc;

use thumbturn_core::{AttemptId, Choice, Click, Desk, Event, LoginError, Trouble};
use thumbturn_wire::Deed;
use tokio::task::{AbortHandle, JoinHandle};

use super::{Input, Reply, Runtime};
use crate::clock::now;
use crate::duo::{Duo, Tenancy};
use crate::keys::{Loaded, Pending};
use crate::payload;
use crate::provider::{ByPush, Provider, Shown};
use crate::session::{Proof, Recalled};

/// What the loop knows of the sign-in, beside the core's own state.
#[derive(Default)]
pub(crate) struct SigningIn {
    tenancy: Option<Arc<Tenancy>>,
    provider: Option<Arc<Provider>>,
    trip: Option<(AttemptId, AbortHandle)>,
    /// What came back last, until the core has said whether it counts.
    fresh: Option<Proof>,
    /// What the session rests on.
    proof: Option<Proof>,
    /// The proof's way into the keychain.
    storing: Option<JoinHandle<()>>,
    keychain: Asked,
    /// What hangs on the keychain's first word.
    pub(super) early: Vec<Input>,
    /// Whether the core knows who is signed in, from the keychain or since.
    is_known: bool,
}

/// How far the keychain has been asked.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Asked {
    #[default]
    FirstTime,
    /// Nothing is known yet, or not all of it.
    Again,
    /// It is being asked for the session.
    ForSession,
    Done,
}

impl SigningIn {
    pub(crate) fn tenancy(&self) -> Option<&Tenancy> {
        self.tenancy.as_deref()
    }

    pub(super) fn provider(&self) -> Option<Arc<Provider>> {
        self.provider.clone()
    }

    pub(super) fn must_reload(&self) -> bool {
        self.keychain == Asked::Again
    }

    /// Whether it would be refused only because the keychain has not been heard yet; each of its
    /// waits is bounded.
    pub(super) fn is_early(&self, deed: &Deed) -> bool {
        self.is_being_asked() && matches!(deed, Deed::TurnOn(_) | Deed::SignIn { .. })
    }

    fn is_being_asked(&self) -> bool {
        matches!(self.keychain, Asked::FirstTime | Asked::ForSession)
    }
}

impl Runtime {
    pub(super) fn loaded(&mut self, loaded: Loaded, reply: Option<Reply>) {
        let incomplete = loaded.must_try_again();
        for (trouble, present) in loaded.troubles() {
            self.handle(Event::Trouble { trouble, present });
        }
        if let Some(key) = loaded.key {
            self.rooms.key.send_replace(Some(Arc::new(key)));
        }
        // A locked keychain takes nothing away: what was known before holds on.
        if !loaded.is_unread {
            self.bound_to(loaded.duo, loaded.tenancy, loaded.provider);
        }
        if incomplete {
            self.signing_in.keychain = Asked::Again;
        } else if self.signing_in.is_known {
            self.signing_in.keychain = Asked::Done;
        } else if matches!(self.signing_in.keychain, Asked::FirstTime | Asked::Again) {
            self.signing_in.keychain = Asked::ForSession;
            let SigningIn {
                tenancy, provider, ..
            } = &self.signing_in;
            let inputs = self.rooms.inputs.clone();
            self.rooms
                .keys
                .recall(tenancy.clone(), provider.clone(), inputs);
        }
        if let Some(reply) = reply {
            // Whoever asked may be gone; the connection is read all the same.
            let _ = reply.send(payload::done("Read the connection again."));
        }
        self.stale = true;
    }

    fn bound_to(
        &mut self,
        duo: Option<Arc<Duo>>,
        tenancy: Option<Arc<Tenancy>>,
        provider: Option<Arc<Provider>>,
    ) {
        let name = |tenancy: &Option<Arc<Tenancy>>| tenancy.as_ref().map(|it| it.name());
        let is_another =
            self.signing_in.tenancy.is_some() && name(&self.signing_in.tenancy) != name(&tenancy);
        if is_another {
            self.clicked(Click::CancelSignIn, Desk::Tray);
        }
        if is_another && self.core.user().is_some() {
            // Whoever signed in over the old connection is nobody over the new one.
            self.clicked(Click::SignOut, Desk::Tray);
        }
        self.held.phone.duo = duo;
        self.signing_in.tenancy = tenancy;
        self.signing_in.provider = provider;
    }

    pub(super) fn recalled(&mut self, recalled: Recalled) {
        if self.signing_in.is_known {
            return;
        }
        let session = match recalled {
            Recalled::NotYet => {
                self.signing_in.keychain = Asked::Again;
                return;
            }
            Recalled::Nothing => None,
            Recalled::Session(proof) => {
                let session = proof.session(self.held.settings.session_lifetime(), now());
                self.signing_in.proof = Some(proof);
                Some(session)
            }
        };
        self.signing_in.keychain = Asked::Done;
        self.signing_in.is_known = true;
        self.handle(Event::Remembered { session });
    }

    pub(super) fn take_early(&mut self) {
        if !self.signing_in.is_being_asked() {
            for input in std::mem::take(&mut self.signing_in.early) {
                self.take(input);
            }
        }
    }

    pub(super) fn open_sign_in(&mut self, attempt: AttemptId, user: Option<String>) {
        let inputs = self.rooms.inputs.clone();
        let Some(provider) = self.signing_in.provider.clone() else {
            let result = Err(LoginError::NotConnected);
            tokio::spawn(async move { inputs.send(Input::SignedIn { attempt, result }).await });
            return;
        };
        let phone = &self.held.phone;
        let by_push = ByPush {
            duo: phone.duo.clone(),
            device: phone.device.clone(),
            host: phone.host.clone(),
        };
        let tell = inputs.clone();
        let shown = move |shown| {
            let event = match shown {
                Shown::Page(address) => Event::SignInPage { attempt, address },
                Shown::Rings(rings) => Event::SignInRings {
                    attempt,
                    verification_code: rings.verification_code,
                },
            };
            let tell = tell.clone();
            tokio::spawn(async move { tell.send(Input::Core(event)).await });
        };
        let trip = tokio::spawn(async move {
            let result = provider.sign_in(user.as_deref(), by_push, shown).await;
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::SignedIn { attempt, result }).await;
        });
        self.signing_in.trip = Some((attempt, trip.abort_handle()));
    }

    /// Takes the listener down with it.
    pub(super) fn close_sign_in(&mut self, attempt: AttemptId) {
        if let Some((open, trip)) = self.signing_in.trip.take_if(|(open, _)| *open == attempt) {
            tracing::info!(attempt = open.0, "sign-in closed");
            trip.abort();
        }
    }

    pub(super) fn signed_in(&mut self, attempt: AttemptId, result: Result<Proof, LoginError>) {
        let lifetime = self.held.settings.session_lifetime();
        let result = result.map(|proof| {
            let session = proof.session(lifetime, now());
            self.signing_in.fresh = Some(proof);
            session
        });
        let wants_name = matches!(result, Err(LoginError::NoName));
        self.handle(Event::SignIn { attempt, result });
        self.signing_in.fresh = None;
        if wants_name {
            // Where the name can be typed.
            self.chosen(Choice::OpenWindow);
        }
    }

    /// The core took the sign-in for what it is.
    pub(super) fn keep_proof(&mut self) {
        let Some(proof) = self.signing_in.fresh.take() else {
            return;
        };
        self.signing_in.is_known = true;
        self.signing_in.proof = Some(proof.clone());
        self.store(proof);
    }

    fn store(&mut self, proof: Proof) {
        let Some(tenancy) = self.signing_in.tenancy.as_ref().map(|it| it.name()) else {
            return;
        };
        let keys = self.rooms.keys.clone();
        let word = keys.is_pending(Pending::Replace);
        let inputs = self.rooms.inputs.clone();
        let storing = tokio::spawn(async move {
            if let Err(error) = proof.keep(&tenancy, &keys.keychain).await {
                tracing::error!(%error, "the session could not be kept; it ends with this process");
                let event = Event::Trouble {
                    trouble: Trouble::SessionNotKept,
                    present: true,
                };
                // Only a gate that is ending has closed it.
                let _ = inputs.send(Input::Core(event)).await;
            } else {
                keys.is_settled(word);
            }
        });
        self.signing_in.storing = Some(storing);
    }

    /// A gate that ends right after a sign-in lets the keychain have it first; the keychain's waits are bounded.
    pub(super) async fn stored(&mut self) {
        if let Some(storing) = self.signing_in.storing.take() {
            // A task that panicked stored nothing, and the next start says so.
            let _ = storing.await;
        }
    }

    pub(super) fn renew(&mut self) {
        let inputs = self.rooms.inputs.clone();
        let (Some(provider), Some(proof)) = (
            self.signing_in.provider.clone(),
            self.signing_in.proof.clone(),
        ) else {
            return;
        };
        tokio::spawn(async move {
            let result = provider.renew(proof).await;
            // Only a gate that is ending has closed it.
            let _ = inputs.send(Input::Renewed(result)).await;
        });
    }

    pub(super) fn renewed(&mut self, result: Result<Proof, LoginError>) {
        let lifetime = self.held.settings.session_lifetime();
        let result = result.map(|proof| {
            let session = proof.session(lifetime, now());
            if self.core.user() == Some(session.user.as_str()) {
                self.signing_in.proof = Some(proof.clone());
                self.store(proof);
            }
            session
        });
        self.handle(Event::Renewed { result });
    }

    pub(super) fn forget_tokens(&mut self) {
        let proof = self.signing_in.proof.take();
        let provider = self.signing_in.provider.clone();
        self.signing_in.is_known = true;
        let inputs = self.rooms.inputs.clone();
        self.rooms.keys.forget(Pending::ForgetSession, inputs);
        if let (Some(provider), Some(proof)) = (provider, proof) {
            tokio::spawn(async move { provider.end(proof).await });
        }
    }

    pub(super) fn forget_keys(&mut self) {
        let inputs = self.rooms.inputs.clone();
        self.rooms.keys.forget(Pending::ForgetAll, inputs);
    }
}
