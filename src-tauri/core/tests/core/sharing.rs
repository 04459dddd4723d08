//! Stories of asks that share one push.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::ruled::{self, call, gathering, gist};
use crate::world::*;

/// Asks 1, 2, … of session "s" for these tools, one after the other, and then the ring.
fn together(world: &mut World, tools: &[&str]) -> Vec<String> {
    let mut effects = Vec::new();
    for (name, n) in tools.iter().zip(1..) {
        effects.extend(world.tell(call(n, name, "p1")));
    }
    effects.extend(world.wait(100).tick());
    gist(&effects)
}

fn entry(n: u64, ask: Ask, others: u32, answer: Answer) -> Effect {
    Effect::Settle(Box::new(Entry {
        id: AskId(n),
        code: code(n),
        subject: Subject::Ask(Box::new(ask)),
        judgement: None,
        answer,
        grant: None,
        shared_with: others,
    }))
}

#[test]
fn parallel_asks_of_one_session_wait_for_one_another_and_ring_once() {
    let mut world = gathering(100);
    assert_eq!(world.tell(asked(1, ask(1, "s"))), []);
    assert_eq!(world.wait(60).tell(asked(2, ask(2, "s"))), []);
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 100));
    let card = card(
        "Approve 2 agent actions",
        &[
            ("1", "Bash: c1"),
            ("2", "Bash: c2"),
            ("Where", "/home/dana/shop, laptop"),
            ("Agent", "Claude Code, session s"),
            ("Covers", "These 2 calls, all or none"),
            ("Ref", "C1, C2"),
        ],
    );
    assert_eq!(
        world.wait(40).tick(),
        [Effect::Push {
            push: PushId(1),
            ids: vec![AskId(1), AskId(2)],
            factor: Factor::Push,
            card,
        }]
    );
    let rings = |waiting: &Waiting| matches!(waiting.phase, Phase::Ringing { .. });
    assert!(world.view().waiting.iter().all(rings));
    assert_eq!(
        world.rings(1),
        [told(
            "Check your phone: 60 s",
            "2 calls, the first: Bash: c1"
        )]
    );
    let allow = Answer {
        verdict: Verdict::Allow,
        reason: Reason::Approved(approval()),
    };
    assert_eq!(
        world.phone(1, yes()),
        [
            entry(1, ask(1, "s"), 1, allow.clone()),
            entry(2, ask(2, "s"), 1, allow)
        ]
    );
}

#[test]
fn they_are_refused_as_a_whole() {
    let mut world = gathering(100);
    assert_eq!(
        together(&mut world, &["Bash", "Edit"]),
        ["push 1 Push [1, 2]"]
    );
    assert_eq!(
        gist(&world.phone(1, Outcome::Denied)),
        [
            "1: Deny DeniedOnPhone with 1",
            "2: Deny DeniedOnPhone with 1"
        ]
    );
}

#[test]
fn who_comes_later_or_from_elsewhere_rings_apart() {
    let mut world = gathering(100);
    world.tell(asked(1, ask(1, "s")));
    world.tell(asked(2, ask(2, "t")));
    world.wait(100);
    assert_eq!(
        gist(&world.tell(asked(3, ask(3, "s")))),
        ["push 1 Push [1, 3]"]
    );
    world.wait(1).tell(asked(4, ask(4, "s")));
    assert_eq!(
        gist(&world.wait(MINUTE / 2).phone(1, yes())),
        [
            "1: Allow Approved with 1",
            "3: Allow Approved with 1",
            "push 2 Push [2]"
        ]
    );
}

#[test]
fn what_is_risky_rings_alone_and_at_once() {
    for name in ["Wipe", "Keys", "Deploy", "Release"] {
        let mut world = gathering(100);
        world.tell(call(1, "Bash", "p1"));
        let said = gist(&world.tell(call(2, name, "p1")));
        assert_eq!(said.len(), 1, "{name}: {said:?}");
        assert!(
            said[0].contains("[2]") || said[0].contains("for 2"),
            "{said:?}"
        );
        // Nor with its like.
        assert_eq!(gist(&world.tell(call(3, name, "p1"))), [""; 0]);
        let waiting = world.view().waiting;
        let rings = waiting
            .iter()
            .filter(|one| !matches!(one.phase, Phase::InLine { .. }));
        assert_eq!(rings.count(), 1, "{name}");
    }
}

