//! What the gate does without what it needs.

use duo_tenant::{Config, Endpoint, Fault, Script, Tap};
use harness::{Keyring, Spoken, World, bash, payload};
use pretty_assertions::assert_eq;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_it_runs_says_so_and_cannot_be_turned_on() {
    for keyring in [Keyring::None, Keyring::NoBus] {
        let world = World::empty(Config::default(), keyring).await.unwrap();
        world.settings("user = \"dana\"\n").unwrap();
        let connected = world.connect().await.unwrap();
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
        assert!(!holds(world.home(), world.tenant.secret_key().as_bytes()));
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
    let push = world.tenant.next_push().await;
    let audit = world.paths.audit();
    std::fs::remove_file(&audit).unwrap();
    std::fs::create_dir(&audit).unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = harness::heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Deny(_)), "{spoken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_duo_denies_with_its_cause() {
    let (world, _gate) = World::turned_on().await.unwrap();
    world
        .tenant
        .script(Script::always(Endpoint::Preauth, Fault::DropBeforeReading));
    let spoken = world.ask(&bash("s1", "make")).await.unwrap();
    assert!(
        matches!(&spoken, Spoken::Deny(why) if why.contains("Duo")),
        "{spoken:?}"
    );
    world.tenant.script(Script::Clear);
    let hook = world.asks(&bash("s1", "make"));
    let push = world.tenant.next_push().await;
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    assert!(matches!(
        harness::heard(&hook.await.unwrap().unwrap()).unwrap(),
        Spoken::Allow(_)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_settings_name_their_line_and_keep_it_off() {
    let (world, gate) = World::set_up().await.unwrap();
    gate.stop(rustix::process::Signal::TERM).await.unwrap();
    world
        .settings("user = \"dana\"\ncolour = \"green\"\n")
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
        let push = world.tenant.next_push().await;
        world.tenant.tap(&push.txid, tap).unwrap();
        let ended = connect.await.unwrap().unwrap();
        assert_eq!(ended.code == Some(0), replaced, "{ended:?}");
    }
    world.turn_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    let push = other.tenant.next_push().await;
    other.tenant.tap(&push.txid, Tap::Approve).unwrap();
    assert!(matches!(
        harness::heard(&hook.await.unwrap().unwrap()).unwrap(),
        Spoken::Allow(_)
    ));
}

fn holds(dir: &std::path::Path, needle: &[u8]) -> bool {
    crate::secrets::files_with(dir, needle).next().is_some()
}
