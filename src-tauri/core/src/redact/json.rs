//! Secrets inside the texts of a JSON value; every other byte stays as it is.

use serde_json::value::RawValue;
use thumbturn_wire::Input;

use super::{Found, ends_span, named, redact_but, replaced, settled};

/// `input` with the secrets in its texts redacted. A text under a telling key is a secret.
pub(super) fn input(input: &Input, kept: &[&str]) -> Input {
    let text = input.text();
    let mut out = String::with_capacity(text.len());
    let mut key: Option<&'static str> = None;
    let mut rest = text;
    while let Some(open) = rest.find('"') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        if before.contains([',', '{', '}']) {
            key = None;
        }
        let (literal, after) = from.split_at(end_of(from));
        let words: String = serde_json::from_str(literal).unwrap_or_default();
        let is_key = after.trim_start().starts_with(':');
        let shown = match key {
            Some(kind) if !is_key => whole(&words, kind, kept),
            Some(_) | None => redact_but(&words, kept).text,
        };
        if shown == words {
            out.push_str(literal);
        } else {
            out.push_str(&serde_json::Value::String(shown).to_string());
        }
        if is_key {
            key = named::kind_of(&words);
        }
        rest = after;
    }
    out.push_str(rest);
    Input::try_from(out).unwrap_or_else(|_| Input::from(RawValue::NULL.to_owned()))
}

/// Where the text ends that begins here, with its quotes.
fn end_of(literal: &str) -> usize {
    let mut escaped = false;
    for (at, c) in literal.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    literal.len()
}

/// A text that is a secret from end to end, but for what a shell would take for its own.
fn whole(text: &str, kind: &'static str, kept: &[&str]) -> String {
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(ends_span) {
        let word = piece.trim_end_matches(ends_span);
        found.push((at..at + word.len(), kind));
        at += piece.len();
    }
    // What was redacted before reads the same.
    if text.starts_with('<') && (text.ends_with(" characters>") || text.ends_with(" character>")) {
        return text.to_owned();
    }
    replaced(text, settled(text, found, kept)).text
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn shown(text: &str) -> String {
        let raw = Input::try_from(text.to_owned()).unwrap();
        let once = input(&raw, &[]);
        assert_eq!(input(&once, &[]), once, "told twice");
        once.text().to_owned()
    }

    #[test]
    fn only_secrets_change() {
        for text in [
            r#"{"command": "ls  -l",  "n": 1.50, "a":["x\u0041", null]}"#,
            r#"{"key":"C","tokens":5,"token_count":"12345"}"#,
            r#"["a\"b\\", "c"]"#,
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn secrets_go_by_shape_and_by_key() {
        let token = format!("ghp_{}", "aB3".repeat(12));
        assert_eq!(
            shown(&format!(
                r#"{{"command":"echo \"{token}\"; make","password":"a;rm -rf b","x":"plain"}}"#
            )),
            r#"{"command":"echo \"<GitHub token, 40 characters>\"; make","password":"<password, 1 character>;<password, 2 characters> <password, 3 characters> <password, 1 character>","x":"plain"}"#
        );
        assert_eq!(
            shown(r#"{"apiKey":["hunter2","hunter3"],"x":"hunter4"}"#),
            r#"{"apiKey":["<API key, 7 characters>","hunter3"],"x":"hunter4"}"#
        );
    }
}
