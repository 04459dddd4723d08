//! Tools of MCP servers: what only reads, by its own name.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::seen::Seen;
use super::{Decision, Judgement, Risk, web};
use crate::{Covers, Life, Offer, RuleId};

/// What becomes of a call that only reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum McpReads {
    #[default]
    Skip,
    OncePerServer,
    Push,
}

/// First words of a name that say that the tool reads.
const READS: &[&str] = &["list", "get", "search", "read", "describe"];
/// Words that say that it does more, wherever they stand.
const WRITES: &[&str] = &[
    "add", "and", "append", "apply", "approve", "assign", "cancel", "clear", "close", "comment",
    "commit", "copy", "create", "delete", "deploy", "destroy", "disable", "download", "drop",
    "edit", "enable", "exec", "execute", "export", "fork", "grant", "import", "insert", "install",
    "invite", "invoke", "kill", "launch", "lock", "mark", "merge", "modify", "move", "mutate",
    "open", "or", "patch", "pay", "post", "publish", "purge", "push", "put", "react", "register",
    "remove", "rename", "replace", "reply", "reset", "restart", "restore", "revoke", "rotate",
    "run", "save", "schedule", "send", "set", "share", "sign", "start", "stop", "submit", "sync",
    "then", "transfer", "trigger", "unlock", "update", "upload", "upsert", "write",
];
/// Words of a name or an argument that speak of what no reader is to have unseen.
const SECRETS: &[&str] = &[
    "secret",
    "secrets",
    "token",
    "tokens",
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "credential",
    "credentials",
    "apikey",
    "keychain",
    "vault",
    "otp",
    "totp",
    "mfa",
    "cookie",
    "cookies",
    "env",
    "environment",
    "ssh",
    "pem",
    "kubeconfig",
];
/// With one of these before it, "key" is a secret and no key of a table.
const KEYS: &[&str] = &[
    "api",
    "access",
    "private",
    "secret",
    "signing",
    "encryption",
    "service",
];

/// The name's words, in lower case: snake, kebab and camel case alike.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    let mut begins = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            begins = true;
            before = None;
            continue;
        }
        let humps = c.is_uppercase() && before.is_some_and(|b| b.is_lowercase() || b.is_numeric());
        if begins || humps {
            words.push(String::new());
            begins = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        before = Some(c);
    }
    words
}

fn has_secret(text: &str) -> bool {
    let words = words(text);
    let spoken = |word: &String| SECRETS.contains(&word.as_str());
    let key = |pair: &[String]| matches!(pair, [kind, key] if matches!(key.as_str(), "key" | "keys") && KEYS.contains(&kind.as_str()));
    words.iter().any(spoken) || words.windows(2).any(key)
}

/// `None` for what is no tool of an MCP server.
pub(super) fn judge(tool: &str, seen: &Seen, reads: McpReads) -> Option<Judgement> {
    if !tool.to_ascii_lowercase().starts_with("mcp__") {
        return None;
    }
    let unsure =
        |rule: &str, reason: String| Judgement::new(Decision::Unsure(Risk::Normal), rule, reason);
    let Some((server, name)) = &seen.mcp else {
        return Some(unsure(
            "mcp.name",
            "its name is not one of an MCP tool".into(),
        ));
    };
    let own = without_server(words(name), server);
    let reader = own
        .first()
        .is_some_and(|first| READS.contains(&first.as_str()))
        && !own.iter().any(|word| WRITES.contains(&word.as_str()));
    if !reader {
        let reason = format!("{server}'s {name} is not known to only read");
        return Some(unsure("mcp.acts", reason));
    }
    if has_secret(name) {
        return Some(unsure("mcp.secret", format!("{name} speaks of secrets")));
    }
    if let Some(word) = spoken(seen) {
        let mut judgement = unsure("mcp.secret", "its arguments speak of secrets".into());
        judgement.flagged.push(word);
        return Some(judgement);
    }
    if let Some(host) = seen.hosts.iter().find(|host| !web::is_local(host)) {
        let mut judgement = unsure("mcp.address", format!("its arguments name {host}"));
        judgement.flagged.push(host.clone());
        return Some(judgement);
    }
    Some(read(server, name, reads))
}

/// Many servers put their own name first: `webex_search_rooms`.
fn without_server(mut name: Vec<String>, server: &str) -> Vec<String> {
    let server = words(server);
    if name.len() > server.len() && name.starts_with(&server) {
        name.drain(..server.len());
    }
    name
}

fn read(server: &str, name: &str, reads: McpReads) -> Judgement {
    let reason = format!("{server}'s {name} only reads");
    let decision = match reads {
        McpReads::Skip => Decision::Harmless,
        McpReads::OncePerServer | McpReads::Push => Decision::Unsure(Risk::Normal),
    };
    let mut judgement = Judgement::new(decision, "mcp.reads", reason);
    if reads == McpReads::OncePerServer {
        judgement.terms.offer = Some(Offer {
            covers: Covers::Rule {
                rule: RuleId("mcp.reads".into()),
                what: format!("reading through {server}"),
                project: None,
                host: Some(server.to_owned()),
            },
            life: Life::Session,
            most: 200,
        });
    }
    judgement
}

/// The first text among the arguments, names included, that speaks of a secret.
fn spoken(seen: &Seen) -> Option<String> {
    fn within<'a>(name: Option<&'a str>, value: &'a Value) -> Option<&'a str> {
        if let Some(name) = name.filter(|name| has_secret(name)) {
            return Some(name);
        }
        match value {
            Value::String(text) => Some(text.as_str()).filter(|text| has_secret(text)),
            Value::Array(values) => values.iter().find_map(|value| within(None, value)),
            Value::Object(fields) => fields
                .iter()
                .find_map(|(name, value)| within(Some(name), value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
    seen.fields
        .iter()
        .find_map(|(name, value)| within(Some(name), value))
        .map(|text| text.chars().take(120).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_name_falls_into_words() {
        assert_eq!(words("get_file"), ["get", "file"]);
        assert_eq!(words("listRooms-v2"), ["list", "rooms", "v2"]);
        assert_eq!(words("getAPIKey"), ["get", "apikey"]);
        assert_eq!(words("__"), Vec::<String>::new());
    }

    #[test]
    fn secrets_are_heard_of_and_keys_of_a_table_are_not() {
        for text in [
            "get_secret",
            "listTokens",
            "the API key",
            "private-key",
            "PASSWORD",
            "ssh",
            "getAPIKey",
        ] {
            assert!(has_secret(text), "{text}");
        }
        for text in [
            "primary key",
            "keyboard",
            "issue PROJ-1",
            "tokenize",
            "secretary",
        ] {
            assert!(!has_secret(text), "{text}");
        }
    }
}
