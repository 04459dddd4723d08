//! The tray's menu as a value: a pure function of the view, compared before the system is touched.

use thumbturn_wire::{Bound, Mode, plain};

use crate::answer::span;
use crate::{Click, GrantView, Phase, View, Waiting, Way};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu(pub Vec<Item>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Words that cannot be clicked.
    Line(String),
    Separator,
    Toggle {
        text: String,
        on: bool,
        enabled: bool,
        choice: Choice,
    },
    Action {
        text: String,
        enabled: bool,
        choice: Choice,
    },
}

/// What choosing an item does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Click(Click),
    OpenWindow,
    Quit,
}

/// The most questions that a menu shows; the window shows all.
const MOST: usize = 5;
/// The most characters of a line.
const WIDTH: usize = 72;

pub fn menu(view: &View) -> Menu {
    let mut items = vec![Item::Line(plain(&view.headline, WIDTH * 2))];
    items.extend(who(view));
    items.extend(
        view.reach
            .iter()
            .map(|reach| Item::Line(plain(reach, WIDTH))),
    );
    items.push(toggle(view));
    items.extend(view.agents.iter().map(|agent| {
        let (name, seen) = (&agent.name, &agent.seen);
        Item::Line(format!("{name}: gate seen {seen}"))
    }));
    items.extend(waiting(&view.waiting));
    items.extend(grants(&view.grants));
    for trouble in &view.troubles {
        items.push(Item::Separator);
        items.push(Item::Line(plain(&trouble.words, WIDTH * 2)));
        items.push(Item::Line(plain(&trouble.fix, WIDTH * 2)));
    }
    let actions: Vec<_> = view
        .offers
        .iter()
        .filter_map(|click| offered(view, click))
        .collect();
    if !actions.is_empty() {
        items.push(Item::Separator);
    }
    items.extend(actions);
    items.push(Item::Separator);
    items.push(action("Open Thumbturn", Choice::OpenWindow));
    items.push(quit(view));
    Menu(items)
}

fn toggle(view: &View) -> Item {
    let on = is_on(view);
    let wanted = |click: &&Click| match click {
        Click::TurnOff => on,
        Click::TurnOn(_) => !on,
        Click::Pause(_)
        | Click::Hold(_)
        | Click::EndHold
        | Click::Lock
        | Click::SignIn { .. }
        | Click::CancelSignIn
        | Click::SignOut
        | Click::TestPush
        | Click::Deny(_)
        | Click::RingAgain(_)
        | Click::EndGrant(_)
        | Click::EndGrants
        | Click::Passcode(_)
        | Click::Set(_)
        | Click::RemakeKey => false,
    };
    let offered = view.offers.iter().find(wanted);
    let change = if on {
        Click::TurnOff
    } else {
        Click::TurnOn(Bound::UntilReboot)
    };
    Item::Toggle {
        text: "Duo mode".to_owned(),
        on,
        enabled: offered.is_some(),
        choice: Choice::Click(offered.cloned().unwrap_or(change)),
    }
}

fn who(view: &View) -> Option<Item> {
    let who = plain(view.who.as_ref()?, WIDTH);
    let line = match &view.session {
        Some(session) if session.is_over => format!("{who}'s session is over"),
        Some(session) if session.way == Way::Push => {
            format!("Pushes go to {who}, signed in by push only")
        }
        Some(_) | None => format!("Pushes go to {who}"),
    };
    Some(Item::Line(line))
}

fn is_on(view: &View) -> bool {
    matches!(view.mode, Mode::On(_))
}

fn waiting(waiting: &[Waiting]) -> Vec<Item> {
    let mut items: Vec<_> = waiting.iter().take(MOST).flat_map(one).collect();
    match waiting.len().saturating_sub(MOST) {
        0 => {}
        more => items.extend([Item::Separator, Item::Line(format!("{more} more wait"))]),
    }
    items
}

