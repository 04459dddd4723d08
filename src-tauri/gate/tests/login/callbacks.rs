//! What may come back to this machine in place of Duo's answer.

use pretty_assertions::assert_eq;
use thumbturn_core::LoginError;

use crate::stand::Answer;
use crate::trip::{Trip, send};

const PAGE: &str = "Accept: text/html";

/// Nothing here ends the sign-in, and none of it reaches Duo.
#[tokio::test]
async fn thirty_stray_requests_are_told_off_and_the_real_one_still_counts() {
    let trip = Trip::begin().await;
    let other = Trip::begin().await;
    let (port, path, state) = (trip.port, trip.path.as_str(), trip.state.as_str());
    let good = trip.good();
    let upper = state.to_uppercase();
    let get = |target: &str, header: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n{header}\r\n\r\n")
    };
    let hosted = |host: &str| format!("GET {good} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let with = |header: &str| get(&good, header);
    let back = |query: &str| get(&format!("{path}?{query}"), PAGE);
    let rows = [
        ("no query", get(path, PAGE), "400"),
        ("no state", back("duo_code=c0de"), "400"),
        (
            "wrong state",
            back("duo_code=c0de&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            "400",
        ),
        (
            "state cut by one",
            back(&format!("duo_code=c&state={}", &state[1..])),
            "400",
        ),
        (
            "state and one more",
            back(&format!("duo_code=c&state={state}A")),
            "400",
        ),
        (
            "state in capitals",
            back(&format!("duo_code=c&state={upper}")),
            "400",
        ),
        (
            "state twice",
            back(&format!("duo_code=c&state={state}&state={state}")),
            "400",
        ),
        (
            "state of another sign-in",
            back(&format!("duo_code=c&state={}", other.state)),
            "400",
        ),
        ("error without a state", back("error=access_denied"), "400"),
        (
            "error with a wrong state",
            back("error=access_denied&state=x"),
            "400",
        ),
        (
            "a fragment's worth",
            get(&format!("{path}#duo_code=c&state={state}"), PAGE),
            "404",
        ),
        (
            "another path",
            get(&format!("/callback?duo_code=c&state={state}"), PAGE),
            "404",
        ),
        (
            "a slash more",
            get(&format!("{path}/?duo_code=c&state={state}"), PAGE),
            "404",
        ),
        (
            "dots in the path",
            get(&format!("/x/..{path}?duo_code=c&state={state}"), PAGE),
            "404",
        ),
        ("favicon", get("/favicon.ico", "Accept: image/*"), "404"),
        (
            "the last page, too early",
            get(&format!("{path}/done"), PAGE),
            "409",
        ),
        (
            "POST",
            format!("POST {good} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 0\r\n\r\n"),
            "405",
        ),
        (
            "HEAD",
            format!("HEAD {good} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
            "405",
        ),
        ("HTTP/0.9", format!("GET {good}\r\n"), "400"),
        (
            "absolute form",
            get(&format!("http://localhost:{port}{good}"), PAGE),
            "400",
        ),
        (
            "rebound name",
            hosted(&format!("rebound.example:{port}")),
            "421",
        ),
        ("no port", hosted("localhost"), "421"),
        ("two hosts", with(&format!("Host: localhost:{port}")), "400"),
        (
            "huge head",
            with(&format!("X: {}", "a".repeat(20_000))),
            "431",
        ),
        (
            "an image",
            with("Sec-Fetch-Dest: image\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Site: cross-site"),
            "403",
        ),
        (
            "a frame",
            with(
                "Sec-Fetch-Dest: iframe\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: cross-site",
            ),
            "403",
        ),
        (
            "a script's fetch",
            with("Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nOrigin: https://evil.example"),
            "403",
        ),
        ("an odd site", with("Sec-Fetch-Site: elsewhere"), "403"),
        ("loaded ahead", with("Sec-Purpose: prefetch"), "403"),
        ("a body", with("Content-Length: 5"), "400"),
    ];
    for (name, request, status) in &rows {
        let answer = send(port, request).await;
        assert_eq!(
            answer.get(..12),
            Some(format!("HTTP/1.1 {status}").as_str()),
            "{name}: {answer}"
        );
        assert_eq!(
            answer.contains("Content-Security-Policy: default-src 'none'; style-src 'sha256-"),
            true,
            "{name}"
        );
        assert_eq!(answer.contains("Location: "), false, "{name}");
    }
    assert_eq!(rows.len(), 30);
    assert_eq!(trip.stand.heard().len(), 0);
    trip.stand.answer(trip.good_answer());
    let ended = trip.end(&good).await;
    assert_eq!((ended.asked, ended.user()), (1, Ok("dana".into())));
}

#[tokio::test]
async fn fourteen_answers_without_a_code_end_it_with_no_request_to_duo() {
    let untrusted = |words: &str| LoginError::Untrusted {
        words: format!("the way back from Duo holds {words}"),
    };
    let refused = |words: &str| LoginError::Refused {
        words: words.into(),
    };
    let long = format!("code={}", "a".repeat(1025));
    let rows = [
        ("no code", "", untrusted("no code")),
        (
            "an empty code",
            "duo_code=",
            untrusted("what cannot be a code"),
        ),
        (
            "a space in the code",
            "duo_code=a+b",
            untrusted("what cannot be a code"),
        ),
        (
            "a line break in the code",
            "duo_code=a%0d%0aHost:+x",
            untrusted("what cannot be a code"),
        ),
        ("a long code", &long, untrusted("what cannot be a code")),
        ("both codes", "code=a&duo_code=a", untrusted("two codes")),
        (
            "a code twice",
            "duo_code=a&duo_code=b",
            untrusted("`duo_code` twice"),
        ),
        (
            "a code and an error",
            "duo_code=a&error=access_denied",
            untrusted("both a code and an error"),
        ),
        ("no text", "duo_code=%ff%fe", untrusted("text that is none")),
        (
            "cancelled",
            "error=access_denied&error_description=The+user+cancelled+the+request",
            LoginError::Cancelled,
        ),
        (
            "policy",
            "error=access_denied&error_description=Your+browser+is+out+of+date.",
            refused("Your browser is out of date"),
        ),
        (
            "bad request",
            "error=invalid_request&error_description=No",
            LoginError::Misconfigured {
                words: "No (invalid_request)".into(),
            },
        ),
        (
            "trouble",
            "error=server_error",
            LoginError::Unreachable {
                words: "server_error".into(),
            },
        ),
        (
            "hostile words",
            "error=x&error_description=%3Cscript%3Ealert(1)%3C/script%3E%1b%5b2J",
            refused("<script>alert(1)</script>\u{FFFD}[2J (x)"),
        ),
    ];
    for (name, query, expected) in &rows {
        let trip = Trip::begin().await;
        let path = format!("{}?{query}&state={}", trip.path, trip.state);
        let ended = trip.end(&path).await;
        assert_eq!(ended.page.contains(">Not signed in</h1>"), true, "{name}");
        assert_eq!(ended.page.contains("<script"), false, "{name}");
        assert_eq!(
            (ended.asked, ended.user()),
            (0, Err(expected.clone())),
            "{name}"
        );
    }
    assert_eq!(rows.len(), 14);
}

#[tokio::test]
async fn a_second_callback_is_told_and_changes_nothing() {
    let trip = Trip::begin().await;
    trip.stand.answer(Answer::Held(trip.good_bytes()));
    let (port, good) = (trip.port, trip.good());
    let first = tokio::spawn(async move { crate::trip::fetch(port, &good).await });
    // The code is on its way to Duo now, and the browser waits.
    trip.stand.asked().await;
    for path in [
        trip.good(),
        format!("{}?error=access_denied&state={}", trip.path, trip.state),
        format!("{}/start", trip.path),
    ] {
        let second = trip.fetch(&path).await;
        assert_eq!(
            second.starts_with("HTTP/1.1 409 Conflict\r\n"),
            true,
            "{path}: {second}"
        );
        assert_eq!(second.contains(">Already back</h1>"), true, "{path}");
    }
    trip.stand.release();
    assert_eq!(first.await.unwrap().starts_with("HTTP/1.1 303 "), true);
    assert_eq!(trip.stand.heard().len(), 1);
    assert_eq!(trip.outcome().await.map(|it| it.user), Ok("dana".into()));
}
