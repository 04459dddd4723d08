//! One call that is told of more than once: before it runs, at the agent's own prompt, and after it ran.

use pretty_assertions::assert_eq;
use thumbturn_core::*;
use thumbturn_wire::Input;

use crate::world::*;

fn call(name: &str, command: &str) -> Ask {
    Ask {
        call: Some(name.into()),
        ..tool("Bash", &format!(r#"{{"command":"{command}"}}"#))
    }
}

fn prompt(ask: &Ask) -> Ask {
    Ask {
        moment: Moment::WouldPrompt,
        call: None,
        ..ask.clone()
    }
}

fn same(n: u64, ask: Ask, verdict: Verdict, code: &str) -> Effect {
    let reason = Reason::SameCall {
        code: Code(code.into()),
    };
    settled(n, Subject::Ask(Box::new(ask)), verdict, reason)
}

/// The answers among the effects, without what was judged.
fn answers(effects: Vec<Effect>) -> Vec<Effect> {
    effects
        .into_iter()
        .filter_map(|effect| {
            let Effect::Settle(mut entry) = effect else {
                return None;
            };
            entry.judgement = None;
            Some(Effect::Settle(entry))
        })
        .collect()
}

fn pushes(effects: &[Effect]) -> usize {
    effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Push { .. }))
        .count()
}

#[test]
fn a_call_that_fires_twice_is_one_ask_whichever_hook_comes_first() {
    let mut world = World::on();
    let ask = call("t1", "git push");
    assert_eq!(pushes(&world.tell(asked(1, ask.clone()))), 1);
    assert_eq!(world.tell(asked(2, ask.clone())), []);
    assert_eq!(world.view().waiting.len(), 1);
    let answered = answers(world.phone(1, yes()));
    let first = settled(
        1,
        Subject::Ask(Box::new(ask.clone())),
        Verdict::Allow,
        Reason::Approved(approval()),
    );
    assert_eq!(
        answered,
        [first, same(2, ask.clone(), Verdict::Allow, "C1")]
    );
    // One that is late by a moment hears the same.
    world.wait(2_000);
    assert_eq!(
        answers(world.tell(asked(3, ask.clone()))),
        [same(3, ask.clone(), Verdict::Allow, "C1")]
    );
    // One that is late by more is asked about anew.
    world.wait(20_000);
    assert_eq!(pushes(&world.tell(asked(4, ask))), 1);
}

#[test]
fn a_name_does_not_make_another_input_the_same_call() {
    let mut world = World::on();
    world.tell(asked(1, call("t1", "git push")));
    world.phone(1, yes());
    for (n, other) in [
        (2, call("t1", "git push --force")),
        (3, call("t2", "git push")),
        (
            4,
            Ask {
                session: "other".into(),
                ..call("t1", "git push")
            },
        ),
        (
            5,
            Ask {
                call: None,
                ..call("t1", "git push")
            },
        ),
    ] {
        assert_eq!(answers(world.tell(asked(n, other))), [], "{n}");
    }
    assert_eq!(world.view().waiting.len(), 4);
}

#[test]
fn a_hook_that_only_told_again_may_go_without_hurting_the_first() {
    let mut world = World::on();
    let ask = call("t1", "git push");
    world.tell(asked(1, ask.clone()));
    world.tell(asked(2, ask.clone()));
    let gone = answers(world.tell(Event::HookGone { id: AskId(2) }));
    assert_eq!(
        gone,
        [settled(
            2,
            Subject::Ask(Box::new(ask)),
            Verdict::Deny,
            Reason::HookGone
        )]
    );
    assert_eq!(answers(world.phone(1, yes())).len(), 1);
}

