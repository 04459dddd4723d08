//! `cargo xtask local`: this checkout's programs for whoever built them, without root and without a package.
//!
//! They lie side by side, as in a package, because each finds the others beside itself. Drafts of all of them come first,
//! and then each takes its place by a rename: whatever runs keeps its own file, and a gate that runs finds a whole set.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::bundle::{self, Program};
use crate::page;
use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{Tone, heading, line, seconds};
use crate::tools::{self, For};

const WINDOW: Program = ("thumbturn-window", "thumbturn-window");

/// # Errors
/// Where something does not build, or cannot be put there.
pub(crate) fn task() -> Done {
    heading("Thumbturn: built here, for you alone");
    let dir = dir()?;
    tools::install(For::Local)?;
    let start = Instant::now();
    let built = build()?;
    line(Tone::Plain, "built", &seconds(start.elapsed()));
    let put = put(&built, &dir)?;
    for (program, is_new) in &put {
        let (tone, label) = match is_new {
            true => (Tone::Good, "put"),
            false => (Tone::Quiet, "same"),
        };
        line(tone, label, &program.display().to_string());
    }
    if put.iter().any(|(_, is_new)| *is_new) {
        let words = "a gate that runs goes on as the new one as soon as nobody waits for it";
        line(Tone::Quiet, "", words);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    match standing(&dir, std::env::split_paths(&path)) {
        Standing::First => line(
            Tone::Plain,
            "next",
            "`thumbturn doctor` says what is still to be done",
        ),
        Standing::Missing => line(
            Tone::Waiting,
            "next",
            "~/.local/bin is not on PATH: export PATH=\"$HOME/.local/bin:$PATH\"",
        ),
        Standing::Behind(other) => line(
            Tone::Waiting,
            "next",
            &format!(
                "{} comes before it on PATH: remove that one, or put ~/.local/bin first",
                other.display()
            ),
        ),
    }
    Ok(())
}

/// Builds the page and all four programs; where they lie, the gate last: it takes over from itself as soon as its own
/// file is another.
///
/// # Errors
/// Where any of it does not build.
pub(crate) fn build() -> Done<Vec<PathBuf>> {
    let [gate, cli] = bundle::BESIDE;
    page::renew()?;
    bundle::build(&[WINDOW, cli, gate])
}

/// `~/.local/bin`, where the XDG directories have a person's own programs.
fn dir() -> Done<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let home = home.filter(|home| home.is_absolute() && home.is_dir());
    home.map(|home| home.join(".local/bin"))
        .ok_or_else(|| Stop::because("HOME names no directory").hint("set HOME, and try again"))
}

/// Puts each program there, where another or none lies; which are new.
fn put(programs: &[PathBuf], dir: &Path) -> Done<Vec<(PathBuf, bool)>> {
    fs::create_dir_all(dir).doing(format!("make {}", dir.display()))?;
    let mut put = Vec::new();
    let mut drafts = Vec::new();
    for program in programs {
        let name = program.file_name().unwrap_or_default();
        let place = dir.join(name);
        let bytes = fs::read(program).doing(format!("read {}", program.display()))?;
        // A gate that found another file in its place would start anew for nothing.
        let is_new = !is_program(&place, &bytes);
        if is_new {
            let draft = dir.join(format!(".{}.new", name.to_string_lossy()));
            let written = fs::write(&draft, bytes)
                .and_then(|()| fs::set_permissions(&draft, Permissions::from_mode(0o755)));
            written.doing(format!("write {}", draft.display()))?;
            drafts.push((draft, place.clone()));
        }
        put.push((place, is_new));
    }
    for (draft, place) in drafts {
        fs::rename(&draft, &place).doing(format!("write {}", place.display()))?;
    }
    Ok(put)
}

fn is_program(place: &Path, bytes: &[u8]) -> bool {
    let mode = fs::symlink_metadata(place).map(|meta| (meta.is_file(), meta.permissions().mode()));
    // An agent starts no hook that others can write to.
    mode.is_ok_and(|(is_file, mode)| is_file && mode & 0o777 == 0o755)
        && fs::read(place).is_ok_and(|there| there == bytes)
}

/// What a shell makes of the name `thumbturn`.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    First,
    /// Another program of that name is found first.
    Behind(PathBuf),
    Missing,
}

fn standing(dir: &Path, path: impl Iterator<Item = PathBuf>) -> Standing {
    let whole = |dir: &Path| fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    let own = whole(dir);
    let mut other = None;
    for on_path in path {
        if whole(&on_path) == own {
            return other.map_or(Standing::First, Standing::Behind);
        }
        let program = on_path.join("thumbturn");
        if other.is_none() && program.is_file() {
            other = Some(program);
        }
    }
    Standing::Missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    /// A directory below the target directory, which goes away with the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let dir = crate::places::target().join("tmp").join(name);
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(dir.join("built")).unwrap();
            Self(dir)
        }

        fn builds(&self, text: &str) -> Vec<PathBuf> {
            let program = self.0.join("built/thumbturn");
            fs::write(&program, text).unwrap();
            vec![program]
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_new_program_takes_the_place_of_an_old_one_and_the_same_one_of_none() {
        let scratch = Scratch::new("local-put");
        let bin = scratch.0.join("home/.local/bin");
        let place = bin.join("thumbturn");
        for (text, is_new) in [("one", true), ("one", false), ("two", true)] {
            let before = fs::metadata(&place).map(|meta| meta.ino()).ok();
            let put = put(&scratch.builds(text), &bin).unwrap();
            assert_eq!(put, [(place.clone(), is_new)]);
            let after = fs::metadata(&place).unwrap();
            assert_eq!(before != Some(after.ino()), is_new);
            assert_eq!(after.permissions().mode() & 0o777, 0o755);
            assert_eq!(fs::read_to_string(&place).unwrap(), text);
        }
        fs::set_permissions(&place, Permissions::from_mode(0o777)).unwrap();
        let put = put(&scratch.builds("two"), &bin).unwrap();
        assert_eq!(put, [(place, true)]);
        assert_eq!(fs::read_dir(&bin).unwrap().count(), 1);
    }

    #[test]
    fn another_of_that_name_before_it_is_told() {
        let scratch = Scratch::new("local-path");
        let (bin, usr) = (scratch.0.join("bin"), scratch.0.join("usr"));
        for dir in [&bin, &usr] {
            fs::create_dir(dir).unwrap();
        }
        let on = |path: &[&PathBuf]| standing(&bin, path.iter().copied().cloned());
        assert_eq!(on(&[&usr]), Standing::Missing);
        assert_eq!(on(&[&usr, &bin]), Standing::First);
        fs::write(usr.join("thumbturn"), "").unwrap();
        assert_eq!(on(&[&bin, &usr]), Standing::First);
        assert_eq!(on(&[&usr, &bin]), Standing::Behind(usr.join("thumbturn")));
    }
}
