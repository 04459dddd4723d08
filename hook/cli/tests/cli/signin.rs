//! Signing in and out, and the deeds that came with it.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use thumbturn_core::{LoginError, Record, Way};
use thumbturn_wire::Route;

use crate::gate::{Home, answering, http};
use crate::{Saw, gated, thumbturn};

const BEGUN: &str = r#"{"verdict":"allow","words":"The sign-in begins.","code":"K7F29"}"#;
const DONE: &str = r#"{"verdict":"allow","words":"Done.","code":""}"#;

fn status(session: Value, sign_in: Value) -> String {
    json!({
        "version": "0.1.0",
        "mode": "off",
        "view": {
            "state": "off",
            "headline": "Off. Your agent asks in its own terminal.",
            "reach": null,
            "who": null,
            "session": session,
            "sign_in": sign_in,
            "waiting": [],
            "troubles": [],
        },
    })
    .to_string()
}

fn dana(is_over: bool) -> Value {
    json!({"user": "dana", "way": "universal_prompt", "ends": 0, "is_over": is_over})
}

/// A gate whose sign-in is seen open once, and has ended as `record` says when it is looked at again.
fn signing_in(address: Option<&'static str>, record: Record, session: Value) -> Home {
    let home = Home::new();
    let audit = home.paths().audit();
    // What was written before is nobody's outcome.
    append(
        &audit,
        &Record::SignInFailed {
            why: LoginError::TimedOut,
        },
    );
    let (key, asked) = (home.key.clone(), AtomicUsize::new(0));
    let port = answering(move |question| {
        if !question.head.starts_with("POST /v1/status ") {
            asked.store(1, Ordering::SeqCst);
            return http("200 OK", &question.sealed(&key, Route::Deed, BEGUN));
        }
        let seen = match asked.load(Ordering::SeqCst) {
            0 => status(Value::Null, Value::Null),
            1 => {
                let is_shown = address.is_some();
                asked.store(if is_shown { 2 } else { 3 }, Ordering::SeqCst);
                status(Value::Null, json!({"address": address, "ends": 0}))
            }
            _ => {
                append(&audit, &record);
                status(session.clone(), Value::Null)
            }
        };
        http("200 OK", &question.sealed(&key, Route::Status, &seen))
    });
    home.announce(port, false);
    home
}

fn append(audit: &std::path::Path, record: &Record) {
    std::fs::create_dir_all(audit.parent().unwrap()).unwrap();
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(audit)
        .unwrap();
    writeln!(file, "{}", json!({"seq": 1, "at": 0, "record": record})).unwrap();
}

#[test]
fn it_tells_where_the_browser_opens_and_who_is_signed_in() {
    let record = Record::SignedIn {
        user: "dana".into(),
        how: Way::UniversalPrompt,
    };
    let home = signing_in(Some("http://localhost:1/abc/start"), record, dana(false));
    assert_eq!(
        thumbturn(&home, &["signin", "--user", "dana"]),
        Saw::new(
            0,
            "Signed in as dana.\n",
            "Your browser opens. If it does not, open this address there:\nhttp://localhost:1/abc/start\n"
        )
    );
}

#[test]
fn it_tells_why_nobody_is_signed_in() {
    let why = LoginError::Refused {
        words: "the push was denied".into(),
    };
    let words = why.words();
    // An old session that still stands is no success of this sign-in.
    let home = signing_in(None, Record::SignInFailed { why }, dana(false));
    assert_eq!(
        thumbturn(&home, &["signin"]),
        Saw::new(1, "", &format!("{words}\n"))
    );
}

