//! Stories of signing in: the trip, and whose word counts.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

pub(crate) fn answer(
    world: &mut World,
    attempt: u64,
    result: Result<Session, LoginError>,
) -> Vec<Effect> {
    world.tell(Event::SignIn {
        attempt: AttemptId(attempt),
        result,
    })
}

/// A sign-in as whom the provider names.
pub(crate) fn open(attempt: u64) -> Effect {
    open_as(attempt, None)
}

pub(crate) fn open_as(attempt: u64, user: Option<&str>) -> Effect {
    Effect::OpenSignIn {
        attempt: AttemptId(attempt),
        user: user.map(Into::into),
    }
}

pub(crate) fn close(attempt: u64) -> Effect {
    Effect::CloseSignIn {
        attempt: AttemptId(attempt),
    }
}

pub(crate) fn signed_in() -> Effect {
    Effect::Record(Record::SignedIn {
        user: "dana".into(),
        how: Way::UniversalPrompt,
    })
}

fn failed(why: LoginError) -> [Effect; 2] {
    let words = why.words();
    [
        Effect::Record(Record::SignInFailed { why }),
        told("The sign-in did not work", &words),
    ]
}

fn cancelled() -> Effect {
    Effect::Record(Record::SignInFailed {
        why: LoginError::Cancelled,
    })
}

fn as_user(user: &str) -> Click {
    Click::SignIn {
        user: Some(user.into()),
    }
}

fn of(user: &str) -> Session {
    Session {
        user: user.into(),
        ..session()
    }
}

#[test]
fn nobody_waits_who_was_never_signed_in() {
    let mut world = World::signed_out(on());
    assert_eq!(world.ask(1), [denied(1, Reason::SignedOut)]);
    world.click(9, sign_in());
    assert_eq!(world.ask(2), [denied(2, Reason::SignedOut)]);
}

#[test]
fn signing_in_lets_pushes_ring() {
    let mut world = World::signed_out(on());
    assert_eq!(world.click(9, sign_in()), [open(1)]);
    assert_eq!(answer(&mut world, 1, Ok(session())), [signed_in()]);
    assert_eq!(world.ask(1), [pushed(1, 1)]);
    // Who is signed in has nothing to gain from it.
    assert_eq!(world.click(9, sign_in()), []);
}

#[test]
fn the_way_stands_in_the_log_and_in_the_view() {
    for way in [Way::UniversalPrompt, Way::SingleSignOn, Way::Push] {
        let mut world = World::signed_out(on());
        world.click(9, sign_in());
        let record = Record::SignedIn {
            user: "dana".into(),
            how: way,
        };
        let session = Session { way, ..session() };
        assert_eq!(answer(&mut world, 1, Ok(session)), [Effect::Record(record)]);
        let shown = SessionView {
            user: "dana".into(),
            way,
            ends: NOON.wall + 24 * HOUR,
            is_over: false,
        };
        assert_eq!(world.view().session, Some(shown));
    }
}

#[test]
fn a_name_counts_only_where_none_is_known() {
    let mut world = World::signed_out(on());
    assert_eq!(world.click(9, as_user("eve")), [open_as(1, Some("eve"))]);
    assert_eq!(
        world.click(9, as_user("dana")),
        [close(1), open_as(2, Some("dana"))]
    );
    answer(&mut world, 2, Ok(session()));
    world.click(9, Click::Lock);
    assert_eq!(world.click(9, as_user("eve")), [open_as(3, Some("dana"))]);
    world.click(9, Click::SignOut);
    assert_eq!(world.click(9, as_user("eve")), [open_as(4, Some("eve"))]);
}

#[test]
fn another_user_replaces_nobody_without_signing_out() {
    let other = || LoginError::Untrusted {
        words: "it is for eve, and dana is signed in here".into(),
    };
    // Not while everything is locked.
    let mut world = World::on();
    world.click(9, Click::Lock);
    world.click(9, sign_in());
    assert_eq!(answer(&mut world, 1, Ok(of("eve"))), failed(other()));
    assert_eq!(*world.core.mode(), Mode::Locked);
    // Nor where the session is over, and asks wait for the new one.
    let mut world = World::ending(NOON.boot + MINUTE);
    world.wait(MINUTE).ask(1);
    world.click(9, sign_in());
    assert_eq!(answer(&mut world, 1, Ok(of("eve"))), failed(other()));
    assert_eq!(world.view().who, Some("dana".into()));
    world.click(9, sign_in());
    assert_eq!(
        answer(&mut world, 2, Ok(of("dana"))),
        [signed_in(), pushed(1, 1)]
    );
}

#[test]
fn a_sign_in_that_was_replaced_signs_nobody_in() {
    let mut world = World::signed_out(on());
    world.click(9, sign_in());
    assert_eq!(world.click(9, sign_in()), [close(1), open(2)]);
    assert_eq!(answer(&mut world, 1, Ok(session())), []);
    assert_eq!(answer(&mut world, 2, Ok(session())), [signed_in()]);
    assert_eq!(answer(&mut world, 2, Ok(session())), []);
}

#[test]
fn the_page_of_the_open_trip_is_shown() {
    let mut world = World::signed_out(on());
    let page = |world: &mut World, attempt| {
        world.tell(Event::SignInPage {
            attempt: AttemptId(attempt),
            address: format!("https://duo.example/{attempt}"),
        })
    };
    assert_eq!(page(&mut world, 0), []);
    assert_eq!(world.view().sign_in, None);
    world.click(9, sign_in());
    let ends = NOON.wall + 5 * MINUTE;
    let shown = |address: Option<&str>| {
        Some(SignInView {
            address: address.map(Into::into),
            verification_code: None,
            ends,
        })
    };
    assert_eq!(world.view().sign_in, shown(None));
    page(&mut world, 7);
    assert_eq!(world.view().sign_in, shown(None));
    page(&mut world, 1);
    assert_eq!(world.view().sign_in, shown(Some("https://duo.example/1")));
    world.click(9, Click::CancelSignIn);
    assert_eq!(world.view().sign_in, None);
}

