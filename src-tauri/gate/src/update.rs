//! Update day: a gate whose program was replaced goes on as the new one, with its mode, its port and
//! its open socket, so that no hook finds nobody there.

use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::io::{FdFlags, fcntl_setfd};
use std::net::TcpListener;

/// The first descriptor that a socket is handed over as, by the convention of systemd.
const FIRST: i32 = 3;

/// The program that runs, as it was when it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    path: PathBuf,
    file: (u64, u64),
}

impl Program {
    /// # Errors
    /// Where this program does not know where it lies.
    pub(crate) fn of_this() -> io::Result<Self> {
        let path = std::env::current_exe()?;
        let meta = std::fs::metadata(&path)?;
        Ok(Self {
            path,
            file: (meta.dev(), meta.ino()),
        })
    }

    /// Whether another program lies in its place, whole: package managers put it there by a rename.
    pub(crate) fn is_replaced(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|meta| {
            meta.is_file()
                && meta.permissions().mode() & 0o111 != 0
                && (meta.dev(), meta.ino()) != self.file
        })
    }
}

/// Turns this process into what lies in its program's place now. It returns only where that fails.
pub(crate) fn become_new(
    program: &Program,
    home: Option<&Path>,
    listener: &TcpListener,
) -> io::Error {
    if let Err(errno) = fcntl_setfd(listener, FdFlags::empty()) {
        return errno.into();
    }
    let fd = listener.as_raw_fd();
    let mut command = Command::new(&program.path);
    if let Some(home) = home {
        command.arg("--home").arg(home);
    }
    command
        .arg("--inherit")
        .arg((fd - FIRST).to_string())
        .env("LISTEN_PID", std::process::id().to_string())
        .env("LISTEN_FDS", (fd - FIRST + 1).to_string())
        .exec()
}

/// The socket that the gate before us left open for us.
///
/// # Errors
/// Where it is none.
pub(crate) fn inherited(index: usize) -> io::Result<TcpListener> {
    listenfd::ListenFd::from_env()
        .take_tcp_listener(index)?
        .ok_or_else(|| io::Error::other("no socket was handed over"))
}
