//! Starts, hosts and signs of life: what a desktop does to the gate besides clicking.

use duo_tenant::Config;
use harness::{By, Gui, Keyring, Panel, Proc, TrayItem, World};
use pretty_assertions::assert_eq;
use thumbturn_core::View;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_opens_the_window_of_the_first() {
    let world = World::empty(Config::default(), Keyring::Unlocked)
        .await
        .unwrap();
    let gui = Gui::start(&world.desktop, world.home()).await.unwrap();
    let gate = world.gate_on(&gui).await.unwrap();
    let second = Proc::start(&world.programs.tray, |command| {
        command.arg("--home").arg(world.home());
        world.desktop.dress(command);
        gui.dress(command);
    })
    .unwrap();
    let ended = second.end().await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let window = gui.window().await.unwrap();
    window.page().find(By::Css("main")).await.unwrap();
    assert_eq!(gate.process().children().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_host_it_says_so_once_and_window_and_terminal_do_everything() {
    let world = World::empty(Config::default(), Keyring::Unlocked)
        .await
        .unwrap();
    let gui = Gui::without_panel(&world.desktop, world.home())
        .await
        .unwrap();
    let _gate = world.gate_on(&gui).await.unwrap();
    let no_host = |view: &View| {
        let hosts = view.troubles.iter();
        hosts.filter(|one| one.kind == "no_tray_host").count()
    };
    let view = world
        .shows("the missing host", |view| no_host(view) > 0)
        .await
        .unwrap();
    assert_eq!(no_host(&view), 1);
    assert!(
        view.troubles
            .iter()
            .all(|one| one.kind != "no_tray_host" || !one.blocks)
    );

    let opened = world.thumbturn(&["open"]).await.unwrap();
    assert_eq!(opened.code, Some(0), "{opened:?}");
    let window = gui.window().await.unwrap();
    window.page().find(By::Css("main")).await.unwrap();

    // A host that comes late gets the item, and the trouble is over.
    let _panel = Panel::start(&world.desktop, &gui.screen, world.home())
        .await
        .unwrap();
    TrayItem::appear(&world.desktop).await.unwrap();
    world
        .shows("no missing host", |view| no_host(view) == 0)
        .await
        .unwrap();
}
