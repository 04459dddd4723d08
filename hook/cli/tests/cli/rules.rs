//! Rules read, explained and tried, with no gate anywhere.

use std::io::Write as _;
use std::process::Stdio;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::gate::Home;
use crate::{Saw, command, thumbturn};

const BROKEN: &str = "version = 1\n\n[[rule]]\nname = \"x\"\ntool = \"X\"\nactoin = \"deny\"\n";
const DENY: &str = "[[rule]]\nname = \"no-push\"\ncommand = \"git push ...\"\naction = \"deny\"\n";

fn keep(home: &Home, text: &str) {
    let dir = home.dir().join(".config/thumbturn");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("rules.toml"), text).unwrap();
}

fn call(tool: &str, input: &Value) -> String {
    json!({
        "session_id": "s1", "transcript_path": "/x", "cwd": "/", "permission_mode": "default",
        "hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input, "tool_use_id": "t1",
    })
    .to_string()
}

fn bash(line: &str) -> String {
    call("Bash", &json!({ "command": line }))
}

fn explained(home: &Home, words: &[&str], lines: &[String]) -> Saw {
    let program = env!("CARGO_BIN_EXE_thumbturn").as_ref();
    let mut child = command(
        program,
        home,
        &[&["rules", "explain", "claude"], words].concat(),
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let text = lines.join("\n");
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    Saw::of(&child.wait_with_output().unwrap())
}

#[test]
fn a_new_home_has_the_shipped_rules_and_a_broken_file_is_named_by_line_and_key() {
    let home = Home::new();
    let saw = thumbturn(&home, &["rules", "check"]);
    assert_eq!(saw.exit, 0, "{saw:?}");
    assert!(saw.stdout.contains("3 rules"), "{saw:?}");
    keep(&home, BROKEN);
    for words in [&["rules", "check"][..], &["rules", "try"]] {
        let saw = thumbturn(&home, words);
        assert_eq!(saw.exit, 1, "{saw:?}");
        let said = ["rules.toml", "line 6", "actoin", "hint: mend the file"];
        assert!(said.iter().all(|part| saw.stderr.contains(part)), "{saw:?}");
    }
    let saw = thumbturn(&home, &["rules", "check", "/nonexistent/rules.toml"]);
    assert_ne!(saw.exit, 0);
    assert!(saw.stderr.contains("/nonexistent/rules.toml"), "{saw:?}");
}

#[test]
fn each_call_is_explained_and_one_that_cannot_be_read_stops_none() {
    let home = Home::new();
    keep(&home, DENY);
    let lines = [
        bash("ls | head"),
        "no JSON".to_owned(),
        bash("timeout 5 git push"),
        call("mcp__webex__send_message", &json!({ "roomId": "abc123" })),
        bash("cat ~/.ssh/id_rsa"),
    ];
    let saw = explained(&home, &["--json"], &lines);
    assert_eq!(saw.exit, 1);
    assert!(saw.stderr.contains("line 2:"), "{saw:?}");
    let objects: Vec<Value> = saw
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told: Vec<_> = objects
        .iter()
        .map(|it| {
            (
                it["judgement"].clone(),
                it["risk"].clone(),
                it["rule"].clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!("harmless"), json!(null), json!("shell.reads")),
            (json!("forbidden"), json!(null), json!("rules.no-push")),
            (json!("unsure"), json!("normal"), json!("mcp.tool")),
            (json!("unsure"), json!("high"), json!("paths.secret")),
        ]
    );
    for object in &objects {
        assert!(
            object["reasons"]
                .as_array()
                .is_some_and(|it| !it.is_empty()),
            "{object}"
        );
        assert_eq!(object["card"]["pairs"][0][0], "What", "{object}");
    }
    assert_eq!(objects[1]["line"], 1);
    assert_eq!(objects[0]["losers"][0]["rule"], "no-push");

    let saw = explained(&home, &[], &lines[2..3]);
    assert_eq!(saw.exit, 0, "{saw:?}");
    assert!(
        saw.stdout
            .contains("denied, by rules.no-push, which is your rule no-push in line 1"),
        "{saw:?}"
    );
}

#[test]
fn the_last_decisions_are_tried_under_other_rules() {
    let home = Home::new();
    let record = json!({ "answer": {
        "id": 1, "code": "K7F29",
        "subject": { "ask": {
            "agent": "claude", "session": "s1", "cwd": "/", "tool": "Bash",
            "input": { "command": "git push" },
        } },
        "judgement": { "decision": { "unsure": "normal" }, "rule": "shell.git", "reasons": ["x"] },
        "answer": { "verdict": "deny", "reason": "denied_on_phone" },
    } });
    let log = home.dir().join(".local/state/thumbturn");
    std::fs::create_dir_all(&log).unwrap();
    let line = json!({ "seq": 1, "at": 1, "record": record });
    std::fs::write(log.join("audit.jsonl"), format!("{line}\n")).unwrap();
    let rules = home.dir().join("other.toml");
    std::fs::write(&rules, DENY).unwrap();
    let saw = thumbturn(&home, &["rules", "try", "--rules", rules.to_str().unwrap()]);
    let wanted = Saw::new(
        0,
        "K7F29  push → deny  Bash: git push\n",
        "Of 1 decision, 1 would be another.\n",
    );
    assert_eq!(saw, wanted);
}

#[test]
fn the_schema_is_json_and_knows_every_key_of_the_shipped_file() {
    let home = Home::new();
    let saw = thumbturn(&home, &["rules", "schema"]);
    let schema: Value = serde_json::from_str(&saw.stdout).unwrap();
    assert_eq!(schema["properties"]["version"]["const"], 1);
    let saw = thumbturn(&home, &["rules", "path"]);
    let path = home.dir().join(".config/thumbturn/rules.toml");
    assert_eq!(saw.stdout.trim_end(), path.to_str().unwrap());
}
