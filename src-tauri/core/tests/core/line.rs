//! Stories of asks in line for the phone.

use pretty_assertions::assert_eq;
use thumbturn_core::*;
use thumbturn_wire::deadlines;

use crate::world::*;

const UNANSWERED: Reason = Reason::Unanswered {
    patience: 10 * MINUTE,
};

#[test]
fn the_deadlines_nest() {
    use thumbturn_wire::deadlines::*;
    let nested = [RING, RING_AND_BACK, PATIENCE, HOOK, AGENT];
    assert!(nested.is_sorted_by(|a, b| a < b), "{nested:?}");
    assert_eq!(nested, [60_000, 62_000, 600_000, 610_000, 630_000]);
    // A gate's answer reaches its hook while the seal is good and the hook still listens.
    const { assert!(ANSWER <= HOOK_MARGIN) };
}

#[test]
fn an_ask_rings_and_a_thumb_lets_it_through() {
    let mut world = World::on();
    assert_eq!(world.ask(1), [pushed(1, 1)]);
    assert_eq!(world.rings(1), [check_your_phone(1)]);
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
    assert_eq!(world.core.next_deadline(), Some(CALM));
}

#[test]
fn every_other_outcome_is_a_no_of_its_own() {
    let words = || "w".to_owned();
    for (outcome, reason) in [
        (Outcome::Denied, Reason::DeniedOnPhone),
        (Outcome::Bypassed, Reason::Bypassed),
        (Outcome::LockedOut, Reason::LockedOut),
        (Outcome::NoPushDevice, Reason::NoPushDevice),
        (Outcome::WrongPasscode, Reason::WrongPasscode),
        (
            Outcome::NotEnrolled {
                portal: Some("p".into()),
            },
            Reason::NotEnrolled {
                portal: Some("p".into()),
            },
        ),
        (
            Outcome::RefusedByPolicy { words: words() },
            Reason::RefusedByPolicy { words: words() },
        ),
        (
            Outcome::Refused {
                code: 40002,
                words: words(),
            },
            Reason::DuoRefused {
                code: 40002,
                words: words(),
            },
        ),
    ] {
        let mut world = World::on();
        world.ask(1);
        world.ask(2);
        // Whoever denied it or typed a passcode knows.
        let knows = matches!(reason, Reason::DeniedOnPhone | Reason::WrongPasscode);
        let told = (!knows).then(|| told("Denied without a ring", &reason.words()));
        let expected = [denied(1, reason), pushed(2, 2)];
        let expected: Vec<_> = told.into_iter().chain(expected).collect();
        assert_eq!(world.phone(1, outcome), expected);
    }
}

#[test]
fn one_rings_and_the_rest_stand_in_line() {
    let mut world = World::on();
    assert_eq!(world.ask(1), [pushed(1, 1)]);
    assert_eq!(world.ask(2), []);
    assert_eq!(world.ask(3), []);
    assert_eq!(world.phone(1, yes()), [allowed(1), pushed(2, 2)]);
    assert_eq!(
        world.phone(2, Outcome::Denied),
        [denied(2, Reason::DeniedOnPhone), pushed(3, 3)]
    );
    assert_eq!(world.phone(3, yes()), [allowed(3)]);
}

#[test]
fn an_answer_to_another_push_is_nobodys() {
    let mut world = World::on();
    world.ask(1);
    world.phone(1, Outcome::Denied);
    assert_eq!(world.ask(2), [pushed(2, 2)]);
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(world.phone(1, yes()), [Effect::Record(orphan)]);
    assert_eq!(world.phone(7, Outcome::Denied), []);
    assert_eq!(world.phone(2, yes()), [allowed(2)]);
}

#[test]
fn ten_asks_from_ten_sessions_and_a_tap_every_20_s_every_tap_lands() {
    let mut world = World::on();
    assert_eq!(world.ask(1), [pushed(1, 1)]);
    for n in 2..=10 {
        assert_eq!(world.ask(n), []);
    }
    for n in 1..=10 {
        assert_eq!(world.rings(n), [check_your_phone(n)]);
        world.wait(20 * SECOND);
        let mut expected = vec![allowed(n)];
        expected.extend((n < 10).then(|| pushed(n + 1, n + 1)));
        assert_eq!(world.phone(n, yes()), expected);
    }
    assert_eq!(world.view().waiting, []);
}

