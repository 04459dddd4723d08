//! One trip to the phone: preauth, auth, and listening until somebody decided.
//!
//! Only `allow` with status `allow` on the push that this trip sent is a yes.
//! A push is sent once: what may have rung is never sent again.

use std::time::Duration;

use thumbturn_core::{Approval, Card, Factor, Outcome};
use thumbturn_wire::Passcode;
use tokio::time::{Instant, sleep, timeout_at};

use super::failure::words;
use super::reply::{Device, Preauth, Step, Verified, txid};
use super::sign::{Call, encoded_length, pushinfo};
use super::{Duo, Failure};

/// Duo takes less than this of `pushinfo`, encoded once more.
const MOST_PUSHINFO: usize = 20_000;
/// Between two status calls that brought nothing new.
const PAUSE: Duration = Duration::from_secs(1);
/// A bound beside the deadline; with the pause between them it is never the nearer one.
const MOST_POLLS: u32 = 120;

const MAY_APPEAR: &str = "a push may still appear on the phone: deny it";

/// Duo took the push: this is where it rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rings {
    /// As its owner knows it.
    pub device: String,
    /// What the person must type into Duo Mobile, where Duo's policy demands it.
    pub verification_code: Option<String>,
}

/// Whether a push must have a verification code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    IfDemanded,
    Always,
}

impl Duo {
    /// Asks `user` with a push, on `device` if the settings name one.
    pub async fn ask(
        &self,
        user: &str,
        device: Option<&str>,
        card: &Card,
        ringing: impl FnOnce(Rings),
    ) -> Outcome {
        let trip = self.trip(user, device, card, Code::IfDemanded, ringing);
        trip.await.map_or_else(|outcome| outcome, Outcome::Approved)
    }

    /// As [`Self::ask`], with a Verified Duo Push or none: Duo's policy decides whether there is a
    /// code, and tells before the push is sent. Where there is none, no phone rings.
    pub async fn ask_verified(
        &self,
        user: &str,
        device: Option<&str>,
        card: &Card,
        ringing: impl FnOnce(Rings),
    ) -> Outcome {
        let trip = self.trip(user, device, card, Code::Always, ringing);
        trip.await.map_or_else(|outcome| outcome, Outcome::Approved)
    }

