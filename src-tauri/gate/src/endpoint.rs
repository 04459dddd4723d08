//! The gate's side of the endpoint file: written when the mode changes, watched while we live.

use std::path::PathBuf;

use notify::{RecursiveMode, Watcher as _};
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
            armed: mode != Mode::Off,
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
        self.endpoint.armed = *mode != Mode::Off;
        self.endpoint.mode = mode.clone();
        self.write()
    }

    /// The bound that stands in the file.
    pub(crate) fn bound(&self) -> Bound {
        match &self.endpoint.mode {
            Mode::On(bound) => bound.clone(),
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

    /// Calls `touched` whenever something happens to the file, until the watch is dropped.
    pub(crate) fn watch(&self, touched: impl Fn() + Send + 'static) -> notify::Result<Watch> {
        let name = self.file.file_name().map(ToOwned::to_owned);
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let ours = event.map_or(true, |event| {
                    !event.kind.is_access()
                        && (event.paths.is_empty()
                            || event
                                .paths
                                .iter()
                                .any(|path| path.file_name() == name.as_deref()))
                });
                if ours {
                    touched();
                }
            })?;
        if let Some(dir) = self.file.parent() {
            watcher.watch(dir, RecursiveMode::NonRecursive)?;
        }
        Ok(Watch { _watcher: watcher })
    }
}

/// Ends the watch when dropped.
pub(crate) struct Watch {
    _watcher: notify::RecommendedWatcher,
}
