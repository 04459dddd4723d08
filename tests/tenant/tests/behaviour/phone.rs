//! The phone's listener: who may use it, and that it shows a push and takes a tap.

use crate::support::{Client, parsed, raw, tenant};
use duo_tenant::{Config, PushState, Tenant};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

fn address(tenant: &Tenant) -> String {
    tenant
        .phone_url()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned()
}

async fn post(tenant: &Tenant, path: &str, order: &Value, headers: &str) -> (u16, Value) {
    let (host, body) = (address(tenant), order.to_string());
    let host_line = if headers.contains("Host:") {
        String::new()
    } else {
        format!("Host: {host}\r\n")
    };
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\n{host_line}{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    parsed(&raw(&host, request.as_bytes()).await)
}

#[tokio::test]
async fn a_tap_over_the_control_api_answers_the_push() {
    let tenant = tenant(Config::default()).await;
    let txid = Client::new(&tenant).push(&[("pushinfo", "")]).await;
    let state = format!(
        "GET /__sim/state HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        address(&tenant)
    );
    let (_, shown) = parsed(&raw(&address(&tenant), state.as_bytes()).await);
    assert_eq!(shown["ringing"][0]["txid"], json!(txid));
    let json = "Content-Type: application/json\r\n";
    let order = json!({"txid": txid, "tap": "fraud"});
    assert_eq!(
        post(&tenant, "/__sim/tap", &order, json).await,
        (200, json!({"done": true}))
    );
    assert_eq!(tenant.pushes()[0].state, PushState::Fraud);
    let problem = json!({"problem": "this request is no longer open"});
    assert_eq!(
        post(&tenant, "/__sim/tap", &order, json).await,
        (400, problem)
    );
}

#[tokio::test]
async fn another_origin_a_rebound_name_and_a_plain_form_are_refused() {
    let tenant = tenant(Config::default()).await;
    let txid = Client::new(&tenant).push(&[]).await;
    let order = json!({"txid": txid, "tap": "approve"});
    for headers in [
        "Content-Type: application/json\r\nOrigin: https://evil.example\r\n",
        "Content-Type: application/json\r\nOrigin: null\r\n",
        "Content-Type: application/json\r\nHost: evil.example\r\n",
        "Content-Type: application/json\r\nSec-Fetch-Site: cross-site\r\n",
        "Content-Type: text/plain\r\n",
        "",
    ] {
        assert_eq!(
            post(&tenant, "/__sim/tap", &order, headers).await.0,
            403,
            "{headers}"
        );
    }
    assert_eq!(tenant.pushes()[0].state, PushState::Ringing);
}

#[tokio::test]
async fn the_page_says_what_it_is_and_lets_nothing_foreign_in() {
    let tenant = tenant(Config::default()).await;
    let get = format!(
        "GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        address(&tenant)
    );
    let page = String::from_utf8(raw(&address(&tenant), get.as_bytes()).await).unwrap();
    assert!(page.contains(duo_tenant::BANNER));
    assert!(page.contains(
        "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'"
    ));
}
