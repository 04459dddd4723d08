//! The window: how soon it is on the screen, and what is left of it once it is closed.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::idle;
use crate::panel::Item;
use crate::process::{self, Running};
use crate::stage::Stage;
use crate::stop::{Doing as _, Done, Stop};
use crate::terminal;

/// Windows that are opened and closed.
const WINDOWS: usize = 7;

pub(super) struct Opened {
    /// From the click in the tray until the window manager has it, median.
    pub(super) after: Duration,
    /// Gate, window and web processes together while it is open.
    pub(super) open_kib: u64,
}

/// # Errors
/// Where no window comes, or one does not go.
pub(super) fn measure(stage: &mut Stage<'_>, display: &str) -> Done<Opened> {
    let _manager = Running::start(
        "openbox",
        stage
            .session
            .inside("openbox")
            .arg("--sm-disable")
            .env("DISPLAY", display)
            .stdin(Stdio::null())
            .stdout(stage.session.log("manager")?)
            .stderr(stage.session.log("manager")?),
    )?;
    let (_watch, windows) = watch(stage, display)?;
    let item = Item::appear(stage.session)?;
    let mut times = Vec::new();
    let mut open_kib = 0;
    for window in 0..WINDOWS {
        terminal::progress(&format!("window {} of {WINDOWS}", window + 1));
        let start = Instant::now();
        item.click(stage.session, "Open")?;
        let (at, id) = shown(stage, &windows)?;
        times.push(at - start);
        open_kib = idle::family(stage.gate.id())?.kib;
        close(stage, display, &id)?;
    }
    times.sort_unstable();
    Ok(Opened {
        after: times.get(WINDOWS / 2).copied().unwrap_or_default(),
        open_kib,
    })
}

type Lists = Receiver<(Instant, String)>;

/// The window manager's own list of windows, at each change.
fn watch(stage: &Stage<'_>, display: &str) -> Done<(Running, Lists)> {
    let mut spy = Running::start(
        "xprop",
        stage
            .session
            .inside("xprop")
            .args(["-spy", "-root", "_NET_CLIENT_LIST"])
            .env("DISPLAY", display)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    )?;
    let out = spy.child().stdout.take();
    let lines = BufReader::new(out.ok_or_else(|| Stop::because("xprop has no output"))?);
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            let _ = tell.send((Instant::now(), line));
        }
    });
    Ok((spy, told))
}

/// When a window called like ours came into the list, and which.
fn shown(stage: &mut Stage<'_>, lists: &Lists) -> Done<(Instant, String)> {
    process::until("see the window", Duration::from_secs(20), || {
        stage.still_there()?;
        // The panel was there before and stays first; ours is the newest, which is last.
        Ok(lists.try_iter().find_map(|(at, list)| {
            let id = list.rsplit([',', '#']).next()?.trim();
            (list.contains(',') && id.starts_with("0x")).then(|| (at, id.to_owned()))
        }))
    })
}

fn close(stage: &mut Stage<'_>, display: &str, id: &str) -> Done {
    let keys = Command::new("xdotool")
        .args(["windowactivate", "--sync", id, "key", "alt+F4"])
        .env("DISPLAY", display)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .doing("close the window")?;
    if !keys.success() {
        return Err(Stop::because("xdotool could not close the window"));
    }
    let gate = stage.gate.id();
    process::until("see the window gone", Duration::from_secs(10), || {
        Ok((idle::family(gate)?.processes == 1).then_some(()))
    })
}
