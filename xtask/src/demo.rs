//! `cargo xtask demo`: an agent asks, a phone rings, a thumb answers, before the person's eyes.

mod turn;

use crate::process;
use crate::session::Session;
use crate::signin::{self, Walker};
use crate::stage::{self, Setup, Stage, USER};
use crate::stop::{Done, Stop};
use crate::tenant::Tenant;
use crate::terminal::{self, Tone, below, heading, line, seconds};
use crate::tools::{self, For};
use crate::{asks, hook, panel, places};
use turn::{Tally, Turn};

const BY_ITSELF: &str = "the demo taps by itself and denies the last push";
const BY_HAND: &str = "open this page and answer there; a push rings for 60 s, an ask waits 10 min";

/// # Errors
/// Where anything does not come up, and with `auto` where any answer is not the one expected.
pub(crate) fn task(auto: bool) -> Done {
    heading("Thumbturn: an agent asks, a phone rings, a thumb answers");
    tools::install(For::Demo)?;
    build()?;
    let mut session = Session::open()?;
    let played = play(&mut session, auto);
    if let Err(stop) = &played
        && stop.status != Stop::interrupted().status
    {
        session.keep_home();
        let kept = format!("kept for a look: {}", session.home().display());
        line(Tone::Quiet, "home", &kept);
    }
    played
}

fn build() -> Done {
    let mut cargo = places::cargo();
    cargo.args([
        "build",
        "-p",
        "thumbturn-gate",
        "-p",
        "thumbturn-cli",
        "-p",
        "duo-tenant",
        "--bins",
    ]);
    let ran = process::run("build", &mut cargo, &places::log("build"))?;
    line(
        Tone::Plain,
        "built",
        &format!(
            "gate, command line and a Duo tenant in a box ({})",
            seconds(ran.time)
        ),
    );
    let built = hook::build()?;
    line(
        Tone::Plain,
        "built",
        &format!("the hook, needing no loader ({})", seconds(built.time)),
    );
    Ok(())
}

fn play(session: &mut Session, auto: bool) -> Done {
    line(
        Tone::Plain,
        "session",
        "a home, a D-Bus session and a keychain of its own; yours are not touched",
    );
    let mut tenant = Tenant::start(session, None)?;
    line(
        Tone::Plain,
        "tenant",
        &format!("{} with the user {USER}", tenant.connection.host),
    );
    let words = stage::connect(session, "debug", &tenant.connection)?;
    line(Tone::Plain, "connect", &words);
    let display = std::env::var("DISPLAY")
        .ok()
        .filter(|display| !display.is_empty());
    let _panel = tray_host(session, display.as_deref())?;
    let setup = Setup {
        gate_profile: "debug",
        display: display.as_deref(),
        browser: !auto,
    };
    let mut stage = Stage::raise(session, &setup)?;
    line(
        Tone::Plain,
        "gate",
        &format!("thumbturn-tray runs (process {})", stage.gate.id()),
    );
    let walker = if auto {
        Walker::Ourselves
    } else {
        Walker::Person
    };
    let words = signin::sign_in(&mut stage, &mut tenant, walker)?;
    line(Tone::Good, "signed in", &words);
    let words = stage.thumbturn(&["on"])?;
    line(Tone::Good, "on", words.lines().next().unwrap_or_default());
    terminal::text("");
    line(Tone::Plain, "phone", &tenant.phone);
    if auto {
        below(Tone::Quiet, BY_ITSELF);
    } else {
        below(Tone::Waiting, BY_HAND);
    }
    let mut tally = Tally::default();
    for (number, ask) in asks::all().iter().enumerate() {
        let mut turn = Turn {
            stage: &mut stage,
            tenant: &mut tenant,
            auto,
        };
        tally.count(turn.take(number + 1, ask)?);
    }
    heading("thumbturn log");
    terminal::text(stage.thumbturn(&["log"])?.trim_end());
    terminal::text("");
    line(Tone::Good, "done", &tally.words());
    Ok(())
}

/// A panel of our own: the private session is not the one that the person's panel sits on.
fn tray_host(session: &Session, display: Option<&str>) -> Done<Option<process::Running>> {
    let Some(display) = display else {
        line(
            Tone::Quiet,
            "tray",
            "no display here; the gate runs without its tray",
        );
        return Ok(None);
    };
    if !tools::which("xfce4-panel") || !tools::which("busctl") {
        line(
            Tone::Quiet,
            "tray",
            "not shown: it needs xfce4-panel, as the private session has no panel",
        );
        return Ok(None);
    }
    let panel = panel::start(session, display)?;
    line(Tone::Plain, "tray", "top left, on a small panel of its own");
    Ok(Some(panel))
}
