//! The gate at rest: memory, wake-ups, how soon its tray item is there, and what a window leaves behind.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::window::{self, Opened};
use crate::panel;
use crate::places;
use crate::process::{self, Running};
use crate::session::Session;
use crate::signin::{self, Walker};
use crate::stage::{self, Setup, Stage};
use crate::stop::{Doing as _, Done, Stop};
use crate::tenant::Tenant;
use crate::terminal::{self, heading, text};

/// How long the wake-ups are counted.
const WATCHED: Duration = Duration::from_secs(60);
/// How long a fresh gate is left alone first.
const SETTLE: Duration = Duration::from_secs(10);
/// Starts that are timed.
const STARTS: usize = 7;

pub(super) struct Idle {
    rest: Family,
    wakeups: u64,
    tray_after: Duration,
    opened: Opened,
    after_window: Family,
    binary_bytes: u64,
}

/// A process and all that it started.
#[derive(Clone, Copy)]
pub(super) struct Family {
    /// Their shares of memory together.
    pub(super) kib: u64,
    pub(super) processes: usize,
}

/// # Errors
/// Where the gate, its panel or its item does not come up.
pub(super) fn measure(session: &mut Session) -> Done<Idle> {
    let mut tenant = Tenant::start(session, None)?;
    stage::connect(session, "release", &tenant.connection)?;
    let (_server, display) = panel::hidden_display(session)?;
    let _panel = panel::start(session, &display)?;
    let setup = Setup {
        gate_profile: "release",
        display: Some(&display),
        browser: false,
    };
    let mut starts = Vec::new();
    for start in 0..STARTS {
        terminal::progress(&format!("gate: start {} of {STARTS}", start + 1));
        starts.push(time_to_tray(session, &setup)?);
    }
    starts.sort_unstable();
    let mut stage = Stage::raise(session, &setup)?;
    signin::sign_in(&mut stage, &mut tenant, Walker::Ourselves)?;
    stage.thumbturn(&["on"])?;
    rest(&mut stage, SETTLE)?;
    let process = stage.gate.id();
    let before = switches(process)?;
    rest(&mut stage, WATCHED)?;
    let wakeups = switches(process)?.saturating_sub(before);
    let at_rest = family(process)?;
    let opened = window::measure(&mut stage, &display)?;
    rest(&mut stage, SETTLE)?;
    let after_window = family(process)?;
    let program = places::program("release", "thumbturn-tray");
    Ok(Idle {
        rest: at_rest,
        wakeups,
        tray_after: starts.get(STARTS / 2).copied().unwrap_or_default(),
        opened,
        after_window,
        binary_bytes: std::fs::metadata(program).map_or(0, |meta| meta.len()),
    })
}

fn rest(stage: &mut Stage<'_>, time: Duration) -> Done {
    let start = Instant::now();
    while start.elapsed() < time {
        process::go_on()?;
        stage.still_there()?;
        terminal::progress(&format!(
            "gate at rest: {}",
            terminal::seconds(start.elapsed())
        ));
        std::thread::sleep(Duration::from_millis(250));
    }
    Ok(())
}

/// From the start of the process to the moment the tray host announces its item.
fn time_to_tray(session: &mut Session, setup: &Setup<'_>) -> Done<Duration> {
    let mut monitor = Running::start(
        "dbus-monitor",
        session
            .on_bus("dbus-monitor")
            .args(["--session", "--profile"])
            .arg("type='signal',member='StatusNotifierItemRegistered'")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    )?;
    let out = monitor.child().stdout.take();
    let lines = BufReader::new(out.ok_or_else(|| Stop::because("dbus-monitor has no output"))?);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in lines.lines().map_while(Result::ok) {
            let _ = tell.send((Instant::now(), line));
        }
    });
    // It greets with signals of its own once it listens.
    process::until("hear from dbus-monitor", Duration::from_secs(5), || {
        Ok(told.try_recv().ok())
    })?;
    while told.recv_timeout(Duration::from_millis(200)).is_ok() {}
    let start = Instant::now();
    let _stage = Stage::raise(session, setup)?;
    process::until("see the tray item", Duration::from_secs(10), || {
        let item = told
            .try_iter()
            .find(|(_, line)| line.contains("StatusNotifierItemRegistered"));
        Ok(item.map(|(at, _)| at - start))
    })
}

