//! Composition: makes every room and introduces it to the loop.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use thumbturn_core::{Choice, Core, Event, Setup, Trouble};
use thumbturn_facts::Place;
use thumbturn_pipe::{Page, Shown};
use thumbturn_wire::{Bound, Deed, Endpoint, Mode, Paths, Token, boot_id, private_dir};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::agents::{self, Agents};
use crate::audit::Log;
use crate::clock::now;
use crate::endpoint::{self, Published};
use crate::keychain::Keychain;
use crate::keys::Keys;
use crate::lock::Lock;
use crate::notify::Notices;
use crate::phone::Phone;
use crate::runtime::{Held, Input, Rooms, Runtime};
use crate::server::{Door, Ids, Serving, listen};
use crate::settings::Settings;
use crate::tray::Tray;
use crate::window::Window;
use crate::{autostart, running, update};

/// How this gate is started.
pub struct Options {
    /// A home for a trial, instead of the user's own.
    pub home: Option<PathBuf>,
    /// Whether the window opens at once: for whoever starts it by hand.
    pub window: bool,
    /// Which of the sockets that were handed over is the gate's: after an update.
    pub inherit: Option<usize>,
}

impl Options {
    /// # Errors
    /// Where the system does not know this user's home.
    pub fn paths(&self) -> anyhow::Result<Paths> {
        self.home
            .as_deref()
            .map_or_else(|| Ok(Paths::of_user()?), |home| Ok(Paths::under(home)))
    }
}

/// How a start ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Quit,
    /// Another gate of this user runs. It was asked to open its window, and heard it or did not.
    RunsAlready {
        opened: bool,
    },
}

/// Runs the gate until it is told to quit.
///
/// # Errors
/// Where it cannot be the gate at all: no home, no private directory, no port.
pub async fn run(options: &Options) -> anyhow::Result<Ended> {
    let paths = options.paths()?;
    for dir in [paths.run(), paths.config(), paths.state()] {
        private_dir(dir).with_context(|| format!("{} cannot be used", dir.display()))?;
    }
    let Some(_lock) = Lock::take(paths.run()).context("the gate's lock cannot be taken")? else {
        let opened = open_window_of_the_other(&paths);
        return Ok(Ended::RunsAlready { opened });
    };
    let (inputs, loop_end) = mpsc::channel(256);
    let settings = Settings::load(&paths.settings());
    let (settings, broken) = match settings {
        Ok(settings) => (settings, None),
        Err(error) => (Settings::default(), Some(error.to_string())),
    };
    let boot = boot_id().context("the system does not tell which boot this is")?;
    let (mode, touched) = remembered(&paths, &boot);
    let inherited = options.inherit.map(update::inherited).transpose();
    let listener = match inherited.context("the socket of the gate before cannot be used")? {
        Some(listener) => listener,
        None => listen().context("no port on 127.0.0.1 could be opened")?,
    };
    let port = listener.local_addr()?.port();
    let token = match known_token(&paths, &boot, port).filter(|_| options.inherit.is_some()) {
        Some(token) => token,
        None => Token::fresh()?,
    };
    let program = update::Program::of_this();

    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    let core = Core::new(
        Setup {
            mode: mode.clone(),
            session_lifetime: settings.session_lifetime(),
            patience: settings.patience(),
            off_needs_push: settings.require_push_to_turn_off,
            gather_ms: GATHER,
            host: host.clone(),
        },
        now(),
    );
    let shown = watch::Sender::new(Shown {
        view: core.view(now()),
        page: Page::Now,
        language: settings.language().to_owned(),
    });
    let key = watch::Sender::new(None);
    let ids = Arc::new(Ids::default());
    let door = Door {
        inputs: inputs.clone(),
        ids: Arc::clone(&ids),
        key: key.subscribe(),
        token: token.clone(),
        port,
    };
    let serving = Serving::start(listener, door).context("the port cannot be listened on")?;

    let keys = Keys {
        keychain: Arc::new(Keychain::start(paths.keychain())),
        paths: paths.clone(),
        proxy: settings.proxy.clone(),
        words: Arc::default(),
        turn: Arc::default(),
    };
    keys.load(inputs.clone(), None);
    let published = Published::new(&paths, boot, port, token, mode.clone());
    let touch = inputs.clone();
    let watching = published
        .write()
        .map_err(anyhow::Error::from)
        .and_then(|()| {
            Ok(published.watch(move || {
                // A full line already holds what will look at the file.
                let _ = touch.try_send(Input::EndpointTouched);
            })?)
        });

    let touch = inputs.clone();
    let read = move || {
        // A full line already holds what will read the file.
        let _ = touch.try_send(Input::RulesTouched);
    };
    let whole = inotify::WatchMask::CLOSE_WRITE;
    let watching_rules = endpoint::watch(&paths.rules(), "rules", whole, read);
    if let Err(error) = watching_rules {
        tracing::warn!(%error, "a change of the rules is seen at the next start");
    }

    let agents = Arc::new(Agents::new(&paths).context("this program does not know where it lies")?);
    let touch = inputs.clone();
    let watching_agents = agents::watch(Arc::clone(&agents), move || {
        // A full line already holds what will look at them.
        let _ = touch.try_send(Input::AgentsTouched);
    });
    let watching_agents = watching_agents
        .inspect_err(
            |error| tracing::warn!(%error, "agents' settings are looked at only at the start"),
        )
        .ok();

    let rooms = Rooms {
        inputs: inputs.clone(),
        agents,
        watching: watching_agents,
        serving,
        program: program
            .inspect_err(|error| tracing::warn!(%error, "an update is seen at the next start"))
            .ok(),
        ids,
        key,
        shown,
        tray: Tray::start(inputs.clone()),
        window: Window::default(),
        keys,
        notices: Notices::default(),
        place: Arc::new(Place::new(&paths, std::env::current_exe().ok().as_deref())),
    };
    let phone = Phone {
        duo: None,
        device: settings.device.clone(),
        host,
        step_up: None,
    };
    if settings.start_at_login
        && let Err(error) = autostart::keep(&paths)
    {
        tracing::warn!(%error, "Thumbturn will not start at login");
    }
    let held = Held {
        log: Log::at(paths.audit()),
        phone,
        published,
        settings,
    };
    let mut runtime = Runtime::new(core, held, rooms);
    runtime.load_rules();
    runtime.begin(&mode);
    runtime.check_agents();
    for (trouble, present) in [
        (
            Trouble::Settings(broken.clone().unwrap_or_default()),
            broken.is_some(),
        ),
        (Trouble::EndpointTouched, touched),
        (Trouble::EndpointUnwritable, watching.is_err()),
    ] {
        if present {
            runtime.handle(Event::Trouble { trouble, present });
        }
    }
    if options.window {
        // The line is new, and has room.
        let _ = inputs.try_send(Input::Choice(Choice::OpenWindow));
    }
    tokio::spawn(quit_on_signal(inputs));
    let Some((program, listener)) = runtime.run(loop_end).await else {
        return Ok(Ended::Quit);
    };
    let error = update::become_new(&program, options.home.as_deref(), &listener);
    Err(error).context("the new program could not be started")
}