    /// Asks Duo whether `passcode` is one of `user`'s.
    pub async fn passcode(&self, user: &str, passcode: &Passcode) -> Outcome {
        let code = passcode.reveal().trim();
        if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Outcome::WrongPasscode;
        }
        let call = Call::write(
            "/auth/v2/auth",
            &[
                ("username", user),
                ("factor", "passcode"),
                ("passcode", code),
            ],
        );
        let response = match self
            .transport
            .call(&call, self.transport.patience().poll)
            .await
        {
            Ok(response) => response,
            Err(failure) => return failure.outcome(),
        };
        match Step::read(response, "") {
            Step::Approved => Outcome::Approved(Approval {
                user: user.to_owned(),
                device: String::new(),
                factor: Factor::Passcode,
                txid: String::new(),
            }),
            Step::Over(Outcome::Denied) => Outcome::WrongPasscode,
            Step::Over(outcome) => outcome,
            Step::Waiting(_) => Outcome::Unreachable {
                words: "Duo did not say whether the passcode is right".into(),
            },
        }
    }

    async fn trip(
        &self,
        user: &str,
        device: Option<&str>,
        card: &Card,
        code: Code,
        ringing: impl FnOnce(Rings),
    ) -> Result<Approval, Outcome> {
        let patience = self.transport.patience();
        let too_late = Instant::now() + patience.ring;
        let info = pushinfo(&card.pairs);
        if encoded_length(&info) >= MOST_PUSHINFO {
            return Err(Outcome::Unreachable {
                words: "this is too long for a push; nothing was sent".into(),
            });
        }
        let (device, verified) = match timeout_at(too_late, self.preauth(user)).await {
            Ok(answer) => chosen(answer.map_err(Failure::outcome)?, device)?,
            Err(_) => {
                return Err(Outcome::Unreachable {
                    words: "Duo did not answer in time".into(),
                });
            }
        };
        if code == Code::Always && verified.is_none() {
            return Err(Outcome::NotVerified);
        }
        let factor = match verified {
            Some(_) => Factor::VerifiedPush,
            None => Factor::Push,
        };
        let txid = self
            .send(user, &device, card, &info, verified.as_ref(), too_late)
            .await?;
        ringing(Rings {
            device: device.title(),
            verification_code: verified.map(|verified| verified.code),
        });
        self.listen(&txid, Instant::now() + patience.ring + patience.margin)
            .await?;
        Ok(Approval {
            user: user.to_owned(),
            device: device.title(),
            factor,
            txid,
        })
    }

    async fn send(
        &self,
        user: &str,
        device: &Device,
        card: &Card,
        info: &str,
        verified: Option<&Verified>,
        too_late: Instant,
    ) -> Result<String, Outcome> {
        let mut params = vec![
            ("username", user),
            ("factor", "push"),
            ("device", &device.device),
            ("async", "1"),
            ("type", &card.kind),
            ("display_username", user),
        ];
        if !info.is_empty() {
            params.push(("pushinfo", info));
        }
        if let Some(verified) = verified {
            params.push(("txid", &verified.txid));
        }
        let call = Call::write("/auth/v2/auth", &params);
        let patience = self.transport.patience().ordinary;
        let response = self
            .transport
            .call_until(&call, patience, too_late)
            .await
            .map_err(may_ring)?;
        txid(response).map_err(|step| match step {
            Step::Over(outcome) => outcome,
            Step::Approved | Step::Waiting(_) => Outcome::Unanswered,
        })
    }

    /// Listens until the push ended. `Ok` is the person's yes.
    async fn listen(&self, txid: &str, deadline: Instant) -> Result<(), Outcome> {
        let call = Call::read("/auth/v2/auth_status", &[("txid", txid)]);
        let patience = self.transport.patience().poll;
        let mut known: Option<String> = None;
        let mut lost = None;
        for _ in 0..MOST_POLLS {
            if Instant::now() >= deadline {
                break;
            }
            let poll = self.transport.call_until(&call, patience, deadline);
            match timeout_at(deadline, poll).await {
                Err(_) => break,
                Ok(Ok(response)) => match Step::read(response, txid) {
                    Step::Approved => return Ok(()),
                    Step::Over(outcome) => return Err(outcome),
                    Step::Waiting(status) => {
                        lost = None;
                        let news = known.as_ref() != Some(&status);
                        known = Some(status);
                        if news {
                            continue;
                        }
                    }
                },
                Ok(Err(Failure::Refused(refusal))) if refusal.is_invalid_parameter() => lost = None,
                Ok(Err(Failure::Refused(refusal)))
                    if !refusal.is_busy() && !refusal.is_trouble() && !refusal.is_clock() =>
                {
                    return Err(Failure::Refused(refusal).outcome());
                }
                Ok(Err(failure)) => lost = Some(failure),
            }
            sleep(PAUSE.min(deadline.saturating_duration_since(Instant::now()))).await;
        }
        Err(
            lost.map_or(Outcome::Unanswered, |failure| Outcome::Unreachable {
                words: format!("Duo was lost while the phone rang ({failure}); {MAY_APPEAR}"),
            }),
        )
    }
}

/// The device to ring, or how the trip ended before any phone rang.
fn chosen(answer: Preauth, wanted: Option<&str>) -> Result<(Device, Option<Verified>), Outcome> {
    let (devices, verified) = match answer {
        Preauth::Auth { devices, verified } => (devices, verified),
        Preauth::Allow => return Err(Outcome::Bypassed),
        Preauth::Deny {
            locked_out: true, ..
        } => return Err(Outcome::LockedOut),
        Preauth::Deny {
            words,
            locked_out: false,
        } => return Err(Outcome::RefusedByPolicy { words }),
        Preauth::Enroll { portal } => return Err(Outcome::NotEnrolled { portal }),
    };
    let mut capable = devices.into_iter().filter(Device::takes_push).peekable();
    if capable.peek().is_none() {
        return Err(Outcome::NoPushDevice);
    }
    let Some(wanted) = wanted else {
        return capable
            .next()
            .map(|device| (device, verified))
            .ok_or(Outcome::NoPushDevice);
    };
    let capable: Vec<Device> = capable.collect();
    if let Some(device) = capable.iter().find(|device| device.device == wanted) {
        return Ok((device.clone(), verified));
    }
    let others: Vec<String> = capable
        .iter()
        .map(|device| format!("{} ({})", words(&device.device), device.title()))
        .collect();
    // Duo's own code for a device that it does not know.
    Err(Outcome::Refused {
        code: 40002,
        words: format!(
            "the `device` in the settings takes no push any more; these do: {}",
            others.join(", ")
        ),
    })
}

/// A failure to send, told apart by whether the phone may ring all the same.
fn may_ring(failure: Failure) -> Outcome {
    match failure {
        Failure::Refused(refusal) if refusal.is_trouble() => Outcome::Unreachable {
            words: format!("{}; {MAY_APPEAR}", Failure::Refused(refusal)),
        },
        Failure::Lost { words } | Failure::Odd { words } => Outcome::Unreachable {
            words: format!("{words}; {MAY_APPEAR}"),
        },
        Failure::Refused(_) | Failure::Unsent { .. } => failure.outcome(),
    }
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;
