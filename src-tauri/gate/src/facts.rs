//! What only the file system knows about an ask, within a bounded time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use thumbturn_core::{Ask, Facts, Moment};
use thumbturn_facts::Place;

use crate::agents::Agents;

/// A file system that does not answer by then is one whose facts nobody knows.
const PATIENCE: Duration = Duration::from_millis(50);

/// Resolves those of the ask's paths that the core wants to know, off the loop.
pub(crate) async fn resolve(
    place: Arc<Place>,
    agents: Arc<Agents>,
    ask: &Ask,
    wanted: Vec<String>,
) -> Facts {
    let alone = place.alone();
    let ask = ask.clone();
    let deadline = Instant::now() + PATIENCE;
    let resolved = tokio::task::spawn_blocking(move || {
        let mut facts = place.resolve(&ask, &wanted, deadline);
        if ask.moment == Moment::SettingsChange {
            facts.gate_stands = agents.still_stands(&ask, facts.project.as_deref());
        }
        facts
    });
    match tokio::time::timeout(PATIENCE, resolved).await {
        Ok(Ok(facts)) => facts,
        // Nothing is known of what does not answer.
        Ok(Err(_)) | Err(_) => alone,
    }
}
