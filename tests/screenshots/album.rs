//! Where the pictures go, and how the tray holds still for one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use harness::{Gui, Look, Onlooker, Session, until};

pub(crate) struct Album {
    dir: PathBuf,
    look: Look,
}

/// The corner of the screen with the panel, and with its open menu.
const ITEM: &str = "48x32+0+0";
const MENU: &str = "640x520+0+0";

impl Album {
    pub(crate) fn new(dir: &Path, look: Look) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        Ok(Self {
            dir: dir.to_owned(),
            look,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}-{}.png", self.look.name()))
    }

    /// The icon, then the menu that a click on it opens.
    pub(crate) async fn tray(&self, gui: &Gui, state: &str) -> anyhow::Result<()> {
        let closed = self.still(gui, MENU, &[]).await?;
        gui.screen
            .part(&self.file(&format!("tray-{state}")), ITEM)
            .await?;
        gui.xdotool(&["mousemove", "17", "16", "click", "3"])
            .await?;
        let menu = self.still(gui, MENU, &closed).await?;
        std::fs::write(self.file(&format!("menu-{state}")), menu)?;
        gui.xdotool(&["key", "Escape", "mousemove", "900", "700"])
            .await?;
        self.still(gui, MENU, &[]).await.map(drop)
    }

    /// What that part shows once it is other than `before` and no longer changes.
    async fn still(&self, gui: &Gui, part: &str, before: &[u8]) -> anyhow::Result<Vec<u8>> {
        let file = self.dir.join(".still.png");
        let mut last = Vec::new();
        let still = until("a picture that holds still", async || {
            gui.screen.part(&file, part).await.ok()?;
            let now = std::fs::read(&file).ok()?;
            let fits = now == last && now != before;
            last.clone_from(&now);
            fits.then_some(now)
        })
        .await;
        let _ = std::fs::remove_file(file);
        still
    }
}

impl Onlooker for Album {
    async fn see(&mut self, step: &str, page: &Session) -> anyhow::Result<()> {
        page.rests().await?;
        page.picture(&self.file(step)).await
    }
}
