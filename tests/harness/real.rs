//! Real coding agents, as people install them, run once with a stand-in for their model.

mod codex;
mod home;

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};
use stand_in_model::Model;
use tokio::process::{Child, Command};

pub use codex::CodexHook;

/// An agent's program, unmodified. `cargo xtask agents` fetches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealAgent {
    Claude,
    Codex,
    Gemini,
    Copilot,
}

/// How an agent is run, besides what it always gets.
#[derive(Clone, Debug)]
pub struct How {
    /// Goes after the arguments that the agent always gets.
    pub arguments: Vec<String>,
    /// Added to the environment; a name that is there already is replaced.
    pub env: Vec<(String, String)>,
    /// How long it may take.
    pub deadline: Duration,
    /// What it finds at `/etc`, in place of this machine's own.
    pub etc: Option<PathBuf>,
}

impl Default for How {
    fn default() -> Self {
        Self {
            arguments: Vec::new(),
            env: Vec::new(),
            deadline: Duration::from_secs(60),
            etc: None,
        }
    }
}

impl How {
    /// The same with more arguments.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// The same with one more variable.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same on a machine whose `/etc` is that directory.
    #[must_use]
    pub fn on_machine(mut self, etc: &Path) -> Self {
        self.etc = Some(etc.to_owned());
        self
    }

    /// The same with another deadline.
    #[must_use]
    pub fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl RealAgent {
    /// What people type to start it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot",
        }
    }

    /// Its tool that runs a shell command, and that tool's input for this one.
    pub fn shell(self, command: &str) -> (&'static str, Value) {
        match self {
            Self::Claude => ("Bash", json!({"command": command, "description": "greet"})),
            Self::Codex => ("exec_command", json!({"cmd": command})),
            Self::Gemini => (
                "run_shell_command",
                json!({"command": command, "description": "greet"}),
            ),
            Self::Copilot => ("bash", json!({"command": command, "description": "greet"})),
        }
    }

    /// # Errors
    /// Where it was not fetched.
    pub fn program(self) -> anyhow::Result<PathBuf> {
        let dir = match std::env::var_os("THUMBTURN_AGENTS") {
            Some(dir) => PathBuf::from(dir),
            None => crate::programs::target()?.join("agents"),
        };
        let program = dir.join("bin").join(self.name());
        if !program.is_file() {
            bail!(
                "{} is not there: `cargo xtask agents` fetches Claude Code and Codex, with `--full` the others too",
                program.display()
            );
        }
        Ok(program)
    }

    /// Runs it once, without a person, with every tool of its own allowed, so that only a hook can stop a call.
    /// Claude Code alone takes that from `how`: `--allowedTools`, or a permission mode.
    ///
    /// # Errors
    /// Where it cannot be started, or has not ended by the deadline. Its whole process group is ended then.
    pub async fn run(
        self,
        home: &Path,
        work: &Path,
        model: &Model,
        prompt: &str,
        how: &How,
    ) -> anyhow::Result<Ran> {
        self.settle(home)?;
        let mut command = self.command(home, work, how.etc.as_deref())?;
        self.point_at(&mut command, model, prompt);
        command
            .args(&how.arguments)
            .envs(how.env.iter().map(|(name, value)| (name, value)));
        finish(&mut command, how.deadline).await
    }

    /// The program in a clean environment.
    fn command(self, home: &Path, work: &Path, etc: Option<&Path>) -> anyhow::Result<Command> {
        let program = self.program()?;
        let mut command = match etc {
            Some(etc) => on_machine(&program, etc),
            None => Command::new(program),
        };
        command
            .current_dir(work)
            .env_clear()
            .env("HOME", home)
            .env("PATH", path())
            .env("LANG", "C.UTF-8")
            .env("TERM", "xterm-256color")
            // Codex makes no helper programs in a home below the place for temporary files.
            .env("TMPDIR", home::temporary(home));
        Ok(command)
    }

    /// The arguments and variables that make it talk to the stand-in, to nobody else, and ask no person.
    fn point_at(self, command: &mut Command, model: &Model, prompt: &str) {
        let url = model.url();
        match self {
            Self::Claude => {
                command
                    .args(["-p", prompt])
                    .env("ANTHROPIC_BASE_URL", url)
                    .env("ANTHROPIC_API_KEY", KEY)
                    .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
                    .env("DISABLE_AUTOUPDATER", "1")
                    .env("DISABLE_ERROR_REPORTING", "1")
                    .env("DISABLE_TELEMETRY", "1");
            }
            Self::Codex => {
                command
                    .arg("exec")
                    .args(codex::settings(&url))
                    .args(["--skip-git-repo-check", "--json", prompt])
                    .env(codex::KEY_NAME, KEY);
            }
            Self::Gemini => {
                command
                    .args([
                        "-p",
                        prompt,
                        "--yolo",
                        "--skip-trust",
                        "-m",
                        "gemini-2.5-pro",
                    ])
                    .env("GOOGLE_GEMINI_BASE_URL", url)
                    .env("GEMINI_API_KEY", KEY)
                    .env("GEMINI_CLI_NO_RELAUNCH", "true")
                    .env("GEMINI_TELEMETRY_ENABLED", "false")
                    .env("NO_BROWSER", "1");
            }
            Self::Copilot => {
                command
                    .args(["-p", prompt, "--allow-all-tools"])
                    .env("COPILOT_PROVIDER_BASE_URL", format!("{url}/v1"))
                    .env("COPILOT_PROVIDER_API_KEY", KEY)
                    .env("COPILOT_MODEL", "gpt-5")
                    .env("COPILOT_OFFLINE", "true")
                    .env("COPILOT_AUTO_UPDATE", "false");
            }
        }
    }
}

