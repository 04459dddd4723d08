//! Trips to the phone: each reports back once, under the name that the core gave it.

use std::sync::Arc;

use thumbturn_core::{Card, Event, Factor, Outcome, PushId};
use thumbturn_wire::Passcode;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::duo::{Duo, Purpose, Rings};
use crate::provider::Provider;
use crate::runtime::Input;

/// Through what pushes go.
pub(crate) struct Phone {
    pub(crate) duo: Option<Arc<Duo>>,
    pub(crate) device: Option<String>,
    pub(crate) host: String,
    /// The step-up that is open in the browser.
    pub(crate) step_up: Option<(PushId, AbortHandle)>,
}

impl Phone {
    /// Rings the phone. The trip goes on until the push ended at Duo, whoever still waits for it.
    pub(crate) fn ring(
        &self,
        push: PushId,
        factor: Factor,
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
                    let (duo, device) = (&trip.duo, trip.device.as_deref());
                    if factor == Factor::VerifiedPush {
                        duo.ask_verified(&trip.user, device, &card, ringing).await
                    } else {
                        duo.ask(&trip.user, device, &card, ringing).await
                    }
                }
                None => nobody(),
            };
            report(inputs, Event::Phone { push, outcome }).await;
        });
    }

    /// Has the user sign in anew in the browser, for one ask. The session is not touched.
    pub(crate) fn step_up(
        &mut self,
        push: PushId,
        user: String,
        purpose: Purpose,
        provider: Option<Arc<Provider>>,
        inputs: mpsc::Sender<Input>,
    ) {
        let trip = tokio::spawn(async move {
            let outcome = match provider {
                Some(provider) => {
                    let tell = inputs.clone();
                    let opened = move |address| {
                        let event = Event::StepUpPage { push, address };
                        tokio::spawn(async move { tell.send(Input::Core(event)).await });
                    };
                    provider.step_up(&user, purpose, opened).await
                }
                None => nobody(),
            };
            report(inputs, Event::Phone { push, outcome }).await;
        });
        self.step_up = Some((push, trip.abort_handle()));
    }

    /// Closes the step-up that is open under that name, its listener included. Whether there is one.
    pub(crate) fn close_step_up(&mut self, push: PushId) -> bool {
        let open = self.step_up.take_if(|(open, _)| *open == push);
        open.is_some_and(|(_, trip)| {
            trip.abort();
            true
        })
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
