//! Duo's request signature, version 5: the one that covers the body byte for byte.
//!
//! What is signed and what is sent come from the same [`Signed`], so that
//! nothing between here and the wire can write a request anew.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha512};

use super::Connection;

/// All but the characters that Duo leaves as they are.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

/// A request that Duo will know as ours.
pub(super) struct Signed {
    pub(super) date: String,
    pub(super) authorization: String,
}

/// One request as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Canonical, without the question mark.
    pub(super) query: String,
    pub(super) body: String,
}

impl Call {
    pub(super) fn read(path: &'static str, params: &[(&str, &str)]) -> Self {
        Self {
            method: "GET",
            path,
            query: canonical(params),
            body: String::new(),
        }
    }

    pub(super) fn write(path: &'static str, params: &[(&str, &str)]) -> Self {
        let body: serde_json::Map<_, _> = params
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).into()))
            .collect();
        Self {
            method: "POST",
            path,
            query: String::new(),
            body: serde_json::Value::Object(body).to_string(),
        }
    }

    pub(super) fn sign(&self, connection: &Connection, date: String) -> Signed {
        let text = self.text(connection.signed_host(), &date);
        let key = connection.secret_key().expose_secret();
        let signature = hex(&mac(key.as_bytes(), text.as_bytes()));
        let credentials = format!("{}:{signature}", connection.integration_key());
        Signed {
            date,
            authorization: format!("Basic {}", STANDARD.encode(credentials)),
        }
    }

    /// The lines that are signed. We send no `x-duo-` header, so the last is the digest of nothing.
    fn text(&self, host: &str, date: &str) -> String {
        [
            date,
            self.method,
            host,
            self.path,
            &self.query,
            &digest(self.body.as_bytes()),
            &digest(b""),
        ]
        .join("\n")
    }
}

/// Parameters as Duo orders and encodes them.
pub(super) fn canonical(params: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(String, String)> = params
        .iter()
        .map(|(key, value)| (encode(key), encode(value)))
        .collect();
    pairs.sort();
    joined(&pairs)
}

/// Duo's `pushinfo`: one value that is itself a query, in the order of the rows on the phone.
pub(super) fn pushinfo(pairs: &[(String, String)]) -> String {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(key, value)| (encode(key), encode(value)))
        .collect();
    joined(&pairs)
}

/// How long a value is once Duo has encoded it.
pub(super) fn encoded_length(value: &str) -> usize {
    utf8_percent_encode(value, STRICT).map(str::len).sum()
}

