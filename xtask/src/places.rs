//! Where things lie in this checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target directory, also when the caller moved it.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(moved) => root().join(moved),
        None => root().join("target"),
    }
}

/// The one hook binary that demo, tests and bench use.
pub(crate) fn hook() -> PathBuf {
    target().join("dist/thumbturn-hook")
}

/// What a tool of ours wrote while it worked.
pub(crate) fn log(name: &str) -> PathBuf {
    target().join("xtask").join(format!("{name}.log"))
}

/// A program of the given profile, as a plain build leaves it.
pub(crate) fn program(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(name)
}

/// A command that runs at the root of the checkout.
pub(crate) fn tool(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// Cargo, as if typed by hand: what `cargo run` set for this process would make it build crates anew.
pub(crate) fn cargo() -> Command {
    let mut cargo = tool(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_CRATE_",
            "CARGO_BIN_",
        ]
        .iter()
        .any(|own| name.starts_with(own))
        {
            cargo.env_remove(&*name);
        }
    }
    cargo
}

/// The Python that has Duo's own SDK beside it.
pub(crate) fn python_with_sdk() -> PathBuf {
    target().join("sdk/venv/bin/python")
}
