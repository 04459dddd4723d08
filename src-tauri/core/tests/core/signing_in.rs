//! Stories of signing in and out.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

fn signed_out() -> World {
    World::of(Setup {
        session: None,
        ..setup()
    })
}

fn answer(world: &mut World, attempt: u64, result: Result<Session, LoginError>) -> Vec<Effect> {
    world.tell(Event::SignIn {
        attempt: AttemptId(attempt),
        result,
    })
}

fn open(attempt: u64) -> Effect {
    Effect::OpenSignIn {
        attempt: AttemptId(attempt),
    }
}

fn close(attempt: u64) -> Effect {
    Effect::CloseSignIn {
        attempt: AttemptId(attempt),
    }
}

fn signed_in() -> Effect {
    Effect::Record(Record::SignedIn {
        user: "dana".into(),
        how: Factor::Push,
    })
}

fn failed(why: LoginError) -> Effect {
    Effect::Record(Record::SignInFailed { why })
}

#[test]
fn nobody_waits_who_was_never_signed_in() {
    let mut world = signed_out();
    assert_eq!(world.ask(1), [denied(1, Reason::SignedOut)]);
    world.click(9, Click::SignIn);
    assert_eq!(world.ask(2), [denied(2, Reason::SignedOut)]);
}

#[test]
fn signing_in_lets_pushes_ring() {
    let mut world = signed_out();
    assert_eq!(world.click(9, Click::SignIn), [open(1)]);
    assert_eq!(answer(&mut world, 1, Ok(session(None))), [signed_in()]);
    assert_eq!(world.ask(1), [pushed(1, 1)]);
    assert_eq!(world.click(9, Click::SignIn), []);
}

#[test]
fn a_sign_in_that_was_replaced_signs_nobody_in() {
    let mut world = signed_out();
    world.click(9, Click::SignIn);
    assert_eq!(world.click(9, Click::SignIn), [close(1), open(2)]);
    assert_eq!(answer(&mut world, 1, Ok(session(None))), []);
    assert_eq!(answer(&mut world, 2, Ok(session(None))), [signed_in()]);
    assert_eq!(answer(&mut world, 2, Ok(session(None))), []);
}

#[test]
fn a_sign_in_ends_badly_in_words() {
    for (why, words) in [
        (
            LoginError::Refused,
            "Duo did not let you in. Sign in again, and approve the push.",
        ),
        (LoginError::Cancelled, "The sign-in was cancelled."),
        (
            LoginError::Untrusted,
            "The answer did not come from Duo. Check the connection, then sign in again.",
        ),
        (
            LoginError::Unreachable,
            "Duo cannot be reached. Check the network, then sign in again.",
        ),
    ] {
        let mut world = signed_out();
        world.click(9, Click::SignIn);
        assert_eq!(
            answer(&mut world, 1, Err(why.clone())),
            [failed(why), told("The sign-in did not work", words)]
        );
    }
}

#[test]
fn a_sign_in_may_take_five_minutes() {
    let mut world = signed_out();
    world.click(9, Click::SignIn);
    assert_eq!(
        world.core.next_deadline(),
        Some(world.now.boot + 5 * MINUTE)
    );
    assert_eq!(world.wait(5 * MINUTE - 1).tick(), []);
    assert_eq!(
        world.wait(1).tick(),
        [
            close(1),
            failed(LoginError::TimedOut),
            told(
                "The sign-in did not work",
                "Nobody answered in time. Sign in again with your phone at hand."
            )
        ]
    );
    assert_eq!(answer(&mut world, 1, Ok(session(None))), []);
}

#[test]
fn a_cancelled_sign_in_leads_back() {
    let mut world = signed_out();
    assert_eq!(world.click(9, Click::CancelSignIn), []);
    world.click(9, Click::SignIn);
    assert_eq!(
        world.click(9, Click::CancelSignIn),
        [close(1), failed(LoginError::Cancelled)]
    );
    assert_eq!(world.ask(1), [denied(1, Reason::SignedOut)]);
}

