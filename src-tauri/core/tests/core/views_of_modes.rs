//! What a person sees of a pause, a hold and a time, whole.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::views::{calm, one};
use crate::world::*;

#[test]
fn paused_and_when_it_is_back() {
    let mut world = World::with(paused(12 * MINUTE));
    let shown = View {
        state: State::Off,
        mode: paused(12 * MINUTE),
        headline: "Paused. Back on in 15 minutes.".into(),
        reach: None,
        mode_until: Some(NOON.wall + 12 * MINUTE),
        offers: vec![
            Click::TurnOn(Bound::UntilReboot),
            Click::TurnOff,
            Click::Lock,
            Click::TestPush,
            Click::SignOut,
        ],
        ..calm()
    };
    assert_eq!(world.view(), shown);
    // The words count down, and the core asks to be woken for it.
    for (left, headline) in [
        (10 * MINUTE, "Paused. Back on in 10 minutes."),
        (9 * MINUTE, "Paused. Back on in 9 minutes."),
    ] {
        let at = NOON.boot + 12 * MINUTE - left;
        assert_eq!(world.core.next_deadline(), Some(at));
        world.wait(at - world.now.boot).tick();
        let shown = View {
            headline: headline.into(),
            ..shown.clone()
        };
        assert_eq!(world.view(), shown);
    }
}

#[test]
fn a_pause_says_where_it_will_be_on() {
    let bound = || Bound::Project("/home/dana/shop".into());
    let until = NOON.boot + 15 * MINUTE;
    let world = World::with(Mode::Paused {
        until,
        bound: bound(),
    });
    let view = world.view();
    assert_eq!(view.reach, Some("Then only in /home/dana/shop".into()));
    assert_eq!(view.offers[0], Click::TurnOn(bound()));
}

#[test]
fn a_pause_that_its_bound_outruns_does_not_promise_to_come_back() {
    let view = |end: u64| {
        let bound = Bound::Until(NOON.boot + end);
        let until = NOON.boot + 15 * MINUTE;
        World::with(Mode::Paused { until, bound }).view()
    };
    let off = view(10 * MINUTE);
    assert_eq!(off.headline, "Paused. Off for good in 10 minutes.");
    assert_eq!(off.mode_until, Some(NOON.wall + 10 * MINUTE));
    let back = view(20 * MINUTE);
    assert_eq!(back.headline, "Paused. Back on in 15 minutes.");
    assert_eq!(back.mode_until, Some(NOON.wall + 15 * MINUTE));
}

#[test]
fn the_words_of_a_hold_and_of_a_bound_change_each_in_its_time() {
    let bound = Bound::Until(NOON.boot + 28 * MINUTE);
    let mut world = World::with(Mode::On(bound));
    world.click(9, Click::Hold(30 * MINUTE));
    for minutes in [3, 5, 8] {
        let at = NOON.boot + minutes * MINUTE;
        assert_eq!(world.core.next_deadline(), Some(at));
        world.wait(at - world.now.boot).tick();
    }
}

#[test]
fn a_pause_of_whom_nobody_signed_in_says_so() {
    let view = World::signed_out(paused(15 * MINUTE)).view();
    assert_eq!(view.state, State::SignInNeeded);
    assert_eq!(view.mode_until, Some(NOON.wall + 15 * MINUTE));
}

#[test]
fn on_hold() {
    let mut world = World::on();
    world.click(9, Click::Hold(30 * MINUTE));
    let mut offers = calm().offers;
    offers.splice(3..5, [Click::EndHold]);
    let held = View {
        headline: "On hold. Asks wait in silence.".into(),
        reach: Some("On hold for 30 minutes more".into()),
        held_until: Some(NOON.wall + 30 * MINUTE),
        offers,
        ..calm()
    };
    assert_eq!(world.view(), held);
    world.wait(5 * MINUTE).tick();
    assert_eq!(
        world.view().reach,
        Some("On hold for 25 minutes more".into())
    );
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 10 * MINUTE));
    world.ask(1);
    assert_eq!(
        world.view(),
        View {
            state: State::Waiting,
            headline: "On hold. 1 ask waits.".into(),
            reach: Some("On hold for 25 minutes more".into()),
            waiting: vec![Waiting {
                ends: NOON.wall + 15 * MINUTE,
                can_ring: true,
                ..one(1, Phase::InLine { ahead: 0 })
            }],
            ..held
        }
    );
}

#[test]
fn the_time_left_is_told_in_steps() {
    let until = NOON.boot + 100 * MINUTE + 1;
    let mut world = World::with(Mode::On(Bound::Until(until)));
    let reach = |world: &World| world.view().reach.unwrap();
    assert_eq!(reach(&world), "For 1 h 45 min more");
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 1));
    world.wait(1).tick();
    assert_eq!(reach(&world), "For 1 h 40 min more");
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 5 * MINUTE + 1));
    world.wait(90 * MINUTE).tick();
    assert_eq!(reach(&world), "For 10 minutes more");
    assert_eq!(world.core.next_deadline(), Some(world.now.boot + MINUTE));
    let project = Mode::On(Bound::Project("/home/dana/shop".into()));
    assert_eq!(reach(&World::with(project)), "Only in /home/dana/shop");
}
