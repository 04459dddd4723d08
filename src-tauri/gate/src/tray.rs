//! The tray item: icon, title, tooltip and menu follow the core's glance.
//!
//! It lives on a thread of its own, because the desktop's bus can be slow or
//! gone and the gate must not wait for it. Without a bus or a tray host the gate
//! runs on; a host that comes later gets the item.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thumbturn_core::{Choice, Event, Glance, Item, Menu, State, Trouble};
use tokio::sync::mpsc;
use tray_icon::menu::{CheckMenuItem, IsMenuItem, MenuEvent, MenuId, MenuItem, PredefinedMenuItem};
use tray_icon::{Icon, TrayIcon, TrayIconBuilder};
use zbus::blocking::{Connection, fdo::DBusProxy};

use crate::runtime::Input;

const HOST: &str = "org.kde.StatusNotifierWatcher";
/// How often a missing session bus is looked for again.
const AGAIN: Duration = Duration::from_secs(60);

/// The loop's end of it.
pub(crate) struct Tray {
    glances: Sender<Glance>,
    shown: Option<Glance>,
}

impl Tray {
    pub(crate) fn start(inputs: mpsc::Sender<Input>) -> Self {
        let (glances, fresh) = channel();
        let watched = inputs.clone();
        let started = std::thread::Builder::new()
            .name("tray".into())
            .spawn(move || live(&fresh, &inputs));
        if let Err(error) = started.and_then(|_| {
            std::thread::Builder::new()
                .name("tray-host".into())
                .spawn(move || watch_host(&watched))
        }) {
            tracing::error!(%error, "no thread for the tray; the gate runs on without");
        }
        Self {
            glances,
            shown: None,
        }
    }

    /// Tells the desktop, if anything changed.
    pub(crate) fn show(&mut self, glance: Glance) {
        if self.shown.as_ref() != Some(&glance) {
            self.shown = Some(glance.clone());
            // Without its thread there is no tray, and that was told.
            let _ = self.glances.send(glance);
        }
    }
}

fn live(fresh: &Receiver<Glance>, inputs: &mpsc::Sender<Input>) {
    let Ok(mut glance) = fresh.recv() else { return };
    let mut item = None;
    let choices = Choices::default();
    choices.listen(inputs.clone());
    loop {
        match &mut item {
            Some(item) => dress(item, &glance, &choices),
            None => item = build(&glance, &choices),
        }
        glance = match &item {
            Some(_) => match fresh.recv() {
                Ok(glance) => glance,
                Err(_) => return,
            },
            None => match fresh.recv_timeout(AGAIN) {
                Ok(glance) => glance,
                Err(RecvTimeoutError::Timeout) => glance,
                Err(RecvTimeoutError::Disconnected) => return,
            },
        };
    }
}

fn build(glance: &Glance, choices: &Choices) -> Option<TrayIcon> {
    let menu = choices.menu(&glance.menu);
    TrayIconBuilder::new()
        .with_id("thumbturn")
        .with_title(&glance.title)
        .with_tooltip(&glance.tooltip)
        .with_menu(Box::new(menu))
        .with_icon(icon(glance.state)?)
        .build()
        .inspect_err(|error| tracing::info!(%error, "no tray; trying again"))
        .ok()
}

fn dress(item: &mut TrayIcon, glance: &Glance, choices: &Choices) {
    item.set_title(Some(&glance.title));
    let dressed = item
        .set_icon(icon(glance.state))
        .and_then(|()| item.set_tooltip(Some(&glance.tooltip)));
    if let Err(error) = dressed {
        tracing::warn!(%error, "the tray did not take its new look");
    }
    item.set_menu(Some(Box::new(choices.menu(&glance.menu))));
}

/// What each item of the menus that may still be on screen does. A click on an
/// item of a menu that was replaced meanwhile does what that item said.
#[derive(Clone, Default)]
struct Choices(Arc<Mutex<Drawn>>);

#[derive(Default)]
struct Drawn {
    generation: u64,
    previous: HashMap<MenuId, Choice>,
    current: HashMap<MenuId, Choice>,
}

