//! id_tokens that are not what they should be: each is refused by words of its own, and its refresh
//! token is given back. And variants that are right.

mod claimed;
mod signed;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use thumbturn_core::LoginError;

use crate::forge::{CLIENT, Forge, Key, Op, Walk};
use crate::trip::now;

/// What is changed, and the words that it is refused by.
type Row = (&'static str, fn(&mut Forge), &'static str);

async fn signed_in(op: &Op, change: fn(&mut Forge)) -> Result<String, LoginError> {
    let walk = Walk::begin(op.sso()).await;
    let mut forge = Forge::new(&op.issuer(), &walk.nonce());
    change(&mut forge);
    op.answers(&forge);
    walk.end("").await.map(|it| it.user)
}

async fn refused(rows: &[Row]) {
    let op = Op::start().await;
    for (n, (name, change, words)) in rows.iter().enumerate() {
        let outcome = signed_in(&op, *change).await;
        let words = (*words).to_owned();
        assert_eq!(outcome, Err(LoginError::Untrusted { words }), "{name}");
        // Nobody else can go on with what came along.
        assert_eq!(op.asked("/revoke"), n + 1, "{name}");
    }
    assert_eq!(op.asked("/userinfo"), 0);
}

fn raw(forge: &mut Forge, header: &str, payload: &str) {
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    forge.token = Some(format!("{text}.{}", forge.key.sign(&text)));
}

#[tokio::test]
async fn sixteen_shapes() {
    const CLAIMS: &str = "the id_token's claims are no JSON, or hold a key twice";
    const ANSWER: &str = "it is not the answer that Duo gives";
    let rows: [Row; 16] = [
        (
            "an encrypted one",
            |it| it.token = Some("a.b.c.d.e".into()),
            "the id_token is encrypted, which was not asked for",
        ),
        (
            "two parts",
            |it| it.token = Some(it.text()),
            "the id_token has 2 parts, not three",
        ),
        (
            "two joined",
            |it| it.token = Some(format!("{0}.{0}", it.id_token())),
            "the id_token has 6 parts, not three",
        ),
        (
            "nothing",
            |it| it.token = Some(String::new()),
            "the id_token has 1 parts, not three",
        ),
        (
            "a long one",
            |it| it.claims["groups"] = "g".repeat(17_000).into(),
            "the id_token is longer than 16 KiB",
        ),
        (
            "claims with a key twice",
            |it| {
                let claims = it.claims.to_string().replacen('{', r#"{"sub":"root","#, 1);
                raw(it, r#"{"alg":"RS256","kid":"ours"}"#, &claims);
            },
            CLAIMS,
        ),
        (
            "claims that are no JSON",
            |it| raw(it, r#"{"alg":"RS256","kid":"ours"}"#, "claims"),
            CLAIMS,
        ),
        (
            "claims that are no text",
            |it| {
                it.token = Some(format!(
                    "{}._w.AAAA",
                    URL_SAFE_NO_PAD.encode(it.header.to_string())
                ));
            },
            CLAIMS,
        ),
        (
            "claims that are a list",
            |it| it.claims = json!([]),
            "the id_token claims nothing",
        ),
        (
            "a list of them",
            |it| it.answer["id_token"] = json!(["a.b.c"]),
            ANSWER,
        ),
        (
            "none",
            |it| it.answer["id_token"] = Value::Null,
            "it holds no id_token",
        ),
        (
            "an address that is a list",
            |it| it.claims["email"] = json!([]),
            "the id_token's claims are not as OpenID Connect has them",
        ),
        (
            "a verified that is a text",
            |it| it.claims["email_verified"] = "true".into(),
            "the id_token's claims are not as OpenID Connect has them",
        ),
        (
            "another access token",
            |it| it.claims["at_hash"] = half("other").into(),
            "the id_token came with another access token (at_hash)",
        ),
        (
            "another kind of tokens",
            |it| it.answer["token_type"] = "mac".into(),
            "its tokens are of a kind that was not asked for",
        ),
        (
            "no access token",
            |it| it.answer["access_token"] = Value::Null,
            ANSWER,
        ),
    ];
    // Of three there is nothing that could be given back.
    let op = Op::start().await;
    for (name, change, words) in rows {
        let outcome = signed_in(&op, change).await;
        let words = words.to_owned();
        assert_eq!(outcome, Err(LoginError::Untrusted { words }), "{name}");
    }
    assert_eq!(op.asked("/revoke"), rows.len() - 3);
}

fn half(access: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(access)[..16])
}

#[tokio::test]
async fn fourteen_that_are_right() {
    type Right = (&'static str, fn(&mut Forge), &'static str);
    let rows: [Right; 14] = [
        ("as it is", |_| {}, "dana"),
        (
            "a list of one audience",
            |it| it.claims["aud"] = json!([CLIENT]),
            "dana",
        ),
        (
            "asked for by us",
            |it| it.claims["azp"] = CLIENT.into(),
            "dana",
        ),
        (
            "a clock 50 s ahead",
            |it| {
                for name in ["iat", "auth_time", "nbf"] {
                    it.claims[name] = (now() + 50).into();
                }
            },
            "dana",
        ),
        (
            "a clock 50 s behind",
            |it| {
                for name in ["iat", "auth_time", "exp"] {
                    it.claims[name] = (now() - 50).into();
                }
            },
            "dana",
        ),
        (
            "times with a point",
            |it| it.claims["auth_time"] = json!(now() as f64 + 0.5),
            "dana",
        ),
        (
            "no type",
            |it| it.header = json!({"alg": "RS256", "kid": "ours"}),
            "dana",
        ),
        (
            "no name, one key",
            |it| it.header = json!({"alg": "RS256"}),
            "dana",
        ),
        (
            "two keys, told apart",
            |it| {
                it.key = Key::New;
                it.header["kid"] = "new".into();
                it.keys = json!({"keys": [Key::Ours.jwk(), Key::New.jwk()]});
            },
            "dana",
        ),
        (
            "the right access token",
            |it| it.claims["at_hash"] = half("acc3ss").into(),
            "dana",
        ),
        (
            "a verified address beside a name",
            |it| {
                it.claims["email"] = "d@corp.example".into();
                it.claims["email_verified"] = true.into();
            },
            "dana",
        ),
        (
            "a verified address alone",
            |it| {
                it.claims
                    .as_object_mut()
                    .unwrap()
                    .remove("preferred_username");
                it.claims["email"] = "d@corp.example".into();
                it.claims["email_verified"] = true.into();
            },
            "d@corp.example",
        ),
        (
            "an address that nobody verified",
            |it| {
                it.claims
                    .as_object_mut()
                    .unwrap()
                    .remove("preferred_username");
                it.claims["email"] = "boss@corp.example".into();
            },
            "00u1",
        ),
        (
            "a subject alone",
            |it| {
                drop(
                    it.claims
                        .as_object_mut()
                        .unwrap()
                        .remove("preferred_username"),
                )
            },
            "00u1",
        ),
    ];
    let op = Op::start().await;
    for (name, change, user) in rows {
        assert_eq!(signed_in(&op, change).await, Ok(user.to_owned()), "{name}");
    }
    assert_eq!((op.asked("/revoke"), op.asked("/userinfo")), (0, 0));
}
