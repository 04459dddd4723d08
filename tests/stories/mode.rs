//! Turning Duo mode on, down and off.

use duo_tenant::Tap;
use harness::{Spoken, World, bash};
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use thumbturn_wire::{Mode, boot_id};

#[tokio::test(flavor = "multi_thread")]
async fn never_turned_on_means_no_word() {
    let (world, gate) = World::set_up().await.unwrap();
    assert_eq!(
        world.ask(&bash("s1", "make")).await.unwrap(),
        Spoken::NoWord
    );
    gate.stop(Signal::TERM).await.unwrap();
    assert_eq!(
        world.ask(&bash("s1", "make")).await.unwrap(),
        Spoken::NoWord
    );
    assert_eq!(world.rang(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_hook_denies_while_the_mode_is_off() {
    let (world, _gate) = World::set_up().await.unwrap();
    let ended = world
        .hook(&["--required"])
        .unwrap()
        .feed(bash("s1", "make").to_string().as_bytes())
        .await
        .unwrap();
    assert!(
        matches!(harness::heard(&ended).unwrap(), Spoken::Deny(_)),
        "{ended:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reboot_turns_it_off() {
    let (world, gate) = World::turned_on().await.unwrap();
    gate.stop(Signal::KILL).await.unwrap();
    // What the file of an earlier boot looks like: the same, with another boot's name.
    let text = std::fs::read_to_string(world.paths.endpoint()).unwrap();
    let boot = serde_json::to_string(&boot_id().unwrap()).unwrap();
    let earlier = text.replace(&boot, "\"00000000-0000-0000-0000-000000000000\"");
    assert_ne!(text, earlier);
    std::fs::write(world.paths.endpoint(), earlier).unwrap();
    assert_eq!(
        world.ask(&bash("s1", "make")).await.unwrap(),
        Spoken::NoWord
    );
    let _gate = world.gate().await.unwrap();
    assert_eq!(world.endpoint().unwrap().mode, Mode::Off);
}

#[tokio::test(flavor = "multi_thread")]
async fn off_from_the_shell_needs_the_phone() {
    let (world, _gate) = World::turned_on().await.unwrap();
    for (tap, code, mode) in [(Tap::Deny, 1, "on"), (Tap::Approve, 0, "off")] {
        let off = tokio::spawn(world.start_thumbturn(&["off"]).unwrap().feed(b""));
        let push = world.push().await.unwrap();
        assert_eq!(push.value("What"), Some("Turn Duo mode off"));
        world.tenant.tap(&push.txid, tap).unwrap();
        let ended = off.await.unwrap().unwrap();
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert_eq!(world.endpoint().unwrap().armed, mode == "on");
    }
    assert_eq!(
        world.ask(&bash("s1", "make")).await.unwrap(),
        Spoken::NoWord
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn narrowing_it_from_the_shell_needs_the_phone_too() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let narrower = tokio::spawn(
        world
            .start_thumbturn(&["on", "--for", "1m"])
            .unwrap()
            .feed(b""),
    );
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Deny).unwrap();
    assert_eq!(narrower.await.unwrap().unwrap().code, Some(1));
    assert_eq!(
        world.endpoint().unwrap().mode,
        Mode::On(thumbturn_wire::Bound::UntilReboot)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn for_one_project_only() {
    let (world, _gate) = World::set_up().await.unwrap();
    let shop = world.home().join("shop");
    std::fs::create_dir_all(shop.join("src")).unwrap();
    std::os::unix::fs::symlink(&shop, world.home().join("link")).unwrap();
    let on = world
        .thumbturn(&["on", "--project", shop.to_str().unwrap()])
        .await
        .unwrap();
    assert_eq!(on.code, Some(0), "{on:?}");

    assert_eq!(
        world.ask(&bash("s1", "make")).await.unwrap(),
        Spoken::NoWord
    );
    assert_eq!(world.rang(), []);
    for inside in ["shop/src", "link/src"] {
        let mut payload = bash("s1", "make");
        payload["cwd"] = world.home().join(inside).to_str().unwrap().into();
        let hook = world.asks(&payload);
        let push = world.push().await.unwrap();
        world.tenant.tap(&push.txid, Tap::Deny).unwrap();
        let spoken = harness::heard(&hook.await.unwrap().unwrap()).unwrap();
        assert!(matches!(spoken, Spoken::Deny(_)), "{inside}: {spoken:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_endpoint_file_is_put_back_and_told() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let before = world.endpoint().unwrap();
    for vandal in [
        |path: &std::path::Path| std::fs::remove_file(path).unwrap(),
        |path: &std::path::Path| std::fs::write(path, "{}").unwrap(),
        |path: &std::path::Path| {
            let run = path.parent().unwrap();
            std::fs::rename(run, run.with_extension("gone")).unwrap();
        },
    ] {
        vandal(&world.paths.endpoint());
        harness::until("the endpoint file", async || {
            world.endpoint().filter(|file| *file == before)
        })
        .await
        .unwrap();
    }
    let status = world.thumbturn(&["status"]).await.unwrap();
    assert!(
        status.stdout.contains("put back") || status.stderr.contains("put back"),
        "{status:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn off_without_a_gate_changes_nothing_and_says_how_to_start_it() {
    let (world, gate) = World::turned_on().await.unwrap();
    gate.stop(Signal::KILL).await.unwrap();
    let before = std::fs::read(world.paths.endpoint()).unwrap();
    let off = world.thumbturn(&["off"]).await.unwrap();
    assert_eq!(off.code, Some(3), "{off:?}");
    assert!(off.stderr.contains("thumbturn"), "{off:?}");
    assert_eq!(std::fs::read(world.paths.endpoint()).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_gate_leaves_the_first_alone() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let before = world.endpoint();
    let second = harness::Proc::start(&world.programs.tray, |command| {
        command.arg("--home").arg(world.home());
        world.desktop.dress(command);
    })
    .unwrap();
    let ended = second.end().await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(world.endpoint(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_that_the_settings_name_is_the_one_that_rings() {
    let (world, gate) = World::set_up().await.unwrap();
    let mut dana = world.tenant.user("dana").unwrap();
    dana.devices
        .push(duo_tenant::Device::phone("Second phone", "XXX-XXX-0199"));
    world.tenant.set_user(dana);
    let listed = world.tray(&["devices"]).await.unwrap();
    assert_eq!(listed.code, Some(0), "{listed:?}");
    let second = listed.stdout.lines().nth(1).unwrap();
    let id = second.split_whitespace().next().unwrap();

    gate.stop(Signal::TERM).await.unwrap();
    let settings = format!("device = \"{id}\"\n");
    world.settings(&settings).unwrap();
    let _gate = world.gate().await.unwrap();
    world
        .shows("the session", |view| view.session.is_some())
        .await
        .unwrap();
    world.turn_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    let push = world.push().await.unwrap();
    assert_eq!(push.device, id);
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = harness::heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passcode_typed_at_the_terminal_turns_it_off_without_the_phone() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let dana = world.tenant.user("dana").unwrap();
    world
        .tenant
        .set_user(dana.with_bypass_codes(&["314159265"]));
    for (code, exit) in [("271828182", 1), ("314159265", 0)] {
        // `script` gives the command a terminal of its own, as a person has one.
        let command = format!(
            "{} --home {} off --passcode",
            world.programs.cli.display(),
            world.home().display()
        );
        let mut script = harness::Proc::start(std::path::Path::new("script"), |script| {
            script.args(["-qefc", &command, "/dev/null"]);
            world.desktop.dress(script);
        })
        .unwrap();
        // It asks first, and hides what is typed a moment later.
        script.heard("code: ").await.unwrap();
        script.hides_typing().await.unwrap();
        let typed = format!("{code}\n").into_bytes().leak();
        let ended = script.feed(typed).await.unwrap();
        assert_eq!(ended.code, Some(exit), "{ended:?}");
        assert!(!ended.stdout.contains(code), "{ended:?}");
        assert_eq!(world.endpoint().unwrap().armed, exit == 1);
    }
    assert_eq!(world.rang(), []);
    assert!(
        !std::fs::read_to_string(world.paths.audit())
            .unwrap()
            .contains("314159265")
    );
}
