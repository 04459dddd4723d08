//! What is on this machine: agents' programs and their versions, and the hook program itself.

use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use thumbturn_wire::{Agent, Paths};

use crate::disk::digest;
use crate::entries::Program;
use crate::fault::Fault;
use crate::homes::Homes;
use crate::versions::{Version, version_in};

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// An agent's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub program: PathBuf,
    /// `None` where it does not say.
    pub version: Option<Version>,
}

/// Where agents keep their settings for whoever runs this, and what they are to start: the
/// programs that lie beside this one. `variable` is what the environment says: agents go by it, and we
/// must find the files that they find. A trial's home has none.
///
/// # Errors
/// Where this program does not know where it lies.
pub fn here(
    paths: &Paths,
    variable: &dyn Fn(&str) -> Option<PathBuf>,
) -> std::io::Result<(Homes, Program)> {
    let me = std::env::current_exe()?.canonicalize()?;
    let is_trial = !paths.keychain().is_empty();
    let (homes, more) = if is_trial {
        let text = |path: &Path| path.display().to_string();
        let more = vec![
            "--endpoint".to_owned(),
            text(&paths.endpoint()),
            "--key".to_owned(),
            text(paths.pin()),
        ];
        (Homes::under(paths.home()), more)
    } else {
        let own = variable("HOME").filter(|home| home.is_absolute());
        let homes = Homes::under(own.as_deref().unwrap_or(paths.home())).moved(variable);
        (homes, Vec::new())
    };
    let program = Program {
        hook: me.with_file_name(crate::entries::NAME),
        cli: me.with_file_name("thumbturn"),
        required: false,
        more,
    };
    Ok((homes, program))
}

/// The agent's program on this search path, with what it says of its version.
pub fn found(agent: Agent, search_path: &std::ffi::OsStr) -> Option<Found> {
    let program = program(agent, search_path)?;
    let version = says(&program).and_then(|text| version_in(&text));
    Some(Found { program, version })
}

/// The agent's program, without starting it.
pub fn program(agent: Agent, search_path: &std::ffi::OsStr) -> Option<PathBuf> {
    std::env::split_paths(search_path)
        .map(|dir| dir.join(agent.word()))
        .find(|program| {
            std::fs::metadata(program)
                .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
        })
}

/// What it prints of its version; one that hangs is ended.
fn says(program: &Path) -> Option<String> {
    let mut child = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut out = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        // Nobody listens any more only where it took too long.
        let _ = tell.send(out.read_to_string(&mut text).map(|_| text));
    });
    let text = told.recv_timeout(PATIENCE);
    let _ = child.kill();
    let _ = child.wait();
    text.ok()?.ok()
}

/// The digest of the hook program that was packed with this one. `None` where nothing was packed: then
/// the one that `install` found counts.
pub fn packaged_hook() -> Option<&'static str> {
    option_env!("THUMBTURN_HOOK_SHA256")
}

/// What is wrong with the program that an entry starts. `expected` is the digest of the one that
/// was installed, where that is known.
pub fn hook_fault(hook: &Path, expected: Option<&str>) -> Option<Fault> {
    let missing = || Fault::HookMissing {
        hook: hook.to_owned(),
    };
    let Ok(meta) = std::fs::metadata(hook) else {
        return Some(missing());
    };
    if !meta.is_file() {
        return Some(missing());
    }
    if meta.permissions().mode() & 0o111 == 0 {
        return Some(Fault::HookNotExecutable {
            hook: hook.to_owned(),
        });
    }
    let root_or = |uid: u32| uid == 0 || uid == rustix::process::getuid().as_raw();
    if meta.permissions().mode() & 0o022 != 0 || !root_or(meta.uid()) {
        return Some(Fault::HookOpen {
            hook: hook.to_owned(),
        });
    }
    let expected = expected?;
    let found = std::fs::read(hook).ok().map(|bytes| digest(&bytes));
    (found.as_deref() != Some(expected)).then(|| Fault::HookForeign {
        hook: hook.to_owned(),
    })
}
