//! Takes the built page in, and names the two commands that a page may call.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use tauri_build::{AppManifest, Attributes};

fn main() -> ExitCode {
    match take_in() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without stderr there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn take_in() -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "cargo:rerun-if-changed=../ui/dist")?;
    ensure!(
        Path::new("../ui/dist/index.html").is_file(),
        "the page is not built: ui/dist/index.html is missing. Run `npm ci && npm run build` in ui"
    );
    let commands = AppManifest::new().commands(&["follow", "say"]);
    tauri_build::try_build(Attributes::new().app_manifest(commands))
        .context("the window's settings could not be read")
}
