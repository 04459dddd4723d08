//! The window's page, built by its own tools.

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
