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
            judgement: None,
            answer,
            grant: None,
            shared_with: 0,
        }))
    };
    let words = |words: &str| words.to_owned();
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
                how: Way::UniversalPrompt,
            },
            r#"{"signed_in":{"user":"dana","how":"universal_prompt"}}"#,
        ),
        (
            Record::SignedIn {
                user: "dana".into(),
                how: Way::SingleSignOn,
            },
            r#"{"signed_in":{"user":"dana","how":"single_sign_on"}}"#,
        ),
        (
            Record::SignedIn {
                user: "dana".into(),
                how: Way::Push,
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
            Record::SignedOut {
                why: SessionEnd::Revoked,
            },
            r#"{"signed_out":{"why":"revoked"}}"#,
        ),
        (
            Record::SignedOut {
                why: SessionEnd::Desk,
            },
            r#"{"signed_out":{"why":"desk"}}"#,
        ),
        (
            Record::SignInFailed {
                why: LoginError::TimedOut,
            },
            r#"{"sign_in_failed":{"why":"timed_out"}}"#,
        ),
        (
            Record::SignInFailed {
                why: LoginError::Untrusted {
                    words: words("the nonce is another"),
                },
            },
            r#"{"sign_in_failed":{"why":{"untrusted":{"words":"the nonce is another"}}}}"#,
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
        (Record::KeysForgotten, r#""keys_forgotten""#),
        (
            Record::ModeChanged {
                from: on(),
                to: Mode::Paused {
                    until: 5,
                    bound: Bound::UntilReboot,
                },
                by: By::Desk,
            },
            r#"{"mode_changed":{"from":{"on":"until_reboot"},"to":{"paused":{"until":5,"bound":"until_reboot"}},"by":"desk"}}"#,
        ),
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
