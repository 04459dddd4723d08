//! What may come from the token endpoint in place of tokens, each refused by its own words.

use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use thumbturn_core::LoginError;

use crate::stand::{Answer, Front, Stand, http, json as answer};
use crate::trip::{Trip, answer_with, html, now, prompt_at, sign};

const LONG: Duration = Duration::from_secs(30);

/// Short only for what never comes to an end by itself.
fn patience(answer: &Answer) -> Duration {
    match answer {
        Answer::Drip | Answer::Held(_) => Duration::from_secs(1),
        Answer::Bytes(_) | Answer::Endless => LONG,
    }
}

fn unreachable(words: &str) -> LoginError {
    LoginError::Unreachable {
        words: words.into(),
    }
}

fn untrusted(words: &str) -> LoginError {
    LoginError::Untrusted {
        words: words.into(),
    }
}

fn misconfigured(words: &str) -> LoginError {
    LoginError::Misconfigured {
        words: words.into(),
    }
}

fn text(status: &str, kind: &str, body: &str) -> Answer {
    Answer::Bytes(http(status, kind, body))
}

fn headed(header: &str, body: &[u8]) -> Answer {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{header}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    Answer::Bytes([head.as_bytes(), body].concat())
}

fn refusal(error: &str, description: &str) -> Value {
    json!({"error": error, "error_description": description})
}

