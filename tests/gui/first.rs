//! From an empty home, with a tenant running, to an approved test push: no terminal, no documentation.

use std::path::PathBuf;

use duo_tenant::Config;
use harness::{
    Browser, By, Gui, Keyring, Look, Onlooker, Seat, Session, TrayItem, World, violations,
};
use pretty_assertions::assert_eq;

/// Takes a picture of each step, and looks for what assistive technology would stumble over.
struct Album(PathBuf);

impl Onlooker for Album {
    async fn see(&mut self, step: &str, page: &Session) -> anyhow::Result<()> {
        page.rests().await?;
        page.picture(&self.0.join(format!("{step}.png"))).await?;
        let found = violations(page).await?;
        anyhow::ensure!(found.is_empty(), "{step}: {found:#?}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_from_first_start_to_an_approved_test_push_by_clicks_alone() {
    first_start(Look::Light).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn and_so_does_one_who_likes_it_dark() {
    first_start(Look::Dark).await;
}

async fn first_start(look: Look) {
    let world = World::empty(Config::default(), Keyring::Unlocked)
        .await
        .unwrap();
    let gui = Gui::start(&world.desktop, world.home()).await.unwrap();
    gui.draw(look).unwrap();
    let _gate = world.gate_on(&gui).await.unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    let browser = Browser::start(&world.home().join("browser")).await.unwrap();
    let phone = Browser::start(&world.home().join("phone")).await.unwrap();
    browser.draw(look).await.unwrap();
    phone.draw(look).await.unwrap();
    phone.page().go(&world.tenant.phone_url()).await.unwrap();
    let seat = Seat {
        world: &world,
        gui: &gui,
        item: &item,
        browser: &browser,
        phone: &phone,
    };
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("first")
        .join(look.name());
    std::fs::create_dir_all(&dir).unwrap();
    let mut album = Album(dir);
    let window = seat.set_up(&mut album).await.unwrap();

    let page = window.page();
    for (name, heading, step) in [
        ("History", "History", "history"),
        ("Settings", "Settings", "settings"),
        ("Now", "Off", "now"),
    ] {
        page.click(By::RoleStarts("button", name)).await.unwrap();
        page.says(heading).await.unwrap();
        album.see(step, page).await.unwrap();
    }
    // What was typed and is secret is nowhere on the page, nor in what was written down.
    let html = page
        .run(
            "return document.documentElement.outerHTML",
            serde_json::json!([]),
        )
        .await
        .unwrap()
        .to_string();
    for secret in [world.tenant.secret_key(), world.tenant.client_secret()] {
        assert!(!html.contains(&secret));
    }
    let approved: Vec<_> = world
        .tenant
        .pushes()
        .iter()
        .map(|push| push.is_ringing())
        .collect();
    assert_eq!(approved, [false, false]);
}