#[test]
fn a_sign_in_ends_badly_in_words() {
    let words = || "w".to_owned();
    for (why, said) in [
        (
            LoginError::Refused { words: words() },
            "Duo did not let you in: w. Sign in again, and approve it.",
        ),
        (LoginError::Cancelled, "The sign-in was cancelled."),
        (
            LoginError::Untrusted { words: words() },
            "The answer cannot be taken for Duo's: w. Check the connection, then sign in again.",
        ),
        (
            LoginError::SilentPass { words: words() },
            "Duo asked nobody (w), which is no sign-in. Ask a Duo administrator to demand a second factor here.",
        ),
        (
            LoginError::Unreachable { words: words() },
            "Duo cannot be reached: w. Check the network, then sign in again.",
        ),
        (
            LoginError::Misconfigured { words: words() },
            "Duo does not take this connection: w. Look at it in Setup.",
        ),
        (
            LoginError::NoName,
            "Type your Duo username in Setup, then sign in.",
        ),
        (
            LoginError::NotConnected,
            "Connect Thumbturn to Duo in Setup, then sign in.",
        ),
        (
            LoginError::NoBrowser { words: words() },
            "The sign-in page could not be opened: w.",
        ),
    ] {
        let mut world = World::signed_out(on());
        world.click(9, sign_in());
        assert_eq!(why.words(), said);
        assert_eq!(answer(&mut world, 1, Err(why.clone())), failed(why));
        assert_eq!(world.view().sign_in, None);
    }
}

#[test]
fn a_sign_in_may_take_five_minutes() {
    let mut world = World::signed_out(on());
    world.click(9, sign_in());
    assert_eq!(
        world.core.next_deadline(),
        Some(world.now.boot + 5 * MINUTE)
    );
    assert_eq!(world.wait(5 * MINUTE - 1).tick(), []);
    let [record, notice] = failed(LoginError::TimedOut);
    assert_eq!(world.wait(1).tick(), [close(1), record, notice]);
    assert_eq!(answer(&mut world, 1, Ok(session())), []);
}

#[test]
fn a_word_that_comes_too_late_signs_nobody_in() {
    let mut world = World::signed_out(on());
    world.click(9, sign_in());
    let [record, notice] = failed(LoginError::TimedOut);
    world.wait(5 * MINUTE);
    assert_eq!(
        answer(&mut world, 1, Ok(session())),
        [close(1), record, notice]
    );
    assert_eq!(world.view().who, None);
}

#[test]
fn a_cancelled_sign_in_leads_back() {
    let mut world = World::signed_out(on());
    assert_eq!(world.click(9, Click::CancelSignIn), []);
    world.click(9, sign_in());
    assert_eq!(world.click(9, Click::CancelSignIn), [close(1), cancelled()]);
    assert_eq!(world.ask(1), [denied(1, Reason::SignedOut)]);
}

#[test]
fn only_signing_in_unlocks() {
    let mut world = World::on();
    world.click(9, Click::Lock);
    assert_eq!(world.click(9, sign_in()), [open_as(1, Some("dana"))]);
    assert_eq!(world.ask(1), [denied(1, Reason::Locked)]);
    world.click(9, Click::CancelSignIn);
    assert_eq!(*world.core.mode(), Mode::Locked);
    world.click(9, sign_in());
    let mut expected = vec![signed_in()];
    expected.extend(changed(Mode::Locked, on(), By::Desk));
    assert_eq!(answer(&mut world, 2, Ok(session())), expected);
    assert_eq!(world.ask(2), [pushed(1, 2)]);
}

#[test]
fn a_session_that_is_over_when_it_comes_is_over() {
    let mut world = World::signed_out(on());
    world.click(9, sign_in());
    let late = Session {
        ends: NOON.boot,
        ..session()
    };
    assert_eq!(
        answer(&mut world, 1, Ok(late)),
        [
            signed_in(),
            Effect::Record(Record::SignedOut {
                why: SessionEnd::Expired
            }),
            told(
                "Your Duo session is over",
                "Sign in again, so that your phone can ring. Asks wait for it."
            ),
        ]
    );
}

#[test]
fn a_request_may_begin_a_sign_in_and_end_it() {
    let deed = |user: Option<&str>| Deed::SignIn {
        user: user.map(Into::into),
    };
    let mut world = World::signed_out(on());
    assert_eq!(
        world.request(1, deed(Some("dana"))),
        [open_as(1, Some("dana")), done(1, deed(Some("dana")))]
    );
    assert_eq!(
        world.request(2, Deed::CancelSignIn),
        [close(1), cancelled(), done(2, Deed::CancelSignIn)]
    );
    assert_eq!(
        world.request(3, Deed::CancelSignIn),
        [done(3, Deed::CancelSignIn)]
    );
    world.request(4, deed(None));
    answer(&mut world, 2, Ok(session()));
    assert_eq!(
        world.request(5, deed(None)),
        [refused(5, deed(None), Reason::SignedIn)]
    );
    // It needs Duo's word anyway, so it may unlock; a name replaces nobody.
    world.click(9, Click::Lock);
    assert_eq!(
        world.request(6, deed(Some("eve"))),
        [open_as(3, Some("dana")), done(6, deed(Some("eve")))]
    );
}
