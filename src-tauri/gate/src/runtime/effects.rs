//! What the core wants done, done. An answer is written down before it leaves.

use thumbturn_core::{
    AskId, Card, Click, Deed, Effect, Entry, Event, Factor, PushId, Record, Subject, Trouble,
    Verdict,
};
use thumbturn_wire::Mode;

use super::Runtime;
use crate::clock::now;
use crate::{notify, payload};

impl Runtime {
    pub(super) fn carry_out(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::Settle(entry) => return self.settle(*entry),
            Effect::Record(record) => return self.note(&record),
            Effect::Push {
                push,
                id,
                factor,
                card,
            } => self.ring(push, id, factor, card),
            // The trip goes on by itself until the push ended at Duo.
            Effect::Unpush { push } => {
                tracing::info!(push = push.0, "nobody waits for this push any more")
            }
            Effect::OpenSignIn { attempt } => {
                self.phone.sign_in(attempt, self.rooms.inputs.clone());
            }
            // The attempt ends by itself; the core no longer knows its name.
            Effect::CloseSignIn { attempt } => {
                tracing::info!(attempt = attempt.0, "sign-in closed")
            }
            // A session by push has none.
            Effect::ForgetTokens => {}
            Effect::Arm(mode) => return self.arm(&mode),
            Effect::RemakeKey => self.rooms.keys.remake(self.rooms.inputs.clone()),
            Effect::Notify(notice) => notify::show(notice),
        }
        Vec::new()
    }

    /// Writes first, then answers. A yes that cannot be written is a no.
    fn settle(&mut self, entry: Entry) -> Vec<Event> {
        let allows = entry.answer.verdict == Verdict::Allow;
        let mut events = Vec::new();
        let entry =
            match self
                .log
                .append(now().wall, &Record::Answer(Box::new(entry.clone())), allows)
            {
                Ok(()) => {
                    events.extend(self.log.recovered().then_some(Event::Trouble {
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

    /// What takes back a deed that was approved but cannot be recorded.
    fn undo(&self, entry: &Entry) -> Option<Event> {
        let turned_off = matches!(entry.subject, Subject::Deed(Deed::TurnOff(_)))
            && entry.answer.verdict == Verdict::Allow;
        turned_off.then(|| Event::Click {
            id: self.rooms.ids.next(),
            code: entry.code.clone(),
            click: Click::TurnOn(self.published.bound()),
        })
    }

    pub(super) fn note(&mut self, record: &Record) -> Vec<Event> {
        match self.log.append(now().wall, record, false) {
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
        if let Err(error) = self.log.sync() {
            tracing::error!(%error, "the audit log does not reach the disk");
            self.handle(Event::Trouble {
                trouble: Trouble::Audit,
                present: true,
            });
        }
    }

    fn arm(&mut self, mode: &Mode) -> Vec<Event> {
        match self.published.arm(mode) {
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

    fn ring(&mut self, push: PushId, id: AskId, factor: Factor, card: Card) {
        let passcode = self
            .slots
            .get_mut(&id)
            .and_then(|slot| slot.passcode.take());
        let inputs = self.rooms.inputs.clone();
        match (factor, passcode) {
            (Factor::Push, _) => self.phone.ring(push, card, inputs),
            (Factor::Passcode, passcode) => self.phone.check(push, passcode, inputs),
        }
    }
}
