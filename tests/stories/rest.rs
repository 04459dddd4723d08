//! Hold and pause, from the tray.

use duo_tenant::Tap;
use harness::{Panel, Screen, Spoken, TrayItem, World, bash, heard, until};
use pretty_assertions::assert_eq;
use thumbturn_core::State;
use thumbturn_wire::Mode;

#[tokio::test(flavor = "multi_thread")]
async fn asks_wait_in_silence_on_hold_and_ring_when_it_ends() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let screen = Screen::start().await.unwrap();
    let _panel = Panel::start(&world.desktop, &screen, world.home())
        .await
        .unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Hold asks for 30 min").await.unwrap();
    world
        .shows("the hold", |view| view.held_until.is_some())
        .await
        .unwrap();

    let hook = world.asks(&bash("s1", "make"));
    world
        .shows("the ask", |view| view.waiting.len() == 1)
        .await
        .unwrap();
    assert_eq!(world.rang(), []);
    item.click("Let held asks ring again").await.unwrap();
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_off_for_hooks_too_and_the_knob_ends_it() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let screen = Screen::start().await.unwrap();
    let _panel = Panel::start(&world.desktop, &screen, world.home())
        .await
        .unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Pause for 15 min").await.unwrap();
    let endpoint = until("the pause in the endpoint file", async || {
        let endpoint = world.endpoint()?;
        matches!(endpoint.mode, Mode::Paused { .. }).then_some(endpoint)
    })
    .await
    .unwrap();
    assert_eq!(endpoint.armed, false);
    let view = world
        .shows("the pause", |view| view.headline.starts_with("Paused."))
        .await
        .unwrap();
    assert_eq!(view.state, State::Off);
    assert!(view.mode_until.is_some());
    let spoken = world.ask(&bash("s1", "make")).await.unwrap();
    assert_eq!(spoken, Spoken::NoWord);

    item.click("Duo mode").await.unwrap();
    until("the mode to be on", async || {
        world.endpoint().filter(|file| file.armed)
    })
    .await
    .unwrap();
}
