//! Signing in: who may, how, and who gets the pushes from then on.

use duo_tenant::{Config, Tap};
use harness::{SignInWith, Spoken, USER, World, bash, heard, until};
use pretty_assertions::assert_eq;
use thumbturn_core::{State, Way};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signed_in_gets_the_pushes() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let session = world.view().await.unwrap().session.unwrap();
    assert_eq!(
        (session.user.as_str(), session.way, session.is_over),
        (USER, Way::UniversalPrompt, false)
    );
    let hook = world.asks(&bash("s1", "make"));
    let push = world.push().await.unwrap();
    assert_eq!(push.username, USER);
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    hook.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_push_signs_in_where_there_is_no_other_application_and_is_marked() {
    let (world, _gate) = World::connected(Config::default(), SignInWith::Push)
        .await
        .unwrap();
    let command = world.start_thumbturn(&["signin", "--user", USER]).unwrap();
    let command = tokio::spawn(command.feed(b""));
    let push = world.push().await.unwrap();
    assert_eq!(push.value("What"), Some("Sign in to Thumbturn"));
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let ended = command.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let session = world.view().await.unwrap().session.unwrap();
    assert_eq!((session.user.as_str(), session.way), (USER, Way::Push));
    assert_eq!(world.desktop.opened(), 0, "no browser opens for a push");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_is_denied_signs_nobody_in() {
    let (world, _gate) = World::connected(Config::default(), SignInWith::Push)
        .await
        .unwrap();
    let command = world.start_thumbturn(&["signin", "--user", USER]).unwrap();
    let command = tokio::spawn(command.feed(b""));
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Deny).unwrap();
    let ended = command.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    // The keychain may still be telling that nobody was signed in before.
    let view = until("the keychain's word", async || {
        let view = world.view().await.ok()?;
        (view.state != State::Off).then_some(view)
    })
    .await
    .unwrap();
    assert_eq!((view.state, view.session), (State::SignInNeeded, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passcode_on_the_page_signs_in_without_a_push() {
    let (world, _gate) = World::connected(Config::default(), SignInWith::UniversalPrompt)
        .await
        .unwrap();
    let dana = world.tenant.user(USER).unwrap();
    world
        .tenant
        .set_user(dana.with_bypass_codes(&["314159265"]));
    let trip = world.sign_in(USER).await.unwrap();
    let prompt = world.prompt(&trip.address).await.unwrap();
    prompt.passcode("271828182").await.unwrap();
    assert_eq!(world.view().await.unwrap().session, None);
    prompt.passcode("314159265").await.unwrap();
    prompt.leave().await.unwrap();
    let ended = trip.command.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(world.tenant.pushes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_sign_in_leaves_no_door_open() {
    let (world, _gate) = World::connected(Config::default(), SignInWith::UniversalPrompt)
        .await
        .unwrap();
    let trip = world.sign_in(USER).await.unwrap();
    let prompt = world.prompt(&trip.address).await.unwrap();
    prompt.push().await.unwrap();
    let cancelled = world.thumbturn(&["signin", "--cancel"]).await.unwrap();
    assert_eq!(cancelled.code, Some(0), "{cancelled:?}");
    let ended = trip.command.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    // Whoever approves now comes back to a port that nobody holds.
    world.approve().await.unwrap();
    prompt.leave().await.unwrap_err();
    let view = world.view().await.unwrap();
    assert_eq!((view.state, view.session), (State::SignInNeeded, None));
    assert_eq!(view.sign_in, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_sign_ins_only_the_newer_has_a_way_back() {
    let (world, _gate) = World::connected(Config::default(), SignInWith::UniversalPrompt)
        .await
        .unwrap();
    let older = world.sign_in(USER).await.unwrap();
    let older_page = world.prompt(&older.address).await.unwrap();
    let newer = world.sign_in(USER).await.unwrap();
    assert_ne!(older.address, newer.address);
    older_page.push().await.unwrap();
    world.approve().await.unwrap();
    older_page.leave().await.unwrap_err();
    let view = world.view().await.unwrap();
    assert_eq!(view.session, None);
    let address = view.sign_in.unwrap().address;
    assert_eq!(address.as_deref(), Some(newer.address.as_str()));

    let newer_page = world.prompt(&newer.address).await.unwrap();
    newer_page.push().await.unwrap();
    world.approve().await.unwrap();
    newer_page.leave().await.unwrap();
    assert_eq!(newer.command.await.unwrap().unwrap().code, Some(0));
    older.command.await.unwrap().unwrap();
    assert_eq!(world.view().await.unwrap().session.unwrap().user, USER);
}

#[tokio::test(flavor = "multi_thread")]
async fn asks_wait_for_a_sign_in_and_ring_after_it() {
    let (world, _gate) = World::connected(Config::default(), SignInWith::UniversalPrompt)
        .await
        .unwrap();
    // On can be reached without a session only from before: signed in, on, signed out is denied at once.
    let on = world.thumbturn(&["on"]).await.unwrap();
    let is_on = on.code == Some(0);
    let spoken = world.ask(&bash("s1", "make")).await.unwrap();
    match is_on {
        true => assert!(matches!(spoken, Spoken::Deny(_)), "{spoken:?}"),
        false => assert_eq!(spoken, Spoken::NoWord),
    }
    world.signed_in(SignInWith::UniversalPrompt).await.unwrap();
    world.turn_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    world.approve().await.unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");
    until("nothing to wait", async || {
        world
            .view()
            .await
            .ok()
            .filter(|view| view.waiting.is_empty())
    })
    .await
    .unwrap();
}
