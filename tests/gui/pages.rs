//! The pages of a gate that is at work, light and dark.

use duo_tenant::Tap;
use harness::{By, Gui, Look, Spoken, TrayItem, Window, World, bash, heard, until};
use pretty_assertions::assert_eq;
use rustix::process::Signal;

const NONE: Vec<String> = Vec::new();

pub(crate) async fn clean(window: &Window) {
    window.page().rests().await.unwrap();
    assert_eq!(window.violations().await.unwrap(), NONE);
}

pub(crate) async fn go(window: &Window, name: &str) {
    let button = format!("nav [data-page={name}]");
    window.page().click(By::Css(&button)).await.unwrap();
    let current = format!("{button}[aria-current]");
    window.page().find(By::Css(&current)).await.unwrap();
}

/// A gate with a screen, signed in and on.
pub(crate) async fn at_work() -> (World, Gui, harness::Gate) {
    let (world, gate) = World::turned_on().await.unwrap();
    gate.stop(Signal::TERM).await.unwrap();
    let gui = Gui::start(&world.desktop, world.home()).await.unwrap();
    let gate = world.gate_on(&gui).await.unwrap();
    world
        .shows("the session", |view| view.session.is_some())
        .await
        .unwrap();
    (world, gui, gate)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_what_assistive_technology_stumbles_over() {
    let (world, gui, _gate) = at_work().await;
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    for look in Look::BOTH {
        gui.draw(look).unwrap();
        item.click("Open Thumbturn").await.unwrap();
        let window = gui.window().await.unwrap();
        let page = window.page();
        page.says("On.").await.unwrap();
        clean(&window).await;

        // A call that was answered already does not ask again.
        let session = |number| format!("{}-{number}", look.name());
        let first = world.asks(&bash(&session(1), "git push --force"));
        let push = world.push().await.unwrap();
        let second = world.asks(&bash(&session(2), "make"));
        page.says("2 asks wait").await.unwrap();
        page.click(By::RoleStarts("button", "Use another way"))
            .await
            .unwrap();
        page.find(By::RoleStarts("textbox", "Duo passcode"))
            .await
            .unwrap();
        clean(&window).await;
        world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        first.await.unwrap().unwrap();
        let push = world.push().await.unwrap();
        world.tenant.tap(&push.txid, Tap::Deny).unwrap();
        second.await.unwrap().unwrap();

        go(&window, "history").await;
        page.says("git push --force").await.unwrap();
        page.click(By::Css("main [aria-expanded=false]"))
            .await
            .unwrap();
        clean(&window).await;
        for name in ["rules", "agents", "settings", "setup"] {
            go(&window, name).await;
            clean(&window).await;
        }
        page.click(By::Role("button", "Send this to your admin"))
            .await
            .unwrap();
        page.says("For your Duo administrator").await.unwrap();
        clean(&window).await;
        gui.close_window().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passcode_typed_here_approves_the_one_ask_and_is_kept_nowhere() {
    let (world, gui, _gate) = at_work().await;
    let dana = world.tenant.user(harness::USER).unwrap();
    world
        .tenant
        .set_user(dana.with_bypass_codes(&["314159265"]));
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Open Thumbturn").await.unwrap();
    let window = gui.window().await.unwrap();
    let page = window.page();
    let hook = world.asks(&bash("s1", "make"));
    world.push().await.unwrap();
    page.click(By::RoleStarts("button", "Use another way"))
        .await
        .unwrap();
    let field = By::RoleStarts("textbox", "Duo passcode");
    page.write(field, "271828182\n").await.unwrap();
    page.says("did not take that passcode").await.unwrap();
    assert_eq!(page.value(field).await.unwrap(), "");
    page.write(field, "314159265\n").await.unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(
        matches!(&spoken, Spoken::Allow(why) if why.contains("passcode")),
        "{spoken:?}"
    );
    let code = [harness::Wanted::new("passcode", "314159265")];
    assert_eq!(harness::files_with(world.home(), &code), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_hold_at_once_and_stand_in_the_file() {
    let (world, gui, _gate) = at_work().await;
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Open Thumbturn").await.unwrap();
    let window = gui.window().await.unwrap();
    let page = window.page();
    go(&window, "settings").await;
    page.choose("#language", "de").await.unwrap();
    page.find(By::Role("heading", "Einstellungen"))
        .await
        .unwrap();
    clean(&window).await;
    let kept = until("the language in the file", async || {
        let text = std::fs::read_to_string(world.paths.settings()).ok()?;
        text.contains("language = \"de\"").then_some(text)
    })
    .await
    .unwrap();
    assert!(!kept.contains("user"), "{kept}");
    gui.close_window().await.unwrap();
    item.click("Open Thumbturn").await.unwrap();
    let window = gui.window().await.unwrap();
    go(&window, "settings").await;
    window
        .page()
        .find(By::Role("heading", "Einstellungen"))
        .await
        .unwrap();
}
