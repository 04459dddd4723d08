//! The story that it began with: an agent in a chat room.

use duo_tenant::Tap;
use harness::{Spoken, World, heard, payload};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

fn webex(tool: &str, input: Value) -> Value {
    payload("s1", &format!("mcp__webex__{tool}"), input)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_found_and_read_without_a_push_and_a_message_is_sent_with_one() {
    let (world, _gate) = World::turned_on().await.unwrap();
    for reads in [
        webex("webex_search_rooms", json!({"query": "release"})),
        webex("search_rooms", json!({"query": "release"})),
        webex("list_messages", json!({"roomId": "abc123", "max": 20})),
    ] {
        let spoken = world.ask(&reads).await.unwrap();
        assert_eq!(spoken, Spoken::NoWord, "{reads}");
    }
    assert_eq!(world.rang(), []);

    let sends = webex(
        "webex_send_message",
        json!({"roomId": "abc123", "text": "The release is out."}),
    );
    let hook = world.asks(&sends);
    let push = world.push().await.unwrap();
    assert_eq!(
        push.value("What"),
        Some(r#"webex_send_message (roomId=abc123, text=The release is out.)"#)
    );
    assert_eq!(push.value("MCP server"), Some("webex"));
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");
    assert_eq!(world.rang().len(), 1);
}
