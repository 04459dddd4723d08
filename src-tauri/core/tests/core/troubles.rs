//! Stories of what the gate lacks.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::world::*;

const BLOCKING: [Trouble; 7] = [
    Trouble::KeychainMissing,
    Trouble::KeychainLocked,
    Trouble::SigningKeyMissing,
    Trouble::PinForeign,
    Trouble::NotConnected,
    Trouble::Audit,
    Trouble::EndpointUnwritable,
];

fn began(trouble: Trouble) -> Effect {
    Effect::Record(Record::TroubleBegan(trouble))
}

fn ended(trouble: Trouble) -> Effect {
    Effect::Record(Record::TroubleEnded(trouble))
}

#[test]
fn what_blocks_denies_every_ask_and_ends_the_waiting() {
    let broken = Trouble::Settings("line 3: `uesr` is no key".into());
    for trouble in BLOCKING.into_iter().chain([broken]) {
        let mut world = World::on();
        world.ask(1);
        let reason = || Reason::Trouble(trouble.clone());
        assert_eq!(
            world.trouble(trouble.clone(), true),
            [began(trouble.clone()), unpush(1), denied(1, reason())]
        );
        assert_eq!(world.trouble(trouble.clone(), true), []);
        assert_eq!(world.ask(2), [denied(2, reason())]);
        assert_eq!(
            world.trouble(trouble.clone(), false),
            [ended(trouble.clone())]
        );
        assert_eq!(world.trouble(trouble.clone(), false), []);
        world.phone(1, Outcome::Unanswered);
        assert_eq!(world.ask(3), [pushed(2, 3)]);
    }
}

#[test]
fn what_blocks_keeps_it_off() {
    for trouble in BLOCKING {
        let mut world = World::with(Mode::Off);
        world.trouble(trouble.clone(), true);
        let deed = Deed::TurnOn(Bound::UntilReboot);
        let reason = Reason::Trouble(trouble.clone());
        assert_eq!(
            world.request(1, deed.clone()),
            [deed_answered(1, deed, Verdict::Deny, reason.clone())]
        );
        assert_eq!(
            world.click(2, Click::TurnOn(Bound::UntilReboot)),
            [told("Nothing was changed", &reason.words())]
        );
    }
}

#[test]
fn what_does_not_block_is_only_shown() {
    for trouble in [
        Trouble::EndpointTouched,
        Trouble::NoTrayHost,
        Trouble::DuoUnreachable,
    ] {
        let mut world = World::on();
        assert_eq!(
            world.trouble(trouble.clone(), true),
            [began(trouble.clone())]
        );
        assert_eq!(world.ask(1), [pushed(1, 1)]);
        assert_eq!(world.view().state, State::Waiting);
        assert_eq!(world.view().troubles.len(), 1);
    }
}

#[test]
fn broken_settings_are_one_trouble_whatever_their_words() {
    let broken = |words: &str| Trouble::Settings(words.into());
    let mut world = World::on();
    world.trouble(broken("a"), true);
    assert_eq!(world.trouble(broken("b"), true), [began(broken("b"))]);
    assert_eq!(world.trouble(broken(""), false), [ended(broken("b"))]);
}

#[test]
fn a_deed_still_waits_in_trouble() {
    let mut world = World::on();
    world.request(1, Deed::TurnOff(Factor::Push));
    assert_eq!(
        world.trouble(Trouble::KeychainLocked, true),
        [began(Trouble::KeychainLocked)]
    );
    let effects = world.phone(1, yes());
    assert_eq!(*world.core.mode(), Mode::Off);
    assert_eq!(effects.len(), 3);
}

const UNWRITABLE: &str = "The endpoint file cannot be written. Check the folder of the endpoint file; the gate tries again by itself.";

