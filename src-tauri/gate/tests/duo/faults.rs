//! What Duo, or something in its place, does wrong. None of it is a yes, and no push goes out twice.

use std::time::Duration;

use duo_tenant::{Config, Endpoint, Fault, Policy, PollEnd, Script, Tap};
use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::Outcome;
use thumbturn_gate::duo::Patience;

use crate::world::{World, card, duo, unreachable};

const MAY_APPEAR: &str = "; a push may still appear on the phone: deny it";

#[tokio::test]
async fn a_push_that_may_have_rung_is_never_sent_again() {
    let lost = "the connection broke off before Duo had answered";
    for (fault, words) in [
        (Fault::DropAnswer, lost),
        (Fault::DropAfterReading, lost),
        (Fault::Html { status: 502 }, "Duo is in trouble (HTTP 502)"),
        (
            Fault::Fail {
                code: 50001,
                detail: None,
            },
            "Duo refused: Unknown internal server error (50001)",
        ),
        (
            Fault::TruncatedJson,
            "what answered is not Duo (HTTP 200); sign in to the network first, or check the hostname",
        ),
    ] {
        let world = World::new().await;
        world
            .tenant
            .script(Script::once(Endpoint::Auth, fault.clone()));
        assert_eq!(
            world.ask().await,
            unreachable(&format!("{words}{MAY_APPEAR}")),
            "{fault:?}"
        );
        assert_eq!(world.count(Endpoint::Auth), 1, "{fault:?}");
    }
    let world = World::new().await;
    let hasty = Patience {
        ordinary: Duration::from_millis(300),
        ..Patience::default()
    };
    let duo = duo(&world.tenant, hasty);
    world
        .tenant
        .script(Script::once(Endpoint::Auth, Fault::Hold));
    assert_eq!(
        duo.ask("dana", None, &card(), |_| {}).await,
        unreachable(&format!("Duo did not answer in time{MAY_APPEAR}"))
    );
    assert_eq!(world.count(Endpoint::Auth) <= 1, true);
}

