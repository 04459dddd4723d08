//! A tray host on a private session: a panel that holds nothing but the tray.

use std::process::Stdio;
use std::time::Duration;

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
