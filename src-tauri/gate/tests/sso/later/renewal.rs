//! New tokens for old ones.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use thumbturn_core::LoginError;
use thumbturn_gate::duo::Tokens;

use super::{Row, before, untrusted, user, without};
use crate::forge::{CLIENT, Forge, Key, Op};
use crate::stand::{Answer, http, json as answer};
use crate::trip::{now, parameter};

/// What the provider gives for its refresh token.
fn after(before: &Forge) -> Forge {
    let mut forge = before.clone();
    forge.claims["iat"] = now().into();
    forge.claims["exp"] = (now() + 600).into();
    forge.answer["refresh_token"] = "r3fresh-2".into();
    forge
}

#[tokio::test]
async fn twelve_renewals_that_are_not_of_this_session() {
    const OURS: &str = "the id_token's signature is not made with the provider's key";
    let rows: [Row; 12] = [
        (
            "somebody else",
            |it| it.claims["sub"] = "00u2".into(),
            "the renewed id_token is about somebody else (sub)",
        ),
        (
            "somebody else's name",
            |it| it.claims["preferred_username"] = "root".into(),
            "the id_token is about `root`, not about `dana`",
        ),
        (
            "another issuer",
            |it| it.claims["iss"] = "https://evil.example/".into(),
            "the id_token is issued by `https://evil.example/`, which is not this connection's issuer",
        ),
        (
            "another audience",
            |it| it.claims["aud"] = json!([CLIENT, "DIXXXXXXXXXXXXXXXXXX"]),
            "the id_token is not for this application alone",
        ),
        (
            "asked for by another",
            |it| it.claims["azp"] = "DIXXXXXXXXXXXXXXXXXX".into(),
            "the id_token was asked for by another application (azp)",
        ),
        (
            "another sign-in",
            |it| it.claims["auth_time"] = now().into(),
            "the renewed id_token tells of another sign-in (auth_time)",
        ),
        (
            "another request",
            |it| it.claims["nonce"] = "other".into(),
            "the renewed id_token answers another request (nonce)",
        ),
        (
            "one of before",
            |it| it.claims["iat"] = (now() - 300).into(),
            "the id_token was issued before it was asked for",
        ),
        ("another key", |it| it.key = Key::New, OURS),
        (
            "another algorithm",
            |it| it.header["alg"] = "none".into(),
            "the id_token is signed with `none`, not with RS256",
        ),
        (
            "another access token",
            |it| it.claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into(),
            "the id_token came with another access token (at_hash)",
        ),
        (
            "a verified address for a name",
            |it| {
                without(it, "preferred_username");
                it.claims["email"] = "r@corp.example".into();
                it.claims["email_verified"] = true.into();
            },
            "the id_token is about `r@corp.example`, not about `dana`",
        ),
    ];
    let op = Op::start().await;
    let before = before(&op);
    for (n, (name, change, words)) in rows.into_iter().enumerate() {
        let mut forge = after(&before);
        change(&mut forge);
        op.answers(&forge);
        let outcome = op.sso().renew("dana", &before.tokens()).await;
        assert_eq!(user(outcome), untrusted(words), "{name}");
        assert_eq!(op.asked("/revoke"), n + 1, "{name}");
        assert_eq!(
            parameter(&op.form("/revoke"), "token").as_deref(),
            Some("r3fresh-2")
        );
    }
}

