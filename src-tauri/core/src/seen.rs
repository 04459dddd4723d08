//! When each agent was last heard of: a gate that no agent calls guards nothing.

use std::collections::BTreeMap;

use thumbturn_wire::{Agent, Report};

use crate::{AgentView, Core, Effect};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// On the boot clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct AgentsSeen(BTreeMap<Agent, u64>);

impl AgentsSeen {
    pub(crate) fn note(&mut self, agent: Agent, now: u64) {
        self.0.insert(agent, now);
    }

    /// When the words for one of them change. They grow coarser with time, so that a gate at rest
    /// is not woken for them.
    pub(crate) fn changes(&self, now: u64) -> Option<u64> {
        self.0
            .values()
            .filter_map(|at| {
                let age = now.saturating_sub(*at);
                STEPS
                    .iter()
                    .find(|step| **step > age)
                    .map(|step| at.saturating_add(*step))
            })
            .min()
    }
}

/// The ages at which the words change.
const STEPS: &[u64] = &[
    5 * SECOND,
    20 * SECOND,
    MINUTE,
    5 * MINUTE,
    20 * MINUTE,
    HOUR,
    4 * HOUR,
    24 * HOUR,
];

/// "2 s ago", "20 min ago".
fn ago(age: u64) -> String {
    let reached = STEPS.iter().rev().find(|step| **step <= age).copied();
    match reached {
        None => format!("{} s ago", age / SECOND),
        Some(step) if step < MINUTE => format!("{} s ago", step / SECOND),
        Some(step) if step < HOUR => format!("{} min ago", step / MINUTE),
        Some(step) => format!("{} h ago", step / HOUR),
    }
}

impl Core {
    pub(crate) fn told(&mut self, report: &Report, now: u64) -> Vec<Effect> {
        match report {
            Report::Started { agent, .. } => {
                self.seen.note(*agent, now);
                Vec::new()
            }
            Report::Ran { ask, took_ms } => {
                self.seen.note(ask.agent, now);
                self.ran(ask, *took_ms, now)
            }
        }
    }

    pub(crate) fn agent_views(&self, now: u64) -> Vec<AgentView> {
        let views = self.seen.0.iter().map(|(agent, at)| AgentView {
            agent: *agent,
            name: agent.name().to_owned(),
            seen_at: self.clock.wall(*at),
            seen: ago(now.saturating_sub(*at)),
        });
        views.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_only_when_the_core_asks_to_be_woken() {
        let mut seen = AgentsSeen::default();
        assert_eq!(seen.changes(0), None);
        seen.note(Agent::Claude, 1_000);
        let mut now = 3_000;
        let mut told = vec![ago(now - 1_000)];
        while let Some(next) = seen.changes(now) {
            assert!(next > now);
            let last = ago(next - 1_001);
            assert!(now < 6_000 || last == ago(now - 1_000), "{last}");
            now = next;
            told.push(ago(now - 1_000));
        }
        assert_eq!(
            told,
            [
                "2 s ago",
                "5 s ago",
                "20 s ago",
                "1 min ago",
                "5 min ago",
                "20 min ago",
                "1 h ago",
                "4 h ago",
                "24 h ago"
            ]
        );
    }
}
