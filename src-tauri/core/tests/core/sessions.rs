//! Stories of a session: what the keychain remembers of it, its renewal and its end.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::signing_in::{answer, close, open_as, signed_in};
use crate::world::*;

fn remembered(world: &mut World, session: Option<Session>) -> Vec<Effect> {
    world.tell(Event::Remembered { session })
}

fn renewed(world: &mut World, result: Result<Session, LoginError>) -> Vec<Effect> {
    world.tell(Event::Renewed { result })
}

fn over(why: SessionEnd) -> [Effect; 2] {
    [
        Effect::Record(Record::SignedOut { why }),
        told(
            "Your Duo session is over",
            "Sign in again, so that your phone can ring. Asks wait for it.",
        ),
    ]
}

fn revoked() -> Vec<Effect> {
    let mut effects = vec![Effect::ForgetTokens];
    effects.extend(over(SessionEnd::Revoked));
    effects
}

fn soon_over() -> Effect {
    told(
        "Your Duo session ends within 30 min",
        "Sign in again before that, so that your phone goes on ringing.",
    )
}

/// It ends three minutes after noon, and its person was told.
fn expiring() -> World {
    World::ending(NOON.boot + 3 * MINUTE)
}

fn unreachable() -> LoginError {
    LoginError::Unreachable { words: "w".into() }
}

#[test]
fn asks_wait_until_the_keychain_has_told() {
    let mut world = World::unknown(setup());
    assert_eq!(world.ask(1), []);
    assert_eq!(world.request(2, Deed::TurnOff(Factor::Push)), []);
    let turn_on = Deed::TurnOn(Bound::UntilReboot);
    assert_eq!(remembered(&mut world, Some(session())), [pushed(1, 1)]);
    // What is known is not told anew.
    assert_eq!(remembered(&mut world, None), []);
    assert_eq!(world.view().who, Some("dana".into()));
    // What a keychain must vouch for first is refused meanwhile.
    let mut world = World::unknown(Setup {
        mode: Mode::Off,
        ..setup()
    });
    assert_eq!(
        world.request(1, turn_on.clone()),
        [refused(1, turn_on, Reason::SignedOut)]
    );
    assert_eq!(
        world.click(2, Click::TestPush),
        [nothing_changed(&Reason::SignedOut)]
    );
}

#[test]
fn who_waited_for_a_keychain_that_knows_nobody_is_denied() {
    let mut world = World::unknown(setup());
    world.ask(1);
    world.request(2, Deed::TurnOff(Factor::Push));
    assert_eq!(
        remembered(&mut world, None),
        [
            denied(1, Reason::SignedOut),
            refused(2, Deed::TurnOff(Factor::Push), Reason::SignedOut)
        ]
    );
    assert_eq!(remembered(&mut world, Some(session())), []);
    assert_eq!(world.ask(3), [denied(3, Reason::SignedOut)]);
}

#[test]
fn a_keychain_that_never_tells_is_waited_for_within_ones_patience() {
    let mut world = World::unknown(setup());
    world.ask(1);
    world.ask(2);
    assert_eq!(
        world.wait(10 * MINUTE).tick(),
        [
            unheard(2),
            denied(1, Reason::SignedOut),
            denied(2, Reason::SignedOut)
        ]
    );
}

#[test]
fn a_remembered_session_that_is_over_is_over() {
    let mut world = World::unknown(setup());
    world.ask(1);
    let past = Session {
        ends: NOON.boot,
        ..session()
    };
    assert_eq!(
        remembered(&mut world, Some(past)),
        over(SessionEnd::Expired)
    );
    world.click(9, sign_in());
    assert_eq!(
        answer(&mut world, 1, Ok(session())),
        [signed_in(), pushed(1, 1)]
    );
}

#[test]
fn whoever_signs_in_first_is_signed_in_whatever_is_remembered() {
    let mut world = World::unknown(setup());
    world.ask(1);
    world.click(9, sign_in());
    assert_eq!(
        answer(&mut world, 1, Ok(session())),
        [signed_in(), pushed(1, 1)]
    );
    let eve = Session {
        user: "eve".into(),
        ..session()
    };
    assert_eq!(remembered(&mut world, Some(eve)), []);
    assert_eq!(world.view().who, Some("dana".into()));
}

