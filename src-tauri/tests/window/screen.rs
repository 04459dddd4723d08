//! A virtual screen with a window manager on it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::PATIENCE;

pub(crate) struct Screen {
    pub(crate) display: String,
    server: Child,
    manager: Child,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let mut server = started(
            Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    "1280x800x24",
                    "-nolisten",
                    "tcp",
                ])
                .stdout(Stdio::piped()),
        );
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let display = format!(":{}", number.trim());
        let manager = started(
            Command::new("openbox")
                .arg("--sm-disable")
                .env("DISPLAY", &display)
                .stdout(Stdio::null()),
        );
        Self {
            display,
            server,
            manager,
        }
    }

    /// Waits for a window of this title and names it. A search that meets a window
    /// just as it goes fails as a whole, so it is begun again.
    pub(crate) fn find(&self, title: &str) -> String {
        let name = format!("^{title}$");
        let search = ["search", "--sync", "--onlyvisible", "--name", &name];
        let found = (0..10)
            .find_map(|_| self.tried(&search))
            .expect("the window is on the screen");
        found.lines().next().unwrap().to_owned()
    }

    pub(crate) fn xdotool(&self, words: &[&str]) {
        assert!(self.tried(words).is_some(), "xdotool {words:?} failed");
    }

    /// What xdotool says, if it succeeds.
    fn tried(&self, words: &[&str]) -> Option<String> {
        let bound = PATIENCE.as_secs().to_string();
        let mut command = Command::new("timeout");
        command
            .arg(bound)
            .arg("xdotool")
            .args(words)
            .env("DISPLAY", &self.display);
        let ended = started(command.stdout(Stdio::piped()))
            .wait_with_output()
            .ok()?;
        ended
            .status
            .success()
            .then(|| String::from_utf8_lossy(&ended.stdout).into_owned())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn started(command: &mut Command) -> Child {
    let program = command.get_program().to_owned();
    command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
        panic!("{} does not start ({error}). This test needs: apt-get install xvfb openbox xdotool", program.display())
    })
}