impl Choices {
    /// Clicks go to the loop from now on. The library takes one handler for the life of a process.
    fn listen(&self, inputs: mpsc::Sender<Input>) {
        let choices = self.clone();
        MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
            if let Some(choice) = choices.of(&event.id) {
                // Only a gate that is ending has closed it.
                let _ = inputs.blocking_send(Input::Choice(choice));
            }
        }));
    }

    fn of(&self, id: &MenuId) -> Option<Choice> {
        let drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawn
            .current
            .get(id)
            .or_else(|| drawn.previous.get(id))
            .cloned()
    }

    fn menu(&self, menu: &Menu) -> tray_icon::menu::Menu {
        let mut drawn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drawn.generation += 1;
        drawn.previous = std::mem::take(&mut drawn.current);
        let shown = tray_icon::menu::Menu::new();
        for (n, item) in menu.0.iter().enumerate() {
            let id = MenuId::new(format!("{}.{n}", drawn.generation));
            if let Err(error) = shown.append(drawn.item(id, item).as_ref()) {
                tracing::warn!(%error, "a menu item could not be added");
            }
        }
        shown
    }
}

impl Drawn {
    fn item(&mut self, id: MenuId, item: &Item) -> Box<dyn IsMenuItem> {
        match item {
            Item::Line(text) => Box::new(MenuItem::with_id(id, escaped(text), false, None)),
            Item::Separator => Box::new(PredefinedMenuItem::separator()),
            Item::Toggle {
                text,
                on,
                enabled,
                choice,
            } => {
                self.current.insert(id.clone(), choice.clone());
                Box::new(CheckMenuItem::with_id(
                    id,
                    escaped(text),
                    *enabled,
                    *on,
                    None,
                ))
            }
            Item::Action {
                text,
                enabled,
                choice,
            } => {
                self.current.insert(id.clone(), choice.clone());
                Box::new(MenuItem::with_id(id, escaped(text), *enabled, None))
            }
        }
    }
}

/// A single ampersand would mark a shortcut.
fn escaped(text: &str) -> String {
    text.replace('&', "&&")
}

fn icon(state: State) -> Option<Icon> {
    let png: &[u8] = match state {
        State::NotSetUp => include_bytes!("../icons/not_set_up-mid-44.png"),
        State::Off => include_bytes!("../icons/off-mid-44.png"),
        State::On => include_bytes!("../icons/on-mid-44.png"),
        State::Waiting => include_bytes!("../icons/waiting-mid-44.png"),
        State::SignInNeeded => include_bytes!("../icons/sign_in_needed-mid-44.png"),
        State::Locked => include_bytes!("../icons/locked-mid-44.png"),
        State::Trouble => include_bytes!("../icons/trouble-mid-44.png"),
    };
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut rgba).ok()?;
    rgba.truncate(frame.buffer_size());
    Icon::from_rgba(rgba, frame.width, frame.height).ok()
}

/// Tells the core whether there is anybody to draw the tray, now and whenever it changes.
fn watch_host(inputs: &mpsc::Sender<Input>) {
    let tell = |present: bool| {
        let trouble = Event::Trouble {
            trouble: Trouble::NoTrayHost,
            present: !present,
        };
        // Only a gate that is ending has closed it.
        let _ = inputs.blocking_send(Input::Core(trouble));
    };
    loop {
        if let Err(error) = follow_host(&tell) {
            tracing::info!(%error, "no session bus");
            tell(false);
        }
        std::thread::sleep(AGAIN);
        if inputs.is_closed() {
            return;
        }
    }
}

fn follow_host(tell: &impl Fn(bool)) -> zbus::Result<()> {
    let bus = Connection::session()?;
    let proxy = DBusProxy::new(&bus)?;
    let changes = proxy.receive_name_owner_changed_with_args(&[(0, HOST)])?;
    tell(proxy.name_has_owner(HOST.try_into()?)?);
    for change in changes {
        tell(change.args()?.new_owner().is_some());
    }
    Ok(())
}
