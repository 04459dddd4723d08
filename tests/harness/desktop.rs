//! A desktop session of its own: a private bus, and on it a real keyring or none.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::opener::Opener;
use crate::proc::{Proc, until};

/// What answers for the Secret Service on the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    Unlocked,
    /// A bus on which nothing offers secrets.
    None,
    /// No session bus at all.
    NoBus,
}

#[derive(Debug)]
pub struct Desktop {
    address: Option<String>,
    home: PathBuf,
    opener: Opener,
    /// Bus and keyring, the bus last: it is dropped last.
    _processes: Vec<Proc>,
}

impl Desktop {
    /// # Errors
    /// Where dbus-daemon or gnome-keyring-daemon is missing or does not come up.
    pub async fn start(home: &Path, keyring: Keyring) -> anyhow::Result<Self> {
        let mut desktop = Self {
            address: None,
            home: home.to_owned(),
            opener: Opener::install(home)?,
            _processes: Vec::new(),
        };
        if keyring == Keyring::NoBus {
            return Ok(desktop);
        }
        let config = home.join("bus.conf");
        // A desktop offers what its packages brought, such as the panel's settings; a bare bus offers nothing.
        let offers = if keyring == Keyring::None {
            ""
        } else {
            "<standard_session_servicedirs/>"
        };
        std::fs::write(&config, BUS.replace("<!-- offers -->", offers))?;
        let mut bus = Proc::start(Path::new("dbus-daemon"), |command| {
            command
                .arg("--nofork")
                .arg("--print-address=1")
                .arg(format!("--config-file={}", config.display()));
            desktop.dress(command);
        })
        .context("a private bus needs Debian's package dbus; `cargo xtask test` installs it")?;
        let stdout = bus
            .child()
            .stdout
            .take()
            .context("dbus-daemon has no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        desktop.address = Some(
            lines
                .next_line()
                .await?
                .context("dbus-daemon printed no address")?,
        );
        if keyring == Keyring::Unlocked {
            let daemon = desktop.keyring().await?;
            desktop._processes.push(daemon);
        }
        desktop._processes.push(bus);
        Ok(desktop)
    }

    async fn keyring(&self) -> anyhow::Result<Proc> {
        let mut daemon = Proc::start(Path::new("gnome-keyring-daemon"), |command| {
            command.args(["--unlock", "--components=secrets", "--foreground"]);
            self.dress(command);
        })
        .context(
            "a real keyring needs Debian's package gnome-keyring; `cargo xtask test` installs it",
        )?;
        let mut stdin = daemon
            .child()
            .stdin
            .take()
            .context("gnome-keyring-daemon has no stdin")?;
        // An empty password makes and unlocks the default collection.
        stdin.write_all(b"\n").await?;
        drop(stdin);
        // A call to a name that nobody has yet would make the bus start a second keyring.
        let bus = [
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
        ];
        let secrets = [
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service",
        ];
        self.answers(
            bus,
            ["NameHasOwner", "s", "org.freedesktop.secrets"],
            "true",
        )
        .await?;
        self.answers(secrets, ["ReadAlias", "s", "default"], "/collection/")
            .await?;
        Ok(daemon)
    }

    /// Waits until a call on the bus is answered with these words.
    async fn answers(&self, whom: [&str; 3], call: [&str; 3], words: &str) -> anyhow::Result<()> {
        until(words, async || {
            let mut ask = Command::new("busctl");
            ask.args(["--user", "call"]).args(whom).args(call);
            self.dress(&mut ask);
            let output = ask.output().await.ok()?;
            String::from_utf8_lossy(&output.stdout)
                .contains(words)
                .then_some(())
        })
        .await
    }

    /// Locks the keyring, as the desktop does when its person leaves.
    ///
    /// # Errors
    /// Where it stays open.
    pub async fn lock(&self) -> anyhow::Result<()> {
        let service = ["org.freedesktop.secrets", "/org/freedesktop/secrets"];
        let mut lock = Command::new("busctl");
        lock.args(["--user", "call"]).args(service);
        lock.args(["org.freedesktop.Secret.Service", "Lock", "ao", "1"]);
        lock.arg("/org/freedesktop/secrets/collection/login");
        self.dress(&mut lock);
        lock.stdout(std::process::Stdio::null());
        anyhow::ensure!(lock.status().await?.success(), "the keyring was not locked");
        let collection = [
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets/aliases/default",
            "org.freedesktop.DBus.Properties",
        ];
        until("the keyring to be locked", async || {
            let mut ask = Command::new("busctl");
            ask.args(["--user", "call"]).args(collection);
            ask.args(["Get", "ss", "org.freedesktop.Secret.Collection", "Locked"]);
            self.dress(&mut ask);
            let output = ask.output().await.ok()?;
            String::from_utf8_lossy(&output.stdout)
                .contains("true")
                .then_some(())
        })
        .await
    }

    /// Everything of ours that the keyring holds.
    ///
    /// # Errors
    /// Where `secret-tool` is missing.
    pub async fn kept(&self) -> anyhow::Result<Vec<String>> {
        let mut tool = Command::new("secret-tool");
        tool.args(["search", "--all", "service", "thumbturn"]);
        self.dress(&mut tool);
        let output = tool.output().await.context(
            "a look into the keyring needs Debian's package libsecret-tools; `cargo xtask test` installs it",
        )?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(said
            .lines()
            .filter_map(|line| line.strip_prefix("secret = "))
            .map(str::to_owned)
            .collect())
    }

    /// How many addresses its browser was asked to open so far.
    pub fn opened(&self) -> usize {
        self.opener.addresses().len()
    }

    /// The address that its browser was asked to open after the first `seen`; waits for it.
    ///
    /// # Errors
    /// Where none comes.
    pub async fn opens(&self, seen: usize) -> anyhow::Result<String> {
        self.opener.next(seen).await
    }

    /// Puts a program into this session, and out of the one the test runs in.
    pub fn dress(&self, command: &mut Command) {
        let (runtime, temp) = (self.home.join("runtime"), self.home.join("tmp"));
        let _ = std::fs::create_dir_all(&runtime);
        let _ = std::fs::create_dir_all(&temp);
        for name in [
            "DISPLAY",
            "WAYLAND_DISPLAY",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_CURRENT_DESKTOP",
            "DESKTOP_SESSION",
            "GTK_THEME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_STATE_HOME",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", &self.home)
            .env("BROWSER", self.opener.program())
            .env("XDG_RUNTIME_DIR", &runtime)
            .env("TMPDIR", &temp);
        match &self.address {
            Some(address) => command.env("DBUS_SESSION_BUS_ADDRESS", address),
            // Nothing set would let a library look for the user's own bus.
            None => command.env(
                "DBUS_SESSION_BUS_ADDRESS",
                "unix:path=/nonexistent/thumbturn-story",
            ),
        };
    }
}

const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <!-- offers -->
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