/// # Errors
/// Where the process itself is gone.
pub(super) fn family(process: u32) -> Done<Family> {
    let mut family = Family {
        kib: pss(process)?,
        processes: 1,
    };
    let mut parents = vec![process];
    while let Some(parent) = parents.pop() {
        for child in children(parent) {
            // One that ends while we look is no longer of the family.
            if let Ok(kib) = pss(child) {
                family.kib += kib;
                family.processes += 1;
                parents.push(child);
            }
        }
    }
    Ok(family)
}

fn children(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"));
    let lists = tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let all: Vec<String> = lists.collect();
    all.iter()
        .flat_map(|list| list.split_whitespace())
        .filter_map(|child| child.parse().ok())
        .collect()
}

/// The process's share of memory, in KiB.
fn pss(process: u32) -> Done<u64> {
    let file = format!("/proc/{process}/smaps_rollup");
    let text = std::fs::read_to_string(&file).doing(format!("read {file}"))?;
    field(&text, "Pss:").ok_or_else(|| Stop::because(format!("{file} names no PSS")))
}

/// How often its threads have run so far.
fn switches(process: u32) -> Done<u64> {
    let dir = format!("/proc/{process}/task");
    let deed = format!("read {dir}");
    let mut total = 0;
    for task in std::fs::read_dir(Path::new(&dir)).doing(&deed)? {
        let status = task.doing(&deed)?.path().join("status");
        // A thread may end while we look.
        let status = std::fs::read_to_string(status).unwrap_or_default();
        total += field(&status, "voluntary_ctxt_switches:").unwrap_or(0);
        total += field(&status, "nonvoluntary_ctxt_switches:").unwrap_or(0);
    }
    Ok(total)
}

fn millis(time: Duration) -> Option<u64> {
    u64::try_from(time.as_millis()).ok()
}

fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

impl Idle {
    pub(super) fn print(&self) {
        heading("the gate at rest, released, signed in, on, with its tray");
        let mib = |kib: u64| format!("{}.{} MiB", kib / 1024, kib % 1024 * 10 / 1024);
        let of = |family: &Family| match family.processes {
            1 => format!("{}, one process", mib(family.kib)),
            more => format!("{}, {more} processes", mib(family.kib)),
        };
        text(&format!("  {:<22}{}", "memory (PSS)", of(&self.rest)));
        text(&format!(
            "  {:<22}{} in {} s",
            "wake-ups",
            self.wakeups,
            WATCHED.as_secs()
        ));
        text(&format!(
            "  {:<22}{} ms after its start",
            "tray item",
            self.tray_after.as_millis()
        ));
        text(&format!(
            "  {:<22}{} ms after the click, {} while it is open",
            "window",
            self.opened.after.as_millis(),
            mib(self.opened.open_kib)
        ));
        text(&format!(
            "  {:<22}{}",
            "memory once closed",
            of(&self.after_window)
        ));
        text(&format!(
            "  {:<22}{}",
            "program file",
            mib(self.binary_bytes / 1024)
        ));
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "pss_kib": self.rest.kib,
            "processes": self.rest.processes,
            "wakeups_per_minute": self.wakeups,
            "tray_item_after_ms": millis(self.tray_after),
            "window_after_ms": millis(self.opened.after),
            "window_open_pss_kib": self.opened.open_kib,
            "pss_after_window_kib": self.after_window.kib,
            "processes_after_window": self.after_window.processes,
            "binary_bytes": self.binary_bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let status = "voluntary_ctxt_switches:\t12\nnonvoluntary_ctxt_switches:\t3\n";
        assert_eq!(field(status, "voluntary_ctxt_switches:"), Some(12));
        assert_eq!(field(status, "nonvoluntary_ctxt_switches:"), Some(3));
        assert_eq!(field(status, "Pss:"), None);
    }
}