#[test]
fn its_end_is_announced_once_and_may_be_forestalled() {
    let ends = NOON.boot + HOUR;
    let mut world = World::ending(ends);
    assert_eq!(world.core.next_deadline(), Some(ends - 30 * MINUTE));
    assert_eq!(world.wait(30 * MINUTE - 1).tick(), []);
    assert_eq!(world.click(9, sign_in()), []);
    assert!(!world.view().offers.contains(&sign_in()));
    assert_eq!(world.wait(1).tick(), [soon_over()]);
    assert_eq!(world.wait(MINUTE).tick(), []);
    assert!(world.view().offers.contains(&sign_in()));
    assert_eq!(world.click(9, sign_in()), [open_as(1, Some("dana"))]);
    // The old one holds until the new one is there.
    assert_eq!(world.ask(1), [pushed(1, 1)]);
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
    let next = Session {
        ends: ends + HOUR,
        ..session()
    };
    assert_eq!(answer(&mut world, 1, Ok(next)), [signed_in()]);
    assert_eq!(world.wait(30 * MINUTE).tick(), []);
    assert_eq!(world.core.next_deadline(), Some(ends + 30 * MINUTE));
}

#[test]
fn the_old_session_ends_in_its_time_while_a_sign_in_is_open() {
    let mut world = expiring();
    world.click(9, sign_in());
    assert_eq!(world.wait(3 * MINUTE).tick(), over(SessionEnd::Expired));
    assert_eq!(world.ask(1), []);
    assert_eq!(
        answer(&mut world, 1, Ok(session())),
        [signed_in(), pushed(1, 1)]
    );
}

#[test]
fn an_ask_that_meets_an_expired_session_waits_for_the_new_one() {
    let mut world = expiring();
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 3 * MINUTE));
    assert_eq!(world.wait(3 * MINUTE).tick(), over(SessionEnd::Expired));
    assert_eq!(world.ask(1), []);
    assert_eq!(world.click(9, sign_in()), [open_as(1, Some("dana"))]);
    assert_eq!(world.ask(2), []);
    // A trip that leads nowhere leads back to where asks wait.
    world.click(9, Click::CancelSignIn);
    assert_eq!(world.view().waiting.len(), 2);
    world.click(9, sign_in());
    assert_eq!(
        answer(&mut world, 2, Ok(session())),
        [signed_in(), pushed(1, 1)]
    );
}

#[test]
fn an_expired_session_is_waited_for_within_ones_patience() {
    let mut world = expiring();
    world.wait(3 * MINUTE).ask(1);
    world.ask(2);
    assert_eq!(
        world.wait(10 * MINUTE).tick(),
        [
            unheard(2),
            denied(1, Reason::SignedOut),
            denied(2, Reason::SignedOut)
        ]
    );
    assert_eq!(
        Reason::SignedOut.words(),
        "Nobody is signed in to Duo, so no phone can ring. Nothing was run. Ask the person to sign in again: from Thumbturn's tray menu, or with `thumbturn signin`."
    );
}

#[test]
fn a_ring_outlives_the_session_it_began_in() {
    let mut world = expiring();
    world.wait(150 * SECOND).ask(1);
    assert_eq!(world.wait(30 * SECOND).tick(), over(SessionEnd::Expired));
    assert_eq!(world.phone(1, yes()), [allowed(1)]);
}

#[test]
fn a_session_may_end_during_the_trip_that_was_to_unlock() {
    let mut world = expiring();
    world.click(9, Click::Lock);
    world.wait(2 * MINUTE).click(9, sign_in());
    let why = LoginError::TimedOut;
    let words = why.words();
    let mut expected = vec![
        close(1),
        Effect::Record(Record::SignInFailed { why }),
        told("The sign-in did not work", &words),
    ];
    expected.extend(over(SessionEnd::Expired));
    assert_eq!(world.wait(5 * MINUTE).tick(), expected);
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
    world.click(9, sign_in());
    assert_eq!(
        answer(&mut world, 1, Ok(session())),
        [signed_in(), pushed(6, 6)]
    );
}

