//! Tokens that Duo did not sign, or that nobody can read.

use super::*;

#[test]
fn twenty_nine_forged_or_broken_tokens_are_refused() {
    let good = signed(&claims().to_string());
    let (text, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = text.split_once('.').unwrap();
    let plain = claims().to_string();
    let named = |name: &str| {
        untrusted(&format!(
            "the id_token's header names `{name}`, which Duo's never does"
        ))
    };
    let by = |alg: &str| {
        untrusted(&format!(
            "the id_token is signed with `{alg}`, not with HS512"
        ))
    };
    let headed = |header: &str| hs512(header, &plain, SECRET);
    let twice = plain.replacen('{', r#"{"sub":"eve","#, 1);
    let deep = plain.replace(r#""result":"allow""#, r#""result":"deny","result":"allow""#);
    let no_header = untrusted("the id_token's header is no JSON, or holds a key twice");
    let no_claims = untrusted("the id_token's claims are no JSON, or hold a key twice");
    let no_signature = untrusted("the id_token's signature cannot be read");
    let other = untrusted(jws::BAD_SIGNATURE);
    let mut flipped = signature.as_bytes().to_vec();
    flipped[9] = if flipped[9] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    check(
        &[
            (
                "alg none, nothing signed",
                format!("{}.", unsigned(r#"{"alg":"none"}"#, &plain)),
                by("none"),
            ),
            ("alg None", headed(r#"{"alg":"None"}"#), by("None")),
            ("alg nOnE", headed(r#"{"alg":"nOnE"}"#), by("nOnE")),
            ("alg hs512", headed(r#"{"alg":"hs512"}"#), by("hs512")),
            ("HS256 under our secret", hs256(&plain), by("HS256")),
            ("HS384 under our secret", hs384(&plain), by("HS384")),
            ("RS256", headed(r#"{"alg":"RS256"}"#), by("RS256")),
            (
                "alg in a list",
                headed(r#"{"alg":["HS512"]}"#),
                untrusted("the id_token names no algorithm"),
            ),
            (
                "no alg",
                headed(r#"{"typ":"JWT"}"#),
                untrusted("the id_token names no algorithm"),
            ),
            (
                "alg twice",
                headed(r#"{"alg":"none","alg":"HS512"}"#),
                no_header.clone(),
            ),
            (
                "another secret",
                hs512(HS512, &plain, &SECRET.to_lowercase()),
                other.clone(),
            ),
            (
                "keyed with a PEM",
                hs512(
                    HS512,
                    &plain,
                    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
                ),
                other.clone(),
            ),
            ("no key at all", hs512(HS512, &plain, ""), other.clone()),
            ("signature stripped", format!("{text}."), other.clone()),
            ("signature cut", seal(text, &[7; 63]), other.clone()),
            ("signature of zeros", seal(text, &[0; 64]), other.clone()),
            (
                "signature changed",
                format!("{text}.{flipped}"),
                other.clone(),
            ),
            (
                "payload changed",
                format!(
                    "{header}.{}.{signature}",
                    URL_SAFE_NO_PAD.encode(plain.replace("dana", "eve"))
                ),
                other,
            ),
            (
                "signature is no base64",
                format!("{text}.{signature}="),
                no_signature.clone(),
            ),
            (
                "signature is ordinary base64",
                format!("{text}.+/{signature}"),
                no_signature,
            ),
            (
                "crit",
                headed(r#"{"alg":"HS512","crit":["exp"]}"#),
                named("crit"),
            ),
            (
                "jku",
                headed(r#"{"alg":"HS512","jku":"https://evil.example/keys"}"#),
                named("jku"),
            ),
            (
                "jwk",
                headed(r#"{"alg":"HS512","jwk":{"kty":"oct","k":"AAAA"}}"#),
                named("jwk"),
            ),
            (
                "x5u",
                headed(r#"{"alg":"HS512","x5u":"https://evil.example/pem"}"#),
                named("x5u"),
            ),
            (
                "an access token",
                headed(r#"{"alg":"HS512","typ":"at+jwt"}"#),
                untrusted("the id_token says it is another kind of token"),
            ),
            (
                "five parts, as JWE",
                format!("{good}.AAAA.AAAA"),
                untrusted("the id_token is encrypted, which Duo's is not"),
            ),
            (
                "two tokens joined",
                format!("{good}{good}{good}."),
                untrusted("the id_token has 8 parts, not three"),
            ),
            ("a key twice", signed(&twice), no_claims.clone()),
            ("a key twice inside", signed(&deep), no_claims),
        ],
        29,
    );
}

#[test]
fn fourteen_unreadable_tokens_are_refused() {
    let plain = claims().to_string();
    let parts = |n: usize| untrusted(&format!("the id_token has {n} parts, not three"));
    let no_time = |name: &str| untrusted(&format!("the id_token's `{name}` is no time"));
    check(
        &[
            ("nothing", String::new(), parts(1)),
            ("one word", "AAAA".into(), parts(1)),
            ("two parts", unsigned(HS512, &plain), parts(2)),
            (
                "header is no base64",
                format!("{{}}.{}", "AAAA.AAAA"),
                untrusted("the id_token's header is no JSON, or holds a key twice"),
            ),
            (
                "header is a list",
                hs512("[]", &plain, SECRET),
                untrusted("the id_token's header is no JSON, or holds a key twice"),
            ),
            (
                "claims are no JSON",
                signed("exp=1"),
                untrusted("the id_token's claims are no JSON, or hold a key twice"),
            ),
            (
                "claims are a list",
                signed("[]"),
                untrusted("the id_token claims nothing"),
            ),
            (
                "more than 16 KiB",
                signed(&with("/alias", json!("a".repeat(16 << 10)))),
                untrusted("the id_token is longer than 16 KiB"),
            ),
            (
                "exp in words",
                signed(&with("/exp", json!("1700003600"))),
                no_time("exp"),
            ),
            (
                "iat before all time",
                signed(&with("/iat", json!(-1))),
                no_time("iat"),
            ),
            (
                "exp after all time",
                signed(&with("/exp", json!(1e300))),
                no_time("exp"),
            ),
            (
                "nbf in a list",
                signed(&with("/nbf", json!([1]))),
                no_time("nbf"),
            ),
            (
                "sub in a list",
                signed(&with("/sub", json!(["dana"]))),
                untrusted("the id_token's `sub` is no text"),
            ),
            (
                "issuer is no address",
                signed(&with("/iss", json!("dana"))),
                untrusted("the id_token's claims are not as OpenID Connect has them"),
            ),
        ],
        14,
    );
}
