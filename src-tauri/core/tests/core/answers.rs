//! What whoever asked is told, in words.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

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
            Reason::Rule(RuleId("agent.read".into())),
            "Decided by the rule `agent.read`.",
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
        Reason::Held,
        Reason::NotOn,
        Reason::NotOff,
        Reason::NoSuchAsk,
        Reason::SignedIn,
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
        (
            Deed::Pause(1),
            Verdict::Allow,
            approved(),
            "Duo mode is paused, and comes back by itself. Approved on the phone by dana.",
        ),
        (
            Deed::Hold(Some(1)),
            Verdict::Allow,
            Reason::Done,
            "Asks wait in silence now.",
        ),
        (
            Deed::Hold(None),
            Verdict::Allow,
            Reason::Done,
            "Asks ring again.",
        ),
        (
            Deed::Hold(Some(1)),
            Verdict::Deny,
            Reason::NotOn,
            "Duo mode is not on, so there is nothing to hold or pause.",
        ),
        (
            Deed::Deny(code(7)),
            Verdict::Allow,
            Reason::Done,
            "Denied C7.",
        ),
        (
            Deed::SignIn { user: None },
            Verdict::Allow,
            Reason::Done,
            "The sign-in begins. `thumbturn status` tells how it goes.",
        ),
        (
            Deed::SignIn { user: None },
            Verdict::Deny,
            Reason::SignedIn,
            "Signed in already. Sign in again within 30 minutes of the session's end, or sign out first.",
        ),
        (
            Deed::CancelSignIn,
            Verdict::Allow,
            Reason::Done,
            "No sign-in is open any more.",
        ),
        (
            Deed::SignOut { all: false },
            Verdict::Allow,
            approved(),
            "Signed out.",
        ),
        (
            Deed::SignOut { all: true },
            Verdict::Allow,
            approved(),
            "Signed out. The connection to Duo and every key are wiped.",
        ),
        (
            Deed::SignOut { all: false },
            Verdict::Deny,
            Reason::SignedOut,
            "Nobody is signed in to Duo, so no phone can ring. Nothing was changed. Ask the person to sign in again: from Thumbturn's tray menu, or with `thumbturn signin`.",
        ),
        (
            Deed::Set(Setting::StartAtLogin(true)),
            Verdict::Allow,
            approved(),
            "Approved on the phone by dana.",
        ),
    ] {
        let Effect::Settle(entry) = deed_answered(1, deed, verdict, reason) else {
            return;
        };
        assert_eq!(entry.words(), words);
    }
}
