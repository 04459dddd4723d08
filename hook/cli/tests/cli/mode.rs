//! On, off and lock.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::gate::{Home, answering, http};
use crate::{DONE, Saw, command, gated, thumbturn};

const DENIED: &str = r#"{"verdict":"deny","words":"Denied on the phone by dana.","code":"K7F29"}"#;
const HERE: &str = "On. Every risky call needs your thumb. (K7F29)\n";

#[test]
fn on_lasts_until_reboot_or_as_long_or_where_the_person_says() {
    let (home, _, told) = gated(DONE, "{}");
    let deed = || told.try_recv().unwrap()["deed"].clone();
    assert_eq!(thumbturn(&home, &["on"]), Saw::new(0, HERE, ""));
    assert_eq!(deed(), json!({"turn_on": "until_reboot"}));
    assert_eq!(
        thumbturn(&home, &["on", "--for", "1h30m"]),
        Saw::new(0, HERE, "")
    );
    assert_eq!(deed(), json!({"turn_on": {"for": 5_400_000}}));
    let project = home.dir().join("shop");
    std::fs::create_dir(&project).unwrap();
    let winding = format!("{}/../shop/.", project.display());
    assert_eq!(
        thumbturn(&home, &["on", "--project", &winding]),
        Saw::new(0, HERE, "")
    );
    assert_eq!(
        deed(),
        json!({"turn_on": {"project": project.canonicalize().unwrap()}})
    );
}

#[test]
fn what_on_cannot_mean_is_said_before_anything_is_asked() {
    let (home, _, told) = gated(DONE, "{}");
    let saw = thumbturn(&home, &["on", "--for", "soon"]);
    assert_eq!((saw.exit, saw.stdout.as_str()), (2, ""));
    assert!(
        saw.stderr.contains("write it as 2h, 90m or 1h30m"),
        "{saw:?}"
    );
    assert_eq!(
        thumbturn(&home, &["on", "--for", "2h", "--project", "."]).exit,
        2
    );
    assert_eq!(
        thumbturn(&home, &["on", "--project", "/nonexistent"]),
        Saw::new(
            2,
            "",
            "/nonexistent is no directory to use: No such file or directory (os error 2).\n"
        )
    );
    assert!(told.try_recv().is_err());
}

#[test]
fn on_starts_the_gate_that_lies_beside_it() {
    let (home, port, told) = gated(DONE, "{}");
    // What the gate will write once it runs.
    home.announce(port, false);
    let run = home.paths().run().to_owned();
    std::fs::rename(run.join("endpoint.json"), run.join("later.json")).unwrap();
    let programs = home.dir().join("programs");
    std::fs::create_dir(&programs).unwrap();
    let me = programs.join("thumbturn");
    std::fs::hard_link(env!("CARGO_BIN_EXE_thumbturn"), &me).unwrap();
    let tray = programs.join("thumbturn-tray");
    let script = "#!/bin/sh\n[ \"$1\" = --home ] && cd \"$2/.local/state/thumbturn/run\" && mv later.json endpoint.json\n";
    std::fs::write(&tray, script).unwrap();
    std::fs::set_permissions(&tray, std::fs::Permissions::from_mode(0o755)).unwrap();
    let saw = Saw::of(&command(&me, &home, &["on"]).output().unwrap());
    assert_eq!(saw, Saw::new(0, HERE, "Starting the gate.\n"));
    assert_eq!(
        told.try_recv().unwrap()["deed"],
        json!({"turn_on": "until_reboot"})
    );

    std::fs::remove_file(run.join("endpoint.json")).unwrap();
    std::fs::write(&tray, "#!/bin/sh\nexit 1\n").unwrap();
    let saw = Saw::of(&command(&me, &home, &["on"]).output().unwrap());
    let words = "Starting the gate.\nThe gate could not be started: `thumbturn-tray` ended at once (exit status: 1).\nhint: run `thumbturn-tray` in a terminal; it says what is wrong.\n";
    assert_eq!(saw, Saw::new(3, "", words));
}

