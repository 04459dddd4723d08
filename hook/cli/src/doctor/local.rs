//! What can be told from Thumbturn's own files, and from whether a gate answers.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use thumbturn_core::{Rules, View};
use thumbturn_wire::{CallError, Endpoint, EndpointError, boot_id};

use super::{Examined, Finding, view};
use crate::install::Here;
use crate::words::Failure;

/// Less room than this, in bytes, is as good as none.
const ROOM: u64 = 1 << 20;

/// Rules and room on the disk.
pub(super) fn files(here: &Here<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rules = here.paths.rules();
    match std::fs::read_to_string(&rules) {
        Ok(text) => {
            if let Err(error) = Rules::parse(&text) {
                findings.push(Finding::new(
                    "rules_broken",
                    format!("{}, {error}.", rules.display()),
                    "Mend that line; until then the last good rules hold.",
                ));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => findings.push(Finding::new(
            "rules_broken",
            format!("{} cannot be read: {error}.", rules.display()),
            "Make it a plain file of yours.",
        )),
    }
    let state = here.paths.state();
    if let Some(room) = room(state).filter(|room| *room < ROOM) {
        findings.push(Finding::new(
            "disk_full",
            format!(
                "there is room for {room} bytes more on the disk of {}, and no approval counts that cannot be written down.",
                state.display()
            ),
            "Make room on that disk.",
        ));
    }
    for file in [here.paths.audit(), here.paths.settings()] {
        if std::fs::metadata(&file).is_ok_and(|meta| meta.permissions().readonly()) {
            findings.push(Finding::new(
                "file_read_only",
                format!("{} cannot be written.", file.display()),
                format!("Run `chmod u+w {}`.", file.display()),
            ));
        }
    }
    findings
}

/// Of the nearest directory that is there.
fn room(dir: &Path) -> Option<u64> {
    let dir = dir.ancestors().find(|dir| dir.is_dir())?;
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// What the gate shows, if one answers.
pub(super) fn gate(here: &Here<'_>, examined: &mut Examined) -> Option<View> {
    let endpoint = endpoint(here, examined)?;
    match view(here) {
        Ok(Some(view)) => {
            let version = env!("CARGO_PKG_VERSION");
            examined
                .sound
                .push(format!("The gate answers ({version}): {}", view.headline));
            Some(view)
        }
        Ok(None) => None,
        Err(failure) => {
            examined.findings.push(silent(&endpoint, &failure));
            None
        }
    }
}

/// The endpoint file of this boot.
fn endpoint(here: &Here<'_>, examined: &mut Examined) -> Option<Endpoint> {
    let boot = boot_id().ok();
    let mut stale = None;
    for file in here.paths.endpoints() {
        match Endpoint::read(&file) {
            Ok(Some(endpoint)) if Some(&endpoint.boot) == boot.as_ref() => return Some(endpoint),
            Ok(Some(_)) => stale = Some(file),
            Ok(None) => {}
            Err(error) => {
                let code = match error {
                    EndpointError::Unsafe(_) => "endpoint_unsafe",
                    EndpointError::Malformed | EndpointError::Boot(_) => "endpoint_malformed",
                };
                examined.findings.push(Finding::new(
                    code,
                    format!("{} in {}, so every ask is denied.", error, file.display()),
                    "Restart `thumbturn-tray`; it writes the file anew.",
                ));
                return None;
            }
        }
    }
    let words = match stale {
        Some(file) => {
            let words = format!(
                "{} is of an earlier boot, and counts for nothing.",
                file.display()
            );
            examined.findings.push(Finding {
                fault: false,
                ..Finding::new(
                    "endpoint_stale",
                    words,
                    "Nothing is to be done; the next gate writes it anew.",
                )
            });
            "no gate has run since this machine started, so Duo mode is off."
        }
        None => "no gate has run since this machine started, so Duo mode is off.",
    };
    examined.findings.push(Finding {
        fault: false,
        ..Finding::new(
            "gate_not_started",
            words,
            "Start one with `thumbturn-tray`, or `thumbturn on`.",
        )
    });
    None
}

fn silent(endpoint: &Endpoint, failure: &Failure) -> Finding {
    let is_armed = endpoint.asks_at(thumbturn_wire::boot_now());
    let Failure::Call(error) = failure else {
        return unbelieved(failure);
    };
    match error {
        CallError::NobodyThere if is_armed => Finding::new(
            "gate_gone",
            "Duo mode is on and no gate is running, so every ask is denied.",
            "Start `thumbturn-tray`.",
        ),
        CallError::NobodyThere => Finding {
            fault: false,
            ..Finding::new(
                "gate_not_started",
                "no gate is running; Duo mode is off.",
                "Start one with `thumbturn-tray`, or `thumbturn on`.",
            )
        },
        CallError::TimedOut => Finding::new(
            if connects(endpoint.port) {
                "gate_hangs"
            } else {
                "port_blocked"
            },
            format!(
                "the gate does not answer on 127.0.0.1 port {}, so every ask is denied.",
                endpoint.port
            ),
            "Let a local firewall pass loopback; if there is none, end `thumbturn-tray` and start it again.",
        ),
        CallError::Version => Finding::new(
            "gate_version",
            "the gate that runs is of another version.",
            "Quit it in its tray menu, then start `thumbturn-tray`.",
        ),
        CallError::Refused(503) => Finding::new(
            "gate_without_key",
            "the gate runs and has no key to seal answers with, so every ask is denied.",
            "Unlock the keychain; `thumbturn-tray rekey` makes a new key if the old one is lost.",
        ),
        CallError::HungUp
        | CallError::Interrupted
        | CallError::Io(_)
        | CallError::NotOurs
        | CallError::Refused(_)
        | CallError::Seal(_) => Finding::new(
            "port_squatted",
            format!(
                "something answers on 127.0.0.1 port {} that is not the gate: {error}.",
                endpoint.port
            ),
            "Find out what it is, for example with `ss -ltnp`; then start `thumbturn-tray` again.",
        ),
    }
}

/// It may answer, and cannot be believed.
fn unbelieved(failure: &Failure) -> Finding {
    let words = failure.to_string();
    if let Failure::Pin(_) = failure {
        return Finding::new(
            "pin_unsafe",
            format!("{words} Every ask is denied."),
            "Start `thumbturn-tray` once; if that does not help, run `thumbturn-tray rekey`.",
        );
    }
    Finding::new("gate_odd", words, "Restart `thumbturn-tray`.")
}

fn connects(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}
