//! Words that look like other words.

use std::collections::BTreeSet;
use std::ops::Range;

use super::letters::{is_foreign, is_hidden, is_mark, named};

/// The most letters that one mark names.
const NAMED: usize = 4;
/// In bytes, with whatever stands before it in an address.
const LONGEST_HOST: usize = 300;

/// What in a command line, a path or an address looks like something that it is not, in words;
/// empty where all is as it looks.
pub fn disguises(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let hidden: BTreeSet<_> = text
        .chars()
        .filter(|c| is_hidden(*c) && !matches!(c, '\n' | '\t'))
        .map(named)
        .collect();
    if !hidden.is_empty() {
        let names: Vec<_> = hidden.iter().take(NAMED).map(String::as_str).collect();
        let more = if hidden.len() > NAMED {
            " and more"
        } else {
            ""
        };
        found.push(format!(
            "holds characters that cannot be seen: {}{more}",
            names.join(", ")
        ));
    }
    let words = words(text).filter_map(|range| {
        let word = text.get(range.clone()).filter(|word| !word.is_ascii())?;
        let told = tag(word, is_in_host(text, &range))?;
        let shown: String = word.chars().take(60).filter(|c| !is_hidden(*c)).collect();
        Some(format!("{shown} is not what it looks like {told}"))
    });
    found.extend(words.take(NAMED));
    if flood(text) {
        found.push("piles marks onto letters".to_owned());
    }
    found
}

fn flood(text: &str) -> bool {
    let mut run = 0;
    text.chars().any(|c| {
        run = if is_mark(c) { run + 1 } else { 0 };
        run > 2
    })
}

/// What is to be said behind each word that looks like another, by where the word ends.
pub(super) fn tags(text: &str) -> Vec<(usize, String)> {
    if text.is_ascii() {
        return Vec::new();
    }
    words(text)
        .filter_map(|range| {
            let word = text.get(range.clone()).filter(|word| !word.is_ascii())?;
            Some((range.end, tag(word, is_in_host(text, &range))?))
        })
        .collect()
}

fn tag(word: &str, is_host: bool) -> Option<String> {
    let foreign: BTreeSet<_> = word.chars().filter(|c| is_foreign(*c)).collect();
    let is_mixed = !foreign.is_empty() && word.chars().any(|c| c.is_ascii_alphabetic());
    let mut parts = Vec::new();
    if is_mixed {
        let letters = foreign
            .iter()
            .take(NAMED)
            .map(|c| format!("{c}={}", named(*c)));
        parts.push(format!(
            "mixed letters: {}",
            letters.collect::<Vec<_>>().join(", ")
        ));
        if foreign.len() > NAMED {
            parts.push(format!("{} more", foreign.len() - NAMED));
        }
    } else if !foreign.is_empty()
        && foreign.iter().all(|c| is_look_alike(*c))
        && word.chars().count() > 1
    {
        parts.push("foreign letters that look like Latin ones".to_owned());
    }
    if is_host {
        parts.push(punycode(word));
    }
    (!parts.is_empty()).then(|| format!("⟨{}⟩", parts.join("; ")))
}

/// As the name goes into the domain name system.
fn punycode(host: &str) -> String {
    let label = |label: &str| {
        // A name that is not the resolver's own form is the same name in lower case.
        let lower = label.to_lowercase();
        if lower.is_ascii() {
            return lower;
        }
        let short: String = lower.chars().take(63).collect();
        let encoded = idna::punycode::encode_str(&short).unwrap_or_default();
        format!("xn--{encoded}")
    };
    host.split('.').map(label).collect::<Vec<_>>().join(".")
}

/// Letters of other scripts that are drawn like one of `a-z`.
fn is_look_alike(c: char) -> bool {
    "асԁеһіјӏорԛгѕтԝухуАВЕНІЈКМОРЅТХҮԜοανιρυγηκτωΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսհցեԱ".contains(c)
}

/// Words in the sense of a shell and of an address: letters, digits, `.`, `-` and `_`.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_word = |c: char| {
        c.is_alphanumeric() || matches!(c, '.' | '-' | '_') || is_mark(c) || is_foreign(c)
    };
    let mut at = 0;
    text.split_inclusive(move |c: char| !is_word(c))
        .filter_map(move |piece| {
            let from = at;
            at += piece.len();
            let word = piece.trim_end_matches(|c: char| !is_word(c));
            (!word.is_empty()).then(|| from..from + word.len())
        })
}

/// Whether the word stands where an address has its host.
fn is_in_host(text: &str, range: &Range<usize>) -> bool {
    let mut near = range.start.saturating_sub(LONGEST_HOST);
    while !text.is_char_boundary(near) {
        near += 1;
    }
    let before = text.get(near..range.start).unwrap_or_default();
    let authority = before
        .rsplit_once("://")
        .is_some_and(|(_, rest)| !rest.contains(|c: char| c.is_whitespace() || "/?#".contains(c)));
    authority || before.ends_with('@')
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn what_looks_like_another_word_is_told() {
        for (text, told) in [
            (
                "\u{441}url x",
                vec!["\u{441}url is not what it looks like ⟨mixed letters: \u{441}=U+0441⟩"],
            ),
            (
                "\u{440}\u{430}\u{441}\u{441}",
                vec![
                    "\u{440}\u{430}\u{441}\u{441} is not what it looks like ⟨foreign letters that look like Latin ones⟩",
                ],
            ),
            (
                "curl https://\u{430}pple.com/x",
                vec![
                    "\u{430}pple.com is not what it looks like ⟨mixed letters: \u{430}=U+0430; xn--pple-43d.com⟩",
                ],
            ),
            (
                "curl https://münchen.de",
                vec!["münchen.de is not what it looks like ⟨xn--mnchen-3ya.de⟩"],
            ),
            (
                "a\u{202e}b\u{200b}",
                vec!["holds characters that cannot be seen: U+200B, U+202E"],
            ),
            ("a\u{301}\u{301}\u{301}", vec!["piles marks onto letters"]),
        ] {
            let found = disguises(text);
            assert_eq!(found, told, "{text}");
        }
    }

    #[test]
    fn languages_are_no_disguise() {
        for text in [
            "git commit -m 'Привет мир'",
            "echo zoë 音楽 Rust言語 naïve",
            "a\n\tb",
            "echo \u{1F600}",
            "cafe\u{301}",
            "ls א",
        ] {
            assert_eq!(disguises(text), Vec::<String>::new(), "{text}");
        }
    }
}
