//! Where each agent keeps its settings.

use std::path::{Path, PathBuf};

use thumbturn_wire::Agent;

/// How far an entry reaches, and who can take it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// One project of one person.
    Project,
    /// Everything that one person runs.
    User,
    /// Everything on this machine, in files that belong to root.
    Managed,
}

impl Tier {
    pub const ALL: [Self; 3] = [Self::Managed, Self::User, Self::Project];

    pub fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::User => "user",
            Self::Managed => "managed",
        }
    }
}

/// The directories that agents keep their settings below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Homes {
    claude: PathBuf,
    codex: PathBuf,
    gemini: PathBuf,
    copilot: PathBuf,
    /// The project that somebody works on, if any.
    pub project: Option<PathBuf>,
    /// `/` but for tests.
    root: PathBuf,
}

impl Homes {
    /// As the agents find them by themselves.
    pub fn under(home: &Path) -> Self {
        Self {
            claude: home.join(".claude"),
            codex: home.join(".codex"),
            gemini: home.join(".gemini"),
            copilot: home.join(".copilot"),
            project: None,
            root: "/".into(),
        }
    }

    /// As `variable` says for one agent: each has one that moves its directory, but Gemini CLI.
    #[must_use]
    pub fn moved(mut self, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Self {
        for (name, dir) in [
            ("CLAUDE_CONFIG_DIR", &mut self.claude),
            ("CODEX_HOME", &mut self.codex),
            ("COPILOT_HOME", &mut self.copilot),
        ] {
            if let Some(moved) = variable(name).filter(|dir| dir.is_absolute()) {
                *dir = moved;
            }
        }
        self
    }

    #[must_use]
    pub fn with_project(mut self, project: &Path) -> Self {
        self.project = Some(project.to_owned());
        self
    }

    /// With the machine's own files below another directory, for tests.
    #[must_use]
    pub fn with_root(mut self, root: &Path) -> Self {
        root.clone_into(&mut self.root);
        self
    }

    /// The directory of the person's own settings.
    pub fn of(&self, agent: Agent) -> &Path {
        match agent {
            Agent::Claude => &self.claude,
            Agent::Codex => &self.codex,
            Agent::Gemini => &self.gemini,
            Agent::Copilot => &self.copilot,
        }
    }

    /// The file that the gate's entry stands in. `None` for a project where there is none.
    pub fn settings(&self, agent: Agent, tier: Tier) -> Option<PathBuf> {
        let own = self.of(agent);
        let project = self.project.as_deref();
        Some(match (agent, tier) {
            (Agent::Claude, Tier::User) => own.join("settings.json"),
            // Not the one that is shared in git: the entry names a program of this machine.
            (Agent::Claude, Tier::Project) => project?.join(".claude/settings.local.json"),
            (Agent::Claude, Tier::Managed) => self
                .root
                .join("etc/claude-code/managed-settings.d/50-thumbturn.json"),
            (Agent::Codex, Tier::User) => own.join("hooks.json"),
            (Agent::Codex, Tier::Project) => project?.join(".codex/hooks.json"),
            (Agent::Codex, Tier::Managed) => self.root.join("etc/codex/hooks.json"),
            (Agent::Gemini, Tier::User) => own.join("settings.json"),
            (Agent::Gemini, Tier::Project) => project?.join(".gemini/settings.json"),
            (Agent::Gemini, Tier::Managed) => self.root.join("etc/gemini-cli/settings.json"),
            (Agent::Copilot, Tier::User) => own.join("hooks/thumbturn.json"),
            (Agent::Copilot, Tier::Project) => project?.join(".github/hooks/thumbturn.json"),
            (Agent::Copilot, Tier::Managed) => {
                self.root.join("etc/github-copilot/policy.d/thumbturn.json")
            }
        })
    }

    /// Files in which a switch of the agent's own can take the gate out, the nearest first.
    pub(crate) fn switches(&self, agent: Agent) -> Vec<PathBuf> {
        let own = self.of(agent);
        let below = |names: &[&str]| -> Vec<PathBuf> {
            let project = self.project.iter();
            project
                .flat_map(|dir| names.iter().map(|name| dir.join(name)))
                .collect()
        };
        match agent {
            Agent::Claude => {
                let mut all = below(&[".claude/settings.local.json", ".claude/settings.json"]);
                all.push(own.join("settings.json"));
                all
            }
            Agent::Codex => {
                let mut all = below(&[".codex/config.toml"]);
                all.push(own.join("config.toml"));
                all
            }
            Agent::Gemini => {
                let mut all = below(&[".gemini/settings.json"]);
                all.push(own.join("settings.json"));
                all
            }
            Agent::Copilot => {
                let mut all = below(&[
                    ".github/copilot/settings.local.json",
                    ".github/copilot/settings.json",
                ]);
                all.push(own.join("settings.json"));
                all
            }
        }
    }

    /// Claude Code's managed settings, ours aside: one of them can let only managed hooks run.
    pub(crate) fn claude_managed(&self) -> PathBuf {
        self.root.join("etc/claude-code/managed-settings.json")
    }

    /// Every file whose change may take the gate out, or put it in.
    pub fn watched(&self, agent: Agent) -> Vec<PathBuf> {
        let mut all: Vec<_> = Tier::ALL
            .into_iter()
            .filter_map(|tier| self.settings(agent, tier))
            .chain(self.switches(agent))
            .collect();
        if agent == Agent::Claude {
            all.push(self.claude_managed());
        }
        all.sort();
        all.dedup();
        all
    }
}
