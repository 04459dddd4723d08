//! The person's own browser, on the page where a sign-in begins.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use thumbturn_core::LoginError;

/// What opens a page for a person.
#[derive(Clone, Debug)]
pub struct Browser(Opener);

#[derive(Clone, Debug)]
enum Opener {
    Desktop,
    Program(PathBuf),
}

impl Browser {
    /// Whatever the desktop opens web pages with.
    pub fn of_desktop() -> Self {
        Self(Opener::Desktop)
    }

    /// A program that takes the address as its only argument.
    pub fn with(program: impl Into<PathBuf>) -> Self {
        Self(Opener::Program(program.into()))
    }

    /// Starts it, detached and without a shell. That it started does not mean that a page was shown.
    ///
    /// # Errors
    /// [`LoginError::NoBrowser`] where nothing could be started, or the address is no web page.
    pub async fn open(&self, address: &str) -> Result<(), LoginError> {
        if !is_page(address) {
            return Err(no_browser("the address is not that of a web page"));
        }
        match &self.0 {
            Opener::Desktop => open_on_desktop(address.to_owned()).await,
            Opener::Program(program) => start(program, address),
        }
    }
}

/// Anything else could be taken for an option, a file or a program.
fn is_page(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://localhost:"))
        && address.bytes().all(|byte| byte.is_ascii_graphic())
}

async fn open_on_desktop(address: String) -> Result<(), LoginError> {
    // It watches the launcher for a moment, to try the next one where the first fails.
    match tokio::task::spawn_blocking(move || open::that_detached(address)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(no_browser(
            "this desktop opens no web pages (xdg-open is missing or knows no browser)",
        )),
    }
}

fn start(program: &Path, address: &str) -> Result<(), LoginError> {
    let started = tokio::process::Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(false)
        .spawn();
    // The runtime reaps a child that nobody waits for.
    started.map(drop).map_err(|error| {
        no_browser(&format!(
            "{} could not be started: {error}",
            thumbturn_wire::plain(&program.to_string_lossy(), 200)
        ))
    })
}

fn no_browser(words: &str) -> LoginError {
    LoginError::NoBrowser {
        words: words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[tokio::test]
    async fn only_web_pages_are_opened() {
        let browser = Browser::with("/bin/true");
        for good in [
            "http://localhost:40111/abc/start",
            "https://sso.example/x?y=z",
        ] {
            assert_eq!(browser.open(good).await, Ok(()), "{good}");
        }
        for bad in [
            "",
            "--help",
            "/etc/passwd",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://evil.example/",
            "http://127.0.0.1:1/",
            "https://a.example/ --new-window",
            "https://a.example/\n",
        ] {
            assert_eq!(
                browser.open(bad).await,
                Err(no_browser("the address is not that of a web page")),
                "{bad:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_browser_that_is_not_there_is_told() {
        assert_eq!(
            Browser::with("/nonexistent/browser")
                .open("http://localhost:1/")
                .await,
            Err(no_browser(
                "/nonexistent/browser could not be started: No such file or directory (os error 2)"
            ))
        );
    }
}
