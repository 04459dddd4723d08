//! One way through everything there is to see.

use std::path::Path;

use anyhow::Context as _;
use duo_tenant::{Config, Endpoint, Fault, Script, Tap};
use harness::{
    Browser, By, Gui, Installed, Keyring, Look, Onlooker as _, Seat, Session, SignInWith, TrayItem,
    Window, World, bash, payload,
};
use serde_json::json;

use crate::album::Album;

/// # Errors
/// Where a state cannot be reached or a picture not be taken.
pub(crate) async fn first(dir: &Path, look: Look) -> anyhow::Result<()> {
    let world = World::empty(Config::default(), Keyring::Unlocked).await?;
    let gui = Gui::start(&world.desktop, world.home()).await?;
    gui.draw(look)?;
    agent(&world)?;
    let installed = Installed::in_home_of(&world)?.with_window(&world)?;
    let _gate = installed.gate_on(&world, &gui).await?;
    let item = TrayItem::appear(&world.desktop).await?;
    let browser = Browser::start(&world.home().join("browser")).await?;
    let phone = Browser::start(&world.home().join("phone")).await?;
    for browser in [&browser, &phone] {
        browser.draw(look).await?;
    }
    phone.page().go(&world.tenant.phone_url()).await?;
    let seat = Seat {
        world: &world,
        gui: &gui,
        item: &item,
        browser: &browser,
        phone: &phone,
    };
    let mut tour = Tour {
        album: Album::new(dir, look)?,
        seat,
    };
    tour.album.tray(&gui, "not-set-up").await?;
    let window = tour.seat.set_up(&mut tour.album).await?;
    tour.all(&window).await
}

/// Claude Code, as far as it says its version, with settings of its person's.
fn agent(world: &World) -> anyhow::Result<()> {
    let program = world.home().join(".local/bin/claude");
    let settings = world.home().join(".claude/settings.json");
    for (file, text) in [
        (&program, "#!/bin/sh\necho '2.1.330 (Claude Code)'\n"),
        (&settings, "{\n  \"model\": \"opus\"\n}\n"),
    ] {
        std::fs::create_dir_all(file.parent().context("no directory")?)?;
        std::fs::write(file, text)?;
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    Ok(std::fs::set_permissions(program, mode)?)
}

struct Tour<'a> {
    album: Album,
    seat: Seat<'a>,
}

