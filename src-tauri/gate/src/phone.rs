//! Trips to the phone: each reports back once, under the name that the core gave it.

use std::sync::Arc;

use thumbturn_core::{Card, Event, Outcome, PushId};
use thumbturn_wire::Passcode;
use tokio::sync::mpsc;

use crate::duo::{Duo, Rings};
use crate::runtime::Input;

/// Through what pushes go.
pub(crate) struct Phone {
    pub(crate) duo: Option<Arc<Duo>>,
    pub(crate) device: Option<String>,
    pub(crate) host: String,
}

impl Phone {
    /// Rings the phone. The trip goes on until the push ended at Duo, whoever still waits for it.
    pub(crate) fn ring(
        &self,
        push: PushId,
        user: Option<&str>,
        card: Card,
        inputs: mpsc::Sender<Input>,
    ) {
        let trip = self.trip(user);
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
        user: Option<&str>,
        passcode: Option<Passcode>,
        inputs: mpsc::Sender<Input>,
    ) {
        let trip = self.trip(user);
        tokio::spawn(async move {
            let outcome = match (trip, passcode) {
                (Some(trip), Some(passcode)) => trip.duo.passcode(&trip.user, &passcode).await,
                (Some(_), None) => Outcome::WrongPasscode,
                (None, _) => nobody(),
            };
            report(inputs, Event::Phone { push, outcome }).await;
        });
    }

    /// Pushes go to who is signed in, and to nobody else.
    fn trip(&self, user: Option<&str>) -> Option<Trip> {
        Some(Trip {
            duo: self.duo.clone()?,
            user: user?.to_owned(),
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
