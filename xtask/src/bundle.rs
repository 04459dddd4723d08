//! `cargo xtask bundle`: the packages that people install, with window, gate, command line and hook in each.
//!
//! Tauri packs the window by itself. The other three programs it takes from a
//! folder, each with the target's name behind its own, and `sidecars` puts them there.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{Tone, heading, line, seconds};
use crate::tools::{self, For};
use crate::{hook, places, process};

/// A package of the workspace, and a program of it.
pub(crate) type Program = (&'static str, &'static str);

/// What lies beside the window, with the hook.
pub(crate) const BESIDE: [Program; 2] = [
    ("thumbturn-gate", "thumbturn-tray"),
    ("thumbturn-cli", "thumbturn"),
];

/// # Errors
/// Where anything does not build or cannot be packed.
pub(crate) fn task() -> Done {
    heading("Thumbturn: the packages");
    tools::install(For::Test)?;
    let mut install = places::tool("npm");
    install.args(["ci", "--no-audit", "--no-fund"]);
    install.current_dir(places::root().join("ui"));
    process::run("npm ci", &mut install, &places::log("npm-ci"))?;
    let mut tauri = places::tool(places::root().join("ui/node_modules/.bin/tauri"));
    tauri
        .arg("build")
        .current_dir(places::root().join("src-tauri"))
        // Ours is for plain builds, and says that nothing is packed.
        .env_remove("TAURI_CONFIG");
    let ran = process::run("tauri build", &mut tauri, &places::log("bundle"))?;
    let made = packages(&places::target().join("release/bundle"))?;
    if made.is_empty() {
        return Err(Stop::because("tauri build made no package"));
    }
    for package in &made {
        let size = std::fs::metadata(package).map_or(0, |meta| meta.len());
        let words = format!("{} ({} kB)", package.display(), size / 1000);
        line(Tone::Good, "package", &words);
    }
    line(Tone::Plain, "took", &seconds(ran.time));
    Ok(())
}

/// Builds the page and what is packed beside the window; `tauri build` calls it.
///
/// # Errors
/// Where any of it does not build.
pub(crate) fn sidecars() -> Done {
    let mut page = places::tool("npm");
    page.args(["run", "build"])
        .current_dir(places::root().join("ui"));
    process::run("page", &mut page, &places::log("npm-build"))?;
    let beside = build(&BESIDE)?;
    let folder = places::root().join("src-tauri/binaries");
    std::fs::create_dir_all(&folder).doing(format!("make {}", folder.display()))?;
    let target = target()?;
    for program in &beside {
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        let packed = folder.join(format!("{name}-{target}"));
        std::fs::copy(program, &packed).doing(format!("write {}", packed.display()))?;
    }
    Ok(())
}

/// Builds the hook, and programs that know it by its digest; where they lie, the hook first.
///
/// # Errors
/// Where any of them does not build.
pub(crate) fn build(programs: &[Program]) -> Done<Vec<PathBuf>> {
    let hook = hook::build()?.file;
    let mut cargo = places::cargo();
    cargo.args(["build", "--release"]);
    for (package, program) in programs {
        cargo.args(["-p", package, "--bin", program]);
    }
    cargo.env("THUMBTURN_HOOK_SHA256", digest(&hook)?);
    process::run("programs", &mut cargo, &places::log("programs"))?;
    let built = programs
        .iter()
        .map(|(_, program)| places::program("release", program));
    Ok(std::iter::once(hook).chain(built).collect())
}

fn digest(file: &Path) -> Done<String> {
    let bytes = std::fs::read(file).doing(format!("read {}", file.display()))?;
    let digest = Sha256::digest(bytes);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The name of the target that rustc builds for by itself.
fn target() -> Done<String> {
    let asked = places::tool("rustc")
        .args(["--print", "host-tuple"])
        .output()
        .doing("run rustc")?;
    let name = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    if name.is_empty() {
        return Err(Stop::because("rustc does not say what it builds for"));
    }
    Ok(name)
}

fn packages(folder: &Path) -> Done<Vec<PathBuf>> {
    let mut made = Vec::new();
    for kind in ["deb", "rpm"] {
        let entries = match std::fs::read_dir(folder.join(kind)) {
            Ok(entries) => entries,
            Err(_) => continue,
        };
        for entry in entries {
            let path = entry.doing("list the packages")?.path();
            if path.extension().is_some_and(|end| end == kind) {
                made.push(path);
            }
        }
    }
    made.sort();
    Ok(made)
}
