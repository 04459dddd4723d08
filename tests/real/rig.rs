//! A call runs where no hook stands in its way, and does not where one says no; the model hears which.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use harness::{How, RealAgent};
use pretty_assertions::assert_eq;
use serde_json::json;
use stand_in_model::{Model, Script, Told};
use tempfile::TempDir;

const REASON: &str = "Nobody answered the phone";

/// A home, a place to work, and a model that has one command run there.
struct Rig {
    agent: RealAgent,
    dir: TempDir,
    model: Model,
}

impl Rig {
    async fn new(agent: RealAgent) -> Self {
        let dir = TempDir::with_prefix("thumbturn-agent-").unwrap();
        std::fs::create_dir(dir.path().join("home")).unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        let (tool, input) = agent.shell("echo hello > ran.txt");
        let model = Model::start(Script::call(tool, input)).await.unwrap();
        Self { agent, dir, model }
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    /// What the command wrote, and what the model was told of it.
    async fn run(&self) -> (Option<String>, Told) {
        let how = match self.agent {
            RealAgent::Claude => How::default().with(&["--allowedTools", "Bash"]),
            RealAgent::Codex | RealAgent::Gemini | RealAgent::Copilot => How::default(),
        };
        let ran = self
            .agent
            .run(&self.home(), &self.work(), &self.model, "greet me", &how)
            .await
            .unwrap();
        let told = self.model.told();
        assert_eq!((ran.code, told.len()), (Some(0), 1), "{ran:?}, {told:?}");
        let written = std::fs::read_to_string(self.work().join("ran.txt")).ok();
        (written, told[0].clone())
    }

    /// A hook that says no to everything, in this agent's settings.
    async fn deny(&self) {
        let script = self.dir.path().join("deny");
        let flat = json!({"permissionDecision": "deny", "permissionDecisionReason": REASON});
        // Copilot drops what a hook says on its standard error; the others drop what this one says on the output.
        let json = match self.agent {
            RealAgent::Copilot => format!("echo '{flat}'\n"),
            RealAgent::Claude | RealAgent::Codex | RealAgent::Gemini => String::new(),
        };
        let status = match self.agent {
            RealAgent::Copilot => 0,
            RealAgent::Claude | RealAgent::Codex | RealAgent::Gemini => 2,
        };
        write(
            &script,
            &format!("#!/bin/sh\ncat >/dev/null\n{json}echo '{REASON}' >&2\nexit {status}\n"),
        );
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
        let hook = json!({"type": "command", "command": script});
        let (file, settings) = match self.agent {
            RealAgent::Claude => (
                ".claude/settings.json",
                json!({"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [hook]}]}}),
            ),
            RealAgent::Codex => (
                ".codex/hooks.json",
                json!({"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [hook]}]}}),
            ),
            RealAgent::Gemini => (
                ".gemini/settings.json",
                json!({"hooks": {"BeforeTool": [{"matcher": ".*", "hooks": [hook]}]}}),
            ),
            RealAgent::Copilot => (
                ".copilot/hooks/deny.json",
                json!({"version": 1, "hooks": {"preToolUse": [{"type": "command", "bash": script}]}}),
            ),
        };
        write(&self.home().join(file), &settings.to_string());
        if self.agent == RealAgent::Codex {
            let trusted = RealAgent::trust_codex_hooks(&self.home(), &self.work()).await;
            assert_eq!(trusted.unwrap(), 1);
        }
    }
}

fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

async fn runs(agent: RealAgent) {
    let rig = Rig::new(agent).await;
    let (written, told) = rig.run().await;
    assert_eq!(written.as_deref(), Some("hello\n"), "{told:?}");
    assert!(!told.is_error, "{told:?}");
}

async fn is_held(agent: RealAgent) {
    let rig = Rig::new(agent).await;
    rig.deny().await;
    let (written, told) = rig.run().await;
    assert_eq!(written, None, "{told:?}");
    assert!(told.text.contains(REASON), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_runs_a_command_that_no_hook_stops() {
    runs(RealAgent::Claude).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_does_not_run_what_its_hook_denies() {
    is_held(RealAgent::Claude).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_runs_a_command_that_no_hook_stops() {
    runs(RealAgent::Codex).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_does_not_run_what_its_trusted_hook_denies() {
    is_held(RealAgent::Codex).await;
}

#[cfg(feature = "all-agents")]
#[tokio::test(flavor = "multi_thread")]
async fn gemini_runs_a_command_that_no_hook_stops() {
    runs(RealAgent::Gemini).await;
}

#[cfg(feature = "all-agents")]
#[tokio::test(flavor = "multi_thread")]
async fn gemini_does_not_run_what_its_hook_denies() {
    is_held(RealAgent::Gemini).await;
}

#[cfg(feature = "all-agents")]
#[tokio::test(flavor = "multi_thread")]
async fn copilot_runs_a_command_that_no_hook_stops() {
    runs(RealAgent::Copilot).await;
}

#[cfg(feature = "all-agents")]
#[tokio::test(flavor = "multi_thread")]
async fn copilot_does_not_run_what_its_hook_denies() {
    is_held(RealAgent::Copilot).await;
}
