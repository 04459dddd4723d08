use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use super::*;
use pretty_assertions::assert_eq;
use thumbturn_core::{
    Agent, Answer, Approval, Ask, AskId, Code, Deed, Entry, Factor, Mode, Reason, Record, Subject,
    Verdict,
};

fn ask(command: &str) -> Subject {
    let input = serde_json::json!({ "command": command }).to_string();
    Subject::Ask(Box::new(Ask {
        agent: Agent::Claude,
        moment: Default::default(),
        session: "s-1".into(),
        call: None,
        prompt: None,
        subagent: None,
        cwd: "/home/dana/shop".into(),
        tool: "Bash".into(),
        input: input.try_into().unwrap(),
    }))
}

fn answered(code: &str, subject: Subject, verdict: Verdict, reason: Reason) -> Record {
    Record::Answer(Box::new(Entry {
        id: AskId(1),
        code: Code(code.into()),
        subject,
        judgement: None,
        answer: Answer { verdict, reason },
        grant: None,
        shared_with: 0,
    }))
}

fn line(seq: u64, record: &Record) -> String {
    serde_json::json!({ "seq": seq, "at": seq * 1000, "record": record }).to_string()
}

/// A log of so many answers, every tenth of them a yes to a push.
fn log_of(count: u64) -> String {
    let approval = Approval {
        user: "dana".into(),
        device: "Pixel".into(),
        factor: Factor::Push,
        txid: "t-1".into(),
    };
    let mut text = String::new();
    for seq in 1..=count {
        let record = if seq.is_multiple_of(10) {
            let reason = Reason::Approved(approval.clone());
            let subject = ask(&format!("git push {seq}"));
            answered(&format!("C{seq}"), subject, Verdict::Allow, reason)
        } else {
            answered(
                &format!("C{seq}"),
                ask(&format!("rm -r build-{seq}")),
                Verdict::Deny,
                Reason::DeniedOnPhone,
            )
        };
        writeln!(text, "{}", line(seq, &record)).unwrap();
    }
    text
}

struct Log {
    dir: tempfile::TempDir,
}

impl Log {
    fn new(text: &str) -> Self {
        let log = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        std::fs::write(log.file(), text).unwrap();
        log
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("audit.jsonl")
    }

    fn read(&self, query: Query) -> History {
        read(&self.file(), query)
    }
}

fn codes(history: &History) -> Vec<&str> {
    history
        .rows
        .iter()
        .filter_map(|row| row.code.as_deref())
        .collect()
}

#[test]
fn a_log_that_is_not_there_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let history = read(&dir.path().join("none"), Query::default());
    assert_eq!((history.empty, history.failure), (true, None));
    assert_eq!(Log::new("").read(Query::default()).empty, true);
}

#[test]
fn a_log_that_is_no_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let history = read(dir.path(), Query::default());
    assert_eq!(history.failure.is_some(), true);
    let link = dir.path().join("link");
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    assert_eq!(read(&link, Query::default()).failure.is_some(), true);
}

#[test]
fn a_row_tells_all_that_is_known() {
    let log = Log::new(&log_of(10));
    let history = log.read(Query::default());
    let row = history.rows.first().unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        *row,
        Row {
            id: row.id,
            at: 10_000,
            code: Some("C10".into()),
            agent: "Claude Code".into(),
            what: "Bash: git push 10".into(),
            verdict: Some(Verdict::Allow),
            words: "Approved on the phone by dana.".into(),
            is_ask: true,
            detail: vec![
                pair("Where", "/home/dana/shop"),
                pair("Session", "s-1"),
                pair("Tool", "Bash"),
                pair("Input", "{\"command\":\"git push 10\"}"),
                pair("Approved by", "dana"),
                pair("Device", "Pixel"),
                pair("Duo transaction", "t-1"),
                pair("Line", "10"),
            ],
        }
    );
    assert_eq!(history.agents, ["Claude Code"]);
    assert_eq!((history.more, history.empty), (None, false));
}

#[test]
fn pages_follow_each_other_without_a_gap() {
    let log = Log::new(&log_of(250));
    let mut query = Query::default();
    let mut seen = Vec::new();
    let mut pages = 0;
    loop {
        let history = log.read(query.clone());
        seen.extend(codes(&history).into_iter().map(str::to_owned));
        pages += 1;
        assert_eq!(history.rows.len() <= ROWS, true);
        match history.more {
            Some(before) => query.before = Some(before),
            None => break,
        }
    }
    let all: Vec<String> = (1..=250).rev().map(|seq| format!("C{seq}")).collect();
    assert_eq!((pages, seen), (3, all));
}

