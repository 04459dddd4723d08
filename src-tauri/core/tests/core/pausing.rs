//! Stories of *Pause*: off, and back on by itself.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

const QUARTER: u64 = 15 * MINUTE;
const CHANGE: &str = "Approve a change of Duo mode";
const FROM: &str = "thumbturn pause on laptop";
const OFF: Deed = Deed::TurnOff(Factor::Push);

fn shop() -> Bound {
    Bound::Project("/home/dana/shop".into())
}

/// For that long from noon.
fn pause(length: u64) -> Deed {
    Deed::Pause(NOON.boot + length)
}

fn careful() -> Setup {
    Setup {
        off_needs_push: true,
        ..setup()
    }
}

#[test]
fn it_is_off_and_comes_back_by_itself() {
    let mut world = World::on();
    assert_eq!(
        world.click(9, Click::Pause(QUARTER)),
        changed(on(), paused(QUARTER), By::Desk)
    );
    assert_eq!(world.ask(1), [no_word(1, Reason::Off)]);
    assert_eq!(world.wait(QUARTER - 1).tick(), []);
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + QUARTER));
    assert_eq!(
        world.wait(1).tick(),
        changed(paused(QUARTER), on(), By::Clock)
    );
    assert_eq!(world.ask(2), [pushed(1, 2)]);
}

#[test]
fn a_late_wake_up_lets_nobody_slip_through() {
    let mut world = World::with(paused(QUARTER));
    let mut expected = changed(paused(QUARTER), on(), By::Clock).to_vec();
    expected.push(pushed(1, 1));
    assert_eq!(world.wait(2 * HOUR).ask(1), expected);
    // A gate that slept, or began after it was over, too.
    let mut world = World::with(paused(QUARTER));
    assert_eq!(
        world.sleep(QUARTER).tick(),
        changed(paused(QUARTER), on(), By::Clock)
    );
    assert_eq!(*World::with(paused(0)).core.mode(), on());
}

#[test]
fn it_comes_back_as_far_as_it_reached() {
    let mut world = World::with(Mode::On(shop()));
    let pausing = Mode::Paused {
        until: NOON.boot + QUARTER,
        bound: shop(),
    };
    assert_eq!(
        world.click(9, Click::Pause(QUARTER)),
        changed(Mode::On(shop()), pausing.clone(), By::Desk)
    );
    // What only the file system knows is wanted in time for an ask that meets its end.
    assert_eq!(world.core.wants(&ask(1, "s1")), ["/home/dana/shop"]);
    let mut expected = changed(pausing, Mode::On(shop()), By::Clock).to_vec();
    expected.push(pushed(1, 1));
    assert_eq!(world.wait(QUARTER).ask(1), expected);
}

#[test]
fn a_bound_that_passes_during_it_ends_both() {
    let bound = Bound::Until(NOON.boot + 10 * MINUTE);
    let pausing = Mode::Paused {
        until: NOON.boot + QUARTER,
        bound,
    };
    let mut world = World::with(pausing.clone());
    assert_eq!(world.view().mode_until, Some(NOON.wall + 10 * MINUTE));
    assert_eq!(
        world.wait(10 * MINUTE).tick(),
        changed(pausing.clone(), Mode::Off, By::Clock)
    );
    assert_eq!(world.wait(HOUR).tick(), []);
    // Both over at once: it was on for no time at all.
    let bound = Mode::On(Bound::Until(NOON.boot + 10 * MINUTE));
    let mut world = World::with(pausing.clone());
    let expected = [
        changed(pausing, bound.clone(), By::Clock),
        changed(bound, Mode::Off, By::Clock),
    ];
    assert_eq!(world.wait(HOUR).tick(), expected.as_flattened());
}

#[test]
fn a_click_is_enough_unless_a_push_is_demanded() {
    for at in [Desk::Tray, Desk::Window] {
        let mut world = World::on();
        assert_eq!(
            world.click_at(at, 9, Click::Pause(QUARTER)),
            changed(on(), paused(QUARTER), By::Desk)
        );
        let mut world = World::of(careful());
        assert_eq!(
            world.click_at(at, 1, Click::Pause(QUARTER)),
            [pushed_deed(
                1,
                1,
                CHANGE,
                "Pause Duo mode for 15 minutes, then on again",
                FROM
            )]
        );
        let mut expected = vec![approved(1, pause(QUARTER))];
        expected.extend(changed(on(), paused(QUARTER), by_phone()));
        assert_eq!(world.phone(1, yes()), expected);
    }
}

