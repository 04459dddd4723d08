//! `thumbturn uninstall`: the gate out of agents' settings, and with `--purge` everything else of ours.

use clap::{ArgGroup, Args};
use thumbturn_agents::{Agent, Disk, Homes, Kept, Tier, uninstall};
use thumbturn_wire::{Deed, Mode};

use crate::call::{self, Phone};
use crate::install::{Here, Where, Who, show};
use crate::words::{Failure, say};

#[derive(Args)]
#[command(group = ArgGroup::new("what").args(["agent", "all"]).required(true))]
pub(crate) struct Uninstall {
    agent: Option<Who>,
    #[command(flatten)]
    tier: Where,
    /// Out of every agent, wherever it stands.
    #[arg(long, conflicts_with_all = ["user", "project", "managed"])]
    all: bool,
    /// Forget the connection, every key, rules, settings and the log too, and do not start at login any more.
    #[arg(long, requires = "all")]
    purge: bool,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn take_out(asked: &Uninstall, here: &Here<'_>) -> Result<(), Failure> {
    // A pause ends by itself, and must find the gate in its place.
    let is_on = call::announced(here.paths)?
        .is_some_and(|endpoint| endpoint.armed || endpoint.mode != Mode::Off);
    if is_on && !asked.dry_run {
        return Err(Failure::IsOn);
    }
    let kept = here
        .disk
        .kept()
        .map_err(|error| Failure::Disk(error, Tier::User))?;
    let wanted = match asked.agent {
        Some(agent) => vec![Place {
            agent: agent.agent(),
            tier: asked.tier.tier(),
            homes: here.homes.clone(),
        }],
        None => everywhere(&here.homes, &kept),
    };
    // What cannot be taken out is told before anything is.
    for Place { agent, tier, homes } in &wanted {
        uninstall(*agent, *tier, homes, &kept, &Disk::read)?;
    }
    let mut removed = 0;
    for Place { agent, tier, homes } in wanted {
        let plan = uninstall(agent, tier, &homes, &kept, &Disk::read)?;
        let is_there = !plan.is_done();
        if is_there {
            removed += 1;
            show(&plan, asked.dry_run)?;
        }
        if asked.dry_run || plan.changes.is_empty() {
            continue;
        }
        // Where somebody took it out by hand, it is only forgotten.
        here.disk
            .uninstall(&plan)
            .map_err(|error| Failure::Disk(error, tier))?;
        if is_there {
            say(&format!(
                "{} no longer asks the gate. It asks at its own terminal, as before.",
                agent.name()
            ))?;
        }
    }
    if removed == 0 {
        say("No agent asks the gate from here. Nothing was changed.")?;
    }
    if asked.purge && !asked.dry_run {
        return purge(here);
    }
    Ok(())
}

/// Where an agent may have the gate in its settings.
struct Place {
    agent: Agent,
    tier: Tier,
    homes: Homes,
}

/// Every place that agents look at from here, and every other one that we ever wrote to: another project's, or one that
/// a variable named at that time.
fn everywhere(homes: &Homes, kept: &[Kept]) -> Vec<Place> {
    let mut all = of_homes(homes);
    for kept in kept {
        for dir in kept.path.ancestors().skip(1) {
            let project = homes.clone().with_project(dir);
            let moved = homes.clone().moved(&|_| Some(dir.to_owned()));
            for place in of_homes(&project).into_iter().chain(of_homes(&moved)) {
                let file = |place: &Place| place.homes.settings(place.agent, place.tier);
                let is_meant = file(&place).as_ref() == Some(&kept.path);
                if is_meant && !all.iter().any(|known| file(known) == file(&place)) {
                    all.push(place);
                }
            }
        }
    }
    all
}

fn of_homes(homes: &Homes) -> Vec<Place> {
    let tiers = Agent::ALL
        .into_iter()
        .flat_map(|agent| Tier::ALL.map(|tier| (agent, tier)));
    tiers
        .filter(|(_, tier)| *tier != Tier::Project || homes.project.is_some())
        .map(|(agent, tier)| Place {
            agent,
            tier,
            homes: homes.clone(),
        })
        .collect()
}

/// The rest is the gate's: it alone speaks to the keychain.
fn purge(here: &Here<'_>) -> Result<(), Failure> {
    if let Ok(Some(gate)) = call::gate(here.paths)
        && gate.status().is_ok()
    {
        say(&gate.deed(Deed::Quit, Phone::Quiet)?)?;
    }
    let tray = here.program.hook.with_file_name("thumbturn-tray");
    let mut command = std::process::Command::new(&tray);
    if let Some(home) = here.home {
        command.arg("--home").arg(home);
    }
    let status = command.arg("purge").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Purge(format!(
            "`thumbturn-tray purge` ended with {status}"
        ))),
        Err(error) => Err(Failure::Purge(format!(
            "{} cannot be run: {error}",
            tray.display()
        ))),
    }
}
