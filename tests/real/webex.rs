//! The story that it began with: an agent that sends a message, in each of Claude Code's modes.

use duo_tenant::Tap;
use harness::{How, RealAgent};
use pretty_assertions::assert_eq;
use serde_json::json;
use stand_in_model::{Script, Turn};

use crate::claude::what;
use crate::scene::Scene;

/// An MCP server that writes down what it was told to send.
const SERVER: &str = include_str!("../fixtures/mcp/webex.mjs");

async fn sends(mode: &str, tap: Tap) -> (Scene, Vec<stand_in_model::Told>) {
    let scene = Scene::on(RealAgent::Claude).await;
    let server = scene.home().join("webex.mjs");
    scene.write(&server, SERVER);
    let config = scene.home().join("mcp.json");
    let sent = scene.work().join("sent.txt");
    let servers = json!({"mcpServers": {"webex": {
        "command": "node",
        "args": [server, sent],
    }}});
    scene.write(&config, &servers.to_string());
    let read = Turn::call("mcp__webex__list_rooms", json!({}));
    let send = json!({"roomId": "abc123", "text": "we ship on Friday"});
    let send = Turn::call("mcp__webex__webex_send_message", send);
    let how = How::default()
        .with(&[
            "--mcp-config",
            config.to_str().unwrap(),
            "--permission-mode",
            mode,
        ])
        // It is refused to root elsewhere.
        .set("IS_SANDBOX", "1");
    let script = match mode {
        // What has no word of the gate's is for a check at the model's own server there.
        "auto" => Script::new([send]),
        _ => Script::new([read, send]),
    };
    let running = scene.starts_with(script, "tell them", how).await;
    // In its default mode it would ask at its terminal whether it may read.
    if mode == "default" {
        let read = scene.tap(Tap::Approve).await;
        assert!(what(&read).starts_with("list_rooms"), "{read:?}");
    }
    let card = scene.tap(tap).await;
    assert!(
        what(&card).starts_with("webex_send_message (roomId=abc123"),
        "{card:?}"
    );
    (scene, running.ends().await)
}

async fn story(mode: &str) {
    for (tap, sent) in [(Tap::Approve, Some("we ship on Friday")), (Tap::Deny, None)] {
        let (scene, told) = sends(mode, tap).await;
        let found = std::fs::read_to_string(scene.work().join("sent.txt")).ok();
        assert_eq!(found.as_deref(), sent, "{told:?}");
        let last = told.last().unwrap();
        assert_eq!(last.is_error, sent.is_none(), "{told:?}");
        if sent.is_none() {
            assert!(last.text.contains("Denied on the phone"), "{told:?}");
        }
        let rings = if mode == "default" { 2 } else { 1 };
        assert_eq!(scene.pushes(), rings);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_in_default_mode_sends_what_the_thumb_approved_and_asks_at_no_terminal() {
    story("default").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_in_auto_mode_sends_what_the_thumb_approved_and_asks_at_no_terminal() {
    story("auto").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_in_bypass_mode_sends_what_the_thumb_approved_and_asks_at_no_terminal() {
    story("bypassPermissions").await;
}
