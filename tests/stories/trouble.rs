//! What the gate does without what it needs.

use std::time::Duration;

use duo_tenant::{Config, Endpoint, Fault, Script, Tap};
use harness::{Keyring, SignInWith, Spoken, USER, Wanted, World, bash, files_with, heard, payload};
use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::View;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_it_runs_says_so_and_cannot_be_turned_on() {
    for keyring in [Keyring::None, Keyring::NoBus] {
        let world = World::empty(Config::default(), keyring).await.unwrap();
        let connected = world.connect(SignInWith::UniversalPrompt).await.unwrap();
        assert_ne!(connected.code, Some(0), "{connected:?}");
        assert!(
            connected.stderr.contains("no keychain"),
            "{keyring:?}: {connected:?}"
        );
        let _gate = world.gate().await.unwrap();
        let on = world.thumbturn(&["on"]).await.unwrap();
        assert_ne!(on.code, Some(0), "{keyring:?}: {on:?}");
        assert_eq!(
            world.ask(&bash("s1", "make")).await.unwrap(),
            Spoken::NoWord
        );
        // No secret may have found another place.
        let secrets = [
            Wanted::new("secret key", &world.tenant.secret_key()),
            Wanted::new("client secret", &world.tenant.client_secret()),
        ];
        assert_eq!(files_with(world.home(), &secrets), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_rings_while_nothing_can_be_written_down() {
    let (world, _gate) = World::turned_on().await.unwrap();
    // A directory in its place takes no line.
    let audit = world.paths.audit();
    std::fs::remove_file(&audit).unwrap();
    std::fs::create_dir(&audit).unwrap();
    // The first that cannot be written tells the gate; from then on nothing is let through to the phone.
    world
        .ask(&payload("s1", "Read", json!({"file_path": "/x"})))
        .await
        .unwrap();
    let spoken = world.ask(&bash("s1", "make")).await.unwrap();
    assert!(matches!(&spoken, Spoken::Deny(_)), "{spoken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_cannot_be_written_down_is_a_no() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    let push = world.push().await.unwrap();
    let audit = world.paths.audit();
    std::fs::remove_file(&audit).unwrap();
    std::fs::create_dir(&audit).unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Deny(_)), "{spoken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_duo_is_one_trouble_and_asks_wait_it_out() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let lost = Fault::DropBeforeReading;
    world.tenant.script(Script::always(Endpoint::Preauth, lost));
    let hook = world.asks(&bash("s1", "make"));
    let out_of_reach = |view: &View| {
        let troubles = view.troubles.iter();
        troubles.filter(|one| one.kind == "duo_unreachable").count()
    };
    let view = world
        .shows("Duo out of reach", |view| out_of_reach(view) > 0)
        .await
        .unwrap();
    assert_eq!((out_of_reach(&view), view.waiting.len()), (1, 1));
    assert!(!hook.is_finished());

    // It tries again by itself, every half minute while somebody waits.
    world.tenant.script(Script::Clear);
    let push = tokio::time::timeout(Duration::from_secs(45), world.tenant.next_push());
    let push = push.await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");
    let view = world.view().await.unwrap();
    assert_eq!(out_of_reach(&view), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_settings_name_their_line_and_keep_it_off() {
    let (world, gate) = World::set_up().await.unwrap();
    gate.stop(rustix::process::Signal::TERM).await.unwrap();
    world
        .settings("patience = \"5m\"\ncolour = \"green\"\n")
        .unwrap();
    let _gate = world.gate().await.unwrap();
    let on = world.thumbturn(&["on"]).await.unwrap();
    assert_ne!(on.code, Some(0), "{on:?}");
    let status = world.thumbturn(&["status"]).await.unwrap();
    assert!(format!("{status:?}").contains("colour"), "{status:?}");
    assert!(format!("{status:?}").contains('2'), "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replacing_a_connection_needs_a_push_over_the_old_one() {
    let (world, _gate) = World::set_up().await.unwrap();
    let other = World::empty(Config::default(), Keyring::NoBus)
        .await
        .unwrap();
    for (tap, replaced) in [(Tap::Deny, false), (Tap::Approve, true)] {
        let ca = world.home().join("other-ca.pem");
        std::fs::write(&ca, other.tenant.ca_pem()).unwrap();
        let connect = harness::Proc::start(&world.programs.tray, |command| {
            command
                .arg("--home")
                .arg(world.home())
                .arg("connect")
                .arg("--ca")
                .arg(&ca);
            command.args([
                "--host",
                &other.tenant.host(),
                "--ikey",
                &other.tenant.integration_key(),
            ]);
            world.desktop.dress(command);
        })
        .unwrap();
        let key = format!("{}\n", other.tenant.secret_key())
            .into_bytes()
            .leak();
        let connect = tokio::spawn(connect.feed(key));
        let push = world.push().await.unwrap();
        world.tenant.tap(&push.txid, tap).unwrap();
        let ended = connect.await.unwrap().unwrap();
        assert_eq!(ended.code == Some(0), replaced, "{ended:?}");
    }
    // Whoever was signed in over the old one is nobody over the new one.
    assert_eq!(world.view().await.unwrap().session, None);
    let signin = world.start_thumbturn(&["signin", "--user", USER]).unwrap();
    let signin = tokio::spawn(signin.feed(b""));
    other.approve().await.unwrap();
    assert_eq!(signin.await.unwrap().unwrap().code, Some(0));
    world.turn_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    let push = other.push().await.unwrap();
    other.tenant.tap(&push.txid, Tap::Approve).unwrap();
    assert!(matches!(
        heard(&hook.await.unwrap().unwrap()).unwrap(),
        Spoken::Allow(_)
    ));
}
