//! Stories of asks whose rule wants more than a push.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::ruled::{call, gist, world};
use crate::world::*;

fn by(factor: Factor, user: &str) -> Outcome {
    Outcome::Approved(Approval {
        factor,
        user: user.into(),
        ..approval()
    })
}

#[test]
fn a_verified_push_counts_and_a_plain_one_does_not() {
    let mut world = world();
    assert_eq!(
        gist(&world.tell(call(1, "Deploy", "p1"))),
        ["push 1 VerifiedPush [1]"]
    );
    assert_eq!(
        gist(&world.phone(1, by(Factor::VerifiedPush, "dana"))),
        ["1: Allow Approved"]
    );
    world.tell(call(2, "Deploy", "p1"));
    assert_eq!(gist(&world.phone(2, yes())), ["2: Deny NotVerified"]);
}

#[test]
fn where_duo_sends_no_code_nothing_rings_and_the_reason_says_who_can_change_it() {
    let mut world = world();
    world.tell(call(1, "Deploy", "p1"));
    assert_eq!(
        gist(&world.phone(1, Outcome::NotVerified)),
        ["1: Deny NotVerified"]
    );
    assert_eq!(
        Reason::NotVerified.words(),
        "Nothing was run: the rule asks for a Verified Duo Push; this application's policy does not send one. A Duo administrator can turn it on."
    );
}

#[test]
fn the_code_stands_beside_its_ask_at_the_desk_alone() {
    let mut world = world();
    world.tell(call(1, "Deploy", "p1"));
    world.tell(Event::Rings {
        push: PushId(1),
        device: "iPhone".into(),
        verification_code: Some("708".into()),
    });
    let view = world.view();
    assert!(format!("{:?}", view.waiting[0]).contains("708"));
    let menu = format!("{:?}", world.core.glance(world.now).menu);
    assert!(menu.contains("Enter 708 on the phone for C1"), "{menu}");
    let told = view.without_verification_codes();
    assert!(!format!("{told:?}").contains("708"), "{told:?}");
    let answered = world.phone(1, by(Factor::VerifiedPush, "dana"));
    assert!(!format!("{answered:?}").contains("708"), "{answered:?}");
}

#[test]
fn a_step_up_is_a_sign_in_of_the_same_user_for_this_ask() {
    let mut world = world();
    assert_eq!(
        gist(&world.tell(call(1, "Release", "p1"))),
        ["step-up 1 for 1 by dana"]
    );
    let address = || "http://localhost:40123/x/start".to_owned();
    assert_eq!(
        world.tell(Event::StepUpPage {
            push: PushId(1),
            address: address()
        }),
        [told("Approve in your browser", "Release (file_path=f1)")]
    );
    let view = world.view();
    assert_eq!(view.headline, "Approve in your browser. 1 ask waits.");
    assert_eq!(
        view.waiting[0].phase,
        Phase::InBrowser {
            since: NOON.wall,
            ends: NOON.wall + 5 * MINUTE,
            address: Some(address()),
        }
    );
    let session = view.session.clone();
    let told = format!("{:?}", view.without_verification_codes());
    assert!(!told.contains("40123"), "{told}");
    assert_eq!(
        gist(&world.phone(1, by(Factor::UniversalPrompt, "dana"))),
        ["1: Allow Approved"]
    );
    assert_eq!(world.view().session, session);
}

#[test]
fn nothing_less_and_nobody_else_will_do() {
    for (outcome, said) in [
        (yes(), "NotVerified"),
        (by(Factor::VerifiedPush, "dana"), "NotVerified"),
        (by(Factor::Passcode, "dana"), "NotVerified"),
        (by(Factor::UniversalPrompt, "eve"), "StepUpFailed"),
        (Outcome::Denied, "DeniedInBrowser"),
        (Outcome::Bypassed, "Bypassed"),
        (Outcome::NoUniversalPrompt, "NoUniversalPrompt"),
        (Outcome::StepUpFailed { words: "w".into() }, "StepUpFailed"),
    ] {
        let mut world = world();
        world.tell(call(1, "Release", "p1"));
        assert_eq!(gist(&world.phone(1, outcome)), [format!("1: Deny {said}")]);
    }
}

#[test]
fn one_at_a_time_and_five_minutes_at_most() {
    let mut world = world();
    world.tell(call(1, "Release", "p1"));
    assert_eq!(world.tell(call(2, "Bash", "p1")), []);
    assert_eq!(world.tell(call(3, "Release", "p1")), []);
    world.wait(5 * MINUTE + 3 * SECOND);
    assert_eq!(gist(&world.tick()), [""; 0]);
    assert_eq!(gist(&world.wait(SECOND).tick()), ["push 2 Push [2]"]);
    assert_eq!(
        gist(&world.phone(1, by(Factor::UniversalPrompt, "dana"))),
        [""; 0],
        "too late"
    );
}

#[test]
fn who_goes_away_closes_the_browser_and_frees_the_phone_once_it_is_closed() {
    let mut world = world();
    world.tell(call(1, "Release", "p1"));
    assert_eq!(
        gist(&world.tell(Event::HookGone { id: AskId(1) })),
        ["unpush 1", "1: Deny HookGone"]
    );
    assert_eq!(world.tell(call(2, "Bash", "p1")), []);
    assert_eq!(
        gist(&world.phone(1, Outcome::Unanswered)),
        ["push 2 Push [2]"]
    );
}

#[test]
fn its_patience_ends_it_before_the_trip_does() {
    let mut world = world();
    let hurried = Event::Asked {
        id: AskId(1),
        code: code(1),
        ask: Box::new(tool("Release", "{}")),
        facts: Facts::default(),
        patience: 2 * MINUTE,
    };
    world.tell(hurried);
    assert_eq!(
        gist(&world.wait(2 * MINUTE).tick()),
        ["unpush 1", "1: Deny Unanswered"]
    );
}

#[test]
fn a_passcode_is_no_step_up() {
    for name in ["Deploy", "Release"] {
        let mut world = world();
        world.tell(call(1, name, "p1"));
        let typed = world.click_window(9, Click::Passcode(AskId(1)));
        assert_eq!(typed, [], "{name}");
    }
}

#[test]
fn a_step_up_makes_a_grant_as_a_push_does() {
    let mut world = world();
    world.tell(call(1, "Publish", "p1"));
    assert_eq!(
        gist(&world.phone(1, by(Factor::UniversalPrompt, "dana"))),
        ["1: Allow Approved", "made C1"]
    );
    assert_eq!(
        gist(&world.tell(call(2, "Publish", "p2"))),
        ["2: Allow Granted C1 left 4"]
    );
}

#[test]
fn while_duo_cannot_be_reached_a_step_up_stays_in_line() {
    let mut world = world();
    world.tell(call(1, "Release", "p1"));
    world.phone(1, Outcome::Unreachable { words: "w".into() });
    assert_eq!(
        gist(&world.wait(30 * SECOND).tick()),
        ["step-up 2 for 1 by dana"]
    );
}
