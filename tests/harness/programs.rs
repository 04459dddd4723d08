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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace has no root")?;
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
    // target/debug/deps/stories-… lies two below the programs.
    let exe = std::env::current_exe()?;
    let dir = exe
        .ancestors()
        .nth(2)
        .context("the test lies in no target directory")?;
    let hook = match std::env::var_os("THUMBTURN_HOOK") {
        Some(hook) => PathBuf::from(hook),
        None => {
            cargo(root, &["xtask", "hook"])?;
            dir.parent()
                .context("no target directory")?
                .join("dist/thumbturn-hook")
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
