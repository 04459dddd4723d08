//! A real tray host: Xfce's panel on a virtual screen, driven over D-Bus as its own menus do.

use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::desktop::Desktop;
use crate::proc::{Proc, until};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";

/// A virtual screen.
#[derive(Debug)]
pub struct Screen {
    display: String,
    _server: Proc,
}

impl Screen {
    /// # Errors
    /// Where Xvfb is missing or does not come up.
    pub async fn start() -> anyhow::Result<Self> {
        let mut server = Proc::start(Path::new("Xvfb"), |command| {
            command.args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ]);
            command.stderr(std::process::Stdio::null());
        })
        .context("a virtual screen needs Debian's package xvfb; `cargo xtask test` installs it")?;
        let stdout = server.child().stdout.take().context("Xvfb has no stdout")?;
        let number = BufReader::new(stdout)
            .lines()
            .next_line()
            .await?
            .context("Xvfb named no display")?;
        Ok(Self {
            display: format!(":{number}"),
            _server: server,
        })
    }

    pub fn display(&self) -> &str {
        &self.display
    }

    /// Takes a picture of the whole screen.
    ///
    /// # Errors
    /// Where ImageMagick is missing or fails.
    pub async fn picture(&self, file: &Path) -> anyhow::Result<()> {
        self.part(file, "1280x800+0+0").await
    }

    /// Takes a picture of a part of it: `WIDTHxHEIGHT+LEFT+TOP`.
    ///
    /// # Errors
    /// Where ImageMagick is missing or fails.
    pub async fn part(&self, file: &Path, part: &str) -> anyhow::Result<()> {
        let status = Command::new("import")
            .args(["-display", &self.display, "-window", "root"])
            .args([
                "-crop",
                part,
                "+repage",
                "-define",
                "png:exclude-chunks=date,time",
            ])
            .arg(file)
            .status()
            .await
            .context(
                "a picture needs Debian's package imagemagick; `cargo xtask test` installs it",
            )?;
        anyhow::ensure!(status.success(), "no picture could be taken");
        Ok(())
    }
}

/// Xfce's panel with nothing on it but the tray.
#[derive(Debug)]
pub struct Panel(Proc);

impl Panel {
    /// # Errors
    /// Where the panel is missing or does not become a tray host.
    pub async fn start(desktop: &Desktop, screen: &Screen, home: &Path) -> anyhow::Result<Self> {
        let config = home.join(".config/xfce4/xfconf/xfce-perchannel-xml");
        std::fs::create_dir_all(&config)?;
        std::fs::write(config.join("xfce4-panel.xml"), PANEL)?;
        let panel = Proc::start(Path::new("xfce4-panel"), |command| {
            desktop.dress(command);
            command
                .arg("--disable-wm-check")
                .env("DISPLAY", screen.display())
                .env("NO_AT_BRIDGE", "1");
            command
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
        })
        .context(
            "a tray host needs Debian's package xfce4-panel; `cargo xtask test` installs it",
        )?;
        until("the panel to become a tray host", async || {
            property(
                desktop,
                WATCHER,
                "/StatusNotifierWatcher",
                WATCHER,
                "IsStatusNotifierHostRegistered",
            )
            .await
            .filter(|value| value == &Value::Bool(true))
        })
        .await?;
        Ok(Self(panel))
    }

    /// Ends the panel, as a crash of it would.
    ///
    /// # Errors
    /// Where it is gone already.
    pub async fn crash(self) -> anyhow::Result<()> {
        self.0.signal(rustix::process::Signal::KILL)?;
        self.0.end().await?;
        Ok(())
    }
}

/// One program's item in the tray.
pub struct TrayItem<'a> {
    desktop: &'a Desktop,
    bus: String,
    path: String,
}

impl<'a> TrayItem<'a> {
    /// Waits for the one item to appear.
    ///
    /// # Errors
    /// Where none does.
    pub async fn appear(desktop: &'a Desktop) -> anyhow::Result<Self> {
        let name = until("an item in the tray", async || {
            let items = property(
                desktop,
                WATCHER,
                "/StatusNotifierWatcher",
                WATCHER,
                "RegisteredStatusNotifierItems",
            )
            .await?;
            items.get(0)?.as_str().map(str::to_owned)
        })
        .await?;
        let (bus, path) = name
            .split_once('/')
            .map_or((name.as_str(), "StatusNotifierItem"), |split| split);
        Ok(Self {
            desktop,
            bus: bus.to_owned(),
            path: format!("/{path}"),
        })
    }

