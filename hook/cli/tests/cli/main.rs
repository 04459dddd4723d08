//! Stories of a person at a shell, told to the real `thumbturn` binary and a gate of the test's choice.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

#[path = "../../../tests/gate/mod.rs"]
mod gate;

mod grants;
mod log;
mod mode;
mod rules;
mod signin;
mod status;

use std::process::{Command, Output, Stdio};
use std::sync::mpsc;

use serde_json::Value;
use thumbturn_wire::{Request, Route};

use crate::gate::{Home, answering, http};

/// What the person saw.
#[derive(Debug, PartialEq, Eq)]
struct Saw {
    exit: i32,
    stdout: String,
    stderr: String,
}

impl Saw {
    fn new(exit: i32, stdout: &str, stderr: &str) -> Self {
        Self {
            exit,
            stdout: stdout.to_owned(),
            stderr: stderr.to_owned(),
        }
    }

    fn of(output: &Output) -> Self {
        Self {
            exit: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }
}

fn thumbturn(home: &Home, words: &[&str]) -> Saw {
    Saw::of(
        &command(env!("CARGO_BIN_EXE_thumbturn").as_ref(), home, words)
            .output()
            .unwrap(),
    )
}

/// In a session of its own, so that the terminal of whoever runs the tests is not there.
fn command(program: &std::path::Path, home: &Home, words: &[&str]) -> Command {
    let mut command = Command::new("setsid");
    command
        .args(["--wait".as_ref(), program, "--home".as_ref(), home.dir()])
        .args(words)
        .env("TZ", "UTC")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null());
    command
}

/// A home with a gate that answers every deed with `answer` and every status with `status`; it tells the deeds.
fn gated(answer: &'static str, status: &str) -> (Home, u16, mpsc::Receiver<Value>) {
    let home = Home::new();
    let (tell, told) = mpsc::channel();
    let (key, status) = (home.key.clone(), status.to_owned());
    let port = answering(move |question| {
        let request: Request<Value> = serde_json::from_slice(&question.body).unwrap();
        let sealed = if question.head.starts_with("POST /v1/status ") {
            question.sealed(&key, Route::Status, &status)
        } else {
            tell.send(request.body).unwrap();
            question.sealed(&key, Route::Deed, answer)
        };
        http("200 OK", &sealed)
    });
    home.announce(port, false);
    (home, port, told)
}

const DONE: &str =
    r#"{"verdict":"allow","words":"On. Every risky call needs your thumb.","code":"K7F29"}"#;
