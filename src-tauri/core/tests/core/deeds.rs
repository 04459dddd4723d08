//! Stories of turning Duo mode on, off and down.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

const OFF: Deed = Deed::TurnOff(Factor::Push);
const OFF_BY_PASSCODE: Deed = Deed::TurnOff(Factor::Passcode);

fn turn_on(bound: Bound) -> Deed {
    Deed::TurnOn(bound)
}

fn shop() -> Bound {
    Bound::Project("/home/dana/shop".into())
}

#[test]
fn off_is_no_word() {
    let mut world = World::with(Mode::Off);
    assert_eq!(world.ask(1), [no_word(1, Reason::Off)]);
}

#[test]
fn turning_on_is_free_and_armed_before_it_is_told() {
    let mut world = World::with(Mode::Off);
    let deed = turn_on(Bound::UntilReboot);
    let mut expected = changed(Mode::Off, on(), By::Cli).to_vec();
    expected.push(done(1, deed.clone()));
    assert_eq!(world.request(1, deed.clone()), expected);
    assert_eq!(world.request(2, deed.clone()), [done(2, deed)]);
}

#[test]
fn a_click_turns_it_on_and_off() {
    let mut world = World::with(Mode::Off);
    assert_eq!(
        world.click(1, Click::TurnOn(Bound::UntilReboot)),
        changed(Mode::Off, on(), By::Desk)
    );
    assert_eq!(
        world.click(2, Click::TurnOff),
        changed(on(), Mode::Off, By::Desk)
    );
    assert_eq!(world.click(3, Click::TurnOff), []);
}

#[test]
fn nobody_signed_in_and_it_stays_off() {
    let mut world = World::signed_out(Mode::Off);
    let deed = turn_on(Bound::UntilReboot);
    assert_eq!(
        world.request(1, deed.clone()),
        [refused(1, deed, Reason::SignedOut)]
    );
    assert_eq!(
        world.click(2, Click::TurnOn(Bound::UntilReboot)),
        [told(
            "Nothing was changed",
            "Nobody is signed in to Duo, so no phone can ring. Nothing was run. Ask the person to sign in again: from Thumbturn's tray menu, or with `thumbturn signin`."
        )]
    );
}

#[test]
fn turning_off_by_request_waits_in_line_for_a_thumb() {
    let mut world = World::on();
    world.ask(1);
    assert_eq!(world.request(2, OFF), []);
    world.ask(3);
    assert_eq!(
        world.phone(1, yes()),
        [allowed(1), pushed_off(2, 2, Factor::Push)]
    );
    let mut expected = vec![approved(2, OFF)];
    expected.extend(changed(on(), Mode::Off, by_phone()));
    // Who waits for the phone goes on waiting.
    expected.push(pushed(3, 3));
    assert_eq!(world.phone(2, yes()), expected);
    assert_eq!(world.request(4, OFF), [done(4, OFF)]);
    assert_eq!(world.phone(3, yes()), [allowed(3)]);
}

#[test]
fn a_denied_deed_changes_nothing() {
    let mut world = World::on();
    world.request(1, OFF);
    assert_eq!(
        world.phone(1, Outcome::Denied),
        [refused(1, OFF, Reason::DeniedOnPhone)]
    );
    assert_eq!(*world.core.mode(), on());
}

#[test]
fn one_deed_waits_at_a_time() {
    let mut world = World::on();
    world.request(1, OFF);
    assert_eq!(world.request(2, OFF), [refused(2, OFF, Reason::Busy)]);
    world.phone(1, Outcome::Denied);
    assert_eq!(world.request(4, OFF), [pushed_off(2, 4, Factor::Push)]);
}

#[test]
fn a_deed_that_waits_for_a_lost_phone_is_not_in_a_passcodes_way() {
    let mut world = World::on();
    world.request(1, OFF);
    assert_eq!(
        world.request(2, OFF_BY_PASSCODE),
        [pushed_off(2, 2, Factor::Passcode)]
    );
    assert_eq!(
        world.request(3, OFF_BY_PASSCODE),
        [refused(3, OFF_BY_PASSCODE, Reason::Busy)]
    );
}

