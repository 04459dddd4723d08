//! What only the file system knows about an ask, within a bounded time.

use std::time::Duration;

use thumbturn_core::{Ask, Facts};

/// A file system that does not answer by then is one whose facts nobody knows.
const PATIENCE: Duration = Duration::from_millis(50);

/// Resolves those of the ask's paths that the core wants to know.
pub(crate) async fn resolve(ask: &Ask, wanted: &[String]) -> Facts {
    let cwd = match wanted.contains(&ask.cwd) {
        true => canonical(ask.cwd.clone()).await,
        false => None,
    };
    Facts {
        cwd,
        ..Facts::default()
    }
}

async fn canonical(path: String) -> Option<String> {
    let resolved = tokio::task::spawn_blocking(move || std::fs::canonicalize(path));
    let resolved = tokio::time::timeout(PATIENCE, resolved).await;
    resolved
        .ok()?
        .ok()?
        .ok()?
        .into_os_string()
        .into_string()
        .ok()
}
