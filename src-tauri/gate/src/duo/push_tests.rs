//! Duo's words as outcomes, over its documented answers and some that it never gave.

use super::*;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

const TXID: &str = "13eb97f2-9008-42f4-b59b-afc7a5edf6a6";

fn status(result: &str, status: &str) -> Step {
    Step::read(
        json!({"auth_delayed": false, "result": result, "status": status, "status_msg": "Words of\u{1b}[31m Duo"}),
        TXID,
    )
}

fn unknown(word: &str) -> Outcome {
    Outcome::Unreachable {
        words: format!(
            "Duo answered `{word}`, which this version does not know, so it is no yes: Words of\u{fffd}[31m Duo"
        ),
    }
}

fn policy() -> Outcome {
    Outcome::RefusedByPolicy {
        words: "Words of\u{fffd}[31m Duo".into(),
    }
}

#[test]
fn every_result_with_every_status() {
    let waiting = |status: &str| Step::Waiting(status.into());
    let documented = [
        ("waiting", "pushed", waiting("pushed")),
        ("waiting", "push_failed", waiting("push_failed")),
        ("waiting", "calling", waiting("calling")),
        ("waiting", "answered", waiting("answered")),
        ("waiting", "timeout", Step::Over(Outcome::Unanswered)),
        ("allow", "allow", Step::Approved),
        ("allow", "bypass", Step::Over(Outcome::Bypassed)),
        ("deny", "deny", Step::Over(Outcome::Denied)),
        ("deny", "timeout", Step::Over(Outcome::Unanswered)),
        ("deny", "fraud", Step::Over(Outcome::ReportedFraud)),
        ("deny", "locked_out", Step::Over(Outcome::LockedOut)),
        ("deny", "sent", Step::Over(policy())),
        ("deny", "allow", Step::Over(policy())),
        ("deny", "later", Step::Over(policy())),
        ("waiting", "allow", waiting("allow")),
        ("waiting", "later", waiting("later")),
        ("allow", "deny", Step::Over(unknown("allow/deny"))),
        ("allow", "", Step::Over(unknown("allow/"))),
        ("allow", "Allow", Step::Over(unknown("allow/Allow"))),
        ("Allow", "allow", Step::Over(unknown("Allow/allow"))),
        ("", "", Step::Over(unknown("/"))),
    ];
    for (result, word, expected) in documented {
        assert_eq!(status(result, word), expected, "{result}/{word}");
    }
    let words = [
        "allow",
        "bypass",
        "deny",
        "timeout",
        "fraud",
        "locked_out",
        "sent",
        "pushed",
        "push_failed",
        "calling",
        "answered",
        "later",
        "",
    ];
    for result in ["allow", "deny", "waiting", "enroll", "auth", "error", ""] {
        for word in words {
            let approved = status(result, word) == Step::Approved;
            assert_eq!(
                approved,
                (result, word) == ("allow", "allow"),
                "{result}/{word}"
            );
        }
    }
}

#[test]
fn an_allow_in_another_shape_is_none() {
    let unreadable = Step::Over(Outcome::Unreachable {
        words: "Duo's answer cannot be read; it does not count".into(),
    });
    for odd in [
        json!(null),
        json!("allow"),
        json!(true),
        json!([]),
        json!({"result": "allow"}),
        json!({"status": "allow"}),
        json!({"result": true, "status": "allow"}),
        json!({"result": ["allow"], "status": "allow"}),
        json!({"result": "allow", "status": "allow", "status_msg": 1}),
    ] {
        assert_eq!(Step::read(odd.clone(), TXID), unreadable, "{odd}");
    }
    let allow = |txid: &str| json!({"result": "allow", "status": "allow", "txid": txid});
    assert_eq!(Step::read(allow(TXID), TXID), Step::Approved);
    assert_eq!(
        Step::read(allow("00000000-0000-0000-0000-000000000000"), TXID),
        Step::Over(Outcome::Unreachable {
            words: "Duo answered for another push; it does not count".into()
        })
    );
}

#[test]
fn a_push_must_be_named() {
    assert_eq!(txid(json!({"txid": TXID})), Ok(TXID.to_owned()));
    let unnamed = Err(Step::Over(Outcome::Unreachable {
        words: "Duo took the push without naming it; a push may still appear: deny it".into(),
    }));
    assert_eq!(txid(json!({"result": "allow", "status": "allow"})), unnamed);
    assert_eq!(
        txid(json!({"result": "waiting", "status": "pushed"})),
        unnamed
    );
    assert_eq!(
        txid(json!({"result": "allow", "status": "bypass"})),
        Err(Step::Over(Outcome::Bypassed))
    );
    for bad in ["", "a b", "../../auth", &"a".repeat(65)] {
        assert_eq!(
            txid(json!({"txid": bad})),
            Err(Step::Over(Outcome::Unreachable {
                words: "Duo's answer cannot be read; it does not count".into()
            })),
            "{bad:?}"
        );
    }
}

