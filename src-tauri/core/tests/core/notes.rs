//! What a walk notes of an event, before the core has heard it or after.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each look picks a few of many"
)]

use thumbturn_core::*;
use thumbturn_wire::deadlines::{RING, RING_AND_BACK};

use crate::rung::length;
use crate::walks::Walk;
use crate::world::*;

impl Walk {
    /// What the event alone tells.
    pub(crate) fn note(&mut self, event: &Event) {
        let now = self.world.now.boot;
        match event {
            Event::Asked { id, patience, .. } | Event::Requested { id, patience, .. } => {
                let patience = (*patience).min(self.setup.patience);
                self.open.insert(id.0, now + patience);
                if let Event::Asked { ask, .. } = event {
                    self.note_sent(*id, ask);
                }
                if matches!(event, Event::Requested { .. }) {
                    self.deeds.insert(id.0);
                }
            }
            Event::Phone { push, .. } => {
                self.shown.remove(&push.0);
            }
            Event::Rules(rules) => self.grants.is_ruled = **rules != Rules::none(),
            Event::Rings { push, .. } | Event::StepUpPage { push, .. } => {
                self.rests = None;
                let length = self
                    .factors
                    .get(&push.0)
                    .map_or(RING, |factor| length(*factor));
                if let Some(over) = self.shown.get_mut(&push.0) {
                    *over = now + length;
                }
            }
            Event::Click { id, click, .. } => self.note_click(id.0, click),
            Event::Remembered { session } if !self.login.is_known => {
                self.login.is_known = true;
                self.login.user = session.as_ref().map(|session| session.user.clone());
                self.login.is_signed_in = session.is_some();
            }
            Event::Renewed { .. } => self.login.renewing = false,
            Event::Settings {
                patience,
                session_lifetime,
                off_needs_push,
            } => {
                self.setup.patience = *patience;
                self.setup.session_lifetime = *session_lifetime;
                self.setup.off_needs_push = *off_needs_push;
            }
            _ => {}
        }
    }

    /// The trip ended before anything else came of it, unless it was withdrawn by then.
    pub(crate) fn note_answer(&mut self, push: u64, outcome: &Outcome, effects: &[Effect]) {
        let push = PushId(push);
        let withdrawn = effects.contains(&Effect::Unpush { push });
        let rang = self.ringing.take_if(|ring| ring.push == push.0);
        let tried = self.passcodes.remove(&push.0);
        let of_ask = tried.filter(|id| !self.deeds.contains(id));
        let first = rang.as_ref().and_then(|ring| ring.ids.first().copied());
        let waits = first.or(of_ask).filter(|_| !withdrawn);
        match (outcome, waits) {
            (Outcome::Unreachable { .. }, Some(_)) => {
                self.rests = Some(self.world.now.boot + 30 * SECOND);
            }
            (Outcome::Unreachable { .. }, None) => {}
            (_, _) => self.rests = None,
        }
        if let (Outcome::Unanswered, Some(ring)) = (outcome, rang) {
            self.asked_for.retain(|id| !ring.ids.contains(id));
        }
    }

    fn note_click(&mut self, id: u64, click: &Click) {
        let now = self.world.now.boot;
        match click {
            Click::RingAgain(AskId(one)) => {
                let rings = self
                    .ringing
                    .as_ref()
                    .is_some_and(|ring| ring.ids.contains(one));
                let checks = self.passcodes.values().any(|id| id == one);
                let has_room = |deadline: &u64| deadline.saturating_sub(now) >= RING_AND_BACK;
                if !rings && !checks && self.open.get(one).is_some_and(has_room) {
                    self.asked_for.insert(*one);
                }
            }
            _ => {
                self.deeds.insert(id);
            }
        }
    }
}
