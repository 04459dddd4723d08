//! Stories of signing out, and of wiping the keys.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::signing_in::{close, open};
use crate::world::*;

const OUT: Deed = Deed::SignOut { all: false };
const ALL: Deed = Deed::SignOut { all: true };

fn signed_out() -> [Effect; 2] {
    [
        Effect::ForgetTokens,
        Effect::Record(Record::SignedOut {
            why: SessionEnd::Desk,
        }),
    ]
}

fn wiped() -> [Effect; 2] {
    [Effect::Record(Record::KeysForgotten), Effect::ForgetKeys]
}

fn pushed_out(push: u64, n: u64) -> Effect {
    pushed_deed(
        push,
        n,
        "Approve signing out",
        "Sign out of Duo, and deny what waits",
        "thumbturn signout on laptop",
    )
}

fn pushed_all(push: u64, n: u64) -> Effect {
    pushed_deed(
        push,
        n,
        "Approve signing out",
        "Sign out, and wipe the connection to Duo and every key",
        "thumbturn signout on laptop",
    )
}

#[test]
fn in_the_menu_it_is_free_and_denies_all_that_waits() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    let mut expected = vec![
        unpush(1),
        denied(1, Reason::SignedOut),
        denied(2, Reason::SignedOut),
    ];
    expected.extend(signed_out());
    assert_eq!(world.click(9, Click::SignOut), expected);
    assert_eq!(world.click(9, Click::SignOut), []);
    assert_eq!(world.ask(3), [denied(3, Reason::SignedOut)]);
    let view = world.view();
    assert_eq!((view.who, view.session), (None, None));
}

#[test]
fn during_a_sign_in_it_closes_it() {
    let mut world = World::signed_out(on());
    world.click(9, sign_in());
    assert_eq!(world.click(9, Click::SignOut), [close(1)]);
    world.click(9, sign_in());
    assert_eq!(world.request(1, OUT), [close(2), done(1, OUT)]);
    assert_eq!(world.click(9, sign_in()), [open(3)]);
}

#[test]
fn from_window_and_terminal_it_needs_an_approved_push() {
    let ways: [fn(&mut World) -> Vec<Effect>; 2] = [
        |world| world.click_window(1, Click::SignOut),
        |world| world.request(1, OUT),
    ];
    for way in ways {
        let mut world = World::on();
        assert_eq!(way(&mut world), [pushed_out(1, 1)]);
        assert_eq!(
            world.phone(1, Outcome::Denied),
            [refused(1, OUT, Reason::DeniedOnPhone)]
        );
        assert_eq!(world.view().who, Some("dana".into()));

        let mut world = World::on();
        way(&mut world);
        world.ask(2);
        let mut expected = vec![approved(1, OUT), denied(2, Reason::SignedOut)];
        expected.extend(signed_out());
        assert_eq!(world.phone(1, yes()), expected);
        assert_eq!(world.view().who, None);
    }
}

#[test]
fn where_nobody_is_signed_in_there_is_nothing_to_approve() {
    for mode in [Mode::Off, on(), paused(HOUR), Mode::Locked] {
        let mut world = World::signed_out(mode);
        assert_eq!(world.request(1, OUT), [done(1, OUT)]);
        assert_eq!(world.click_window(2, Click::SignOut), []);
    }
}

#[test]
fn an_expired_session_is_signed_out_of_by_its_person_alone() {
    let expired = || {
        let mut world = World::ending(NOON.boot + MINUTE);
        world.wait(MINUTE).tick();
        world
    };
    assert_eq!(expired().click(9, Click::SignOut), signed_out());
    // Over the phone, once somebody is signed in again.
    assert_eq!(expired().request(1, OUT), []);
}

#[test]
fn while_locked_only_the_menu_signs_out_and_it_stays_locked() {
    let mut world = World::with(Mode::Locked);
    assert_eq!(world.request(1, OUT), [refused(1, OUT, Reason::Locked)]);
    assert_eq!(
        world.click_window(2, Click::SignOut),
        [nothing_changed(&Reason::Locked)]
    );
    assert_eq!(world.click(3, Click::SignOut), signed_out());
    assert_eq!(*world.core.mode(), Mode::Locked);
}

#[test]
fn every_key_is_wiped_only_while_off() {
    for mode in [on(), paused(HOUR), Mode::Locked] {
        let mut world = World::with(mode.clone());
        assert_eq!(world.request(1, ALL), [refused(1, ALL, Reason::NotOff)]);
        let mut world = World::signed_out(mode);
        assert_eq!(world.request(1, ALL), [refused(1, ALL, Reason::NotOff)]);
    }
    assert_eq!(
        Reason::NotOff.words(),
        "Turn Duo mode off first: without its keys the gate could only deny."
    );
    let mut world = World::with(Mode::Off);
    assert_eq!(world.request(1, ALL), [pushed_all(1, 1)]);
    let mut expected = vec![approved(1, ALL)];
    expected.extend(signed_out());
    expected.extend(wiped());
    assert_eq!(world.phone(1, yes()), expected);
    // Where nobody is signed in, no push could go out.
    let mut expected = wiped().to_vec();
    expected.push(done(2, ALL));
    assert_eq!(world.request(2, ALL), expected);
}

#[test]
fn a_wipe_that_waits_for_the_phone_ends_with_on() {
    let mut world = World::with(Mode::Off);
    world.request(1, ALL);
    let mut expected = changed(Mode::Off, on(), By::Desk).to_vec();
    expected.extend([unpush(1), refused(1, ALL, Reason::NotOff)]);
    assert_eq!(world.click(2, Click::TurnOn(Bound::UntilReboot)), expected);
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(world.phone(1, yes()), [Effect::Record(orphan)]);
}

#[test]
fn before_the_keychain_has_told_it_is_waited_for() {
    let mut world = World::unknown(Setup {
        mode: Mode::Off,
        ..setup()
    });
    assert_eq!(world.request(1, ALL), []);
    assert_eq!(
        world.tell(Event::Remembered {
            session: Some(session())
        }),
        [pushed_all(1, 1)]
    );
}
