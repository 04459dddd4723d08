//! A real Chromium without a window, as the browser that a person signs in with.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use serde_json::json;

use crate::driver::Driver;
use crate::proc::{Proc, until};
use crate::webdriver::Session;

/// Driver and browser, both ended when dropped.
#[derive(Debug)]
pub struct Browser {
    page: Session,
    _driver: Driver,
    _chromium: Proc,
}

/// How the desktop wants things drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

impl Look {
    pub const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Browser {
    /// # Errors
    /// Where Chromium or its driver is missing or does not come up.
    pub async fn start(home: &Path) -> anyhow::Result<Self> {
        let profile = home.join("chromium");
        // Started by its driver it would outlive a story that fails.
        let chromium = Proc::start(Path::new("chromium"), |command| {
            command
                .args([
                    "--headless=new",
                    "--no-sandbox",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-gpu",
                    // The tenant's authority is no one's but the story's.
                    "--ignore-certificate-errors",
                    "--remote-debugging-port=0",
                    "--window-size=900,900",
                ])
                .arg(format!("--user-data-dir={}", profile.display()))
                .arg("about:blank")
                .env("HOME", home)
                .env_remove("DISPLAY")
                .env_remove("WAYLAND_DISPLAY")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
        })
        .context("a browser needs Debian's package chromium; `cargo xtask test` installs it")?;
        let debugger = until("Chromium's debugging port", async || {
            let told = std::fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
            let port: u16 = told.lines().next()?.parse().ok()?;
            Some(format!("127.0.0.1:{port}"))
        })
        .await?;
        let driver = Driver::start("chromedriver", "chromium-driver", |command, port| {
            command.arg(format!("--port={port}")).env("HOME", home);
        })
        .await?;
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"debuggerAddress": debugger},
        });
        Ok(Self {
            page: Session::open(&driver.address, &capabilities).await?,
            _driver: driver,
            _chromium: chromium,
        })
    }

    pub fn page(&self) -> &Session {
        &self.page
    }

    /// Draws light or dark from now on, as the desktop would ask for.
    ///
    /// # Errors
    /// Where the browser does not take it.
    pub async fn draw(&self, look: Look) -> anyhow::Result<()> {
        let command = json!({
            "cmd": "Emulation.setEmulatedMedia",
            "params": {"features": [{"name": "prefers-color-scheme", "value": look.name()}]},
        });
        self.page.own("/goog/cdp/execute", &command).await.map(drop)
    }
}
