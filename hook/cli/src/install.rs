//! `thumbturn install`, `uninstall` and `agents`: the gate in an agent's settings, out of them, and whether it stands there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use serde_json::json;
use thumbturn_agents::{
    Agent, Change, Disk, Fault, Found, Health, Homes, Plan, Program, Severity, Tier, hook_fault,
    install, uninstall,
};
use thumbturn_wire::{Deed, Paths, plain};

use crate::call::{self, Phone};
use crate::environment;
use crate::prove;
use crate::status::wall_now;
use crate::words::{AMBER, Failure, GREEN, PLAIN, RED, say, styled};

/// The agents that are spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Who {
    Claude,
    Codex,
    Gemini,
    Copilot,
}

impl Who {
    pub(crate) fn agent(self) -> Agent {
        match self {
            Self::Claude => Agent::Claude,
            Self::Codex => Agent::Codex,
            Self::Gemini => Agent::Gemini,
            Self::Copilot => Agent::Copilot,
        }
    }
}

#[derive(Args)]
#[command(group = ArgGroup::new("tier").args(["user", "project", "managed"]))]
struct Where {
    /// For everything that you run (the default).
    #[arg(long)]
    user: bool,
    /// For the project in the current directory alone.
    #[arg(long)]
    project: bool,
    /// For everybody on this machine, in settings that belong to root: an agent cannot take it out.
    #[arg(long)]
    managed: bool,
}

impl Where {
    fn tier(&self) -> Tier {
        match (self.managed, self.project) {
            (true, _) => Tier::Managed,
            (false, true) => Tier::Project,
            (false, false) => Tier::User,
        }
    }
}

#[derive(Args)]
pub(crate) struct Install {
    agent: Who,
    #[command(flatten)]
    tier: Where,
    /// Deny every call while Duo mode is off: for machines where it must be on.
    #[arg(long)]
    required: bool,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

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

#[derive(Args)]
pub(crate) struct Agents {
    /// As one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// What every verb here works on.
pub(crate) struct Here<'a> {
    pub(crate) paths: &'a Paths,
    /// A home for a trial.
    pub(crate) home: Option<&'a Path>,
    pub(crate) homes: Homes,
    pub(crate) program: Program,
    pub(crate) disk: Disk,
}

impl<'a> Here<'a> {
    /// # Errors
    /// Where this program does not know where it lies.
    pub(crate) fn of(paths: &'a Paths, home: Option<&'a Path>) -> Result<Self, Failure> {
        let (homes, program) =
            thumbturn_agents::here(paths, &environment::dir).map_err(|error| {
                Failure::Start(format!("this program does not know where it lies: {error}"))
            })?;
        let project = std::env::current_dir().ok();
        let homes = match project.as_deref().and_then(project_of) {
            Some(project) => homes.with_project(&project),
            None => homes,
        };
        Ok(Self {
            paths,
            home,
            homes,
            program,
            disk: Disk::of(paths),
        })
    }

    pub(crate) fn check(&self, agent: Agent, found: Option<&Found>) -> Health {
        let kept = self.disk.kept().unwrap_or_default();
        let expected = thumbturn_agents::packaged_hook()
            .or_else(|| kept.iter().find_map(|kept| kept.hook.as_deref()));
        let hook = |hook: &Path| hook_fault(hook, expected);
        let version = found.and_then(|found| found.version);
        thumbturn_agents::check(
            agent,
            &self.homes,
            &self.program,
            version,
            &hook,
            &Disk::read,
        )
    }
}

impl Here<'_> {
    /// Whether somebody put the gate into that agent, and nobody took it out since.
    pub(crate) fn is_expected(&self, agent: Agent) -> bool {
        let settings = Tier::ALL.map(|tier| self.homes.settings(agent, tier));
        let kept = self.disk.kept().unwrap_or_default();
        kept.iter()
            .any(|kept| settings.iter().flatten().any(|path| *path == kept.path))
    }
}

