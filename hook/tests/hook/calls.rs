//! Broken questions and broken arguments.

use crate::trial::{CALL, Stdin, Trial};
use crate::{Row, willing};

use thumbturn_wire::MAX_ASK;

macro_rules! other {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/", $name, ".json")).to_vec()
    };
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = bytes()
        .into_iter()
        .map(|(name, needle, bytes)| {
            Row::new(name, needle, move || {
                Trial {
                    stdin: Stdin::Bytes(bytes.clone()),
                    ..willing()
                }
                .run()
            })
        })
        .collect();
    rows.extend(arguments().into_iter().map(|(name, needle, words)| {
        Row::new(name, needle, move || {
            Trial {
                arguments: Some(words.iter().map(|word| (*word).to_owned()).collect()),
                ..willing()
            }
            .run()
        })
    }));
    rows.push(Row::new("hung stdin", "did not end in time", || {
        Trial {
            stdin: Stdin::Silent,
            ..willing()
        }
        .run()
    }));
    rows.push(Row::new(
        "endless stdin",
        "larger than the gate reads",
        || {
            Trial {
                stdin: Stdin::Endless,
                ..willing()
            }
            .run()
        },
    ));
    rows.push(Row::new(
        "hung stdin on a machine that requires Duo mode",
        "Duo mode is off",
        || {
            let trial = Trial {
                stdin: Stdin::Silent,
                ..willing()
            };
            trial.home.announce(9, false);
            let mut words = trial.usual("4");
            words.push("--required".into());
            Trial {
                arguments: Some(words),
                ..trial
            }
            .run()
        },
    ));
    rows
}

