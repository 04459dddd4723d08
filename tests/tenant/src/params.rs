//! Parameters as they come over the wire (query, form, multipart, JSON) and as they go into a signature.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(crate) type Pairs = Vec<(String, String)>;

/// All but `A-Z a-z 0-9 _ . - ~`.
const SIGNED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

/// Blank values are kept: they are part of what was signed.
pub(crate) fn form(text: &str) -> Pairs {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key), decoded(value))
        })
        .collect()
}

/// What a signature covers: encoded first, then sorted.
pub(crate) fn canonical(pairs: &[(String, String)]) -> String {
    let mut encoded: Vec<(String, String)> = pairs
        .iter()
        .map(|(key, value)| (encoded(key), encoded(value)))
        .collect();
    encoded.sort();
    let joined: Vec<String> = encoded
        .into_iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    joined.join("&")
}

/// Parameters of a body, or nothing when it is not what its media type says.
pub(crate) fn body(media_type: &str, bytes: &[u8]) -> Option<Pairs> {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        _ if bytes.is_empty() => Some(Vec::new()),
        "application/x-www-form-urlencoded" => Some(form(std::str::from_utf8(bytes).ok()?)),
        "application/json" => json(bytes),
        "multipart/form-data" => multipart(media_type, bytes),
        _ => None,
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, SIGNED).to_string()
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

/// The SDKs send every value as a string, or a list for a repeated parameter; other scalars are taken by their text.
fn json(bytes: &[u8]) -> Option<Pairs> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    let mut pairs = Pairs::new();
    for (key, value) in object {
        let items = if let serde_json::Value::Array(items) = value {
            items
        } else {
            vec![value]
        };
        for item in items {
            pairs.push((key.clone(), scalar(item)?));
        }
    }
    Some(pairs)
}

fn scalar(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(flag) => Some(flag.to_string()),
        serde_json::Value::Null => Some(String::new()),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}

fn multipart(media_type: &str, bytes: &[u8]) -> Option<Pairs> {
    let boundary = attribute(media_type, "boundary")?;
    let text = std::str::from_utf8(bytes).ok()?;
    let mut pairs = Pairs::new();
    for part in text.split(&format!("--{boundary}")).skip(1) {
        if part.starts_with("--") {
            return Some(pairs);
        }
        let (head, value) = part.split_once("\r\n\r\n")?;
        let disposition = head.lines().find(|line| {
            line.to_ascii_lowercase()
                .starts_with("content-disposition:")
        })?;
        pairs.push((
            attribute(disposition, "name")?,
            value.strip_suffix("\r\n")?.to_owned(),
        ));
    }
    None
}

fn attribute(header: &str, name: &str) -> Option<String> {
    header.split(';').find_map(|item| {
        let (key, value) = item.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        list.iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect()
    }

    #[test]
    fn canonical_text_encodes_before_it_sorts() {
        let given = [
            ("foo_bar", "2"),
            ("foo", "1"),
            ("foo-a", "3"),
            ("Foo", "4"),
            ("é", "ü"),
            ("list", "b"),
            ("list", ""),
        ];
        assert_eq!(
            canonical(&pairs(&given)),
            "%C3%A9=%C3%BC&Foo=4&foo=1&foo-a=3&foo_bar=2&list=&list=b"
        );
    }

    #[test]
    fn a_form_may_spell_one_value_in_several_ways() {
        for wire in [
            "a=it%27s+%28x%29*%21~&b=",
            "a=it's%20(x)%2A!%7e&b",
            "a=it's+(x)*!~&b=",
        ] {
            assert_eq!(
                form(wire),
                pairs(&[("a", "it's (x)*!~"), ("b", "")]),
                "{wire}"
            );
        }
    }

    #[test]
    fn multipart_keeps_blank_and_many_line_values() {
        let text = "--XX\r\nContent-Disposition: form-data; name=\"user_id\"\r\n\r\nDU1\r\n--XX\r\n\
                    content-disposition: form-data; name=\"note\"\r\nContent-Type: text/plain\r\n\r\na\r\nb\r\n--XX\r\n\
                    Content-Disposition: form-data; name=\"blank\"\r\n\r\n\r\n--XX--\r\n";
        assert_eq!(
            body("multipart/form-data; boundary=XX", text.as_bytes()),
            Some(pairs(&[
                ("user_id", "DU1"),
                ("note", "a\r\nb"),
                ("blank", "")
            ]))
        );
    }

    #[test]
    fn a_body_that_is_not_what_it_says_has_no_parameters() {
        let bad: [(&str, &[u8]); 5] = [
            ("application/json", b"[1]"),
            ("application/json", b"{\"a\":{}}"),
            ("text/plain", b"a=b"),
            ("multipart/form-data", b"--XX--"),
            ("multipart/form-data; boundary=XX", b"--XX\r\nnothing"),
        ];
        for (media_type, bytes) in bad {
            assert_eq!(body(media_type, bytes), None, "{media_type}");
        }
    }
}