#[test]
fn a_request_needs_an_approved_push() {
    let mut world = World::on();
    assert_eq!(
        world.request(1, pause(HOUR)),
        [pushed_deed(
            1,
            1,
            CHANGE,
            "Pause Duo mode for 1 h, then on again",
            FROM
        )]
    );
    assert_eq!(
        world.phone(1, Outcome::Denied),
        [refused(1, pause(HOUR), Reason::DeniedOnPhone)]
    );
    assert_eq!(*world.core.mode(), on());
    world.request(2, pause(HOUR));
    let mut expected = vec![approved(2, pause(HOUR))];
    expected.extend(changed(on(), paused(HOUR), by_phone()));
    assert_eq!(world.phone(2, yes()), expected);
    let Some(Effect::Settle(entry)) = expected.first() else {
        return;
    };
    assert_eq!(
        entry.words(),
        "Duo mode is paused, and comes back by itself. Approved on the phone by dana."
    );
}

#[test]
fn one_that_is_approved_after_its_time_is_over_at_once() {
    let mut world = World::on();
    world.request(1, pause(MINUTE));
    let mut expected = vec![approved(1, pause(MINUTE))];
    expected.extend(changed(on(), paused(MINUTE), by_phone()));
    expected.extend(changed(paused(MINUTE), on(), By::Clock));
    world.rings(1);
    assert_eq!(world.wait(MINUTE).phone(1, yes()), expected);
}

#[test]
fn shorter_is_free_and_longer_is_not() {
    let mut world = World::with(paused(QUARTER));
    let shorter = pause(10 * MINUTE);
    let mut expected = changed(paused(QUARTER), paused(10 * MINUTE), By::Cli).to_vec();
    expected.push(done(1, shorter.clone()));
    assert_eq!(world.request(1, shorter.clone()), expected);
    assert_eq!(world.request(3, shorter.clone()), [done(3, shorter)]);
    assert_eq!(
        world.request(2, pause(20 * MINUTE)),
        [pushed_deed(
            1,
            2,
            CHANGE,
            "Pause Duo mode for 20 minutes, then on again",
            FROM
        )]
    );
    let mut expected = vec![approved(2, pause(20 * MINUTE))];
    expected.extend(changed(
        paused(10 * MINUTE),
        paused(20 * MINUTE),
        by_phone(),
    ));
    assert_eq!(world.phone(1, yes()), expected);
}

#[test]
fn turning_on_ends_it_and_is_free() {
    let back = || changed(paused(QUARTER), on(), By::Desk);
    for setup in [setup(), careful()] {
        let mut world = World::of(Setup {
            mode: paused(QUARTER),
            ..setup
        });
        assert_eq!(world.click(1, Click::TurnOn(Bound::UntilReboot)), back());
    }
    let deed = Deed::TurnOn(Bound::UntilReboot);
    let mut world = World::with(paused(QUARTER));
    let mut expected = changed(paused(QUARTER), on(), By::Cli).to_vec();
    expected.push(done(1, deed.clone()));
    assert_eq!(world.request(1, deed), expected);
    // It would come back by itself, so it may where nobody is signed in, and in trouble.
    let mut world = World::signed_out(paused(QUARTER));
    assert_eq!(world.click(1, Click::TurnOn(Bound::UntilReboot)), back());
    let mut world = World::with(paused(QUARTER));
    world.trouble(Trouble::Audit, true);
    assert_eq!(world.click(1, Click::TurnOn(Bound::UntilReboot)), back());
}

#[test]
fn coming_back_narrower_needs_a_thumb() {
    let mut world = World::with(paused(QUARTER));
    assert_eq!(
        world.request(1, Deed::TurnOn(shop())),
        [pushed_deed(
            1,
            1,
            CHANGE,
            "Limit Duo mode to /home/dana/shop",
            "thumbturn on on laptop"
        )]
    );
}

