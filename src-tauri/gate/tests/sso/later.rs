//! After the sign-in: renewals, restarts and the end.

mod renewal;

use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::LoginError;
use thumbturn_gate::duo::{SignedIn, Tokens};

use crate::forge::{CLIENT, Forge, Key, Op};
use crate::stand::{Answer, http, json as answer};
use crate::trip::{now, parameter};

type Row = (&'static str, fn(&mut Forge), &'static str);

fn user(outcome: Result<SignedIn, LoginError>) -> Result<String, LoginError> {
    outcome.map(|it| it.user)
}

fn untrusted(words: &str) -> Result<String, LoginError> {
    Err(LoginError::Untrusted {
        words: words.into(),
    })
}

fn without(forge: &mut Forge, name: &str) {
    forge.claims.as_object_mut().unwrap().remove(name);
}

/// A session of an hour ago.
fn before(op: &Op) -> Forge {
    let mut forge = Forge::new(&op.issuer(), "n0nce");
    let then = now() - 3600;
    for (name, value) in [("iat", then), ("auth_time", then), ("exp", then + 600)] {
        forge.claims[name] = value.into();
    }
    forge
}

#[tokio::test]
async fn nine_memories_that_are_not_of_this_session() {
    let rows: [Row; 9] = [
        (
            "somebody else",
            |it| it.claims["preferred_username"] = "root".into(),
            "the id_token is about `root`, not about `dana`",
        ),
        (
            "another case",
            |it| it.claims["preferred_username"] = "Dana".into(),
            "the id_token is about `Dana`, not about `dana`",
        ),
        (
            "another issuer",
            |it| it.claims["iss"] = "https://evil.example/".into(),
            "the id_token is issued by `https://evil.example/`, which is not this connection's issuer",
        ),
        (
            "another audience",
            |it| it.claims["aud"] = "DIXXXXXXXXXXXXXXXXXX".into(),
            "the id_token is not for this application alone",
        ),
        (
            "another key",
            |it| it.key = Key::New,
            "the id_token's signature is not made with the provider's key",
        ),
        (
            "a key that is gone",
            |it| it.header["kid"] = "gone".into(),
            "no key of the provider's has the name that the id_token gives (kid)",
        ),
        (
            "no signature",
            |it| {
                it.header["alg"] = "none".into();
                it.token = Some(format!("{}.", it.text()));
            },
            "the id_token is signed with `none`, not with RS256",
        ),
        (
            "no time of sign-in",
            |it| without(it, "auth_time"),
            "the id_token does not say when you were asked (auth_time)",
        ),
        (
            "no token",
            |it| it.token = Some("forgotten".into()),
            "the id_token has 1 parts, not three",
        ),
    ];
    let op = Op::start().await;
    for (name, change, words) in rows {
        let mut forge = before(&op);
        change(&mut forge);
        let outcome = op.sso().remember("dana", &forge.tokens()).await;
        assert_eq!(user(outcome), untrusted(words), "{name}");
    }
    // It ended long ago as a token; the session is another matter.
    let forge = before(&op);
    let session = op.sso().remember("dana", &forge.tokens()).await.unwrap();
    assert_eq!(json!(session.renews), forge.claims["exp"]);
    let none = Tokens {
        refresh: None,
        ..forge.tokens()
    };
    assert_eq!(op.sso().remember("dana", &none).await.unwrap().renews, None);
}

#[tokio::test]
async fn a_session_without_keys_to_judge_it_is_not_remembered() {
    let op = Op::start().await;
    let tokens = before(&op).tokens();
    op.stand.answer_at(
        "/keys",
        Answer::Bytes(http("503 Service Unavailable", "text/html", "")),
    );
    let words = "Duo is in trouble (HTTP 503)".into();
    assert_eq!(
        user(op.sso().remember("dana", &tokens).await),
        Err(LoginError::Unreachable { words })
    );
    op.stand
        .answer_at("/keys", answer("404 Not Found", &json!({})));
    assert_eq!(
        user(op.sso().remember("dana", &tokens).await),
        untrusted("the provider's keys cannot be read (HTTP 404)")
    );
}

#[tokio::test]
async fn the_end_takes_back_what_could_be_renewed() {
    let op = Op::start().await;
    let tokens = before(&op).tokens();
    let sso = op.sso();
    assert_eq!(sso.end(&tokens, None).await, Ok(()));
    let form = op.form("/revoke");
    let sent = |name: &str| parameter(&form, name);
    assert_eq!(
        (sent("token").as_deref(), sent("token_type_hint").as_deref()),
        (Some("r3fresh"), Some("refresh_token"))
    );
    assert_eq!(sent("client_id").as_deref(), Some(CLIENT));
    let access = Tokens {
        refresh: None,
        ..tokens.clone()
    };
    assert_eq!(sso.end(&access, None).await, Ok(()));
    assert_eq!(
        parameter(&op.form("/revoke"), "token").as_deref(),
        Some("acc3ss")
    );
    let none = Tokens {
        access: None,
        ..access
    };
    assert_eq!(sso.end(&none, None).await, Ok(()));
    assert_eq!((op.asked("/revoke"), op.asked("/logout")), (2, 0));

    for (bytes, expected) in [
        (
            http("503 Service Unavailable", "text/html", ""),
            LoginError::Unreachable {
                words: "Duo is in trouble (HTTP 503)".into(),
            },
        ),
        (
            http(
                "400 Bad Request",
                "application/json",
                r#"{"error":"unsupported_token_type"}"#,
            ),
            LoginError::Refused {
                words: "it did not end the session (unsupported_token_type)".into(),
            },
        ),
        (
            http("400 Bad Request", "application/json", "{}"),
            LoginError::Untrusted {
                words: "it did not say whether the session is ended".into(),
            },
        ),
    ] {
        op.stand.answer_at("/revoke", Answer::Bytes(bytes));
        assert_eq!(sso.end(&tokens, None).await, Err(expected));
    }
    let mut metadata = op.metadata();
    metadata
        .as_object_mut()
        .unwrap()
        .remove("revocation_endpoint");
    op.shows(&metadata);
    assert_eq!(sso.end(&tokens, None).await, Ok(()));
    assert_eq!(op.asked("/revoke"), 5);
}
