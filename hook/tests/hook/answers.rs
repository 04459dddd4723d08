//! What the agent gets when nothing is broken.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use thumbturn_wire::{Agent, Ask, AskBody, Input, Request, Route, VERSION};

use crate::gate::{Home, Question, answering, http};
use crate::trial::{CALL, Said, Stdin, Stdout, Trial};
use crate::willing;

fn saying(payload: &'static str) -> (Trial, mpsc::Receiver<(String, AskBody)>) {
    let home = Home::new();
    let key = home.key.clone();
    let (tell, told) = mpsc::channel();
    let port = answering(move |question: &Question| {
        let request: Request<AskBody> = serde_json::from_slice(&question.body).unwrap();
        tell.send((question.head.clone(), request.body)).unwrap();
        http("200 OK", &question.sealed(&key, Route::Ask, payload))
    });
    (Trial::at(home, port), told)
}

#[test]
fn on_the_day_of_an_update_hook_and_gate_speak_as_the_older_does() {
    const ALLOW: &str = r#"{"verdict":"allow","words":"Approved.","code":"K7F29"}"#;
    for (theirs, spoken) in [(VERSION - 1, VERSION - 1), (VERSION + 1, VERSION)] {
        let home = Home::new();
        let key = home.key.clone();
        let (tell, told) = mpsc::channel();
        let port = answering(move |question: &Question| {
            tell.send(question.v).unwrap();
            http("200 OK", &question.sealed(&key, Route::Ask, ALLOW))
        });
        let trial = Trial::at(home, port);
        trial.home.announce_as(theirs, port, true);
        let said = trial.run();
        assert!(said.stdout.contains("\"allow\""), "{theirs}: {said:?}");
        let heard = told.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(heard, spoken, "to a gate of version {theirs}");
    }
    for theirs in [VERSION - 2, VERSION + 2] {
        let trial = willing();
        trial.home.announce_as(theirs, 9, true);
        let said = trial.run();
        assert!(said.stdout.contains("\"deny\""), "{theirs}: {said:?}");
    }
}

#[test]
fn an_allow_is_one_line_of_json() {
    let (trial, told) = saying(
        r#"{"verdict":"allow","words":"Approved on the phone by dana.\nTwice.","code":"K7F29"}"#,
    );
    assert_eq!(
        trial.run(),
        Said {
            exit: Some(0),
            stdout: format!(
                "{}\n",
                json!({"hookSpecificOutput": {
                    "hookEventName": "PreToolUse",
                    "permissionDecision": "allow",
                    "permissionDecisionReason": "Approved on the phone by dana.⏎Twice. (K7F29)",
                }})
            ),
            stderr: String::new(),
        }
    );
    let (head, body) = told.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(
        head.starts_with("POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1:"),
        "{head}"
    );
    assert_eq!(
        body.ask,
        Ask {
            agent: Agent::Claude,
            moment: Default::default(),
            session: "d4b60895-ca10-4f6d-b90b-2914b9bd605d".into(),
            call: Some("toolu_rigT0N0_1e412438".into()),
            prompt: Some("63b883b0-c915-40b9-b95a-9e766f6980c3".into()),
            subagent: None,
            cwd: "/home/dana/shop".into(),
            tool: "Bash".into(),
            input: Input::try_from(
                r#"{"command": "echo RIG-RAN > ran.txt; echo RIG-OUT-bash", "description": "rig"}"#
                    .to_owned()
            )
            .unwrap(),
        }
    );
    assert!(
        body.patience_ms <= 2_500,
        "patience is less than the deadline: {}",
        body.patience_ms
    );
}

