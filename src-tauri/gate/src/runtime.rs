//! The loop: one thing wakes it, the core decides, the effects are carried out in order. It decides nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use thumbturn_core::{
    AskId, Choice, Click, Core, Deed, Event, Factor, Facts, Record, Trouble, View,
};
use thumbturn_wire::{AskBody, Bound, DeedBody, Mode, Passcode, SigningKey, Span};
use tokio::sync::{mpsc, oneshot, watch};

use crate::audit::Log;
use crate::clock::now;
use crate::endpoint::Published;
use crate::facts;
use crate::keys::{Keys, Loaded};
use crate::payload::{self, fresh_code};
use crate::phone::Phone;
use crate::server::Ids;
use crate::tray::Tray;
use crate::window::Window;

mod effects;

/// Sends the payload of one answer to whoever asked.
pub(crate) type Reply = oneshot::Sender<String>;

/// Everything that wakes the loop.
pub(crate) enum Input {
    Ask {
        id: AskId,
        body: AskBody,
        reply: Reply,
    },
    Deed {
        id: AskId,
        body: DeedBody,
        reply: Reply,
    },
    Status {
        reply: Reply,
    },
    Core(Event),
    /// From the tray: the person at the desk.
    Choice(Choice),
    /// From the window: as strong as a web page.
    WindowClick(Click),
    Loaded {
        loaded: Loaded,
        reply: Option<Reply>,
    },
    EndpointTouched,
    Quit {
        why: &'static str,
    },
}

/// What one waiting question needs of the gate.
struct Slot {
    reply: Reply,
    passcode: Option<Passcode>,
}

/// The other rooms, as the loop speaks to them.
pub(crate) struct Rooms {
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) ids: Arc<Ids>,
    pub(crate) key: watch::Sender<Option<Arc<SigningKey>>>,
    pub(crate) view: watch::Sender<View>,
    pub(crate) tray: Tray,
    pub(crate) window: Window,
    pub(crate) keys: Keys,
}

pub(crate) struct Runtime {
    pub(crate) core: Core,
    pub(crate) log: Log,
    pub(crate) phone: Phone,
    pub(crate) published: Published,
    pub(crate) rooms: Rooms,
    slots: BTreeMap<AskId, Slot>,
    /// Whether tray and window may show what no longer holds.
    stale: bool,
}

/// How long a line may stay in the system's memory before it is put on the disk.
const SYNC_AFTER: Duration = Duration::from_millis(900);
/// How often a keychain that is locked or missing is asked again.
const RELOAD_AFTER: Duration = Duration::from_secs(30);

impl Runtime {
    pub(crate) fn new(
        core: Core,
        log: Log,
        phone: Phone,
        published: Published,
        rooms: Rooms,
    ) -> Self {
        Self {
            core,
            log,
            phone,
            published,
            rooms,
            slots: BTreeMap::new(),
            stale: true,
        }
    }

    pub(crate) async fn run(mut self, mut inputs: mpsc::Receiver<Input>) {
        let mut reload =
            tokio::time::interval_at(tokio::time::Instant::now() + RELOAD_AFTER, RELOAD_AFTER);
        reload.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut waiting_for_keychain = true;
        let mut sync_at = None;
        loop {
            if std::mem::take(&mut self.stale) {
                // Whoever was just answered goes first; the screens come after.
                tokio::task::yield_now().await;
                self.show();
            }
            if self.log.is_unsynced() {
                sync_at.get_or_insert(tokio::time::Instant::now() + SYNC_AFTER);
            } else {
                sync_at = None;
            }
            let wake = self
                .core
                .next_deadline()
                .map(|at| Duration::from_millis(at.saturating_sub(now().boot)));
            let input = tokio::select! {
                input = inputs.recv() => match input {
                    Some(input) => input,
                    None => return,
                },
                () = tokio::time::sleep(wake.unwrap_or_default()), if wake.is_some() => Input::Core(Event::Tick),
                () = tokio::time::sleep_until(sync_at.unwrap_or_else(tokio::time::Instant::now)), if sync_at.is_some() => {
                    self.sync();
                    continue;
                }
                _ = reload.tick(), if waiting_for_keychain => {
                    self.rooms.keys.load(self.rooms.inputs.clone(), None);
                    continue;
                }
            };
            if let Input::Loaded { loaded, .. } = &input {
                waiting_for_keychain = loaded.must_try_again();
            }
            if let Input::Quit { why } = input {
                self.note(&Record::GateStopped {
                    why: why.to_owned(),
                });
                self.sync();
                return;
            }
            self.take(input);
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Ask { id, body, reply } => self.asked(id, body, reply),
            Input::Deed { id, body, reply } => self.requested(id, body, reply),
            Input::Status { reply } => {
                // A status that nobody waits for any more is nobody's loss.
                let _ = reply.send(payload::status(self.core.view(now()), self.core.mode()));
            }
            Input::Core(Event::Asked { id, .. }) if !self.is_awaited(id) => {
                tracing::info!(id = id.0, "the asker went away before it was heard")
            }
            Input::Core(event) => self.handle(event),
            Input::Choice(choice) => self.chosen(choice),
            Input::WindowClick(click) => self.clicked_in_window(click),
            Input::Loaded { loaded, reply } => self.loaded(loaded, reply),
            Input::EndpointTouched => self.mend_endpoint(),
            Input::Quit { .. } => {}
        }
    }