/// The token that hooks know already.
fn known_token(paths: &Paths, boot: &thumbturn_wire::Boot, port: u16) -> Option<Token> {
    let endpoint = Endpoint::read(&paths.endpoint()).ok().flatten()?;
    (endpoint.boot == *boot && endpoint.port == port).then_some(endpoint.token)
}

/// A gate that has only just started may not answer yet.
fn open_window_of_the_other(paths: &Paths) -> bool {
    let deadline = Instant::now() + START;
    while !running::tell(paths, Deed::Open) {
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(STEP);
    }
    true
}

/// How long another gate may take until it answers.
/// How long an ask waits for those that its agent sends beside it, in milliseconds.
const GATHER: u64 = 100;
const START: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(100);

/// The mode that this boot was left in, and whether its file had to be doubted.
/// A file left where the gate no longer writes is taken away: its port is dead.
fn remembered(paths: &Paths, boot: &thumbturn_wire::Boot) -> (Mode, bool) {
    let mut mode = Mode::Off;
    let mut touched = false;
    for file in paths.endpoints() {
        match Endpoint::read(&file) {
            Ok(Some(endpoint)) if endpoint.boot == *boot && is_kept(&endpoint.mode) => {
                mode = endpoint.mode
            }
            Ok(Some(_) | None) => {}
            // Whoever broke the file does not get the gate opened by it.
            Err(error) => {
                tracing::warn!(%error, "coming up On");
                (mode, touched) = (Mode::On(Bound::UntilReboot), true);
            }
        }
        if file != paths.endpoint() {
            // Where it cannot be removed, hooks go on asking a dead port, and deny.
            let _ = std::fs::remove_file(&file);
        }
    }
    (mode, touched)
}

/// Whether a restart within the same boot goes on with it.
fn is_kept(mode: &Mode) -> bool {
    *mode != Mode::Off
}

async fn quit_on_signal(inputs: mpsc::Sender<Input>) {
    let (Ok(mut term), Ok(mut int)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return;
    };
    let why = tokio::select! {
        _ = term.recv() => "SIGTERM",
        _ = int.recv() => "SIGINT",
    };
    // Only a gate that is ending has closed it.
    let _ = inputs.send(Input::Quit { why }).await;
}