#[test]
fn who_is_signed_in_already_is_told_so() {
    let (home, _, told) = gated(BEGUN, &status(dana(false), Value::Null));
    assert_eq!(
        thumbturn(&home, &["signin"]),
        Saw::new(0, "Signed in as dana.\n", "")
    );
    assert_eq!(
        told.try_recv().unwrap()["deed"],
        json!({"sign_in": {"user": null}})
    );
    let (home, _, _told) = gated(BEGUN, &status(dana(true), Value::Null));
    assert_eq!(
        thumbturn(&home, &["signin"]),
        Saw::new(1, "", "Off. Your agent asks in its own terminal.\n")
    );
}

#[test]
fn each_verb_asks_for_its_own_deed() {
    for (words, deed) in [
        (&["signin", "--cancel"][..], json!("cancel_sign_in")),
        (&["signout"], json!({"sign_out": {"all": false}})),
        (&["signout", "--all"], json!({"sign_out": {"all": true}})),
        (&["pause"], json!({"pause": 900_000})),
        (&["pause", "1h"], json!({"pause": 3_600_000})),
        (&["hold"], json!({"hold": 1_800_000})),
        (&["hold", "45m"], json!({"hold": 2_700_000})),
        (&["hold", "--end"], json!({"hold": null})),
        (&["deny", "k7f29"], json!({"deny": "K7F29"})),
        (&["open"], json!("open")),
    ] {
        let (home, _, told) = gated(DONE, "{}");
        assert_eq!(
            thumbturn(&home, words),
            Saw::new(0, "Done.\n", ""),
            "{words:?}"
        );
        assert_eq!(told.try_recv().unwrap()["deed"], deed, "{words:?}");
    }
}

#[test]
fn what_none_of_them_can_mean_is_said_before_anything_is_asked() {
    let (home, _, told) = gated(DONE, "{}");
    for words in [
        &["signin", "--user", "dana", "--cancel"][..],
        &["signin", "dana"],
        &["hold", "30m", "--end"],
        &["pause", "soon"],
        &["deny"],
    ] {
        assert_eq!(thumbturn(&home, words).exit, 2, "{words:?}");
    }
    assert!(told.try_recv().is_err());
}

#[test]
fn none_of_them_starts_a_gate_only_to_tell_it_no() {
    let home = Home::new();
    for words in [
        &["signout"][..],
        &["pause"],
        &["hold"],
        &["deny", "K7F29"],
        &["signin", "--cancel"],
    ] {
        let saw = thumbturn(&home, words);
        assert_eq!((saw.exit, saw.stdout.as_str()), (3, ""), "{words:?}");
        assert!(
            saw.stderr
                .starts_with("Nothing changed: no gate is running.\nhint: "),
            "{saw:?}"
        );
    }
}

#[test]
fn the_status_tells_session_hold_and_sign_in() {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    // Half a minute to spare: nobody is that slow.
    let at = |minutes: u64| u64::try_from(now.as_millis()).unwrap() + minutes * 60_000 - 30_000;
    let view = json!({
        "version": "0.1.0",
        "mode": {"on": "until_reboot"},
        "view": {
            "state": "on",
            "headline": "On hold. Asks wait in silence.",
            "reach": "Until reboot",
            "who": "dana",
            "session": {"user": "dana", "way": "push", "ends": at(24), "is_over": false},
            "sign_in": {"address": null, "ends": at(5), "verification_code": "4711"},
            "held_until": at(90),
            "waiting": [],
            "troubles": [],
        },
    });
    let (home, ..) = gated(DONE, &view.to_string());
    let lines = "\
● On hold. Asks wait in silence.
  Reach     Until reboot
  Held      for 1 h 30 min more
  Phone of  dana
  Session   dana, with one push, the weaker way, for 24 min more
  Sign-in   check your phone, for 5 min more
";
    assert_eq!(thumbturn(&home, &["status"]), Saw::new(0, lines, ""));
    let json: Value =
        serde_json::from_str(&thumbturn(&home, &["status", "--json"]).stdout).unwrap();
    let mut expected = view;
    expected["view"]["sign_in"]["verification_code"] = Value::Null;
    assert_eq!(json, expected);
}
