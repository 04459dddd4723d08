//! The page of rules: written, tried, kept over a push, made from a decision; and what a tap granted, ended.

use std::fs;

use duo_tenant::Tap;
use harness::{By, Session, Spoken, TrayItem, bash, heard, payload, until};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::pages::{at_work, clean, go};

const TEXT: By<'_> = By::Css("#rule-text");
const RULE: &str =
    "[[rule]]\nname = \"no-installs\"\ncommand = \"npm install ...\"\naction = \"deny\"\n";

/// Types in place of what stands there.
async fn retype(page: &Session, text: &str) {
    page.find(TEXT).await.unwrap();
    let select = "document.querySelector('#rule-text').select();";
    page.run(select, json!([])).await.unwrap();
    page.write(TEXT, text).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_written_tried_and_kept_with_a_thumb() {
    let (world, gui, _gate) = at_work().await;
    let denied = world.asks(&bash("s1", "npm install left-pad"));
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    denied.await.unwrap().unwrap();

    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Open Thumbturn").await.unwrap();
    let window = gui.window().await.unwrap();
    let page = window.page();
    go(&window, "rules").await;
    page.says("project-builds").await.unwrap();
    clean(&window).await;

    page.click(By::Role("button", "Write a rule"))
        .await
        .unwrap();
    retype(page, &RULE.replace("action", "actoin")).await;
    page.click(By::Role("button", "Try it")).await.unwrap();
    page.says("actoin").await.unwrap();
    clean(&window).await;
    retype(page, RULE).await;
    page.click(By::Role("button", "Try it")).await.unwrap();
    page.says("npm install left-pad").await.unwrap();
    page.says("a push → denied").await.unwrap();
    clean(&window).await;

    let before = fs::read_to_string(world.paths.rules()).unwrap();
    page.click(By::Role("button", "Keep")).await.unwrap();
    page.says("Check your phone").await.unwrap();
    let push = world.push().await.unwrap();
    assert!(
        push.value("What").unwrap().contains("no-installs"),
        "{push:?}"
    );
    assert_eq!(fs::read_to_string(world.paths.rules()).unwrap(), before);
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let kept = until("the rule in the file", async || {
        let text = fs::read_to_string(world.paths.rules()).ok()?;
        text.contains("no-installs").then_some(text)
    })
    .await
    .unwrap();
    for line in before.lines() {
        assert!(kept.contains(line), "{line} is gone");
    }
    let said = world.ask(&bash("s1", "npm install x")).await.unwrap();
    assert!(
        matches!(&said, Spoken::Deny(words) if words.contains("no-installs")),
        "{said:?}"
    );
    page.gone(TEXT).await.unwrap();

    // Whoever turns it down keeps the file as it is.
    page.click(By::Role("button", "Remove no-installs"))
        .await
        .unwrap();
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Deny).unwrap();
    page.says("Denied on the phone. Nothing was changed.")
        .await
        .unwrap();
    assert_eq!(fs::read_to_string(world.paths.rules()).unwrap(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_becomes_a_rule_and_what_is_always_approved_is_suggested() {
    let (world, gui, _gate) = at_work().await;
    for _ in 0..3 {
        let asked = world.asks(&bash("s1", "npm ci"));
        let push = world.push().await.unwrap();
        world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        asked.await.unwrap().unwrap();
    }
    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Open Thumbturn").await.unwrap();
    let window = gui.window().await.unwrap();
    let page = window.page();
    go(&window, "history").await;
    page.says("npm ci").await.unwrap();
    page.click(By::Css("main [aria-expanded=false]"))
        .await
        .unwrap();
    page.click(By::Role("button", "Make a rule from this"))
        .await
        .unwrap();
    let drafted = until("the draft", async || {
        page.value(TEXT)
            .await
            .ok()
            .filter(|text| text.contains("npm ci"))
    })
    .await
    .unwrap();
    assert!(drafted.contains("command = \"npm ci\""), "{drafted}");
    page.click(By::Role("button", "Cancel")).await.unwrap();
    page.says("You always approve these").await.unwrap();
    clean(&window).await;
    page.click(By::Role("button", "Look at a rule"))
        .await
        .unwrap();
    let text = page.value(TEXT).await.unwrap();
    assert!(text.contains("grant ="), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tap_granted_stands_on_now_and_is_ended_there() {
    let (world, gui, _gate) = at_work().await;
    let project = world.home().join("shop");
    fs::create_dir_all(project.join(".git")).unwrap();
    let edit = || {
        let input = json!({ "file_path": project.join("cart.rs"), "content": "x" });
        let mut edit = payload("s1", "Write", input);
        edit["cwd"] = project.to_str().unwrap().into();
        edit
    };
    let asked = world.asks(&edit());
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    asked.await.unwrap().unwrap();

    let item = TrayItem::appear(&world.desktop).await.unwrap();
    item.click("Open Thumbturn").await.unwrap();
    let window = gui.window().await.unwrap();
    let page = window.page();
    page.says("Already approved").await.unwrap();
    page.says("Edits, builds and tests").await.unwrap();
    clean(&window).await;
    let code = push.value("Ref").unwrap();
    let end = format!("End the grant {code}");
    page.click(By::Role("button", &end)).await.unwrap();
    world
        .shows("no grant", |view| view.grants.is_empty())
        .await
        .unwrap();
    let asked = world.asks(&edit());
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Deny).unwrap();
    let said = heard(&asked.await.unwrap().unwrap()).unwrap();
    assert!(matches!(said, Spoken::Deny(_)), "{said:?}");
}
