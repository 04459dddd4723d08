//! Trips to the phone: each reports back once, under the name that the core gave it.

use std::sync::Arc;

use thumbturn_core::{Approval, AttemptId, Card, Event, LoginError, Outcome, PushId, Session};
use thumbturn_wire::Passcode;
use tokio::sync::mpsc;

use crate::duo::{Duo, Rings};
use crate::runtime::Input;

/// Who the pushes go to, and through what.
pub(crate) struct Phone {
    pub(crate) duo: Option<Arc<Duo>>,
    pub(crate) user: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) host: String,
}

impl Phone {
    /// Rings the phone. The trip goes on until the push ended at Duo, whoever still waits for it.
    pub(crate) fn ring(&self, push: PushId, card: Card, inputs: mpsc::Sender<Input>) {
        let trip = self.trip();
        tokio::spawn(async move {
            let outcome = match trip {
                Some(trip) => {
                    let tell = inputs.clone();
                    let ringing = move |rings: Rings| {
                        let Rings {
                            device,
                            verification_code,
                        } = rings;
                        let event = Event::Rings {
                            push,
                            device,
                            verification_code,
                        };
                        tokio::spawn(async move { tell.send(Input::Core(event)).await });
                    };
                    trip.duo
                        .ask(&trip.user, trip.device.as_deref(), &card, ringing)
                        .await
                }
                None => nobody(),
            };
            report(inputs, Event::Phone { push, outcome }).await;
        });
    }

    /// Lets Duo check a passcode, which rings no phone.
    pub(crate) fn check(
        &self,
        push: PushId,
        passcode: Option<Passcode>,
        inputs: mpsc::Sender<Input>,
    ) {
        let trip = self.trip();
        tokio::spawn(async move {
            let outcome = match (trip, passcode) {
                (Some(trip), Some(passcode)) => trip.duo.passcode(&trip.user, &passcode).await,
                (Some(_), None) => Outcome::WrongPasscode,
                (None, _) => nobody(),
            };
            report(inputs, Event::Phone { push, outcome }).await;
        });
    }

    /// Signs in by one approved push, until Universal Prompt is there.
    pub(crate) fn sign_in(&self, attempt: AttemptId, inputs: mpsc::Sender<Input>) {
        let trip = self.trip();
        let card = Card::sign_in(&self.host);
        tokio::spawn(async move {
            let outcome = match trip {
                Some(trip) => {
                    trip.duo
                        .ask(&trip.user, trip.device.as_deref(), &card, |_| {})
                        .await
                }
                None => nobody(),
            };
            let result = signed_in(outcome);
            report(inputs, Event::SignIn { attempt, result }).await;
        });
    }

    fn trip(&self) -> Option<Trip> {
        Some(Trip {
            duo: self.duo.clone()?,
            user: self.user.clone()?,
            device: self.device.clone(),
        })
    }
}

struct Trip {
    duo: Arc<Duo>,
    user: String,
    device: Option<String>,
}

fn nobody() -> Outcome {
    Outcome::Unreachable {
        words: "no connection to Duo is set up".into(),
    }
}

async fn report(inputs: mpsc::Sender<Input>, event: Event) {
    // Only a gate that is ending has closed it, and then nobody waits.
    let _ = inputs.send(Input::Core(event)).await;
}

fn signed_in(outcome: Outcome) -> Result<Session, LoginError> {
    match outcome {
        Outcome::Approved(Approval { user, .. }) => Ok(Session { user, ends: None }),
        Outcome::Unanswered => Err(LoginError::TimedOut),
        Outcome::Unreachable { .. } => Err(LoginError::Unreachable),
        Outcome::Bypassed
        | Outcome::Denied
        | Outcome::ReportedFraud
        | Outcome::LockedOut
        | Outcome::NotEnrolled { .. }
        | Outcome::NoPushDevice
        | Outcome::WrongPasscode
        | Outcome::RefusedByPolicy { .. }
        | Outcome::Refused { .. } => Err(LoginError::Refused),
    }
}
