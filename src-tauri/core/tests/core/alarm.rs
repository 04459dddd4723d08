//! Stories of nobody there, of fraud and of sleep.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

#[test]
fn five_unanswered_rings_and_then_it_is_quiet() {
    let mut world = World::on();
    for n in 1..=6 {
        world.ask(n);
    }
    for n in 1..=4 {
        assert_eq!(world.phone(n, Outcome::Unanswered), [pushed(n + 1, n + 1)]);
    }
    assert_eq!(
        world.phone(5, Outcome::Unanswered),
        [told(
            "Nobody answers the phone",
            "Five pushes in a row went unanswered, so no more are sent: Duo would lock you out. Choose Ring again when you are there."
        )]
    );
    assert_eq!(world.wait(4 * MINUTE).tick(), []);
    assert_eq!(world.ask(7), []);
    assert!(world.view().waiting.iter().all(|waiting| waiting.can_ring));
    // Somebody is there again: the one that was asked for first, then the rest in turn.
    assert_eq!(world.click(9, Click::RingAgain(AskId(7))), [pushed(6, 7)]);
    assert_eq!(world.phone(6, yes()), [allowed(7), pushed(7, 6)]);
}

#[test]
fn a_quiet_ask_is_denied_when_its_patience_ends() {
    let mut world = World::on();
    for n in 1..=5 {
        world.ask(n);
    }
    for n in 1..=5 {
        world.phone(n, Outcome::Unanswered);
    }
    let effects = world.wait(10 * MINUTE).tick();
    let quiet = (1..=5).map(|n| denied(n, Reason::Quiet));
    let expected: Vec<_> = [unheard(5)].into_iter().chain(quiet).collect();
    assert_eq!(effects, expected);
}

#[test]
fn an_answer_begins_the_count_of_unanswered_rings_anew() {
    for answer in [yes(), Outcome::Denied] {
        let mut world = World::on();
        for n in 1..=10 {
            world.ask(n);
        }
        for push in 1..=4 {
            world.phone(push, Outcome::Unanswered);
        }
        world.phone(5, answer);
        for push in 6..=9 {
            assert_eq!(
                world.phone(push, Outcome::Unanswered),
                [pushed(push + 1, push + 1)]
            );
        }
    }
}

#[test]
fn turning_it_on_anew_ends_the_quiet() {
    let quiet = || {
        let mut world = World::with(Mode::On(Bound::Project("/home/dana/shop".into())));
        for n in 1..=6 {
            world.ask(n);
        }
        for push in 1..=5 {
            world.phone(push, Outcome::Unanswered);
        }
        world
    };
    let click = Click::TurnOn(Bound::UntilReboot);
    assert_eq!(quiet().click(9, click).last(), Some(&pushed(6, 6)));
    // An agent may say it as often as it likes: what changes nothing rings nobody.
    let same = Deed::TurnOn(Bound::Project("/home/dana/shop".into()));
    assert_eq!(
        quiet().request(9, same.clone()),
        [deed_answered(9, same, Verdict::Allow, Reason::Done)]
    );
}

#[test]
fn fraud_locks_everything() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    let mut expected = vec![Effect::Record(Record::FraudReported { push: PushId(1) })];
    expected.extend(changed(on(), Mode::Locked, By::Duo));
    expected.extend([
        denied(1, Reason::ReportedFraud),
        denied(2, Reason::Locked),
        told(
            "Locked: a push was reported as fraud",
            "Every call is denied until you sign in again. Look at what your agents did last.",
        ),
    ]);
    assert_eq!(world.phone(1, Outcome::ReportedFraud), expected);
    assert_eq!(world.ask(3), [denied(3, Reason::Locked)]);
}

#[test]
fn fraud_on_a_withdrawn_push_locks_everything_too() {
    let mut world = World::with(on());
    world.ask(1);
    world.tell(Event::HookGone { id: AskId(1) });
    world.ask(2);
    let effects = world.phone(1, Outcome::ReportedFraud);
    assert_eq!(*world.core.mode(), Mode::Locked);
    assert!(effects.contains(&denied(2, Reason::Locked)), "{effects:?}");
}

#[test]
fn a_machine_that_slept_denies_what_waited() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    assert_eq!(
        world.sleep(10 * SECOND + 1).phone(1, yes()),
        [
            unpush(1),
            denied(1, Reason::Slept),
            denied(2, Reason::Slept),
            Effect::Record(Record::OrphanApproval {
                push: PushId(1),
                approval: approval()
            }),
        ]
    );
    assert_eq!(world.ask(3), [pushed(2, 3)]);
    assert_eq!(world.sleep(10 * SECOND).phone(2, yes()), [allowed(3)]);
}

#[test]
fn ring_again_for_what_rings_does_not_count_as_somebody() {
    let mut world = World::on();
    for n in 1..=6 {
        world.ask(n);
    }
    for push in 1..=4 {
        world.phone(push, Outcome::Unanswered);
    }
    assert_eq!(world.click(9, Click::RingAgain(AskId(5))), []);
    assert_eq!(world.phone(5, Outcome::Unanswered).len(), 1);
    assert_eq!(world.wait(MINUTE).tick(), []);
}

#[test]
fn ring_again_for_what_cannot_ring_leaves_it_quiet() {
    let mut world = World::on();
    for n in 1..=5 {
        world.ask(n);
        world.phone(n, Outcome::Unanswered);
    }
    world.wait(9 * MINUTE).tick();
    assert_eq!(world.ask(6), []);
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), []);
    assert_eq!(world.click(9, Click::RingAgain(AskId(6))), [pushed(6, 6)]);
}

#[test]
fn a_short_sleep_is_none() {
    let mut world = World::on();
    world.ask(1);
    assert_eq!(world.sleep(10 * SECOND).phone(1, yes()), [allowed(1)]);
}

#[test]
fn only_its_own_push_moves_a_ring() {
    let mut world = World::on();
    world.ask(1);
    let before = world.view();
    world.wait(SECOND).rings(7);
    assert_eq!(world.view(), before);
    world.ask(2);
    world.click(9, Click::Deny(AskId(1)));
    assert_eq!(world.phone(7, Outcome::Unanswered), []);
    world.wait(10 * SECOND).rings(7);
    assert_eq!(world.wait(53 * SECOND).tick(), [pushed(2, 2)]);
}
