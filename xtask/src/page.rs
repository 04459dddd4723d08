//! The window's page, built by its own tools.

use std::path::Path;
use std::time::SystemTime;

use crate::places;
use crate::process;
use crate::stop::Done;

/// Fetches what it is built with, exactly as locked.
pub(crate) const FETCH: Step = ("npm-ci", &["ci", "--no-audit", "--no-fund"]);
pub(crate) const CHECK: Step = ("npm-check", &["run", "check"]);
pub(crate) const BUILD: Step = ("npm-build", &["run", "build"]);

/// The name of its log, and what npm is told.
pub(crate) type Step = (&'static str, &'static [&'static str]);

/// # Errors
/// At the first step that fails.
pub(crate) fn take(steps: &[Step]) -> Done {
    for (name, words) in steps {
        let mut npm = places::tool("npm");
        npm.current_dir(places::root().join("ui")).args(*words);
        process::run("page", &mut npm, &places::log(name))?;
    }
    Ok(())
}

/// What the page is made from, in `ui`.
const SOURCES: [&str; 5] = [
    "index.html",
    "package-lock.json",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];

/// Builds it where its sources are newer than what lies there: the window takes every new one in.
///
/// # Errors
/// Where it does not build.
pub(crate) fn renew() -> Done {
    let ui = places::root().join("ui");
    let newest = SOURCES.iter().filter_map(|name| newest(&ui.join(name)));
    let built = newest_of(&ui.join("dist/index.html"));
    if built.is_some() && newest.max() < built {
        return Ok(());
    }
    take(&[FETCH, BUILD])
}

/// When something was changed there last.
fn newest(path: &Path) -> Option<SystemTime> {
    let inside = std::fs::read_dir(path).into_iter().flatten().flatten();
    let inside = inside.filter_map(|entry| newest(&entry.path()));
    inside.chain(newest_of(path)).max()
}

fn newest_of(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|meta| meta.modified())
        .ok()
}
