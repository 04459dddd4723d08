//! What one tap covers: the prompt's edits and builds, and calls that come together.

use std::fs;
use std::path::PathBuf;

use duo_tenant::{Push, Tap};
use harness::{Gate, Spoken, World, bash, heard, payload};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

struct Story {
    world: World,
    project: PathBuf,
    _gate: Gate,
}

impl Story {
    async fn new() -> Self {
        let (world, gate) = World::turned_on().await.unwrap();
        let project = world.home().join("shop");
        fs::create_dir_all(project.join(".git")).unwrap();
        Self {
            project: project.canonicalize().unwrap(),
            world,
            _gate: gate,
        }
    }

    fn here(&self, mut ask: Value) -> Value {
        ask["cwd"] = self.project.to_str().unwrap().into();
        ask
    }

    fn edit(&self, file: &str) -> Value {
        let file = self.project.join(file);
        let input = json!({ "file_path": file, "old_string": "a", "new_string": "b" });
        self.here(payload("s1", "Edit", input))
    }

    fn bash(&self, command: &str) -> Value {
        self.here(bash("s1", command))
    }

    async fn approved(&self, ask: &Value) -> (Push, Spoken) {
        let asked = self.world.asks(ask);
        let push = self.world.push().await.unwrap();
        self.world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        (push, heard(&asked.await.unwrap().unwrap()).unwrap())
    }

    async fn spoken(&self, ask: &Value) -> Spoken {
        self.world.ask(ask).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tap_covers_what_its_card_says_until_the_prompt_ends() {
    let story = Story::new().await;
    let (push, said) = story.approved(&story.edit("src/main.rs")).await;
    assert!(matches!(said, Spoken::Allow(_)), "{said:?}");
    let covers = push.value("Covers").unwrap();
    let named = ["dits, builds and tests", story.project.to_str().unwrap()];
    assert!(named.iter().all(|part| covers.contains(part)), "{covers}");

    for ask in [
        story.edit("src/cart.rs"),
        story.bash("cargo test 2>&1 | tail -20"),
    ] {
        let said = story.spoken(&ask).await;
        let code = push.value("Ref").unwrap();
        assert!(
            matches!(&said, Spoken::Allow(words) if words.contains(code)),
            "{said:?}"
        );
    }
    assert_eq!(story.world.rang().len(), 1);
    let audit = story.world.audit();
    let uses = audit
        .iter()
        .filter(|line| !line["record"]["answer"]["grant"].is_null());
    assert_eq!(uses.count(), 2);

    // Beyond its words it covers nothing.
    for (ask, why) in [
        (story.bash("rm -r target"), "another command"),
        (story.edit("../elsewhere/x"), "outside the project"),
        (story.edit(".git/config"), "protected"),
    ] {
        let asked = story.world.asks(&ask);
        let push = story.world.push().await.unwrap();
        story.world.tenant.tap(&push.txid, Tap::Deny).unwrap();
        let said = heard(&asked.await.unwrap().unwrap()).unwrap();
        assert!(matches!(said, Spoken::Deny(_)), "{why}: {said:?}");
    }
    let mut next = story.edit("src/cart.rs");
    next["prompt_id"] = "another".into();
    let (push, _) = story.approved(&next).await;
    assert!(push.value("What").unwrap().contains("cart.rs"));
    let ended = |line: &Value| line["record"]["grant_ended"]["why"] == "prompt_ended";
    story
        .world
        .audited("the end of the first", ended)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_listed_and_ended_on_the_command_line() {
    let story = Story::new().await;
    let none = story.world.thumbturn(&["grants"]).await.unwrap();
    assert_eq!(none.code, Some(0), "{none:?}");
    let (push, _) = story.approved(&story.edit("src/main.rs")).await;
    let code = push.value("Ref").unwrap().to_owned();
    let list = story.world.thumbturn(&["grants"]).await.unwrap();
    let named = [code.as_str(), "dits, builds and tests", "Claude Code"];
    assert!(
        named.iter().all(|part| list.stdout.contains(part)),
        "{list:?}"
    );
    let end = story
        .world
        .thumbturn(&["grants", "end", &code])
        .await
        .unwrap();
    assert_eq!(end.code, Some(0), "{end:?}");
    let again = story
        .world
        .thumbturn(&["grants", "end", &code])
        .await
        .unwrap();
    assert_ne!(again.code, Some(0), "{again:?}");
    story.approved(&story.edit("src/main.rs")).await;
    assert_eq!(story.world.rang().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn turning_off_and_on_leaves_no_grant() {
    let story = Story::new().await;
    story.approved(&story.edit("src/main.rs")).await;
    let off = story.world.start_thumbturn(&["off"]).unwrap();
    let off = tokio::spawn(off.feed(b""));
    story.world.approve().await.unwrap();
    assert_eq!(off.await.unwrap().unwrap().code, Some(0));
    story.world.turn_on().await.unwrap();
    assert_eq!(story.world.view().await.unwrap().grants, []);
    let (push, _) = story.approved(&story.edit("src/main.rs")).await;
    assert!(push.value("What").unwrap().contains("main.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_come_together_share_a_card_and_a_risky_one_has_its_own() {
    let story = Story::new().await;
    for (tap, allowed) in [(Tap::Approve, true), (Tap::Deny, false)] {
        let asks = ["mkdir a", "touch b", "mv c d"].map(|it| story.world.asks(&story.bash(it)));
        let push = story.world.push().await.unwrap();
        let what: String = push
            .text
            .pushinfo
            .iter()
            .map(|(key, value)| format!("{key}={value}\n"))
            .collect();
        for command in ["mkdir a", "touch b", "mv c d"] {
            assert!(what.contains(command), "{what}");
        }
        story.world.tenant.tap(&push.txid, tap).unwrap();
        for ask in asks {
            let said = heard(&ask.await.unwrap().unwrap()).unwrap();
            assert_eq!(matches!(said, Spoken::Allow(_)), allowed, "{said:?}");
        }
    }
    assert_eq!(story.world.rang().len(), 2);

    let plain = story.world.asks(&story.bash("mkdir a"));
    let risky = story.world.asks(&story.bash("sudo mkdir b"));
    for _ in 0..2 {
        let push = story.world.push().await.unwrap();
        let what = push.value("What").unwrap();
        let is_risky = what.contains("sudo");
        assert_ne!(is_risky, what.contains("mkdir a"), "{what}");
        let tap = if is_risky { Tap::Deny } else { Tap::Approve };
        story.world.tenant.tap(&push.txid, tap).unwrap();
    }
    let plain = heard(&plain.await.unwrap().unwrap()).unwrap();
    let risky = heard(&risky.await.unwrap().unwrap()).unwrap();
    assert!(
        matches!((&plain, &risky), (Spoken::Allow(_), Spoken::Deny(_))),
        "{plain:?} {risky:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_share_one_push() {
    let story = Story::new().await;
    let ask = story.bash("npm ci");
    let (one, two) = (story.world.asks(&ask), story.world.asks(&ask));
    let push = story.world.push().await.unwrap();
    story.world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    for asked in [one, two] {
        let said = heard(&asked.await.unwrap().unwrap()).unwrap();
        assert!(matches!(said, Spoken::Allow(_)), "{said:?}");
    }
    assert_eq!(story.world.rang().len(), 1);
}
