//! A home with agents' settings in it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use thumbturn_agents::{
    Agent, Disk, EditError, Fault, Health, Homes, Plan, Program, Tier, Version, check, install,
    uninstall,
};
use thumbturn_wire::Paths;

pub(crate) struct World {
    dir: TempDir,
    pub(crate) homes: Homes,
    pub(crate) program: Program,
    pub(crate) disk: Disk,
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        let project = dir.path().join("shop");
        for one in [&home, &project] {
            std::fs::create_dir(one).unwrap();
        }
        let paths = Paths::under(&home);
        Self {
            homes: Homes::under(&home)
                .with_project(&project)
                .with_root(&dir.path().join("root")),
            program: Program {
                hook: "/usr/bin/thumbturn-hook".into(),
                cli: "/usr/bin/thumbturn".into(),
                required: false,
                more: Vec::new(),
            },
            disk: Disk::of(&paths),
            dir,
        }
    }

    pub(crate) fn file(&self, agent: Agent, tier: Tier) -> PathBuf {
        self.homes.settings(agent, tier).unwrap()
    }

    pub(crate) fn write(&self, path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn plan(&self, agent: Agent, tier: Tier) -> Result<Plan, EditError> {
        install(agent, tier, &self.homes, &self.program, &Disk::read)
    }

    pub(crate) fn install(&self, agent: Agent, tier: Tier) -> Plan {
        let plan = self.plan(agent, tier).unwrap();
        self.disk.install(&plan, &self.program.hook).unwrap();
        plan
    }

    pub(crate) fn uninstall(&self, agent: Agent, tier: Tier) {
        let kept = self.disk.kept().unwrap();
        let plan = uninstall(agent, tier, &self.homes, &kept, &Disk::read).unwrap();
        self.disk.uninstall(&plan).unwrap();
    }

    pub(crate) fn check(&self, agent: Agent) -> Health {
        self.check_with(agent, None, &|_| None)
    }

    pub(crate) fn check_with(
        &self,
        agent: Agent,
        version: Option<Version>,
        hook: &dyn Fn(&Path) -> Option<Fault>,
    ) -> Health {
        check(
            agent,
            &self.homes,
            &self.program,
            version,
            hook,
            &Disk::read,
        )
    }

    /// Every file and directory of home, project and root, with what is in it.
    pub(crate) fn everything(&self) -> Vec<(PathBuf, Option<Vec<u8>>)> {
        let mut all = Vec::new();
        for part in ["home", "shop", "root"] {
            walk(&self.dir.path().join(part), &mut all);
        }
        // Thumbturn's own state is not part of it.
        all.retain(|(path, _)| !path.to_string_lossy().contains(".local"));
        all.sort();
        all
    }
}

fn walk(dir: &Path, all: &mut Vec<(PathBuf, Option<Vec<u8>>)>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push((path.clone(), None));
            walk(&path, all);
        } else {
            all.push((path.clone(), Some(std::fs::read(&path).unwrap())));
        }
    }
}
