//! Carries a plan out: each file whole or not at all, and all of them or none.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thumbturn_wire::{Paths, Unsafe, private_dir, read_private, write_private};

use crate::json;
use crate::plan::{Change, Plan, defaults};

/// The longest settings file that is edited.
const MOST: u64 = 16 << 20;

/// Settings and what was in them before, as they lie on this machine.
#[derive(Clone, Debug)]
pub struct Disk {
    /// What was there before we came.
    kept: PathBuf,
}

/// What a file held before it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub path: PathBuf,
    /// `None` where there was no file.
    pub before: Option<String>,
    /// Of what was written.
    after: String,
    /// Of the same without what is ours, where it is a list of hooks.
    #[serde(default)]
    others: Option<String>,
    /// Directories that were made for it, the deepest first.
    #[serde(default)]
    made: Vec<PathBuf>,
    /// Of the hook program that was installed.
    #[serde(default)]
    pub hook: Option<String>,
}

impl Kept {
    /// Whether this is what we wrote.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.after == digest(text.as_bytes())
    }
}

/// Why nothing was changed.
#[derive(Debug)]
pub enum DiskError {
    /// Somebody else changed the file meanwhile.
    Changed(PathBuf),
    Io(PathBuf, std::io::Error),
    Kept(PathBuf, Unsafe),
    Malformed(PathBuf),
}

impl std::fmt::Display for DiskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Changed(path) => write!(
                f,
                "{} was changed by something else just now; nothing was changed",
                path.display()
            ),
            Self::Io(path, error) => write!(f, "{}: {error}; nothing was changed", path.display()),
            Self::Kept(path, why) => {
                write!(f, "{} cannot be relied on: {why}", path.display())
            }
            Self::Malformed(path) => write!(
                f,
                "{} is not what Thumbturn writes; move it away, then try again",
                path.display()
            ),
        }
    }
}

impl std::error::Error for DiskError {}

/// One change that was carried out, and how to take it back.
struct Done {
    target: PathBuf,
    before: Option<String>,
}