/// A program that finds that directory at `/etc`, in namespaces of its own; as root there, as whoever
/// manages a machine is.
pub(crate) fn on_machine(program: &Path, etc: &Path) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "--map-root-user", "sh", "-c"])
        .arg("mount --bind \"$0\" /etc && exec \"$@\"")
        .args([etc, program]);
    command
}

/// What each agent takes for its key to the model.
const KEY: &str = "stand-in";

/// Where `node` is, and the system's own programs.
fn path() -> String {
    let found = std::env::var_os("PATH").unwrap_or_default();
    let node = std::env::split_paths(&found).find(|dir| dir.join("node").is_file());
    let system = "/usr/bin:/bin";
    match node {
        Some(dir) if !system.split(':').any(|own| dir == Path::new(own)) => {
            format!("{}:{system}", dir.display())
        }
        Some(_) | None => system.to_owned(),
    }
}

/// Ends an agent's process group when dropped, and what it started in groups of their own, as agents do with commands.
struct Group(u32);

impl Group {
    /// The group of a process that was started as its first.
    fn of(leader: &Child) -> anyhow::Result<Self> {
        leader.id().map(Self).context("it has ended already")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let mut found = vec![self.0];
        let mut next = 0;
        while let Some(&pid) = found.get(next) {
            found.extend(crate::proc::children(pid));
            next += 1;
        }
        let id = |pid: u32| i32::try_from(pid).ok().and_then(Pid::from_raw);
        if let Some(group) = id(self.0) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        for below in found.into_iter().skip(1).filter_map(id) {
            let _ = kill_process(below, Signal::KILL);
        }
    }
}

/// Runs a command to its end, with its output in files: a process it leaves behind may hold a pipe open for ever.
async fn finish(command: &mut Command, deadline: Duration) -> anyhow::Result<Ran> {
    let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("start {:?}", command.as_std().get_program()))?;
    let _group = Group::of(&child)?;
    let ended = tokio::time::timeout(deadline, child.wait()).await;
    let (said, complained) = (text(&mut stdout)?, text(&mut stderr)?);
    let Ok(status) = ended else {
        bail!("not over after {deadline:?}; it said {said:?} and complained {complained:?}");
    };
    Ok(Ran {
        code: status?.code(),
        stdout: said,
        stderr: complained,
        took: start.elapsed(),
    })
}

fn text(file: &mut File) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
