//! A person at the provider's own pages, in a real Chromium.

use serde_json::json;
use thumbturn_core::LoginError;
use thumbturn_gate::browser::Browser;
use thumbturn_gate::duo::{SignedIn, SingleSignOn};
use tokio::sync::{Mutex, oneshot};

use crate::chrome::Chrome;

/// The ways back have fixed ports, so sign-ins take turns; and two browsers at once are slow.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

/// The member of an element that WebDriver names it by.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) struct Person {
    chrome: Chrome,
}

impl Person {
    pub(crate) async fn start() -> Self {
        let chrome = Chrome::start().await;
        // How long it looks for an element; a page may still be on its way.
        let patience = json!({"implicit": 20_000});
        chrome.call("POST", "/timeouts", Some(&patience)).await;
        Self { chrome }
    }

    /// Signs in as `login` and consents, however far the sign-in wants that, and sees the last page.
    pub(crate) async fn sign_in(
        &self,
        sso: &SingleSignOn,
        user: Option<&str>,
        login: &str,
    ) -> (Result<SignedIn, LoginError>, String) {
        let deeds = async {
            self.fill("login", login).await;
            self.fill("password", "any").await;
            self.click("button[type=submit]").await;
            // The consent has a hidden field of its own name, which tells it from the page before.
            self.find("input[name=prompt][value=consent]").await;
            self.click("button[type=submit]").await;
        };
        self.go(sso, user, deeds).await
    }

    pub(crate) async fn cancel(
        &self,
        sso: &SingleSignOn,
    ) -> (Result<SignedIn, LoginError>, String) {
        self.go(sso, None, self.click("a[href$='/abort']")).await
    }

    /// A whole trip: `deeds` begin at the provider's first page.
    async fn go(
        &self,
        sso: &SingleSignOn,
        user: Option<&str>,
        deeds: impl Future<Output = ()>,
    ) -> (Result<SignedIn, LoginError>, String) {
        let _turn = TURN.lock().await;
        let (tell, opened) = oneshot::channel();
        let browser = Browser::with("/nonexistent/browser");
        let signing_in = sso.sign_in(user, &browser, |address| tell.send(address).unwrap());
        let browsing = async {
            let Ok(address) = opened.await else {
                // It was over before there was anything to open.
                return String::new();
            };
            self.chrome.open(&address).await;
            deeds.await;
            let heading = self.text("main h1").await;
            assert!(self.chrome.address().await.ends_with("/done"));
            heading
        };
        tokio::join!(signing_in, browsing)
    }

    /// Ends the provider's own session at the page `address`, and sees it say so.
    pub(crate) async fn sign_out(&self, address: &str) {
        self.chrome.open(address).await;
        self.click("button[name=logout]").await;
        // By its words, as the page before it has a heading too.
        self.find_by("xpath", "//h1[normalize-space()='Sign-out Success']")
            .await;
    }

    pub(crate) async fn close(self) {
        self.chrome.close().await;
    }

    async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("input[name={name}]")).await;
        self.chrome
            .call("POST", &format!("/element/{field}/clear"), Some(&json!({})))
            .await;
        let keys = json!({"text": text});
        self.chrome
            .call("POST", &format!("/element/{field}/value"), Some(&keys))
            .await;
    }

    async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        self.chrome
            .call(
                "POST",
                &format!("/element/{element}/click"),
                Some(&json!({})),
            )
            .await;
    }

    async fn text(&self, selector: &str) -> String {
        let element = self.find(selector).await;
        let text = self
            .chrome
            .call("GET", &format!("/element/{element}/text"), None)
            .await;
        text.as_str().unwrap().to_owned()
    }

    async fn find(&self, selector: &str) -> String {
        self.find_by("css selector", selector).await
    }

    async fn find_by(&self, using: &str, value: &str) -> String {
        let how = json!({"using": using, "value": value});
        let element = self.chrome.call("POST", "/element", Some(&how)).await;
        element[ELEMENT].as_str().unwrap().to_owned()
    }
}
