//! The project that a directory belongs to, and the branch it is on, as git keeps them.

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags};
use thumbturn_core::ProjectRules;

use crate::walk::Steps;

/// The most of a project's rules.
const RULES: u64 = 64 << 10;
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

/// The rules that the project brings along. What cannot be read may have been strict.
pub(crate) fn rules(project: &Path) -> ProjectRules {
    let file = project.join(ProjectRules::FILE);
    match text(&file, RULES + 1) {
        Ok(text) if text.len() as u64 > RULES => {
            ProjectRules::Broken(format!("{} is longer than 64 KiB", file.display()))
        }
        Ok(text) => ProjectRules::parse(&text),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            ProjectRules::None
        }
        Err(error) => ProjectRules::Broken(format!("{}: {error}", file.display())),
    }
}

/// The first line of a plain file.
fn line(file: &Path) -> Option<String> {
    let text = text(file, LONGEST).ok()?;
    text.lines().next().map(|line| line.trim_end().to_owned())
}

/// So much of a plain file. Anything else may never answer.
fn text(file: &Path, most: u64) -> std::io::Result<String> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let fd = rustix::fs::open(file, flags, Mode::empty())?;
    let stat = rustix::fs::fstat(&fd)?;
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    let mut text = String::new();
    std::fs::File::from(fd)
        .take(most)
        .read_to_string(&mut text)?;
    Ok(text)
}
