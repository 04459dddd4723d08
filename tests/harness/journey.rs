//! From first start to an approved test push, as a person goes there: by clicks and typing, and nothing else.

use anyhow::Context as _;

use crate::browser::Browser;
use crate::gui::{Gui, Window};
use crate::panel::TrayItem;
use crate::session::USER;
use crate::webdriver::{By, Session};
use crate::world::World;

/// Somebody who looks on: at which step, and at which page.
pub trait Onlooker {
    /// # Errors
    /// Where what is to be seen is not what must be.
    fn see(&mut self, step: &str, page: &Session) -> impl Future<Output = anyhow::Result<()>>;
}

/// Where the person sits.
pub struct Seat<'a> {
    pub world: &'a World,
    pub gui: &'a Gui,
    pub item: &'a TrayItem<'a>,
    /// The browser in which they sign in.
    pub browser: &'a Browser,
    /// The page with their phone on it.
    pub phone: &'a Browser,
}

impl Seat<'_> {
    /// Opens the window from the tray and goes through all of Setup.
    ///
    /// # Errors
    /// At the first step that cannot be taken.
    pub async fn set_up(&self, onlooker: &mut impl Onlooker) -> anyhow::Result<Window> {
        self.item.click("Open").await?;
        let window = self.gui.window().await?;
        let page = window.page();
        self.host(page, onlooker).await.context("API hostname")?;
        self.keys(page, onlooker).await.context("keys")?;
        self.connect(page, onlooker).await.context("connecting")?;
        self.sign_in(page, onlooker).await.context("signing in")?;
        self.test(page, onlooker).await.context("test push")?;
        Ok(window)
    }

    async fn host(&self, page: &Session, onlooker: &mut impl Onlooker) -> anyhow::Result<()> {
        page.find(By::Role("textbox", "API hostname")).await?;
        onlooker.see("setup-1-host", page).await?;
        page.click(By::Css("summary")).await?;
        let ca = By::RoleStarts("textbox", "Certificate authority");
        page.write(ca, &self.world.tenant.ca_pem()).await?;
        let host = self.world.tenant.host();
        page.write(By::Role("textbox", "API hostname"), &host)
            .await?;
        page.says("Duo answers here.").await?;
        onlooker.see("setup-1-host-answers", page).await?;
        page.click(By::Role("button", "Next")).await
    }

    async fn keys(&self, page: &Session, onlooker: &mut impl Onlooker) -> anyhow::Result<()> {
        let tenant = &self.world.tenant;
        let key = tenant.integration_key();
        page.write(By::Role("textbox", "Integration key"), &key)
            .await?;
        let secret = tenant.secret_key();
        page.write(By::Role("textbox", "Secret key"), &secret)
            .await?;
        onlooker.see("setup-2-keys", page).await?;
        page.click(By::Role("button", "Next")).await
    }

    async fn connect(&self, page: &Session, onlooker: &mut impl Onlooker) -> anyhow::Result<()> {
        let tenant = &self.world.tenant;
        page.click(By::RoleStarts("radio", "Universal Prompt"))
            .await?;
        page.write(By::Role("textbox", "Client ID"), &tenant.client_id())
            .await?;
        let secret = tenant.client_secret();
        page.write(By::Role("textbox", "Client secret"), &secret)
            .await?;
        onlooker.see("setup-3-sign-in-with", page).await?;
        page.click(By::Role("button", "Connect")).await?;
        page.find(By::Role("textbox", "Duo username")).await?;
        Ok(())
    }

    async fn sign_in(&self, page: &Session, onlooker: &mut impl Onlooker) -> anyhow::Result<()> {
        onlooker.see("setup-4-sign-in", page).await?;
        page.write(By::Role("textbox", "Duo username"), USER)
            .await?;
        let seen = self.world.desktop.opened();
        page.click(By::Role("button", "Sign in with Duo")).await?;
        let address = self.world.desktop.opens(seen).await?;
        page.find(By::Role("button", "Cancel the sign-in")).await?;
        onlooker.see("setup-4-sign-in-open", page).await?;
        self.through_the_prompt(&address, onlooker).await
    }

    /// The tenant's page, in the browser, as far as the last one.
    ///
    /// # Errors
    /// Where it does not come to the last page.
    pub async fn through_the_prompt(
        &self,
        address: &str,
        onlooker: &mut impl Onlooker,
    ) -> anyhow::Result<()> {
        let prompt = self.browser.page();
        prompt.go(address).await?;
        onlooker.see("prompt", prompt).await?;
        let push = By::RoleStarts("button", "Send");
        if prompt.look(push).await.is_some() {
            prompt.click(push).await?;
        }
        self.approve(onlooker, "phone-sign-in").await?;
        prompt.says("close").await?;
        onlooker.see("last-page", prompt).await
    }

    async fn test(&self, page: &Session, onlooker: &mut impl Onlooker) -> anyhow::Result<()> {
        page.find(By::Role("button", "Send a test push")).await?;
        onlooker.see("setup-5-test", page).await?;
        page.click(By::Role("button", "Send a test push")).await?;
        page.says("Check your phone").await?;
        onlooker.see("setup-5-test-rings", page).await?;
        self.approve(onlooker, "phone-test-push").await?;
        page.says("Approved on").await?;
        onlooker.see("setup-5-test-approved", page).await
    }

    /// On the page with the phone, with a click.
    ///
    /// # Errors
    /// Where it does not ring.
    pub async fn approve(&self, onlooker: &mut impl Onlooker, step: &str) -> anyhow::Result<()> {
        let phone = self.phone.page();
        let approve = By::RoleStarts("button", "Approve");
        phone.find(approve).await?;
        onlooker.see(step, phone).await?;
        phone.click(approve).await
    }
}
