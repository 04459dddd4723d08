//! What a browser is shown: one small page that loads nothing, runs nothing and is kept nowhere.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use thumbturn_core::LoginError;
use thumbturn_wire::plain;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::head::Fault;
use super::words::{self, Text};
use crate::duo::Purpose;

const PATIENCE: Duration = Duration::from_secs(5);
/// A heading of more characters is set smaller.
const LONG: usize = 32;
/// The most characters of a call that is to be approved; the desk shows all.
const TITLE: usize = 2000;
const STYLE: &str = include_str!("page.css");

/// One answer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    status: &'static str,
    /// Another header of its own.
    header: Option<String>,
    body: String,
}

impl Page {
    /// How the sign-in ended.
    pub(super) fn of(result: Result<&str, &LoginError>, purpose: Option<&Purpose>) -> Self {
        let body = match (result, purpose) {
            (Ok(user), None) => html(Mark::Closed, &words::signed_in(user), words::SIGNED_IN),
            (Ok(user), Some(Purpose { code, title })) => {
                let words = words::approved_by(user, title);
                html(Mark::Closed, &words::approved(code), &words)
            }
            (Err(error), None) => html(Mark::Broken, words::NOT_SIGNED_IN, &error.words()),
            (Err(error), Some(_)) => html(Mark::Broken, words::NOT_APPROVED, &error.words()),
        };
        Self::shown("200 OK", body)
    }

    /// Where a sign-in begins: at the provider, or, where it is to approve something, with what that is.
    pub(super) fn first(authorize_url: &str, purpose: Option<&Purpose>) -> Self {
        let Some(Purpose { code, title }) = purpose else {
            return redirect(authorize_url);
        };
        let title = plain(title, TITLE).replace('`', "'");
        let (href, go_on) = (escaped(authorize_url), words::GO_ON);
        let link = format!(r#"<a href="{href}" rel="noreferrer">{go_on}</a>"#);
        let said = Said {
            heading: &words::to_approve(code),
            body: &format!("`{title}`"),
            more: &link,
            close: words::NOT_YOURS,
        };
        Self::shown("200 OK", whole(Mark::Open, &said))
    }

    pub(super) fn not_found() -> Self {
        Self::text("404 Not Found", words::NOT_FOUND)
    }

    pub(super) fn foreign() -> Self {
        Self::text("400 Bad Request", words::FOREIGN)
    }

    pub(super) fn already() -> Self {
        Self::text("409 Conflict", words::ALREADY)
    }

    /// `None` where nobody listens any more.
    pub(super) fn fault(fault: Fault) -> Option<Self> {
        let status = match fault {
            Fault::Gone => return None,
            Fault::Slow => "408 Request Timeout",
            Fault::Malformed => "400 Bad Request",
            Fault::TooLarge => "431 Request Header Fields Too Large",
            Fault::Host => "421 Misdirected Request",
            Fault::Method => "405 Method Not Allowed",
            Fault::Unseen => "403 Forbidden",
        };
        let page = Self::text(status, words::NOT_FOUND);
        Some(match fault {
            Fault::Method => Self {
                header: Some("Allow: GET".to_owned()),
                ..page
            },
            Fault::Gone
            | Fault::Slow
            | Fault::Malformed
            | Fault::TooLarge
            | Fault::Host
            | Fault::Unseen => page,
        })
    }

    fn text(status: &'static str, text: Text) -> Self {
        Self::shown(status, html(Mark::Open, text.heading, text.body))
    }

    fn shown(status: &'static str, body: String) -> Self {
        Self {
            status,
            header: None,
            body,
        }
    }

    /// A browser that does not take it in time is left.
    pub(super) async fn send(&self, mut browser: TcpStream) {
        let text = self.response();
        let sent = async {
            browser.write_all(text.as_bytes()).await?;
            browser.shutdown().await?;
            // Closing on bytes that were not read would take the answer back.
            let mut rest = [0; 1024];
            for _ in 0..64 {
                if browser.read(&mut rest).await? == 0 {
                    break;
                }
            }
            Ok::<(), std::io::Error>(())
        };
        // Whoever hung up sees nothing, which is theirs to know.
        let _ = tokio::time::timeout(PATIENCE, sent).await;
    }

    fn response(&self) -> String {
        let Self {
            status,
            header,
            body,
        } = self;
        let header = header
            .as_ref()
            .map_or(String::new(), |it| format!("{it}\r\n"));
        let policy = policy();
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n{header}Content-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\
             Content-Security-Policy: {policy}\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nCross-Origin-Opener-Policy: same-origin\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n{body}"
        )
    }
}

