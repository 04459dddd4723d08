//! The world of one story.

use std::path::Path;

use anyhow::Context as _;
use duo_tenant::{Config, Tenant};
use serde_json::{Value, json};
use tempfile::TempDir;
use thumbturn_wire::{Endpoint, Paths};
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::desktop::{Desktop, Keyring};
use crate::proc::{Ended, Proc, until};
use crate::programs::{Programs, programs};

pub struct World {
    pub tenant: Tenant,
    pub desktop: Desktop,
    pub programs: &'static Programs,
    pub paths: Paths,
    home: TempDir,
}

/// What an agent makes of the hook's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken {
    Allow(String),
    Deny(String),
    NoWord,
}

impl World {
    /// A tenant, a desktop and an empty home; nothing of ours runs yet.
    ///
    /// # Errors
    /// Where any part does not come up.
    pub async fn empty(config: Config, keyring: Keyring) -> anyhow::Result<Self> {
        let programs = programs()?;
        let home = TempDir::with_prefix("thumbturn-story-")?;
        let desktop = Desktop::start(home.path(), keyring).await?;
        let tenant = Tenant::start(config).await?;
        let paths = Paths::under(home.path());
        Ok(Self {
            tenant,
            desktop,
            programs,
            paths,
            home,
        })
    }

    /// Connected to the tenant as dana, the gate running, Duo mode off.
    ///
    /// # Errors
    /// Where any part does not come up.
    pub async fn set_up() -> anyhow::Result<(Self, Gate)> {
        Self::set_up_with(Config::default(), "user = \"dana\"\n").await
    }

    /// # Errors
    /// Where any part does not come up.
    pub async fn set_up_with(config: Config, settings: &str) -> anyhow::Result<(Self, Gate)> {
        let world = Self::empty(config, Keyring::Unlocked).await?;
        world.settings(settings)?;
        let connected = world.connect().await?;
        anyhow::ensure!(connected.code == Some(0), "connect failed: {connected:?}");
        let gate = world.gate().await?;
        Ok((world, gate))
    }

    /// The same with Duo mode on.
    ///
    /// # Errors
    /// Where any part does not come up.
    pub async fn turned_on() -> anyhow::Result<(Self, Gate)> {
        let (world, gate) = Self::set_up().await?;
        world.turn_on().await?;
        Ok((world, gate))
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// # Errors
    /// Where the file cannot be written.
    pub fn settings(&self, text: &str) -> anyhow::Result<()> {
        std::fs::create_dir_all(self.paths.config())?;
        // The gate enters no directory that others can.
        std::fs::set_permissions(
            self.paths.config(),
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )?;
        Ok(std::fs::write(self.paths.settings(), text)?)
    }

    /// `thumbturn-tray connect`, as a person pipes the key into it.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn connect(&self) -> anyhow::Result<Ended> {
        let ca = self.home().join("tenant-ca.pem");
        std::fs::write(&ca, self.tenant.ca_pem())?;
        let connect = Proc::start(&self.programs.tray, |command| {
            command.arg("--home").arg(self.home()).arg("connect");
            command
                .arg("--host")
                .arg(self.tenant.host())
                .arg("--ikey")
                .arg(self.tenant.integration_key());
            command.arg("--ca").arg(&ca);
            self.desktop.dress(command);
        })?;
        connect
            .feed(format!("{}\n", self.tenant.secret_key()).as_bytes())
            .await
    }