#[test]
fn a_passcode_goes_out_beside_a_ring() {
    let mut world = World::on();
    world.ask(1);
    assert_eq!(
        world.request(2, OFF_BY_PASSCODE),
        [pushed_off(2, 2, Factor::Passcode)]
    );
    let by_passcode = Approval {
        factor: Factor::Passcode,
        ..approval()
    };
    let mut expected = vec![deed_answered(
        2,
        OFF_BY_PASSCODE,
        Verdict::Allow,
        Reason::Approved(by_passcode.clone()),
    )];
    expected.extend(changed(on(), Mode::Off, By::Phone(by_passcode.clone())));
    assert_eq!(world.phone(2, Outcome::Approved(by_passcode)), expected);
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
}

#[test]
fn a_passcode_that_is_wrong_or_lost_changes_nothing() {
    let words = "Duo did not say whether the passcode is right".to_owned();
    for (outcome, reason) in [
        (Outcome::WrongPasscode, Reason::WrongPasscode),
        (Outcome::Unanswered, Reason::DuoUnreachable { words }),
    ] {
        let mut world = World::on();
        world.request(1, OFF_BY_PASSCODE);
        assert_eq!(
            world.phone(1, outcome),
            [refused(1, OFF_BY_PASSCODE, reason)]
        );
        assert_eq!(*world.core.mode(), on());
    }
}

#[test]
fn a_passcode_whose_asker_left_is_not_used() {
    let mut world = World::on();
    world.request(1, OFF_BY_PASSCODE);
    assert_eq!(
        world.tell(Event::HookGone { id: AskId(1) }),
        [unpush(1), refused(1, OFF_BY_PASSCODE, Reason::HookGone)]
    );
    let orphan = Record::OrphanApproval {
        push: PushId(1),
        approval: approval(),
    };
    assert_eq!(world.phone(1, yes()), [Effect::Record(orphan)]);
    assert_eq!(*world.core.mode(), on());
}

#[test]
fn a_passcode_is_no_push_and_never_rings_again() {
    let mut world = World::on();
    world.request(1, OFF_BY_PASSCODE);
    assert_eq!(world.click(9, Click::RingAgain(AskId(1))), []);
    assert_eq!(world.wait(4 * MINUTE).tick(), []);
}

#[test]
fn narrowing_needs_a_thumb_and_widening_does_not() {
    let mut world = World::on();
    let narrow = turn_on(shop());
    let card = card(
        "Approve a change of Duo mode",
        &[
            ("What", "Limit Duo mode to /home/dana/shop"),
            ("From", "thumbturn on on laptop"),
            ("Ref", "C1"),
        ],
    );
    assert_eq!(
        world.request(1, narrow.clone()),
        [Effect::Push {
            push: PushId(1),
            ids: vec![AskId(1)],
            factor: Factor::Push,
            card
        }]
    );
    let mut expected = vec![approved(1, narrow)];
    expected.extend(changed(on(), Mode::On(shop()), by_phone()));
    assert_eq!(world.phone(1, yes()), expected);
    let wide = turn_on(Bound::UntilReboot);
    let mut expected = changed(Mode::On(shop()), on(), By::Cli).to_vec();
    expected.push(done(2, wide.clone()));
    assert_eq!(world.request(2, wide), expected);
    assert_eq!(
        world.click(3, Click::TurnOn(shop())),
        changed(on(), Mode::On(shop()), By::Desk)
    );
}

#[test]
fn where_a_click_needs_a_push_too() {
    let mut world = World::of(Setup {
        off_needs_push: true,
        ..setup()
    });
    assert_eq!(
        world.click(1, Click::TurnOff),
        [pushed_off(1, 1, Factor::Push)]
    );
    assert_eq!(
        world.click(2, Click::TurnOn(shop())),
        [refused(2, turn_on(shop()), Reason::Busy)]
    );
    let mut expected = vec![approved(1, OFF)];
    expected.extend(changed(on(), Mode::Off, by_phone()));
    assert_eq!(world.phone(1, yes()), expected);
}

#[test]
fn signed_out_only_the_desk_turns_it_off() {
    for off_needs_push in [false, true] {
        let setup = Setup {
            off_needs_push,
            ..setup()
        };
        let mut world = World::remembering(setup, None);
        assert_eq!(world.request(1, OFF), [refused(1, OFF, Reason::SignedOut)]);
        world.click(2, Click::TurnOff);
        assert_eq!(*world.core.mode() == Mode::Off, !off_needs_push);
    }
}

