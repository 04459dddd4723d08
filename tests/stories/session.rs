//! What a session outlives, and what ends it.

use duo_tenant::Tap;
use harness::{Desktop, Keyring, Panel, Screen, Spoken, TrayItem, USER, World, bash, heard, until};
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use thumbturn_core::State;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_it() {
    let (world, gate) = World::set_up().await.unwrap();
    let before = world.view().await.unwrap().session.unwrap();
    gate.stop(Signal::TERM).await.unwrap();
    let _gate = world.gate().await.unwrap();
    let after = world
        .shows("the session", |view| view.session.is_some())
        .await
        .unwrap()
        .session
        .unwrap();
    assert_eq!(
        (after.user, after.way, after.is_over),
        (before.user, before.way, false)
    );
    // Its end is counted from when Duo asked, not from the restart: only the clocks' grain may differ.
    let apart = after.ends.abs_diff(before.ends);
    assert!(apart < 2000, "{apart} ms apart");
    assert_eq!(world.desktop.opened(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn turning_on_right_after_a_start_waits_for_the_keychain() {
    let (world, gate) = World::set_up().await.unwrap();
    gate.stop(Signal::TERM).await.unwrap();
    let _gate = world.gate().await.unwrap();
    world.turn_on().await.unwrap();
    assert_eq!(world.view().await.unwrap().state, State::On);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_wipes_the_tokens_and_denies_what_waits() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let held = world.desktop.kept().await.unwrap();
    let token = &world.tenant.issued()[0];
    assert!(held.iter().any(|item| item.contains(token)));
    let first = world.asks(&bash("s1", "make"));
    let ringing = world.push().await.unwrap();
    let signout = world.start_thumbturn(&["signout"]).unwrap();
    let signout = tokio::spawn(signout.feed(b""));
    let second = world.asks(&bash("s1", "make install"));
    world
        .shows("three in line", |view| view.waiting.len() == 3)
        .await
        .unwrap();
    world.tenant.tap(&ringing.txid, Tap::Deny).unwrap();
    first.await.unwrap().unwrap();
    // Whose turn it is goes round: the person's comes before the same agent's next.
    let push = world.push().await.unwrap();
    assert_eq!(
        push.value("What"),
        Some("Sign out of Duo, and deny what waits")
    );
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let ended = signout.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let spoken = heard(&second.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Deny(_)), "{spoken:?}");
    assert_eq!(world.view().await.unwrap().session, None);
    until("the session to be gone from the keyring", async || {
        let kept = world.desktop.kept().await.ok()?;
        let tokens = world.tenant.issued();
        let none = kept
            .iter()
            .all(|item| !tokens.iter().any(|token| item.contains(token)));
        (none && kept.len() == held.len() - 1).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_forgotten_only_after_off() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let refused = world.thumbturn(&["signout", "--all"]).await.unwrap();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for (words, what) in [
        (&["off"][..], "Turn Duo mode off"),
        (
            &["signout", "--all"],
            "Sign out, and wipe the connection to Duo and every key",
        ),
    ] {
        let deed = tokio::spawn(world.start_thumbturn(words).unwrap().feed(b""));
        let push = world.push().await.unwrap();
        assert_eq!(push.value("What"), Some(what));
        world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        let ended = deed.await.unwrap().unwrap();
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    world
        .shows("nothing set up", |view| view.state == State::NotSetUp)
        .await
        .unwrap();
    let secrets = [
        world.tenant.secret_key(),
        world.tenant.client_secret(),
        world.tenant.integration_key(),
    ];
    for kept in world.desktop.kept().await.unwrap() {
        assert!(!secrets.iter().any(|secret| kept.contains(secret)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keychain_signs_nobody_out() {
    let (mut world, gate) = World::turned_on().await.unwrap();
    world.desktop.lock().await.unwrap();
    // What runs goes on: it holds what it needs.
    let hook = world.asks(&bash("s1", "make"));
    world.approve().await.unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");

    // Without its key the gate can prove nothing to the command line; the tray says why.
    gate.stop(Signal::TERM).await.unwrap();
    let gate = world.gate().await.unwrap();
    let screen = Screen::start().await.unwrap();
    let panel = Panel::start(&world.desktop, &screen, world.home())
        .await
        .unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    let menu = until("the locked keychain in the menu", async || {
        let menu = item.menu().await.ok()?.join("\n");
        menu.contains("The keychain is locked.").then_some(menu)
    })
    .await
    .unwrap();
    assert!(menu.contains("Unlock it"), "{menu}");
    assert!(!menu.contains("Sign in"), "{menu}");
    panel.crash().await.unwrap();
    gate.stop(Signal::TERM).await.unwrap();

    // The next desktop session unlocks it.
    world.desktop = Desktop::start(world.home(), Keyring::Unlocked)
        .await
        .unwrap();
    let _gate = world.gate().await.unwrap();
    let view = world
        .shows("the session", |view| view.session.is_some())
        .await
        .unwrap();
    assert_eq!(view.session.unwrap().user, USER);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_signing_out_another_may_sign_in_but_not_before() {
    let (world, _gate) = World::set_up().await.unwrap();
    world.tenant.set_user(duo_tenant::User::new("eve"));
    let refused = world.thumbturn(&["signin", "--user", "eve"]).await.unwrap();
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert_eq!(world.view().await.unwrap().session.unwrap().user, USER);
    let signout = tokio::spawn(world.start_thumbturn(&["signout"]).unwrap().feed(b""));
    world.approve().await.unwrap();
    assert_eq!(signout.await.unwrap().unwrap().code, Some(0));
    let trip = world.sign_in("eve").await.unwrap();
    let prompt = world.prompt(&trip.address).await.unwrap();
    prompt.push().await.unwrap();
    world.approve().await.unwrap();
    prompt.leave().await.unwrap();
    assert_eq!(trip.command.await.unwrap().unwrap().code, Some(0));
    assert_eq!(world.view().await.unwrap().session.unwrap().user, "eve");
}
