//! Headers, signatures and keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::{Row, raw, refused};
use crate::forge::{Forge, Key, SECRET};

fn mac(forge: &Forge, key: &[u8]) -> String {
    let text = forge.text();
    let tag = Hmac::<Sha256>::new_from_slice(key)
        .unwrap()
        .chain_update(&text)
        .finalize()
        .into_bytes();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn named(forge: &mut Forge, algorithm: &str) {
    forge.header["alg"] = algorithm.into();
}

#[tokio::test]
async fn fifteen_other_algorithms() {
    let rows: [Row; 15] = [
        (
            "none, unsigned",
            |it| {
                named(it, "none");
                it.token = Some(format!("{}.", it.text()));
            },
            "the id_token is signed with `none`, not with RS256",
        ),
        (
            "None",
            |it| {
                named(it, "None");
                it.token = Some(format!("{}.", it.text()));
            },
            "the id_token is signed with `None`, not with RS256",
        ),
        (
            "nOnE",
            |it| {
                named(it, "nOnE");
                it.token = Some(format!("{}.", it.text()));
            },
            "the id_token is signed with `nOnE`, not with RS256",
        ),
        (
            "none, and yet signed",
            |it| named(it, "none"),
            "the id_token is signed with `none`, not with RS256",
        ),
        (
            "HS256 under the public key",
            |it| {
                named(it, "HS256");
                it.token = Some(mac(it, Key::Ours.jwk().to_string().as_bytes()));
            },
            "the id_token is signed with `HS256`, not with RS256",
        ),
        (
            "HS256 under the client secret",
            |it| {
                named(it, "HS256");
                it.token = Some(mac(it, SECRET.as_bytes()));
            },
            "the id_token is signed with `HS256`, not with RS256",
        ),
        (
            "HS512",
            |it| named(it, "HS512"),
            "the id_token is signed with `HS512`, not with RS256",
        ),
        (
            "RS384",
            |it| named(it, "RS384"),
            "the id_token is signed with `RS384`, not with RS256",
        ),
        (
            "RS512",
            |it| named(it, "RS512"),
            "the id_token is signed with `RS512`, not with RS256",
        ),
        (
            "PS256",
            |it| named(it, "PS256"),
            "the id_token is signed with `PS256`, not with RS256",
        ),
        (
            "ES256",
            |it| named(it, "ES256"),
            "the id_token is signed with `ES256`, not with RS256",
        ),
        (
            "EdDSA",
            |it| named(it, "EdDSA"),
            "the id_token is signed with `EdDSA`, not with RS256",
        ),
        (
            "rs256",
            |it| named(it, "rs256"),
            "the id_token is signed with `rs256`, not with RS256",
        ),
        (
            "no algorithm",
            |it| it.header = json!({"kid": "ours"}),
            "the id_token names no algorithm",
        ),
        (
            "two algorithms",
            |it| it.header["alg"] = json!(["RS256"]),
            "the id_token names no algorithm",
        ),
    ];
    refused(&rows).await;
}

#[tokio::test]
async fn twenty_headers_and_signatures() {
    let rows: [Row; 20] = [
        (
            "its own key",
            |it| {
                it.header["jwk"] = Key::New.jwk();
                it.key = Key::New;
            },
            "the id_token's header names `jwk`, which could bring another key",
        ),
        (
            "an address of keys",
            |it| it.header["jku"] = "https://evil.example/keys".into(),
            "the id_token's header names `jku`, which could bring another key",
        ),
        (
            "an address of certificates",
            |it| it.header["x5u"] = "https://evil.example/x".into(),
            "the id_token's header names `x5u`, which could bring another key",
        ),
        (
            "certificates",
            |it| it.header["x5c"] = json!(["AAAA"]),
            "the id_token's header names `x5c`, which could bring another key",
        ),
        (
            "critical members",
            |it| it.header["crit"] = json!(["exp"]),
            "the id_token's header names `crit`, which could bring another key",
        ),
        (
            "another content",
            |it| it.header["cty"] = "JWT".into(),
            "the id_token's header names `cty`, which could bring another key",
        ),
        (
            "an access token",
            |it| it.header["typ"] = "at+jwt".into(),
            "the id_token says it is another kind of token",
        ),
        (
            "a number for a key's name",
            |it| it.header["kid"] = 1.into(),
            "the id_token's key is not named by a text (kid)",
        ),
        (
            "a path for a key's name",
            |it| it.header["kid"] = "../../../dev/null".into(),
            "no key of the provider's has the name that the id_token gives (kid)",
        ),
        (
            "SQL for a key's name",
            |it| it.header["kid"] = "x' UNION SELECT 'k".into(),
            "no key of the provider's has the name that the id_token gives (kid)",
        ),
        (
            "an empty name",
            |it| it.header["kid"] = "".into(),
            "no key of the provider's has the name that the id_token gives (kid)",
        ),
        (
            "no name, two keys",
            |it| {
                it.header = json!({"alg": "RS256"});
                it.keys = json!({"keys": [Key::Ours.jwk(), Key::New.jwk()]});
            },
            "the id_token does not say which of the provider's keys signed it (kid)",
        ),
        (
            "a header with a key twice",
            |it| {
                let claims = it.claims.to_string();
                raw(it, r#"{"alg":"none","alg":"RS256","kid":"ours"}"#, &claims);
            },
            "the id_token's header is no JSON, or holds a key twice",
        ),
        (
            "a header that is a list",
            |it| {
                let claims = it.claims.to_string();
                raw(it, "[]", &claims);
            },
            "the id_token's header is no JSON, or holds a key twice",
        ),
        (
            "another key under our name",
            |it| it.key = Key::New,
            "the id_token's signature is not made with the provider's key",
        ),
        (
            "no signature",
            |it| it.token = Some(format!("{}.", it.text())),
            "the id_token's signature is not made with the provider's key",
        ),
        (
            "half a signature",
            |it| it.token = Some(format!("{}.{}", it.text(), &it.key.sign(&it.text())[..170])),
            "the id_token's signature is not made with the provider's key",
        ),
        (
            "the signature of another text",
            |it| it.token = Some(format!("{}.{}", it.text(), it.key.sign("x"))),
            "the id_token's signature is not made with the provider's key",
        ),
        (
            "a claim changed after signing",
            |it| {
                let signature = it.key.sign(&it.text());
                it.claims["preferred_username"] = "root".into();
                it.token = Some(format!("{}.{signature}", it.text()));
            },
            "the id_token's signature is not made with the provider's key",
        ),
        (
            "a signature that is no base64",
            |it| it.token = Some(format!("{}.!!!!", it.text())),
            "the id_token's claims are not as OpenID Connect has them",
        ),
    ];
    refused(&rows).await;
}

#[tokio::test]
async fn ten_key_sets() {
    const GONE: &str = "no key of the provider's has the name that the id_token gives (kid)";
    let rows: [Row; 10] = [
        (
            "a weak key",
            |it| {
                it.key = Key::Weak;
                it.keys = json!({"keys": [Key::Weak.jwk()]});
            },
            "the id_token's key is weaker than 2048 bits",
        ),
        (
            "a key of nothing",
            |it| it.keys["keys"][0]["n"] = "".into(),
            "the id_token's key is weaker than 2048 bits",
        ),
        (
            "a key of zeros",
            |it| it.keys["keys"][0]["n"] = URL_SAFE_NO_PAD.encode([0; 256]).into(),
            "the id_token's key is weaker than 2048 bits",
        ),
        (
            "an exponent of one",
            |it| it.keys["keys"][0]["e"] = "AQ".into(),
            "the provider's key is no RSA key",
        ),
        (
            "a key for encryption",
            |it| it.keys["keys"][0]["use"] = "enc".into(),
            GONE,
        ),
        (
            "a key for another algorithm",
            |it| it.keys["keys"][0]["alg"] = "RS512".into(),
            GONE,
        ),
        (
            "a shared secret",
            |it| it.keys = json!({"keys": [{"kty": "oct", "kid": "ours", "k": "AAAA"}]}),
            GONE,
        ),
        (
            "two keys of one name",
            |it| {
                let mut other = Key::New.jwk();
                other["kid"] = "ours".into();
                it.keys = json!({"keys": [Key::Ours.jwk(), other]});
            },
            "the id_token does not say which of the provider's keys signed it (kid)",
        ),
        (
            "no key",
            |it| it.keys = json!({"keys": []}),
            "the provider shows no key",
        ),
        (
            "no set",
            |it| it.keys = json!({}),
            "the provider's keys cannot be read",
        ),
    ];
    refused(&rows).await;
}
