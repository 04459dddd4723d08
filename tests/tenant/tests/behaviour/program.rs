//! The tenant as a program: one line when it is ready, and an end when it is told to.

use std::process::{Command, Stdio};
use std::{env, io::BufRead, io::BufReader};

use pretty_assertions::assert_eq;

use crate::support::{parsed, raw};

#[tokio::test]
async fn it_says_that_it_is_ready_answers_and_ends_on_sigterm() {
    let ca_file = env::temp_dir().join(format!("duo-tenant-ca-{}.pem", std::process::id()));
    let mut program = Command::new(env!("CARGO_BIN_EXE_duo-tenant"))
        .args(["--http", "--auto", "approve", "--user", "erin", "--ca-file"])
        .arg(&ca_file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(ready["user"], "erin");
    assert!(
        std::fs::read_to_string(&ca_file)
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    std::fs::remove_file(&ca_file).unwrap();
    let host = ready["http_host"].as_str().unwrap();
    let ping = format!("GET /auth/v2/ping HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert_eq!(parsed(&raw(host, ping.as_bytes()).await).0, 200);
    assert!(
        Command::new("kill")
            .arg(program.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    assert!(program.wait().unwrap().success());
}
