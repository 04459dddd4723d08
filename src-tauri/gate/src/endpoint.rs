//! The gate's side of the endpoint file: written when the mode changes, watched while we live.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use inotify::{EventMask, Inotify, WatchMask};
use thumbturn_wire::{Boot, Bound, Endpoint, EndpointError, Mode, Paths, Token, VERSION};

pub(crate) struct Published {
    endpoint: Endpoint,
    file: PathBuf,
}

impl Published {
    pub(crate) fn new(paths: &Paths, boot: Boot, port: u16, token: Token, mode: Mode) -> Self {
        let endpoint = Endpoint {
            v: VERSION,
            boot,
            port,
            token,
            armed: is_armed(&mode),
            mode,
        };
        Self {
            endpoint,
            file: paths.endpoint(),
        }
    }

    pub(crate) fn write(&self) -> Result<(), EndpointError> {
        self.endpoint.write(&self.file)
    }

    pub(crate) fn arm(&mut self, mode: &Mode) -> Result<(), EndpointError> {
        self.endpoint.armed = is_armed(mode);
        self.endpoint.mode = mode.clone();
        self.write()
    }

    /// The bound that stands in the file.
    pub(crate) fn bound(&self) -> Bound {
        match &self.endpoint.mode {
            Mode::On(bound) | Mode::Paused { bound, .. } => bound.clone(),
            Mode::Off | Mode::Locked => Bound::UntilReboot,
        }
    }

    /// Puts the file back if it is not what we wrote. Whether it had to.
    pub(crate) fn mend(&self) -> Result<bool, EndpointError> {
        match Endpoint::read(&self.file) {
            Ok(Some(found)) if found == self.endpoint => Ok(false),
            Ok(_) | Err(_) => self.write().map(|()| true),
        }
    }

    /// As [`watch`], for the endpoint file.
    pub(crate) fn watch(&self, touched: impl Fn() + Send + 'static) -> io::Result<()> {
        watch(&self.file, "endpoint", WatchMask::MODIFY, touched)
    }
}

/// Calls `touched` whenever something is done to the file, as long as this process lives. What of
/// writing counts is `written`: [`WatchMask::MODIFY`] for every piece, [`WatchMask::CLOSE_WRITE`] for
/// the whole. Hooks read theirs all the time, and reading wakes nobody.
pub(crate) fn watch(
    file: &Path,
    thread: &str,
    written: WatchMask,
    touched: impl Fn() + Send + 'static,
) -> io::Result<()> {
    let name = file.file_name().map(ToOwned::to_owned);
    let dir = file.parent().unwrap_or(file).to_owned();
    let mut inotify = Inotify::init()?;
    inotify.watches().add(&dir, changes() | written)?;
    std::thread::Builder::new()
        .name(thread.into())
        .spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(events) = inotify.read_events_blocking(&mut buffer) {
                let (mut ours, mut lost) = (false, false);
                for event in events {
                    ours |= event.name == name.as_deref();
                    lost |= event.mask.intersects(gone());
                }
                if ours || lost {
                    touched();
                }
                // Putting the file back makes the directory anew.
                while lost && inotify.watches().add(&dir, changes() | written).is_err() {
                    std::thread::sleep(AGAIN);
                    touched();
                }
            }
        })?;
    Ok(())
}

/// How often a directory that was taken away is looked for.
const AGAIN: Duration = Duration::from_secs(1);

fn changes() -> WatchMask {
    WatchMask::ATTRIB
        | WatchMask::CREATE
        | WatchMask::DELETE
        | WatchMask::DELETE_SELF
        | WatchMask::MOVE
        | WatchMask::MOVE_SELF
}

fn gone() -> EventMask {
    EventMask::DELETE_SELF | EventMask::IGNORED | EventMask::MOVE_SELF | EventMask::Q_OVERFLOW
}

/// A pause is not: hooks see for themselves when it is over.
fn is_armed(mode: &Mode) -> bool {
    match mode {
        Mode::Off | Mode::Paused { .. } => false,
        Mode::On(_) | Mode::Locked => true,
    }
}
