//! `cargo xtask hook`: the one hook binary, without a loader.
//!
//! `panic`, `lto` and linker flags cannot be set for one package of a workspace,
//! and a plain build would put a loader back in. So the hook has a profile, a
//! target directory and a dist folder of its own, and whoever runs it runs that.

use std::path::PathBuf;
use std::time::Duration;

use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{Tone, line, seconds};
use crate::{elf, places, process};

const STATIC_TARGET: &str = "x86_64-unknown-linux-gnu";

/// The built file and how long it took.
pub(crate) struct Built {
    pub(crate) file: PathBuf,
    pub(crate) time: Duration,
}

pub(crate) fn task() -> Done {
    let built = build()?;
    let size = std::fs::metadata(&built.file).map_or(0, |meta| meta.len());
    line(
        Tone::Good,
        "hook",
        &format!(
            "{} ({} kB, {})",
            built.file.display(),
            size / 1000,
            seconds(built.time)
        ),
    );
    Ok(())
}

/// # Errors
/// Where it does not build, or where it is built but needs a loader.
pub(crate) fn build() -> Done<Built> {
    let own = places::target().join("hook");
    let mut cargo = places::cargo();
    cargo
        .env("CARGO_TARGET_DIR", &own)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .args([
            "rustc",
            "-p",
            "thumbturn-hook",
            "--bin",
            "thumbturn-hook",
            "--profile",
            "hook",
        ]);
    let made = if is_static() {
        cargo.args(["--target", STATIC_TARGET, "--"]).args([
            "-C",
            "target-feature=+crt-static",
            "-C",
            "relocation-model=static",
        ]);
        own.join(STATIC_TARGET).join("hook/thumbturn-hook")
    } else {
        line(Tone::Quiet, "hook", "not x86-64 Linux: built with a loader");
        own.join("hook/thumbturn-hook")
    };
    let ran = process::run("hook", &mut cargo, &places::log("hook"))?;
    if is_static() && elf::has_interpreter(&made)? {
        return Err(Stop::because(format!(
            "{} needs a loader, and the environment can make a loader run anything",
            made.display()
        )));
    }
    let file = places::hook();
    if let Some(dist) = file.parent() {
        std::fs::create_dir_all(dist).doing(format!("make {}", dist.display()))?;
    }
    // By rename: a copy onto a running hook would fail, and half a hook must never lie there.
    let half = file.with_extension("new");
    std::fs::copy(&made, &half).doing(format!("write {}", half.display()))?;
    std::fs::rename(&half, &file).doing(format!("write {}", file.display()))?;
    Ok(Built {
        file,
        time: ran.time,
    })
}

fn is_static() -> bool {
    cfg!(all(
        target_arch = "x86_64",
        target_os = "linux",
        target_env = "gnu"
    ))
}
