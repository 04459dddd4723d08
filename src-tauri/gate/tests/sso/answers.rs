//! What is asked of a provider, and answers that are wrong before there is an id_token.

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::LoginError;

use crate::forge::{Forge, Key, Op, SECRET, Walk, challenge};
use crate::stand::{Answer, http, json as answer};
use crate::trip::parameter;

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

fn unreachable(words: &str) -> LoginError {
    LoginError::Unreachable {
        words: words.into(),
    }
}

#[tokio::test]
async fn the_request_is_bound_to_its_answer_three_times() {
    let op = Op::start().await;
    for secret in [Some(SECRET), None] {
        let sso = op.sso_for(secret);
        let ways_back = sso.redirect_uris();
        let walk = Walk::begin(sso).await;
        for (name, value) in [
            ("response_type", "code"),
            ("client_id", crate::forge::CLIENT),
            ("code_challenge_method", "S256"),
            ("max_age", "60"),
            ("prompt", "login consent"),
            ("scope", "openid profile email offline_access"),
        ] {
            assert_eq!(walk.parameter(name).as_deref(), Some(value), "{name}");
        }
        for name in ["state", "nonce", "code_challenge"] {
            assert_eq!(walk.parameter(name).unwrap().len(), 43, "{name}");
        }
        let redirect = walk.parameter("redirect_uri").unwrap();
        assert!(ways_back.contains(&redirect), "{redirect}");
        let expected = walk.parameter("code_challenge").unwrap();
        op.answers(&Forge::new(&op.issuer(), &walk.nonce()));
        assert_eq!(walk.end("").await.map(|it| it.user), Ok("dana".into()));
        let form = op.form("/token");
        assert_eq!(challenge(&form), expected);
        let sent = |name: &str| parameter(&form, name);
        assert_eq!(sent("grant_type").as_deref(), Some("authorization_code"));
        assert_eq!(
            (sent("code").as_deref(), sent("redirect_uri")),
            (Some("c0de"), Some(redirect))
        );
        assert_eq!(sent("client_id").as_deref(), Some(crate::forge::CLIENT));
        assert_eq!(sent("client_secret").as_deref(), secret);
    }
}

