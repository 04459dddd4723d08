//! Stories of grants: what makes one, what it lets through, and all that ends it.

use pretty_assertions::assert_eq;
use thumbturn_core::*;

use crate::ruled::*;
use crate::world::*;

/// Something that ends a grant.
type End = fn(&mut World) -> Vec<Effect>;

/// After ask 1 for that tool was approved, within the prompt "p1".
fn after(name: &str) -> World {
    let mut world = world();
    world.tell(call(1, name, "p1"));
    assert_eq!(
        gist(&world.phone(1, yes())),
        ["1: Allow Approved", "made C1"]
    );
    world
}

fn says(world: &mut World, event: Event) -> Vec<String> {
    gist(&world.tell(event))
}

#[test]
fn an_approval_covers_the_same_until_the_prompt_ends() {
    let mut world = after("Edit");
    assert_eq!(
        says(&mut world, call(2, "Edit", "p1")),
        ["2: Allow Granted C1 left 2"]
    );
    // Another tool, another rule.
    assert_eq!(
        says(&mut world, call(3, "Write", "p1")),
        ["push 2 Push [3]"]
    );
    // Even what is harmless shows that the prompt is over.
    let read = Ask {
        prompt: Some("p2".into()),
        ..tool("Read", "{}")
    };
    assert_eq!(
        says(&mut world, asked(4, read)),
        ["ended C1 PromptEnded", "4: NoWord Rule"]
    );
    assert_eq!(says(&mut world, call(5, "Edit", "p1")), [""; 0]);
}

#[test]
fn an_ask_that_names_no_prompt_is_not_covered_by_one() {
    let mut world = after("Edit");
    let nameless = |n| asked(n, tool("Edit", "{}"));
    assert_eq!(says(&mut world, nameless(2)), ["push 2 Push [2]"]);
    assert_eq!(gist(&world.phone(2, yes())), ["2: Allow Approved"]);
    assert_eq!(world.view().grants.len(), 1);
}

#[test]
fn another_session_has_its_own() {
    let mut world = after("Write");
    let elsewhere = Ask {
        session: "t".into(),
        ..tool("Write", "{}")
    };
    assert_eq!(says(&mut world, asked(2, elsewhere)), ["push 2 Push [2]"]);
    let subagents = Ask {
        subagent: Some(thumbturn_wire::Subagent {
            id: "a1".into(),
            kind: None,
        }),
        ..tool("Write", "{}")
    };
    assert_eq!(
        says(&mut world, asked(3, subagents)),
        ["3: Allow Granted C1 left 99"]
    );
}

#[test]
fn it_is_used_so_many_times_and_no_more() {
    let mut world = after("Edit");
    let mut said = Vec::new();
    for n in 2..=5 {
        said.extend(says(&mut world, call(n, "Edit", "p1")));
    }
    assert_eq!(
        said,
        [
            "2: Allow Granted C1 left 2",
            "3: Allow Granted C1 left 1",
            "4: Allow Granted C1 left 0",
            "ended C1 UsedUp",
            "push 2 Push [5]"
        ]
    );
}

#[test]
fn each_lasts_as_long_as_its_card_says() {
    for (name, length) in [
        ("Edit", HOUR),
        ("Write", 8 * HOUR),
        ("WebFetch", 5 * MINUTE),
    ] {
        let mut world = after(name);
        assert_eq!(
            world.core.next_deadline(),
            Some(NOON.boot + length),
            "{name}"
        );
        world.wait(length - 1);
        assert_eq!(
            says(&mut world, call(2, name, "p1")).len(),
            1,
            "{name} at the last moment"
        );
        assert_eq!(world.view().grants[0].until, NOON.wall + length, "{name}");
        world.wait(1);
        assert_eq!(gist(&world.tick()), ["ended C1 TimeOver"], "{name}");
        assert_eq!(says(&mut world, call(3, name, "p1")), ["push 2 Push [3]"]);
    }
}

#[test]
fn sleep_locking_turning_off_and_signing_out_end_it() {
    let ends: [(&str, End); 9] = [
        ("Slept", |world| world.sleep(11 * SECOND).tick()),
        ("ModeChanged", |world| world.click(9, Click::Lock)),
        ("ModeChanged", |world| world.click(9, Click::TurnOff)),
        ("ModeChanged", |world| world.click(9, Click::Pause(MINUTE))),
        ("ModeChanged", |world| {
            world.click(9, Click::TurnOn(Bound::Project("/srv".into())))
        }),
        ("SignedOut", |world| world.click(9, Click::SignOut)),
        ("RulesChanged", |world| {
            world.tell(Event::Rules(Box::new(Rules::none())))
        }),
        ("Revoked", |world| world.click_window(9, Click::EndGrants)),
        ("Revoked", |world| {
            world.click_window(9, Click::EndGrant(GrantId(1)))
        }),
    ];
    for (why, end) in ends {
        let mut world = after("Write");
        let mut said = gist(&end(&mut world));
        said.retain(|line| !line.starts_with("rules"));
        assert_eq!(said, [format!("ended C1 {why}")]);
        assert_eq!(world.view().grants, []);
    }
}

