//! Where the programs under test are. They are built first, so that no story runs against yesterday's.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, bail};

#[derive(Clone, Debug)]
pub struct Programs {
    pub hook: PathBuf,
    pub tray: PathBuf,
    pub cli: PathBuf,
}

/// Builds gate and CLI, and takes the hook that `cargo xtask hook` built.
///
/// # Errors
/// Where one of them does not build.
pub fn programs() -> anyhow::Result<&'static Programs> {
    static BUILT: OnceLock<Result<Programs, String>> = OnceLock::new();
    BUILT
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{error}"))
}

fn build() -> anyhow::Result<Programs> {
    let root = root()?;
    cargo(
        root,
        &[
            "build",
            "--quiet",
            "-p",
            "thumbturn-gate",
            "-p",
            "thumbturn-cli",
        ],
    )?;
    let dir = dir()?;
    let hook = match std::env::var_os("THUMBTURN_HOOK") {
        Some(hook) => PathBuf::from(hook),
        None => {
            cargo(root, &["xtask", "hook"])?;
            target()?.join("dist/thumbturn-hook")
        }
    };
    let programs = Programs {
        hook,
        tray: dir.join("thumbturn-tray"),
        cli: dir.join("thumbturn"),
    };
    for program in [&programs.hook, &programs.tray, &programs.cli] {
        if !program.is_file() {
            bail!("{} was not built", program.display());
        }
    }
    Ok(programs)
}

/// Builds the window, with the page that lies in `ui/dist`.
///
/// # Errors
/// Where it does not build, most often because the page was not built first.
pub(crate) fn window() -> anyhow::Result<()> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let build = || cargo(root()?, &["build", "--quiet", "-p", "thumbturn-window"]);
    BUILT
        .get_or_init(|| build().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow::anyhow!("{error}"))
        .copied()
}

fn root() -> anyhow::Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace has no root")
}

/// Cargo's target directory.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let dir = dir()?;
    Ok(dir.parent().context("no target directory")?.to_path_buf())
}

/// Where Cargo puts programs: a test lies in `deps` below, another program beside them.
fn dir() -> anyhow::Result<PathBuf> {
    let exe = std::env::current_exe()?;
    let dir = exe.parent().filter(|dir| dir.ends_with("deps"));
    dir.unwrap_or(&exe)
        .parent()
        .map(Path::to_path_buf)
        .context("the test lies in no target directory")
}

fn cargo(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .status()?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}
