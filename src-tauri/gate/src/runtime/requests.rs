//! What hooks and the CLI ask for, in the core's words.

use thumbturn_core::{AskId, Choice, Code, Deed, Event, Factor, Facts};
use thumbturn_wire::{AskBody, Bound, DeedBody, Mode, Report, Span};

use super::{Input, Reply, Runtime, Slot};
use crate::clock::now;
use crate::facts;
use crate::payload::{self, fresh_code};

impl Runtime {
    pub(super) fn asked(&mut self, id: AskId, body: AskBody, reply: Reply) {
        self.slots.insert(
            id,
            Slot {
                reply,
                passcode: None,
            },
        );
        let wanted = self.core.wants(&body.ask);
        let heard = move |ask, facts| Event::Asked {
            id,
            code: fresh_code(),
            ask: Box::new(ask),
            facts,
            patience: body.patience_ms,
        };
        if wanted.is_empty() {
            self.handle(heard(body.ask, Facts::default()));
            return;
        }
        self.works_in(&body.ask.cwd);
        let inputs = self.rooms.inputs.clone();
        let place = self.rooms.place.clone();
        let agents = self.rooms.agents.clone();
        tokio::spawn(async move {
            let facts = facts::resolve(place, agents, &body.ask, wanted).await;
            // Only a gate that is ending has closed it, and then every slot is closed with it.
            let _ = inputs.send(Input::Core(heard(body.ask, facts))).await;
        });
    }

    /// Nobody waits for what becomes of it.
    pub(super) fn told(&mut self, report: Report, reply: Reply) {
        let _ = reply.send(payload::heard());
        let cwd = match &report {
            Report::Started { cwd, .. } => cwd.clone(),
            Report::Ran { ask, .. } => ask.cwd.clone(),
        };
        self.works_in(&cwd);
        self.handle(Event::Told(report));
    }

    /// Whether whoever asked is still there. One that went away rings no phone.
    pub(super) fn is_awaited(&mut self, id: AskId) -> bool {
        let awaited = self
            .slots
            .get(&id)
            .is_some_and(|slot| !slot.reply.is_closed());
        if !awaited {
            self.slots.remove(&id);
        }
        awaited
    }

    pub(super) fn requested(&mut self, id: AskId, body: DeedBody, reply: Reply) {
        let mut passcode = None;
        let deed = match body.deed {
            thumbturn_wire::Deed::TurnOn(span) => Deed::TurnOn(bound(span, now().boot)),
            thumbturn_wire::Deed::TurnOff { passcode: None } => Deed::TurnOff(Factor::Push),
            thumbturn_wire::Deed::TurnOff {
                passcode: Some(code),
            } => {
                passcode = Some(code);
                Deed::TurnOff(Factor::Passcode)
            }
            thumbturn_wire::Deed::Pause(millis) => Deed::Pause(now().boot.saturating_add(millis)),
            thumbturn_wire::Deed::Hold(millis) => {
                Deed::Hold(millis.map(|millis| now().boot.saturating_add(millis)))
            }
            thumbturn_wire::Deed::Deny(code) => Deed::Deny(Code(code)),
            thumbturn_wire::Deed::EndGrant(code) => Deed::EndGrant(Code(code)),
            thumbturn_wire::Deed::EndGrants => Deed::EndGrants,
            thumbturn_wire::Deed::Lock => Deed::Lock,
            thumbturn_wire::Deed::SignIn { user } => Deed::SignIn { user },
            thumbturn_wire::Deed::CancelSignIn => Deed::CancelSignIn,
            thumbturn_wire::Deed::SignOut { all } => Deed::SignOut { all },
            thumbturn_wire::Deed::Open => {
                self.chosen(Choice::OpenWindow);
                // Whoever asked may be gone; the window opens all the same.
                let _ = reply.send(payload::done("The window opens."));
                return;
            }
            thumbturn_wire::Deed::Quit => {
                let words = match self.core.mode() {
                    Mode::Off => {
                        self.chosen(Choice::Quit);
                        payload::done("The gate ends.")
                    }
                    Mode::On(_) | Mode::Paused { .. } | Mode::Locked => {
                        payload::refused("Duo mode is not off, so the gate goes on.")
                    }
                };
                // Whoever asked may be gone.
                let _ = reply.send(words);
                return;
            }
            thumbturn_wire::Deed::Reload => {
                self.rooms.keys.load(self.rooms.inputs.clone(), Some(reply));
                return;
            }
        };
        self.slots.insert(id, Slot { reply, passcode });
        self.handle(Event::Requested {
            id,
            code: fresh_code(),
            deed,
            patience: body.patience_ms,
        });
    }
}

fn bound(span: Span, boot: u64) -> Bound {
    match span {
        Span::UntilReboot => Bound::UntilReboot,
        Span::For(millis) => Bound::Until(boot.saturating_add(millis)),
        Span::Project(dir) => Bound::Project(dir),
    }
}
