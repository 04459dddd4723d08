//! What a click may do now, of what is no answer to a question.

use thumbturn_wire::{Bound, Mode};

use crate::login::Held;
use crate::{Click, Core, State, Trouble};

const MINUTE: u64 = 60_000;

impl Core {
    pub(crate) fn offers(&self, state: State, now: u64) -> Vec<Click> {
        let mut offers = self.mode_offers();
        if *self.mode() != Mode::Locked && state != State::NotSetUp {
            offers.push(Click::Lock);
        }
        if !self.grants.is_empty() {
            offers.push(Click::EndGrants);
        }
        offers.extend(self.login_offers(now));
        if self.troubles.contains(&Trouble::SigningKeyMissing) {
            offers.push(Click::RemakeKey);
        }
        offers
    }

    fn mode_offers(&self) -> Vec<Click> {
        let blocked = self.standing().blocked.is_some();
        match self.mode() {
            Mode::Off if self.login.is_signed_in() && !blocked => {
                vec![Click::TurnOn(Bound::UntilReboot)]
            }
            Mode::Off | Mode::Locked => Vec::new(),
            Mode::Paused { bound, .. } => vec![Click::TurnOn(bound.clone()), Click::TurnOff],
            Mode::On(_) => {
                let mut offers = vec![Click::TurnOff];
                offers.extend([15, 60].map(|minutes| Click::Pause(minutes * MINUTE)));
                match self.approvals.held_until() {
                    Some(_) => offers.push(Click::EndHold),
                    None => offers.extend([30, 60].map(|minutes| Click::Hold(minutes * MINUTE))),
                }
                offers
            }
        }
    }

    fn login_offers(&self, now: u64) -> Vec<Click> {
        let is_set_up = !self.troubles.iter().any(Trouble::is_beginning);
        let locked = *self.mode() == Mode::Locked;
        let mut offers = Vec::new();
        let may_sign_in = match self.login.held {
            Held::Unknown => false,
            Held::SignedOut | Held::Expired(_) => is_set_up,
            Held::SignedIn(_) => locked || self.login.is_soon_over(now),
        };
        if self.login.trip.is_some() {
            offers.push(Click::CancelSignIn);
        } else if may_sign_in {
            offers.push(Click::SignIn { user: None });
        }
        if self.login.is_signed_in() && !locked {
            if self.standing().blocked.is_none() {
                offers.push(Click::TestPush);
            }
            offers.push(Click::SignOut);
        }
        offers
    }
}
