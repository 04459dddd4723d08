//! What only the file system knows about an ask, within a bounded time.

use std::time::Duration;

use thumbturn_core::{Ask, Facts};

/// A file system that does not answer by then is one whose facts nobody knows.
const PATIENCE: Duration = Duration::from_millis(50);

pub(crate) async fn resolve(ask: &Ask) -> Facts {
    let cwd = ask.cwd.clone();
    let resolved = tokio::task::spawn_blocking(move || std::fs::canonicalize(cwd));
    let cwd = match tokio::time::timeout(PATIENCE, resolved).await {
        Ok(Ok(Ok(path))) => path.into_os_string().into_string().ok(),
        Ok(Ok(Err(_)) | Err(_)) | Err(_) => None,
    };
    Facts { cwd }
}
