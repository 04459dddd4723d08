//! The tray, in a real panel.

use duo_tenant::{Config, Tap};
use harness::{Keyring, Panel, Screen, Spoken, TrayItem, World, bash, heard, until};
use pretty_assertions::assert_eq;

#[tokio::test(flavor = "multi_thread")]
async fn a_click_in_the_tray_turns_duo_mode_on_and_off() {
    let (world, _gate) = World::set_up().await.unwrap();
    let screen = Screen::start().await.unwrap();
    let _panel = Panel::start(&world.desktop, &screen, world.home())
        .await
        .unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    let off_icon = until("the icon of Off", async || item.icon().await)
        .await
        .unwrap();
    until("Off in the tooltip", async || {
        item.tooltip().await.filter(|text| text.contains("Off."))
    })
    .await
    .unwrap();

    item.click("Duo mode").await.unwrap();
    until("the mode to be on", async || {
        world.endpoint().filter(|file| file.armed)
    })
    .await
    .unwrap();
    until("On in the tooltip", async || {
        item.tooltip().await.filter(|text| text.contains("On."))
    })
    .await
    .unwrap();
    until("a checked item", async || {
        item.menu()
            .await
            .ok()?
            .iter()
            .any(|label| label.starts_with("[x] Duo mode"))
            .then_some(())
    })
    .await
    .unwrap();
    assert_ne!(item.icon().await.unwrap(), off_icon);

    // A waiting ask is the menu's business; denying it there needs no phone.
    let hook = world.asks(&bash("s1", "git push origin main"));
    world.push().await.unwrap();
    until("the ask in the menu", async || {
        item.menu()
            .await
            .ok()?
            .iter()
            .any(|label| label.contains("git push origin main"))
            .then_some(())
    })
    .await
    .unwrap();
    item.click("Deny").await.unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Deny(_)), "{spoken:?}");

    item.click("Duo mode").await.unwrap();
    until("the mode to be off", async || {
        world.endpoint().filter(|file| !file.armed)
    })
    .await
    .unwrap();
    // The endpoint file comes first, the log after it.
    until("both clicks in the log", async || {
        let audit = world.audit();
        let by_desk = |line: &&serde_json::Value| line.to_string().contains("\"desk\"");
        (audit.iter().filter(by_desk).count() >= 2).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_host_may_come_late_crash_and_return_and_asks_are_answered_all_along() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let answered = async || {
        let hook = world.asks(&bash("s1", "make"));
        let push = world.push().await.unwrap();
        world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        assert!(matches!(
            heard(&hook.await.unwrap().unwrap()).unwrap(),
            Spoken::Allow(_)
        ));
    };
    answered().await;
    let screen = Screen::start().await.unwrap();
    for _ in 0..2 {
        let panel = Panel::start(&world.desktop, &screen, world.home())
            .await
            .unwrap();
        let item = TrayItem::appear(&world.desktop).await.unwrap();
        until("a title", async || item.title().await).await.unwrap();
        answered().await;
        panel.crash().await.unwrap();
        answered().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_bus_the_gate_still_comes_up() {
    let world = World::empty(Config::default(), Keyring::NoBus)
        .await
        .unwrap();
    let _gate = world.gate().await.unwrap();
    assert_eq!(world.endpoint().unwrap().armed, false);
}
