//! One request head: bounded in size and time, and from a browser that was sent here.

use std::time::Duration;

use httparse::Status;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// A callback is a few hundred bytes, and a browser's own headers a few thousand.
const MOST: usize = 16 << 10;
const HEADERS: usize = 64;
/// A browser on this machine sends its head at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is asked for, once it may be asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) path: String,
    pub(super) query: String,
}

/// Why a request is not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Gone,
    Slow,
    Malformed,
    TooLarge,
    /// Another name than ours: a web page whose own name was made to mean this machine.
    Host,
    Method,
    /// No person went here: a script, a frame, or a page loaded ahead of its click.
    Unseen,
}

pub(super) async fn read(stream: &mut TcpStream, port: u16) -> Result<Head, Fault> {
    tokio::time::timeout(PATIENCE, read_whole(stream, port))
        .await
        .unwrap_or(Err(Fault::Slow))
}

async fn read_whole(stream: &mut TcpStream, port: u16) -> Result<Head, Fault> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 2048];
        let read = stream.read(&mut chunk).await.map_err(|_| Fault::Gone)?;
        if read == 0 {
            return Err(if bytes.is_empty() {
                Fault::Gone
            } else {
                Fault::Malformed
            });
        }
        bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
        if let Some(head) = judge(&bytes, port)? {
            return Ok(head);
        }
        if bytes.len() >= MOST {
            return Err(Fault::TooLarge);
        }
    }
}

/// `None` while more must come.
fn judge(bytes: &[u8], port: u16) -> Result<Option<Head>, Fault> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(Status::Complete(_)) => {}
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Fault::TooLarge),
        Err(_) => return Err(Fault::Malformed),
    }
    let (Some(method), Some(target)) = (request.method, request.path) else {
        return Err(Fault::Malformed);
    };
    // An absolute-form target would name a host beside the header.
    if !target.starts_with('/') {
        return Err(Fault::Malformed);
    }
    let headers = &*request.headers;
    if !is_here(only(headers, "host")?, port) {
        return Err(Fault::Host);
    }
    if method != "GET" {
        return Err(Fault::Method);
    }
    if only(headers, "transfer-encoding")?.is_some()
        || only(headers, "content-length")?.is_some_and(|length| length != "0")
        || only(headers, "upgrade")?.is_some()
    {
        return Err(Fault::Malformed);
    }
    if !is_seen(headers)? {
        return Err(Fault::Unseen);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Some(Head {
        path: path.to_owned(),
        query: query.to_owned(),
    }))
}

fn is_here(host: Option<&str>, port: u16) -> bool {
    let Some((name, number)) = host.and_then(|host| host.rsplit_once(':')) else {
        return false;
    };
    number == port.to_string()
        && (name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]")
}

