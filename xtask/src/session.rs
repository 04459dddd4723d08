//! A home and a desktop session of its own: nothing of the person's is read or written.

use std::cell::Cell;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::process::{self, Running};
use crate::stop::{Doing as _, Done, Stop};

/// One home, one D-Bus session, one unlocked keychain.
pub(crate) struct Session {
    // Dropped in this order: whoever uses the bus is gone before it.
    bus: Running,
    address: String,
    home: Home,
}

/// A directory that goes away with us, unless it is needed to understand a failure.
struct Home {
    path: PathBuf,
    keep: Cell<bool>,
}

impl Drop for Home {
    fn drop(&mut self) {
        if !self.keep.get() {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl Session {
    /// # Errors
    /// Where the bus or the keychain does not come up.
    pub(crate) fn open() -> Done<Self> {
        static OPENED: AtomicUsize = AtomicUsize::new(1);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let name = format!("thumbturn-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        private_dir(&path)?;
        let home = Home {
            path,
            keep: Cell::new(false),
        };
        private_dir(&home.path.join("run"))?;
        let mut bus = Running::start(
            "dbus-daemon",
            at_home(&mut Command::new("dbus-daemon"), &home.path)
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
                .arg(format!(
                    "--address=unix:dir={}",
                    home.path.join("run").display()
                ))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(log(&home.path, "bus")?),
        )?;
        let address = process::first_line(&mut bus, Duration::from_secs(10))?;
        let session = Self { bus, address, home };
        session.unlock()?;
        Ok(session)
    }

    /// Makes a keychain with an empty password and opens it. Its daemon ends with the bus.
    fn unlock(&self) -> Done {
        const DEED: &str = "open a private keychain";
        let mut daemon = self
            .inside("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log(self.home(), "keyring")?)
            .spawn()
            .doing(DEED)?;
        if let Some(mut password) = daemon.stdin.take() {
            password.write_all(b"\n").doing(DEED)?;
        }
        let status = daemon.wait().doing(DEED)?;
        if status.success() {
            Ok(())
        } else {
            Err(Stop::because(format!("could not {DEED}: {status}"))
                .hint(format!("see {}", self.home().join("keyring.log").display())))
        }
    }

    pub(crate) fn home(&self) -> &Path {
        &self.home.path
    }

    /// Leaves the home where it is after we are gone.
    pub(crate) fn keep_home(&self) {
        self.home.keep.set(true);
    }

    /// A program of the desktop's, with nothing of the person's in reach.
    pub(crate) fn inside(&self, program: &str) -> Command {
        let mut command = self.on_bus(program);
        at_home(&mut command, self.home());
        command
    }

    /// A program that only has its session bus here.
    pub(crate) fn on_bus(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    /// Where a program of this session writes what it has to say.
    pub(crate) fn log(&self, name: &str) -> Done<std::fs::File> {
        log(self.home(), name)
    }

    /// # Errors
    /// When the bus has gone away.
    pub(crate) fn still_there(&mut self) -> Done {
        self.bus.still_there()
    }
}

fn at_home<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    command
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home.join("run"))
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .env("XDG_DATA_HOME", home.join(".local/share"))
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("XDG_STATE_HOME", home.join(".local/state"))
        // A keychain with a display would ask the person; without one it says so at once.
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
}

fn private_dir(path: &Path) -> Done {
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(path)
        .doing(format!("make {}", path.display()))
}

fn log(home: &Path, name: &str) -> Done<std::fs::File> {
    let file = home.join(format!("{name}.log"));
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .doing(format!("write {}", file.display()))
}
