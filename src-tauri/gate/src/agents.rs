//! Watches over what agents keep in their settings: a gate that nobody calls guards nothing.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use inotify::{EventMask, Inotify, WatchMask};
use thumbturn_agents::{
    Agent, Change, Disk, Fault, Found, Health, Homes, Plan, Program, Tier, check, found,
    hook_fault, install, program, still_stands, uninstall,
};
use thumbturn_core::Ask;
use thumbturn_pipe::AgentDeed;
use thumbturn_wire::Paths;

/// The projects that are watched, the last that were worked in.
const PROJECTS: usize = 8;

/// How often a directory that was taken away is looked for.
const AGAIN: Duration = Duration::from_secs(1);

/// Where agents' programs often lie that a desktop's search path does not name.
const MORE_PLACES: &[&str] = &[".local/bin", ".npm-global/bin", ".claude/local", "bin"];

/// What was found of one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) health: Health,
    pub(crate) found: Option<Found>,
    /// Whether somebody put the gate in, and nobody took it out since.
    pub(crate) is_expected: bool,
    /// Whether putting it in, once more where it was, changes anything.
    pub(crate) can_install: bool,
}

pub(crate) struct Agents {
    homes: Homes,
    program: Program,
    disk: Disk,
    search_path: std::ffi::OsString,
    /// The newest last.
    projects: Mutex<Vec<PathBuf>>,
    /// Versions, by the program's file and when it was changed: asking starts the agent.
    versions: Mutex<Vec<(PathBuf, std::time::SystemTime, Found)>>,
}

impl Agents {
    /// # Errors
    /// Where this program does not know where it lies.
    pub(crate) fn new(paths: &Paths) -> io::Result<Self> {
        let (homes, program) =
            thumbturn_agents::here(paths, &|name| std::env::var_os(name).map(PathBuf::from))?;
        let usual = std::env::var_os("PATH").unwrap_or_default();
        let more = MORE_PLACES.iter().map(|place| paths.home().join(place));
        let all = std::env::split_paths(&usual).chain(more);
        Ok(Self {
            homes,
            program,
            disk: Disk::of(paths),
            search_path: std::env::join_paths(all).unwrap_or(usual),
            projects: Mutex::default(),
            versions: Mutex::default(),
        })
    }

    /// Whether `agent` still asks us by its settings as they are now.
    pub(crate) fn still_stands(&self, ask: &Ask, project: Option<&str>) -> bool {
        let homes = self.homes.clone();
        let homes = match project {
            Some(project) => homes.with_project(Path::new(project)),
            None => homes,
        };
        still_stands(ask.agent, &homes, &self.program, &Disk::read)
    }

    /// Notes that an agent works there. Whether that is news.
    pub(crate) fn works_in(&self, dir: &str) -> bool {
        let dir = Path::new(dir);
        let project = dir.ancestors().find(|dir| dir.join(".git").exists());
        let project = project.unwrap_or(dir).to_owned();
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        if projects.last() == Some(&project) {
            return false;
        }
        let known = projects.iter().position(|known| *known == project);
        let is_new = known.is_none();
        if let Some(at) = known {
            projects.remove(at);
        }
        projects.push(project);
        if projects.len() > PROJECTS {
            projects.remove(0);
        }
        is_new
    }

    /// Reads everything again. It may block.
    pub(crate) fn check(&self) -> Vec<Checked> {
        let kept = self.disk.kept().unwrap_or_default();
        let expected = thumbturn_agents::packaged_hook()
            .or_else(|| kept.iter().find_map(|kept| kept.hook.as_deref()));
        let hook = |hook: &Path| hook_fault(hook, expected);
        let one = |agent| {
            let (health, found) = self.look_at(agent, &hook);
            let settings = Tier::ALL.map(|tier| self.homes.settings(agent, tier));
            let is_expected = kept
                .iter()
                .any(|kept| settings.iter().flatten().any(|path| *path == kept.path));
            let again = self.plan(agent, AgentDeed::Install);
            Checked {
                health,
                found,
                is_expected,
                can_install: again.is_ok_and(|plan| !plan.is_done()),
            }
        };
        Agent::ALL.into_iter().map(one).collect()
    }

    /// In the person's own settings, the machine's, and those of every project that is watched.
    fn look_at(
        &self,
        agent: Agent,
        hook: &dyn Fn(&Path) -> Option<Fault>,
    ) -> (Health, Option<Found>) {
        let look =
            |homes: &Homes, version| check(agent, homes, &self.program, version, hook, &Disk::read);
        // Asking for a version starts the agent: only where it matters.
        let found = match look(&self.homes, None).is_installed() {
            true => self.found(agent),
            false => program(agent, &self.search_path).map(|program| Found {
                program,
                version: None,
            }),
        };
        let version = found.as_ref().and_then(|found| found.version);
        let mut health = look(&self.homes, version);
        for project in self.projects() {
            let there = look(&self.homes.clone().with_project(&project), version);
            health.tier = health.tier.or(there.tier);
            for fault in there.faults {
                if !health.faults.contains(&fault) && there.tier.is_some() {
                    health.faults.push(fault);
                }
            }
        }
        if health.tier.is_some() {
            health.faults.retain(|fault| *fault != Fault::NotInstalled);
        }
        let worst_first = |fault: &Fault| std::cmp::Reverse(fault.severity());
        health.faults.sort_by_key(worst_first);
        (health, found)
    }

