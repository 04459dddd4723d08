//! Stories of *Hold*: asks wait in silence, for a meeting.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

const HALF: Click = Click::Hold(30 * MINUTE);

fn held() -> World {
    let mut world = World::on();
    assert_eq!(world.click(9, HALF), []);
    world
}

#[test]
fn asks_wait_in_silence_and_are_told_so() {
    let mut world = held();
    assert_eq!(world.view().held_until, Some(NOON.wall + 30 * MINUTE));
    assert_eq!(world.ask(1), []);
    assert_eq!(world.ask(2), []);
    assert_eq!(world.wait(10 * MINUTE - 1).tick(), []);
    assert_eq!(
        world.wait(1).tick(),
        [unheard(2), denied(1, Reason::Held), denied(2, Reason::Held)]
    );
    assert_eq!(
        Reason::Held.words(),
        "The person holds all asks for now, and none rings. Nothing was run. Ask again later."
    );
}

#[test]
fn what_needs_no_phone_is_answered_as_ever() {
    let mut world = held();
    let read = tool("Read", "{}");
    let rule = Reason::Rule(RuleId("agent.read".into()));
    assert_eq!(
        world.tell(asked(1, read.clone())),
        [settled(
            1,
            Subject::Ask(Box::new(read)),
            Verdict::NoWord,
            rule
        )]
    );
}

#[test]
fn it_ends_by_itself() {
    let mut world = held();
    world.wait(25 * MINUTE).ask(1);
    world.ask(2);
    assert_eq!(world.wait(5 * MINUTE - 1).tick(), []);
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 30 * MINUTE));
    assert_eq!(world.wait(1).tick(), [pushed(1, 1)]);
    assert_eq!(world.view().held_until, None);
    assert_eq!(world.phone(1, yes()), [allowed(1), pushed(2, 2)]);
}

#[test]
fn it_ends_at_once_on_a_click_or_a_request() {
    let mut world = held();
    world.ask(1);
    assert_eq!(world.click(9, Click::EndHold), [pushed(1, 1)]);
    assert_eq!(world.click(9, Click::EndHold), []);
    let mut world = held();
    world.ask(1);
    let end = Deed::Hold(None);
    assert_eq!(world.request(2, end.clone()), [done(2, end), pushed(1, 1)]);
}

#[test]
fn what_rings_already_goes_on() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    world.click(9, HALF);
    assert_eq!(world.rings(1), [check_your_phone(1)]);
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
    // And no more than goes on: what nobody answered does not ring again by itself.
    let mut world = World::on();
    world.ask(1);
    world.click(9, HALF);
    assert_eq!(world.phone(1, Outcome::Unanswered), []);
    assert_eq!(world.wait(4 * MINUTE).tick(), []);
}

#[test]
fn ring_again_rings_one_and_no_more() {
    let mut world = held();
    world.ask(1);
    world.ask(2);
    assert!(world.view().waiting.iter().all(|waiting| waiting.can_ring));
    assert_eq!(world.click(9, Click::RingAgain(AskId(2))), [pushed(1, 2)]);
    assert_eq!(world.phone(1, Outcome::Unanswered), []);
    assert_eq!(world.wait(4 * MINUTE).tick(), []);
    assert_eq!(world.click(9, Click::RingAgain(AskId(2))), [pushed(2, 2)]);
    assert_eq!(world.phone(2, yes()), [allowed(2)]);
    assert_eq!(world.view().held_until, Some(NOON.wall + 30 * MINUTE));
}

#[test]
fn a_deed_rings_all_the_same() {
    let mut world = held();
    world.ask(1);
    assert_eq!(
        world.request(2, Deed::TurnOff(Factor::Push)),
        [pushed_off(1, 2, Factor::Push)]
    );
}

#[test]
fn a_request_may_hold_for_it_tightens() {
    let until = Some(NOON.boot + 5 * MINUTE);
    let mut world = World::on();
    let deed = Deed::Hold(until);
    assert_eq!(world.request(1, deed.clone()), [done(1, deed)]);
    assert_eq!(world.view().held_until, Some(NOON.wall + 5 * MINUTE));
    // Where a click needs a push for what turns it down, too.
    let mut world = World::of(Setup {
        off_needs_push: true,
        ..setup()
    });
    assert_eq!(world.click_window(9, HALF), []);
    assert_eq!(world.view().held_until, Some(NOON.wall + 30 * MINUTE));
}

#[test]
fn the_last_word_counts() {
    let mut world = held();
    world.click(9, Click::Hold(HOUR));
    assert_eq!(world.view().held_until, Some(NOON.wall + HOUR));
    world.click(9, HALF);
    assert_eq!(world.view().held_until, Some(NOON.wall + 30 * MINUTE));
}

#[test]
fn eight_hours_at_most_and_not_in_the_past() {
    let most = Some(NOON.wall + 8 * HOUR);
    for length in [8 * HOUR + 1, u64::MAX] {
        let mut world = World::on();
        world.click(9, Click::Hold(length));
        assert_eq!(world.view().held_until, most);
        let mut world = World::on();
        world.request(1, Deed::Hold(Some(NOON.boot.saturating_add(length))));
        assert_eq!(world.view().held_until, most);
    }
    for until in [0, NOON.boot] {
        let mut world = World::on();
        world.request(1, Deed::Hold(Some(until)));
        assert_eq!(world.view().held_until, None);
        assert_eq!(world.ask(2), [pushed(1, 2)]);
    }
}

#[test]
fn it_makes_sense_only_while_on() {
    let deed = Deed::Hold(Some(NOON.boot + MINUTE));
    for mode in [Mode::Off, paused(HOUR), Mode::Locked] {
        let mut world = World::with(mode);
        assert_eq!(
            world.request(1, deed.clone()),
            [refused(1, deed.clone(), Reason::NotOn)]
        );
        assert_eq!(world.click(2, HALF), [nothing_changed(&Reason::NotOn)]);
        assert_eq!(world.view().held_until, None);
    }
}

#[test]
fn it_does_not_outlive_what_it_was_for() {
    type End = fn(&mut World) -> Vec<Effect>;
    let ends: [(&str, End); 8] = [
        ("lock", |world| world.click(1, Click::Lock)),
        ("off", |world| world.click(1, Click::TurnOff)),
        ("pause", |world| world.click(1, Click::Pause(MINUTE))),
        ("sign out", |world| world.click(1, Click::SignOut)),
        ("lock by request", |world| world.request(1, Deed::Lock)),
        ("fraud", |world| {
            world.ask(1);
            world.click(2, Click::RingAgain(AskId(1)));
            world.phone(1, Outcome::ReportedFraud)
        }),
        ("off by phone", |world| {
            world.request(1, Deed::TurnOff(Factor::Push));
            world.phone(1, yes())
        }),
        ("its bound", |world| world.wait(20 * MINUTE).tick()),
    ];
    for (name, end) in ends {
        let until = Bound::Until(NOON.boot + 20 * MINUTE);
        let mut world = World::with(Mode::On(until));
        world.click(9, HALF);
        assert!(world.view().held_until.is_some());
        end(&mut world);
        assert_eq!(world.view().held_until, None, "{name}");
    }
    // Nor a gate that could not be armed.
    let mut world = World::with(Mode::Off);
    world.click(1, Click::TurnOn(Bound::UntilReboot));
    world.click(9, HALF);
    world.tell(Event::NotArmed);
    assert_eq!(world.view().held_until, None);
}