#[tokio::test]
async fn what_a_provider_does_not_know_is_not_asked_for() {
    let op = Op::start().await;
    let mut metadata = op.metadata();
    metadata["prompt_values_supported"] = json!(["login", "none"]);
    metadata["claims_parameter_supported"] = true.into();
    op.shows(&metadata);
    let walk = Walk::begin(op.sso()).await;
    let claims = walk.parameter("claims").unwrap();
    assert!(
        claims.starts_with(r#"{"id_token":{"preferred_username":null"#),
        "{claims}"
    );
    assert_eq!(walk.parameter("prompt").as_deref(), Some("login"));
    assert!(
        walk.parameter("scope")
            .unwrap()
            .ends_with(" offline_access")
    );
    drop(walk);

    let mut metadata = op.metadata();
    metadata["scopes_supported"] = json!(["openid", "profile", "email"]);
    op.shows(&metadata);
    let walk = Walk::begin(op.sso()).await;
    assert_eq!(walk.parameter("prompt").as_deref(), Some("login"));
    assert_eq!(
        walk.parameter("scope").as_deref(),
        Some("openid profile email")
    );
    assert_eq!(walk.parameter("claims"), None);
}

#[tokio::test]
async fn seven_ways_back_that_name_a_provider() {
    let op = Op::start().await;
    let mut metadata = op.metadata();
    metadata["authorization_response_iss_parameter_supported"] = true.into();
    let (quiet, named) = (op.metadata(), metadata);
    let ours = format!("&iss={}", op.issuer());
    let other =
        "the way back is from `https://evil.example/oidc`, which is not this connection's issuer";
    let nearly = format!(
        "the way back is from `{}/`, which is not this connection's issuer",
        op.issuer()
    );
    let rows = [
        (&named, ours.clone(), Ok("dana".to_owned())),
        (&quiet, ours.clone(), Ok("dana".to_owned())),
        (&quiet, String::new(), Ok("dana".to_owned())),
        (
            &named,
            String::new(),
            Err(untrusted(
                "the way back does not say which provider it is from (iss)",
            )),
        ),
        (
            &named,
            "&iss=https://evil.example/oidc".into(),
            Err(untrusted(other)),
        ),
        (
            &quiet,
            "&iss=https://evil.example/oidc".into(),
            Err(untrusted(other)),
        ),
        (&named, format!("{ours}/"), Err(untrusted(&nearly))),
    ];
    for (metadata, more, expected) in rows {
        op.shows(metadata);
        let before = op.asked("/token");
        let walk = Walk::begin(op.sso()).await;
        op.answers(&Forge::new(&op.issuer(), &walk.nonce()));
        let outcome = walk.end(&more).await;
        let is_asked = usize::from(expected.is_ok());
        assert_eq!(outcome.map(|it| it.user), expected, "{more}");
        // Whoever else sent it gets neither the code nor the secret.
        assert_eq!(op.asked("/token") - before, is_asked, "{more}");
    }
}

#[tokio::test]
async fn ten_answers_that_are_no_tokens() {
    let html = "<h1>Welcome to the hotel</h1>";
    let error = |status: &str, error: &str, more: &str| {
        let body = format!(r#"{{"error_title":"Oops","error":"{error}"{more}}}"#);
        Answer::Bytes(http(status, "application/json", &body))
    };
    let squeezed = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}";
    let rows = [
        (
            Answer::Bytes(http("302 Found", "text/html", "")),
            unreachable(
                "what answered sent us elsewhere (HTTP 302), which Duo never does; sign in to the network first",
            ),
        ),
        (
            Answer::Bytes(http("200 OK", "text/html", html)),
            unreachable(
                "what answered is not Duo (HTTP 200); sign in to the network first, or check the hostname",
            ),
        ),
        (
            Answer::Bytes(http("429 Too Many Requests", "application/json", "{}")),
            unreachable("Duo is busy: too many requests; try again in a minute"),
        ),
        (
            error("400 Bad Request", "invalid_grant", ""),
            LoginError::Refused {
                words: "its answer was used before, or came too late (invalid_grant)".into(),
            },
        ),
        (
            error(
                "401 Unauthorized",
                "invalid_client",
                r#","error_description":"Unknown client.""#,
            ),
            misconfigured("Unknown client (invalid_client)"),
        ),
        (
            error("400 Bad Request", "unauthorized_client", ""),
            misconfigured("unauthorized_client"),
        ),
        (Answer::Endless, untrusted("it is longer than 64 KiB")),
        (
            Answer::Bytes(squeezed.into()),
            untrusted("it came compressed, which nobody asked for"),
        ),
        (
            Answer::Bytes(http(
                "200 OK",
                "application/json",
                r#"{"id_token":"a","id_token":"b"}"#,
            )),
            untrusted("it is no JSON, or holds a key twice"),
        ),
        (
            Answer::Bytes(http("200 OK", "application/json", "")),
            untrusted("it is no JSON, or holds a key twice"),
        ),
    ];
    let op = Op::start().await;
    for (answer, expected) in rows {
        let walk = Walk::begin(op.sso()).await;
        op.stand.answer_at("/token", answer.clone());
        let outcome = walk.end("").await;
        assert_eq!(outcome.map(|it| it.user), Err(expected), "{answer:?}");
    }
    // A code counts once, so it is not sent twice.
    assert_eq!((op.asked("/token"), op.asked("/keys")), (10, 0));
}

#[tokio::test]
async fn a_key_made_just_before_signing_is_fetched_once_more() {
    let op = Op::start().await;
    let walk = Walk::begin(op.sso()).await;
    let mut forge = Forge::new(&op.issuer(), &walk.nonce());
    forge.header["kid"] = "new".into();
    forge.key = Key::New;
    op.answers(&forge);
    let (old, new) = (
        json!({"keys": [Key::Ours.jwk()]}),
        json!({"keys": [Key::New.jwk()]}),
    );
    let old = http("200 OK", "application/jwk-set+json", &old.to_string());
    op.stand.answer_at("/keys", Answer::Held(old));
    let change = async {
        while op.asked("/keys") == 0 {
            op.stand.asked().await;
        }
        op.stand.answer_at("/keys", answer("200 OK", &new));
        op.stand.release();
    };
    let (outcome, ()) = tokio::join!(walk.end(""), change);
    assert_eq!(outcome.map(|it| it.user), Ok("dana".into()));
    assert_eq!(op.asked("/keys"), 2);
}

#[tokio::test]
async fn a_key_that_is_never_there_is_looked_for_twice_and_no_more() {
    let op = Op::start().await;
    let mut names = BTreeSet::new();
    for round in 1..=3 {
        let walk = Walk::begin(op.sso()).await;
        let mut forge = Forge::new(&op.issuer(), &walk.nonce());
        forge.header["kid"] = format!("never-{round}").into();
        op.answers(&forge);
        names.insert(format!("{:?}", walk.end("").await.map(|it| it.user)));
        assert_eq!(op.asked("/keys"), 2 * round);
    }
    assert_eq!(names.len(), 1);
}