#[test]
fn an_unanswered_ring_leaves_its_ask_in_line_to_ring_once_more() {
    let mut world = World::on();
    world.ask(1);
    world.wait(MINUTE);
    assert_eq!(world.phone(1, Outcome::Unanswered), []);
    assert_eq!(
        world.core.next_deadline(),
        Some(world.now.boot + 3 * MINUTE)
    );
    world.wait(3 * MINUTE - 1);
    assert_eq!(world.tick(), []);
    assert_eq!(world.wait(1).tick(), [pushed(2, 1)]);
    world.wait(MINUTE);
    assert_eq!(world.phone(2, Outcome::Unanswered), []);
    // Twice by itself is enough; whoever comes back has the rest of its patience.
    assert_eq!(world.wait(3 * MINUTE).tick(), []);
    let end = NOON.boot + 10 * MINUTE;
    let no_room = end - deadlines::RING_AND_BACK + 1;
    assert_eq!(world.core.next_deadline(), Some(no_room));
    world.wait(no_room - world.now.boot);
    assert_eq!(world.tick(), []);
    assert_eq!(world.core.next_deadline(), Some(end));
    world.wait(end - world.now.boot);
    assert_eq!(world.tick(), [unheard(1), denied(1, UNANSWERED)]);
}

#[test]
fn ring_again_rings_at_once() {
    let mut world = World::on();
    world.ask(1);
    world.wait(MINUTE);
    world.phone(1, Outcome::Unanswered);
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), [pushed(2, 1)]);
    // What rings is not rung again.
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), []);
    world.wait(MINUTE);
    assert_eq!(world.phone(2, Outcome::Unanswered), []);
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), [pushed(3, 1)]);
    assert_eq!(world.phone(3, yes()), [allowed(1)]);
}

#[test]
fn ring_again_goes_before_everyone_else_but_not_into_a_ring() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    world.ask(3);
    assert_eq!(world.phone(1, Outcome::Unanswered), [pushed(2, 2)]);
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), []);
    assert_eq!(world.phone(2, yes()), [allowed(2), pushed(3, 1)]);
    assert_eq!(world.phone(3, yes()), [allowed(1), pushed(4, 3)]);
}

#[test]
fn ring_again_is_nothing_where_no_whole_ring_fits() {
    let mut world = World::on();
    world.ask(1);
    world.phone(1, Outcome::Unanswered);
    world.wait(10 * MINUTE - deadlines::RING_AND_BACK + 1);
    // The one automatic ring came at its time.
    assert_eq!(world.tick(), []);
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), []);
}

#[test]
fn who_never_rang_goes_before_who_did() {
    let mut world = World::on();
    world.ask(1);
    world.phone(1, Outcome::Unanswered);
    world.wait(2 * MINUTE);
    assert_eq!(world.ask(2), [pushed(2, 2)]);
    assert_eq!(world.ask(3), []);
    world.wait(MINUTE);
    assert_eq!(world.phone(2, Outcome::Unanswered), [pushed(3, 3)]);
    assert_eq!(world.phone(3, yes()), [allowed(3), pushed(4, 1)]);
}

#[test]
fn sessions_take_turns() {
    let mut world = World::on();
    let mut pushes = Vec::new();
    let mut count = |effects: Vec<Effect>| {
        pushes.extend(effects.into_iter().filter_map(|effect| {
            let Effect::Push { ids, .. } = effect else {
                return None;
            };
            Some(ids[0].0)
        }));
    };
    for n in 1..=4 {
        count(world.tell(asked(n, ask(n, "busy"))));
    }
    count(world.tell(asked(5, ask(5, "calm"))));
    count(world.tell(asked(6, ask(6, "calm"))));
    for push in 1..=6 {
        count(world.phone(push, yes()));
    }
    assert_eq!(pushes, [1, 5, 2, 6, 3, 4]);
}

