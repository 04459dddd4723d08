//! `thumbturn doctor --duo`: what a person's own tenant does where no public source tells.

use std::io::{BufRead as _, Write as _};

use anyhow::bail;
use thumbturn_wire::Paths;

use crate::browser::Browser;
use crate::devices::{Reached, reached};
use crate::duo::{NOT_TRIED, Person, Seen, Trial, UserStanding};
use crate::provider::Provider;

/// # Errors
/// Where nothing is set up, nobody agreed, or no phone can ring.
pub async fn run(paths: &Paths) -> anyhow::Result<()> {
    let Reached {
        settings,
        duo,
        provider,
        user,
    } = reached(paths).await?;
    let devices = match duo.standing(&user).await? {
        UserStanding::Asked { devices, .. } => devices,
        UserStanding::Bypassed | UserStanding::Denied { .. } | UserStanding::NotEnrolled { .. } => {
            Vec::new()
        }
    };
    let wanted = settings.device.as_deref();
    let device = devices
        .iter()
        .find(|device| wanted.is_none_or(|wanted| device.device == wanted));
    let Some(device) = device else {
        bail!("Duo would ring no phone of {user} now; `thumbturn doctor` tells why");
    };
    let prompt = match &provider {
        Provider::UniversalPrompt(prompt) => Some(&**prompt),
        Provider::SingleSignOn(_) | Provider::Push => None,
    };
    let host = duo.connection().host();
    let mut terminal = Terminal;
    terminal.told(&format!(
        "This asks {host} some 60 questions as {user}, then rings {} up to seven times{}.\n\
         It takes five minutes and changes nothing. Duo's log shows every push, and four of them are not \
         approved, which your policy may count towards a lockout until the next one is.",
        device.title(),
        match prompt {
            Some(_) => ", and opens your browser once",
            None => "",
        }
    ));
    if !terminal.asked("Go on? [y/N]").eq_ignore_ascii_case("y") {
        bail!("nothing was asked");
    }
    let trial = Trial {
        duo: &duo,
        prompt,
        user: &user,
        device,
    };
    trial.quiet(&mut terminal).await;
    trial.rings(&mut terminal).await;
    if let Some(prompt) = prompt {
        terminal.told("Sign in once more in your browser; nothing of it is kept.");
        let opened = |address: String| Terminal.told(&address);
        let browser = Browser::of_desktop();
        match prompt.tried_in_browser(&user, &browser, opened).await {
            Ok(seen) => seen.into_iter().for_each(|seen| terminal.shows(seen)),
            Err(error) => terminal.told(&format!("No sign-in was seen: {}", error.words())),
        }
    }
    terminal.told("Not tried:");
    for (about, why) in NOT_TRIED {
        terminal.told(&format!("  {about}: {why}."));
    }
    Ok(())
}

/// A person before this program, or a line of theirs each on stdin.
struct Terminal;

impl Person for Terminal {
    fn shows(&mut self, seen: Seen) {
        self.told(&format!("● {}\n    {}", seen.about, seen.found));
    }

    fn told(&mut self, words: &str) {
        // With nobody to tell, what was begun still ends.
        let _ = writeln!(std::io::stdout(), "{words}");
    }

    fn asked(&mut self, question: &str) -> String {
        let mut out = std::io::stdout();
        let _ = write!(out, "{question} ").and_then(|()| out.flush());
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) | Err(_) => "not answered".to_owned(),
            Ok(_) => line.trim().to_owned(),
        }
    }
}
