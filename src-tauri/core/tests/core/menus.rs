//! The tray's menu in each state, whole.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::views::{calm, one, ringing};
use crate::world::*;

fn line(text: &str) -> Item {
    Item::Line(text.into())
}

fn action(text: &str, choice: Choice) -> Item {
    Item::Action {
        text: text.into(),
        enabled: true,
        choice,
    }
}

fn toggle(on: bool, enabled: bool, click: Click) -> Item {
    Item::Toggle {
        text: "Duo mode".into(),
        on,
        enabled,
        choice: Choice::Click(click),
    }
}

fn quit(text: &str, enabled: bool) -> Item {
    Item::Action {
        text: text.into(),
        enabled,
        choice: Choice::Quit,
    }
}

#[test]
fn the_tray_of_a_gate_that_is_off() {
    let world = World::with(Mode::Off);
    assert_eq!(
        world.core.glance(world.now),
        Glance {
            state: State::Off,
            waiting: 0,
            title: "Thumbturn".into(),
            tooltip: "Off. Your agent asks in its own terminal.".into(),
            menu: Menu(vec![
                line("Off. Your agent asks in its own terminal."),
                line("Pushes go to dana"),
                toggle(false, true, Click::TurnOn(Bound::UntilReboot)),
                Item::Separator,
                action("Lock now", Choice::Click(Click::Lock)),
                action("Sign out", Choice::Click(Click::SignOut)),
                Item::Separator,
                action("Open Thumbturn", Choice::OpenWindow),
                quit("Quit", true),
            ]),
        }
    );
}

#[test]
fn the_tray_while_something_waits() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    world.tell(Event::Rings {
        push: PushId(1),
        device: "iPhone".into(),
        verification_code: Some("123456".into()),
    });
    assert_eq!(
        world.core.glance(world.now),
        Glance {
            state: State::Waiting,
            waiting: 2,
            title: "Thumbturn: 2 waiting".into(),
            tooltip: "Check your phone. 2 asks wait. Bash: c1".into(),
            menu: Menu(vec![
                line("Check your phone. 2 asks wait."),
                line("Pushes go to dana"),
                line("Until reboot"),
                toggle(true, true, Click::TurnOff),
                Item::Separator,
                line("C1  Bash: c1"),
                line("Claude Code: rings iPhone"),
                line("Enter 123456 on the phone for C1"),
                action("Deny C1", Choice::Click(Click::Deny(AskId(1)))),
                Item::Separator,
                line("C2  Bash: c2"),
                line("Claude Code: in line behind 1"),
                action("Deny C2", Choice::Click(Click::Deny(AskId(2)))),
                Item::Separator,
                action("Lock now", Choice::Click(Click::Lock)),
                action("Sign out", Choice::Click(Click::SignOut)),
                Item::Separator,
                action("Open Thumbturn", Choice::OpenWindow),
                quit("Quit (turn Duo mode off first)", false),
            ]),
        }
    );
}

#[test]
fn the_menu_of_a_quiet_line_shows_five() {
    let mut world = World::on();
    for n in 1..=7 {
        world.ask(n);
    }
    for push in 1..=5 {
        world.phone(push, Outcome::Unanswered);
    }
    let Menu(items) = world.core.glance(world.now).menu;
    assert!(items.contains(&line("2 more wait")), "{items:?}");
    assert!(items.contains(&line("Claude Code: unanswered")));
    assert!(items.contains(&action(
        "Ring again for C5",
        Choice::Click(Click::RingAgain(AskId(5)))
    )));
    assert!(!items.contains(&line("C6  Bash: c6")));
}

#[test]
fn the_menu_in_trouble() {
    let mut world = World::on();
    world.trouble(Trouble::SigningKeyMissing, true);
    let Menu(items) = world.core.glance(world.now).menu;
    assert_eq!(
        items,
        [
            line("On, but every ask is denied. The gate's key is gone from the keychain."),
            line("Pushes go to dana"),
            line("Until reboot"),
            toggle(true, true, Click::TurnOff),
            Item::Separator,
            line("The gate's key is gone from the keychain."),
            line("Choose \"Make a new gate key\" in the tray menu, or run `thumbturn-tray rekey`."),
            Item::Separator,
            action("Lock now", Choice::Click(Click::Lock)),
            action("Sign out", Choice::Click(Click::SignOut)),
            action("Make a new gate key", Choice::Click(Click::RemakeKey)),
            Item::Separator,
            action("Open Thumbturn", Choice::OpenWindow),
            quit("Quit (turn Duo mode off first)", false),
        ]
    );
}

#[test]
fn the_menu_while_locked() {
    let world = World::with(Mode::Locked);
    let Menu(items) = world.core.glance(world.now).menu;
    assert_eq!(
        items,
        [
            line("Locked. Every call is denied until you sign in again."),
            line("Pushes go to dana"),
            toggle(false, false, Click::TurnOn(Bound::UntilReboot)),
            Item::Separator,
            action("Sign in", Choice::Click(Click::SignIn)),
            Item::Separator,
            action("Open Thumbturn", Choice::OpenWindow),
            quit("Quit (sign in first)", false),
        ]
    );
}

#[test]
fn every_phase_has_its_line() {
    let phase = |phase| {
        let view = View {
            waiting: vec![one(1, phase)],
            ..calm()
        };
        let Menu(items) = menu::menu(&view);
        let Some(Item::Line(text)) = items.get(6) else {
            return String::new();
        };
        text.clone()
    };
    for (shown, text) in [
        (ringing(0), "Claude Code: on its way to the phone"),
        (Phase::InLine { ahead: 0 }, "Claude Code: next in line"),
        (
            Phase::Unanswered { again: Some(1) },
            "Claude Code: unanswered, rings once more",
        ),
        (Phase::Unanswered { again: None }, "Claude Code: unanswered"),
    ] {
        assert_eq!(phase(shown), text);
    }
}
