//! What approvals have granted, and ending it.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::{Saw, gated, thumbturn};

const ENDED: &str = r#"{"verdict":"allow","words":"No grant is left: every ask rings.","code":""}"#;

/// Ends long ago, so that the time left is the same in every run.
fn status(grants: &Value) -> String {
    json!({
        "version": "0.1.0",
        "mode": {"on": "until_reboot"},
        "view": {
            "state": "on",
            "headline": "On. Every risky call needs your thumb.",
            "reach": null,
            "who": "dana",
            "waiting": [],
            "troubles": [],
            "grants": grants,
        },
    })
    .to_string()
}

fn one() -> Value {
    json!([{
        "id": 1, "code": "K7F29", "words": "Edits inside /home/dana/shop by this session\u{1b}[2J",
        "agent": "Claude Code", "session": "s-1", "until": 0, "left": 2, "made_at": 0,
    }])
}

const LINE: &str = "K7F29  Claude Code  Edits inside /home/dana/shop by this session\u{FFFD}[2J  2 times more, for 0 min more at most";

#[test]
fn each_stands_in_a_line_here_and_in_the_status() {
    let (home, ..) = gated(ENDED, &status(&one()));
    assert_eq!(
        thumbturn(&home, &["grants"]),
        Saw::new(0, &format!("{LINE}\n"), "")
    );
    let saw = thumbturn(&home, &["status"]);
    assert!(
        saw.stdout.contains(&format!("  Grants    {LINE}\n")),
        "{saw:?}"
    );
    let saw = thumbturn(&home, &["grants", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&saw.stdout).unwrap(), one());
}

#[test]
fn nothing_granted_is_said_so() {
    let (home, ..) = gated(ENDED, &status(&json!([])));
    assert_eq!(
        thumbturn(&home, &["grants"]),
        Saw::new(0, "Nothing is granted: every risky call rings.\n", "")
    );
}

#[test]
fn one_is_ended_by_its_reference_and_all_by_saying_so() {
    let (home, _, told) = gated(ENDED, &status(&one()));
    let deed = || told.try_recv().unwrap()["deed"].clone();
    assert_eq!(
        thumbturn(&home, &["grants", "end", " k7f29"]),
        Saw::new(0, "No grant is left: every ask rings.\n", "")
    );
    assert_eq!(deed(), json!({"end_grant": "K7F29"}));
    assert_eq!(thumbturn(&home, &["grants", "end", "--all"]).exit, 0);
    assert_eq!(deed(), json!("end_grants"));
    for unclear in [&["grants", "end"][..], &["grants", "end", "K7F29", "--all"]] {
        assert_eq!(thumbturn(&home, unclear).exit, 2, "{unclear:?}");
    }
    assert!(told.try_recv().is_err());
}
