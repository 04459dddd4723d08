//! The house's rules that no compiler knows.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::places;
use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{Tone, below};

/// A source file should be read in one sitting.
const LINES: usize = 400;

/// What an agent starts before every call must stay small enough to be read.
const HOOK_CRATES: usize = 40;

const SOURCES: &[&str] = &["rs", "ts", "js", "mjs", "svelte", "css", "html", "py", "sh"];

/// Who must not bring in what, by the names of crates.
const LAYERS: &[(&str, &[&str], &str)] = &[
    (
        "duo-tenant",
        &["thumbturn-"],
        "a mistake shared with the client would cancel out",
    ),
    (
        "stand-in-model",
        &["thumbturn-"],
        "it stands on the far side of the agent",
    ),
    (
        "thumbturn-core",
        &["tokio", "zbus", "reqwest"],
        "the core decides and does nothing",
    ),
    (
        "thumbturn-agents",
        &["tokio", "zbus", "reqwest", "thumbturn-core"],
        "it knows agents' files, and decides nothing",
    ),
    (
        "thumbturn-facts",
        &["tokio", "zbus", "reqwest"],
        "the command line explains rules with it, and needs no gate for that",
    ),
    (
        "thumbturn-hook",
        &["tokio", "reqwest", "thumbturn-core"],
        "no policy in the hook",
    ),
];

/// # Errors
/// At the first broken rule.
pub(crate) fn check() -> Done<String> {
    let files = files()?;
    for (file, count) in long_files(&files) {
        below(
            Tone::Waiting,
            &format!("{file} has {count} lines, over {LINES}"),
        );
    }
    no_private_registry()?;
    no_path_of_this_machine(&files)?;
    for (package, foreign, why) in LAYERS {
        let tree = tree(package)?;
        let found = tree.iter().find(|name| {
            name.split(' ').next() != Some(package)
                && foreign.iter().any(|start| name.starts_with(start))
        });
        if let Some(found) = found {
            return Err(Stop::because(format!(
                "{package} depends on {found}: {why}"
            )));
        }
    }
    let crates = tree("thumbturn-hook")?.len();
    if crates >= HOOK_CRATES {
        return Err(Stop::because(format!(
            "the hook is made of {crates} crates; it must stay under {HOOK_CRATES}"
        )));
    }
    Ok(format!(
        "layers, lock files, paths; the hook is made of {crates} crates"
    ))
}

/// What is committed, or would be.
fn files() -> Done<Vec<PathBuf>> {
    let listed = places::tool("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .output()
        .doing("list the project's files")?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .collect())
}

fn text(file: &PathBuf) -> Option<String> {
    std::fs::read_to_string(places::root().join(file)).ok()
}

fn long_files(files: &[PathBuf]) -> Vec<(String, usize)> {
    let is_source = |file: &&PathBuf| {
        file.extension()
            .is_some_and(|end| SOURCES.iter().any(|source| end == *source))
    };
    files
        .iter()
        .filter(is_source)
        .filter_map(|file| Some((file.display().to_string(), text(file)?.lines().count())))
        .filter(|(_, count)| *count > LINES)
        .collect()
}

/// A lock file made behind a mirror names the mirror, and then nobody else can use it.
fn no_private_registry() -> Done {
    const PUBLIC: &str = "source = \"registry+https://github.com/rust-lang/";
    let lock = text(&PathBuf::from("Cargo.lock")).unwrap_or_default();
    if let Some(other) = lock
        .lines()
        .find(|line| line.starts_with("source = ") && !line.starts_with(PUBLIC))
    {
        return Err(Stop::because(format!(
            "Cargo.lock names a source of its own: {other}"
        )));
    }
    for lock in [
        "ui/package-lock.json",
        "tests/tenant/sdk/node/package-lock.json",
        "src-tauri/gate/tests/sso/provider/package-lock.json",
        "tests/agents/package-lock.json",
    ] {
        if text(&PathBuf::from(lock)).is_some_and(|text| text.contains("\"resolved\": \"http")) {
            return Err(
                Stop::because(format!("{lock} names the registry it was made with"))
                    .hint("npm install --omit-lockfile-registry-resolved"),
            );
        }
    }
    Ok(())
}

fn no_path_of_this_machine(files: &[PathBuf]) -> Done {
    let root = places::root();
    if root.components().count() < 3 {
        return Ok(());
    }
    let root = format!("{}/", root.display());
    let found = files
        .iter()
        .find(|file| text(file).is_some_and(|text| text.contains(&root)));
    match found {
        Some(file) => Err(Stop::because(format!(
            "{} names this checkout's own path",
            file.display()
        ))),
        None => Ok(()),
    }
}

/// Every crate in a package with its version, itself included.
fn tree(package: &str) -> Done<BTreeSet<String>> {
    let listed = places::cargo()
        .args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}", "--quiet"])
        .output()
        .doing(format!("list the crates of {package}"))?;
    if !listed.status.success() {
        let words = String::from_utf8_lossy(&listed.stderr).into_owned();
        return Err(Stop::because(format!(
            "could not list the crates of {package}: {words}"
        )));
    }
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(names
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .filter(|name| !name.is_empty())
        .collect())
}