#[tokio::test]
async fn a_lost_poll_is_asked_again_and_a_lost_push_is_not() {
    for fault in [
        Fault::DropAnswer,
        Fault::DropBeforeReading,
        Fault::CutOff,
        Fault::Html { status: 502 },
        Fault::Fail {
            code: 40002,
            detail: None,
        },
        Fault::Fail {
            code: 50001,
            detail: None,
        },
        Fault::RateLimited {
            retry_after: Some(0),
        },
    ] {
        let world = World::new().await;
        world
            .tenant
            .script(Script::once(Endpoint::AuthStatus, fault.clone()));
        let (outcome, txid) = world.ask_and_tap(Tap::Approve).await;
        assert_eq!(outcome, world.yes(&txid), "{fault:?}");
        assert_eq!(world.count(Endpoint::Auth), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_poll_that_times_out_at_duo_goes_on() {
    let policy = Policy {
        poll_end: PollEnd::InvalidRequest,
        poll_seconds: 1,
        ..Policy::default()
    };
    let world = World::with(Config {
        policy,
        ..Config::default()
    })
    .await;
    let (outcome, txid) = tokio::join!(world.ask(), async {
        let push = world.tenant.next_push().await;
        while world.count(Endpoint::AuthStatus) < 3 {
            tokio::task::yield_now().await;
        }
        world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        push.txid
    });
    assert_eq!(outcome, world.yes(&txid));
}

#[tokio::test]
async fn a_ring_has_an_end_of_ours() {
    let world = World::new().await;
    let short = Patience {
        ring: Duration::from_secs(1),
        margin: Duration::from_millis(500),
        ..Patience::default()
    };
    let duo = duo(&world.tenant, short);
    assert_eq!(
        duo.ask("dana", None, &card(), |_| {}).await,
        Outcome::Unanswered
    );
    world.tenant.script(Script::always(
        Endpoint::AuthStatus,
        Fault::Html { status: 503 },
    ));
    assert_eq!(
        duo.ask("dana", None, &card(), |_| {}).await,
        unreachable(&format!(
            "Duo was lost while the phone rang (Duo is in trouble (HTTP 503)){MAY_APPEAR}"
        ))
    );
}

#[tokio::test]
async fn a_busy_duo_is_waited_for_a_little() {
    let world = World::new().await;
    world.tenant.script(Script::times(
        2,
        Endpoint::Preauth,
        Fault::RateLimited {
            retry_after: Some(0),
        },
    ));
    world.tenant.script(Script::once(
        Endpoint::Auth,
        Fault::RateLimited {
            retry_after: Some(0),
        },
    ));
    let (outcome, txid) = world.ask_and_tap(Tap::Approve).await;
    assert_eq!(outcome, world.yes(&txid));
    assert_eq!(world.tenant.pushes().len(), 1);
    world.tenant.script(Script::always(
        Endpoint::Auth,
        Fault::RateLimited {
            retry_after: Some(33),
        },
    ));
    assert_eq!(
        world.ask().await,
        Outcome::Refused {
            code: 42901,
            words: "Duo is busy: too many requests; try again in a minute".into()
        }
    );
}

#[tokio::test]
async fn a_wrong_clock_is_set_by_duos_once() {
    let world = World::new().await;
    world.tenant.script(Script::Skew(-4000));
    let (outcome, txid) = world.ask_and_tap(Tap::Approve).await;
    assert_eq!(outcome, world.yes(&txid));
    assert_eq!(world.count(Endpoint::Ping), 1);
    // What stays wrong is Duo's to explain, not ours to repeat.
    let world = World::new().await;
    world.tenant.script(Script::always(
        Endpoint::Preauth,
        Fault::Fail {
            code: 40105,
            detail: None,
        },
    ));
    assert_eq!(
        matches!(world.ask().await, Outcome::Refused { code: 40105, .. }),
        true
    );
    assert_eq!(world.count(Endpoint::Preauth), 2);
}

#[tokio::test]
async fn nothing_but_duos_own_yes_is_a_yes() {
    let captive =
        "what answered is not Duo (HTTP 200); sign in to the network first, or check the hostname";
    let away = "what answered sent us elsewhere (HTTP 302), which Duo never does; sign in to the network first";
    for (endpoint, fault, outcome) in [
        (
            Endpoint::Preauth,
            Fault::Html { status: 200 },
            unreachable(captive),
        ),
        (
            Endpoint::Preauth,
            Fault::Html { status: 302 },
            unreachable(away),
        ),
        (
            Endpoint::Preauth,
            Fault::TruncatedJson,
            unreachable(captive),
        ),
        (
            Endpoint::Preauth,
            Fault::Fail {
                code: 40002,
                detail: Some("username".into()),
            },
            Outcome::Refused {
                code: 40002,
                words: "Invalid request parameters: username".into(),
            },
        ),
        (
            Endpoint::AuthStatus,
            Fault::Field {
                name: "result".into(),
                value: json!("allowed"),
            },
            unreachable(
                "Duo answered `allowed/pushed`, which this version does not know, so it is no yes: Pushed a login request to your device...",
            ),
        ),
        (
            Endpoint::AuthStatus,
            Fault::Field {
                name: "txid".into(),
                value: json!("00000000-0000-0000-0000-000000000000"),
            },
            unreachable("Duo answered for another push; it does not count"),
        ),
        (
            Endpoint::AuthStatus,
            Fault::Fail {
                code: 40301,
                detail: None,
            },
            Outcome::Refused {
                code: 40301,
                words: "Access forbidden".into(),
            },
        ),
    ] {
        let world = World::new().await;
        world.tenant.script(Script::once(endpoint, fault.clone()));
        assert_eq!(world.ask().await, outcome, "{endpoint:?} {fault:?}");
    }
}
