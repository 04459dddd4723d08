//! A tray host on a private session: a panel that holds nothing but the tray.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::process::{self, Running};
use crate::session::Session;
use crate::stop::{Doing as _, Done, Stop};

const LAYOUT: &str = include_str!("../../tests/fixtures/xfce4-panel.xml");

/// Starts the panel on a display and waits until a tray item could register.
///
/// # Errors
/// Where it does not come up.
pub(crate) fn start(session: &Session, display: &str) -> Done<Running> {
    const DEED: &str = "set up a panel";
    let dir = session
        .home()
        .join(".config/xfce4/xfconf/xfce-perchannel-xml");
    std::fs::create_dir_all(&dir).doing(DEED)?;
    std::fs::write(dir.join("xfce4-panel.xml"), LAYOUT).doing(DEED)?;
    let mut panel = Running::start(
        "xfce4-panel",
        session
            .inside("xfce4-panel")
            .arg("--disable-wm-check")
            .env("DISPLAY", display)
            .stdin(Stdio::null())
            .stdout(session.log("panel")?)
            .stderr(session.log("panel")?),
    )?;
    process::until("see a tray host", Duration::from_secs(15), || {
        panel.still_there()?;
        let host = has_host(session)?;
        Ok(host.then_some(()))
    })?;
    Ok(panel)
}

fn has_host(session: &Session) -> Done<bool> {
    let names = session
        .on_bus("busctl")
        .args(["--user", "list", "--acquired"])
        .output()
        .doing("list the names on the private bus")?;
    Ok(String::from_utf8_lossy(&names.stdout).contains("org.kde.StatusNotifierWatcher"))
}

/// A display that nobody sees, on the first free number.
///
/// # Errors
/// Where none comes up.
pub(crate) fn hidden_display(session: &Session) -> Done<(Running, String)> {
    let mut server = Running::start(
        "Xvfb",
        session
            .inside("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(session.log("display")?),
    )?;
    let number = process::first_line(&mut server, Duration::from_secs(10))?;
    if number.trim().parse::<u32>().is_err() {
        return Err(Stop::because(format!(
            "Xvfb named no display but `{number}`"
        )));
    }
    Ok((server, format!(":{}", number.trim())))
}

/// The gate's item on the panel, clicked as the panel's own menu does it.
pub(crate) struct Item {
    bus: String,
    menu: String,
}

const ITEM: &str = "org.kde.StatusNotifierItem";
const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const MENU: &str = "com.canonical.dbusmenu";

impl Item {
    /// Waits for it.
    ///
    /// # Errors
    /// Where none comes.
    pub(crate) fn appear(session: &Session) -> Done<Self> {
        process::until("see the tray item", Duration::from_secs(10), || {
            let words = [
                "get-property",
                WATCHER,
                "/StatusNotifierWatcher",
                WATCHER,
                "RegisteredStatusNotifierItems",
            ];
            let Some(items) = busctl(session, &words)? else {
                return Ok(None);
            };
            let Some(name) = items.pointer("/data/0").and_then(Value::as_str) else {
                return Ok(None);
            };
            let (bus, path) = name.split_once('/').unwrap_or((name, "StatusNotifierItem"));
            let path = format!("/{path}");
            let menu = busctl(session, &["get-property", bus, &path, ITEM, "Menu"])?;
            let menu = menu.as_ref().and_then(|menu| menu.get("data")?.as_str());
            Ok(menu.map(|menu| Self {
                bus: bus.to_owned(),
                menu: menu.to_owned(),
            }))
        })
    }

    /// Clicks the first item whose label starts like that.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn click(&self, session: &Session, label: &str) -> Done {
        let call = |words: &[&str]| {
            let mut all = vec!["call", self.bus.as_str(), self.menu.as_str(), MENU];
            all.extend(words);
            busctl(session, &all)
        };
        let layout = call(&["GetLayout", "iias", "--", "0", "-1", "0"])?.unwrap_or_default();
        let items = layout.pointer("/data/1/2").and_then(Value::as_array);
        let id = items.into_iter().flatten().find_map(|item| {
            let item = item.get("data")?;
            let text = item.get(1)?.get("label")?.get("data")?.as_str()?;
            text.starts_with(label).then(|| item.get(0)?.as_i64())?
        });
        let id = id.ok_or_else(|| Stop::because(format!("the tray offers no `{label}`")))?;
        call(&["Event", "isvu", &id.to_string(), "clicked", "s", "", "0"]).map(drop)
    }
}

/// What it answered; none where nobody did.
fn busctl(session: &Session, words: &[&str]) -> Done<Option<Value>> {
    let answer = session
        .on_bus("busctl")
        .args(["--user", "--json=short"])
        .args(words)
        .output()
        .doing("call the tray item")?;
    Ok(serde_json::from_slice(&answer.stdout).ok())
}
