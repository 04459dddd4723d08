//! A desktop that can be seen: a screen, a window manager, a tray host, a default browser, and a driver for the window.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::browser::Look;
use crate::desktop::Desktop;
use crate::driver::{Driver, free_port};
use crate::panel::{Panel, Screen};
use crate::proc::{Proc, until};
use crate::programs;
use crate::webdriver::Session;

/// What a gate must be started with to be seen and driven.
#[derive(Debug)]
pub struct Gui {
    pub screen: Screen,
    panel: Option<Panel>,
    home: PathBuf,
    /// Where the window's web engine listens, once there is a window.
    inspector: u16,
    _manager: Proc,
}

impl Gui {
    /// # Errors
    /// Where any part is missing or does not come up.
    pub async fn start(desktop: &Desktop, home: &Path) -> anyhow::Result<Self> {
        let mut gui = Self::without_panel(desktop, home).await?;
        gui.panel = Some(Panel::start(desktop, &gui.screen, home).await?);
        Ok(gui)
    }

    /// A desktop whose panel shows no tray items, or that has none.
    ///
    /// # Errors
    /// Where any other part does not come up.
    pub async fn without_panel(desktop: &Desktop, home: &Path) -> anyhow::Result<Self> {
        programs::window()?;
        let screen = Screen::start().await?;
        let manager = Proc::start(Path::new("openbox"), |command| {
            desktop.dress(command);
            command
                .arg("--sm-disable")
                .env("DISPLAY", screen.display())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
        })
        .context(
            "a window manager needs Debian's package openbox; `cargo xtask test` installs it",
        )?;
        let gui = Self {
            screen,
            panel: None,
            home: home.to_owned(),
            inspector: free_port()?,
            _manager: manager,
        };
        gui.draw(Look::Light)?;
        Ok(gui)
    }

    /// Puts the gate on this screen, and lets its window be driven.
    pub fn dress(&self, command: &mut Command) {
        command
            .env("DISPLAY", self.screen.display())
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env(
                "WEBKIT_INSPECTOR_SERVER",
                format!("127.0.0.1:{}", self.inspector),
            )
            .env("TAURI_WEBVIEW_AUTOMATION", "true");
    }

    /// Draws windows that open from now on light or dark.
    ///
    /// # Errors
    /// Where the desktop's settings cannot be written.
    pub fn draw(&self, look: Look) -> anyhow::Result<()> {
        let dir = self.home.join(".config/gtk-3.0");
        std::fs::create_dir_all(&dir)?;
        let dark = look == Look::Dark;
        let text = format!("[Settings]\ngtk-application-prefer-dark-theme={dark}\n");
        Ok(std::fs::write(dir.join("settings.ini"), text)?)
    }

    /// Attaches to the window that is open or opens now.
    ///
    /// # Errors
    /// Where none does.
    pub async fn window(&self) -> anyhow::Result<Window> {
        let target = format!("127.0.0.1:{}", self.inspector);
        let driver = Driver::start("WebKitWebDriver", "webkit2gtk-driver", |command, port| {
            command
                .arg(format!("--port={port}"))
                .arg(format!("--target={target}"))
                .env("HOME", &self.home);
        })
        .await?;
        let page = Session::open(&driver.address, &json!({})).await?;
        Ok(Window {
            page,
            _driver: driver,
        })
    }

    /// Whether a window of ours is on the screen.
    ///
    /// # Errors
    /// Where xdotool is missing.
    pub async fn has_window(&self) -> anyhow::Result<bool> {
        let found = self
            .xdotool(&["search", "--onlyvisible", "--name", "^Thumbturn$"])
            .await?;
        Ok(!found.is_empty())
    }

    /// Closes the window as its title bar does, and waits until it is gone.
    ///
    /// # Errors
    /// Where it stays.
    pub async fn close_window(&self) -> anyhow::Result<()> {
        let id = self
            .xdotool(&["search", "--onlyvisible", "--name", "^Thumbturn$"])
            .await?;
        let id = id.lines().next().context("no window is open")?.to_owned();
        self.xdotool(&["windowactivate", "--sync", &id, "key", "alt+F4"])
            .await?;
        until("the window to be gone", async || {
            self.has_window().await.ok().filter(|there| !there)
        })
        .await
        .map(drop)
    }

    /// # Errors
    /// Where xdotool is missing.
    pub async fn xdotool(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", self.screen.display())
            .output()
            .await
            .context("a mouse needs Debian's package xdotool; `cargo xtask test` installs it")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// The one window, as long as it is open.
#[derive(Debug)]
pub struct Window {
    page: Session,
    _driver: Driver,
}

impl Window {
    pub fn page(&self) -> &Session {
        &self.page
    }

    /// What axe-core finds wrong for people who cannot see, hear or point well: rule, words and place of each.
    ///
    /// # Errors
    /// Where it cannot run.
    pub async fn violations(&self) -> anyhow::Result<Vec<String>> {
        violations(&self.page).await
    }
}

/// As [`Window::violations`], of any page.
///
/// # Errors
/// Where it cannot run.
pub async fn violations(page: &Session) -> anyhow::Result<Vec<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&file)
        .with_context(|| format!("{}: run `npm ci` in ui first", file.display()))?;
    page.run(&format!("{axe}; window.axe = axe"), json!([]))
        .await?;
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ['violations']}).then(
            found => done(found.violations.flatMap(one => one.nodes.map(node =>
                `${one.id}: ${one.help}: ${node.target.join(' ')}: ${node.failureSummary}`))),
            error => done([`axe failed: ${error}`]))";
    let found = page.run_on(script, json!([])).await?;
    let found = found.as_array().context("axe told nothing")?;
    Ok(found
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect())
}
