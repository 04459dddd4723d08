//! The tenant's prompt page in a real browser, and the page on which it ends.

use duo_tenant::{Config, Tap};
use harness::{Browser, By, Ended, SignInWith, Trip, USER, World, until, violations};
use pretty_assertions::assert_eq;

struct Visit {
    world: World,
    browser: Browser,
    trip: Trip,
    _gate: harness::Gate,
}

const PUSH: By<'_> = By::RoleStarts("button", "Send a push");

/// A person in front of the page, sent there by `thumbturn signin`.
async fn visit(config: Config) -> Visit {
    let (world, gate) = World::connected(config, SignInWith::UniversalPrompt)
        .await
        .unwrap();
    let trip = world.sign_in(USER).await.unwrap();
    let browser = Browser::start(world.home()).await.unwrap();
    browser.page().go(&trip.address).await.unwrap();
    Visit {
        world,
        browser,
        trip,
        _gate: gate,
    }
}

impl Visit {
    async fn tap(&self, tap: Tap) {
        let push = self.world.push().await.unwrap();
        self.world.tenant.tap(&push.txid, tap).unwrap();
    }

    /// How the command ended, once the browser shows the last page with these words.
    async fn ends(&mut self, words: &str) -> Ended {
        let page = self.browser.page();
        let address = until("the way back", async || {
            let address = page.url().await.ok()?;
            address.starts_with("http://localhost:").then_some(address)
        })
        .await
        .unwrap();
        page.says(words).await.unwrap();
        assert!(!address.contains("code="), "{address}");
        assert_eq!(violations(page).await.unwrap(), Vec::<String>::new());
        (&mut self.trip.command).await.unwrap().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approving_on_the_phone_ends_on_a_page_that_names_the_user() {
    let mut visit = visit(Config::default()).await;
    visit.browser.page().click(PUSH).await.unwrap();
    visit.tap(Tap::Approve).await;
    let ended = visit.ends(USER).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(
        visit.world.view().await.unwrap().session.unwrap().user,
        USER
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_push_may_be_followed_by_an_approved_one() {
    let mut visit = visit(Config::default()).await;
    let page = visit.browser.page();
    page.click(PUSH).await.unwrap();
    visit.tap(Tap::Deny).await;
    page.says("denied on your phone").await.unwrap();
    assert_eq!(visit.world.view().await.unwrap().session, None);
    page.click(PUSH).await.unwrap();
    visit.tap(Tap::Approve).await;
    let ended = visit.ends(USER).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passcode_is_typed_where_no_phone_is_at_hand() {
    let mut visit = visit(Config::default()).await;
    let dana = visit.world.tenant.user(USER).unwrap();
    let dana = dana.with_bypass_codes(&["314159265"]);
    visit.world.tenant.set_user(dana);
    let page = visit.browser.page();
    page.click(By::Role("link", "Other options")).await.unwrap();
    page.click(By::RoleStarts("link", "Bypass code"))
        .await
        .unwrap();
    for code in ["271828182", "314159265"] {
        page.write(By::Css("#passcode"), code).await.unwrap();
        page.click(By::Role("button", "Verify")).await.unwrap();
        if code.starts_with('2') {
            page.says("wrong").await.unwrap();
        }
    }
    let ended = visit.ends(USER).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(visit.world.tenant.pushes(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_on_the_page_is_told_on_both_sides() {
    let mut visit = visit(Config::default()).await;
    let cancel = By::Css("a[href^='/frame/cancel']");
    visit.browser.page().click(cancel).await.unwrap();
    let ended = visit.ends("close").await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(visit.world.view().await.unwrap().session, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_refuses_signs_nobody_in() {
    let mut visit = visit(Config::default()).await;
    let mut dana = visit.world.tenant.user(USER).unwrap();
    dana.status = duo_tenant::UserStatus::Disabled;
    visit.world.tenant.set_user(dana);
    let page = visit.browser.page();
    page.click(PUSH).await.unwrap();
    page.click(By::RoleStarts("link", "Back to")).await.unwrap();
    let ended = visit.ends("close").await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(visit.world.view().await.unwrap().session, None);
}