/// The agent's program, as a shell would find it.
pub(crate) fn found(agent: Agent) -> Option<Found> {
    thumbturn_agents::found(agent, &environment::value("PATH")?)
}

/// The directory above that holds a repository, or else this one, unless it is a home.
fn project_of(dir: &Path) -> Option<PathBuf> {
    let repository = dir.ancestors().find(|dir| dir.join(".git").exists());
    let project = repository.unwrap_or(dir);
    let is_home = environment::dir("HOME").is_some_and(|home| home == project);
    (!is_home && project != Path::new("/")).then(|| project.to_owned())
}

pub(crate) fn put_in(asked: &Install, here: &Here<'_>) -> Result<(), Failure> {
    let (agent, tier) = (asked.agent.agent(), asked.tier.tier());
    let program = Program {
        required: asked.required,
        ..here.program.clone()
    };
    if !program.hook.is_file() {
        return Err(Failure::NoHook(program.hook));
    }
    let plan = install(agent, tier, &here.homes, &program, &Disk::read)?;
    show(&plan, asked.dry_run)?;
    if asked.dry_run {
        return Ok(());
    }
    here.disk
        .install(&plan, &program.hook)
        .map_err(|error| Failure::Disk(error, tier))?;
    let here = &Here {
        program,
        homes: here.homes.clone(),
        disk: here.disk.clone(),
        ..*here
    };
    let found = found(agent);
    let health = here.check(agent, found.as_ref());
    tier_words(agent, tier)?;
    for fault in &health.faults {
        fault_words(agent, fault)?;
    }
    if health.worst().is_some() {
        return Err(Failure::NotInForce(agent));
    }
    prove::run(agent, found.as_ref(), here)
}

fn tier_words(agent: Agent, tier: Tier) -> Result<(), Failure> {
    let words = match tier {
        Tier::Managed => "in this machine's own settings: no project and no agent can take it out",
        Tier::User => {
            "in your own settings: it holds until something that runs as you changes them"
        }
        Tier::Project => "in this project's settings: sessions elsewhere do not ask",
    };
    say(&format!("{} asks the gate, {words}.", agent.name()))
}

fn fault_words(agent: Agent, fault: &Fault) -> Result<(), Failure> {
    let style = match fault.severity() {
        Severity::Broken => RED,
        Severity::Note => AMBER,
    };
    styled(style, &sentence(&fault.words(agent)), "")?;
    say(&format!("  hint: {}", fault.fix(agent)))
}

/// With a capital at its start, unless a path stands there.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// What a plan changes, line by line.
fn show(plan: &Plan, is_dry: bool) -> Result<(), Failure> {
    if plan.is_done() {
        return say("Everything stands as it should. Nothing was changed.");
    }
    for change in plan.real() {
        let did = match (&change.before, &change.after, is_dry) {
            (None, Some(_), true) => "would write",
            (None, Some(_), false) => "write",
            (Some(_), None, true) => "would remove",
            (Some(_), None, false) => "remove",
            (_, _, true) => "would change",
            (_, _, false) => "change",
        };
        say(&format!("{did} {}", change.path.display()))?;
        lines(change)?;
    }
    Ok(())
}

fn lines(change: &Change) -> Result<(), Failure> {
    for (sign, line) in change.diff() {
        let style = match sign {
            '+' => GREEN,
            '-' => RED,
            _ => PLAIN,
        };
        styled(style, &format!("  {sign} {}", plain(&line, 400)), "")?;
    }
    Ok(())
}

