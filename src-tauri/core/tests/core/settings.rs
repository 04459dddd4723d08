//! Stories of settings, of the test push and of an ask that is denied by its reference.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

fn set(setting: Setting) -> Deed {
    Deed::Set(setting)
}

fn pushed_setting(push: u64, n: u64, what: &str) -> Effect {
    pushed_deed(
        push,
        n,
        "Approve a change of settings",
        what,
        "Thumbturn's settings on laptop",
    )
}

fn careful() -> World {
    World::of(Setup {
        off_needs_push: true,
        ..setup()
    })
}

#[test]
fn what_turns_nothing_down_is_saved_at_once() {
    for setting in [
        Setting::Device(Some("DPX".into())),
        Setting::Device(None),
        Setting::Patience(3 * MINUTE),
        Setting::SessionLifetime(24 * HOUR),
        Setting::SessionLifetime(8 * HOUR),
        Setting::RequirePushToTurnOff(true),
        Setting::RequirePushToTurnOff(false),
        Setting::Notifications(false),
        Setting::StartAtLogin(true),
        Setting::Language("de".into()),
    ] {
        let mut world = World::on();
        assert_eq!(
            world.click_window(1, Click::Set(setting.clone())),
            [Effect::Save(setting)]
        );
    }
}

#[test]
fn what_turns_something_down_needs_an_approved_push() {
    for (setting, what) in [
        (
            Setting::RequirePushToTurnOff(false),
            "No longer need a push to turn Duo mode off at the desk",
        ),
        (
            Setting::SessionLifetime(25 * HOUR),
            "Stay signed in for 25 h",
        ),
    ] {
        for mode in [on(), Mode::Off, paused(HOUR)] {
            let click = || Click::Set(setting.clone());
            let mut world = World::of(Setup {
                mode,
                off_needs_push: true,
                ..setup()
            });
            assert_eq!(world.click_window(1, click()), [pushed_setting(1, 1, what)]);
            assert_eq!(
                world.phone(1, Outcome::Denied),
                [refused(1, set(setting.clone()), Reason::DeniedOnPhone)]
            );
            world.click_window(2, click());
            assert_eq!(
                world.phone(2, yes()),
                [
                    approved(2, set(setting.clone())),
                    Effect::Save(setting.clone())
                ]
            );
        }
    }
}

#[test]
fn what_counts_is_the_setting_as_it_stands() {
    let mut world = careful();
    let lower = Click::Set(Setting::RequirePushToTurnOff(false));
    world.tell(Event::Settings {
        patience: 3 * MINUTE,
        session_lifetime: 8 * HOUR,
        off_needs_push: false,
    });
    assert_eq!(
        world.click_window(1, lower),
        [Effect::Save(Setting::RequirePushToTurnOff(false))]
    );
    assert_eq!(
        world.click_window(2, Click::Set(Setting::SessionLifetime(24 * HOUR))),
        [pushed_setting(1, 2, "Stay signed in for 24 h")]
    );
    world.phone(1, yes());
    world.ask(3);
    assert_eq!(world.view().waiting[0].ends, NOON.wall + 3 * MINUTE);
    assert_eq!(
        world.click(4, Click::TurnOff),
        changed(on(), Mode::Off, By::Desk)
    );
}

#[test]
fn nothing_is_turned_down_while_locked_or_for_nobody() {
    let lower = || Click::Set(Setting::RequirePushToTurnOff(false));
    let mut world = careful();
    world.click(1, Click::Lock);
    assert_eq!(
        world.click_window(2, lower()),
        [nothing_changed(&Reason::Locked)]
    );
    let setup = Setup {
        off_needs_push: true,
        ..setup()
    };
    let mut world = World::remembering(setup, None);
    assert_eq!(
        world.click_window(3, lower()),
        [nothing_changed(&Reason::SignedOut)]
    );
}

#[test]
fn off_and_nobody_signed_in_there_is_nothing_to_protect() {
    let lower = Setting::RequirePushToTurnOff(false);
    let setup = Setup {
        mode: Mode::Off,
        off_needs_push: true,
        ..setup()
    };
    let mut world = World::remembering(setup, None);
    assert_eq!(
        world.click_window(1, Click::Set(lower.clone())),
        [Effect::Save(lower)]
    );
}

fn pushed_test(push: u64, n: u64) -> Effect {
    pushed_deed(
        push,
        n,
        "Test push",
        "Test push from Thumbturn: nothing will be run",
        "Thumbturn on laptop",
    )
}

#[test]
fn a_test_push_rings_and_changes_nothing() {
    for mode in [Mode::Off, on(), paused(HOUR)] {
        let mut world = World::with(mode.clone());
        assert_eq!(world.click_window(1, Click::TestPush), [pushed_test(1, 1)]);
        assert_eq!(
            world.rings(1),
            [told(
                "Check your phone: 60 s",
                "Test push from Thumbturn: nothing will be run"
            )]
        );
        assert_eq!(world.phone(1, yes()), [approved(1, Deed::TestPush)]);
        assert_eq!(*world.core.mode(), mode);
    }
}

#[test]
fn a_test_push_waits_in_the_same_line() {
    let mut world = World::on();
    world.ask(1);
    assert_eq!(world.click_window(2, Click::TestPush), []);
    assert_eq!(
        world.click_window(3, Click::TestPush),
        [refused(3, Deed::TestPush, Reason::Busy)]
    );
    assert_eq!(world.phone(1, yes()), [allowed(1), pushed_test(2, 2)]);
}

#[test]
fn a_test_push_needs_somebody_signed_in_and_nothing_in_its_way() {
    let refused = |mut world: World, reason: Reason| {
        assert_eq!(
            world.click_window(1, Click::TestPush),
            [nothing_changed(&reason)]
        );
    };
    refused(World::signed_out(Mode::Off), Reason::SignedOut);
    refused(World::with(Mode::Locked), Reason::Locked);
    let mut world = World::ending(NOON.boot + MINUTE);
    world.wait(MINUTE).tick();
    refused(world, Reason::SignedOut);
    let mut world = World::with(Mode::Off);
    world.trouble(Trouble::NotConnected, true);
    refused(world, Reason::Trouble(Trouble::NotConnected));
}

#[test]
fn an_ask_is_denied_by_its_reference() {
    let deny = |n| Deed::Deny(code(n));
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    assert_eq!(
        world.request(3, deny(2)),
        [denied(2, Reason::DeniedAtDesk), done(3, deny(2))]
    );
    assert_eq!(
        world.request(4, deny(1)),
        [unpush(1), denied(1, Reason::DeniedAtDesk), done(4, deny(1))]
    );
    for gone in [1, 7] {
        assert_eq!(
            world.request(5 + gone, deny(gone)),
            [refused(5 + gone, deny(gone), Reason::NoSuchAsk)]
        );
    }
    assert_eq!(
        Reason::NoSuchAsk.words(),
        "No ask with this reference waits. `thumbturn status` lists those that do."
    );
}

#[test]
fn a_deed_is_denied_by_its_reference_too() {
    let off = Deed::TurnOff(Factor::Push);
    let mut world = World::on();
    world.request(1, off.clone());
    let deny = Deed::Deny(code(1));
    assert_eq!(
        world.request(2, deny.clone()),
        [
            unpush(1),
            refused(1, off, Reason::DeniedAtDesk),
            done(2, deny)
        ]
    );
}
