//! One run of the real hook binary against a home, a payload and a gate of the test's choice.

use std::fs::File;
use std::io::Write as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::gate::Home;

pub(crate) const CALL: &[u8] = include_bytes!("../../../tests/fixtures/claude/bash.json");

/// Longer than any deadline in these tests.
const BOUND: Duration = Duration::from_secs(30);

pub(crate) struct Trial {
    pub(crate) home: Home,
    /// In place of the usual ones.
    pub(crate) arguments: Option<Vec<String>>,
    pub(crate) stdin: Stdin,
    pub(crate) stdout: Stdout,
    /// Shell words put before the hook, such as `exec 1>&-;`.
    pub(crate) shell: Option<&'static str>,
    pub(crate) environment: Vec<(&'static str, String)>,
}

pub(crate) enum Stdin {
    Bytes(Vec<u8>),
    /// Open, and nobody writes.
    Silent,
    /// Somebody writes for ever.
    Endless,
}

pub(crate) enum Stdout {
    Read,
    /// A pipe whose reader is gone.
    Gone,
    File(&'static str),
}

impl Trial {
    /// Armed, with a whole call on stdin and a gate at `port`.
    pub(crate) fn at(home: Home, port: u16) -> Self {
        home.announce(port, true);
        Self {
            home,
            arguments: None,
            stdin: Stdin::Bytes(CALL.to_vec()),
            stdout: Stdout::Read,
            shell: None,
            environment: Vec::new(),
        }
    }

    pub(crate) fn usual(&self, timeout: &str) -> Vec<String> {
        let paths = self.home.paths();
        ["claude", "--timeout", timeout, "--endpoint"]
            .map(str::to_owned)
            .into_iter()
            .chain([
                paths.endpoint().display().to_string(),
                "--key".into(),
                paths.pin().display().to_string(),
            ])
            .collect()
    }

    pub(crate) fn start(&self) -> (Child, Option<std::process::ChildStdin>) {
        // A hook deadline of 3 s: short enough to wait for, long enough for a busy machine.
        let arguments = self.arguments.clone().unwrap_or_else(|| self.usual("4"));
        // `cargo xtask test` names the one that ships; a plain `cargo test` takes its own.
        let hook = option_env!("THUMBTURN_HOOK").unwrap_or(env!("CARGO_BIN_EXE_thumbturn-hook"));
        let mut command = match self.shell {
            Some(words) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &format!("{words} exec \"$0\" \"$@\""), hook]);
                shell
            }
            None => Command::new(hook),
        };
        command
            .args(arguments)
            .envs(
                self.environment
                    .iter()
                    .map(|(name, value)| (*name, value.clone())),
            )
            .stdin(Stdio::piped())
            .stdout(match &self.stdout {
                Stdout::Read => Stdio::piped(),
                Stdout::Gone => {
                    let (reader, writer) = std::io::pipe().unwrap();
                    drop(reader);
                    writer.into()
                }
                Stdout::File(path) => File::options().write(true).open(path).unwrap().into(),
            })
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // The hook may answer before it has read everything.
        let held = match &self.stdin {
            Stdin::Bytes(bytes) => {
                let bytes = bytes.clone();
                std::thread::spawn(move || drop(stdin.write_all(&bytes)));
                None
            }
            Stdin::Silent => Some(stdin),
            Stdin::Endless => {
                std::thread::spawn(move || while stdin.write_all(&[b' '; 4096]).is_ok() {});
                None
            }
        };
        (child, held)
    }

    pub(crate) fn run(&self) -> Said {
        let (child, held) = self.start();
        let said = Said::of(child);
        drop(held);
        said
    }
}

/// What the agent got.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    pub(crate) fn of(child: Child) -> Self {
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || tell.send(child.wait_with_output()));
        let Output {
            status,
            stdout,
            stderr,
        } = told
            .recv_timeout(BOUND)
            .expect("the hook ends in time")
            .unwrap();
        Self {
            exit: status.code(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    pub(crate) fn nothing() -> Self {
        Self {
            exit: Some(0),
            stdout: String::new(),
            stderr: String::new(),
        }
    }

    /// What is wrong with it as a deny, told by those of stdout and stderr that could be.
    pub(crate) fn is_no_deny(
        &self,
        needle: &str,
        stdout_told: bool,
        stderr_told: bool,
    ) -> Option<String> {
        let mut wrong = Vec::new();
        if self.exit != Some(2) {
            wrong.push(format!("exit {:?}", self.exit));
        }
        if stdout_told {
            let lines: Vec<&str> = self.stdout.lines().collect();
            let decision = match lines.as_slice() {
                [line] => serde_json::from_str::<Value>(line).ok(),
                _ => None,
            };
            let decision = decision
                .as_ref()
                .map(|json| &json["hookSpecificOutput"]["permissionDecision"]);
            if decision != Some(&Value::from("deny")) {
                wrong.push("stdout is not one deny".into());
            }
        } else if !self.stdout.is_empty() {
            wrong.push("stdout spoke".into());
        }
        if stderr_told
            && (self.stderr.lines().count() != 1 || !self.stderr.starts_with("Nothing was run: "))
        {
            wrong.push("stderr is not one reason".into());
        }
        if stderr_told && !self.stderr.contains(needle) {
            wrong.push(format!("the reason does not say {needle:?}"));
        }
        (!wrong.is_empty()).then(|| format!("{}: {self:?}", wrong.join(", ")))
    }
}
