//! Stories of a passcode for an ask that waits: another way than the phone, and no easier one.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

fn typed(world: &mut World, ask: u64) -> Vec<Effect> {
    world.click_window(9, Click::Passcode(AskId(ask)))
}

/// The passcode's trip to Duo for ask `n`, with the same card as its ring.
fn tried(push: u64, n: u64) -> Effect {
    let Effect::Push { ids, card, .. } = pushed(push, n) else {
        panic!("a push is none");
    };
    Effect::Push {
        push: PushId(push),
        ids,
        factor: Factor::Passcode,
        card,
    }
}

fn by_passcode() -> Approval {
    Approval {
        factor: Factor::Passcode,
        ..approval()
    }
}

fn taken() -> Outcome {
    Outcome::Approved(by_passcode())
}

fn allowed_by_passcode(n: u64) -> Effect {
    answered(n, Verdict::Allow, Reason::Approved(by_passcode()))
}

fn shown(world: &World) -> PasscodeView {
    world.view().waiting[0].passcode
}

#[test]
fn the_ring_goes_on_and_the_first_yes_wins() {
    let mut world = World::on();
    world.ask(1);
    assert_eq!(shown(&world), PasscodeView::None);
    assert_eq!(typed(&mut world, 1), [tried(2, 1)]);
    assert_eq!(shown(&world), PasscodeView::Checking);
    assert!(matches!(
        world.view().waiting[0].phase,
        Phase::Ringing { .. }
    ));
    assert_eq!(world.phone(2, taken()), [unpush(1), allowed_by_passcode(1)]);
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(world.phone(1, yes()), [Effect::Record(orphan)]);

    let mut world = World::on();
    world.ask(1);
    typed(&mut world, 1);
    assert_eq!(world.phone(1, yes()), [unpush(2), allowed(1)]);
    let orphan = Record::OrphanApproval {
        push: PushId(2),
        approval: by_passcode(),
    };
    assert_eq!(world.phone(2, taken()), [Effect::Record(orphan)]);
}

#[test]
fn a_no_on_the_phone_ends_both() {
    let mut world = World::on();
    world.ask(1);
    typed(&mut world, 1);
    assert_eq!(
        world.phone(1, Outcome::Denied),
        [unpush(2), denied(1, Reason::DeniedOnPhone)]
    );
    let mut world = World::on();
    world.ask(1);
    typed(&mut world, 1);
    assert_eq!(
        world.click(9, Click::Deny(AskId(1))),
        [unpush(2), unpush(1), denied(1, Reason::DeniedAtDesk)]
    );
}

#[test]
fn a_wrong_one_leaves_the_ask_in_line_and_three_are_enough() {
    let mut world = World::on();
    world.ask(1);
    for push in 2..=4 {
        assert_eq!(typed(&mut world, 1), [tried(push, 1)]);
        // One at a time.
        assert_eq!(typed(&mut world, 1), []);
        assert_eq!(world.phone(push, Outcome::WrongPasscode), []);
        assert_eq!(shown(&world), PasscodeView::Wrong);
    }
    assert_eq!(typed(&mut world, 1), []);
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
    // Another ask has its own.
    world.ask(2);
    assert_eq!(typed(&mut world, 2), [tried(6, 2)]);
}

#[test]
fn a_wrong_one_is_forgotten_while_the_next_is_checked() {
    let mut world = World::on();
    world.ask(1);
    typed(&mut world, 1);
    world.phone(2, Outcome::Denied);
    assert_eq!(shown(&world), PasscodeView::Wrong);
    typed(&mut world, 1);
    assert_eq!(shown(&world), PasscodeView::Checking);
    world.phone(3, Outcome::Unanswered);
    assert_eq!(shown(&world), PasscodeView::None);
    typed(&mut world, 1);
    assert_eq!(world.phone(4, taken()), [unpush(1), allowed_by_passcode(1)]);
}