impl Tour<'_> {
    async fn all(&mut self, window: &Window) -> anyhow::Result<()> {
        let page = window.page();
        self.now(page).await?;
        self.asking(page).await?;
        self.rest(page).await?;
        self.history(page).await?;
        self.rules(page).await?;
        self.agents(page).await?;
        self.go(page, "Settings").await?;
        page.find(By::Role("heading", "Settings")).await?;
        self.album.see("settings", page).await?;
        self.german(page).await?;
        self.leaving(page).await?;
        self.trouble(page).await
    }

    async fn go(&self, page: &Session, name: &str) -> anyhow::Result<()> {
        page.click(By::RoleStarts("button", name)).await
    }

    async fn state(&mut self, page: &Session, words: &str, name: &str) -> anyhow::Result<()> {
        page.says(words).await?;
        self.album.see(&format!("now-{name}"), page).await?;
        self.album.tray(self.seat.gui, name).await
    }

    async fn now(&mut self, page: &Session) -> anyhow::Result<()> {
        self.go(page, "Now").await?;
        self.state(page, "Off.", "off").await?;
        self.seat.world.turn_on().await?;
        self.state(page, "On.", "on").await
    }

    /// One that rings, one behind it, and the field for a passcode.
    async fn asking(&mut self, page: &Session) -> anyhow::Result<()> {
        let world = self.seat.world;
        let first = world.asks(&bash("s1", "git push --force origin main"));
        let push = world.push().await?;
        let file = json!({"file_path": "/home/dana/shop/src/cart.rs", "content": "…"});
        let second = world.asks(&payload("s2", "Write", file));
        world
            .shows("two asks", |view| view.waiting.len() == 2)
            .await?;
        self.state(page, "Check your phone", "waiting").await?;
        self.album.see("phone-ask", self.seat.phone.page()).await?;
        page.click(By::RoleStarts("button", "Use another way"))
            .await?;
        page.find(By::RoleStarts("textbox", "Duo passcode")).await?;
        self.album.see("now-passcode", page).await?;
        let _ = world.tenant.tap(&push.txid, Tap::Approve);
        first.await??;
        let push = world.push().await?;
        let _ = world.tenant.tap(&push.txid, Tap::Deny);
        second.await??;
        Ok(())
    }

    async fn rest(&mut self, page: &Session) -> anyhow::Result<()> {
        let world = self.seat.world;
        self.seat.item.click("Hold asks for 30 min").await?;
        self.state(page, "On hold", "on-hold").await?;
        self.seat.item.click("Let held asks ring again").await?;
        world
            .shows("no hold", |view| view.held_until.is_none())
            .await?;
        self.seat.item.click("Pause for 15 min").await?;
        self.state(page, "Paused.", "paused").await?;
        self.seat.item.click("Duo mode").await?;
        page.says("On.").await
    }

    async fn history(&mut self, page: &Session) -> anyhow::Result<()> {
        self.go(page, "History").await?;
        page.says("git push --force origin main").await?;
        self.album.see("history", page).await?;
        page.click(By::Css("main [aria-expanded=false]")).await?;
        page.find(By::Css("main [aria-expanded=true]")).await?;
        self.album.see("history-detail", page).await?;
        page.write(By::Css("main input[type=search]"), "nothing like this")
            .await?;
        page.says("Nothing matches").await?;
        self.album.see("history-nothing", page).await
    }

    /// The page, and what one tap covers, on the phone, in the window and in the menu.
    async fn rules(&mut self, page: &Session) -> anyhow::Result<()> {
        let world = self.seat.world;
        self.go(page, "Rules").await?;
        page.says("project-builds").await?;
        self.album.see("rules", page).await?;
        page.click(By::Role("button", "Edit project-edits")).await?;
        page.click(By::Role("button", "Try it")).await?;
        page.says("would be").await?;
        self.album.see("rules-tried", page).await?;
        page.click(By::Role("button", "Cancel")).await?;
        self.go(page, "Now").await?;
        let project = world.home().join("shop");
        std::fs::create_dir_all(project.join(".git"))?;
        let file = json!({ "file_path": project.join("src/cart.rs"), "content": "fn main() {}\n" });
        let mut write = payload("s3", "Write", file);
        if let Some(cwd) = write.get_mut("cwd") {
            *cwd = json!(project);
        }
        let asked = world.asks(&write);
        let push = world.push().await?;
        self.album
            .see("phone-grant", self.seat.phone.page())
            .await?;
        let _ = world.tenant.tap(&push.txid, Tap::Approve);
        asked.await??;
        self.state(page, "Already approved", "granted").await?;
        let code = push.value("Ref").unwrap_or_default();
        page.click(By::Role("button", &format!("End the grant {code}")))
            .await?;
        let told = ["touch a", "mkdir b", "rmdir c"].map(|line| world.asks(&bash("s3", line)));
        let push = world.push().await?;
        self.album
            .see("phone-shared", self.seat.phone.page())
            .await?;
        let _ = world.tenant.tap(&push.txid, Tap::Deny);
        for asked in told {
            asked.await??;
        }
        Ok(())
    }

    /// Out, looked at, in, and broken.
    async fn agents(&mut self, page: &Session) -> anyhow::Result<()> {
        self.go(page, "Agents").await?;
        let install = By::Role("button", "Install the gate into Claude Code");
        page.find(install).await?;
        self.album.see("agents", page).await?;
        page.click(install).await?;
        page.says("PermissionRequest").await?;
        self.album.see("agents-plan", page).await?;
        page.click(By::Role("button", "Write these changes"))
            .await?;
        page.gone(By::Role("button", "Write these changes")).await?;
        page.says("Asks the gate, in your settings").await?;
        self.album.see("agents-in", page).await?;
        let file = self.seat.world.home().join(".claude/settings.json");
        let sound = std::fs::read_to_string(&file)?;
        std::fs::write(&file, sound.replace("\"*\"", "\"Bash\""))?;
        page.says("is for `Bash` alone").await?;
        self.album.see("agents-broken", page).await?;
        self.album.tray(self.seat.gui, "agent-broken").await?;
        std::fs::write(&file, sound)?;
        page.says("Asks the gate, in your settings").await
    }

    /// Each page once, then English again.
    async fn german(&mut self, page: &Session) -> anyhow::Result<()> {
        page.choose("#language", "de").await?;
        page.find(By::Role("heading", "Einstellungen")).await?;
        for name in ["settings", "setup", "agents", "rules", "history", "now"] {
            page.click(By::Css(&format!("nav [data-page={name}]")))
                .await?;
            page.find(By::Css(&format!("nav [data-page={name}][aria-current]")))
                .await?;
            self.album.see(&format!("german-{name}"), page).await?;
        }
        page.click(By::Css("nav [data-page=settings]")).await?;
        page.choose("#language", "en").await?;
        page.find(By::Role("heading", "Settings")).await.map(drop)
    }

    /// Duo cannot be reached while somebody waits.
    async fn trouble(&mut self, page: &Session) -> anyhow::Result<()> {
        let world = self.seat.world;
        let lost = Script::always(Endpoint::Preauth, Fault::DropBeforeReading);
        world.tenant.script(lost);
        let hook = world.asks(&bash("s1", "make"));
        self.state(page, "Duo cannot be reached", "trouble").await?;
        world.tenant.script(Script::Clear);
        hook.abort();
        Ok(())
    }

    /// Signed out, locked, and back by signing in.
    async fn leaving(&mut self, page: &Session) -> anyhow::Result<()> {
        let world = self.seat.world;
        self.go(page, "Now").await?;
        self.seat.item.click("Sign out").await?;
        world.shows("nobody", |view| view.session.is_none()).await?;
        self.state(page, "Sign in", "signed-out").await?;
        let locked = world.thumbturn(&["lock"]).await?;
        anyhow::ensure!(locked.code == Some(0), "{locked:?}");
        self.state(page, "Locked.", "locked").await?;
        world.signed_in(SignInWith::UniversalPrompt).await
    }
}
