//! What a token says, rightly signed.

use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::LoginError;

use super::{Row, refused, signed_in};
use crate::forge::{CLIENT, Forge, Op};
use crate::trip::now;

#[tokio::test]
async fn twenty_eight_claims() {
    const ALONE: &str = "the id_token is not for this application alone";
    let rows: [Row; 28] = [
        (
            "no issuer",
            |it| drop(it.claims.as_object_mut().unwrap().remove("iss")),
            "the id_token has no `iss`",
        ),
        (
            "an issuer that is no text",
            |it| it.claims["iss"] = 1.into(),
            "the id_token's `iss` is no text",
        ),
        (
            "another issuer",
            |it| it.claims["iss"] = "https://evil.example/oidc".into(),
            "the id_token is issued by `https://evil.example/oidc`, which is not this connection's issuer",
        ),
        (
            "no subject",
            |it| drop(it.claims.as_object_mut().unwrap().remove("sub")),
            "the id_token has no `sub`",
        ),
        (
            "an empty subject",
            |it| it.claims["sub"] = "".into(),
            "the id_token's `sub` is no text",
        ),
        (
            "no audience",
            |it| drop(it.claims.as_object_mut().unwrap().remove("aud")),
            ALONE,
        ),
        (
            "another audience",
            |it| it.claims["aud"] = "DIXXXXXXXXXXXXXXXXXX".into(),
            ALONE,
        ),
        (
            "a second audience",
            |it| it.claims["aud"] = json!([CLIENT, "DIXXXXXXXXXXXXXXXXXX"]),
            ALONE,
        ),
        (
            "ourselves twice",
            |it| it.claims["aud"] = json!([CLIENT, CLIENT]),
            ALONE,
        ),
        ("nobody", |it| it.claims["aud"] = json!([]), ALONE),
        (
            "asked for by another",
            |it| it.claims["azp"] = "DIXXXXXXXXXXXXXXXXXX".into(),
            "the id_token was asked for by another application (azp)",
        ),
        (
            "no nonce",
            |it| drop(it.claims.as_object_mut().unwrap().remove("nonce")),
            "the id_token answers another request (its nonce is not ours)",
        ),
        (
            "another nonce",
            |it| it.claims["nonce"] = "n".repeat(43).into(),
            "the id_token answers another request (its nonce is not ours)",
        ),
        (
            "no end",
            |it| drop(it.claims.as_object_mut().unwrap().remove("exp")),
            "the id_token has no `exp`",
        ),
        (
            "an end that is a text",
            |it| it.claims["exp"] = "tomorrow".into(),
            "the id_token's `exp` is no time",
        ),
        (
            "an end before all time",
            |it| it.claims["exp"] = json!(-1),
            "the id_token's `exp` is no time",
        ),
        (
            "an end after all time",
            |it| it.claims["exp"] = json!(1e18),
            "the id_token's `exp` is no time",
        ),
        (
            "an end in ten years",
            |it| it.claims["exp"] = (now() + 315_360_000).into(),
            "the id_token counts for longer than a day",
        ),
        (
            "no beginning",
            |it| drop(it.claims.as_object_mut().unwrap().remove("iat")),
            "the id_token has no `iat`",
        ),
        (
            "a beginning of long ago",
            |it| it.claims["iat"] = (now() - 300).into(),
            "the id_token was issued before it was asked for",
        ),
        (
            "not before tomorrow",
            |it| it.claims["nbf"] = (now() + 86_400).into(),
            "the id_token does not count yet (nbf)",
        ),
        (
            "no time of sign-in",
            |it| drop(it.claims.as_object_mut().unwrap().remove("auth_time")),
            "the id_token does not say when you were asked (auth_time)",
        ),
        (
            "a sign-in that is to come",
            |it| it.claims["auth_time"] = (now() + 300).into(),
            "the id_token tells of a sign-in that is still to come (auth_time)",
        ),
        (
            "an empty name",
            |it| it.claims["preferred_username"] = "".into(),
            "the id_token's `preferred_username` is no text",
        ),
        (
            "a name that hides a sign",
            |it| it.claims["preferred_username"] = "da\u{202e}na".into(),
            "the id_token's `preferred_username` cannot be a Duo username",
        ),
        (
            "a name of two lines",
            |it| it.claims["preferred_username"] = "dana\nroot".into(),
            "the id_token's `preferred_username` cannot be a Duo username",
        ),
        (
            "a name with a space before it",
            |it| it.claims["preferred_username"] = " dana".into(),
            "the id_token's `preferred_username` cannot be a Duo username",
        ),
        (
            "a name without end",
            |it| it.claims["preferred_username"] = "d".repeat(255).into(),
            "the id_token's `preferred_username` cannot be a Duo username",
        ),
    ];
    refused(&rows).await;
}

#[tokio::test]
async fn two_claims_whose_words_hold_a_number() {
    let op = Op::start().await;
    let outcome = signed_in(&op, |it| it.claims["exp"] = (now() - 300).into()).await;
    let Err(LoginError::Untrusted { words }) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(words.starts_with("the id_token expired 30"), "{words}");
    assert!(
        words.ends_with(" s ago; look at this machine's clock"),
        "{words}"
    );
    let outcome = signed_in(&op, |it| it.claims["iat"] = (now() + 300).into()).await;
    let Err(LoginError::Untrusted { words }) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(words.starts_with("the id_token was issued "), "{words}");
    assert!(
        words.ends_with(" s from now; look at this machine's clock"),
        "{words}"
    );
}

#[tokio::test]
async fn three_issuers_that_are_nearly_ours() {
    let op = Op::start().await;
    let ours = op.issuer();
    let near: [fn(&mut Forge); 3] = [
        |it| it.claims["iss"] = format!("{}/", it.claims["iss"].as_str().unwrap()).into(),
        |it| it.claims["iss"] = it.claims["iss"].as_str().unwrap().to_uppercase().into(),
        |it| {
            it.claims["iss"] = it.claims["iss"]
                .as_str()
                .unwrap()
                .trim_end_matches("/oidc")
                .into()
        },
    ];
    let names = [
        format!("{ours}/"),
        ours.to_uppercase(),
        ours.trim_end_matches("/oidc").to_owned(),
    ];
    for (change, name) in near.into_iter().zip(names) {
        let words =
            format!("the id_token is issued by `{name}`, which is not this connection's issuer");
        assert_eq!(
            signed_in(&op, change).await,
            Err(LoginError::Untrusted { words })
        );
    }
}

#[tokio::test]
async fn an_answer_from_before_is_no_sign_in() {
    let op = Op::start().await;
    let outcome = signed_in(&op, |it| it.claims["auth_time"] = (now() - 90).into()).await;
    let words = "its answer is from before this sign-in began".into();
    assert_eq!(outcome, Err(LoginError::SilentPass { words }));
}
