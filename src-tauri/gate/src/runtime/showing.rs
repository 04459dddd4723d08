//! What tray and window are told.

use thumbturn_pipe::{Page, Shown};

use super::Runtime;
use crate::clock::now;
use crate::pages::Sources;

impl Runtime {
    /// Tells tray and window, if what they show changed.
    pub(super) fn show(&mut self) {
        let now = now();
        self.rooms.tray.show(self.core.glance(now));
        self.read_history();
        let sources = Sources {
            settings: &self.held.settings,
            tenancy: self.signing_in.tenancy(),
            file: self.rooms.keys.paths.settings().display().to_string(),
        };
        let shown = Shown {
            view: self.core.view(now),
            page: if self.pages.is_rules() {
                Page::Rules(Box::new(self.rules_page()))
            } else if self.pages.is_agents() {
                Page::Agents(self.agents_page())
            } else {
                self.pages.page(&sources)
            },
            language: self.held.settings.language().to_owned(),
        };
        self.rooms.shown.send_if_modified(|before| {
            let changed = *before != shown;
            *before = shown;
            changed
        });
    }
}