pub(crate) fn take_out(asked: &Uninstall, here: &Here<'_>) -> Result<(), Failure> {
    if call::announced(here.paths)?
        .is_some_and(|endpoint| endpoint.asks_at(thumbturn_wire::boot_now()))
        && !asked.dry_run
    {
        return Err(Failure::IsOn);
    }
    let kept = here
        .disk
        .kept()
        .map_err(|error| Failure::Disk(error, Tier::User))?;
    let wanted: Vec<(Agent, Tier)> = match asked.agent {
        Some(agent) => vec![(agent.agent(), asked.tier.tier())],
        None => Agent::ALL
            .into_iter()
            .flat_map(|agent| Tier::ALL.map(|tier| (agent, tier)))
            .filter(|(_, tier)| *tier != Tier::Project || here.homes.project.is_some())
            .collect(),
    };
    let mut removed = 0;
    for (agent, tier) in wanted {
        let plan = uninstall(agent, tier, &here.homes, &kept, &Disk::read)?;
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

pub(crate) fn list(asked: &Agents, here: &Here<'_>) -> Result<(), Failure> {
    let seen = call::gate(here.paths)
        .ok()
        .flatten()
        .and_then(|gate| gate.view().ok())
        .map(|view| view.agents)
        .unwrap_or_default();
    let mut broken = None;
    for agent in Agent::ALL {
        let found = found(agent);
        let health = here.check(agent, found.as_ref());
        let last = seen.iter().find(|seen| seen.agent == agent);
        if health.is_installed() && broken.is_none() {
            broken = health.worst().map(|_| agent);
        }
        if asked.json {
            let faults = health.faults.iter().map(|fault| {
                json!({
                    "code": fault.code(),
                    "words": fault.words(agent),
                    "fix": fault.fix(agent),
                    "broken": fault.severity() == Severity::Broken,
                })
            });
            let line = json!({
                "agent": agent.word(),
                "name": agent.name(),
                "program": found.as_ref().map(|found| &found.program),
                "version": found.as_ref().and_then(|found| found.version).map(|v| v.to_string()),
                "tier": health.tier.map(Tier::word),
                "seen_at": last.map(|seen| seen.seen_at),
                "faults": faults.collect::<Vec<_>>(),
            });
            say(&line.to_string())?;
            continue;
        }
        row(
            agent,
            found.as_ref(),
            &health,
            last.map(|seen| seen.seen_at),
        )?;
    }
    match broken {
        Some(agent) => Err(Failure::NotInForce(agent)),
        None => Ok(()),
    }
}

fn row(
    agent: Agent,
    found: Option<&Found>,
    health: &Health,
    seen_at: Option<u64>,
) -> Result<(), Failure> {
    let version = match found.map(|found| found.version) {
        Some(Some(version)) => version.to_string(),
        Some(None) => "of unknown version".to_owned(),
        None => "not found here".to_owned(),
    };
    let (mark, style, state) = match (health.tier, health.worst()) {
        (None, _) => ('○', PLAIN, "the gate is not in it".to_owned()),
        (Some(tier), None) => (
            '●',
            GREEN,
            format!("asks the gate ({} settings)", tier.word()),
        ),
        (Some(_), Some(_)) => ('▲', RED, "does not ask for sure".to_owned()),
    };
    let seen = seen_at.map_or_else(String::new, |at| {
        format!(", seen {}", ago(wall_now().saturating_sub(at)))
    });
    styled(
        style,
        &format!("{mark} {}", agent.name()),
        &format!(" {version}: {state}{seen}"),
    )?;
    if health.is_installed() {
        for fault in &health.faults {
            say(&format!("    {}", sentence(&fault.words(agent))))?;
            say(&format!("    hint: {}", fault.fix(agent)))?;
        }
    } else if found.is_some() {
        say(&format!("    hint: `thumbturn install {}`", agent.word()))?;
    }
    Ok(())
}

/// "2 s ago"
pub(crate) fn ago(age: u64) -> String {
    let age = Duration::from_millis(age).as_secs();
    match age {
        0..60 => format!("{age} s ago"),
        60..3600 => format!("{} min ago", age / 60),
        _ => format!("{} h ago", age / 3600),
    }
}
