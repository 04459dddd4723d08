//! The diary.

use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::{Answer, Approval, AskId, Code, Deed, Entry, Factor, Reason, Record, Subject};
use thumbturn_wire::{Agent, Ask, Input, Verdict};

use crate::gate::Home;
use crate::{Saw, thumbturn};

/// 23 November 2026, 09:00:00 UTC.
const NINE: u64 = 1_795_424_400_000;

fn entry(code: &str, subject: Subject, verdict: Verdict, reason: Reason) -> Record {
    let answer = Answer { verdict, reason };
    Record::Answer(Box::new(Entry {
        id: AskId(1),
        code: Code(code.into()),
        subject,
        judgement: None,
        answer,
        grant: None,
        shared_with: 0,
    }))
}

fn ask(tool: &str, input: &str) -> Subject {
    Subject::Ask(Box::new(Ask {
        agent: Agent::Claude,
        moment: Default::default(),
        session: "s-1".into(),
        call: Some("toolu_1".into()),
        prompt: None,
        subagent: None,
        cwd: "/home/dana/shop".into(),
        tool: tool.into(),
        input: Input::try_from(input.to_owned()).unwrap(),
    }))
}

fn approved() -> Reason {
    Reason::Approved(Approval {
        user: "dana".into(),
        device: "Pixel".into(),
        factor: Factor::Push,
        txid: "t-1".into(),
    })
}

fn written() -> Home {
    let push = ask("Bash", r#"{"command":"git push origin main"}"#);
    let fetch = ask("WebFetch", r#"{"url":"https://example.com"}"#);
    let read = ask("Read", r#"{"file_path":"/home/dana/shop/a.rs"}"#);
    let records = [
        (NINE, entry("K7F29", push, Verdict::Allow, approved())),
        (
            NINE + 61_000,
            entry("Q1X8P", fetch, Verdict::Deny, Reason::DeniedOnPhone),
        ),
        (
            NINE + 62_000,
            entry("A0001", read, Verdict::NoWord, Reason::Off),
        ),
        (
            NINE + 86_400_000,
            entry(
                "B0002",
                Subject::Deed(Deed::Lock),
                Verdict::Allow,
                Reason::Done,
            ),
        ),
    ];
    let mut records = records
        .map(|(at, record)| (at, serde_json::to_value(record).unwrap()))
        .to_vec();
    let started = json!({"gate_started": {"version": "0.1.0", "mode": {"on": "until_reboot"}}});
    records.push((NINE + 86_460_000, started));
    let lines: String = records
        .iter()
        .zip(1..)
        .map(|((at, record), seq)| format!("{}\n", json!({"seq": seq, "at": at, "record": record})))
        .collect();
    let home = Home::new();
    std::fs::create_dir_all(home.paths().state()).unwrap();
    std::fs::write(home.paths().audit(), lines).unwrap();
    home
}

#[test]
fn it_reads_like_a_diary() {
    let diary = "\
Monday, 23 November 2026
  09:00:00  ✓ approved Claude Code  Bash: git push origin main, by dana  K7F29
  09:01:01  ✗ denied   Claude Code  WebFetch: https://example.com, on the phone  Q1X8P
  09:01:02  · no word  Claude Code  Read: /home/dana/shop/a.rs  A0001
Tuesday, 24 November 2026
  09:00:00  ✓ done     thumbturn lock deny everything until a sign-in  B0002
  09:01:00  · note     Thumbturn    gate started: mode on until reboot, version 0.1.0
";
    assert_eq!(thumbturn(&written(), &["log"]), Saw::new(0, diary, ""));
}

#[test]
fn the_newest_and_the_raw_lines() {
    let home = written();
    let saw = thumbturn(&home, &["log", "-n", "1"]);
    assert_eq!(saw.stdout.lines().count(), 2, "{saw:?}");
    let saw = thumbturn(&home, &["log", "--json"]);
    assert_eq!(
        saw.stdout,
        std::fs::read_to_string(home.paths().audit()).unwrap()
    );
}

#[test]
fn one_decision_with_everything_known() {
    let home = written();
    let saw = thumbturn(&home, &["log", "show", "k7f29"]);
    assert_eq!(saw.exit, 0);
    for line in [
        "  When     Monday, 23 November 2026 09:00:00",
        "  Code     K7F29",
        "  Who      Claude Code",
        "  What     Bash: git push origin main",
        "  Where    /home/dana/shop",
        "  Session  s-1",
        "  Call     toolu_1",
        "  User     dana",
        "  Device   Pixel",
        "  Factor   push",
        "  Txid     t-1",
        "  Line     1",
    ] {
        assert!(
            saw.stdout.lines().any(|seen| seen == line),
            "{line} in {}",
            saw.stdout
        );
    }
    assert_eq!(
        thumbturn(&home, &["log", "show", "ZZZZZ"]),
        Saw::new(
            1,
            "",
            "No decision has the code ZZZZZ.\nhint: `thumbturn log` lists the codes of recent decisions.\n"
        )
    );
}

#[test]
fn nothing_yet_and_lines_that_nobody_can_read() {
    let home = Home::new();
    assert_eq!(
        thumbturn(&home, &["log"]),
        Saw::new(0, "", "Nothing was decided yet.\n")
    );
    let home = written();
    let text = std::fs::read_to_string(home.paths().audit()).unwrap();
    std::fs::write(home.paths().audit(), format!("garbage\n{text}{{\"torn")).unwrap();
    let saw = thumbturn(&home, &["log"]);
    assert_eq!(
        (saw.exit, saw.stderr.as_str()),
        (4, "One line of the log cannot be read.\n")
    );
    assert_eq!(saw.stdout.lines().count(), 7);
}
