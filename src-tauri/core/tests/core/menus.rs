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

fn click(text: &str, click: Click) -> Item {
    action(text, Choice::Click(click))
}

/// What the menu offers beside the toggle while it is on.
fn on_actions() -> Vec<Item> {
    vec![
        click("Pause for 15 minutes", Click::Pause(15 * MINUTE)),
        click("Pause for 1 h", Click::Pause(HOUR)),
        click("Hold asks for 30 minutes", Click::Hold(30 * MINUTE)),
        click("Hold asks for 1 h", Click::Hold(HOUR)),
        click("Lock now", Click::Lock),
    ]
}

fn last(text: &str, enabled: bool) -> Vec<Item> {
    vec![
        Item::Separator,
        action("Open Thumbturn", Choice::OpenWindow),
        quit(text, enabled),
    ]
}

/// The whole menu: its head, what it offers, and its end.
fn whole(head: Vec<Item>, actions: Vec<Item>, quit: (&str, bool)) -> Vec<Item> {
    let rule = vec![Item::Separator];
    [head, rule, actions, last(quit.0, quit.1)].concat()
}

fn items(world: &World) -> Vec<Item> {
    world.core.glance(world.now).menu.0
}

const TURN_OFF_FIRST: (&str, bool) = ("Quit (turn Duo mode off first)", false);

#[test]
fn the_menu_of_a_gate_that_is_on() {
    let head = vec![
        line("On. Every risky call needs your thumb."),
        line("Pushes go to dana"),
        line("Until reboot"),
        toggle(true, true, Click::TurnOff),
    ];
    let mut actions = on_actions();
    actions.push(click("Sign out", Click::SignOut));
    assert_eq!(items(&World::on()), whole(head, actions, TURN_OFF_FIRST));
}

#[test]
fn the_menu_of_a_pause_leads_back_and_out() {
    let bound = Bound::Project("/home/dana/shop".into());
    let world = World::with(Mode::Paused {
        until: NOON.boot + 12 * MINUTE,
        bound: bound.clone(),
    });
    let head = vec![
        line("Paused. Back on in 15 minutes."),
        line("Pushes go to dana"),
        line("Then only in /home/dana/shop"),
        toggle(false, true, Click::TurnOn(bound)),
    ];
    let actions = vec![
        click("Turn off, and stay off", Click::TurnOff),
        click("Lock now", Click::Lock),
        click("Sign out", Click::SignOut),
    ];
    assert_eq!(items(&world), whole(head, actions, TURN_OFF_FIRST));
}

#[test]
fn the_menu_on_hold() {
    let mut world = World::on();
    world.click(9, Click::Hold(30 * MINUTE));
    world.ask(1);
    let head = vec![
        line("On hold. 1 ask waits."),
        line("Pushes go to dana"),
        line("On hold for 30 minutes more"),
        toggle(true, true, Click::TurnOff),
        line("Claude Code: gate seen 0 s ago"),
        Item::Separator,
        line("C1  Bash: c1"),
        line("Claude Code: next in line"),
        click("Ring again for C1", Click::RingAgain(AskId(1))),
        click("Deny C1", Click::Deny(AskId(1))),
    ];
    let actions = vec![
        click("Pause for 15 minutes", Click::Pause(15 * MINUTE)),
        click("Pause for 1 h", Click::Pause(HOUR)),
        click("Let held asks ring again", Click::EndHold),
        click("Lock now", Click::Lock),
        click("Sign out", Click::SignOut),
    ];
    assert_eq!(items(&world), whole(head, actions, TURN_OFF_FIRST));
}

#[test]
fn the_menu_of_a_session_that_ends_soon() {
    let mut world = World::ending(NOON.boot + 20 * MINUTE);
    world.tick();
    let head = vec![
        line("On. Every risky call needs your thumb."),
        line("Pushes go to dana"),
        line("Until reboot"),
        toggle(true, true, Click::TurnOff),
    ];
    let mut actions = on_actions();
    actions.extend([
        click("Sign in", sign_in()),
        click("Sign out", Click::SignOut),
    ]);
    assert_eq!(items(&world), whole(head, actions, TURN_OFF_FIRST));
}

#[test]
fn the_menu_of_a_session_that_is_over() {
    let mut world = World::ending(NOON.boot + MINUTE);
    world.wait(MINUTE).tick();
    let head = vec![
        line("Sign in, so that your phone can ring."),
        line("dana's session is over"),
        line("Until reboot"),
        toggle(true, true, Click::TurnOff),
    ];
    let with = |last| [on_actions(), vec![last]].concat();
    let needed = with(click("Sign in", sign_in()));
    assert_eq!(items(&world), whole(head.clone(), needed, TURN_OFF_FIRST));
    world.click(9, sign_in());
    let mut head = head;
    head[0] = line("Signing in. Check your phone.");
    let under_way = with(click("Cancel the sign-in", Click::CancelSignIn));
    assert_eq!(items(&world), whole(head, under_way, TURN_OFF_FIRST));
}

#[test]
fn the_menu_before_the_keychain_has_told() {
    let world = World::unknown(Setup {
        mode: Mode::Off,
        ..setup()
    });
    let head = vec![
        line("Waiting for the keychain."),
        toggle(false, false, Click::TurnOn(Bound::UntilReboot)),
    ];
    let actions = vec![click("Lock now", Click::Lock)];
    assert_eq!(items(&world), whole(head, actions, ("Quit", true)));
}

#[test]
fn the_menu_while_nothing_is_set_up() {
    let mut world = World::signed_out(Mode::Off);
    world.trouble(Trouble::NotConnected, true);
    assert_eq!(
        items(&world),
        [
            line("Not set up. Connect Thumbturn to Duo first."),
            toggle(false, false, Click::TurnOn(Bound::UntilReboot)),
            Item::Separator,
            line("Thumbturn is not connected to Duo."),
            line("Open Thumbturn and go through Setup, or run `thumbturn-tray connect`."),
            Item::Separator,
            action("Open Thumbturn", Choice::OpenWindow),
            quit("Quit", true),
        ]
    );
}

#[test]
fn the_weaker_way_is_marked() {
    let session = Session {
        way: Way::Push,
        ..session()
    };
    let world = World::remembering(setup(), Some(session));
    assert_eq!(
        items(&world)[1],
        line("Pushes go to dana, signed in by push only")
    );
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
                line("Claude Code: gate seen 0 s ago"),
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
                click("Pause for 15 minutes", Click::Pause(15 * MINUTE)),
                click("Pause for 1 h", Click::Pause(HOUR)),
                click("Hold asks for 30 minutes", Click::Hold(30 * MINUTE)),
                click("Hold asks for 1 h", Click::Hold(HOUR)),
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
    let head = vec![
        line("On, but every ask is denied. The gate's key is gone from the keychain."),
        line("Pushes go to dana"),
        line("Until reboot"),
        toggle(true, true, Click::TurnOff),
        Item::Separator,
        line("The gate's key is gone from the keychain."),
        line("Choose \"Make a new gate key\" in the tray menu, or run `thumbturn-tray rekey`."),
    ];
    let mut actions = on_actions();
    actions.extend([
        click("Sign out", Click::SignOut),
        click("Make a new gate key", Click::RemakeKey),
    ]);
    assert_eq!(items(&world), whole(head, actions, TURN_OFF_FIRST));
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
            action("Sign in", Choice::Click(sign_in())),
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
