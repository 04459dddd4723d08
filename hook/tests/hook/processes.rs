//! Broken surroundings: descriptors, signals, limits.

use std::io::Write as _;
use std::process::Child;
use std::sync::mpsc;

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};

use crate::gate::{Home, listen};
use crate::trial::{CALL, Said, Stdin, Stdout, Trial};
use crate::{Row, willing};

pub(crate) fn rows() -> Vec<Row> {
    let undelivered = "the approval could not be handed to the agent";
    vec![
        Row::new("stdin closed", "no call", || shell("exec 0<&-;").run()),
        Row::new("stdin is a directory", "cannot be read from stdin", || {
            shell("exec 0</;").run()
        }),
        Row::new("stdout closed", undelivered, || shell("exec 1>&-;").run()).deaf_stdout(),
        Row::new("stdout open for reading only", undelivered, || {
            shell("exec 1</dev/zero;").run()
        })
        .deaf_stdout(),
        Row::new("stdout is /dev/null", undelivered, || {
            to_file("/dev/null").run()
        })
        .deaf_stdout(),
        Row::new("stdout full", undelivered, || to_file("/dev/full").run()).deaf_stdout(),
        Row::new("stdout's reader gone (SIGPIPE)", undelivered, || {
            Trial {
                stdout: Stdout::Gone,
                ..willing()
            }
            .run()
        })
        .deaf_stdout(),
        Row::new("stderr closed, call broken", "", || {
            spoilt("exec 2>&-;").run()
        })
        .deaf_stderr(),
        Row::new("stderr full, call broken", "", || {
            spoilt("exec 2>/dev/full;").run()
        })
        .deaf_stderr(),
        Row::new("stdout and stderr closed", "", || {
            shell("exec 1>&- 2>&-;").run()
        })
        .deaf_stdout()
        .deaf_stderr(),
        Row::new("no descriptor left", "cannot be rea", no_descriptor_left),
        Row::new("SIGTERM while it reads the call", "", interrupted_early),
        Row::new("SIGTERM while it waits for the gate", "", || {
            interrupted(Signal::TERM)
        }),
        Row::new("SIGINT while it waits for the gate", "", || {
            interrupted(Signal::INT)
        }),
        Row::new("SIGHUP while it waits for the gate", "", || {
            interrupted(Signal::HUP)
        }),
        Row::new("SIGQUIT while it waits for the gate", "", || {
            interrupted(Signal::QUIT)
        }),
        Row::new(
            "a proxy and other places in the environment, gate gone",
            "its gate is not running",
            misled,
        ),
    ]
}

fn shell(words: &'static str) -> Trial {
    Trial {
        shell: Some(words),
        ..willing()
    }
}

fn spoilt(words: &'static str) -> Trial {
    Trial {
        stdin: Stdin::Bytes(b"{".to_vec()),
        ..shell(words)
    }
}

fn to_file(path: &'static str) -> Trial {
    Trial {
        stdout: Stdout::File(path),
        ..willing()
    }
}

/// A signal that comes once the gate has the question.
fn interrupted(signal: Signal) -> Said {
    let (asked, was_asked) = mpsc::channel();
    let port = listen(move |_, stream| asked.send(stream).unwrap());
    let trial = Trial::at(Home::new(), port);
    let (child, _held) = trial.start();
    let stream = was_asked.recv().unwrap();
    kill_process(Pid::from_child(&child), signal).unwrap();
    let said = Said::of(child);
    drop(stream);
    said
}

/// A signal that comes while the agent still holds stdin open.
fn interrupted_early() -> Said {
    let trial = Trial {
        stdin: Stdin::Silent,
        ..willing()
    };
    let (child, held) = trial.start();
    let pid = once_it_listens(&child);
    kill_process(pid, Signal::TERM).unwrap();
    let said = Said::of(child);
    drop(held);
    said
}

/// A limit that comes once the hook has read its files, and leaves it no connection.
fn no_descriptor_left() -> Said {
    let trial = Trial {
        stdin: Stdin::Silent,
        ..willing()
    };
    let (child, held) = trial.start();
    let pid = once_it_listens(&child);
    let none = Rlimit {
        current: Some(3),
        maximum: Some(3),
    };
    prlimit(Some(pid), Resource::Nofile, none).unwrap();
    let mut stdin = held.unwrap();
    // The hook may have met the limit before it reads.
    let _ = stdin.write_all(CALL);
    drop(stdin);
    Said::of(child)
}

/// Waits until the hook catches SIGTERM.
fn once_it_listens(child: &Child) -> Pid {
    let status = format!("/proc/{}/status", child.id());
    for _ in 0..100_000 {
        let text = std::fs::read_to_string(&status).unwrap();
        let caught = text
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:\t"))
            .unwrap();
        if u64::from_str_radix(caught, 16).unwrap() & (1 << 14) != 0 {
            return Pid::from_child(child);
        }
        std::thread::yield_now();
    }
    panic!("the hook never listened for signals");
}

/// Every variable that some client, somewhere, obeys; all point to a gate that says yes.
fn misled() -> Said {
    let elsewhere = willing();
    let home = elsewhere.home.dir().display().to_string();
    let address = {
        let endpoint = thumbturn_wire::Endpoint::read(&elsewhere.home.paths().endpoint())
            .unwrap()
            .unwrap();
        format!("http://127.0.0.1:{}", endpoint.port)
    };
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let proxies = [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ];
    let homes = [
        "HOME",
        "XDG_RUNTIME_DIR",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "TMPDIR",
        "THUMBTURN_HOME",
    ];
    let environment = proxies
        .map(|name| (name, address.clone()))
        .into_iter()
        .chain(homes.map(|name| (name, home.clone())))
        .collect();
    Trial {
        environment,
        ..Trial::at(Home::new(), gone)
    }
    .run()
}
