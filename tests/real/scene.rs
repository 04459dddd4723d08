//! A real agent with the gate installed in it, a gate that is on, and a phone.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use duo_tenant::Tap;
use harness::{Ended, Gate, How, Installed, Ran, RealAgent, World};
use rustix::process::Signal;
use serde_json::Value;
use stand_in_model::{Call, Model, Script, Told};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// What the command prints and writes.
pub(crate) const COMMAND: &str = "echo hello > ran.txt; echo it ran";

pub(crate) struct Scene {
    pub(crate) agent: RealAgent,
    pub(crate) world: World,
    pub(crate) gate: Option<Gate>,
    work: TempDir,
    installed: Installed,
}

/// An agent at work.
pub(crate) struct Running {
    model: Arc<Model>,
    ran: JoinHandle<anyhow::Result<Ran>>,
}

impl Scene {
    /// Duo mode is on, and `thumbturn install` was run for this agent and said that it works.
    pub(crate) async fn on(agent: RealAgent) -> Self {
        let scene = Self::off(agent).await;
        scene.world.turn_on().await.unwrap();
        scene
    }

    /// The same with patience for one ring of the phone and no more.
    pub(crate) async fn impatient(agent: RealAgent) -> Self {
        let mut scene = Self::off(agent).await;
        let gate = scene.gate.take().unwrap();
        gate.stop(Signal::TERM).await.unwrap();
        scene.world.settings("patience = \"62s\"\n").unwrap();
        scene.gate = Some(scene.world.gate().await.unwrap());
        scene.world.turn_on().await.unwrap();
        scene
    }

    /// The same with Duo mode off.
    pub(crate) async fn off(agent: RealAgent) -> Self {
        let scene = Self::bare(agent).await;
        let installed = scene.thumbturn(&["install", agent.name()]).await;
        assert_eq!(installed.code, Some(0), "{installed:?}");
        scene
    }

    /// The same with nothing installed yet.
    pub(crate) async fn bare(agent: RealAgent) -> Self {
        let (world, gate) = World::set_up().await.unwrap();
        let agents = agent.program().unwrap();
        let installed = Installed::in_home_of(&world).unwrap();
        let installed = installed.with_agents(agents.parent().unwrap());
        agent.settle(world.home()).unwrap();
        Self {
            agent,
            world,
            gate: Some(gate),
            work: TempDir::with_prefix("thumbturn-work-").unwrap(),
            installed,
        }
    }

    pub(crate) fn work(&self) -> &Path {
        self.work.path()
    }

    pub(crate) fn home(&self) -> &Path {
        self.world.home()
    }

    pub(crate) fn cli(&self) -> PathBuf {
        self.installed.program("thumbturn")
    }

    /// Runs the installed command with the agents on its search path.
    pub(crate) async fn thumbturn(&self, words: &[&str]) -> Ended {
        let ended = self.installed.thumbturn(&self.world, self.work(), words);
        ended.await.unwrap()
    }

    /// The machine's own settings, as whoever manages it writes them; what stands at `/etc` there.
    pub(crate) async fn managed(&self) -> PathBuf {
        let etc = self.home().join("etc");
        let copied = std::process::Command::new("cp")
            .args(["--archive", "/etc", etc.to_str().unwrap()])
            .status();
        assert!(copied.unwrap().success());
        let words = ["install", self.agent.name(), "--managed"];
        let installed = self.installed.as_root(&self.world, &etc, &words).await;
        let installed = installed.unwrap();
        assert!(installed.status.success(), "{installed:?}");
        etc
    }

    /// A model that has one shell command run.
    pub(crate) fn shell(&self, command: &str) -> Call {
        let (tool, input) = self.agent.shell(command);
        Call::new(tool, input)
    }

    /// Starts the agent with that script, every shell command allowed by its own rules.
    pub(crate) async fn starts(&self, script: Script) -> Running {
        let how = match self.agent {
            RealAgent::Claude => How::default().with(&["--allowedTools", "Bash"]),
            RealAgent::Codex | RealAgent::Gemini | RealAgent::Copilot => How::default(),
        };
        self.starts_with(script, "greet me", how).await
    }

    pub(crate) async fn starts_with(&self, script: Script, prompt: &str, how: How) -> Running {
        // A phone may ring for a minute.
        let how = how.within(Duration::from_secs(150));
        let model = Arc::new(Model::start(script).await.unwrap());
        let (agent, prompt) = (self.agent, prompt.to_owned());
        let (home, work) = (self.home().to_owned(), self.work().to_owned());
        let theirs = Arc::clone(&model);
        let ran =
            tokio::spawn(async move { agent.run(&home, &work, &theirs, &prompt, &how).await });
        Running { model, ran }
    }

    /// Taps the push that rings next; what the phone showed.
    pub(crate) async fn tap(&self, tap: Tap) -> Vec<(String, String)> {
        let push = self.world.push().await.unwrap();
        self.world.tenant.tap(&push.txid, tap).unwrap();
        push.text.pushinfo
    }

    /// What the command wrote.
    pub(crate) fn written(&self) -> Option<String> {
        std::fs::read_to_string(self.work().join("ran.txt")).ok()
    }

    /// Pushes that rang since the world was set up.
    pub(crate) fn pushes(&self) -> usize {
        self.world.rang().len()
    }

    /// The agent's settings file as it stands.
    pub(crate) fn settings(&self) -> PathBuf {
        self.home().join(match self.agent {
            RealAgent::Claude => ".claude/settings.json",
            RealAgent::Codex => ".codex/hooks.json",
            RealAgent::Gemini => ".gemini/settings.json",
            RealAgent::Copilot => ".copilot/hooks/thumbturn.json",
        })
    }

    pub(crate) fn write(&self, file: &Path, text: &str) {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// The log's lines of one kind.
    pub(crate) fn logged(&self, kind: &str) -> Vec<Value> {
        let lines = self.world.audit().into_iter();
        lines
            .filter_map(|line| line["record"].get(kind).cloned())
            .collect()
    }
}

impl Running {
    /// Waits until the agent is done; what the model was told of each call.
    pub(crate) async fn ends(self) -> Vec<Told> {
        let ran = self.ran.await.unwrap().unwrap();
        let told = self.model.told();
        assert_eq!(ran.code, Some(0), "{ran:?}, {told:?}");
        told
    }

    /// The bodies of what the agent sent to the model so far.
    pub(crate) fn sent(&self) -> Vec<String> {
        let requests = self.model.requests().into_iter();
        requests.map(|request| request.body).collect()
    }
}