#[test]
fn the_same_rules_again_end_nothing() {
    let mut world = after("Write");
    assert_eq!(world.tell(Event::Rules(Box::new(rules()))), []);
    assert_eq!(world.view().grants.len(), 1);
}

#[test]
fn a_session_that_expires_takes_it_along() {
    let mut world = World::ending(NOON.boot + 2 * HOUR);
    world.tell(Event::Rules(Box::new(rules())));
    world.tell(call(1, "Write", "p1"));
    world.phone(1, yes());
    world.wait(2 * HOUR);
    assert_eq!(gist(&world.tick()), ["ended C1 SignedOut"]);
}

#[test]
fn fraud_on_the_phone_ends_all() {
    let mut world = after("Write");
    world.tell(call(2, "Edit", "p1"));
    assert_eq!(
        gist(&world.phone(2, Outcome::ReportedFraud)),
        ["ended C1 ModeChanged", "2: Deny ReportedFraud"]
    );
}

#[test]
fn what_is_risky_or_on_the_floor_has_none() {
    for name in ["Wipe", "Keys"] {
        let mut world = world();
        world.tell(call(1, name, "p1"));
        assert_eq!(
            gist(&world.phone(1, yes())),
            ["1: Allow Approved"],
            "{name}"
        );
        assert_eq!(says(&mut world, call(2, name, "p1")), ["push 2 Push [2]"]);
    }
}

#[test]
fn a_passcode_approves_no_card_and_so_grants_nothing() {
    let mut world = world();
    world.tell(call(1, "Write", "p1"));
    world.click_window(9, Click::Passcode(AskId(1)));
    let by_passcode = Approval {
        factor: Factor::Passcode,
        ..approval()
    };
    assert_eq!(
        gist(&world.phone(2, Outcome::Approved(by_passcode))),
        ["unpush 1", "1: Allow Approved"]
    );
    assert_eq!(world.view().grants, []);
}

#[test]
fn an_approval_after_it_was_turned_off_grants_nothing() {
    let mut world = world();
    world.tell(call(1, "Write", "p1"));
    world.click(9, Click::TurnOff);
    assert_eq!(gist(&world.phone(1, yes())), ["1: Allow Approved"]);
    assert_eq!(world.view().grants, []);
}

#[test]
fn a_second_approval_of_the_same_takes_the_place_of_the_first() {
    let mut world = world();
    world.tell(call(1, "Write", "p1"));
    world.tell(call(2, "Write", "p1"));
    world.phone(1, yes());
    assert_eq!(
        gist(&world.phone(2, yes())),
        ["2: Allow Approved", "ended C1 Replaced", "made C2"]
    );
}

#[test]
fn a_shell_ends_one_by_its_reference_and_needs_no_push() {
    let mut world = after("Write");
    let end = |code: &str| Deed::EndGrant(Code(code.into()));
    assert_eq!(
        world.request(2, end("C9")),
        [refused(2, end("C9"), Reason::NoSuchGrant)]
    );
    assert_eq!(
        gist(&world.request(3, end("C1"))),
        ["ended C1 Revoked", "3: Allow Done"]
    );
    assert_eq!(gist(&world.request(4, Deed::EndGrants)), ["4: Allow Done"]);
}

#[test]
fn the_desk_shows_it_and_ends_it() {
    let mut world = after("Edit");
    world.wait(MINUTE);
    world.tell(call(2, "Edit", "p1"));
    let view = world.view();
    assert_eq!(
        view.grants,
        [GrantView {
            id: GrantId(1),
            code: code(1),
            words: "Edits inside /home/dana/shop by this session and its subagents until this prompt ends, at most 3 times and 1 h".into(),
            agent: "Claude Code".into(),
            session: "s".into(),
            until: NOON.wall + HOUR,
            left: 2,
            made_at: NOON.wall,
        }]
    );
    assert!(view.offers.contains(&Click::EndGrants));
    let menu = world.core.glance(world.now).menu.0;
    let at = |wanted: &Item| menu.iter().position(|item| item == wanted);
    assert!(
        at(&Item::Line("Already approved: 1".into())).is_some(),
        "{menu:?}"
    );
    let end = Item::Action {
        text: "End C1, 2 left".into(),
        enabled: true,
        choice: Choice::Click(Click::EndGrant(GrantId(1))),
    };
    assert!(at(&end).is_some(), "{menu:?}");
}

#[test]
fn the_words_of_an_offer_say_what_where_and_until_when() {
    let rule = |what: &str, project: Option<&str>, host: Option<&str>| Covers::Rule {
        rule: RuleId("r".into()),
        what: what.into(),
        project: project.map(Into::into),
        host: host.map(Into::into),
    };
    for (covers, life, most, words) in [
        (
            Covers::Same("d".into()),
            Life::Minutes(10),
            1,
            "This very call by this session and its subagents for 10 minutes, at most once",
        ),
        (
            rule("web fetches", None, Some("docs.rs")),
            Life::Session,
            100,
            "Web fetches to docs.rs by this session and its subagents until this session ends, at most 100 times and 8 h",
        ),
        (
            rule("", Some("/p"), None),
            Life::Minutes(100_000),
            2,
            "What the rule r matches inside /p by this session and its subagents for 8 h, at most 2 times",
        ),
    ] {
        assert_eq!(Offer { covers, life, most }.words(), words);
    }
}