impl Disk {
    pub fn of(paths: &Paths) -> Self {
        Self {
            kept: paths.state().join("agents.json"),
        }
    }

    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> std::io::Result<Option<String>> {
        let file = match std::fs::metadata(path) {
            Ok(meta) if !meta.is_file() => {
                return Err(std::io::Error::other("it is no plain file"));
            }
            Ok(meta) if meta.len() > MOST => return Err(std::io::Error::other("it is too long")),
            Ok(_) => std::fs::read(path),
            Err(error) => Err(error),
        };
        match file {
            Ok(bytes) => String::from_utf8(bytes)
                .map(Some)
                .map_err(|_| std::io::Error::other("it is not UTF-8")),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What our files held before us.
    ///
    /// # Errors
    /// Where that cannot be told.
    pub fn kept(&self) -> Result<Vec<Kept>, DiskError> {
        let text = read_private(&self.kept, MOST * 4)
            .map_err(|why| DiskError::Kept(self.kept.clone(), why))?;
        text.map_or_else(
            || Ok(Vec::new()),
            |text| serde_json::from_str(&text).map_err(|_| DiskError::Malformed(self.kept.clone())),
        )
    }

    /// Puts the gate in, and keeps what was there.
    ///
    /// # Errors
    /// Where that cannot be done whole; everything is as it was then.
    pub fn install(&self, plan: &Plan, hook: &Path) -> Result<(), DiskError> {
        let mut kept = self.kept()?;
        let hook = std::fs::read(hook).ok().map(|bytes| digest(&bytes));
        for change in &plan.changes {
            let earlier = kept.iter().position(|kept| kept.path == change.path);
            let earlier = earlier.map(|at| kept.remove(at));
            let (Some(after), before) = (&change.after, &change.before) else {
                continue;
            };
            let untouched = earlier.filter(|kept| {
                before.as_deref().is_some_and(|text| {
                    // What was broken in our own entry is no reason to forget what was there.
                    let others = others(plan, &change.path, text);
                    kept.is(text) || (others.is_some() && kept.others == others)
                })
            });
            let made = match &untouched {
                Some(kept) => kept.made.clone(),
                None => missing_dirs(&change.path),
            };
            kept.push(Kept {
                path: change.path.clone(),
                before: untouched.map_or_else(|| before.clone(), |kept| kept.before),
                after: digest(after.as_bytes()),
                others: others(plan, &change.path, after),
                made,
                hook: hook.clone(),
            });
        }
        // First: what is kept and never written does no harm.
        self.keep(&kept)?;
        carry_out(plan)
    }

    /// Takes the gate out, and forgets what was kept of it.
    ///
    /// # Errors
    /// Where that cannot be done whole; everything is as it was then.
    pub fn uninstall(&self, plan: &Plan) -> Result<(), DiskError> {
        let mut kept = self.kept()?;
        carry_out(plan)?;
        for change in &plan.changes {
            let Some(at) = kept.iter().position(|kept| kept.path == change.path) else {
                continue;
            };
            for dir in kept.remove(at).made {
                // One that holds something by now stays.
                if change.after.is_none() && std::fs::remove_dir(dir).is_err() {
                    break;
                }
            }
        }
        self.keep(&kept)
    }

    fn keep(&self, kept: &[Kept]) -> Result<(), DiskError> {
        if kept.is_empty() {
            return match std::fs::remove_file(&self.kept) {
                Err(error) if !is_absent(&error) => Err(DiskError::Io(self.kept.clone(), error)),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        if let Some(dir) = self.kept.parent() {
            private_dir(dir).map_err(|why| DiskError::Kept(dir.to_owned(), why))?;
        }
        let text =
            serde_json::to_string(kept).map_err(|_| DiskError::Malformed(self.kept.clone()))?;
        write_private(&self.kept, &text).map_err(|why| DiskError::Kept(self.kept.clone(), why))
    }
}

/// The digest of what is left of a list of hooks without ours.
fn others(plan: &Plan, path: &Path, text: &str) -> Option<String> {
    let left = json::remove(path, text, &defaults(plan.agent, plan.tier)).ok()?;
    Some(digest(left.unwrap_or_default().as_bytes()))
}

fn carry_out(plan: &Plan) -> Result<(), DiskError> {
    let mut done: Vec<Done> = Vec::new();
    for change in plan.real() {
        if let Err(error) = one(change, &mut done) {
            for done in done.into_iter().rev() {
                // Nothing is left to be done where even that fails; the first error says why.
                let _ = match done.before {
                    Some(before) => replace(&done.target, &before),
                    None => std::fs::remove_file(&done.target),
                };
            }
            return Err(error);
        }
    }
    Ok(())
}

fn one(change: &Change, done: &mut Vec<Done>) -> Result<(), DiskError> {
    let path = &change.path;
    let failed = |error| DiskError::Io(path.clone(), error);
    let now = Disk::read(path).map_err(failed)?;
    if now != change.before {
        return Err(DiskError::Changed(path.clone()));
    }
    // A link stays one, and what it leads to is changed.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    match &change.after {
        Some(after) => {
            if let Some(dir) = target.parent() {
                std::fs::create_dir_all(dir).map_err(failed)?;
            }
            replace(&target, after).map_err(failed)?;
        }
        None => std::fs::remove_file(path).map_err(failed)?,
    }
    done.push(Done {
        target,
        before: change.before.clone(),
    });
    Ok(())
}

/// Writes beside the file, and puts that in its place with its owner and mode.
fn replace(target: &Path, text: &str) -> std::io::Result<()> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.thumbturn-{}", std::process::id()));
    let old = std::fs::metadata(target).ok();
    let mode = old
        .as_ref()
        .map_or(0o644, |meta| meta.permissions().mode() & 0o7777);
    let written = (|| {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        if let Some(old) = &old {
            let new = file.metadata()?;
            if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
                std::os::unix::fs::fchown(&file, Some(old.uid()), Some(old.gid()))?;
            }
        }
        file.sync_all()?;
        std::fs::rename(&beside, target)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Directories above the file that are not there, the deepest first.
fn missing_dirs(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1);
    above
        .take_while(|dir| !dir.exists())
        .map(Path::to_path_buf)
        .collect()
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