fn devices() -> Value {
    json!([
        {"device": "DHEKH0JJIYC1LX3AZWO4", "type": "token", "name": "0"},
        {"device": "DPSMS000000000000000", "type": "phone", "display_name": "old (XXX)", "capabilities": ["sms"]},
        {"device": "DPONE000000000000000", "type": "phone", "display_name": "iPhone (XXX-XXX-4788)", "name": "iPhone",
         "number": "XXX-XXX-4788", "sms_nextcode": "1", "capabilities": ["auto", "push", "sms", "phone", "mobile_otp"]},
        {"device": "DPTWO000000000000000", "type": "phone", "display_name": "", "name": "Tablet\u{202e}", "capabilities": ["push"]},
    ])
}

fn choose(
    response: Value,
    wanted: Option<&str>,
) -> Result<(String, String, Option<Verified>), Outcome> {
    chosen(Preauth::read(response).map_err(Failure::outcome)?, wanted)
        .map(|(device, verified)| (device.device.clone(), device.title(), verified))
}

#[test]
fn the_first_phone_that_takes_a_push_rings_unless_the_settings_name_one() {
    let auth = json!({"result": "auth", "status_msg": "Account is active", "devices": devices()});
    assert_eq!(
        choose(auth.clone(), None),
        Ok((
            "DPONE000000000000000".into(),
            "iPhone (XXX-XXX-4788)".into(),
            None
        ))
    );
    assert_eq!(
        choose(auth.clone(), Some("DPTWO000000000000000")),
        Ok(("DPTWO000000000000000".into(), "Tablet\u{fffd}".into(), None))
    );
    for gone in [
        "DPGONE00000000000000",
        "DPSMS000000000000000",
        "DHEKH0JJIYC1LX3AZWO4",
    ] {
        assert_eq!(
            choose(auth.clone(), Some(gone)),
            Err(Outcome::Refused {
                code: 40002,
                words: "the `device` in the settings takes no push any more; these do: DPONE000000000000000 (iPhone (XXX-XXX-4788)), DPTWO000000000000000 (Tablet\u{fffd})".into(),
            })
        );
    }
}

#[test]
fn a_verified_push_brings_its_code() {
    let mut auth = json!({"result": "auth", "status_msg": "", "devices": devices(), "txid": TXID, "verification_code": "708", "expiration": 1});
    assert_eq!(
        choose(auth.clone(), None).map(|(_, _, verified)| verified),
        Ok(Some(Verified {
            txid: TXID.into(),
            code: "708".into()
        }))
    );
    auth["verification_code"] = json!("<b>");
    assert_eq!(
        choose(auth, None),
        Err(Outcome::Unreachable {
            words: "Duo's verification code cannot be read".into()
        })
    );
}

#[test]
fn what_ends_before_any_phone_rings() {
    let stories = [
        (
            json!({"result": "allow", "status_msg": "Allowing unknown user"}),
            Outcome::Bypassed,
        ),
        (
            json!({"result": "deny", "status_msg": "Your account is disabled.\u{7}"}),
            Outcome::RefusedByPolicy {
                words: "Your account is disabled.\u{fffd}".into(),
            },
        ),
        (
            json!({"result": "deny", "status_msg": "Your account has been locked out due to excessive authentication failures. Please contact your administrator."}),
            Outcome::LockedOut,
        ),
        (
            json!({"result": "enroll", "status_msg": "Enroll", "enroll_portal_url": "https://api-xxxxxxxx.duosecurity.com/portal?code=1"}),
            Outcome::NotEnrolled {
                portal: Some("https://api-xxxxxxxx.duosecurity.com/portal?code=1".into()),
            },
        ),
        (
            json!({"result": "enroll", "status_msg": "Enroll", "enroll_portal_url": "javascript:1"}),
            Outcome::NotEnrolled { portal: None },
        ),
        (
            json!({"result": "auth", "status_msg": "", "devices": []}),
            Outcome::NoPushDevice,
        ),
        (
            json!({"result": "auth", "status_msg": "", "devices": [{"device": "DHEKH0JJIYC1LX3AZWO4", "type": "token", "name": "0"}]}),
            Outcome::NoPushDevice,
        ),
        (
            json!({"result": "maybe", "status_msg": "Words of\u{1b}[31m Duo"}),
            unknown("maybe"),
        ),
        (
            json!({"status_msg": "no result"}),
            Outcome::Unreachable {
                words: "Duo's answer before the push cannot be read".into(),
            },
        ),
    ];
    for (response, outcome) in stories {
        assert_eq!(choose(response.clone(), None), Err(outcome), "{response}");
    }
}
