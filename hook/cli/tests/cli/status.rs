//! What the gate says of itself, and what is said where there is none.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::gate::Home;
use crate::{DONE, Saw, gated, thumbturn};

const START: &str = "hint: `thumbturn on` starts the gate.\n";

fn busy() -> Value {
    let waiting = |id: u64, code: &str, title: &str, phase: Value| {
        json!({
            "id": id, "code": code, "agent": "Claude Code", "title": title, "place": "/home/dana/shop",
            "phase": phase, "ends": 0,
        })
    };
    json!({
        "version": "0.1.0",
        "mode": {"on": "until_reboot"},
        "view": {
            "state": "waiting",
            "headline": "2 wait for your thumb.",
            "reach": "Until reboot",
            "who": "dana",
            "waiting": [
                waiting(1, "K7F29", "Bash: git push\u{1b}[2J", json!({"ringing": {
                    "since": 0, "ends": 0, "device": "Pixel", "verification_code": "4711"
                }})),
                waiting(2, "Q1X8P", "WebFetch: https://example.com", json!({"in_line": {"ahead": 1}})),
            ],
            "troubles": [{"words": "No tray is shown on this desktop.", "fix": "Use `thumbturn status`."}],
        },
    })
}

#[test]
fn a_busy_gate_in_a_few_lines() {
    let (home, ..) = gated(DONE, &busy().to_string());
    let lines = "\
◉ 2 wait for your thumb.
  Reach     Until reboot
  Phone of  dana
  Waiting   K7F29  Claude Code  Bash: git push\u{FFFD}[2J  rings Pixel, 0 s left
            Q1X8P  Claude Code  WebFetch: https://example.com  in line behind 1
  Trouble   No tray is shown on this desktop.
            hint: Use `thumbturn status`.
";
    assert_eq!(thumbturn(&home, &["status"]), Saw::new(0, lines, ""));
}

#[test]
fn as_json_it_is_all_there_but_the_verification_code() {
    let (home, ..) = gated(DONE, &busy().to_string());
    let saw = thumbturn(&home, &["status", "--json"]);
    let mut told = busy();
    told["view"]["waiting"][0]["phase"]["ringing"]["verification_code"] = Value::Null;
    assert_eq!(serde_json::from_str::<Value>(&saw.stdout).unwrap(), told);
    assert_eq!(
        (saw.exit, saw.stdout.lines().count(), saw.stderr.as_str()),
        (0, 1, "")
    );
}

#[test]
fn without_a_gate() {
    let home = Home::new();
    assert_eq!(
        thumbturn(&home, &["status"]),
        Saw::new(3, "Off. No gate is running.\n", START)
    );
    let json = "{\"mode\":\"off\",\"version\":null,\"view\":null}\n";
    assert_eq!(
        thumbturn(&home, &["status", "--json"]),
        Saw::new(3, json, START)
    );
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    home.announce(closed, true);
    assert_eq!(
        thumbturn(&home, &["status"]),
        Saw::new(
            3,
            "On, but no gate is running. Every ask is denied.\n",
            START
        )
    );
}