#[test]
fn off_rings_the_phone_and_says_what_it_said() {
    let (home, _, told) = gated(r#"{"verdict":"allow","words":"Off.","code":"K7F29"}"#, "{}");
    assert_eq!(
        thumbturn(&home, &["off"]),
        Saw::new(0, "Off. (K7F29)\n", "Check your phone.\n")
    );
    assert_eq!(
        told.try_recv().unwrap(),
        json!({"deed": {"turn_off": {"passcode": null}}, "patience_ms": 600_000})
    );
    let (home, _, _told) = gated(DENIED, "{}");
    assert_eq!(
        thumbturn(&home, &["off"]),
        Saw::new(
            1,
            "",
            "Check your phone.\nDenied on the phone by dana. (K7F29)\n"
        )
    );
}

#[test]
fn off_without_a_gate_changes_nothing_and_says_how_to_start_it() {
    let words = "Nothing changed: no gate is running that could turn it off.\nhint: start the gate with `thumbturn-tray`, then run `thumbturn off` again.\n";
    let home = Home::new();
    assert_eq!(thumbturn(&home, &["off"]), Saw::new(3, "", words));
    home.announce(closed_port(), true);
    assert_eq!(thumbturn(&home, &["off"]), Saw::new(3, "", words));
    assert_eq!(
        thumbturn(&home, &["off", "--passcode"]),
        Saw::new(3, "", words)
    );
}

#[test]
fn a_passcode_comes_from_a_terminal_and_from_nowhere_else() {
    let (home, _, told) = gated(r#"{"verdict":"allow","words":"Off.","code":"K7F29"}"#, "{}");
    let mut piped = command(
        env!("CARGO_BIN_EXE_thumbturn").as_ref(),
        &home,
        &["off", "--passcode"],
    );
    let mut child = piped
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"123456\n").unwrap();
    assert_eq!(
        Saw::of(&child.wait_with_output().unwrap()),
        Saw::new(
            2,
            "",
            "A passcode is typed at a terminal, and there is none.\nhint: open a terminal and run `thumbturn off --passcode` there.\n"
        )
    );
    assert_eq!(thumbturn(&home, &["off", "--passcode", "123456"]).exit, 2);
    assert!(told.try_recv().is_err());

    // `script` gives it a terminal and types what comes in.
    let words = format!(
        "{} --home {} off --passcode",
        env!("CARGO_BIN_EXE_thumbturn"),
        home.dir().display()
    );
    let mut script = std::process::Command::new("script");
    script
        .args(["-qec", &words, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = script.spawn().unwrap();
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"123456\n").unwrap();
    let deed = told
        .recv_timeout(std::time::Duration::from_secs(20))
        .unwrap()["deed"]
        .clone();
    drop(keys);
    let shown = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(deed, json!({"turn_off": {"passcode": "123456"}}));
    assert!(
        shown.contains("Duo passcode or bypass code: ") && shown.contains("Off. (K7F29)"),
        "{shown:?}"
    );
}

#[test]
fn lock_is_free_and_quiet() {
    let (home, _, told) = gated(r#"{"verdict":"allow","words":"Locked.","code":""}"#, "{}");
    assert_eq!(thumbturn(&home, &["lock"]), Saw::new(0, "Locked.\n", ""));
    assert_eq!(told.try_recv().unwrap()["deed"], json!("lock"));
}

#[test]
fn nobody_but_the_pinned_gate_is_believed() {
    let home = Home::new();
    home.announce(answering(|_| http("200 OK", DONE)), false);
    assert_eq!(
        thumbturn(&home, &["on"]),
        Saw::new(
            3,
            "",
            "The gate gave no answer: something answered that is not the gate.\nhint: something else may listen in the gate's place; quit it and start `thumbturn-tray` again.\n"
        )
    );
    std::fs::remove_file(home.paths().pin()).unwrap();
    assert_eq!(thumbturn(&home, &["on"]).exit, 4);
    std::fs::write(home.paths().endpoint(), "{").unwrap();
    assert_eq!(
        thumbturn(&home, &["lock"]),
        Saw::new(
            4,
            "",
            "The gate cannot be found: the endpoint file is not what the gate writes.\nhint: restart `thumbturn-tray`; it writes the file anew.\n"
        )
    );
}

#[test]
fn help_tells_the_exit_codes() {
    for words in [
        &["--help"][..],
        &["on", "--help"],
        &["off", "--help"],
        &["status", "--help"],
        &["log", "--help"],
        &["signin", "--help"],
        &["signout", "--help"],
        &["pause", "--help"],
        &["hold", "--help"],
        &["deny", "--help"],
        &["open", "--help"],
    ] {
        let saw = thumbturn(&Home::new(), words);
        assert_eq!(saw.exit, 0);
        assert!(
            saw.stdout.contains("Exit codes:\n  0  done\n  1  refused"),
            "{}",
            saw.stdout
        );
    }
}

fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