#[test]
fn locking_is_free_and_denies_all() {
    let mut world = World::on();
    world.ask(1);
    world.request(2, OFF);
    let mut expected = changed(on(), Mode::Locked, By::Cli).to_vec();
    expected.extend([
        unpush(1),
        denied(1, Reason::Locked),
        refused(2, OFF, Reason::Locked),
        told(
            "Locked",
            "Every call is denied until you sign in again. Look at what your agents did last.",
        ),
        done(3, Deed::Lock),
    ]);
    assert_eq!(world.request(3, Deed::Lock), expected);
    assert_eq!(world.request(4, Deed::Lock), [done(4, Deed::Lock)]);
    for deed in [OFF, OFF_BY_PASSCODE, turn_on(Bound::UntilReboot)] {
        assert_eq!(
            world.request(5, deed.clone()),
            [refused(5, deed, Reason::Locked)]
        );
    }
    for click in [Click::TurnOff, Click::TurnOn(Bound::UntilReboot)] {
        assert_eq!(
            world.click(6, click),
            [told("Nothing was changed", &Reason::Locked.words())]
        );
    }
    assert_eq!(*world.core.mode(), Mode::Locked);
}

#[test]
fn a_click_locks() {
    let mut world = World::with(Mode::Off);
    assert_eq!(
        world.click(1, Click::Lock),
        changed(Mode::Off, Mode::Locked, By::Desk)
    );
}

#[test]
fn a_time_ends_by_the_clock() {
    let until = NOON.boot + 2 * MINUTE;
    let mut world = World::with(Mode::On(Bound::Until(until)));
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + MINUTE));
    assert_eq!(world.wait(2 * MINUTE - 1).tick(), []);
    assert_eq!(world.core.next_deadline(), Some(until));
    let mut expected = changed(Mode::On(Bound::Until(until)), Mode::Off, By::Clock).to_vec();
    expected.push(no_word(1, Reason::Off));
    assert_eq!(world.wait(1).ask(1), expected);
}

#[test]
fn a_project_is_asked_for_and_the_rest_is_as_off() {
    let mut world = World::with(Mode::On(shop()));
    let mut of = |n: u64, cwd: Option<&str>| {
        let mut event = asked(n, ask(n, &format!("s{n}")));
        if let Event::Asked { facts, .. } = &mut event {
            facts.cwd = cwd.map(Into::into);
        }
        world.tell(event)
    };
    assert_eq!(
        of(1, Some("/home/dana/bank")),
        [no_word(1, Reason::OutOfBound)]
    );
    assert_eq!(
        of(2, Some("/home/dana/shop2")),
        [no_word(2, Reason::OutOfBound)]
    );
    let mut rings = pushed(1, 3);
    if let Effect::Push { card, .. } = &mut rings {
        // Where it was told to run is not where it does.
        card.pairs[1].1 = "/home/dana/shop → /home/dana/shop/src, laptop".into();
    }
    assert_eq!(of(3, Some("/home/dana/shop/src")), [rings]);
    assert_eq!(of(4, None), []);
}

#[test]
fn an_impatient_deed_is_told_so() {
    let mut world = World::on();
    let effects = world.tell(Event::Requested {
        id: AskId(1),
        code: code(1),
        deed: OFF,
        patience: 61 * SECOND,
    });
    assert_eq!(effects, [refused(1, OFF, Reason::TooImpatient)]);
    let effects = World::on().tell(Event::Requested {
        id: AskId(1),
        code: code(1),
        deed: OFF,
        patience: 62 * SECOND,
    });
    assert_eq!(effects, [pushed_off(1, 1, Factor::Push)]);
    let effects = world.tell(Event::Requested {
        id: AskId(2),
        code: code(2),
        deed: OFF_BY_PASSCODE,
        patience: 20 * SECOND,
    });
    assert_eq!(effects, [pushed_off(1, 2, Factor::Passcode)]);
    let patience = 20 * SECOND;
    assert_eq!(
        world.wait(20 * SECOND).tick(),
        [
            unheard(1),
            unpush(1),
            refused(2, OFF_BY_PASSCODE, Reason::Unanswered { patience })
        ]
    );
}

#[test]
fn a_time_that_is_over_already_ends_at_once() {
    let past = Bound::Until(NOON.boot);
    let mut world = World::with(Mode::Off);
    let to = Mode::On(past.clone());
    let expected = [
        changed(Mode::Off, to.clone(), By::Desk),
        changed(to, Mode::Off, By::Clock),
    ];
    assert_eq!(world.click(1, Click::TurnOn(past)), expected.as_flattened());
    assert_eq!(world.core.next_deadline(), Some(CALM));
}
