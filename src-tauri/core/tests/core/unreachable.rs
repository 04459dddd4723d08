//! Stories of a Duo that cannot be reached: one notice, and no storm of denials or pushes.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

fn no_route() -> Outcome {
    Outcome::Unreachable {
        words: "no route".into(),
    }
}

fn reason() -> Reason {
    Reason::DuoUnreachable {
        words: "no route".into(),
    }
}

fn began() -> [Effect; 2] {
    [
        Effect::Record(Record::TroubleBegan(Trouble::DuoUnreachable)),
        told(
            "Duo cannot be reached",
            "Asks wait in line and ring as soon as it answers. Pause Duo mode, or wait.",
        ),
    ]
}

fn ended() -> Effect {
    Effect::Record(Record::TroubleEnded(Trouble::DuoUnreachable))
}

#[test]
fn asks_stay_in_line_and_duo_is_tried_every_30_s() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    assert_eq!(world.wait(SECOND).phone(1, no_route()), began());
    assert_eq!(world.ask(3), []);
    assert_eq!(
        world.core.next_deadline(),
        Some(world.now.boot + 30 * SECOND)
    );
    assert_eq!(world.wait(30 * SECOND - 1).tick(), []);
    // Whose turn it is goes on going round.
    assert_eq!(world.wait(1).tick(), [pushed(2, 2)]);
    assert_eq!(world.wait(SECOND).phone(2, no_route()), []);
    assert_eq!(world.wait(30 * SECOND).tick(), [pushed(3, 3)]);
    // Not a second one while it is out.
    assert_eq!(world.wait(30 * SECOND).tick(), []);
    assert_eq!(world.rings(3), [ended(), check_your_phone(3)]);
    assert_eq!(world.phone(3, yes()), [allowed(3), pushed(4, 1)]);
    assert_eq!(world.phone(4, yes()), [allowed(1), pushed(5, 2)]);
}

#[test]
fn any_answer_of_duos_ends_it() {
    for answer in [
        Outcome::Denied,
        Outcome::LockedOut,
        Outcome::NoPushDevice,
        Outcome::Bypassed,
    ] {
        let mut world = World::on();
        world.ask(1);
        world.ask(2);
        world.phone(1, no_route());
        world.wait(30 * SECOND).tick();
        let effects = world.phone(2, answer);
        assert_eq!(effects.first(), Some(&ended()));
        // Who waited longest goes next, at once.
        assert_eq!(effects.last(), Some(&pushed(3, 1)));
        assert_eq!(world.view().troubles, []);
    }
}

#[test]
fn since_when_is_shown() {
    let mut world = World::on();
    world.ask(1);
    world.wait(5 * SECOND).phone(1, no_route());
    let since = NOON.wall + 5 * SECOND;
    world.wait(30 * SECOND).tick();
    world.phone(2, no_route());
    let view = world.view();
    assert_eq!(
        view.troubles,
        [TroubleWords {
            kind: "duo_unreachable".into(),
            since: Some(since),
            words: "Duo cannot be reached.".into(),
            fix: "Pause Duo mode, or wait: asks stay in line and ring as soon as Duo answers."
                .into(),
            blocks: false,
        }]
    );
    assert_eq!(view.state, State::Waiting);
    assert_eq!(view.headline, "Duo cannot be reached. 1 ask waits.");
    // One that begins later is told anew, and from then.
    world.wait(30 * SECOND).tick();
    world.phone(3, yes());
    world.ask(2);
    assert_eq!(world.phone(4, no_route()), began());
    let since = world.view().troubles[0].since;
    assert_eq!(since, Some(world.now.wall));
}

#[test]
fn who_waited_in_vain_is_told_why() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    world.phone(1, no_route());
    let mut pushes = 1;
    while world.now.boot < NOON.boot + 10 * MINUTE - 30 * SECOND {
        for effect in world.wait(30 * SECOND).tick() {
            assert!(matches!(effect, Effect::Push { .. }), "{effect:?}");
            pushes += 1;
            assert_eq!(world.phone(pushes, no_route()), []);
        }
    }
    assert_eq!(
        world.wait(30 * SECOND).tick(),
        [unheard(2), denied(1, reason()), denied(2, reason())]
    );
    // One try each half minute, as long as a whole ring fitted.
    assert_eq!(pushes, 18);
    // What was not reached is tried once more by whoever comes next.
    assert_eq!(world.wait(MINUTE).ask(3), [pushed(19, 3)]);
}

#[test]
fn nothing_is_tried_while_nobody_waits() {
    let mut world = World::on();
    world.ask(1);
    world.phone(1, no_route());
    world.click(9, Click::Deny(AskId(1)));
    assert_eq!(world.core.next_deadline(), Some(CALM));
    assert_eq!(world.wait(HOUR).tick(), []);
}

#[test]
fn a_deed_waits_too() {
    let off = Deed::TurnOff(Factor::Push);
    let mut world = World::on();
    world.request(1, off.clone());
    assert_eq!(world.phone(1, no_route()), began());
    assert_eq!(
        world.wait(30 * SECOND).tick(),
        [pushed_off(2, 1, Factor::Push)]
    );
    assert_eq!(world.phone(2, no_route()), []);
    assert_eq!(
        world.wait(9 * MINUTE + 30 * SECOND).tick(),
        [unheard(1), refused(1, off, reason())]
    );
}

#[test]
fn a_passcode_that_turns_it_off_does_not_wait() {
    let off = Deed::TurnOff(Factor::Passcode);
    let mut world = World::on();
    world.ask(1);
    world.request(2, off.clone());
    let mut expected = began().to_vec();
    expected.push(refused(2, off, reason()));
    assert_eq!(world.phone(2, no_route()), expected);
}

#[test]
fn a_push_that_nobody_waits_for_any_more_tells_it_too() {
    let mut world = World::on();
    world.ask(1);
    world.click(9, Click::Deny(AskId(1)));
    assert_eq!(world.phone(1, no_route()), began());
}

#[test]
fn a_session_that_ended_meanwhile_is_what_is_told() {
    let mut world = World::ending(NOON.boot + MINUTE);
    world.ask(1);
    world.phone(1, no_route());
    world.wait(MINUTE).tick();
    assert_eq!(
        world.wait(9 * MINUTE).tick(),
        [unheard(1), denied(1, Reason::SignedOut)]
    );
}
