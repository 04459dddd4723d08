//! Takes a picture of every page and state, of the real programs on a real (virtual) screen, light and dark.

mod album;
mod tour;

use std::path::PathBuf;

use anyhow::Context as _;
use harness::Look;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let dir = std::env::args_os().nth(1).map(PathBuf::from);
    let dir = dir.context("which folder? Run `cargo xtask screenshots`")?;
    for look in Look::BOTH {
        tour::first(&dir, look)
            .await
            .with_context(|| format!("the {} tour", look.name()))?;
    }
    Ok(())
}