#[test]
fn a_hundred_rows_are_all_where_there_are_no_more() {
    let history = Log::new(&log_of(100)).read(Query::default());
    assert_eq!((history.rows.len(), history.more), (100, None));
}

#[test]
fn what_is_looked_for_is_found_in_a_log_of_a_hundred_thousand_lines() {
    let log = Log::new(&log_of(100_000));
    let found = |query: Query| {
        codes(&log.read(query))
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let text = |text: &str| Query {
        text: text.into(),
        ..Query::default()
    };
    assert_eq!(found(text("RM -R BUILD-17\"")), ["C17"]);
    let allowed = log.read(Query {
        verdict: Some(Verdict::Allow),
        ..Query::default()
    });
    assert_eq!(allowed.rows.len(), ROWS);
    assert_eq!(codes(&allowed).last(), Some(&"C99010"));
}

#[test]
fn a_filter_that_nothing_passes_leaves_no_empty_log() {
    let nobody = Log::new(&log_of(30)).read(Query {
        agent: Some("Nobody".into()),
        ..Query::default()
    });
    assert_eq!((nobody.rows.len(), nobody.empty), (0, false));
    assert_eq!(nobody.agents, ["Claude Code"]);
}

#[test]
fn the_line_that_is_being_written_is_not_shown() {
    let log = Log::new(&log_of(3));
    let mut file = File::options().append(true).open(log.file()).unwrap();
    file.write_all(b"{\"seq\":4,\"at\":4000,\"rec").unwrap();
    assert_eq!(codes(&log.read(Query::default())), ["C3", "C2", "C1"]);
    file.write_all(&vec![b'x'; 300_000]).unwrap();
    assert_eq!(codes(&log.read(Query::default())), ["C3", "C2", "C1"]);
}

#[test]
fn a_line_that_cannot_be_read_is_shown_as_that() {
    let text = log_of(2);
    let (first, second) = text.split_once('\n').unwrap();
    let log = Log::new(&format!("{first}\n{{\"seq\":9}}\n\u{0}\n{second}"));
    let history = log.read(Query::default());
    let what: Vec<&str> = history.rows.iter().map(|row| row.what.as_str()).collect();
    let broken = "A line that cannot be read";
    assert_eq!(
        what,
        ["Bash: rm -r build-2", broken, broken, "Bash: rm -r build-1"]
    );
    assert_eq!(
        history.rows.iter().map(|row| row.at).collect::<Vec<_>>(),
        [2000, 2000, 2000, 1000]
    );
}

#[test]
fn lines_longer_than_what_is_read_at_a_time_are_whole() {
    let long = "x".repeat(300_000);
    let mut text = log_of(2);
    writeln!(
        text,
        "{}",
        line(3, &answered("C3", ask(&long), Verdict::Deny, Reason::Held))
    )
    .unwrap();
    let log = Log::new(&text);
    let history = log.read(Query::default());
    assert_eq!(codes(&history), ["C3", "C2", "C1"]);
    // Shown cut.
    let row = history.rows.first().unwrap();
    assert_eq!(row.what.chars().count() < 21_000, true);
}

#[test]
fn what_is_no_answer_is_told_too() {
    let records = [
        Record::GateStarted {
            version: "0.1.0".into(),
            mode: Mode::Off,
        },
        Record::SignedIn {
            user: "dana".into(),
            how: Way::Push,
        },
        answered(
            "K7F29",
            Subject::Deed(Deed::TestPush),
            Verdict::Deny,
            Reason::DeniedOnPhone,
        ),
    ];
    let text: String = records
        .iter()
        .zip(1..)
        .map(|(record, seq)| format!("{}\n", line(seq, record)))
        .collect();
    let history = Log::new(&text).read(Query::default());
    let told: Vec<(&str, &str, Option<Verdict>)> = history
        .rows
        .iter()
        .map(|row| (row.agent.as_str(), row.what.as_str(), row.verdict))
        .collect();
    assert_eq!(
        told,
        [
            ("Thumbturn", "Thumbturn", Some(Verdict::Deny)),
            ("Thumbturn", "Signed in", None),
            ("Thumbturn", "Gate started", None),
        ]
    );
}
