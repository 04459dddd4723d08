//! What becomes of what is found in agents' settings.

use std::time::Duration;

use thumbturn_agents::{Agent, Change, Fault, Plan, Severity};
use thumbturn_core::{Event, Trouble};
use thumbturn_pipe::{self as pipe, AgentDeed, AgentFault, AgentPlan, AgentRow, FileChange};
use thumbturn_wire::Mode;

use super::{Input, Runtime};
use crate::agents::Checked;
use crate::clock::now;

/// How long what was touched may still be on the move.
const SETTLE: Duration = Duration::from_millis(300);

/// Whether somebody looks, and whether something changed meanwhile.
#[derive(Debug, Default)]
pub(super) struct Checking {
    pub(super) runs: bool,
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
        if let Some(planned) = &mut self.planned
            && planned.step == Step::Done
        {
            planned.step = Step::Checked;
        }
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
            // An update puts one program after another in its place.
            tokio::time::sleep(SETTLE).await;
            let checked = tokio::task::spawn_blocking(check).await;
            // Only a gate that is ending has closed it.
            let _ = inputs
                .send(Input::AgentsChecked(checked.unwrap_or_default()))
                .await;
        });
    }

    pub(super) fn agents_checked(&mut self, checked: Vec<Checked>) {
        self.checking.runs = false;
        // Until then the page would say what no longer holds.
        self.planned
            .take_if(|planned| planned.step == Step::Checked && planned.failure.is_none());
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

/// A change that a person looks at before it is made.
#[derive(Debug)]
pub(super) struct Planned {
    agent: Agent,
    deed: AgentDeed,
    plan: Option<Plan>,
    failure: Option<String>,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Shown,
    UnderWay,
    Done,
    /// Whoever looks now finds it done.
    Checked,
}

impl Runtime {
    pub(super) fn agents_page(&self) -> pipe::Agents {
        let seen = self.core.view(now()).agents;
        let row = |one: &Checked| {
            let health = &one.health;
            let found = one.found.as_ref();
            let last = seen.iter().find(|seen| seen.agent == health.agent);
            AgentRow {
                agent: health.agent,
                name: health.agent.name().to_owned(),
                program: found.map(|found| found.program.display().to_string()),
                version: found
                    .and_then(|found| found.version)
                    .map(|it| it.to_string()),
                tier: health.tier.map(|tier| tier.word().to_owned()),
                seen_at: last.map(|seen| seen.seen_at),
                faults: match health.is_installed() || one.is_expected {
                    true => health
                        .faults
                        .iter()
                        .map(|it| fault(health.agent, it))
                        .collect(),
                    false => Vec::new(),
                },
                can_install: one.can_install,
            }
        };
        pipe::Agents {
            agents: self.checked.iter().map(row).collect(),
            plan: self.planned.as_ref().map(|planned| AgentPlan {
                agent: planned.agent,
                deed: planned.deed,
                files: planned.plan.iter().flat_map(Plan::real).map(file).collect(),
                failure: planned.failure.clone(),
            }),
        }
    }

    pub(super) fn plan_agent(&mut self, agent: Agent, deed: AgentDeed) {
        let busy = self.planned.as_ref().map(|planned| planned.step);
        if busy == Some(Step::UnderWay) {
            return;
        }
        if let Some(words) = self.keeps_from(deed) {
            self.agent_planned(Err((agent, deed, words.to_owned())));
            return;
        }
        let agents = self.rooms.agents.clone();
        let inputs = self.rooms.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let planned = agents.plan(agent, deed);
            let planned = planned.map_err(|words| (agent, deed, words));
            // Only a gate that is ending has closed it.
            let _ = inputs.blocking_send(Input::AgentPlanned(planned.map(|plan| (plan, deed))));
        });
    }

    /// The same as for `thumbturn uninstall`: what asks now is taken out over the phone alone.
    fn keeps_from(&self, deed: AgentDeed) -> Option<&'static str> {
        match (deed, self.core.mode()) {
            (AgentDeed::Install, _) | (AgentDeed::Remove, Mode::Off) => None,
            // A pause ends by itself, and must find the gate in its place.
            (AgentDeed::Remove, Mode::On(_) | Mode::Paused { .. }) => Some(
                "Duo mode is on or paused, so nothing was taken out. Turn it off first; it rings your phone.",
            ),
            (AgentDeed::Remove, Mode::Locked) => Some(
                "The gate is locked, so nothing was taken out. Sign in, then turn Duo mode off.",
            ),
        }
    }

    pub(super) fn agent_planned(
        &mut self,
        planned: Result<(Plan, AgentDeed), (Agent, AgentDeed, String)>,
    ) {
        self.planned = Some(match planned {
            Ok((plan, deed)) => Planned {
                agent: plan.agent,
                deed,
                plan: Some(plan),
                failure: None,
                step: Step::Shown,
            },
            Err((agent, deed, words)) => Planned {
                agent,
                deed,
                plan: None,
                failure: Some(words),
                step: Step::Shown,
            },
        });
        self.stale = true;
    }

    /// Does what is shown, and nothing else: the files must still be as they were then.
    pub(super) fn change_agent(&mut self) {
        let Some(planned) = self.planned.as_mut() else {
            return;
        };
        let (Step::Shown, Some(plan)) = (planned.step, planned.plan.clone()) else {
            return;
        };
        let deed = planned.deed;
        // A second click is not a second deed.
        planned.step = Step::UnderWay;
        if self.keeps_from(deed).is_some() {
            self.planned = None;
            self.plan_agent(plan.agent, deed);
            return;
        }
        let agents = self.rooms.agents.clone();
        let inputs = self.rooms.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let changed = agents.carry_out(&plan, deed);
            // Only a gate that is ending has closed it.
            let _ = inputs.blocking_send(Input::AgentChanged(changed));
        });
    }

    pub(super) fn agent_changed(&mut self, changed: Result<(), String>) {
        if let Some(planned) = &mut self.planned {
            planned.step = Step::Done;
            if let Err(words) = changed {
                planned.failure = Some(words);
                planned.plan = None;
            }
        }
        self.check_agents();
        self.stale = true;
    }

    /// What was looked at and not begun.
    pub(super) fn forget_plan(&mut self) {
        self.planned
            .take_if(|planned| planned.step != Step::UnderWay);
    }
}

fn fault(agent: Agent, fault: &Fault) -> AgentFault {
    AgentFault {
        words: fault.sentence(agent),
        fix: fault.fix(agent),
        is_broken: fault.severity() == Severity::Broken,
    }
}

fn file(change: &Change) -> FileChange {
    let lines = change.diff().into_iter();
    FileChange {
        path: change.path.display().to_string(),
        lines: lines.map(|(sign, line)| (sign.to_string(), line)).collect(),
    }
}
