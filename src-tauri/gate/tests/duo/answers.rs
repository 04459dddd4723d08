//! What a person, or Duo's policy, says.

use std::time::Duration;

use duo_tenant::{Config, Device, Policy, Script, Tap, User, UserStatus};
use pretty_assertions::assert_eq;
use thumbturn_core::{Approval, Factor, Outcome};
use thumbturn_gate::duo::Rings;
use thumbturn_wire::Passcode;

use crate::world::{World, card};

#[tokio::test]
async fn a_thumb_answers() {
    let world = World::new().await;
    world.duo.check().await.unwrap();
    let (outcome, txid) = world.ask_and_tap(Tap::Approve).await;
    assert_eq!(outcome, world.yes(&txid));
    assert_eq!(world.ask_and_tap(Tap::Deny).await.0, Outcome::Denied);
    assert_eq!(
        world.ask_and_tap(Tap::Fraud).await.0,
        Outcome::ReportedFraud
    );

    let pushes = world.tenant.pushes();
    assert_eq!(pushes.len(), 3);
    assert_eq!(pushes[0].text.r#type, "Approve command");
    assert_eq!(pushes[0].text.pushinfo, card().pairs);
    assert_eq!(pushes[0].text.display_username, Some("dana".into()));
    for request in world.tenant.requests() {
        for never in ["ipaddr", "trusted_device_token", "hostname"] {
            assert_eq!(request.param(never), None, "{}", request.path);
        }
    }
}

#[tokio::test]
async fn the_phone_that_the_settings_name_rings() {
    let world = World::new().await;
    let mut dana = world.tenant.user("dana").unwrap();
    dana.devices = vec![
        Device::token(),
        Device::phone("one", "+15550000001"),
        Device::phone("two", "+15550000002"),
    ];
    let wanted = dana.devices[2].id.clone();
    world.tenant.set_user(dana);
    let ((outcome, rings), push) = tokio::join!(world.ask_on(Some(&wanted)), async {
        let push = world.tenant.next_push().await;
        world.tenant.tap(&push.txid, Tap::Deny).unwrap();
        push
    });
    assert_eq!(outcome, Outcome::Denied);
    assert_eq!(push.device, wanted);
    assert_eq!(
        rings.map(|rings| rings.device.starts_with("two")),
        Some(true)
    );
    let titles: Vec<String> = world
        .duo
        .devices("dana")
        .await
        .unwrap()
        .iter()
        .map(|device| device.title()[..3].to_owned())
        .collect();
    assert_eq!(titles, ["one", "two"]);
}

#[tokio::test]
async fn nobody_answers() {
    let world = World::new().await;
    let (outcome, ()) = tokio::join!(world.ask(), async {
        world.tenant.next_push().await;
        world.tenant.advance(Duration::from_secs(61));
    });
    assert_eq!(outcome, Outcome::Unanswered);
}

#[tokio::test]
async fn a_notification_that_fails_can_still_be_answered() {
    let world = World::new().await;
    world
        .tenant
        .script(Script::NextPush(duo_tenant::Outcome::PushFailed));
    let (outcome, txid) = world.ask_and_tap(Tap::Approve).await;
    assert_eq!(outcome, world.yes(&txid));
}

#[tokio::test]
async fn a_verified_push_shows_its_code_and_takes_no_other() {
    let policy = Policy {
        verified_digits: Some(4),
        ..Policy::default()
    };
    let world = World::with(Config {
        policy,
        ..Config::default()
    })
    .await;
    let ((outcome, rings), (txid, code)) = tokio::join!(world.ask_on(None), async {
        let push = world.tenant.next_push().await;
        let code = world.tenant.code(&push.txid).unwrap();
        world
            .tenant
            .tap(&push.txid, Tap::ApproveWithCode(code.clone()))
            .unwrap();
        (push.txid, code)
    });
    assert_eq!(outcome, verified(&world, &txid));
    assert_eq!(
        rings,
        Some(Rings {
            device: world.phone_title(),
            verification_code: Some(code)
        })
    );
}

/// The same yes, by a push with a code.
fn verified(world: &World, txid: &str) -> Outcome {
    Outcome::Approved(Approval {
        user: "dana".into(),
        device: world.phone_title(),
        factor: Factor::VerifiedPush,
        txid: txid.into(),
    })
}

#[tokio::test]
async fn what_must_be_verified_is_sent_with_a_code() {
    let policy = Policy {
        verified_digits: Some(3),
        ..Policy::default()
    };
    let world = World::with(Config {
        policy,
        ..Config::default()
    })
    .await;
    let card = card();
    let (outcome, txid) =
        tokio::join!(world.duo.ask_verified("dana", None, &card, |_| {}), async {
            let push = world.tenant.next_push().await;
            let code = world.tenant.code(&push.txid).unwrap();
            world
                .tenant
                .tap(&push.txid, Tap::ApproveWithCode(code))
                .unwrap();
            push.txid
        });
    assert_eq!(outcome, verified(&world, &txid));
}

#[tokio::test]
async fn where_the_policy_sends_no_code_nothing_rings_that_must_be_verified() {
    let world = World::new().await;
    let mut rang = false;
    let card = card();
    let ask = world.duo.ask_verified("dana", None, &card, |_| rang = true);
    assert_eq!(ask.await, Outcome::NotVerified);
    assert_eq!(rang, false);
    // The next push at Duo is the first.
    let (outcome, txid) = world.ask_and_tap(Tap::Approve).await;
    assert_eq!(outcome, world.yes(&txid));
}

#[tokio::test]
async fn a_user_whom_duo_asks_nothing_or_refuses() {
    let world = World::new().await;
    let dana = || User::new("dana");
    world
        .tenant
        .set_user(dana().with_status(UserStatus::Bypass));
    assert_eq!(world.ask().await, Outcome::Bypassed);
    world
        .tenant
        .set_user(dana().with_status(UserStatus::LockedOut));
    assert_eq!(world.ask().await, Outcome::LockedOut);
    world
        .tenant
        .set_user(dana().with_status(UserStatus::Disabled));
    assert_eq!(
        matches!(world.ask().await, Outcome::RefusedByPolicy { .. }),
        true
    );
    world.tenant.set_user(User::unenrolled("dana"));
    assert_eq!(
        matches!(world.ask().await, Outcome::NotEnrolled { portal: Some(_) }),
        true
    );
    world.tenant.set_user(dana().with_devices(vec![
        Device::token(),
        Device::landline("desk", "+15550000001"),
    ]));
    assert_eq!(world.ask().await, Outcome::NoPushDevice);
    assert_eq!(world.tenant.pushes(), []);
}

#[tokio::test]
async fn a_passcode_counts_once() {
    let world = World::new().await;
    let dana = User::new("dana").with_bypass_codes(&["123456789"]);
    let passcode = dana.devices[0].passcodes[0].clone();
    world.tenant.set_user(dana);
    let yes = Outcome::Approved(Approval {
        user: "dana".into(),
        device: String::new(),
        factor: Factor::Passcode,
        txid: String::new(),
    });
    let ask = async |code: &str| {
        world
            .duo
            .passcode("dana", &Passcode::new(code.to_owned()))
            .await
    };
    assert_eq!(ask("000000").await, Outcome::WrongPasscode);
    assert_eq!(ask("").await, Outcome::WrongPasscode);
    assert_eq!(ask("12 34").await, Outcome::WrongPasscode);
    assert_eq!(ask(&passcode).await, yes);
    assert_eq!(ask(&passcode).await, Outcome::WrongPasscode);
    assert_eq!(ask("123456789").await, yes);
}

#[tokio::test]
async fn denials_lock_the_account_and_that_is_told() {
    let policy = Policy {
        lockout_threshold: 2,
        ..Policy::default()
    };
    let world = World::with(Config {
        policy,
        ..Config::default()
    })
    .await;
    assert_eq!(world.ask_and_tap(Tap::Deny).await.0, Outcome::Denied);
    assert_eq!(world.ask_and_tap(Tap::Deny).await.0, Outcome::LockedOut);
    assert_eq!(world.ask().await, Outcome::LockedOut);
}

#[tokio::test]
async fn a_trip_may_run_beside_others() {
    fn assert_send(_: &impl Send) {}
    let world = World::new().await;
    assert_send(&world.duo.ask("dana", None, &card(), |_| {}));
}
