//! What a person sees of who is signed in, whole.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::views::{calm, on_offers, one, words};
use crate::world::*;

#[test]
fn locked() {
    let locked = View {
        state: State::Locked,
        mode: Mode::Locked,
        headline: "Locked. Every call is denied until you sign in again.".into(),
        reach: None,
        offers: vec![sign_in()],
        ..calm()
    };
    let mut world = World::with(Mode::Locked);
    assert_eq!(world.view(), locked);
    world.click(1, sign_in());
    let signing_in = |headline: &str, address: Option<&str>| View {
        headline: headline.into(),
        sign_in: Some(signing_in(address)),
        offers: vec![Click::CancelSignIn],
        ..locked.clone()
    };
    assert_eq!(
        world.view(),
        signing_in("Locked. Signing in: check your phone.", None)
    );
    world.tell(page());
    assert_eq!(
        world.view(),
        signing_in("Locked. Signing in: go on in your browser.", Some(PAGE))
    );
}

const PAGE: &str = "https://duo.example/";

fn page() -> Event {
    Event::SignInPage {
        attempt: AttemptId(1),
        address: PAGE.into(),
    }
}

fn signing_in(address: Option<&str>) -> SignInView {
    SignInView {
        address: address.map(Into::into),
        verification_code: None,
        ends: NOON.wall + 5 * MINUTE,
    }
}

#[test]
fn signed_out() {
    let mut world = World::signed_out(on());
    let offers = |last| [on_offers().as_slice(), &[Click::Lock, last]].concat();
    let needed = View {
        state: State::SignInNeeded,
        headline: "Sign in, so that your phone can ring.".into(),
        who: None,
        session: None,
        offers: offers(sign_in()),
        ..calm()
    };
    assert_eq!(world.view(), needed);
    world.click(1, sign_in());
    let trip = |headline: &str, address: Option<&str>| View {
        headline: headline.into(),
        sign_in: Some(signing_in(address)),
        offers: offers(Click::CancelSignIn),
        ..needed.clone()
    };
    assert_eq!(world.view(), trip("Signing in. Check your phone.", None));
    world.tell(page());
    assert_eq!(
        world.view(),
        trip("Signing in. Go on in your browser.", Some(PAGE))
    );
}

#[test]
fn a_session_that_is_over() {
    let mut world = World::ending(NOON.boot + MINUTE);
    world.wait(MINUTE).ask(1);
    assert_eq!(
        world.view(),
        View {
            state: State::SignInNeeded,
            headline: "Sign in, so that your phone can ring.".into(),
            session: Some(SessionView {
                ends: NOON.wall + MINUTE,
                is_over: true,
                ..calm().session.unwrap()
            }),
            waiting: vec![Waiting {
                ends: NOON.wall + 11 * MINUTE,
                ..one(1, Phase::InLine { ahead: 0 })
            }],
            offers: [on_offers().as_slice(), &[Click::Lock, sign_in()]].concat(),
            ..calm()
        }
    );
}

#[test]
fn before_the_keychain_has_told() {
    let unknown = |mode| World::unknown(Setup { mode, ..setup() }).view();
    let waiting = View {
        headline: "Waiting for the keychain.".into(),
        who: None,
        session: None,
        offers: [on_offers().as_slice(), &[Click::Lock]].concat(),
        ..calm()
    };
    assert_eq!(unknown(on()), waiting);
    assert_eq!(
        unknown(Mode::Off),
        View {
            state: State::Off,
            mode: Mode::Off,
            reach: None,
            offers: vec![Click::Lock],
            ..waiting
        }
    );
    assert_eq!(unknown(Mode::Locked).state, State::Locked);
}

#[test]
fn not_set_up() {
    let mut world = World::signed_out(Mode::Off);
    world.trouble(Trouble::NotConnected, true);
    assert_eq!(
        world.view(),
        View {
            state: State::NotSetUp,
            mode: Mode::Off,
            headline: "Not set up. Connect Thumbturn to Duo first.".into(),
            reach: None,
            who: None,
            session: None,
            troubles: vec![words(&Trouble::NotConnected)],
            offers: vec![],
            ..calm()
        }
    );
}