    /// What that would change in the person's own settings.
    ///
    /// # Errors
    /// Why it cannot be done, and the next step.
    pub(crate) fn plan(&self, agent: Agent, deed: AgentDeed) -> Result<Plan, String> {
        let kept = self.disk.kept().map_err(|error| format!("{error}."))?;
        match deed {
            AgentDeed::Install => {
                if let Some(fault) = hook_fault(&self.program.hook, None) {
                    let fix = fault.fix(agent);
                    return Err(format!("{} {fix}", fault.words(agent)));
                }
                install(agent, Tier::User, &self.homes, &self.program, &Disk::read)
            }
            AgentDeed::Remove => uninstall(agent, Tier::User, &self.homes, &kept, &Disk::read),
        }
        .map_err(|error| format!("{error}. Mend the file, then try again."))
        .and_then(|plan| {
            let is_known = |change: &Change| kept.iter().any(|kept| kept.path == change.path);
            let is_ours = !plan.is_done() || plan.changes.iter().any(is_known);
            match deed {
                AgentDeed::Remove if !is_ours => Err(self.elsewhere(agent)),
                AgentDeed::Remove | AgentDeed::Install => Ok(plan),
            }
        })
    }

    /// What takes it out of settings that are not the person's own.
    fn elsewhere(&self, agent: Agent) -> String {
        let nothing = |_: &Path| None;
        let health = check(
            agent,
            &self.homes,
            &self.program,
            None,
            &nothing,
            &Disk::read,
        );
        let (name, word) = (agent.name(), agent.word());
        let next = match health.tier {
            Some(Tier::Managed) => format!("Run `sudo thumbturn uninstall {word} --managed`."),
            Some(Tier::Project | Tier::User) | None => {
                format!("Run `thumbturn uninstall {word} --project` in the project.")
            }
        };
        format!("The entry does not stand in your own settings of {name}. {next}")
    }

    /// # Errors
    /// Why nothing was changed.
    pub(crate) fn carry_out(&self, plan: &Plan, deed: AgentDeed) -> Result<(), String> {
        match deed {
            AgentDeed::Install => self.disk.install(plan, &self.program.hook),
            AgentDeed::Remove => self.disk.uninstall(plan),
        }
        .map_err(|error| format!("{error}."))
    }

    fn projects(&self) -> Vec<PathBuf> {
        self.projects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn found(&self, agent: Agent) -> Option<Found> {
        let path = program(agent, &self.search_path)?;
        let changed = std::fs::metadata(&path)
            .and_then(|meta| meta.modified())
            .ok()?;
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, found)) = versions
            .iter()
            .find(|(known, at, _)| *known == path && *at == changed)
        {
            return Some(found.clone());
        }
        let found = found(agent, &self.search_path)?;
        versions.retain(|(known, ..)| *known != path);
        versions.push((path, changed, found.clone()));
        Some(found)
    }

    /// Every file whose change matters.
    fn watched(&self) -> BTreeSet<PathBuf> {
        let gate = self.program.hook.with_file_name("thumbturn-tray");
        let mut files = BTreeSet::from([self.program.hook.clone(), gate]);
        for agent in Agent::ALL {
            files.extend(self.homes.watched(agent));
            files.extend(program(agent, &self.search_path));
            for project in self.projects() {
                let homes = self.homes.clone().with_project(&project);
                files.extend(homes.watched(agent));
            }
        }
        files
    }
}

/// Calls `touched` whenever something is done to one of the files, as long as this process lives.
pub(crate) fn watch(agents: Arc<Agents>, touched: impl Fn() + Send + 'static) -> io::Result<Again> {
    let inotify = Inotify::init()?;
    let again = Again(Arc::new(Mutex::new(inotify.watches())), Arc::default());
    again.all(&agents);
    let known = again.clone();
    let mut inotify = inotify;
    std::thread::Builder::new()
        .name("agents".into())
        .spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(events) = inotify.read_events_blocking(&mut buffer) {
                let files = agents.watched();
                let names: BTreeSet<_> = files.iter().filter_map(|file| file.file_name()).collect();
                let (mut ours, mut lost) = (false, false);
                for event in events {
                    // A directory on the way to one may have come or gone.
                    ours |= event.mask.contains(EventMask::ISDIR)
                        || event.name.is_some_and(|name| names.contains(name));
                    lost |= event.mask.intersects(
                        EventMask::DELETE_SELF
                            | EventMask::IGNORED
                            | EventMask::MOVE_SELF
                            | EventMask::Q_OVERFLOW,
                    );
                }
                if lost {
                    // Whatever takes its place may not be there yet.
                    std::thread::sleep(AGAIN);
                    known.forget();
                }
                if ours || lost {
                    known.all(&agents);
                    touched();
                }
            }
        })?;
    Ok(again)
}

/// Adds watches for what is there by now.
#[derive(Clone)]
pub(crate) struct Again(Arc<Mutex<inotify::Watches>>, Arc<Mutex<BTreeSet<PathBuf>>>);

impl Again {
    /// Each file's directory, or the nearest one above it that is there.
    pub(crate) fn all(&self, agents: &Agents) {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        let files = agents.watched();
        let dirs: BTreeSet<&Path> = files
            .iter()
            .filter_map(|file| file.ancestors().skip(1).find(|dir| dir.is_dir()))
            .collect();
        for dir in dirs {
            // A home and the root change all the time, and what is missing there is no agent's.
            let is_broad = dir.parent().is_none() || dir.join(".bashrc").exists();
            if is_broad || known.contains(dir) {
                continue;
            }
            if watches.add(dir, changes()).is_ok() {
                known.insert(dir.to_owned());
            }
        }
    }

    fn forget(&self) {
        self.1
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

fn changes() -> WatchMask {
    WatchMask::ATTRIB
        | WatchMask::CREATE
        | WatchMask::DELETE
        | WatchMask::DELETE_SELF
        | WatchMask::MODIFY
        | WatchMask::MOVE
        | WatchMask::MOVE_SELF
}
