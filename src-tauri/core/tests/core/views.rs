//! What a person sees in each state, whole.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

pub(crate) fn calm() -> View {
    View {
        state: State::On,
        mode: on(),
        headline: "On. Every risky call needs your thumb.".into(),
        reach: Some("Until reboot".into()),
        who: Some("dana".into()),
        session: Some(SessionView {
            user: "dana".into(),
            way: Way::UniversalPrompt,
            ends: NOON.wall + 24 * HOUR,
            is_over: false,
        }),
        sign_in: None,
        held_until: None,
        mode_until: None,
        waiting: vec![],
        troubles: vec![],
        grants: vec![],
        agents: vec![],
        offers: [
            on_offers().as_slice(),
            &[Click::Lock, Click::TestPush, Click::SignOut],
        ]
        .concat(),
    }
}

/// What the mode offers while it is on.
pub(crate) fn on_offers() -> [Click; 5] {
    [
        Click::TurnOff,
        Click::Pause(15 * MINUTE),
        Click::Pause(HOUR),
        Click::Hold(30 * MINUTE),
        Click::Hold(HOUR),
    ]
}

pub(crate) fn words(trouble: &Trouble) -> TroubleWords {
    TroubleWords {
        kind: trouble.kind().into(),
        since: None,
        words: trouble.words(),
        fix: trouble.fix().into(),
        blocks: trouble.blocks(),
    }
}

#[test]
fn calm_and_on() {
    assert_eq!(World::on().view(), calm());
}

#[test]
fn off() {
    assert_eq!(
        World::with(Mode::Off).view(),
        View {
            state: State::Off,
            mode: Mode::Off,
            headline: "Off. Your agent asks in its own terminal.".into(),
            reach: None,
            offers: vec![
                Click::TurnOn(Bound::UntilReboot),
                Click::Lock,
                Click::TestPush,
                Click::SignOut
            ],
            ..calm()
        }
    );
}

#[test]
fn on_and_not_set_up_is_trouble() {
    let mut world = World::on();
    world.trouble(Trouble::NotConnected, true);
    assert_eq!(
        world.view(),
        View {
            state: State::Trouble,
            headline: "On, but every ask is denied. Thumbturn is not connected to Duo.".into(),
            troubles: vec![words(&Trouble::NotConnected)],
            offers: [on_offers().as_slice(), &[Click::Lock, Click::SignOut]].concat(),
            ..calm()
        }
    );
}

#[test]
fn trouble() {
    let mut world = World::with(Mode::Off);
    world.trouble(Trouble::NotConnected, true);
    world.trouble(Trouble::SigningKeyMissing, true);
    assert_eq!(
        world.view(),
        View {
            state: State::Trouble,
            mode: Mode::Off,
            headline: "Off. The gate's key is gone from the keychain.".into(),
            reach: None,
            troubles: vec![
                words(&Trouble::SigningKeyMissing),
                words(&Trouble::NotConnected)
            ],
            offers: vec![Click::Lock, Click::SignOut, Click::RemakeKey],
            ..calm()
        }
    );
    world.click(1, Click::Lock);
    assert_eq!(
        world.view().headline,
        "Locked. The gate's key is gone from the keychain."
    );
    assert_eq!(world.view().state, State::Trouble);
}

#[test]
fn what_does_not_block_keeps_the_state() {
    let mut world = World::on();
    world.trouble(Trouble::NoTrayHost, true);
    assert_eq!(
        world.view(),
        View {
            troubles: vec![words(&Trouble::NoTrayHost)],
            ..calm()
        }
    );
}

pub(crate) fn one(n: u64, phase: Phase) -> Waiting {
    Waiting {
        card: Card::default(),
        id: AskId(n),
        code: code(n),
        agent: "Claude Code".into(),
        title: format!("Bash: c{n}"),
        place: "/home/dana/shop".into(),
        phase,
        ends: NOON.wall + 10 * MINUTE,
        can_ring: false,
        passcode: PasscodeView::None,
    }
}

pub(crate) fn ringing(since: u64) -> Phase {
    Phase::Ringing {
        since,
        ends: since + MINUTE,
        device: None,
        verification_code: None,
    }
}

#[test]
fn waiting() {
    let mut world = World::on();
    world.ask(1);
    assert_eq!(
        world.view(),
        View {
            state: State::Waiting,
            headline: "Check your phone. 1 ask waits.".into(),
            waiting: vec![one(1, ringing(NOON.wall))],
            ..calm()
        }
    );
    world.ask(2);
    world.request(3, Deed::TurnOff(Factor::Push));
    world.wait(2 * SECOND);
    world.tell(Event::Rings {
        push: PushId(1),
        device: "iPhone".into(),
        verification_code: Some("123456".into()),
    });
    let since = NOON.wall + 2 * SECOND;
    assert_eq!(
        world.view(),
        View {
            state: State::Waiting,
            headline: "Check your phone. 3 asks wait.".into(),
            waiting: vec![
                one(
                    1,
                    Phase::Ringing {
                        since,
                        ends: since + MINUTE,
                        device: Some("iPhone".into()),
                        verification_code: Some("123456".into()),
                    }
                ),
                one(2, Phase::InLine { ahead: 1 }),
                Waiting {
                    agent: "thumbturn off".into(),
                    title: "Turn Duo mode off".into(),
                    place: "laptop".into(),
                    ..one(3, Phase::InLine { ahead: 2 })
                },
            ],
            ..calm()
        }
    );
}

#[test]
fn unanswered_and_quiet() {
    let mut world = World::on();
    world.ask(1);
    world.phone(1, Outcome::Unanswered);
    let again = Some(NOON.wall + 3 * MINUTE);
    let left = Waiting {
        can_ring: true,
        ..one(1, Phase::Unanswered { again })
    };
    assert_eq!(
        world.view(),
        View {
            state: State::Waiting,
            headline: "1 ask waits.".into(),
            waiting: vec![left],
            ..calm()
        }
    );
    for n in 2..=5 {
        world.ask(n);
        world.phone(n, Outcome::Unanswered);
    }
    let view = world.view();
    assert_eq!(view.headline, "Nobody answers the phone. 5 asks wait.");
    assert_eq!(view.waiting[0].phase, Phase::Unanswered { again: None });
    assert_eq!(
        view.troubles,
        [TroubleWords {
            kind: "quiet".into(),
            since: None,
            words: "Nobody answers the phone.".into(),
            fix: "Five pushes in a row went unanswered, so no more are sent: Duo would lock you out. Choose Ring again when you are there.".into(),
            blocks: false,
        }]
    );
    // No whole ring fits any more.
    world.wait(9 * MINUTE);
    world.tick();
    assert!(world.view().waiting.iter().all(|waiting| !waiting.can_ring));
}

#[test]
fn the_clock_on_the_wall_may_jump() {
    let mut world = World::on();
    world.ask(1);
    world.now.wall += 900;
    world.rings(1);
    assert_eq!(world.view().waiting[0].ends, NOON.wall + 10 * MINUTE);
    world.now.wall += 3_600_000;
    world.tick();
    assert_eq!(
        world.view().waiting[0].ends,
        NOON.wall + 10 * MINUTE + 3_600_900
    );
}

#[test]
fn an_agent_sees_no_verification_code() {
    let mut world = World::on();
    world.ask(1);
    world.rings(1);
    let plain = world.view();
    world.tell(Event::Rings {
        push: PushId(1),
        device: "iPhone".into(),
        verification_code: Some("123456".into()),
    });
    assert_ne!(world.view(), plain);
    assert_eq!(world.view().without_verification_codes(), plain);
}