    /// Its title, as a host would show it.
    pub async fn title(&self) -> Option<String> {
        self.property("Title")
            .await
            .and_then(|value| value.as_str().map(str::to_owned))
    }

    /// Its tooltip's title and text.
    pub async fn tooltip(&self) -> Option<String> {
        let tip = self.property("ToolTip").await?;
        Some(format!(
            "{}\n{}",
            tip.get(2)?.as_str()?,
            tip.get(3)?.as_str()?
        ))
    }

    /// The bytes of its icon, to tell one from another.
    pub async fn icon(&self) -> Option<String> {
        self.property("IconPixmap")
            .await
            .map(|value| value.to_string())
    }

    /// The labels of its menu, in order, a checked item with `[x]` before it.
    ///
    /// # Errors
    /// Where the menu cannot be read.
    pub async fn menu(&self) -> anyhow::Result<Vec<String>> {
        Ok(self
            .items()
            .await?
            .into_iter()
            .map(|item| item.label)
            .collect())
    }

    /// Clicks the first item whose label holds these words, once there is one that can be clicked.
    ///
    /// # Errors
    /// Where there is none; what the menu holds instead.
    pub async fn click(&self, words: &str) -> anyhow::Result<()> {
        let mut menu = Vec::new();
        let id = until(&format!("an item {words:?} to click"), async || {
            menu = self.items().await.ok()?;
            let fits = |item: &&MenuItem| item.enabled && item.label.contains(words);
            menu.iter().find(fits).map(|item| item.id.to_string())
        })
        .await;
        let id = id.with_context(|| format!("the menu is {menu:?}"))?;
        self.call(&["Event", "isvu", &id, "clicked", "s", "", "0"])
            .await?;
        Ok(())
    }

    async fn items(&self) -> anyhow::Result<Vec<MenuItem>> {
        let layout = self
            .call(&["GetLayout", "iias", "--", "0", "-1", "0"])
            .await?;
        let children = layout
            .pointer("/data/1/2")
            .and_then(Value::as_array)
            .context("the menu has no items")?;
        Ok(children
            .iter()
            .filter_map(|child| MenuItem::read(child.get("data")?))
            .collect())
    }

    async fn property(&self, name: &str) -> Option<Value> {
        property(self.desktop, &self.bus, &self.path, ITEM, name).await
    }

    async fn call(&self, arguments: &[&str]) -> anyhow::Result<Value> {
        let menu = self
            .property("Menu")
            .await
            .context("the item has no menu")?;
        let menu = menu.as_str().context("the menu has no path")?;
        let mut all = vec![
            "--json=short",
            "call",
            self.bus.as_str(),
            menu,
            "com.canonical.dbusmenu",
        ];
        all.extend(arguments);
        busctl(self.desktop, &all)
            .await
            .context("the menu does not answer")
    }
}

#[derive(Debug)]
struct MenuItem {
    id: i64,
    label: String,
    enabled: bool,
}

impl MenuItem {
    fn read(item: &Value) -> Option<Self> {
        let of = |key: &str| item.get(1)?.get(key)?.get("data");
        let label = of("label")
            .and_then(Value::as_str)
            .unwrap_or("---")
            .to_owned();
        let checked = of("toggle-state").and_then(Value::as_i64);
        let label = match checked {
            Some(1) => format!("[x] {label}"),
            Some(0) => format!("[ ] {label}"),
            Some(_) | None => label,
        };
        Some(Self {
            id: item.get(0)?.as_i64()?,
            label,
            enabled: of("enabled").and_then(Value::as_bool).unwrap_or(true),
        })
    }
}

async fn property(
    desktop: &Desktop,
    bus: &str,
    path: &str,
    interface: &str,
    name: &str,
) -> Option<Value> {
    let answer = busctl(
        desktop,
        &["--json=short", "get-property", bus, path, interface, name],
    )
    .await?;
    answer.get("data").cloned()
}

async fn busctl(desktop: &Desktop, arguments: &[&str]) -> Option<Value> {
    let mut command = Command::new("busctl");
    command.arg("--user").args(arguments);
    desktop.dress(&mut command);
    let output = command.output().await.ok()?;
    if output.stdout.is_empty() {
        return output.status.success().then_some(Value::Null);
    }
    serde_json::from_slice(&output.stdout).ok()
}

/// One small panel with nothing on it but the tray.
const PANEL: &str = include_str!("../fixtures/xfce4-panel.xml");