fn rows() -> Vec<(&'static str, Answer, LoginError)> {
    let not_duo = |status: u16| {
        unreachable(&format!(
            "what answered is not Duo (HTTP {status}); sign in to the network first, or check the hostname"
        ))
    };
    let kind = "application/json";
    let strange = untrusted("it is not the answer that Duo gives");
    let unreadable = untrusted("it is no JSON, or holds a key twice");
    let broken = unreachable("the connection broke off before Duo had answered");
    let tokens = answer_with("AAAA").to_string();
    let with = |name: &str, value: Value| {
        let mut body = answer_with("AAAA");
        body[name] = value;
        answer("200 OK", &body)
    };
    vec![
        (
            "sent elsewhere",
            headed("X: y", b"").moved(),
            unreachable(
                "what answered sent us elsewhere (HTTP 302), which Duo never does; sign in to the network first",
            ),
        ),
        ("a hotel's page", html("200 OK"), not_duo(200)),
        ("a page not found", html("404 Not Found"), not_duo(404)),
        (
            "a gateway's page",
            html("502 Bad Gateway"),
            unreachable("Duo is in trouble (HTTP 502)"),
        ),
        (
            "trouble in JSON",
            answer("500 Internal Server Error", &json!({})),
            unreachable("Duo is in trouble (HTTP 500)"),
        ),
        (
            "busy",
            answer("429 Too Many Requests", &json!({})),
            unreachable("Duo is busy: too many requests; try again in a minute"),
        ),
        (
            "a used code",
            answer(
                "400 Bad Request",
                &refusal(
                    "invalid_grant",
                    "The provided authorization grant is invalid.",
                ),
            ),
            LoginError::Refused {
                words: "its answer was used before, or came too late (invalid_grant)".into(),
            },
        ),
        (
            "a wrong secret",
            answer(
                "400 Bad Request",
                &refusal("invalid_client", "Failed to verify signature."),
            ),
            misconfigured("Failed to verify signature (invalid_client)"),
        ),
        (
            "a hostile error",
            answer("400 Bad Request", &refusal("x", "\u{1b}[2J<b>")),
            misconfigured("\u{FFFD}[2J<b> (x)"),
        ),
        (
            "an error without words",
            answer("401 Unauthorized", &json!({"error": "invalid_client"})),
            misconfigured("invalid_client"),
        ),
        (
            "an error that is none",
            answer("400 Bad Request", &json!({"stat": "FAIL"})),
            strange.clone(),
        ),
        (
            "no content",
            text("204 No Content", kind, ""),
            unreadable.clone(),
        ),
        (
            "nothing in it",
            text("200 OK", kind, ""),
            unreadable.clone(),
        ),
        (
            "half of it",
            text("200 OK", kind, &tokens[..40]),
            unreadable.clone(),
        ),
        (
            "no text",
            headed("X: y", b"\"\xff\xfe\""),
            unreadable.clone(),
        ),
        (
            "a key twice",
            text(
                "200 OK",
                kind,
                &tokens.replacen('{', r#"{"id_token":"BBBB","#, 1),
            ),
            unreadable,
        ),
        (
            "as text",
            text("200 OK", "text/plain", &tokens),
            not_duo(200),
        ),
        (
            "as JWT",
            text("200 OK", "application/jwt", "AAAA"),
            not_duo(200),
        ),
        (
            "compressed",
            headed("Content-Encoding: gzip", &[0x1f, 0x8b, 8, 0]),
            untrusted("it came compressed, which nobody asked for"),
        ),
        (
            "5 MiB",
            text("200 OK", kind, &format!("{}{tokens}", " ".repeat(5 << 20))),
            untrusted("it is longer than 64 KiB"),
        ),
        (
            "without an end",
            Answer::Endless,
            untrusted("it is longer than 64 KiB"),
        ),
        (
            "drop by drop",
            Answer::Drip,
            unreachable("Duo did not answer in time"),
        ),
        (
            "never",
            Answer::Held(Vec::new()),
            unreachable("Duo did not answer in time"),
        ),
        ("hung up", Answer::Bytes(Vec::new()), broken.clone()),
        (
            "cut off",
            Answer::Bytes(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
                    .to_vec(),
            ),
            broken.clone(),
        ),
        (
            "no HTTP",
            Answer::Bytes(b"SSH-2.0-OpenSSH_9.7\r\n".to_vec()),
            broken,
        ),
        ("a list", answer("200 OK", &json!([1])), strange.clone()),
        (
            "no access token",
            with("access_token", Value::Null),
            strange.clone(),
        ),
        (
            "another kind of token",
            with("token_type", json!("mac")),
            untrusted("its tokens are of a kind that Duo does not give"),
        ),
        (
            "no id_token",
            with("id_token", Value::Null),
            untrusted("it holds no id_token"),
        ),
        (
            "id_tokens in a list",
            with("id_token", json!(["AAAA"])),
            strange,
        ),
        (
            "an id_token of one word",
            with("id_token", json!("AAAA")),
            untrusted("the id_token has 1 parts, not three"),
        ),
    ]
}

trait Moved {
    fn moved(self) -> Self;
}

impl Moved for Answer {
    /// To somebody who would like the code and the assertion.
    fn moved(self) -> Self {
        Self::Bytes(
            b"HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n"
                .to_vec(),
        )
    }
}

#[tokio::test]
async fn thirty_two_answers_that_are_no_tokens() {
    let rows = rows();
    let mut trips = tokio::task::JoinSet::new();
    let count = rows.len();
    for (name, answer, expected) in rows {
        trips.spawn(async move {
            let trip = Trip::begin_at(Front::Genuine, patience(&answer)).await;
            trip.stand.answer(answer);
            let good = trip.good();
            let ended = trip.end(&good).await;
            assert_eq!(ended.page.contains(">Not signed in</h1>"), true, "{name}");
            assert_eq!(ended.page.contains("AAAA"), false, "{name}");
            // Once, and not where it was sent.
            assert_eq!((ended.asked, ended.user()), (1, Err(expected)), "{name}");
        });
    }
    while let Some(trip) = trips.join_next().await {
        trip.unwrap();
    }
    assert_eq!(count, 32);
}

#[tokio::test]
async fn a_token_of_another_sign_in_is_refused() {
    let other = Trip::begin().await;
    let trip = Trip::begin().await;
    let now = now();
    let replayed = sign(&json!({
        "iss": format!("https://{}/oauth/v1/token", trip.stand.host()), "sub": "dana", "aud": crate::trip::CLIENT,
        "exp": now + 3600, "iat": now, "auth_time": now, "preferred_username": "dana", "nonce": other.nonce,
        "auth_result": {"result": "allow", "status": "allow"},
        "auth_context": {"factor": "duo_push", "result": "success", "reason": "user_approved"},
    }));
    trip.stand.answer(answer("200 OK", &answer_with(&replayed)));
    let good = trip.good();
    assert_eq!(
        trip.end(&good).await.user(),
        Err(untrusted(
            "the id_token answers another request (its nonce is not ours)"
        ))
    );
}

#[tokio::test]
async fn a_health_check_says_what_to_mend() {
    let failed = |detail: &str| json!({"stat": "FAIL", "code": 40002, "message": "invalid_client", "message_detail": detail, "timestamp": now()});
    for (body, expected) in [
        (
            json!({"stat": "OK", "response": {"timestamp": now()}}),
            Ok(()),
        ),
        (
            failed("Failed to verify signature."),
            Err(
                "the client secret is not this application's; copy it again from the Web SDK application",
            ),
        ),
        (
            failed("The provided client_assertion was invalid."),
            Err(
                "the client ID and secret do not belong together here; copy both again from the Web SDK application, and the API hostname with them",
            ),
        ),
        (
            failed("The client_id is not known."),
            Err(
                "the client ID is not one of this tenant's; copy it again from the Web SDK application, and the API hostname with it",
            ),
        ),
        (
            json!({"stat": "OK", "response": {"timestamp": now() - 7201}}),
            Err("this machine's clock is 121 minutes ahead of Duo's; set it right"),
        ),
    ] {
        for status in ["200 OK", "400 Bad Request"] {
            let stand = Stand::start(Front::Genuine).await;
            stand.answer(answer(status, &body));
            let prompt = prompt_at(&stand.host(), &stand.ca, LONG, LONG);
            let expected = expected.map_err(misconfigured);
            assert_eq!(prompt.health_check().await, expected, "{status} {body}");
            assert_eq!(
                stand.heard()[0].line,
                "POST /oauth/v1/health_check HTTP/1.1"
            );
        }
    }
}
