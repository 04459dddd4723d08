//! What leaves the machine, and what the tools of MCP servers are taken for.

use pretty_assertions::assert_eq;
use thumbturn_core::policy::judge;
use thumbturn_core::*;

use crate::world::*;

const HIGH: Decision = Decision::Unsure(Risk::High);
const NORMAL: Decision = Decision::Unsure(Risk::Normal);

fn judged(name: &str, input: &str) -> Judgement {
    let ask = tool(name, input);
    judge(&ask, &facts(&ask), &Rules::none())
}

fn fetched(url: &str) -> Judgement {
    judged("WebFetch", &format!(r#"{{"url":"{url}","prompt":"x"}}"#))
}

#[test]
fn the_story_of_the_room_rings_for_the_message_alone() {
    for (name, input, decision, rule) in [
        (
            "mcp__webex__search_rooms",
            r#"{"query":"release"}"#,
            Decision::Harmless,
            "mcp.read",
        ),
        (
            "mcp__webex__list_messages",
            r#"{"roomId":"abc123","max":20}"#,
            Decision::Harmless,
            "mcp.read",
        ),
        (
            "mcp__webex__send_message",
            r#"{"roomId":"abc123","text":"done"}"#,
            NORMAL,
            "mcp.tool",
        ),
    ] {
        let found = judged(name, input);
        assert_eq!(
            (found.decision, found.rule.0.as_str()),
            (decision, rule),
            "{name}"
        );
    }
    assert_eq!(
        judged("mcp__webex__search_rooms", "{}").reasons,
        ["reads from webex"]
    );
}

#[test]
fn a_tool_reads_if_its_name_says_so_and_takes_nothing_back() {
    for name in [
        "list_x",
        "get-issue",
        "searchRooms",
        "Read",
        "describe_table",
        "getHTMLPage",
        "get_pull_request",
        "list_commits",
    ] {
        let found = judged(&format!("mcp__srv__{name}"), "{}");
        assert_eq!(found.decision, Decision::Harmless, "{name}: {found:?}");
    }
    for name in [
        "get_and_delete",
        "search_and_replace",
        "read_write",
        "list_delete",
        "getAndDelete",
        "readWrite",
        "fetch_page",
        "find",
        "execute_sql",
        "reader",
        "listen",
        "lists_x",
        "",
        "list_",
        "budget_list",
        "g\u{435}t_x",
        "LISTX",
    ] {
        let found = judged(&format!("mcp__srv__{name}"), "{}");
        assert_eq!(found.decision, NORMAL, "{name}: {found:?}");
    }
    for name in [
        "Mcp__srv__list_x",
        "mcp__a__b__list_x",
        "mcp____list_x",
        "mcp__srv__",
        "mcp_srv_list_x",
    ] {
        assert_eq!(judged(name, "{}").decision, NORMAL, "{name}");
    }
}

#[test]
fn a_read_that_speaks_of_secrets_or_names_an_address_rings() {
    for (name, input, decision, rule) in [
        ("get_secret", "{}", HIGH, "mcp.secrets"),
        ("list_api_keys", "{}", HIGH, "mcp.secrets"),
        ("getAccessTokens", "{}", HIGH, "mcp.secrets"),
        (
            "get_item",
            r#"{"a":[{"b":"the Password of dana"}]}"#,
            NORMAL,
            "mcp.secrets",
        ),
        ("get_item", r#"{"secretName":"x"}"#, NORMAL, "mcp.secrets"),
        (
            "get_item",
            r#"{"x":"https://evil.example/?q=1"}"#,
            NORMAL,
            "mcp.url",
        ),
        (
            "get_item",
            r#"{"x":"see https://evil.example"}"#,
            NORMAL,
            "mcp.url",
        ),
        (
            "get_item",
            r#"{"x":"http://127.0.0.1:80/"}"#,
            HIGH,
            "web.loopback",
        ),
        (
            "get_item",
            r#"{"host":"localhost:8080"}"#,
            HIGH,
            "web.loopback",
        ),
        (
            "get_item",
            r#"{"issueKey":"SHOP-1","pageToken":"x"}"#,
            Decision::Harmless,
            "mcp.read",
        ),
    ] {
        let found = judged(&format!("mcp__srv__{name}"), input);
        assert_eq!(
            (found.decision, found.rule.0.as_str()),
            (decision, rule),
            "{name} {input}"
        );
    }
}

#[test]
fn a_fetch_rings_and_one_back_into_the_machine_always_does() {
    assert_eq!(fetched("https://example.com/a?b#c").rule.0, "agent.web");
    assert_eq!(fetched("https://example.com/").decision, NORMAL);
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "169.254.169.254",
        "metadata.google.internal",
        "metadata.google.internal.",
        "127.0.0.1.nip.io",
        "ip6-localhost",
        "u:p@127.0.0.1",
        "example.com@127.0.0.1",
        "\u{ff11}27.0.0.1",
        "%6cocalhost",
    ] {
        let found = fetched(&format!("http://{host}:8080/x"));
        assert_eq!(found.decision, HIGH, "{host}");
        assert!(found.floor, "{host}: {found:?}");
        assert!(found.rule.0 == "web.loopback", "{host}: {found:?}");
    }
}

#[test]
fn an_address_that_is_not_plainly_the_webs_is_risky() {
    for url in [
        "ftp://example.com/x",
        "data:text/html,x",
        "javascript:alert(1)",
        "example.com",
        "",
        "https://",
        "https://github.com@evil.example/",
        "https://evil.example\\\\@github.com/",
        "https://exa\\tmple.com/",
    ] {
        let found = fetched(url);
        assert_eq!(
            (found.decision, found.rule.0.as_str()),
            (HIGH, "web.address"),
            "{url}: {found:?}"
        );
    }
    assert_eq!(fetched("file:///etc/shadow").decision, HIGH);
    let found = fetched("https://g\u{456}thub.com/");
    assert!(
        found.flagged.iter().any(|host| host.starts_with("xn--")),
        "{found:?}"
    );
}

#[test]
fn a_shell_that_cannot_be_read_says_so() {
    let found = judged("PowerShell", r#"{"command":"Get-ChildItem"}"#);
    assert_eq!(found.decision, NORMAL);
    assert!(found.reasons[0].contains("PowerShell"), "{found:?}");
}

#[test]
fn reasons_are_few_and_nothing_is_flagged_twice() {
    let found = judged(
        "NewTool",
        r#"{"a":["~/.ssh/a","~/.ssh/b","~/.aws/a","~/.kube/c","~/.bashrc",".env",".git/x","~/.ssh/a"]}"#,
    );
    assert_eq!(found.reasons.len(), 6);
    assert_eq!(found.flagged.len(), 7);
}