#[test]
fn what_duo_does_not_say_of_it_is_neither_right_nor_wrong() {
    let mut world = World::on();
    world.ask(1);
    typed(&mut world, 1);
    assert_eq!(world.phone(2, Outcome::Unanswered), []);
    assert_eq!(shown(&world), PasscodeView::None);
    typed(&mut world, 1);
    let words = "no route".to_owned();
    assert_eq!(
        world.phone(3, Outcome::Unreachable { words }),
        [
            Effect::Record(Record::TroubleBegan(Trouble::DuoUnreachable)),
            told(
                "Duo cannot be reached",
                "Asks wait in line and ring as soon as it answers. Pause Duo mode, or wait."
            ),
        ]
    );
    assert_eq!(shown(&world), PasscodeView::None);
    assert_eq!(world.phone(1, yes())[1..], [allowed(1)]);
}

#[test]
fn what_duo_refuses_is_a_no() {
    for (outcome, reason) in [
        (Outcome::LockedOut, Reason::LockedOut),
        (Outcome::Bypassed, Reason::Bypassed),
    ] {
        let mut world = World::on();
        world.ask(1);
        typed(&mut world, 1);
        assert_eq!(
            world.phone(2, outcome),
            [
                told("Denied without a ring", &reason.words()),
                unpush(1),
                denied(1, reason)
            ]
        );
    }
}

#[test]
fn it_works_behind_a_busy_phone_and_on_hold() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    assert_eq!(typed(&mut world, 2), [tried(2, 2)]);
    assert_eq!(world.phone(2, taken()), [allowed_by_passcode(2)]);
    let mut world = World::on();
    world.click(9, Click::Hold(HOUR));
    world.ask(1);
    assert_eq!(typed(&mut world, 1), [tried(1, 1)]);
    assert_eq!(world.phone(1, taken()), [allowed_by_passcode(1)]);
}

#[test]
fn whoever_types_one_is_there() {
    let mut world = World::on();
    for n in 1..=6 {
        world.ask(n);
    }
    for push in 1..=5 {
        world.phone(push, Outcome::Unanswered);
    }
    // The phone is free for the next in line: not for the ask that is being checked.
    assert_eq!(typed(&mut world, 6), [tried(6, 6)]);
    assert_eq!(world.phone(6, Outcome::WrongPasscode), [pushed(7, 6)]);
}

#[test]
fn an_ask_that_is_checked_does_not_begin_to_ring() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    typed(&mut world, 2);
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
    assert_eq!(world.phone(2, Outcome::WrongPasscode), [pushed(3, 2)]);
}

#[test]
fn its_answer_is_its_own() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    typed(&mut world, 1);
    typed(&mut world, 2);
    assert_eq!(world.phone(3, taken()), [allowed_by_passcode(2)]);
    assert_eq!(world.phone(2, taken()), [unpush(1), allowed_by_passcode(1)]);
    assert_eq!(world.phone(2, taken()).len(), 1);
}

#[test]
fn a_patience_that_ends_ends_it_too() {
    let mut world = World::on();
    world.click(9, Click::Hold(HOUR));
    world.ask(1);
    typed(&mut world, 1);
    assert_eq!(
        world.wait(10 * MINUTE).phone(1, taken()),
        [
            unheard(1),
            unpush(1),
            denied(1, Reason::Held),
            Effect::Record(Record::OrphanApproval {
                push: PushId(1),
                approval: by_passcode()
            })
        ]
    );
}

#[test]
fn not_for_a_deed_nor_for_nobody_nor_from_a_menu() {
    let mut world = World::on();
    assert_eq!(typed(&mut world, 1), []);
    world.request(1, Deed::TurnOff(Factor::Push));
    assert_eq!(typed(&mut world, 1), []);
    world.ask(2);
    assert_eq!(world.click(9, Click::Passcode(AskId(2))), []);
    assert_eq!(typed(&mut world, 2), [tried(2, 2)]);
    let mut world = World::ending(NOON.boot + MINUTE);
    world.wait(MINUTE).ask(1);
    assert_eq!(typed(&mut world, 1), []);
}
