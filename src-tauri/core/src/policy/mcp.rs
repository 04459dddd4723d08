//! Tools of MCP servers. What such a tool does nobody but its server knows; its name is all there is.

use serde_json::Value;
use thumbturn_wire::Ask;

use super::seen::Seen;
use super::{Decision, Judgement, Risk};
use crate::{Covers, Life, Offer, RuleId};

/// What becomes of MCP tools that only read, by their name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum McpReads {
    /// No word.
    #[default]
    Skip,
    /// One approval for each server and agent session.
    OncePerServer,
    Push,
}

/// In how many asks one approval of a server's reads may be used.
const MOST: u32 = 200;

/// First words of a name that say that nothing is changed.
const READS: &[&str] = &["list", "get", "search", "read", "describe"];

/// Words further on in a name that take it back.
const ACTS: &[&str] = &[
    "add",
    "and",
    "apply",
    "approve",
    "assign",
    "call",
    "cancel",
    "clear",
    "close",
    "create",
    "delete",
    "deploy",
    "disable",
    "drop",
    "edit",
    "enable",
    "eval",
    "exec",
    "execute",
    "grant",
    "insert",
    "install",
    "invite",
    "invoke",
    "kill",
    "modify",
    "move",
    "or",
    "overwrite",
    "publish",
    "purge",
    "push",
    "put",
    "remove",
    "rename",
    "replace",
    "reset",
    "restart",
    "revoke",
    "rotate",
    "save",
    "send",
    "set",
    "start",
    "stop",
    "subscribe",
    "then",
    "trigger",
    "unsubscribe",
    "update",
    "upload",
    "upsert",
    "write",
];

/// Words that speak of secrets, wherever they stand.
const SECRETS: &[&str] = &[
    "secret",
    "secrets",
    "token",
    "tokens",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passphrases",
    "credential",
    "credentials",
    "apikey",
    "apikeys",
    "otp",
    "totp",
    "keychain",
    "keyring",
];

/// Words that make a key one that opens something.
const OPENING: &[&str] = &[
    "api",
    "access",
    "private",
    "secret",
    "ssh",
    "signing",
    "encryption",
    "gpg",
    "pgp",
    "master",
    "recovery",
    "service",
    "host",
    "deploy",
];

/// Words before `token` that make it a place in a list.
const PLACES: &[&str] = &[
    "page",
    "next",
    "sync",
    "continuation",
    "cursor",
    "pagination",
    "start",
];

/// Server and tool of a name that can be read in one way alone.
pub(super) fn name(tool: &str) -> Option<(String, String)> {
    let (server, name) = tool.strip_prefix("mcp__")?.split_once("__")?;
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            && !part.starts_with('_')
            && !part.ends_with('_')
    };
    let is_one = is_plain(server) && is_plain(name) && !name.contains("__");
    is_one.then(|| (server.to_owned(), name.to_owned()))
}

pub(super) fn judge(ask: &Ask, seen: &Seen, reads: McpReads) -> Vec<Judgement> {
    let resource = ask.tool.starts_with("ReadMcpResource") || ask.tool == "ListMcpResourcesTool";
    let Some((server, tool)) = &seen.mcp else {
        return if resource {
            carried_out(seen)
        } else {
            Vec::new()
        };
    };
    let words = without_server(words(tool), server);
    let mut all = vec![match reads_by_name(&words) {
        true => read(server, reads),
        false => Judgement::new(
            Decision::Unsure(Risk::Normal),
            "mcp.tool",
            format!("{tool} of {server} is not known to only read"),
        ),
    }];
    all.extend(carried_out(seen));
    if is_secret(&words)
        || words
            .iter()
            .any(|word| matches!(word.as_str(), "key" | "keys"))
    {
        all.push(secret(Risk::High, "its name speaks of secrets", tool));
    }
    if let Some(text) = seen
        .fields
        .iter()
        .find_map(|(key, value)| spoken(key, value))
    {
        all.push(secret(
            Risk::Normal,
            "what it is given speaks of secrets",
            &text,
        ));
    }
    all
}

fn read(server: &str, reads: McpReads) -> Judgement {
    let reason = format!("reads from {server}");
    match reads {
        McpReads::Skip => Judgement::new(Decision::Harmless, "mcp.read", reason),
        McpReads::Push => Judgement::new(Decision::Unsure(Risk::Normal), "mcp.read", reason),
        McpReads::OncePerServer => {
            let mut judgement =
                Judgement::new(Decision::Unsure(Risk::Normal), "mcp.read", reason.clone());
            judgement.terms.offer = Some(Offer {
                covers: Covers::Rule {
                    rule: RuleId("mcp.read".to_owned()),
                    what: reason,
                    project: None,
                    host: Some(server.to_owned()),
                },
                life: Life::Session,
                most: MOST,
            });
            judgement
        }
    }
}

