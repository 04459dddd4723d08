//! What is written down holds no secret, and says the same otherwise.

use pretty_assertions::assert_eq;
use thumbturn_core::*;
use thumbturn_wire::Input;

use crate::world::*;

/// Shapes of secrets, put together here so that no scanner takes this file for a leak.
fn canaries() -> Vec<String> {
    let mixed = "aB3dE5gH7j".repeat(7);
    let of = |start: &str, length: usize| format!("{start}{}", &mixed[..length]);
    vec![
        of("ghp_", 36),
        of("glpat-", 20),
        of("xoxb-", 40),
        of("sk_live_", 24),
        of("sk-ant-api03-", 60),
        of("npm_", 36),
        of("hf_", 34),
        of("hvs.", 24),
        of("AIza", 35),
        format!("AKIA{}", "A2B3".repeat(4)),
        format!("SG.{}.{}", &mixed[..22], &mixed[..43]),
        format!("eyJ{0}.eyJ{0}.{0}", &mixed[..20]),
    ]
}

fn answered_with(input: &str) -> Record {
    let mut ask = tool("Bash", input);
    ask.cwd = format!("/tmp/{}", canaries()[0]);
    Record::Answer(Box::new(Entry {
        id: AskId(1),
        code: code(1),
        subject: Subject::Ask(Box::new(ask)),
        judgement: None,
        grant: None,
        shared_with: 0,
        answer: Answer {
            verdict: Verdict::Allow,
            reason: Reason::Approved(approval()),
        },
    }))
}

#[test]
fn no_secret_is_written_down_shown_or_sent() {
    for secret in canaries() {
        for input in [
            format!(r#"{{"command":"echo {secret} | login; TOKEN={secret} make '{secret}'"}}"#),
            format!(r#"{{"command":"cat <<E\n{secret}\nE\n"}}"#),
            format!(r#"{{"command":"curl https://dana:{secret}@example.com/?k={secret}&x"}}"#),
            format!(r#"{{"other":[{{"deep":"{secret}"}}],"{secret}":1}}"#),
        ] {
            let record = answered_with(&input);
            let logged = serde_json::to_string(&record.logged()).unwrap();
            assert!(!logged.contains(&secret), "{logged}");
            let ask = tool("Bash", &input);
            assert!(!Card::title(&ask).contains(&secret), "{input}");
            let mut world = World::on();
            let effects = world.core.handle(asked(1, ask), world.now);
            assert!(
                matches!(effects.as_slice(), [Effect::Push { .. }]),
                "{input}: {effects:?}"
            );
            let Effect::Push { card, .. } = &effects[0] else {
                continue;
            };
            assert!(!format!("{card:?}").contains(&secret), "{card:?}");
            assert!(!format!("{:?}", world.view()).contains(&secret));
        }
    }
}

#[test]
fn what_decides_keeps_every_byte() {
    let secret = &canaries()[0];
    let ask = tool("Bash", &format!(r#"{{"command":"deploy {secret}"}}"#));
    let mut world = World::on();
    world.tell(asked(1, ask.clone()));
    let effects = world.phone(1, yes());
    let subject = Subject::Ask(Box::new(ask));
    let reason = Reason::Approved(approval());
    assert_eq!(effects[0], settled(1, subject, Verdict::Allow, reason));
}

#[test]
fn the_log_says_the_same_but_for_secrets() {
    let plain = tool("Bash", r#"{"command": "git  push", "n": 1.50}"#);
    assert_eq!(logged(&plain), plain);
    let secret = tool(
        "Bash",
        r#"{"command":"x --password hunter2;y","env":{"password":"a"}}"#,
    );
    let input = r#"{"command":"x --password <password, 7 characters>;y","env":{"password":"<password, 1 character>"}}"#;
    let told = Ask {
        input: Input::try_from(input.to_owned()).unwrap(),
        ..secret.clone()
    };
    assert_eq!(logged(&secret), told);
    assert_eq!(logged(&told), told, "once is enough");
    let stopped = Record::GateStopped {
        why: "asked".into(),
    };
    assert_eq!(stopped.logged(), stopped);
}
