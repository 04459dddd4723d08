//! A desktop's default browser that writes down what it is asked to open. What asks it is the real `xdg-open`.

use std::path::{Path, PathBuf};

use crate::proc::until;

#[derive(Clone, Debug)]
pub(crate) struct Opener {
    program: PathBuf,
    record: PathBuf,
}

impl Opener {
    /// # Errors
    /// Where it cannot be written into that home.
    pub(crate) fn install(home: &Path) -> anyhow::Result<Self> {
        let program = home.join("story-browser");
        let record = home.join("opened");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n",
            record.display()
        );
        std::fs::write(&program, script)?;
        std::fs::set_permissions(
            &program,
            std::os::unix::fs::PermissionsExt::from_mode(0o755),
        )?;
        // A desktop with a screen asks for the default application first, and for $BROWSER only then.
        let applications = home.join(".local/share/applications");
        std::fs::create_dir_all(&applications)?;
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Story browser\nExec={} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;\n",
            program.display()
        );
        std::fs::write(applications.join("story-browser.desktop"), entry)?;
        std::fs::create_dir_all(home.join(".config"))?;
        let defaults = "[Default Applications]\nx-scheme-handler/http=story-browser.desktop\nx-scheme-handler/https=story-browser.desktop\n";
        std::fs::write(home.join(".config/mimeapps.list"), defaults)?;
        Ok(Self { program, record })
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Every address so far.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.record).unwrap_or_default();
        // The last line may be half written.
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(str::to_owned).collect()
    }

    /// The address after the first `seen`, once it is there.
    pub(crate) async fn next(&self, seen: usize) -> anyhow::Result<String> {
        until("an address for the browser", async || {
            self.addresses().into_iter().nth(seen)
        })
        .await
    }
}
