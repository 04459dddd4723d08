//! The window opens from the tray, light or dark, and closes without a trace.

use harness::{Gui, Look, TrayItem, World, until};
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_from_the_tray_as_the_desktop_wants_it_drawn_and_nothing_of_it_stays() {
    let (world, gate) = World::set_up().await.unwrap();
    gate.stop(Signal::TERM).await.unwrap();
    let gui = Gui::start(&world.desktop, world.home()).await.unwrap();
    let gate = world.gate_on(&gui).await.unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    for look in Look::BOTH {
        gui.draw(look).unwrap();
        item.click("Open").await.unwrap();
        let window = gui.window().await.unwrap();
        let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
        let drawn_dark = window.page().run(dark, json!([])).await.unwrap();
        assert_eq!(drawn_dark, look == Look::Dark);
        gui.close_window().await.unwrap();
        until("no process of the window", async || {
            gate.process().children().is_empty().then_some(())
        })
        .await
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_opens_no_second_window() {
    let (world, gate) = World::set_up().await.unwrap();
    gate.stop(Signal::TERM).await.unwrap();
    let gui = Gui::start(&world.desktop, world.home()).await.unwrap();
    let gate = world.gate_on(&gui).await.unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Open").await.unwrap();
    let window = gui.window().await.unwrap();
    let first = gate.process().children();
    item.click("Open").await.unwrap();
    // The tray's clicks are taken in their order: this one only after the second was.
    item.click("Duo mode").await.unwrap();
    until("the mode to be on", async || {
        world.endpoint().filter(|file| file.armed)
    })
    .await
    .unwrap();
    assert_eq!(gate.process().children(), first);
    assert_eq!(window.violations().await.unwrap(), Vec::<String>::new());
}