    fn asked(&mut self, id: AskId, body: AskBody, reply: Reply) {
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
        let inputs = self.rooms.inputs.clone();
        tokio::spawn(async move {
            let facts = facts::resolve(&body.ask, &wanted).await;
            // Only a gate that is ending has closed it, and then every slot is closed with it.
            let _ = inputs.send(Input::Core(heard(body.ask, facts))).await;
        });
    }

    /// Whether whoever asked is still there. One that went away rings no phone.
    fn is_awaited(&mut self, id: AskId) -> bool {
        let awaited = self
            .slots
            .get(&id)
            .is_some_and(|slot| !slot.reply.is_closed());
        if !awaited {
            self.slots.remove(&id);
        }
        awaited
    }

    fn requested(&mut self, id: AskId, body: DeedBody, reply: Reply) {
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
            thumbturn_wire::Deed::Lock => Deed::Lock,
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

    fn chosen(&mut self, choice: Choice) {
        match choice {
            Choice::Click(click) => self.clicked(click),
            Choice::OpenWindow => self
                .rooms
                .window
                .open(self.rooms.view.subscribe(), self.rooms.inputs.clone()),
            Choice::Quit if *self.core.mode() == Mode::Off => {
                let quit = Input::Quit {
                    why: "quit from the tray",
                };
                let inputs = self.rooms.inputs.clone();
                tokio::spawn(async move { inputs.send(quit).await });
            }
            // On is left by turning it off first.
            Choice::Quit => {}
        }
    }

    fn clicked_in_window(&mut self, click: Click) {
        match click {
            Click::TurnOn(_)
            | Click::TurnOff
            | Click::Lock
            | Click::SignIn
            | Click::CancelSignIn
            | Click::Deny(_)
            | Click::RingAgain(_) => {
                self.clicked(click);
            }
            Click::SignOut | Click::RemakeKey => {
                tracing::warn!(?click, "refused: only the tray menu may do this")
            }
        }
    }

    fn clicked(&mut self, click: Click) {
        let id = self.rooms.ids.next();
        self.handle(Event::Click {
            id,
            code: fresh_code(),
            click,
        });
    }

    fn loaded(&mut self, loaded: Loaded, reply: Option<Reply>) {
        for (trouble, present) in loaded.troubles() {
            self.handle(Event::Trouble { trouble, present });
        }
        self.phone.duo = loaded.duo;
        if let Some(key) = loaded.key {
            self.rooms.key.send_replace(Some(Arc::new(key)));
        }
        if let Some(reply) = reply {
            // Whoever asked may be gone; the connection is read all the same.
            let _ = reply.send(payload::done("Read the connection again."));
        }
    }

    fn mend_endpoint(&mut self) {
        match self.published.mend() {
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

    pub(crate) fn begin(&mut self, mode: &Mode) {
        let started = Record::GateStarted {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            mode: mode.clone(),
        };
        for event in self.note(&started) {
            self.handle(event);
        }
    }

    /// Gives the core one event, and carries out what it says, and what comes of that.
    pub(crate) fn handle(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let mut armed = true;
            for effect in self.core.handle(event, now()) {
                let effect = if armed {
                    effect
                } else {
                    payload::unarmed(effect)
                };
                let caused = self.carry_out(effect);
                armed &= !caused.contains(&Event::NotArmed);
                events.extend(caused);
            }
        }
        self.stale = true;
    }

    /// Tells tray and window, if what they show changed.
    fn show(&mut self) {
        let now = now();
        self.rooms.tray.show(self.core.glance(now));
        let view = self.core.view(now);
        self.rooms.view.send_if_modified(|shown| {
            let changed = *shown != view;
            *shown = view;
            changed
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
