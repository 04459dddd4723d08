//! `thumbturn status`: is the gate on, whose phone rings, what waits, what is wrong.

use std::time::{SystemTime, UNIX_EPOCH};

use anstyle::Style;
use serde::Deserialize;
use serde_json::Value;
use thumbturn_core::{Phase, SessionView, SignInView, State, View, Waiting, Way};
use thumbturn_wire::{CallError, Mode, Paths, parse_strict, plain};

use crate::words::{AMBER, Failure, GREEN, PLAIN, RED, say, styled};
use crate::{call, grants};

/// The payload of the gate's status, as far as people read it.
#[derive(Deserialize)]
struct Status {
    view: View,
}

/// Characters of a waiting call's title.
const TITLE: usize = 120;

pub(crate) fn run(json: bool, paths: &Paths) -> Result<(), Failure> {
    let Some(endpoint) = call::announced(paths)? else {
        return silent(json, None);
    };
    let gate = call::gate(paths)?.ok_or(Failure::NoGateToShow)?;
    let payload = match gate.status() {
        Ok(payload) => payload,
        Err(Failure::Call(CallError::NobodyThere)) if gate.is_armed() => {
            return silent(json, Some(&endpoint.mode));
        }
        Err(Failure::Call(CallError::NobodyThere)) => return silent(json, None),
        Err(failure) => return Err(failure),
    };
    let mut value = parse_strict(&payload).map_err(|_| Failure::Answer)?;
    hide_verification_codes(&mut value);
    if json {
        return say(&value.to_string());
    }
    let status: Status = serde_json::from_value(value).map_err(|_| Failure::Answer)?;
    show(&status.view)
}

/// The code of a Verified Duo Push is for window and menu: whoever runs this may be an agent.
fn hide_verification_codes(value: &mut Value) {
    if let Some(code) = value.pointer_mut("/view/sign_in/verification_code") {
        *code = Value::Null;
    }
    let waiting = value
        .pointer_mut("/view/waiting")
        .and_then(Value::as_array_mut);
    for ringing in waiting
        .into_iter()
        .flatten()
        .filter_map(|one| one.pointer_mut("/phase/ringing"))
    {
        if let Some(code) = ringing.get_mut("verification_code") {
            *code = Value::Null;
        }
    }
}

/// Nobody answers. `armed` is the mode that hooks still hold to.
fn silent(json: bool, armed: Option<&Mode>) -> Result<(), Failure> {
    if json {
        let mode = armed.unwrap_or(&Mode::Off);
        say(&serde_json::json!({ "version": null, "mode": mode, "view": null }).to_string())?;
    } else if armed.is_some() {
        styled(RED, "On, but no gate is running.", " Every ask is denied.")?;
    } else {
        say("Off. No gate is running.")?;
    }
    Err(Failure::NoGateToShow)
}

fn show(view: &View) -> Result<(), Failure> {
    let (mark, style) = mark(view.state);
    styled(style, &format!("{mark} {}", plain(&view.headline, 200)), "")?;
    let now = wall_now();
    for (name, value) in [
        ("Reach", view.reach.clone()),
        ("Held", view.held_until.map(|until| left(until, now))),
        ("Phone of", view.who.clone()),
        (
            "Session",
            view.session.as_ref().map(|session| of(session, now)),
        ),
        (
            "Sign-in",
            view.sign_in.as_ref().map(|trip| under_way(trip, now)),
        ),
    ] {
        if let Some(value) = value {
            say(&line(name, &value))?;
        }
    }
    for (n, waiting) in view.waiting.iter().enumerate() {
        say(&line(
            if n == 0 { "Waiting" } else { "" },
            &one(waiting, now),
        ))?;
    }
    for (n, grant) in view.grants.iter().enumerate() {
        let name = if n == 0 { "Grants" } else { "" };
        say(&line(name, &grants::one(grant, now)))?;
    }
    for trouble in &view.troubles {
        styled(AMBER, &line("Trouble", &trouble.words), "")?;
        say(&line("", &format!("hint: {}", plain(&trouble.fix, 300))))?;
    }
    Ok(())
}

fn of(session: &SessionView, now: u64) -> String {
    let way = match session.way {
        Way::UniversalPrompt => "with Universal Prompt",
        Way::SingleSignOn => "with Duo Single Sign-On",
        Way::Push => "with one push, the weaker way",
    };
    if session.is_over {
        return format!("{} is over; run `thumbturn signin`", session.user);
    }
    format!("{}, {way}, {}", session.user, left(session.ends, now))
}

fn under_way(trip: &SignInView, now: u64) -> String {
    let left = left(trip.ends, now);
    match &trip.address {
        Some(address) => format!("go on at {address}, {left}"),
        None => format!("check your phone, {left}"),
    }
}

/// "for 23 h 59 min more"
pub(crate) fn left(until: u64, now: u64) -> String {
    let minutes = until.saturating_sub(now).div_ceil(60_000);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("for {minutes} min more"),
        (hours, 0) => format!("for {hours} h more"),
        (hours, minutes) => format!("for {hours} h {minutes} min more"),
    }
}

fn line(name: &str, value: &str) -> String {
    format!("  {name:<9} {}", plain(value, 400))
}

/// The state by shape; the colour only confirms it.
fn mark(state: State) -> (char, Style) {
    match state {
        State::NotSetUp => ('◌', PLAIN),
        State::Off => ('○', PLAIN),
        State::On => ('●', GREEN),
        State::Waiting => ('◉', AMBER),
        State::SignInNeeded => ('◐', AMBER),
        State::Locked => ('■', RED),
        State::Trouble => ('▲', RED),
    }
}

fn one(waiting: &Waiting, now: u64) -> String {
    let left = |ends: u64| ends.saturating_sub(now).div_ceil(1000);
    let phase = match &waiting.phase {
        Phase::Ringing { ends, device, .. } => {
            let device = device.as_deref().unwrap_or("the phone");
            format!("rings {device}, {} s left", left(*ends))
        }
        Phase::InBrowser { ends, .. } => {
            format!("approve it in the browser, {} s left", left(*ends))
        }
        Phase::InLine { ahead } => format!("in line behind {ahead}"),
        Phase::Unanswered { again: Some(again) } => {
            format!("unanswered, rings again in {} s", left(*again))
        }
        Phase::Unanswered { again: None } => "unanswered".to_owned(),
    };
    let Waiting {
        code, agent, title, ..
    } = waiting;
    format!("{}  {agent}  {}  {phase}", code.0, plain(title, TITLE))
}

pub(crate) fn wall_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis().try_into().unwrap_or(u64::MAX))
}