#[test]
fn signing_out_denies_all_that_waits() {
    let mut world = World::on();
    world.ask(1);
    world.ask(2);
    assert_eq!(
        world.click(9, Click::SignOut),
        [
            unpush(1),
            denied(1, Reason::SignedOut),
            denied(2, Reason::SignedOut),
            Effect::ForgetTokens,
            Effect::Record(Record::SignedOut {
                why: SessionEnd::Desk
            }),
        ]
    );
    assert_eq!(world.click(9, Click::SignOut), []);
    assert_eq!(world.ask(3), [denied(3, Reason::SignedOut)]);
}

#[test]
fn signing_out_during_a_sign_in_closes_it() {
    let mut world = signed_out();
    world.click(9, Click::SignIn);
    assert_eq!(world.click(9, Click::SignOut), [close(1)]);
}

/// Dana's session ends three minutes after noon.
fn expiring() -> World {
    World::of(Setup {
        session: Some(session(Some(NOON.boot + 3 * MINUTE))),
        ..setup()
    })
}

fn expired() -> [Effect; 2] {
    [
        Effect::Record(Record::SignedOut {
            why: SessionEnd::Expired,
        }),
        told(
            "Your Duo session is over",
            "Sign in again, so that your phone can ring.",
        ),
    ]
}

#[test]
fn an_ask_that_meets_an_expired_session_waits_for_the_new_one() {
    let mut world = expiring();
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 3 * MINUTE));
    assert_eq!(world.wait(3 * MINUTE).tick(), expired());
    assert_eq!(world.ask(1), []);
    assert_eq!(world.click(9, Click::SignIn), [open(1)]);
    assert_eq!(world.ask(2), []);
    // A trip that leads nowhere leads back to where asks wait.
    world.click(9, Click::CancelSignIn);
    assert_eq!(world.view().waiting.len(), 2);
    world.click(9, Click::SignIn);
    assert_eq!(
        answer(&mut world, 2, Ok(session(None))),
        [signed_in(), pushed(1, 1)]
    );
}

#[test]
fn an_expired_session_is_waited_for_within_ones_patience() {
    let mut world = expiring();
    world.wait(3 * MINUTE).tick();
    world.ask(1);
    assert_eq!(
        world.wait(10 * MINUTE).tick(),
        [denied(1, Reason::SignedOut)]
    );
}

#[test]
fn a_ring_outlives_the_session_it_began_in() {
    let mut world = expiring();
    world.wait(150 * SECOND).ask(1);
    assert_eq!(world.wait(30 * SECOND).tick(), expired());
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
}

#[test]
fn only_signing_in_unlocks() {
    let mut world = World::on();
    world.click(9, Click::Lock);
    assert_eq!(world.click(9, Click::SignIn), [open(1)]);
    assert_eq!(world.ask(1), [denied(1, Reason::Locked)]);
    world.click(9, Click::CancelSignIn);
    assert_eq!(*world.core.mode(), Mode::Locked);
    world.click(9, Click::SignIn);
    let mut expected = vec![signed_in()];
    expected.extend(changed(Mode::Locked, on(), By::Desk));
    assert_eq!(answer(&mut world, 2, Ok(session(None))), expected);
    assert_eq!(world.ask(2), [pushed(1, 2)]);
}

#[test]
fn a_session_may_end_during_the_trip_that_was_to_unlock() {
    let mut world = expiring();
    world.click(9, Click::Lock);
    world.wait(2 * MINUTE).click(9, Click::SignIn);
    let effects = world.wait(5 * MINUTE).tick();
    assert_eq!(
        effects,
        [
            vec![
                close(1),
                failed(LoginError::TimedOut),
                told(
                    "The sign-in did not work",
                    "Nobody answered in time. Sign in again with your phone at hand."
                ),
            ],
            expired().to_vec(),
        ]
        .concat()
    );
}

#[test]
fn signing_in_ends_the_quiet() {
    let mut world = expiring();
    for n in 1..=6 {
        world.ask(n);
    }
    for push in 1..=5 {
        world.phone(push, Outcome::Unanswered);
    }
    world.wait(3 * MINUTE).tick();
    world.click(9, Click::SignIn);
    assert_eq!(
        answer(&mut world, 1, Ok(session(None))),
        [signed_in(), pushed(6, 6)]
    );
}