fn joined(pairs: &[(String, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha512::digest(bytes))
}

fn mac(key: &[u8], text: &[u8]) -> [u8; 64] {
    // HMAC takes a key of any length, so the other arm is never reached; were it, Duo would refuse the request.
    Hmac::<Sha512>::new_from_slice(key).map_or([0; 64], |mut mac| {
        mac.update(text);
        mac.finalize().into_bytes().into()
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    //! Known answers of Duo's own `duo_client` for Python.

    use super::*;
    use pretty_assertions::assert_eq;

    const DATE: &str = "Tue, 21 Aug 2012 17:29:18 -0000";
    const HOST: &str = "api-xxxxxxxx.duosecurity.com";
    const KEY: &[u8] = b"Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

    fn signature(call: &Call) -> String {
        hex(&mac(KEY, call.text(HOST, DATE).as_bytes()))
    }

    #[test]
    fn a_request_without_parameters() {
        assert_eq!(
            signature(&Call::read("/auth/v2/check", &[])),
            "def3dd5beb009592aaa48072f086ab05547491e88c3afd99fa6177c0b697027e645df3a0580d41e9e62fbf503964079363491c744c4d574761f3cc9d3303ceda"
        );
    }

    #[test]
    fn the_whole_header() {
        let connection = Connection::new(
            "api-XXXXXXXX.duosecurity.com",
            "DIWJ8X6AEYOR5OMC6TQ1",
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep".into(),
            None,
        )
        .unwrap();
        assert_eq!(
            Call::read("/auth/v2/check", &[])
                .sign(&connection, DATE.to_owned())
                .authorization,
            "Basic RElXSjhYNkFFWU9SNU9NQzZUUTE6ZGVmM2RkNWJlYjAwOTU5MmFhYTQ4MDcyZjA4NmFiMDU1NDc0OTFlODhjM2FmZDk5ZmE2MTc3YzBiNjk3MDI3ZTY0NWRmM2EwNTgwZDQxZTllNjJmYmY1MDM5NjQwNzkzNjM0OTFjNzQ0YzRkNTc0NzYxZjNjYzlkMzMwM2NlZGE="
        );
    }

    #[test]
    fn a_body_with_pushinfo_and_no_ascii() {
        let body = r#"{"async":"1","device":"auto","display_username":"","factor":"push","pushinfo":"Command=rm%20-rf%20%2Ftmp%2Fx&Reason=caf%C3%A9%20%E2%98%95","type":"Approve command","username":"zo\u00eb@example.com"}"#;
        let call = Call {
            method: "POST",
            path: "/auth/v2/auth",
            query: String::new(),
            body: body.into(),
        };
        assert_eq!(
            signature(&call),
            "dad706b806c77c7e61eafcb493d8f3784d8cfb9ed1169f5736f80c45a44026cd37715cb82d900dbb6f12157bb210e613ddd704d2059fc879aebfc148112ceeff"
        );
        let pairs = [
            ("Command".to_owned(), "rm -rf /tmp/x".to_owned()),
            ("Reason".to_owned(), "café ☕".to_owned()),
        ];
        let ours = Call::write(
            "/auth/v2/auth",
            &[
                ("username", "zoë@example.com"),
                ("factor", "push"),
                ("device", "auto"),
                ("async", "1"),
                ("type", "Approve command"),
                ("display_username", ""),
                ("pushinfo", &pushinfo(&pairs)),
            ],
        );
        assert_eq!(ours.body, body.replace("\\u00eb", "ë"));
    }

    #[test]
    fn a_body_with_every_special_character() {
        let call = Call::write(
            "/auth/v2/preauth",
            &[
                ("username", "it's (a) *test*!~ +&=/?#[]@:;,$%"),
                ("hostname", ""),
                ("ipaddr", "::1"),
            ],
        );
        assert_eq!(
            signature(&call),
            "ee7e1f2bcf3ef4c07f68a4daa5235bb1022414bf64e4df53ff7f2058374608eeda57918963cf173f978368b7baf38735446f9c8c269f1b43eedc4faa4c852bf1"
        );
    }

    #[test]
    fn a_query() {
        let call = Call::read(
            "/auth/v2/auth_status",
            &[("txid", "45f7c92b-f45f-4862-8545-e0f58e78075a")],
        );
        assert_eq!(
            signature(&call),
            "f88fc2e68ddd844d03251be8c6ff85bd32ec85ec446038491b6a3b87399e44ca98a50d101b4cb8ab3e3acd8d2ba357e051941ef4621f3a8e8da343aa29792e71"
        );
    }

    #[test]
    fn a_query_in_duos_order() {
        let call = Call::read(
            "/auth/v2/auth_status",
            &[
                ("foo_bar", "2"),
                ("foo", "1"),
                ("foo-a", "3"),
                ("Foo", "4"),
                ("é", "ü"),
                ("list", "b"),
                ("list", "a"),
                ("list", ""),
            ],
        );
        assert_eq!(
            call.query,
            "%C3%A9=%C3%BC&Foo=4&foo=1&foo-a=3&foo_bar=2&list=&list=a&list=b"
        );
        assert_eq!(
            signature(&call),
            "641aae3e314c0484f855fbc71616acbc5c179cccb8841c61b0a22a619dc2140d354111627381374cc575cc271d0a60d9a9c1d15e12c57bd92fc9420658032e03"
        );
    }

    #[test]
    fn special_characters_in_canonical_form() {
        assert_eq!(
            canonical(&[
                ("username", "it's (a) *test*!~ +&=/?#[]@:;,$%"),
                ("hostname", ""),
                ("ipaddr", "::1"),
            ]),
            "hostname=&ipaddr=%3A%3A1&username=it%27s%20%28a%29%20%2Atest%2A%21~%20%2B%26%3D%2F%3F%23%5B%5D%40%3A%3B%2C%24%25"
        );
    }
}