#[tokio::test]
async fn a_renewal_may_say_less_and_the_session_stays_the_same() {
    type Right = (&'static str, fn(&mut Forge), bool, &'static str);
    let rows: [Right; 6] = [
        ("everything", |_| {}, true, "r3fresh-2"),
        ("no nonce", |it| without(it, "nonce"), true, "r3fresh-2"),
        (
            "no id_token",
            |it| it.answer["id_token"] = Value::Null,
            false,
            "r3fresh-2",
        ),
        (
            "no time of sign-in",
            |it| without(it, "auth_time"),
            false,
            "r3fresh-2",
        ),
        (
            "no name",
            |it| without(it, "preferred_username"),
            false,
            "r3fresh-2",
        ),
        (
            "no refresh token",
            |it| it.answer["refresh_token"] = Value::Null,
            true,
            "r3fresh",
        ),
    ];
    let op = Op::start().await;
    let before = before(&op);
    let old = before.tokens();
    for (name, change, is_new, refresh) in rows {
        let mut forge = after(&before);
        change(&mut forge);
        op.answers(&forge);
        let session = op.sso().renew("dana", &old).await.unwrap();
        assert_eq!(session.user, "dana", "{name}");
        assert_eq!(
            json!(session.auth_time),
            before.claims["auth_time"],
            "{name}"
        );
        assert_eq!(session.tokens.refresh.as_deref(), Some(refresh), "{name}");
        let expected = if is_new {
            forge.id_token()
        } else {
            before.id_token()
        };
        assert_eq!(*session.tokens.id, *expected, "{name}");
        // And so it can be remembered, whichever it is.
        assert_eq!(
            user(op.sso().remember("dana", &session.tokens).await),
            Ok("dana".into()),
            "{name}"
        );
        assert_eq!(
            parameter(&op.form("/token"), "refresh_token").as_deref(),
            Some("r3fresh")
        );
    }
    assert_eq!(op.asked("/revoke"), 0);
}

#[tokio::test]
async fn a_renewal_is_due_no_sooner_than_in_a_minute() {
    let op = Op::start().await;
    let before = before(&op);
    for (lasts, seconds) in [
        (json!(600), 600),
        (json!(1), 60),
        (json!(0), 60),
        (Value::Null, 3600),
    ] {
        let mut forge = after(&before);
        forge.answer["expires_in"] = lasts.clone();
        op.answers(&forge);
        let began = now();
        let renews = op
            .sso()
            .renew("dana", &before.tokens())
            .await
            .unwrap()
            .renews;
        assert!(
            (began + seconds..=now() + seconds).contains(&renews.unwrap()),
            "{lasts}"
        );
    }
}

#[tokio::test]
async fn five_renewals_that_fail_before_there_is_a_token() {
    let refused = |words: &str| LoginError::Refused {
        words: words.into(),
    };
    let error = |error: &str| answer("400 Bad Request", &json!({"error": error}));
    let rows = [
        (
            error("invalid_grant"),
            refused("it no longer renews this session (invalid_grant)"),
        ),
        (
            error("invalid_client"),
            LoginError::Misconfigured {
                words: "invalid_client".into(),
            },
        ),
        (
            Answer::Bytes(http("503 Service Unavailable", "text/html", "")),
            LoginError::Unreachable {
                words: "Duo is in trouble (HTTP 503)".into(),
            },
        ),
        (
            Answer::Bytes(http("200 OK", "application/json", "[]")),
            LoginError::Untrusted {
                words: "it is not the answer that Duo gives".into(),
            },
        ),
    ];
    let op = Op::start().await;
    let before = before(&op);
    for (answer, expected) in rows {
        op.stand.answer_at("/token", answer);
        assert_eq!(
            user(op.sso().renew("dana", &before.tokens()).await),
            Err(expected)
        );
    }
    let heard = op.stand.heard().len();
    let none = Tokens {
        refresh: None,
        ..before.tokens()
    };
    let words = "the provider gave nothing to renew this session with";
    assert_eq!(
        user(op.sso().renew("dana", &none).await),
        Err(refused(words))
    );
    assert_eq!(
        (op.asked("/revoke"), op.stand.heard().len() - heard),
        (0, 0)
    );
}

#[tokio::test]
async fn nothing_is_used_up_while_the_keys_are_out_of_reach() {
    let op = Op::start().await;
    let before = before(&op);
    let busy = http("503 Service Unavailable", "text/html", "");
    op.stand.answer_at("/keys", Answer::Bytes(busy));
    let outcome = op.sso().renew("dana", &before.tokens()).await;
    let words = "Duo is in trouble (HTTP 503)".into();
    assert_eq!(user(outcome), Err(LoginError::Unreachable { words }));
    assert_eq!((op.asked("/token"), op.asked("/revoke")), (0, 0));
    op.answers(&after(&before));
    let outcome = op.sso().renew("dana", &before.tokens()).await;
    assert_eq!(user(outcome), Ok("dana".into()));
}
