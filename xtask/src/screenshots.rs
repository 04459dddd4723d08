//! `cargo xtask screenshots`: every page and state as people see it, as pictures in one folder.

use std::path::Path;

use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{Tone, heading, line, seconds, text};
use crate::tools::{self, For};
use crate::{hook, page, places, process};

/// # Errors
/// Where anything does not build, or a state cannot be reached.
pub(crate) fn task(dir: Option<&Path>) -> Done {
    heading("Thumbturn: every page and state");
    tools::install(For::Test)?;
    page::take(&[page::FETCH, page::BUILD])?;
    hook::build()?;
    let dir = match dir {
        Some(dir) => std::path::absolute(dir).doing(format!("find {}", dir.display()))?,
        None => places::target().join("screenshots"),
    };
    let mut cargo = places::cargo();
    cargo
        .args([
            "run",
            "--quiet",
            "-p",
            "thumbturn-stories",
            "--features",
            "gui",
            "--bin",
            "thumbturn-screenshots",
            "--",
        ])
        .arg(&dir)
        .env("THUMBTURN_HOOK", places::hook())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    let ran = process::run("pictures", &mut cargo, &places::log("screenshots"))?;
    let pictures = pictures(&dir)?;
    if pictures.is_empty() {
        return Err(
            Stop::because("no picture was taken").hint(format!("see {}", ran.log.display()))
        );
    }
    for picture in &pictures {
        text(&picture.display().to_string());
    }
    line(
        Tone::Good,
        "done",
        &format!(
            "{} pictures in {} ({})",
            pictures.len(),
            dir.display(),
            seconds(ran.time)
        ),
    );
    Ok(())
}

fn pictures(dir: &Path) -> Done<Vec<std::path::PathBuf>> {
    let deed = format!("list {}", dir.display());
    let entries = std::fs::read_dir(dir).doing(&deed)?;
    let mut pictures: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "png"))
        .collect();
    pictures.sort();
    Ok(pictures)
}
