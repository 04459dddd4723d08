//! The lines of the audit log: their names are for ever.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

#[test]
fn every_record_has_its_line() {
    let entry = |subject, answer| {
        Record::Answer(Box::new(Entry {
            id: AskId(7),
            code: code(7),
            subject,
            answer,
        }))
    };
    let deny = |reason| Answer {
        verdict: Verdict::Deny,
        reason,
    };
    let allow = Answer {
        verdict: Verdict::Allow,
        reason: Reason::Approved(approval()),
    };
    for (record, line) in [
        (
            entry(Subject::Ask(Box::new(ask(1, "s1"))), allow),
            r#"{"answer":{"id":7,"code":"C7","subject":{"ask":{"agent":"claude","session":"s1","call":null,"subagent":null,"cwd":"/home/dana/shop","tool":"Bash","input":{"command":"c1"}}},"answer":{"verdict":"allow","reason":{"approved":{"user":"dana","device":"iPhone","factor":"push","txid":"t1"}}}}}"#,
        ),
        (
            entry(
                Subject::Deed(Deed::TurnOff(Factor::Passcode)),
                deny(Reason::WrongPasscode),
            ),
            r#"{"answer":{"id":7,"code":"C7","subject":{"deed":{"turn_off":"passcode"}},"answer":{"verdict":"deny","reason":"wrong_passcode"}}}"#,
        ),
        (
            entry(
                Subject::Deed(Deed::TurnOn(Bound::Project("/shop".into()))),
                deny(Reason::Unanswered { patience: 62_000 }),
            ),
            r#"{"answer":{"id":7,"code":"C7","subject":{"deed":{"turn_on":{"project":"/shop"}}},"answer":{"verdict":"deny","reason":{"unanswered":{"patience":62000}}}}}"#,
        ),
        (
            Record::ModeChanged {
                from: Mode::Off,
                to: Mode::On(Bound::Until(5)),
                by: By::Cli,
            },
            r#"{"mode_changed":{"from":"off","to":{"on":{"until":5}},"by":"cli"}}"#,
        ),
        (
            Record::ModeChanged {
                from: on(),
                to: Mode::Locked,
                by: By::Phone(approval()),
            },
            r#"{"mode_changed":{"from":{"on":"until_reboot"},"to":"locked","by":{"phone":{"user":"dana","device":"iPhone","factor":"push","txid":"t1"}}}}"#,
        ),
        (
            Record::SignedIn {
                user: "dana".into(),
                how: Factor::Push,
            },
            r#"{"signed_in":{"user":"dana","how":"push"}}"#,
        ),
        (
            Record::SignedOut {
                why: SessionEnd::Expired,
            },
            r#"{"signed_out":{"why":"expired"}}"#,
        ),
        (
            Record::SignInFailed {
                why: LoginError::TimedOut,
            },
            r#"{"sign_in_failed":{"why":"timed_out"}}"#,
        ),
        (
            Record::OrphanApproval {
                push: PushId(3),
                approval: approval(),
            },
            r#"{"orphan_approval":{"push":3,"approval":{"user":"dana","device":"iPhone","factor":"push","txid":"t1"}}}"#,
        ),
        (
            Record::FraudReported { push: PushId(3) },
            r#"{"fraud_reported":{"push":3}}"#,
        ),
        (Record::KeyRemade, r#""key_remade""#),
        (
            Record::TroubleBegan(Trouble::Audit),
            r#"{"trouble_began":"audit"}"#,
        ),
        (
            Record::TroubleEnded(Trouble::Settings("line 3".into())),
            r#"{"trouble_ended":{"settings":"line 3"}}"#,
        ),
        (
            Record::GateStarted {
                version: "0.1.0".into(),
                mode: on(),
            },
            r#"{"gate_started":{"version":"0.1.0","mode":{"on":"until_reboot"}}}"#,
        ),
        (
            Record::GateStopped { why: "quit".into() },
            r#"{"gate_stopped":{"why":"quit"}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
        assert_eq!(serde_json::from_str::<Record>(line).unwrap(), record);
    }
}

#[test]
fn every_reason_says_one_line_that_an_agent_can_act_on() {
    let words = || "w".to_owned();
    for (reason, said) in [
        (
            Reason::Approved(approval()),
            "Approved on the phone by dana.",
        ),
        (
            Reason::Approved(Approval {
                factor: Factor::Passcode,
                ..approval()
            }),
            "Approved with a passcode by dana.",
        ),
        (Reason::Done, "Done."),
        (Reason::Off, "Duo mode is off."),
        (Reason::OutOfBound, "Duo mode is on for another project."),
        (
            Reason::Rule(RuleId("claude.read".into())),
            "Decided by the rule `claude.read`.",
        ),
        (
            Reason::DeniedOnPhone,
            "Denied on the phone. Do not retry; ask the person what to do instead.",
        ),
        (
            Reason::DeniedAtDesk,
            "Denied at the desk. Do not retry; ask the person what to do instead.",
        ),
        (
            Reason::Unanswered {
                patience: 10 * MINUTE,
            },
            "No answer in 10 minutes. Nothing was run.",
        ),
        (
            Reason::Unanswered { patience: 62_000 },
            "No answer in 62 seconds. Nothing was run.",
        ),
        (
            Reason::Unanswered { patience: 60_000 },
            "No answer in 1 minute. Nothing was run.",
        ),
        (
            Reason::Unanswered {
                patience: 120 * MINUTE,
            },
            "No answer in 2 h. Nothing was run.",
        ),
        (
            Reason::Unanswered {
                patience: 100 * MINUTE,
            },
            "No answer in 1 h 40 min. Nothing was run.",
        ),
        (
            Reason::NotEnrolled {
                portal: Some("https://p.example".into()),
            },
            "Nothing was run: the Duo user has no phone yet. The person enrolls one at https://p.example and asks again.",
        ),
        (
            Reason::RefusedByPolicy { words: words() },
            "Nothing was run: Duo's policy refused (w). A Duo administrator can change that; do not retry.",
        ),
        (
            Reason::DuoRefused {
                code: 40002,
                words: words(),
            },
            "Nothing was run: Duo refused (40002: w). Do not retry; tell the person.",
        ),
        (
            Reason::DuoUnreachable { words: words() },
            "Nothing was run: Duo cannot be reached (w). Check the network, then ask again.",
        ),
        (
            Reason::Trouble(Trouble::KeychainLocked),
            "Nothing was run. The keychain is locked. Unlock it in the desktop's password app.",
        ),
    ] {
        assert_eq!(reason.words(), said);
    }
    for reason in [
        Reason::Locked,
        Reason::SignedOut,
        Reason::ReportedFraud,
        Reason::Bypassed,
        Reason::LockedOut,
        Reason::Quiet,
        Reason::NotEnrolled { portal: None },
        Reason::NoPushDevice,
        Reason::WrongPasscode,
        Reason::HookGone,
        Reason::Slept,
        Reason::TooImpatient,
        Reason::Busy,
        Reason::NotRecorded,
    ] {
        let words = reason.words();
        assert!(words.ends_with('.') && words.len() > 30, "{words}");
        assert!(!words.contains(['\n', '!']), "{words}");
    }
}

#[test]
fn an_ask_is_answered_in_its_reasons_words() {
    let Effect::Settle(entry) = denied(1, Reason::DeniedOnPhone) else {
        return;
    };
    assert_eq!(entry.words(), Reason::DeniedOnPhone.words());
}

#[test]
fn every_deed_is_answered_in_words() {
    let approved = || Reason::Approved(approval());
    for (deed, verdict, reason, words) in [
        (
            Deed::TurnOff(Factor::Push),
            Verdict::Allow,
            Reason::Done,
            "Duo mode is off already.",
        ),
        (
            Deed::TurnOff(Factor::Push),
            Verdict::Allow,
            approved(),
            "Duo mode is off. Approved on the phone by dana.",
        ),
        (
            Deed::TurnOff(Factor::Push),
            Verdict::Deny,
            Reason::Unanswered {
                patience: 10 * MINUTE,
            },
            "No answer in 10 minutes. Nothing was changed.",
        ),
        (
            Deed::TurnOn(Bound::UntilReboot),
            Verdict::Allow,
            Reason::Done,
            "Duo mode is on until reboot.",
        ),
        (
            Deed::TurnOn(Bound::Until(1)),
            Verdict::Allow,
            Reason::Done,
            "Duo mode is on until its time is over.",
        ),
        (
            Deed::TurnOn(Bound::Project("/home/dana/shop".into())),
            Verdict::Allow,
            approved(),
            "Duo mode is on in /home/dana/shop. Approved on the phone by dana.",
        ),
        (
            Deed::Lock,
            Verdict::Allow,
            Reason::Done,
            "Locked. Every call is denied until the person signs in again at the desk.",
        ),
    ] {
        let Effect::Settle(entry) = deed_answered(1, deed, verdict, reason) else {
            return;
        };
        assert_eq!(entry.words(), words);
    }
}
