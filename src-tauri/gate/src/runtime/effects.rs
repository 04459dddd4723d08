//! What the core wants done, done. An answer is written down before it leaves.

use thumbturn_core::{
    AskId, Card, Click, Deed, Desk, Effect, Entry, Event, Factor, Notice, Outcome, PushId, Reason,
    Record, Subject, Trouble, Verdict,
};
use thumbturn_pipe::TestPush;
use thumbturn_wire::Mode;

use super::Runtime;
use crate::clock::now;
use crate::duo::Purpose;
use crate::notify::Urgency;
use crate::payload;

impl Runtime {
    /// What was taken away under the gate is put back.
    pub(super) fn mend_endpoint(&mut self) {
        match self.held.published.mend() {
            Ok(false) => {}
            Ok(true) => {
                tracing::warn!("the endpoint file was changed or deleted, and was put back");
                self.handle(Event::Trouble {
                    trouble: Trouble::EndpointTouched,
                    present: true,
                });
            }
            Err(error) => {
                tracing::error!(%error, "the endpoint file cannot be put back");
                self.handle(Event::Trouble {
                    trouble: Trouble::EndpointUnwritable,
                    present: true,
                });
            }
        }
    }

    pub(super) fn carry_out(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::Settle(entry) => return self.settle(*entry),
            Effect::Record(record) => {
                if let Record::SignedIn { .. } = record {
                    self.keep_proof();
                }
                return self.note(&record);
            }
            Effect::Push {
                push,
                ids,
                factor,
                card,
            } => self.ring(push, &ids, factor, card),
            Effect::StepUp {
                push, user, card, ..
            } => {
                let purpose = Purpose::of(&card);
                let provider = self.signing_in.provider();
                let inputs = self.rooms.inputs.clone();
                self.held
                    .phone
                    .step_up(push, user, purpose, provider, inputs);
            }
            Effect::Unpush { push } if self.held.phone.close_step_up(push) => {
                let outcome = Outcome::Unanswered;
                return vec![Event::Phone { push, outcome }];
            }
            // The trip goes on by itself until the push ended at Duo.
            Effect::Unpush { push } => {
                tracing::info!(push = push.0, "nobody waits for this push any more")
            }
            Effect::OpenSignIn { attempt, user } => self.open_sign_in(attempt, user),
            Effect::CloseSignIn { attempt } => self.close_sign_in(attempt),
            Effect::RenewSession => self.renew(),
            Effect::ForgetTokens => self.forget_tokens(),
            Effect::ForgetKeys => self.forget_keys(),
            Effect::Save(setting) => return self.save(&setting),
            Effect::Arm(mode) => return self.arm(&mode),
            Effect::RemakeKey => self.rooms.keys.remake(self.rooms.inputs.clone()),
            Effect::Notify(notice) => self.notify(notice),
        }
        Vec::new()
    }

    fn notify(&self, notice: Notice) {
        if !self.held.settings.notifications {
            return;
        }
        let urgency = if *self.core.mode() == Mode::Locked {
            Urgency::Critical
        } else {
            Urgency::Normal
        };
        self.rooms.notices.show(notice, urgency);
    }

    /// Writes first, then answers. A yes that cannot be written is a no.
    fn settle(&mut self, entry: Entry) -> Vec<Event> {
        let allows = entry.answer.verdict == Verdict::Allow;
        self.pages.logged();
        self.tell_test(&entry);
        self.tell_rules(&entry);
        let mut events = Vec::new();
        let entry =
            match self
                .held
                .log
                .append(now().wall, &Record::Answer(Box::new(entry.clone())), allows)
            {
                Ok(()) => {
                    events.extend(self.held.log.recovered().then_some(Event::Trouble {
                        trouble: Trouble::Audit,
                        present: false,
                    }));
                    entry
                }
                Err(error) => {
                    tracing::error!(%error, "the audit log cannot be written");
                    events.extend(self.undo(&entry));
                    events.push(Event::Trouble {
                        trouble: Trouble::Audit,
                        present: true,
                    });
                    payload::unwritten(entry)
                }
            };
        if let Some(slot) = self.slots.remove(&entry.id) {
            let id = entry.id.0;
            if slot.reply.send(payload::answer(entry)).is_err() {
                tracing::info!(id, "answered, but nobody was there to hear");
            }
        }
        events
    }

    /// The setup page tells how its test went.
    fn tell_test(&mut self, entry: &Entry) {
        if entry.subject != Subject::Deed(Deed::TestPush) {
            return;
        }
        let test = if let Reason::Approved(approval) = &entry.answer.reason {
            TestPush::Approved {
                device: approval.device.clone(),
            }
        } else {
            TestPush::Failed {
                words: entry.words(),
            }
        };
        self.pages.test(test);
    }

    /// What takes back a deed that was approved but cannot be recorded.
    fn undo(&self, entry: &Entry) -> Option<Event> {
        let turned_off = matches!(entry.subject, Subject::Deed(Deed::TurnOff(_)))
            && entry.answer.verdict == Verdict::Allow;
        turned_off.then(|| Event::Click {
            id: self.rooms.ids.next(),
            code: entry.code.clone(),
            click: Click::TurnOn(self.held.published.bound()),
            at: Desk::Tray,
        })
    }

    pub(super) fn note(&mut self, record: &Record) -> Vec<Event> {
        self.pages.logged();
        match self.held.log.append(now().wall, record, false) {
            Ok(()) => Vec::new(),
            Err(error) => {
                tracing::error!(%error, "the audit log cannot be written");
                vec![Event::Trouble {
                    trouble: Trouble::Audit,
                    present: true,
                }]
            }
        }
    }

    pub(super) fn sync(&mut self) {
        if let Err(error) = self.held.log.sync() {
            tracing::error!(%error, "the audit log does not reach the disk");
            self.handle(Event::Trouble {
                trouble: Trouble::Audit,
                present: true,
            });
        }
    }

    fn arm(&mut self, mode: &Mode) -> Vec<Event> {
        match self.held.published.arm(mode) {
            Ok(()) => vec![
                Event::Trouble {
                    trouble: Trouble::EndpointTouched,
                    present: false,
                },
                Event::Trouble {
                    trouble: Trouble::EndpointUnwritable,
                    present: false,
                },
            ],
            Err(error) => {
                tracing::error!(%error, "the endpoint file cannot be written");
                vec![Event::NotArmed]
            }
        }
    }

    fn ring(&mut self, push: PushId, ids: &[AskId], factor: Factor, card: Card) {
        let inputs = self.rooms.inputs.clone();
        let user = self.core.user();
        match factor {
            Factor::Push | Factor::VerifiedPush | Factor::UniversalPrompt => {
                self.held.phone.ring(push, factor, user, card, inputs);
            }
            Factor::Passcode => {
                let id = ids.first();
                let slot = id.and_then(|id| self.slots.get_mut(id));
                let passcode = slot.and_then(|slot| slot.passcode.take());
                self.held.phone.check(push, user, passcode, inputs);
            }
        }
    }
}