#[test]
fn turning_off_for_good_needs_a_thumb_too() {
    let mut world = World::with(paused(QUARTER));
    assert_eq!(world.request(1, OFF), [pushed_off(1, 1, Factor::Push)]);
    let mut expected = vec![approved(1, OFF)];
    expected.extend(changed(paused(QUARTER), Mode::Off, by_phone()));
    assert_eq!(world.phone(1, yes()), expected);
    let mut world = World::with(paused(QUARTER));
    assert_eq!(
        world.click(1, Click::TurnOff),
        changed(paused(QUARTER), Mode::Off, By::Desk)
    );
    let mut world = World::of(Setup {
        mode: paused(QUARTER),
        ..careful()
    });
    assert_eq!(
        world.click(1, Click::TurnOff),
        [pushed_off(1, 1, Factor::Push)]
    );
    // Signed out, only the desk turns it off, as while it is on.
    let mut world = World::signed_out(paused(QUARTER));
    assert_eq!(world.request(1, OFF), [refused(1, OFF, Reason::SignedOut)]);
    assert_eq!(
        world.click(2, Click::TurnOff),
        changed(paused(QUARTER), Mode::Off, By::Desk)
    );
}

#[test]
fn there_is_nothing_to_pause_in_off_or_locked() {
    for (mode, reason) in [(Mode::Off, Reason::NotOn), (Mode::Locked, Reason::Locked)] {
        let mut world = World::with(mode.clone());
        assert_eq!(
            world.request(1, pause(QUARTER)),
            [refused(1, pause(QUARTER), reason.clone())]
        );
        assert_eq!(
            world.click(2, Click::Pause(QUARTER)),
            [nothing_changed(&reason)]
        );
        assert_eq!(*world.core.mode(), mode);
    }
}

#[test]
fn one_that_waits_for_the_phone_ends_with_off() {
    let mut world = World::on();
    world.request(1, pause(QUARTER));
    let mut expected = changed(on(), Mode::Off, By::Desk).to_vec();
    expected.extend([unpush(1), refused(1, pause(QUARTER), Reason::NotOn)]);
    assert_eq!(world.click(2, Click::TurnOff), expected);
}

#[test]
fn who_waits_for_the_phone_goes_on_waiting() {
    let mut world = World::on();
    world.ask(1);
    world.click(9, Click::Pause(QUARTER));
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
}

#[test]
fn locking_ends_it() {
    let mut world = World::with(paused(QUARTER));
    assert_eq!(
        world.click(1, Click::Lock),
        changed(paused(QUARTER), Mode::Locked, By::Desk)
    );
    assert_eq!(world.wait(HOUR).tick(), []);
    assert_eq!(*world.core.mode(), Mode::Locked);
}

#[test]
fn eight_hours_at_most() {
    for length in [8 * HOUR + 1, u64::MAX] {
        let mut world = World::on();
        world.click(9, Click::Pause(length));
        assert_eq!(*world.core.mode(), paused(8 * HOUR));
        let mut world = World::on();
        world.request(1, Deed::Pause(NOON.boot.saturating_add(length)));
        world.phone(1, yes());
        assert_eq!(*world.core.mode(), paused(8 * HOUR));
        // The phone shows what it will be.
        let mut world = World::of(careful());
        assert_eq!(
            world.click(1, Click::Pause(length)),
            [pushed_deed(
                1,
                1,
                CHANGE,
                "Pause Duo mode for 8 h, then on again",
                FROM
            )]
        );
    }
}

const UNWRITABLE: &str = "The endpoint file cannot be written. Check the folder of the endpoint file; the gate tries again by itself.";

fn not_armed(title: &str) -> [Effect; 2] {
    [
        Effect::Record(Record::TroubleBegan(Trouble::EndpointUnwritable)),
        told(title, UNWRITABLE),
    ]
}

#[test]
fn a_pause_that_could_not_be_written_is_one_and_told() {
    let mut world = World::on();
    world.click(9, Click::Pause(QUARTER));
    assert_eq!(
        world.tell(Event::NotArmed),
        not_armed("Duo mode is off, but hooks still ask")
    );
    assert_eq!(world.ask(1), [no_word(1, Reason::Off)]);
    assert_eq!(
        world.wait(30 * SECOND).tick(),
        [Effect::Arm(paused(QUARTER))]
    );
}

#[test]
fn one_whose_end_could_not_be_written_is_over_because_hooks_see_it_themselves() {
    let mut world = World::with(paused(QUARTER));
    world.wait(QUARTER).tick();
    assert_eq!(
        world.tell(Event::NotArmed),
        not_armed("Hooks may not ask any more")
    );
    assert_eq!(*world.core.mode(), on());
    // One that a person ended before its time is not: hooks look at the file alone.
    let mut world = World::with(paused(QUARTER));
    world.click(9, Click::TurnOn(Bound::UntilReboot));
    world.tell(Event::NotArmed);
    assert_eq!(*world.core.mode(), Mode::Off);
}
