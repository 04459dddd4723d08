//! The rules that a person writes, and those that a project brings along.

use std::fs;

use duo_tenant::{Config, Policy, Push, Tap};
use harness::{Panel, Screen, SignInWith, Spoken, TrayItem, World, bash, heard, until};
use pretty_assertions::assert_eq;
use serde_json::Value;

impl Story {
    async fn new() -> Self {
        let (world, gate) = World::turned_on().await.unwrap();
        Self { world, _gate: gate }
    }

    /// Keeps these rules, and waits until they hold.
    async fn keep(&self, rules: &str) {
        let held = self.held();
        fs::write(self.world.paths.rules(), rules).unwrap();
        until("the rules to hold", async || {
            (self.held() > held).then_some(())
        })
        .await
        .unwrap();
    }

    fn held(&self) -> usize {
        let audit = self.world.audit();
        let read = |line: &&Value| line["record"].get("rules_read").is_some();
        audit.iter().filter(read).count()
    }

    async fn says(&self, command: &str) -> Spoken {
        self.world.ask(&bash("s1", command)).await.unwrap()
    }
}

struct Story {
    world: World,
    _gate: harness::Gate,
}

fn rule(name: &str, rest: &str) -> String {
    format!("[[rule]]\nname = \"{name}\"\n{rest}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_home_has_the_shipped_rules_and_what_is_written_there_holds_at_once() {
    let story = Story::new().await;
    let shipped = fs::read_to_string(story.world.paths.rules()).unwrap();
    assert_eq!(shipped, thumbturn_core::Rules::SHIPPED);

    story
        .keep(&rule("quiet", "command = \"npm ci\"\naction = \"skip\""))
        .await;
    assert_eq!(story.says("npm ci").await, Spoken::NoWord);
    let note = "command = [\"git push --force ...\", \"git push -f ...\"]\naction = \"deny\"\n\
                note = \"Ask Kim before history is rewritten\"\nlink = \"https://example.com/git\"";
    story.keep(&rule("no-force", note)).await;
    for command in ["git push -f origin main", "timeout 9 /usr/bin/git push -f"] {
        let Spoken::Deny(words) = story.says(command).await else {
            panic!("{command}");
        };
        let said = ["no-force", "Ask Kim", "https://example.com/git"];
        assert!(said.iter().all(|part| words.contains(part)), "{words}");
    }
    assert_eq!(story.world.rang(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_leaves_the_last_good_rules_and_says_where_it_is_broken() {
    let story = Story::new().await;
    let good = rule("quiet", "command = \"npm ci\"\naction = \"skip\"");
    story.keep(&good).await;
    fs::write(story.world.paths.rules(), good.replace("action", "actoin")).unwrap();
    let of_rules = |words: &&thumbturn_core::TroubleWords| words.kind == "rules";
    let troubled = |view: &thumbturn_core::View| view.troubles.iter().any(|it| of_rules(&it));
    let view = story.world.shows("the trouble", troubled).await.unwrap();
    let trouble = view.troubles.iter().find(of_rules).unwrap();
    let words = &trouble.words;
    let said = ["rules.toml", "line 4", "actoin"];
    assert!(said.iter().all(|part| words.contains(part)), "{words}");
    assert!(!trouble.blocks);
    assert_eq!(story.says("npm ci").await, Spoken::NoWord);

    let check = story.world.thumbturn(&["rules", "check"]).await.unwrap();
    assert_ne!(check.code, Some(0));
    assert!(check.stderr.contains("line 4"), "{check:?}");
    fs::write(story.world.paths.rules(), &good).unwrap();
    let mended = |view: &thumbturn_core::View| !view.troubles.iter().any(|it| of_rules(&it));
    story.world.shows("no trouble", mended).await.unwrap();
    let check = story.world.thumbturn(&["rules", "check"]).await.unwrap();
    assert_eq!(check.code, Some(0), "{check:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_projects_own_rules_tighten_and_never_loosen() {
    let story = Story::new().await;
    let project = story.world.home().join("shop");
    fs::create_dir_all(project.join(".git")).unwrap();
    fs::create_dir_all(project.join(".thumbturn")).unwrap();
    let file = project.join(".thumbturn/rules.toml");
    let ask = || {
        let mut ask = bash("s1", "cat README.md");
        ask["cwd"] = project.to_str().unwrap().into();
        ask
    };
    assert_eq!(story.world.ask(&ask()).await.unwrap(), Spoken::NoWord);
    fs::write(
        &file,
        rule("sealed", "command = \"cat ...\"\naction = \"deny\""),
    )
    .unwrap();
    let said = story.world.ask(&ask()).await.unwrap();
    assert!(
        matches!(&said, Spoken::Deny(words) if words.contains("sealed")),
        "{said:?}"
    );
    fs::write(
        &file,
        rule("open", "command = \"rm ...\"\naction = \"skip\""),
    )
    .unwrap();
    let asked = story.world.asks(&ask());
    let push = story.world.push().await.unwrap();
    let risk = push.value("Risk").unwrap();
    assert!(risk.contains("only tighten"), "{risk}");
    story.world.tenant.tap(&push.txid, Tap::Deny).unwrap();
    let said = heard(&asked.await.unwrap().unwrap()).unwrap();
    assert!(matches!(said, Spoken::Deny(_)), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_up_is_a_sign_in_in_the_browser_for_this_one_call() {
    let (world, gate) = World::set_up_with(Config::default(), SignInWith::UniversalPrompt)
        .await
        .unwrap();
    world.turn_on().await.unwrap();
    let story = Story { world, _gate: gate };
    let world = &story.world;
    let release = "command = \"npm publish ...\"\naction = \"push\"\nfactor = \"universal_prompt\"";
    story.keep(&rule("release", release)).await;
    let before = world.tenant.shown().len();
    let seen = world.desktop.opened();
    let asked = world.asks(&bash("s1", "npm publish"));
    let address = world.desktop.opens(seen).await.unwrap();
    let in_browser = |view: &thumbturn_core::View| {
        let phase = view.waiting.first().map(|waiting| &waiting.phase);
        matches!(phase, Some(thumbturn_core::Phase::InBrowser { .. }))
    };
    world
        .shows("the ask in the browser", in_browser)
        .await
        .unwrap();
    assert_eq!(
        world.tenant.shown().len(),
        before,
        "no push rings beside it"
    );
    let (page, prompt) = world.step_up(&address).await.unwrap();
    assert!(page.contains("npm publish"), "{page}");
    prompt.push().await.unwrap();
    world.approve().await.unwrap();
    prompt.leave().await.unwrap();
    let said = heard(&asked.await.unwrap().unwrap()).unwrap();
    assert!(matches!(&said, Spoken::Allow(_)), "{said:?}");
    let line = world
        .audited("the approval", |line| {
            line["record"]["answer"]["answer"]["reason"]["approved"]["factor"] == "universal_prompt"
        })
        .await
        .unwrap();
    let subject = line["record"]["answer"]["subject"]["ask"]["input"].to_string();
    assert!(subject.contains("npm publish"), "{subject}");

    // A second one is a second sign-in, and a no at the desk ends it.
    let seen = world.desktop.opened();
    let asked = world.asks(&bash("s1", "npm publish"));
    world.desktop.opens(seen).await.unwrap();
    let view = world
        .shows("the second in the browser", in_browser)
        .await
        .unwrap();
    let code = view.waiting[0].code.0.clone();
    let denied = world.thumbturn(&["deny", &code]).await.unwrap();
    assert_eq!(denied.code, Some(0), "{denied:?}");
    let said = heard(&asked.await.unwrap().unwrap()).unwrap();
    assert!(matches!(&said, Spoken::Deny(_)), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_verified_push_stands_beside_the_command_and_in_nothing_that_an_agent_reads()
{
    let config = Config {
        policy: Policy {
            verified_digits: Some(6),
            ..Policy::default()
        },
        ..Config::default()
    };
    let (world, gate) = World::set_up_with(config, SignInWith::UniversalPrompt)
        .await
        .unwrap();
    world.turn_on().await.unwrap();
    let story = Story { world, _gate: gate };
    let world = &story.world;
    let screen = Screen::start().await.unwrap();
    let _panel = Panel::start(&world.desktop, &screen, world.home())
        .await
        .unwrap();
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    let release = "command = \"npm publish ...\"\naction = \"push\"\nfactor = \"verified_push\"";
    story.keep(&rule("release", release)).await;
    let asked = world.asks(&bash("s1", "npm publish"));
    let push = world.push().await.unwrap();
    let code = world.tenant.code(&push.txid).unwrap();
    let lines = until("code and command in the menu", async || {
        let lines = item.menu().await.ok()?;
        lines
            .iter()
            .any(|line| line.contains(&code))
            .then_some(lines)
    })
    .await
    .unwrap();
    assert!(
        lines.iter().any(|line| line.contains("npm publish")),
        "{lines:?}"
    );
    let tap = Tap::ApproveWithCode(code.clone());
    world.tenant.tap(&push.txid, tap).unwrap();
    let ended = asked.await.unwrap().unwrap();
    assert!(
        matches!(heard(&ended).unwrap(), Spoken::Allow(_)),
        "{ended:?}"
    );
    let status = world.thumbturn(&["log", "--json"]).await.unwrap();
    assert!(!format!("{ended:?}{status:?}").contains(&code));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_duo_sends_no_code_a_verified_push_is_refused_in_words() {
    let story = Story::new().await;
    let release = "command = \"npm publish ...\"\naction = \"push\"\nfactor = \"verified_push\"";
    story.keep(&rule("release", release)).await;
    let said = story.says("npm publish").await;
    assert!(
        matches!(&said, Spoken::Deny(words) if words.contains("Verified")),
        "{said:?}"
    );
    let rang = story.world.rang();
    assert!(!rang.iter().any(Push::is_ringing), "{rang:?}");
}
