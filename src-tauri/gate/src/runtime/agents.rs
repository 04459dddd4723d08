//! What becomes of what is found in agents' settings.

use thumbturn_core::{Event, Trouble};

use super::{Input, Runtime};
use crate::agents::Checked;

/// Whether somebody looks, and whether something changed meanwhile.
#[derive(Debug, Default)]
pub(super) struct Checking {
    runs: bool,
    again: bool,
}

impl Runtime {
    /// Looks at every agent's settings, off the loop.
    pub(crate) fn check_agents(&mut self) {
        if self.checking.runs {
            self.checking.again = true;
            return;
        }
        self.checking.runs = true;
        let agents = self.rooms.agents.clone();
        let watching = self.rooms.watching.clone();
        let inputs = self.rooms.inputs.clone();
        tokio::spawn(async move {
            let check = move || {
                if let Some(watching) = watching {
                    watching.all(&agents);
                }
                agents.check()
            };
            let checked = tokio::task::spawn_blocking(check).await;
            // Only a gate that is ending has closed it.
            let _ = inputs
                .send(Input::AgentsChecked(checked.unwrap_or_default()))
                .await;
        });
    }

    pub(super) fn agents_checked(&mut self, checked: Vec<Checked>) {
        self.checking.runs = false;
        if std::mem::take(&mut self.checking.again) {
            self.check_agents();
        }
        for one in &checked {
            let agent = one.health.agent;
            let matters = one.health.is_installed() || one.is_expected;
            let fault = one.health.worst().filter(|_| matters);
            self.handle(Event::Trouble {
                trouble: Trouble::Agent {
                    agent,
                    words: fault.map(|fault| fault.words(agent)).unwrap_or_default(),
                    fix: fault.map(|fault| fault.fix(agent)).unwrap_or_default(),
                },
                present: fault.is_some(),
            });
        }
        self.checked = checked;
        self.stale = true;
    }

    /// An agent works in that directory: its project's settings have a say.
    pub(super) fn works_in(&self, dir: &str) {
        let (agents, dir) = (self.rooms.agents.clone(), dir.to_owned());
        let inputs = self.rooms.inputs.clone();
        tokio::spawn(async move {
            let news = tokio::task::spawn_blocking(move || agents.works_in(&dir)).await;
            if news.is_ok_and(|news| news) {
                // Only a gate that is ending has closed it.
                let _ = inputs.send(Input::AgentsTouched).await;
            }
        });
    }
}
