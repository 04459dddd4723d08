//! `thumbturn doctor --duo`: whoever has a real tenant sees what it does where no public source tells.

use std::time::Duration;

use duo_tenant::{Config, Push, Tap};
use harness::{SignInWith, World, until};
use pretty_assertions::assert_eq;

/// What the person types, in order: go on; five answers about the first push; one about the two.
const ANSWERS: &str = "y\nThumbturn trial\ny\né 音 😀\nabout 300\nn\ny\n";

impl Told {
    /// What was seen of it.
    fn of(&self, about: &str) -> &str {
        let at = self.0.find(&format!("● {about}\n    "));
        let found = at.and_then(|at| self.0[at..].lines().nth(1));
        assert!(found.is_some(), "nothing about {about}:\n{}", self.0);
        found.unwrap().trim()
    }
}

struct Told(String);

async fn rings(world: &World, row: &str) -> Push {
    until("a push of the trial", async || {
        let pushes = world.rang();
        let rings = |push: &&Push| push.is_ringing() && push.value("What") == Some(row);
        pushes.iter().find(rings).cloned()
    })
    .await
    .unwrap()
}

fn approve(world: &World, push: &Push) {
    let tap = match world.tenant.code(&push.txid) {
        Some(code) => Tap::ApproveWithCode(code),
        None => Tap::Approve,
    };
    world.tenant.tap(&push.txid, tap).unwrap();
}

async fn answers(world: &World) {
    let first = world.push().await.unwrap();
    let rows: Vec<_> = first
        .text
        .pushinfo
        .iter()
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(rows, ["One", "Two", "Three", "Four", "Long"]);
    approve(world, &first);
    let denied = rings(world, "Deny this").await;
    world.tenant.tap(&denied.txid, Tap::Deny).unwrap();
    rings(world, "Leave this alone").await;
    world.tenant.advance(Duration::from_secs(61));
    let one = rings(world, "First of two").await;
    let two = rings(world, "Second of two").await;
    approve(world, &two);
    world.tenant.tap(&one.txid, Tap::Deny).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_what_this_tenant_does() {
    let (world, _gate) = World::set_up().await.unwrap();
    let seen = world.desktop.opened();
    let command = world.start_thumbturn(&["doctor", "--duo"]).unwrap();
    let command = tokio::spawn(command.feed(ANSWERS.as_bytes()));
    answers(&world).await;
    let address = world.desktop.opens(seen).await.unwrap();
    let prompt = world.prompt(&address).await.unwrap();
    prompt.push().await.unwrap();
    world.approve().await.unwrap();
    prompt.leave().await.unwrap();

    let ended = command.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = Told(ended.stdout);
    for (about, found) in [
        (
            "neither username nor user_id",
            "40001 (HTTP 400) Missing required request parameters: username",
        ),
        (
            "how far a clock may be off",
            "300 s behind is taken, then 40105 (HTTP 401) Bad request timestamp; \
             300 s ahead is taken, then 40105 (HTTP 401) Bad request timestamp",
        ),
        ("redirect to http://localhost", "HTTP 303, to /frame/prompt"),
        ("redirect to http://127.0.0.1", "HTTP 400"),
        ("the line above the rows", "Thumbturn trial"),
        ("characters beyond ASCII", "é 音 😀"),
        ("two pushes on the phone", "y"),
        (
            "the answer to the code",
            "access_token, expires_in, id_token, token_type, expires_in 3600, factor \"duo_push\"",
        ),
    ] {
        assert_eq!(told.of(about), found, "{about}");
    }
    for (about, part) in [
        ("a push that is denied", "deny, deny"),
        ("a push that nobody answers", "deny, timeout"),
        ("two pushes at once", "allow, allow, Success"),
        (
            "a `pushinfo` on either side of the limit of 20,000 bytes",
            "not taken",
        ),
        ("a push that Duo did not take", "40002 (HTTP 400)"),
        ("the same code again", "invalid_grant"),
    ] {
        assert!(told.of(about).contains(part), "{about}: {}", told.0);
    }
    // Its log tells which pushes these were.
    let kinds: Vec<_> = world
        .rang()
        .into_iter()
        .map(|push| push.text.r#type)
        .collect();
    assert_eq!(kinds[..5], ["Thumbturn trial"; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_demands_a_code_is_met_and_tried() {
    let mut config = Config::default();
    config.policy.verified_digits = Some(4);
    let (world, _gate) = World::set_up_with(config, SignInWith::Push).await.unwrap();
    let command = world.start_thumbturn(&["doctor", "--duo"]).unwrap();
    let command = tokio::spawn(command.feed(ANSWERS.as_bytes()));
    answers(&world).await;
    let ended = command.await.unwrap().unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = Told(ended.stdout);
    assert!(told.0.contains("The code to type is "), "{}", told.0);
    assert_eq!(
        told.of("Verified Duo Push"),
        "a client that can: a code of 4 digits (auth, Account is active); one that cannot: auth, Account is active"
    );
    assert!(told.of("a push that is approved").contains("allow, allow"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_of_duo_unless_somebody_agrees() {
    let (world, _gate) = World::set_up_with(Config::default(), SignInWith::Push)
        .await
        .unwrap();
    let before = world.tenant.requests().len();
    let command = world.start_thumbturn(&["doctor", "--duo"]).unwrap();
    let ended = command.feed(b"\n").await.unwrap();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("nothing was asked"), "{ended:?}");
    assert_eq!(world.rang(), []);
    // One to know which phone would ring.
    assert_eq!(world.tenant.requests().len(), before + 1);
}