fn bytes() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let whole = std::str::from_utf8(CALL).unwrap();
    let edit = |from: &str, to: &str| {
        assert!(whole.contains(from), "{from}");
        whole.replacen(from, to, 1).into_bytes()
    };
    let strange = "the hook was set up for Claude Code but this is a call of";
    vec![
        ("empty stdin", "no call", Vec::new()),
        ("stdin of blanks", "no call", b" \n\t ".to_vec()),
        (
            "bad JSON",
            "cannot be read",
            b"{hook_event_name: PreToolUse}".to_vec(),
        ),
        (
            "a truncated call",
            "cannot be read",
            CALL[..CALL.len() / 2].to_vec(),
        ),
        (
            "a call less its last brace",
            "cannot be read",
            CALL[..CALL.len() - 2].to_vec(),
        ),
        (
            "not UTF-8",
            "not UTF-8",
            [&CALL[..20], &[0xff, 0xfe], &CALL[20..]].concat(),
        ),
        (
            "a UTF-16 call",
            "not UTF-8",
            whole
                .encode_utf16()
                .flat_map(|c| (c | 0x8000).to_be_bytes())
                .collect(),
        ),
        (
            "a byte order mark",
            "cannot be read",
            ["\u{FEFF}", whole].concat().into_bytes(),
        ),
        (
            "a key twice",
            "stands twice",
            edit("\"cwd\"", "\"tool_name\": \"Read\", \"cwd\""),
        ),
        (
            "a key twice in the input",
            "stands twice",
            edit("\"command\"", "\"command\": \"ls\", \"command\""),
        ),
        (
            "a key twice by escapes",
            "stands twice",
            edit("\"command\"", "\"comm\\u0061nd\": \"ls\", \"command\""),
        ),
        ("two documents", "cannot be read", [CALL, CALL].concat()),
        (
            "a NUL after the call",
            "cannot be read",
            [CALL, b"\0"].concat(),
        ),
        (
            "a list of calls",
            "`top` is not an object",
            [b"[", CALL, b"]"].concat(),
        ),
        (
            "a text",
            "`top` is not an object",
            b"\"PreToolUse\"".to_vec(),
        ),
        (
            "200 levels deep",
            "cannot be read",
            edit(
                "\"rig\"",
                &format!("{}{}", "[".repeat(200), "]".repeat(200)),
            ),
        ),
        (
            "a number that no reader holds",
            "cannot be read",
            edit("\"rig\"", "1e999"),
        ),
        (
            "another event",
            "the event `Stop`",
            edit("\"PreToolUse\"", "\"Stop\""),
        ),
        (
            "an event in capitals",
            "the event `PRETOOLUSE`",
            edit("\"PreToolUse\"", "\"PRETOOLUSE\""),
        ),
        (
            "no event",
            "`hook_event_name` is not",
            edit("hook_event_name", "event_name"),
        ),
        (
            "no session",
            "`session_id` is not",
            edit("session_id", "session"),
        ),
        (
            "a session that is a number",
            "`session_id` is not",
            edit("\"d4b60895-ca10-4f6d-b90b-2914b9bd605d\"", "5"),
        ),
        ("no tool", "`tool_name` is not", edit("tool_name", "tool")),
        (
            "an empty tool",
            "`tool_name` is not",
            edit("\"Bash\"", "\"\""),
        ),
        (
            "a null directory",
            "`cwd` is not",
            edit("\"/home/dana/shop\"", "null"),
        ),
        (
            "a relative directory",
            "`cwd` is not a whole path",
            edit("\"/home/dana/shop\"", "\"shop\""),
        ),
        (
            "no input",
            "`tool_input` is not",
            edit("tool_input", "input"),
        ),
        (
            "an input that is a text",
            "`tool_input` is not",
            edit("{\"command\"", "\"{}\", \"x\": {\"command\""),
        ),
        (
            "a call id that is a list",
            "`tool_use_id` is not",
            edit("\"toolu_rigT0N0_1e412438\"", "[]"),
        ),
        (
            "an event that the hook is not made for",
            "not made for the event `Stop`",
            edit("\"PreToolUse\"", "\"Stop\""),
        ),
        ("a call of Codex", strange, other!("codex/bash-echo")),
        ("a call of Gemini CLI", strange, other!("gemini/bash-echo")),
        ("a call of Qwen Code", strange, other!("others/qwen")),
        (
            "a call of Copilot CLI",
            strange,
            other!("copilot/bash-echo"),
        ),
        ("a call of Cursor", strange, other!("others/cursor")),
        ("a call of VS Code", strange, other!("others/vscode")),
        (
            "a call of Droid",
            strange,
            edit("\"default\"", "\"auto-high\""),
        ),
        (
            "a call too large",
            "larger than the gate reads",
            edit("RIG-RAN", &"x".repeat(MAX_ASK)),
        ),
    ]
}

fn arguments() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    vec![
        ("no argument at all", "without the name of an agent", vec![]),
        ("an unknown agent", "no agent `cursor`", vec!["cursor"]),
        ("an agent in capitals", "no agent `Claude`", vec!["Claude"]),
        (
            "an argument before the agent",
            "no agent `--required`",
            vec!["--required", "claude"],
        ),
        (
            "an unknown argument",
            "no argument `--frob`",
            vec!["claude", "--frob"],
        ),
        (
            "a call for help",
            "no argument `--help`",
            vec!["claude", "--help"],
        ),
        (
            "a second agent",
            "no argument `claude`",
            vec!["claude", "claude"],
        ),
        (
            "an argument glued to its value",
            "no argument `--timeout=5`",
            vec!["claude", "--timeout=5"],
        ),
        (
            "--endpoint without a file",
            "needs a value",
            vec!["claude", "--endpoint"],
        ),
        (
            "--key without a file",
            "needs a value",
            vec!["claude", "--key"],
        ),
        (
            "--timeout without a number",
            "needs a value",
            vec!["claude", "--timeout"],
        ),
        (
            "a timeout of nothing",
            "not 1 to",
            vec!["claude", "--timeout", "0"],
        ),
        (
            "a negative timeout",
            "not 1 to",
            vec!["claude", "--timeout", "-5"],
        ),
        (
            "a timeout in words",
            "not 1 to",
            vec!["claude", "--timeout", "10m"],
        ),
        (
            "a timeout beyond all time",
            "not 1 to",
            vec!["claude", "--timeout", "18446744073709551615"],
        ),
    ]
}
