//! Deeds and modes as they stand on the wire and in the endpoint file: other programs spell them too.

use pretty_assertions::assert_eq;
use thumbturn_wire::{Bound, Deed, Mode, Passcode, Span};

fn sign_in(user: Option<&str>) -> Deed {
    Deed::SignIn {
        user: user.map(Into::into),
    }
}

#[test]
fn every_deed_has_its_spelling() {
    for (deed, text) in [
        (
            Deed::TurnOn(Span::UntilReboot),
            r#"{"turn_on":"until_reboot"}"#,
        ),
        (
            Deed::TurnOn(Span::For(60_000)),
            r#"{"turn_on":{"for":60000}}"#,
        ),
        (
            Deed::TurnOff { passcode: None },
            r#"{"turn_off":{"passcode":null}}"#,
        ),
        (
            Deed::TurnOff {
                passcode: Some(Passcode::new("123456".into())),
            },
            r#"{"turn_off":{"passcode":"123456"}}"#,
        ),
        (Deed::Pause(900_000), r#"{"pause":900000}"#),
        (Deed::Hold(Some(1_800_000)), r#"{"hold":1800000}"#),
        (Deed::Hold(None), r#"{"hold":null}"#),
        (Deed::Deny("K7F29".into()), r#"{"deny":"K7F29"}"#),
        (Deed::EndGrant("K7F29".into()), r#"{"end_grant":"K7F29"}"#),
        (Deed::EndGrants, r#""end_grants""#),
        (Deed::Lock, r#""lock""#),
        (sign_in(None), r#"{"sign_in":{"user":null}}"#),
        (sign_in(Some("dana")), r#"{"sign_in":{"user":"dana"}}"#),
        (Deed::CancelSignIn, r#""cancel_sign_in""#),
        (
            Deed::SignOut { all: false },
            r#"{"sign_out":{"all":false}}"#,
        ),
        (Deed::SignOut { all: true }, r#"{"sign_out":{"all":true}}"#),
        (Deed::Open, r#""open""#),
        (Deed::Reload, r#""reload""#),
    ] {
        assert_eq!(serde_json::to_string(&deed).unwrap(), text);
        let read: Deed = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
    }
}

#[test]
fn a_deed_that_says_too_much_or_too_little_is_none() {
    for text in [
        r#"{"sign_out":{}}"#,
        r#"{"sign_out":{"all":true,"force":true}}"#,
        r#"{"sign_in":{"user":"dana","session":"x"}}"#,
        r#"{"pause":-1}"#,
        r#"{"pause":null}"#,
        r#"{"hold":"30m"}"#,
        r#""sign_out""#,
        r#"{"test_push":null}"#,
        r#"{"lock":null,"open":null}"#,
    ] {
        assert!(serde_json::from_str::<Deed>(text).is_err(), "{text}");
    }
}

#[test]
fn a_passcode_is_in_no_debug_text() {
    let deed = Deed::TurnOff {
        passcode: Some(Passcode::new("123456".into())),
    };
    assert_eq!(
        format!("{deed:?}"),
        "TurnOff { passcode: Some(Passcode(…)) }"
    );
}

#[test]
fn every_mode_has_its_spelling() {
    let shop = || Bound::Project("/shop".into());
    let paused = |until, bound| Mode::Paused { until, bound };
    for (mode, text) in [
        (Mode::Off, r#""off""#),
        (Mode::Locked, r#""locked""#),
        (Mode::On(shop()), r#"{"on":{"project":"/shop"}}"#),
        (
            paused(7, Bound::UntilReboot),
            r#"{"paused":{"until":7,"bound":"until_reboot"}}"#,
        ),
        (
            paused(7, Bound::Until(9)),
            r#"{"paused":{"until":7,"bound":{"until":9}}}"#,
        ),
        (
            paused(7, shop()),
            r#"{"paused":{"until":7,"bound":{"project":"/shop"}}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&mode).unwrap(), text);
        assert_eq!(serde_json::from_str::<Mode>(text).unwrap(), mode);
    }
    for text in [
        r#""paused""#,
        r#"{"paused":{"until":7}}"#,
        r#"{"paused":{"bound":"until_reboot"}}"#,
        r#"{"paused":{"until":null,"bound":"until_reboot"}}"#,
    ] {
        assert!(serde_json::from_str::<Mode>(text).is_err(), "{text}");
    }
}