/// Sends the browser on with a GET, whatever it came with.
pub(super) fn redirect(to: &str) -> Page {
    // A line break in it would begin a header of somebody else's.
    if !to.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Page::not_found();
    }
    Page {
        status: "303 See Other",
        header: Some(format!("Location: {to}")),
        body: String::new(),
    }
}

fn policy() -> String {
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The thumbturn, as everywhere in the product: how it stands tells the state without colour.
#[derive(Clone, Copy)]
enum Mark {
    /// A solid plate, the bar standing.
    Closed,
    /// A thick ring, the bar standing and broken.
    Broken,
    /// A thin ring, the bar lying.
    Open,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Broken => "broken",
            Self::Open => "open",
        }
    }

    fn shape(self) -> &'static str {
        match self {
            Self::Closed => {
                r#"<circle class="plate" cx="24" cy="24" r="22"/><rect class="cut" x="20.5" y="9" width="7" height="30" rx="3.5"/>"#
            }
            Self::Broken => {
                r#"<circle class="ring" cx="24" cy="24" r="20" stroke-width="4"/><rect class="bar" x="20.75" y="9" width="6.5" height="12.5" rx="2"/><rect class="bar" x="20.75" y="26.5" width="6.5" height="12.5" rx="2"/>"#
            }
            Self::Open => {
                r#"<circle class="ring" cx="24" cy="24" r="21" stroke-width="2"/><rect class="bar" x="10" y="21" width="28" height="6" rx="3"/>"#
            }
        }
    }
}

/// What a page says. `more` is HTML of ours, the rest is text.
struct Said<'a> {
    heading: &'a str,
    body: &'a str,
    more: &'a str,
    close: &'a str,
}

fn html(mark: Mark, heading: &str, body: &str) -> String {
    let said = Said {
        heading,
        body,
        more: "",
        close: words::CLOSE,
    };
    whole(mark, &said)
}

fn whole(mark: Mark, said: &Said<'_>) -> String {
    let Said {
        heading,
        body,
        more,
        close,
    } = said;
    let (class, shape) = (mark.class(), mark.shape());
    let length = if heading.chars().count() > LONG {
        "long"
    } else {
        "short"
    };
    let (heading, body) = (escaped(heading), marked(body));
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{heading} · Thumbturn</title>
<style>{STYLE}</style>
</head>
<body>
<main class="{class}">
<p class="name"><svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">{shape}</svg>Thumbturn</p>
<h1 class="{length}">{heading}</h1>
<p>{body}</p>{more}
<p class="close">{close}</p>
</main>
</body>
</html>
"#
    )
}

/// What stands between backticks came from elsewhere, and is set apart.
fn marked(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(n, part)| match n % 2 {
            0 => escaped(part),
            _ => format!("<code>{}</code>", escaped(part)),
        })
        .collect()
}

/// Text, for between tags.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn what_others_said_is_text_and_nothing_else() {
        let hostile = r#"<script>alert("1")</script>&'"#;
        let error = LoginError::Refused {
            words: hostile.into(),
        };
        let purpose = Purpose {
            code: "K7F29".into(),
            title: hostile.into(),
        };
        for page in [
            Page::of(Ok(hostile), None),
            Page::of(Err(&error), None),
            Page::of(Ok("dana"), Some(&purpose)),
            Page::first("https://api.example/", Some(&purpose)),
        ] {
            let text = page.response();
            assert_eq!(text.contains("<script"), false, "{text}");
            assert_eq!(
                text.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;"),
                true,
                "{text}"
            );
        }
    }

    #[test]
    fn a_redirect_is_one_header() {
        assert_eq!(
            redirect("https://api.example/a?b=c")
                .response()
                .lines()
                .take(2)
                .collect::<Vec<_>>(),
            [
                "HTTP/1.1 303 See Other",
                "Location: https://api.example/a?b=c"
            ]
        );
        assert_eq!(redirect("/a\r\nSet-Cookie: b=c"), Page::not_found());
    }

    #[test]
    fn every_answer_has_every_header() {
        for page in [
            Page::of(Ok("dana"), None),
            Page::already(),
            Page::foreign(),
            Page::not_found(),
            redirect("/x"),
            Page::fault(Fault::Method).unwrap(),
        ] {
            let text = page.response();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            for header in [
                format!("Content-Length: {}", body.len()),
                "Referrer-Policy: no-referrer".into(),
                "Cache-Control: no-store".into(),
                "X-Content-Type-Options: nosniff".into(),
                "Connection: close".into(),
                format!("Content-Security-Policy: {}", policy()),
            ] {
                assert_eq!(
                    head.lines().filter(|line| *line == header).count(),
                    1,
                    "{header}"
                );
            }
        }
    }
}
