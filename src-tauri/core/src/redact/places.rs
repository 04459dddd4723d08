//! Secrets that are told by their build, or by where they stand.

use std::ops::Range;

use super::{Found, ends_span, word_from};

pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    found.extend(userinfo(text));
    found.extend(private_keys(text));
    found.extend(headers(text));
    found.extend(signatures(text));
    found.extend(words(text));
    found
}

/// The password in `https://user:password@host`.
fn userinfo(text: &str) -> Vec<Found> {
    let found = text.match_indices("://").filter_map(|(at, sign)| {
        let from = at + sign.len();
        let ends = |c: char| ends_span(c) || matches!(c, '/' | '?' | '#');
        let authority = text.get(from..)?.split(ends).next()?;
        let user = authority.get(..authority.rfind('@')?)?;
        let colon = user.find(':')?;
        Some((from + colon + 1..from + user.len(), "password"))
    });
    found.collect()
}

/// The lines between `-----BEGIN … PRIVATE KEY-----` and its end. Line breaks stay, and so
/// does a line that is short enough to be a command.
fn private_keys(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices("PRIVATE KEY-----") {
        if at < done {
            continue;
        }
        let before = text.get(..at).unwrap_or_default();
        let line = before.rfind("-----").unwrap_or(0);
        if !before
            .get(line..)
            .unwrap_or_default()
            .starts_with("-----BEGIN")
        {
            continue;
        }
        let from = at + "PRIVATE KEY-----".len();
        let rest = text.get(from..).unwrap_or_default();
        let end = from + rest.find("-----END").unwrap_or(rest.len());
        done = end;
        found.extend(runs(text, from..end, 16).map(|run| (run, "private key")));
    }
    found
}

/// Runs of base64 of at least that length.
fn runs(text: &str, within: Range<usize>, least: usize) -> impl Iterator<Item = Range<usize>> {
    let is_body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    let part = text.get(within.clone()).unwrap_or_default();
    // In a JSON text a line may end in the two characters `\n`.
    let mut at = within.start;
    let pieces = part.split_inclusive(move |c: char| !is_body(c));
    pieces.filter_map(move |piece| {
        let from = at;
        at += piece.len();
        let body = piece.trim_end_matches(|c: char| !is_body(c));
        let escaped = from > within.start
            && text
                .get(..from)
                .is_some_and(|before| before.ends_with('\\'));
        let from = if escaped { from + 1 } else { from };
        let body = if escaped {
            body.get(1..).unwrap_or_default()
        } else {
            body
        };
        (body.len() >= least).then(|| from..from + body.len())
    })
}

/// What follows `Bearer` and `Basic`, and a header's `token`.
fn headers(text: &str) -> Vec<Found> {
    const SCHEMES: [(&str, &str, usize); 3] = [
        ("bearer ", "bearer token", 8),
        ("basic ", "password", 8),
        ("authorization: token ", "token", 8),
    ];
    let mut found = Vec::new();
    for (scheme, kind, least) in SCHEMES {
        for at in anycase(text, scheme) {
            let word = word_from(text, at + scheme.len());
            let value = text.get(word.clone()).unwrap_or_default();
            let is_token = value
                .chars()
                .any(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '=');
            if value.len() >= least && is_token && !value.contains("://") {
                found.push((word, kind));
            }
        }
    }
    found
}

/// Where `words`, in lower case, stand in any case.
fn anycase(text: &str, words: &str) -> impl Iterator<Item = usize> {
    let ends = words.len();
    // Each scheme has one blank at its end, and most texts have few of those.
    text.match_indices(' ').filter_map(move |(blank, _)| {
        let at = (blank + 1).checked_sub(ends)?;
        let here = text.get(at..=blank)?;
        here.eq_ignore_ascii_case(words).then_some(at)
    })
}

/// The signature of an address that is shared by it: Azure, AWS, Google.
fn signatures(text: &str) -> Vec<Found> {
    const NAMES: [&str; 4] = [
        "sig=",
        "X-Amz-Signature=",
        "X-Goog-Signature=",
        "X-Amz-Security-Token=",
    ];
    let mut found = Vec::new();
    for name in NAMES {
        let mut done = 0;
        for (at, _) in text.match_indices(name) {
            if at < done {
                continue;
            }
            let before = text.get(..at).unwrap_or_default();
            let word = word_from(text, at + name.len());
            done = word.end;
            if before.ends_with(['?', '&', ';']) && word.len() >= 20 {
                found.push((word, "signature"));
            }
        }
    }
    found
}

/// Words that are a secret by their build.
fn words(text: &str) -> Vec<Found> {
    let has_ikey = split(text).any(|(_, word)| is_ikey(word));
    let found = split(text).filter_map(|(at, word)| {
        if word.len() < 32 {
            return None;
        }
        let kind = if is_jwt(word) {
            "JSON web token"
        } else if is_telegram(word) {
            "Telegram token"
        } else if is_discord(word) {
            "Discord token"
        } else if is_webex(word) {
            "Webex token"
        } else if has_ikey && is_mixed(word, 40) {
            "Duo secret key"
        } else {
            return None;
        };
        Some((at..at + word.len(), kind))
    });
    found.collect()
}

fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let ends = |c: char| ends_span(c) || "=,/@?#{}[]".contains(c);
    text.split_inclusive(ends).map(move |piece| {
        let from = at;
        at += piece.len();
        (from, piece.trim_end_matches(ends))
    })
}

fn is_dashed(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn is_jwt(word: &str) -> bool {
    let parts: Vec<_> = word.split('.').collect();
    (3..=5).contains(&parts.len())
        && word.starts_with("eyJ")
        && parts.iter().all(|part| is_dashed(part))
        && parts.iter().take(2).all(|part| part.len() >= 10)
}

fn is_telegram(word: &str) -> bool {
    // An address has it as `/bot123:AA…`.
    let word = word.strip_prefix("bot").unwrap_or(word);
    word.split_once(':').is_some_and(|(id, rest)| {
        (8..=10).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() == 35
            && is_dashed(rest)
    })
}

fn is_discord(word: &str) -> bool {
    let lengths: Vec<_> = word.split('.').map(str::len).collect();
    let fits = matches!(lengths.as_slice(), [24..=28, 6, 27..=38]);
    fits && word.starts_with(['M', 'N', 'O']) && word.split('.').all(is_dashed)
}

fn is_webex(word: &str) -> bool {
    let parts: Vec<_> = word.split('_').collect();
    let [token, cluster, org] = parts.as_slice() else {
        return false;
    };
    token.len() == 64
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (2..=4).contains(&cluster.len())
        && org.len() == 36
        && is_dashed(org)
}

fn is_ikey(word: &str) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    word.len() == 20 && word.starts_with("DI") && word.bytes().all(is_upper)
}

fn is_mixed(word: &str, length: usize) -> bool {
    word.len() == length
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::redact::redact;
    use pretty_assertions::assert_eq;

    #[test]
    fn every_place_shows_its_kind_and_keeps_what_is_around() {
        let mixed = |n: usize| "aB3dE5gH7j".chars().cycle().take(n).collect::<String>();
        let (m6, m24, m27, m35, m40, m64) = (
            mixed(6),
            mixed(24),
            mixed(27),
            mixed(35),
            mixed(40),
            mixed(64),
        );
        let uuid = "01234567-89ab-cdef-0123-456789abcdef";
        for (text, shown) in [
            (
                "curl https://dana:hunter2@example.com/x".to_owned(),
                "curl https://dana:<password, 7 characters>@example.com/x",
            ),
            (
                format!("curl -H 'Authorization: Bearer {m24}' x"),
                "curl -H 'Authorization: Bearer <bearer token, 24 characters>' x",
            ),
            (
                "Authorization: Basic ZGFuYTpodW50ZXIy".into(),
                "Authorization: Basic <password, 16 characters>",
            ),
            (
                format!("x eyJ{m24}.eyJ{m24}.{m24};y"),
                "x <JSON web token, 80 characters>;y",
            ),
            (
                format!("https://api.telegram.org/bot123456789:{m35}/x"),
                "https://api.telegram.org/<Telegram token, 48 characters>/x",
            ),
            (
                format!("M{m24}.{m6}.{m27}"),
                "<Discord token, 60 characters>",
            ),
            (
                format!("{m64}_PF84_{uuid}"),
                "<Webex token, 106 characters>",
            ),
            (
                format!("DI0123456789ABCDEFGH {m40}"),
                "DI0123456789ABCDEFGH <Duo secret key, 40 characters>",
            ),
            (
                format!("https://x.blob.core.windows.net/a?sv=1&sig={m40}&se=2"),
                "https://x.blob.core.windows.net/a?sv=1&sig=<signature, 40 characters>&se=2",
            ),
            (
                format!(
                    "-----BEGIN RSA PRIVATE KEY-----\n{m64}\nreboot\n{m24}==\n-----END RSA PRIVATE KEY-----"
                ),
                "-----BEGIN RSA PRIVATE KEY-----\n<private key, 64 characters>\nreboot\n<private key, 26 characters>\n-----END RSA PRIVATE KEY-----",
            ),
            (
                format!("-----BEGIN PRIVATE KEY-----\\n{m64}\\n-----END PRIVATE KEY-----"),
                "-----BEGIN PRIVATE KEY-----\\n<private key, 64 characters>\\n-----END PRIVATE KEY-----",
            ),
        ] {
            assert_eq!(redact(&text).text, shown);
            assert_eq!(redact(shown).text, shown);
        }
        for text in [
            m40.as_str(),
            "basic training",
            "https://example.com:8080/@x",
            "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUabcdefgh\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(redact(text).text, text);
        }
    }
}