#[test]
fn twins_that_wait_together_share_a_push_however_late_the_second_came() {
    let mut world = gathering(0);
    world.tell(asked(1, ask(1, "other")));
    for n in [2, 3] {
        world.wait(10 * SECOND).tell(asked(n, ask(7, "s")));
    }
    let elsewhere = Ask {
        cwd: "/srv".into(),
        ..ask(7, "s")
    };
    world.tell(asked(4, elsewhere));
    assert_eq!(
        gist(&world.phone(1, yes())),
        ["1: Allow Approved", "push 2 Push [2, 3]"]
    );
    // One that comes while the push rings does not stand on its card.
    assert_eq!(world.tell(asked(5, ask(7, "s"))), []);
    assert_eq!(
        gist(&world.phone(2, yes())),
        [
            "2: Allow Approved with 1",
            "3: Allow Approved with 1",
            "push 3 Push [4]"
        ]
    );
}

#[test]
fn who_goes_away_does_not_take_the_push_from_the_others() {
    let mut world = gathering(100);
    together(&mut world, &["Bash", "Edit", "Write"]);
    assert_eq!(
        gist(&world.tell(Event::HookGone { id: AskId(1) })),
        ["1: Deny HookGone"]
    );
    assert_eq!(
        gist(&world.click(9, Click::Deny(AskId(2)))),
        ["2: Deny DeniedAtDesk"]
    );
    assert_eq!(gist(&world.phone(1, yes())), ["3: Allow Approved with 2"]);
}

#[test]
fn once_all_are_gone_nobody_waits_for_the_push() {
    let mut world = gathering(100);
    together(&mut world, &["Bash", "Edit"]);
    world.tell(Event::HookGone { id: AskId(1) });
    assert_eq!(
        gist(&world.tell(Event::HookGone { id: AskId(2) })),
        ["unpush 1", "2: Deny HookGone"]
    );
    // It keeps the phone busy until it ended, and its approval is nobody's.
    assert_eq!(world.tell(call(3, "Wipe", "p1")), []);
    assert_eq!(
        world.phone(1, yes()).first(),
        Some(&Effect::Record(Record::OrphanApproval {
            push: PushId(1),
            approval: approval()
        }))
    );
}

#[test]
fn unanswered_they_ring_together_once_more() {
    let mut world = gathering(100);
    together(&mut world, &["Bash", "Edit"]);
    assert_eq!(
        gist(&world.wait(MINUTE).phone(1, Outcome::Unanswered)),
        [""; 0]
    );
    assert_eq!(gist(&world.wait(3 * MINUTE).tick()), ["push 2 Push [1, 2]"]);
    let one = &world.view().waiting[0];
    assert!(!one.can_ring, "{one:?}");
}

#[test]
fn a_passcode_is_for_one_of_them() {
    let mut world = gathering(100);
    together(&mut world, &["Bash", "Edit"]);
    assert_eq!(
        gist(&world.click_window(9, Click::Passcode(AskId(2)))),
        ["push 2 Passcode [2]"]
    );
    let by_passcode = Approval {
        factor: Factor::Passcode,
        ..approval()
    };
    assert_eq!(
        gist(&world.phone(2, Outcome::Approved(by_passcode))),
        ["2: Allow Approved"]
    );
    assert_eq!(gist(&world.phone(1, yes())), ["1: Allow Approved with 1"]);
}

#[test]
fn a_card_lists_eight_at_most() {
    let mut world = gathering(100);
    assert_eq!(
        together(&mut world, &["Bash"; 10]),
        ["push 1 Push [1, 2, 3, 4, 5, 6, 7, 8]"]
    );
    let next = world.phone(1, yes());
    assert_eq!(gist(&next).last().unwrap(), "push 2 Push [9, 10]");
}

#[test]
fn held_asks_do_not_ring_along_with_the_one_that_was_asked_for() {
    let mut world = gathering(100);
    world.click(9, Click::Hold(HOUR));
    assert_eq!(together(&mut world, &["Bash", "Edit"]), [""; 0]);
    assert_eq!(
        gist(&world.click(9, Click::RingAgain(AskId(2)))),
        ["push 1 Push [2]"]
    );
}

#[test]
fn who_is_too_impatient_to_gather_rings_at_once() {
    let mut world = gathering(100);
    let hurried = Event::Asked {
        id: AskId(1),
        code: code(1),
        ask: Box::new(ask(1, "s")),
        facts: Facts::default(),
        patience: 62 * SECOND,
    };
    assert_eq!(gist(&world.tell(hurried)), ["push 1 Push [1]"]);
}

#[test]
fn a_grant_is_made_only_if_all_on_the_card_offer_the_same() {
    let mut world = gathering(100);
    together(&mut world, &["Edit", "Edit"]);
    assert_eq!(
        gist(&world.phone(1, yes())),
        [
            "1: Allow Approved with 1",
            "2: Allow Approved with 1",
            "made C1"
        ]
    );
    for tools in [["Edit", "Write"], ["Edit", "Bash"]] {
        let mut world = gathering(100);
        together(&mut world, &tools);
        world.phone(1, yes());
        assert_eq!(world.view().grants, [], "{tools:?}");
    }
    assert!(ruled::offer("Edit").is_some());
}
