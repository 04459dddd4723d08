//! The project that a directory belongs to, and the branch it is on, as git keeps them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags};

use crate::walk::Steps;

/// Git's own one-line files are shorter.
const LONGEST: u64 = 4096;

/// The nearest directory at or above `dir`, which is resolved, that holds `.git`.
pub(crate) fn of(dir: &Path, steps: &Steps) -> Option<String> {
    dir.ancestors()
        .take_while(|_| !steps.are_over())
        .find(|dir| dir.join(".git").symlink_metadata().is_ok())?
        .to_str()
        .map(str::to_owned)
}

/// The branch that is checked out there. `None` for none, or where git keeps it in another way.
pub(crate) fn branch(project: &Path) -> Option<String> {
    let head = line(&git_dir(project)?.join("HEAD"))?;
    head.strip_prefix("ref: refs/heads/").map(str::to_owned)
}

/// In a worktree or a submodule `.git` is a file that says where.
fn git_dir(project: &Path) -> Option<PathBuf> {
    let git = project.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let place = line(&git)?;
    Some(project.join(place.strip_prefix("gitdir: ")?))
}

/// The first line of a plain file. Anything else may never answer.
fn line(file: &Path) -> Option<String> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let fd = rustix::fs::open(file, flags, Mode::empty()).ok()?;
    let stat = rustix::fs::fstat(&fd).ok()?;
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        return None;
    }
    let mut text = String::new();
    std::fs::File::from(fd)
        .take(LONGEST)
        .read_to_string(&mut text)
        .ok()?;
    text.lines().next().map(|line| line.trim_end().to_owned())
}