/// To be renewed ten minutes after noon.
fn renewable() -> Session {
    Session {
        renews: Some(NOON.boot + 10 * MINUTE),
        ..session()
    }
}

fn renewing() -> World {
    let mut world = World::remembering(setup(), Some(renewable()));
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 10 * MINUTE));
    assert_eq!(world.wait(10 * MINUTE).tick(), [Effect::RenewSession]);
    world
}

#[test]
fn the_provider_is_asked_once_at_its_time() {
    let mut world = renewing();
    assert_eq!(world.wait(MINUTE).tick(), []);
    let next = Session {
        renews: Some(NOON.boot + 30 * MINUTE),
        ..session()
    };
    assert_eq!(renewed(&mut world, Ok(next)), []);
    assert_eq!(world.core.next_deadline(), Some(NOON.boot + 30 * MINUTE));
    assert_eq!(world.wait(19 * MINUTE).tick(), [Effect::RenewSession]);
    assert_eq!(renewed(&mut world, Ok(session())), []);
    assert_eq!(world.wait(HOUR).tick(), []);
}

#[test]
fn a_renewal_never_makes_a_session_longer() {
    let ends = |world: &World| world.view().session.unwrap().ends;
    for (told, wall) in [(48 * HOUR, 24 * HOUR), (2 * HOUR, 2 * HOUR)] {
        let mut world = renewing();
        let next = Session {
            ends: NOON.boot + told,
            ..session()
        };
        renewed(&mut world, Ok(next));
        assert_eq!(ends(&world), NOON.wall + wall);
    }
}

#[test]
fn what_nobody_asked_for_renews_nothing() {
    let short = Session {
        ends: NOON.boot + HOUR,
        ..session()
    };
    let mut world = World::on();
    let before = world.view();
    assert_eq!(renewed(&mut world, Ok(short.clone())), []);
    let refused = LoginError::Refused { words: "w".into() };
    assert_eq!(renewed(&mut world, Err(refused.clone())), []);
    assert_eq!(world.view(), before);
    // Nor does the word on a session that is gone.
    let mut world = renewing();
    world.click(9, Click::SignOut);
    assert_eq!(renewed(&mut world, Ok(short)), []);
    assert_eq!(world.view().who, None);
    assert_eq!(renewed(&mut world, Err(refused)), []);
}

#[test]
fn a_session_that_its_provider_ended_is_over() {
    let words = || "w".to_owned();
    for why in [
        LoginError::Refused { words: words() },
        LoginError::Untrusted { words: words() },
        LoginError::Misconfigured { words: words() },
        LoginError::TimedOut,
    ] {
        let mut world = renewing();
        assert_eq!(renewed(&mut world, Err(why)), revoked());
        assert_eq!(world.ask(1), []);
    }
    let eve = Session {
        user: "eve".into(),
        ..session()
    };
    let mut world = renewing();
    assert_eq!(renewed(&mut world, Ok(eve)), revoked());
    assert_eq!(world.view().who, Some("dana".into()));
}

#[test]
fn a_provider_that_cannot_be_reached_is_asked_each_minute_for_ten() {
    let mut world = renewing();
    for _ in 0..10 {
        assert_eq!(renewed(&mut world, Err(unreachable())), []);
        assert_eq!(world.core.next_deadline(), Some(world.now.boot + MINUTE));
        assert_eq!(world.wait(MINUTE - 1).tick(), []);
        assert_eq!(world.wait(1).tick(), [Effect::RenewSession]);
    }
    assert_eq!(renewed(&mut world, Err(unreachable())), revoked());
}

#[test]
fn a_provider_that_is_back_begins_the_ten_minutes_anew() {
    let mut world = renewing();
    renewed(&mut world, Err(unreachable()));
    world.wait(9 * MINUTE).tick();
    // One that is to be renewed at once is not renewed without end.
    assert_eq!(renewed(&mut world, Ok(renewable())), []);
    assert_eq!(world.wait(MINUTE - 1).tick(), []);
    assert_eq!(world.wait(1).tick(), [Effect::RenewSession]);
    assert_eq!(world.wait(5 * MINUTE).tick(), []);
    assert_eq!(renewed(&mut world, Err(unreachable())), []);
}