#[test]
fn a_call_without_a_word_that_would_now_prompt_goes_to_the_phone() {
    let mut world = World::on();
    let ask = tool("Read", r#"{"file_path":"/home/dana/shop/a.rs"}"#);
    let before = world.tell(asked(1, ask.clone()));
    assert_eq!(pushes(&before), 0);
    let prompted = world.tell(asked(2, prompt(&ask)));
    assert_eq!(pushes(&prompted), 1);
    let answered = answers(world.phone(1, yes()));
    assert_eq!(
        answered,
        [settled(
            2,
            Subject::Ask(Box::new(prompt(&ask))),
            Verdict::Allow,
            Reason::Approved(approval())
        )]
    );
}

#[test]
fn a_call_that_was_decided_is_not_asked_about_again_at_the_prompt() {
    for (outcome, verdict) in [(yes(), Verdict::Allow), (Outcome::Denied, Verdict::Deny)] {
        let mut world = World::on();
        let ask = call("t1", "git push");
        world.tell(asked(1, ask.clone()));
        world.phone(1, outcome);
        let prompted = prompt(&ask);
        assert_eq!(
            answers(world.tell(asked(2, prompted.clone()))),
            [same(2, prompted.clone(), verdict, "C1")]
        );
        // The same words once more are another call, of which nobody told before it ran.
        assert_eq!(pushes(&world.tell(asked(3, prompted))), 1);
    }
}

#[test]
fn a_question_that_only_a_person_can_answer_stays_at_the_terminal() {
    let mut world = World::on();
    for (n, name) in [(1, "AskUserQuestion"), (2, "ExitPlanMode")] {
        let ask = prompt(&tool(name, "{}"));
        let answered = answers(world.tell(asked(n, ask.clone())));
        let reason = Reason::Rule(RuleId("agent.person".into()));
        let expected = settled(n, Subject::Ask(Box::new(ask)), Verdict::NoWord, reason);
        assert_eq!(answered, [expected]);
    }
}

#[test]
fn while_it_is_off_a_prompt_stays_at_the_terminal_too() {
    let mut world = World::with(Mode::Off);
    let ask = prompt(&call("t1", "git push"));
    let answered = answers(world.tell(asked(1, ask.clone())));
    assert_eq!(
        answered,
        [settled(
            1,
            Subject::Ask(Box::new(ask)),
            Verdict::NoWord,
            Reason::Off
        )]
    );
}

fn settings_change() -> Ask {
    Ask {
        moment: Moment::SettingsChange,
        ..tool(
            "ConfigChange",
            r#"{"file_path":"/home/dana/.claude/settings.json","source":"user_settings"}"#,
        )
    }
}

#[test]
fn settings_that_take_the_gate_out_need_a_thumb_and_others_need_none() {
    let mut world = World::on();
    let ask = settings_change();
    let stands = Event::Asked {
        id: AskId(1),
        code: code(1),
        facts: Facts {
            gate_stands: true,
            ..facts(&ask)
        },
        ask: Box::new(ask.clone()),
        patience: 600_000,
    };
    let reason = Reason::Rule(RuleId("agent.settings".into()));
    assert_eq!(
        answers(world.tell(stands)),
        [settled(
            1,
            Subject::Ask(Box::new(ask.clone())),
            Verdict::NoWord,
            reason
        )]
    );
    let rings = world.tell(asked(2, ask));
    assert_eq!(pushes(&rings), 1);
}

fn ran(ask: &Ask, took_ms: Option<u64>) -> Event {
    Event::Told(Report::Ran {
        ask: Box::new(ask.clone()),
        took_ms,
    })
}

fn alarm(how: Bypass, ask: &Ask) -> [Effect; 3] {
    let trouble = Trouble::Bypassed {
        agent: Agent::Claude,
        how,
    };
    [
        Effect::Record(Record::Bypassed {
            ask: Box::new(ask.clone()),
            how,
        }),
        told(&format!("Claude Code {}", how.words()), &Card::title(ask)),
        Effect::Record(Record::TroubleBegan(trouble)),
    ]
}

#[test]
fn what_ran_as_it_was_let_through_is_no_news() {
    let mut world = World::on();
    let ask = call("t1", "git push");
    world.tell(asked(1, ask.clone()));
    world.phone(1, yes());
    // An agent may write the same input in another way.
    let rewritten = Ask {
        input: Input::try_from(r#"{ "command" : "git\u0020push" }"#.to_owned()).unwrap(),
        ..ask
    };
    assert_eq!(world.tell(ran(&rewritten, Some(10))), []);
    let harmless = Ask {
        call: Some("t2".into()),
        ..tool("Read", r#"{"file_path":"/home/dana/shop/a.rs"}"#)
    };
    world.tell(asked(2, harmless.clone()));
    assert_eq!(world.tell(ran(&harmless, Some(10))), []);
}

#[test]
fn what_ran_with_another_input_or_in_spite_of_a_no_is_an_alarm() {
    let mut world = World::on();
    world.tell(asked(1, call("t1", "git push")));
    world.phone(1, yes());
    let other = call("t1", "git push --force");
    assert_eq!(
        world.tell(ran(&other, Some(10))),
        alarm(Bypass::OtherInput, &other)
    );

    let mut world = World::on();
    let ask = call("t1", "git push");
    world.tell(asked(1, ask.clone()));
    world.phone(1, Outcome::Denied);
    assert_eq!(world.tell(ran(&ask, Some(10))), alarm(Bypass::Denied, &ask));
    assert_eq!(world.view().state, State::Trouble);
}

#[test]
fn what_ran_without_a_question_is_an_alarm_once_it_must_have_asked() {
    let mut world = World::on();
    world.wait(60_000);
    let ask = call("t1", "git push");
    assert_eq!(
        world.tell(ran(&ask, Some(10))),
        alarm(Bypass::NotAsked, &ask)
    );
    for (quiet, report) in [
        // It began before Duo mode was on, or may have.
        ("long", ran(&ask, Some(60_000))),
        ("unknown", ran(&ask, None)),
        (
            "nameless",
            ran(
                &Ask {
                    call: None,
                    ..ask.clone()
                },
                Some(10),
            ),
        ),
    ] {
        let mut world = World::on();
        world.wait(60_000);
        assert_eq!(world.tell(report), [], "{quiet}");
    }
    let mut world = World::with(Mode::Off);
    world.wait(60_000);
    assert_eq!(world.tell(ran(&ask, Some(10))), []);
}

#[test]
fn calls_of_before_a_flood_raise_no_alarm() {
    let mut world = World::on();
    let first = call("first", "git push");
    world.tell(asked(1, first.clone()));
    world.phone(1, yes());
    world.wait(10_000);
    for n in 2..700 {
        let read = Ask {
            call: Some(format!("r{n}")),
            ..tool("Read", r#"{"file_path":"/home/dana/shop/a.rs"}"#)
        };
        world.tell(asked(n, read));
    }
    assert_eq!(world.tell(ran(&first, Some(10_000))), []);
}

#[test]
fn the_gate_says_when_it_last_saw_an_agent() {
    let mut world = World::with(Mode::Off);
    assert_eq!(world.core.view(world.now).agents, []);
    world.tell(Event::Told(Report::Started {
        agent: Agent::Codex,
        session: "s".into(),
        cwd: "/".into(),
    }));
    world.wait(2_000);
    let seen = world.core.view(world.now).agents;
    assert_eq!(
        seen,
        [AgentView {
            agent: Agent::Codex,
            name: "Codex CLI".into(),
            seen_at: world.now.wall - 2_000,
            seen: "2 s ago".into(),
        }]
    );
}

#[test]
fn an_agent_that_no_longer_asks_turns_the_tray_to_trouble_until_it_does() {
    let mut world = World::on();
    let of = |agent, words: &str| Trouble::Agent {
        agent,
        words: words.into(),
        fix: "Run `thumbturn install claude`.".into(),
    };
    let mut tell = |trouble, present| world.tell(Event::Trouble { trouble, present });
    let lost = of(Agent::Claude, "the entry is gone.");
    assert_eq!(
        tell(lost.clone(), true),
        [Effect::Record(Record::TroubleBegan(lost.clone()))]
    );
    assert_eq!(tell(lost.clone(), true), []);
    // Another agent's trouble stands beside it.
    let other = of(Agent::Codex, "nobody has trusted it.");
    assert_eq!(tell(other.clone(), true).len(), 1);
    assert_eq!(
        tell(of(Agent::Claude, ""), false),
        [Effect::Record(Record::TroubleEnded(lost))]
    );
    let view = world.view();
    assert_eq!(view.state, State::Trouble);
    assert_eq!(view.headline, "On. Codex CLI: nobody has trusted it.");
    assert_eq!(
        view.troubles,
        [TroubleWords {
            kind: "agent".into(),
            words: "Codex CLI: nobody has trusted it.".into(),
            fix: "Run `thumbturn install claude`.".into(),
            ..view.troubles[0].clone()
        }]
    );
    world.tell(Event::Trouble {
        trouble: of(Agent::Codex, ""),
        present: false,
    });
    assert_eq!(world.view().state, State::On);
}