#[test]
fn what_could_not_be_armed_is_off() {
    let mut world = World::with(Mode::Off);
    world.click(1, Click::TurnOn(Bound::UntilReboot));
    assert_eq!(
        world.tell(Event::NotArmed),
        [
            began(Trouble::EndpointUnwritable),
            Effect::Record(Record::ModeChanged {
                from: on(),
                to: Mode::Off,
                by: By::Gate
            }),
            told("Duo mode could not be turned on", UNWRITABLE),
        ]
    );
    // It is tried again until it works.
    assert_eq!(
        world.core.next_deadline(),
        Some(world.now.boot + 30 * SECOND)
    );
    assert_eq!(world.wait(30 * SECOND).tick(), [Effect::Arm(Mode::Off)]);
    assert_eq!(world.tell(Event::NotArmed), []);
    assert_eq!(world.wait(30 * SECOND).tick(), [Effect::Arm(Mode::Off)]);
    assert_eq!(
        world.trouble(Trouble::EndpointUnwritable, false),
        [ended(Trouble::EndpointUnwritable)]
    );
    assert_eq!(world.core.next_deadline(), Some(CALM));
}

#[test]
fn off_that_could_not_be_written_is_off_and_told() {
    let mut world = World::on();
    world.click(1, Click::TurnOff);
    assert_eq!(
        world.tell(Event::NotArmed),
        [
            began(Trouble::EndpointUnwritable),
            told("Duo mode is off, but hooks still ask", UNWRITABLE),
        ]
    );
    assert_eq!(*world.core.mode(), Mode::Off);
    assert_eq!(world.ask(1), [no_word(1, Reason::Off)]);
}

#[test]
fn a_wider_bound_that_could_not_be_written_stays_on_because_hooks_still_ask() {
    let mut world = World::with(Mode::On(Bound::Project("/shop".into())));
    world.click(1, Click::TurnOn(Bound::UntilReboot));
    assert_eq!(
        world.tell(Event::NotArmed),
        [
            began(Trouble::EndpointUnwritable),
            told("Hooks may not ask any more", UNWRITABLE),
        ]
    );
    assert_eq!(*world.core.mode(), on());
}

#[test]
fn locked_stays_locked_whatever_the_file_says() {
    let mut world = World::with(Mode::Off);
    world.click(1, Click::Lock);
    world.tell(Event::NotArmed);
    assert_eq!(*world.core.mode(), Mode::Locked);
    assert_eq!(world.wait(30 * SECOND).tick(), [Effect::Arm(Mode::Locked)]);
}

#[test]
fn an_endpoint_file_that_cannot_be_put_back_is_tried_again() {
    let mut world = World::on();
    world.trouble(Trouble::EndpointUnwritable, true);
    assert_eq!(world.wait(30 * SECOND).tick(), [Effect::Arm(on())]);
}

#[test]
fn a_key_is_remade_only_where_it_is_gone_and_from_the_menu_alone() {
    let mut world = World::on();
    assert_eq!(world.click(1, Click::RemakeKey), []);
    world.trouble(Trouble::SigningKeyMissing, true);
    assert_eq!(world.click_window(2, Click::RemakeKey), []);
    assert_eq!(
        world.click(2, Click::RemakeKey),
        [Effect::Record(Record::KeyRemade), Effect::RemakeKey]
    );
}

#[test]
fn every_trouble_names_itself_and_the_next_step() {
    let all = BLOCKING.into_iter().chain([
        Trouble::Settings("line 3".into()),
        Trouble::EndpointTouched,
        Trouble::NoTrayHost,
        Trouble::DuoUnreachable,
    ]);
    for trouble in all {
        for text in [trouble.words(), trouble.fix().to_owned()] {
            assert!(text.ends_with('.') && text.len() > 10, "{text}");
            assert!(!text.contains('!'), "{text}");
        }
    }
    assert_eq!(
        Trouble::Settings("line 3".into()).words(),
        "The settings cannot be read: line 3."
    );
}

#[test]
fn what_counts_is_what_the_file_said_last() {
    let mut world = World::with(Mode::Off);
    world.click(1, Click::TurnOn(Bound::Project("/shop".into())));
    world.click(2, Click::TurnOn(Bound::UntilReboot));
    world.tell(Event::NotArmed);
    assert_eq!(*world.core.mode(), on());

    let mut world = World::on();
    world.click(1, Click::TurnOff);
    world.click(2, Click::TurnOn(Bound::UntilReboot));
    world.tell(Event::NotArmed);
    assert_eq!(*world.core.mode(), Mode::Off);
}