#[test]
fn a_deny_is_told_three_ways() {
    let (trial, _told) =
        saying(r#"{"verdict":"deny","words":"Denied on the phone by dana.","code":"K7F29"}"#);
    assert_eq!(
        trial.run(),
        Said {
            exit: Some(2),
            stdout: format!(
                "{}\n",
                json!({"hookSpecificOutput": {
                    "hookEventName": "PreToolUse",
                    "permissionDecision": "deny",
                    "permissionDecisionReason": "Denied on the phone by dana. (K7F29)",
                }})
            ),
            stderr: "Denied on the phone by dana. (K7F29)\n".into(),
        }
    );
}

#[test]
fn a_deny_holds_with_stdout_full_or_gone() {
    for stdout in [Stdout::Gone, Stdout::File("/dev/full")] {
        let (trial, _told) = saying(r#"{"verdict":"deny","words":"Denied.","code":""}"#);
        assert_eq!(
            Trial { stdout, ..trial }.run(),
            Said {
                exit: Some(2),
                stdout: String::new(),
                stderr: "Denied.\n".into()
            }
        );
    }
}

#[test]
fn no_word_is_silence() {
    let (trial, _told) = saying(r#"{"verdict":"no_word","words":"Read only.","code":"K7F29"}"#);
    assert_eq!(trial.run(), Said::nothing());
}

#[test]
fn off_is_silence_whatever_stdin_holds() {
    for stdin in [
        Stdin::Bytes(CALL.to_vec()),
        Stdin::Bytes(Vec::new()),
        Stdin::Bytes(b"{{{".to_vec()),
        Stdin::Bytes(vec![b'x'; 2 << 20]),
        Stdin::Silent,
        Stdin::Endless,
    ] {
        let trial = Trial { stdin, ..willing() };
        trial.home.announce(9, false);
        assert_eq!(trial.run(), Said::nothing());
    }
}

#[test]
fn a_boot_ends_it() {
    let trial = willing();
    let file = trial.home.paths().endpoint();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut endpoint: serde_json::Value = serde_json::from_str(&text).unwrap();
    endpoint["boot"] = "00000000-0000-4000-8000-000000000000".into();
    std::fs::write(&file, endpoint.to_string()).unwrap();
    assert_eq!(trial.run(), Said::nothing());
}

#[test]
fn never_turned_on_is_silence_even_with_no_descriptor_left() {
    let trial = willing();
    std::fs::remove_file(trial.home.paths().endpoint()).unwrap();
    assert_eq!(trial.run(), Said::nothing());
    assert_eq!(
        Trial {
            shell: Some("exec 0<&-;"),
            ..trial
        }
        .run(),
        Said::nothing()
    );
}

#[test]
fn a_call_of_four_million_numbers_needs_little_memory() {
    let many = format!("[{}0]", "0,".repeat(3_900_000));
    let call = String::from_utf8(CALL.to_vec())
        .unwrap()
        .replacen("\"rig\"", &many, 1);
    let trial = Trial {
        stdin: Stdin::Bytes(call.into_bytes()),
        shell: Some("ulimit -v 100000;"),
        ..willing()
    };
    assert_eq!(
        Trial {
            arguments: Some(trial.usual("20")),
            ..trial
        }
        .run()
        .exit,
        Some(0)
    );
}

#[test]
fn an_armed_file_counts_behind_one_that_is_not_there() {
    let trial = willing();
    let mut words: Vec<String> = vec![
        "claude".into(),
        "--endpoint".into(),
        "/nonexistent/endpoint.json".into(),
    ];
    words.extend(trial.usual("4").into_iter().skip(1));
    let said = Trial {
        arguments: Some(words),
        ..trial
    }
    .run();
    assert_eq!(said.exit, Some(0));
    assert!(
        said.stdout.contains(r#""permissionDecision":"allow""#),
        "{said:?}"
    );
}

#[test]
fn the_environment_is_never_read() {
    for file in [
        "main",
        "arguments",
        "ask",
        "dialects",
        "dialects/claude",
        "stdin",
        "stop",
    ] {
        let path = format!("{}/src/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let asks = ["env::var", "env::home_dir", "env::temp_dir", "env!(\"HOME"]
            .iter()
            .map(|way| text.matches(way).count())
            .sum::<usize>();
        assert_eq!(asks, 0, "{file}.rs reads the environment");
    }
}