/// An address in what it is given could carry something out.
fn carried_out(seen: &Seen) -> Vec<Judgement> {
    let mut judgement = Judgement::new(
        Decision::Unsure(Risk::Normal),
        "mcp.url",
        "an address in what it is given can carry data out",
    );
    let is_web = |url: &&String| {
        url.split_once("://").is_some_and(|(scheme, _)| {
            ["http", "https", "ws", "wss", "ftp"]
                .iter()
                .any(|web| scheme.eq_ignore_ascii_case(web))
        })
    };
    let is_resource = seen.mcp.is_none();
    judgement.flagged = seen
        .urls
        .iter()
        .filter(|url| !is_resource || is_web(url))
        .cloned()
        .collect();
    match judgement.flagged.is_empty() {
        true => Vec::new(),
        false => vec![judgement],
    }
}

fn secret(risk: Risk, reason: &str, flagged: &str) -> Judgement {
    let mut judgement = Judgement::new(Decision::Unsure(risk), "mcp.secrets", reason);
    judgement.flagged = vec![flagged.to_owned()];
    judgement
}

fn reads_by_name(words: &[String]) -> bool {
    words.split_first().is_some_and(|(first, rest)| {
        READS.contains(&first.as_str()) && !rest.iter().any(|word| ACTS.contains(&word.as_str()))
    })
}

/// Many servers put their own name before each of their tools: `webex_search_rooms`.
fn without_server(mut tool: Vec<String>, server: &str) -> Vec<String> {
    let server = words(server);
    if tool.len() > server.len() && tool.starts_with(&server) {
        tool.drain(..server.len());
    }
    tool
}

/// The words of a name in snake, kebab or camel case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    let mut chars = name.chars().peekable();
    while let Some(char) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        if !char.is_alphanumeric() {
            words.push(String::new());
        } else if char.is_uppercase() && (was_lower || next_is_lower) {
            words.push(char.to_lowercase().collect());
        } else if let Some(word) = words.last_mut() {
            word.extend(char.to_lowercase());
        }
        was_lower = char.is_lowercase() || char.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_secret(words: &[String]) -> bool {
    let mut before = "";
    for word in words {
        let is_place = word.starts_with("token") && PLACES.contains(&before);
        let opens = matches!(word.as_str(), "key" | "keys") && OPENING.contains(&before);
        if opens || (SECRETS.contains(&word.as_str()) && !is_place) {
            return true;
        }
        before = word;
    }
    false
}

/// The first text in there that speaks of secrets.
fn spoken(key: &str, value: &Value) -> Option<String> {
    if is_secret(&words(key)) {
        return Some(key.to_owned());
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
        Value::String(text) => is_secret(&words(text)).then(|| text.clone()),
        Value::Array(all) => all.iter().find_map(|value| spoken("", value)),
        Value::Object(fields) => fields.iter().find_map(|(key, value)| spoken(key, value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_name_is_split_where_a_word_begins() {
        for (name, expected) in [
            ("list_messages", vec!["list", "messages"]),
            ("get-and-delete", vec!["get", "and", "delete"]),
            ("getHTMLPage", vec!["get", "html", "page"]),
            ("Read", vec!["read"]),
            ("readV2Write", vec!["read", "v2", "write"]),
            ("LISTIssues", vec!["list", "issues"]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn every_list_is_sorted_into_words_that_can_occur() {
        for list in [READS, ACTS, SECRETS, OPENING, PLACES] {
            for word in list {
                assert_eq!(words(word), [*word]);
            }
        }
        assert!(ACTS.is_sorted());
        assert!(!READS.iter().any(|read| ACTS.contains(read)));
    }

    #[test]
    fn a_server_and_a_tool_are_read_in_one_way_alone() {
        let read = |text| name(text).map(|(server, tool)| format!("{server} {tool}"));
        assert_eq!(
            read("mcp__webex__list_rooms").as_deref(),
            Some("webex list_rooms")
        );
        assert_eq!(
            read("mcp__plugin_a_b__get-x").as_deref(),
            Some("plugin_a_b get-x")
        );
        for odd in [
            "Mcp__webex__list_rooms",
            "mcp__webex__other__list_rooms",
            "mcp____list",
            "mcp__webex__",
            "mcp__webex",
            "mcp__webex___list",
            "mcp__web\u{435}x__list",
            "mcp__webex__list rooms",
            "mcp__webex__list_",
            " mcp__a__get",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
