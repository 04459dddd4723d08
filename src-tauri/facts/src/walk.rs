//! Where a path leads, name by name, as the system would follow it.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::time::Instant;

/// As many links as Linux itself follows in one path.
const LINKS: usize = 40;

/// Names looked at for one ask.
const NAMES: usize = 8000;

/// What may still be looked at.
pub(crate) struct Steps {
    deadline: Option<Instant>,
    left: usize,
}

impl Steps {
    pub(crate) fn unbounded() -> Self {
        Self {
            deadline: None,
            left: NAMES,
        }
    }

    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            deadline: Some(deadline),
            left: NAMES,
        }
    }

    pub(crate) fn are_over(&self) -> bool {
        self.left == 0
            || self
                .deadline
                .is_some_and(|deadline| Instant::now() >= deadline)
    }

    fn take(&mut self) -> Option<()> {
        if self.are_over() {
            return None;
        }
        self.left = self.left.saturating_sub(1);
        Some(())
    }
}

/// The directory itself with every link resolved. `None` where it is not there.
pub(crate) fn existing(path: &Path, steps: &mut Steps) -> Option<String> {
    steps.take()?;
    std::fs::canonicalize(path)
        .ok()?
        .into_os_string()
        .into_string()
        .ok()
}

/// Where an absolute path leads: links resolved as far as it exists, the rest appended.
/// `None` where that cannot be known: no time, no right to look, or links that go round.
pub(crate) fn lead(path: &Path, steps: &mut Steps) -> Option<String> {
    let mut ahead: VecDeque<OsString> = names(path);
    let mut done = PathBuf::from("/");
    let mut links = 0;
    let mut exists = true;
    while let Some(name) = ahead.pop_front() {
        if name == ".." {
            done.pop();
            // What is above a missing name may be there.
            exists = true;
            continue;
        }
        done.push(&name);
        if !exists {
            continue;
        }
        steps.take()?;
        match done.symlink_metadata() {
            Ok(there) if there.is_symlink() => {
                links += 1;
                let target = std::fs::read_link(&done).ok().filter(|_| links <= LINKS)?;
                if target.is_absolute() {
                    done = PathBuf::from("/");
                } else {
                    done.pop();
                }
                for name in names(&target).into_iter().rev() {
                    ahead.push_front(name);
                }
            }
            Ok(_) => {}
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                exists = false
            }
            Err(_) => return None,
        }
    }
    done.into_os_string().into_string().ok()
}

fn names(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}