fn grants(grants: &[GrantView]) -> Vec<Item> {
    if grants.is_empty() {
        return Vec::new();
    }
    let mut items = vec![
        Item::Separator,
        Item::Line(format!("Already approved: {}", grants.len())),
    ];
    for grant in grants.iter().take(MOST) {
        let code = &grant.code.0;
        items.push(Item::Line(format!(
            "{code}  {}",
            plain(&grant.words, WIDTH)
        )));
        items.push(action(
            &format!("End {code}, {} left", grant.left),
            Choice::Click(Click::EndGrant(grant.id)),
        ));
    }
    match grants.len().saturating_sub(MOST) {
        0 => {}
        more => items.push(Item::Line(format!("{more} more grants stand"))),
    }
    items
}

fn one(waiting: &Waiting) -> Vec<Item> {
    let code = &waiting.code.0;
    let mut items = vec![
        Item::Separator,
        Item::Line(format!("{code}  {}", plain(&waiting.title, WIDTH))),
        Item::Line(phase(waiting)),
    ];
    if let Phase::Ringing {
        verification_code: Some(digits),
        ..
    } = &waiting.phase
    {
        let digits = plain(digits, 12);
        items.push(Item::Line(format!(
            "Enter {digits} on the phone for {code}"
        )));
    }
    if waiting.can_ring {
        items.push(action(
            &format!("Ring again for {code}"),
            Choice::Click(Click::RingAgain(waiting.id)),
        ));
    }
    items.push(action(
        &format!("Deny {code}"),
        Choice::Click(Click::Deny(waiting.id)),
    ));
    items
}

fn phase(waiting: &Waiting) -> String {
    let agent = &waiting.agent;
    match &waiting.phase {
        Phase::Ringing {
            device: Some(device),
            ..
        } => format!("{agent}: rings {}", plain(device, 40)),
        Phase::Ringing { device: None, .. } => format!("{agent}: on its way to the phone"),
        Phase::InBrowser { .. } => format!("{agent}: approve it in your browser"),
        Phase::InLine { ahead: 0 } => format!("{agent}: next in line"),
        Phase::InLine { ahead } => format!("{agent}: in line behind {ahead}"),
        Phase::Unanswered { again: Some(_) } => format!("{agent}: unanswered, rings once more"),
        Phase::Unanswered { again: None } => format!("{agent}: unanswered"),
    }
}

fn offered(view: &View, click: &Click) -> Option<Item> {
    let text = match click {
        Click::Pause(length) => format!("Pause for {}", span(*length)),
        Click::Hold(length) => format!("Hold asks for {}", span(*length)),
        Click::EndHold => "Let held asks ring again".to_owned(),
        // Beside the toggle, which then offers to turn it on again.
        Click::TurnOff if !is_on(view) => "Turn off, and stay off".to_owned(),
        Click::Lock => "Lock now".to_owned(),
        Click::EndGrants => "End every grant".to_owned(),
        Click::SignIn { .. } => "Sign in".to_owned(),
        Click::CancelSignIn => "Cancel the sign-in".to_owned(),
        Click::SignOut => "Sign out".to_owned(),
        Click::RemakeKey => "Make a new gate key".to_owned(),
        Click::TurnOn(_)
        | Click::TurnOff
        | Click::TestPush
        | Click::Deny(_)
        | Click::RingAgain(_)
        | Click::EndGrant(_)
        | Click::Passcode(_)
        | Click::Set(_) => return None,
    };
    Some(action(&text, Choice::Click(click.clone())))
}

fn quit(view: &View) -> Item {
    let text = match view.mode {
        Mode::Off => "Quit",
        Mode::On(_) | Mode::Paused { .. } => "Quit (turn Duo mode off first)",
        Mode::Locked => "Quit (sign in first)",
    };
    Item::Action {
        text: text.to_owned(),
        enabled: view.mode == Mode::Off,
        choice: Choice::Quit,
    }
}

fn action(text: &str, choice: Choice) -> Item {
    Item::Action {
        text: text.to_owned(),
        enabled: true,
        choice,
    }
}