/// Browsers say what they fetch a page for; one that says nothing is an old one, or a program.
fn is_seen(headers: &[httparse::Header<'_>]) -> Result<bool, Fault> {
    let site = only(headers, "sec-fetch-site")?;
    let mode = only(headers, "sec-fetch-mode")?;
    let target = only(headers, "sec-fetch-dest")?;
    Ok(only(headers, "sec-purpose")?.is_none()
        && only(headers, "purpose")?.is_none()
        && only(headers, "origin")?.is_none()
        && site.is_none_or(|it| ["none", "same-origin", "same-site", "cross-site"].contains(&it))
        && mode.is_none_or(|it| it == "navigate")
        && target.is_none_or(|it| it == "document"))
}

/// A header that stands once or not at all.
fn only<'a>(headers: &[httparse::Header<'a>], name: &str) -> Result<Option<&'a str>, Fault> {
    let mut found = headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => std::str::from_utf8(one.value)
            .map(Some)
            .map_err(|_| Fault::Malformed),
        (Some(_), Some(_)) => Err(Fault::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn judged(text: &str) -> Result<Option<(String, String)>, Fault> {
        judge(text.as_bytes(), 40111).map(|head| head.map(|head| (head.path, head.query)))
    }

    fn with(header: &str) -> String {
        format!("GET /a?b=c HTTP/1.1\r\nHost: localhost:40111\r\n{header}\r\n\r\n")
    }

    #[test]
    fn a_browser_is_heard() {
        for (what, header) in [
            ("plain", "Accept: */*"),
            (
                "typed",
                "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-User: ?1",
            ),
            (
                "sent by Duo",
                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document",
            ),
            ("no body", "Content-Length: 0"),
        ] {
            assert_eq!(
                judged(&with(header)),
                Ok(Some(("/a".into(), "b=c".into()))),
                "{what}"
            );
        }
        for host in [
            "localhost:40111",
            "LocalHost:40111",
            "127.0.0.1:40111",
            "[::1]:40111",
        ] {
            let text = format!("GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n");
            assert_eq!(
                judged(&text),
                Ok(Some(("/a".into(), String::new()))),
                "{host}"
            );
        }
        assert_eq!(judged("GET /a HTTP/1.1\r\nHost: local"), Ok(None));
    }

    #[test]
    fn nothing_else_is() {
        for (what, text, fault) in [
            ("HTTP/0.9", "GET /a\r\n".to_owned(), Fault::Malformed),
            (
                "HTTP/2",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(),
                Fault::Malformed,
            ),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}".into(), Fault::Malformed),
            ("no host", "GET /a HTTP/1.1\r\n\r\n".into(), Fault::Host),
            (
                "absolute form",
                "GET http://localhost:40111/a HTTP/1.1\r\nHost: localhost:40111\r\n\r\n".into(),
                Fault::Malformed,
            ),
            (
                "rebinding",
                "GET /a HTTP/1.1\r\nHost: evil.example:40111\r\n\r\n".into(),
                Fault::Host,
            ),
            (
                "look-alike",
                "GET /a HTTP/1.1\r\nHost: localhost.evil.example:40111\r\n\r\n".into(),
                Fault::Host,
            ),
            (
                "userinfo",
                "GET /a HTTP/1.1\r\nHost: a@localhost:40111\r\n\r\n".into(),
                Fault::Host,
            ),
            (
                "other port",
                "GET /a HTTP/1.1\r\nHost: localhost:40112\r\n\r\n".into(),
                Fault::Host,
            ),
            (
                "no port",
                "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n".into(),
                Fault::Host,
            ),
            (
                "padded port",
                "GET /a HTTP/1.1\r\nHost: localhost:040111\r\n\r\n".into(),
                Fault::Host,
            ),
            ("two hosts", with("Host: localhost:40111"), Fault::Malformed),
            (
                "HEAD",
                "HEAD /a HTTP/1.1\r\nHost: localhost:40111\r\n\r\n".into(),
                Fault::Method,
            ),
            (
                "POST",
                "POST /a HTTP/1.1\r\nHost: localhost:40111\r\nContent-Length: 1\r\n\r\n".into(),
                Fault::Method,
            ),
            (
                "OPTIONS",
                "OPTIONS /a HTTP/1.1\r\nHost: localhost:40111\r\n\r\n".into(),
                Fault::Method,
            ),
            ("body", with("Content-Length: 3"), Fault::Malformed),
            (
                "chunked",
                with("Transfer-Encoding: chunked"),
                Fault::Malformed,
            ),
            ("web socket", with("Upgrade: websocket"), Fault::Malformed),
            ("fetch()", with("Sec-Fetch-Mode: no-cors"), Fault::Unseen),
            ("image", with("Sec-Fetch-Dest: image"), Fault::Unseen),
            (
                "frame",
                with("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe"),
                Fault::Unseen,
            ),
            (
                "unknown site",
                with("Sec-Fetch-Site: sideways"),
                Fault::Unseen,
            ),
            (
                "two sites",
                with("Sec-Fetch-Site: none\r\nSec-Fetch-Site: none"),
                Fault::Malformed,
            ),
            (
                "prefetch",
                with("Sec-Purpose: prefetch;prerender"),
                Fault::Unseen,
            ),
            ("old prefetch", with("Purpose: prefetch"), Fault::Unseen),
            (
                "cross-origin",
                with("Origin: https://evil.example"),
                Fault::Unseen,
            ),
            (
                "many headers",
                with(&"A: b\r\n".repeat(70)),
                Fault::TooLarge,
            ),
        ] {
            assert_eq!(judged(&text), Err(fault), "{what}");
        }
    }
}
