//! The world of one story.

use std::path::Path;

use duo_tenant::{Config, Tenant};
use serde_json::Value;
use tempfile::TempDir;
use thumbturn_wire::{Endpoint, Paths};
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::agent::{Spoken, heard, hostile};
use crate::desktop::{Desktop, Keyring};
use crate::gui::Gui;
use crate::proc::{Ended, Proc, until};
use crate::programs::{Programs, programs};

pub struct World {
    pub tenant: Tenant,
    pub desktop: Desktop,
    pub programs: &'static Programs,
    pub paths: Paths,
    /// Pushes that rang before it was set up.
    pub(crate) before: usize,
    home: TempDir,
}

/// The applications that the tenant's administrator made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInWith {
    /// An Auth API and a Web SDK application.
    UniversalPrompt,
    /// An Auth API application and no other.
    Push,
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
            before: 0,
            home,
        })
    }

    /// Connected to the tenant, the gate running, nobody signed in.
    ///
    /// # Errors
    /// Where any part does not come up.
    pub async fn connected(config: Config, with: SignInWith) -> anyhow::Result<(Self, Gate)> {
        let world = Self::empty(config, Keyring::Unlocked).await?;
        let connected = world.connect(with).await?;
        anyhow::ensure!(connected.code == Some(0), "connect failed: {connected:?}");
        let gate = world.gate().await?;
        Ok((world, gate))
    }

    /// Connected, and dana signed in through the prompt; the gate running, Duo mode off.
    ///
    /// # Errors
    /// Where any part does not come up.
    pub async fn set_up() -> anyhow::Result<(Self, Gate)> {
        Self::set_up_with(Config::default(), SignInWith::UniversalPrompt).await
    }

    /// # Errors
    /// Where any part does not come up.
    pub async fn set_up_with(config: Config, with: SignInWith) -> anyhow::Result<(Self, Gate)> {
        let (mut world, gate) = Self::connected(config, with).await?;
        world.signed_in(with).await?;
        world.before = world.tenant.pushes().len();
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
        self.gate_with(|_| {}).await
    }

    /// The same on a screen, with a tray and a window that can be driven.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn gate_on(&self, gui: &Gui) -> anyhow::Result<Gate> {
        self.gate_with(|command| gui.dress(command)).await
    }

    /// The same, of a program that lies elsewhere.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn gate_of(&self, program: &Path) -> anyhow::Result<Gate> {
        self.started(program, |_| {}).await
    }

    async fn gate_with(&self, configure: impl FnOnce(&mut Command)) -> anyhow::Result<Gate> {
        self.started(&self.programs.tray, configure).await
    }

    pub(crate) async fn started(
        &self,
        program: &Path,
        configure: impl FnOnce(&mut Command),
    ) -> anyhow::Result<Gate> {
        let before = self.endpoint().map(|endpoint| endpoint.port);
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.home().join("gate.log"))?;
        let process = Proc::start(program, |command| {
            command.arg("--home").arg(self.home()).stderr(log);
            self.desktop.dress(command);
            configure(command);
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
