//! How a push lives and ends, and what its end does to the user. No test here waits for real time.

use std::time::Duration;

use crate::support::{Client, tenant, text};
use duo_tenant::{
    Config, Device, Endpoint, NewUser, Policy, PushState, Tap, TapError, Tenant, User, UserStatus,
};
use pretty_assertions::assert_eq;

async fn both(policy: Policy) -> (Tenant, Client) {
    let tenant = tenant(Config {
        policy,
        ..Config::default()
    })
    .await;
    let client = Client::new(&tenant);
    (tenant, client)
}

#[tokio::test]
async fn a_push_lives_60_seconds_and_not_one_more() {
    let (tenant, client) = both(Policy::default()).await;
    let txid = client.push(&[]).await;
    tenant.advance(Duration::from_secs(59));
    assert_eq!(client.poll(&txid).await, "waiting/pushed");
    tenant.advance(Duration::from_secs(1));
    assert_eq!(client.poll(&txid).await, "deny/timeout");
    assert_eq!(tenant.tap(&txid, Tap::Approve), Err(TapError::Closed));
    assert_eq!(tenant.settled(&txid).await.state, PushState::Expired);
    assert_eq!(tenant.user("dana").unwrap().failures, 1);
}

#[tokio::test]
async fn a_push_shows_what_was_sent_in_its_order() {
    let (tenant, client) = both(Policy::default()).await;
    let txid = client
        .push(&[
            ("type", "Approve"),
            ("display_username", "Dana"),
            ("ipaddr", "192.0.2.1"),
        ])
        .await;
    let push = tenant.next_push().await;
    assert_eq!(
        (push.txid.as_str(), push.username.as_str()),
        (txid.as_str(), "dana")
    );
    assert_eq!(
        (
            push.text.r#type.as_str(),
            push.text.display_username.as_deref()
        ),
        ("Approve", Some("Dana"))
    );
    assert_eq!(push.device, tenant.user("dana").unwrap().devices[0].id);
    assert_eq!(tenant.pushes(), [push]);
    assert_eq!(tenant.requests()[0].param("ipaddr"), Some("192.0.2.1"));
}

#[tokio::test]
async fn the_first_poll_answers_at_once_and_the_second_waits_for_the_thumb() {
    let (tenant, client) = both(Policy::default()).await;
    let txid = client.push(&[]).await;
    assert_eq!(client.poll(&txid).await, "waiting/pushed");
    let (second, ()) = tokio::join!(client.poll(&txid), async {
        while tenant.requests().len() < 3 {
            tokio::task::yield_now().await;
        }
        tenant.tap(&txid, Tap::Approve).unwrap();
    });
    assert_eq!(second, "allow/allow");
}

#[tokio::test]
async fn a_poll_that_nothing_happens_to_ends_by_its_own_time() {
    let (tenant, client) = both(Policy::default()).await;
    let txid = client.push(&[]).await;
    assert_eq!(client.poll(&txid).await, "waiting/pushed");
    let (second, ()) = tokio::join!(client.poll(&txid), async {
        while tenant.requests().len() < 3 {
            tokio::task::yield_now().await;
        }
        tenant.advance(Duration::from_secs(20));
    });
    assert_eq!(second, "waiting/pushed");
}

#[tokio::test]
async fn ten_failures_of_any_kind_lock_out_and_withdraw_what_still_rings() {
    let (tenant, client) = both(Policy::default()).await;
    for taps in [Some(Tap::Deny), Some(Tap::Fraud), None]
        .into_iter()
        .cycle()
        .take(9)
    {
        let txid = client.push(&[]).await;
        match taps {
            Some(tap) => tenant.tap(&txid, tap).unwrap(),
            None => tenant.advance(Duration::from_secs(60)),
        }
    }
    assert_eq!(tenant.user("dana").unwrap().status, UserStatus::Active);
    let (last, other) = (client.push(&[]).await, client.push(&[]).await);
    tenant.tap(&last, Tap::Deny).unwrap();
    assert_eq!(client.poll(&last).await, "deny/locked_out");
    assert_eq!(client.poll(&other).await, "deny/locked_out");
    assert_eq!(tenant.tap(&other, Tap::Approve), Err(TapError::Closed));
    assert_eq!(tenant.user("dana").unwrap().status, UserStatus::LockedOut);
    assert_eq!(tenant.most_ringing(), 2);
}