    /// Runs one of the gate program's own commands to its end.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn tray(&self, arguments: &[&str]) -> anyhow::Result<Ended> {
        let tray = Proc::start(&self.programs.tray, |command| {
            command.arg("--home").arg(self.home()).args(arguments);
            self.desktop.dress(command);
        })?;
        tray.feed(b"").await
    }

    /// Starts the gate and waits until it has published where it listens.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn gate(&self) -> anyhow::Result<Gate> {
        let before = self.endpoint().map(|endpoint| endpoint.port);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.home().join("gate.log"))?;
        let process = Proc::start(&self.programs.tray, |command| {
            command.arg("--home").arg(self.home()).stderr(log);
            self.desktop.dress(command);
        })?;
        until("the gate's endpoint file", async || {
            self.endpoint()
                .filter(|endpoint| Some(endpoint.port) != before)
        })
        .await?;
        Ok(Gate(process))
    }

    pub fn endpoint(&self) -> Option<Endpoint> {
        Endpoint::read(&self.paths.endpoint()).ok().flatten()
    }

    /// What the gate wrote to its log so far, for the words of a failure.
    pub fn gate_log(&self) -> String {
        std::fs::read_to_string(self.home().join("gate.log")).unwrap_or_default()
    }

    /// # Errors
    /// Where the CLI refuses.
    pub async fn turn_on(&self) -> anyhow::Result<()> {
        let on = self.thumbturn(&["on"]).await?;
        anyhow::ensure!(
            on.code == Some(0),
            "thumbturn on: {on:?}\n{}\n{:?}",
            self.gate_log(),
            self.audit()
        );
        Ok(())
    }

    /// Runs the CLI to its end.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn thumbturn(&self, arguments: &[&str]) -> anyhow::Result<Ended> {
        self.start_thumbturn(arguments)?.feed(b"").await
    }

    /// # Errors
    /// Where it cannot be run.
    pub fn start_thumbturn(&self, arguments: &[&str]) -> anyhow::Result<Proc> {
        Proc::start(&self.programs.cli, |command| {
            command.arg("--home").arg(self.home()).args(arguments);
            self.desktop.dress(command);
        })
    }

    /// Starts the hook as Claude Code would.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub fn hook(&self, extra: &[&str]) -> anyhow::Result<Proc> {
        Proc::start(&self.programs.hook, |command| {
            command
                .arg("claude")
                .arg("--endpoint")
                .arg(self.paths.endpoint())
                .arg("--key")
                .arg(self.paths.pin());
            command.args(extra);
            hostile(command);
        })
    }

    /// Lets an agent ask, while the story goes on.
    pub fn asks(&self, payload: &Value) -> JoinHandle<anyhow::Result<Ended>> {
        let hook = self.hook(&[]);
        let payload = payload.to_string();
        tokio::spawn(async move { hook?.feed(payload.as_bytes()).await })
    }

    /// One ask through the real hook, to its end.
    ///
    /// # Errors
    /// Where the hook cannot be run or says what no agent understands.
    pub async fn ask(&self, payload: &Value) -> anyhow::Result<Spoken> {
        heard(&self.hook(&[])?.feed(payload.to_string().as_bytes()).await?)
    }

    /// Every line of the audit log.
    pub fn audit(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.paths.audit()).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Waits until the audit log holds a line that `is` likes.
    ///
    /// # Errors
    /// Where none comes.
    pub async fn audited(&self, what: &str, is: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        until(what, async || {
            self.audit().into_iter().find(|line| is(line))
        })
        .await
    }
}

/// A running gate.
pub struct Gate(Proc);

impl Gate {
    pub fn process(&self) -> &Proc {
        &self.0
    }

    /// Ends it as an init system would, and waits.
    ///
    /// # Errors
    /// Where it does not end.
    pub async fn stop(self, signal: rustix::process::Signal) -> anyhow::Result<Ended> {
        self.0.signal(signal)?;
        self.0.end().await
    }
}

/// A surrounding that would bend a careless program: proxies, foreign homes, foreign trust.
fn hostile(command: &mut Command) {
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env(name, "http://127.0.0.1:9");
    }
    command
        .env("HOME", "/nonexistent")
        .env("XDG_RUNTIME_DIR", "/nonexistent")
        .env("SSL_CERT_FILE", "/nonexistent");
}

/// Reads a hook's answer as Claude Code does.
///
/// # Errors
/// Where it is none that it would understand.
pub fn heard(ended: &Ended) -> anyhow::Result<Spoken> {
    let said = || -> anyhow::Result<(String, String)> {
        let answer: Value =
            serde_json::from_str(&ended.stdout).with_context(|| format!("{ended:?}"))?;
        let output = answer.get("hookSpecificOutput").context("no answer")?;
        let text = |key: &str| {
            output
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        anyhow::ensure!(text("hookEventName") == "PreToolUse", "{ended:?}");
        Ok((text("permissionDecision"), text("permissionDecisionReason")))
    };
    match ended.code {
        Some(0) if ended.stdout.is_empty() && ended.stderr.is_empty() => Ok(Spoken::NoWord),
        Some(0) => match said()? {
            (decision, reason) if decision == "allow" && ended.stderr.is_empty() => {
                Ok(Spoken::Allow(reason))
            }
            _ => anyhow::bail!("{ended:?}"),
        },
        Some(2) => match said()? {
            (decision, reason) if decision == "deny" && ended.stderr.trim_end() == reason => {
                Ok(Spoken::Deny(reason))
            }
            _ => anyhow::bail!("{ended:?}"),
        },
        _ => anyhow::bail!("{ended:?}"),
    }
}

/// A `PreToolUse` payload in the shape that Claude Code 2.1.330 sends.
pub fn payload(session: &str, tool: &str, input: Value) -> Value {
    json!({
        "session_id": session, "transcript_path": "/home/dana/.claude/projects/shop/s.jsonl", "cwd": "/",
        "prompt_id": "63b883b0-c915-40b9-b95a-9e766f6980c3", "permission_mode": "default",
        "effort": {"level": "medium"}, "hook_event_name": "PreToolUse", "tool_name": tool,
        "tool_input": input, "tool_use_id": format!("toolu_{session}"),
    })
}

pub fn bash(session: &str, command: &str) -> Value {
    payload(
        session,
        "Bash",
        json!({ "command": command, "description": "what the agent says of it" }),
    )
}