#[test]
fn a_hook_that_left_keeps_the_phone_busy_until_its_push_ended() {
    let mut world = World::on();
    world.ask(1);
    world.rings(1);
    world.ask(2);
    assert_eq!(
        world.tell(Event::HookGone { id: AskId(1) }),
        [unpush(1), denied(1, Reason::HookGone)]
    );
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(
        world.phone(1, yes()),
        [Effect::Record(orphan), pushed(2, 2)]
    );
    assert_eq!(world.tell(Event::HookGone { id: AskId(1) }), []);
}

#[test]
fn a_stale_push_is_over_after_its_60_s() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    world.wait(5 * SECOND).rings(1);
    world.click(9, Click::Deny(AskId(1)));
    assert_eq!(world.wait(64 * SECOND - 1).tick(), []);
    assert_eq!(world.core.next_deadline(), Some(world.now.boot + 1));
    assert_eq!(world.wait(1).tick(), [pushed(2, 2)]);
}

#[test]
fn a_stale_push_that_begins_to_ring_late_has_its_60_s_from_then() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    world.click(9, Click::Deny(AskId(1)));
    world.wait(30 * SECOND).rings(1);
    assert_eq!(world.wait(64 * SECOND - 1).tick(), []);
    assert_eq!(world.wait(1).tick(), [pushed(2, 2)]);
}

#[test]
fn denied_at_the_desk() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    assert_eq!(
        world.click(9, Click::Deny(AskId(2))),
        [denied(2, Reason::DeniedAtDesk)]
    );
    assert_eq!(
        world.click(9, Click::Deny(AskId(1))),
        [unpush(1), denied(1, Reason::DeniedAtDesk)]
    );
}

#[test]
fn a_ring_without_any_answer_counts_as_unanswered() {
    let mut world = World::on();
    world.ask(1);
    world.rings(1);
    assert_eq!(world.core.next_deadline(), Some(world.now.boot + 64_000));
    assert_eq!(world.wait(64_000).tick(), []);
    assert_eq!(
        world.view().waiting[0].phase,
        Phase::Unanswered {
            again: Some(world.now.wall + 3 * MINUTE)
        }
    );
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(world.phone(1, yes()), [Effect::Record(orphan)]);
}

#[test]
fn an_approval_after_the_patience_is_nobodys() {
    let mut world = World::on();
    let Event::Asked {
        id,
        code,
        ask,
        facts,
        ..
    } = asked(1, ask(1, "s1"))
    else {
        return;
    };
    let patience = deadlines::RING_AND_BACK;
    world.tell(Event::Asked {
        id,
        code,
        ask,
        facts,
        patience,
    });
    world.wait(3 * SECOND).rings(1);
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(
        world.wait(59 * SECOND).phone(1, yes()),
        [
            unheard(1),
            unpush(1),
            denied(1, Reason::Unanswered { patience }),
            Effect::Record(orphan),
        ]
    );
}

#[test]
fn who_cannot_wait_for_a_ring_is_told_so_at_once() {
    for (own, ours) in [
        (deadlines::RING_AND_BACK - 1, 10 * MINUTE),
        (10 * MINUTE, deadlines::RING_AND_BACK - 1),
    ] {
        let mut world = World::of(Setup {
            patience: ours,
            ..setup()
        });
        let mut event = asked(1, ask(1, "s1"));
        if let Event::Asked { patience, .. } = &mut event {
            *patience = own;
        }
        assert_eq!(world.tell(event), [denied(1, Reason::TooImpatient)]);
    }
}

#[test]
fn who_came_too_late_for_a_ring_waits_out_its_patience() {
    let mut world = World::on();
    world.ask(1);
    world.rings(1);
    let mut event = asked(2, ask(2, "s2"));
    if let Event::Asked { patience, .. } = &mut event {
        *patience = 63 * SECOND;
    }
    assert_eq!(world.tell(event), []);
    assert_eq!(world.wait(2 * SECOND).phone(1, yes()), [allowed(1)]);
    assert_eq!(world.wait(61 * SECOND - 1).tick(), []);
    let patience = 63 * SECOND;
    assert_eq!(
        world.wait(1).tick(),
        [unheard(1), denied(2, Reason::Unanswered { patience })]
    );
}