#[tokio::test]
async fn an_approval_starts_the_count_anew() {
    let (tenant, client) = both(Policy {
        lockout_threshold: 2,
        ..Policy::default()
    })
    .await;
    for tap in [Tap::Deny, Tap::Approve, Tap::Deny] {
        let txid = client.push(&[]).await;
        tenant.tap(&txid, tap).unwrap();
    }
    let dana = tenant.user("dana").unwrap();
    assert_eq!((dana.status, dana.failures), (UserStatus::Active, 1));
}

#[tokio::test]
async fn a_verified_push_needs_its_code_and_three_wrong_ones_deny() {
    let (tenant, client) = both(Policy {
        verified_digits: Some(6),
        ..Policy::default()
    })
    .await;
    let preauth = client
        .good(
            Endpoint::Preauth,
            &[("username", "dana"), ("client_supports_verified_push", "1")],
        )
        .await;
    let (txid, code) = (text(&preauth, "txid"), text(&preauth, "verification_code"));
    assert_eq!(code.len(), 6);
    assert_eq!(client.push(&[("txid", &txid)]).await, txid);
    assert_eq!(tenant.code(&txid), Some(code));
    assert_eq!(tenant.tap(&txid, Tap::Approve), Err(TapError::CodeNeeded));
    for _ in 0..3 {
        assert_eq!(
            tenant.tap(&txid, Tap::ApproveWithCode("no".into())),
            Err(TapError::WrongCode)
        );
    }
    assert_eq!(client.poll(&txid).await, "deny/deny");
    let (status, body) = client
        .call(
            Endpoint::Auth,
            &[
                ("username", "dana"),
                ("factor", "push"),
                ("device", "auto"),
                ("txid", &txid),
            ],
        )
        .await;
    assert_eq!(
        (status, text(&body, "message_detail")),
        (400, "txid".to_owned())
    );
}

#[tokio::test]
async fn a_code_is_good_for_60_seconds_from_preauth() {
    let (tenant, client) = both(Policy {
        verified_digits: Some(3),
        ..Policy::default()
    })
    .await;
    let supports = [("username", "dana"), ("client_supports_verified_push", "1")];
    let first = text(&client.good(Endpoint::Preauth, &supports).await, "txid");
    tenant.advance(Duration::from_secs(50));
    let txid = client.push(&[("txid", &first)]).await;
    tenant.advance(Duration::from_secs(10));
    assert_eq!(client.poll(&txid).await, "deny/timeout");
    let second = text(&client.good(Endpoint::Preauth, &supports).await, "txid");
    tenant.advance(Duration::from_secs(60));
    let (status, _) = client
        .call(
            Endpoint::Auth,
            &[
                ("username", "dana"),
                ("factor", "push"),
                ("device", "auto"),
                ("txid", &second),
            ],
        )
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_tenant_that_answers_by_itself_also_types_the_code() {
    let tenant = tenant(Config {
        auto: Some(Tap::Approve),
        policy: Policy {
            verified_digits: Some(3),
            ..Policy::default()
        },
        ..Config::default()
    })
    .await;
    let client = Client::new(&tenant);
    let preauth = client
        .good(
            Endpoint::Preauth,
            &[("username", "dana"), ("client_supports_verified_push", "1")],
        )
        .await;
    let txid = client.push(&[("txid", &text(&preauth, "txid"))]).await;
    assert_eq!(client.poll(&txid).await, "allow/allow");
}

#[tokio::test]
async fn users_that_no_phone_is_asked_about() {
    let (tenant, client) = both(Policy {
        new_user: NewUser::Deny,
        ..Policy::default()
    })
    .await;
    tenant.set_user(User::new("bess").with_status(UserStatus::Bypass));
    tenant.set_user(User::new("carl").with_status(UserStatus::Disabled));
    tenant.set_user(User::unenrolled("erin"));
    tenant.set_user(User::new("gwen").with_devices(vec![Device::token()]));
    let mut results = Vec::new();
    for name in ["DANA", "bess", "carl", "erin", "gwen", "nobody"] {
        results.push(text(
            &client.good(Endpoint::Preauth, &[("username", name)]).await,
            "result",
        ));
    }
    assert_eq!(results, ["auth", "allow", "deny", "enroll", "auth", "deny"]);
    let (status, body) = client
        .call(
            Endpoint::Auth,
            &[("username", "gwen"), ("factor", "push"), ("device", "auto")],
        )
        .await;
    assert_eq!(
        (status, text(&body, "message_detail")),
        (400, "no capable device".to_owned())
    );
    assert_eq!(tenant.pushes(), []);
}
