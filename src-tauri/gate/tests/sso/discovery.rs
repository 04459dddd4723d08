//! What a provider says of itself.

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use thumbturn_core::LoginError;
use thumbturn_gate::browser::Browser;

use crate::forge::{Forge, Key, Op};
use crate::stand::{Answer, http, json as answer};

type Row = (&'static str, fn(&mut Value), &'static str);

fn removed(metadata: &mut Value, name: &str) {
    metadata.as_object_mut().unwrap().remove(name);
}

#[tokio::test]
async fn eighteen_documents_that_lack_something() {
    const NONE: &str = "what its issuer shows is no discovery document of OpenID Connect";
    let rows: [Row; 18] = [
        ("no issuer", |it| removed(it, "issuer"), NONE),
        ("no keys", |it| removed(it, "jwks_uri"), NONE),
        (
            "no authorization endpoint",
            |it| removed(it, "authorization_endpoint"),
            NONE,
        ),
        (
            "an address that is none",
            |it| it["token_endpoint"] = "token".into(),
            NONE,
        ),
        ("a list", |it| *it = json!([]), NONE),
        (
            "no token endpoint",
            |it| removed(it, "token_endpoint"),
            "the provider does not offer a token endpoint",
        ),
        (
            "authorization in the clear",
            |it| it["authorization_endpoint"] = "http://localhost/a".into(),
            "its authorization endpoint is at `http://localhost/a`, which is not a place of the provider's over TLS",
        ),
        (
            "authorization by script",
            |it| it["authorization_endpoint"] = "javascript:alert(1)".into(),
            "its authorization endpoint is at `javascript:alert(1)`, which is not a place of the provider's over TLS",
        ),
        (
            "tokens in the clear",
            |it| it["token_endpoint"] = "http://localhost/t".into(),
            "its token endpoint is at `http://localhost/t`, which is not a place of the provider's over TLS",
        ),
        (
            "keys from a file",
            |it| it["jwks_uri"] = "file:///etc/keys".into(),
            "its key set is at `file:///etc/keys`, which is not a place of the provider's over TLS",
        ),
        (
            "revocation in the clear",
            |it| it["revocation_endpoint"] = "http://localhost/r".into(),
            "its revocation endpoint is at `http://localhost/r`, which is not a place of the provider's over TLS",
        ),
        (
            "logout with a password",
            |it| it["end_session_endpoint"] = "https://a:b@localhost/".into(),
            "its logout endpoint is at `https://a:b@localhost/`, which is not a place of the provider's over TLS",
        ),
        (
            "hybrid and implicit flow only",
            |it| it["response_types_supported"] = json!(["code id_token", "id_token token"]),
            "the provider does not offer the response type `code`",
        ),
        (
            "no RS256",
            |it| it["id_token_signing_alg_values_supported"] = json!(["HS256", "ES256", "none"]),
            "the provider does not offer id_tokens signed with `RS256`",
        ),
        (
            "plain challenges only",
            |it| it["code_challenge_methods_supported"] = json!(["plain"]),
            "the provider does not offer PKCE with `S256`",
        ),
        (
            "no challenges",
            |it| removed(it, "code_challenge_methods_supported"),
            "the provider does not offer PKCE with `S256`",
        ),
        (
            "secrets in a header only",
            |it| {
                it["token_endpoint_auth_methods_supported"] = json!(["client_secret_basic", "none"])
            },
            "the provider does not offer `client_secret_post`",
        ),
        (
            "secrets by default in a header",
            |it| it["token_endpoint_auth_methods_supported"] = json!([]),
            "the provider does not offer `client_secret_post`",
        ),
    ];
    let op = Op::start().await;
    for (name, change, words) in rows {
        let mut metadata = op.metadata();
        change(&mut metadata);
        op.shows(&metadata);
        let words = words.to_owned();
        let expected = LoginError::Misconfigured { words };
        assert_eq!(op.sso().discover().await, Err(expected.clone()), "{name}");
        // No browser is sent to a provider like that.
        let browser = Browser::with("/nonexistent/browser");
        let opened = |address: String| panic!("{address}");
        let outcome = op.sso().sign_in(None, &browser, opened).await;
        assert_eq!(outcome.map(|it| it.user), Err(expected), "{name}");
    }
    assert_eq!((op.asked("/keys"), op.asked("/token")), (0, 0));
}

#[tokio::test]
async fn a_client_without_a_secret_must_be_welcome() {
    let op = Op::start().await;
    assert_eq!(op.sso_for(None).discover().await, Ok(()));
    let mut metadata = op.metadata();
    metadata["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    op.shows(&metadata);
    let words = "the provider does not offer clients without a secret".into();
    assert_eq!(
        op.sso_for(None).discover().await,
        Err(LoginError::Misconfigured { words })
    );
    assert_eq!(op.sso().discover().await, Ok(()));
}

#[tokio::test]
async fn four_issuers_that_call_themselves_otherwise() {
    let op = Op::start().await;
    let ours = op.issuer();
    for other in [
        format!("{ours}/"),
        ours.trim_end_matches("/oidc").to_owned(),
        ours.replace("localhost", "LOCALHOST"),
        "https://evil.example/oidc".to_owned(),
    ] {
        let mut metadata = op.metadata();
        metadata["issuer"] = other.clone().into();
        op.shows(&metadata);
        let words = format!(
            "it calls itself `{other}`, and this connection's issuer is `{ours}`; copy the issuer exactly"
        );
        assert_eq!(
            op.sso().discover().await,
            Err(LoginError::Misconfigured { words })
        );
    }
}

#[tokio::test]
async fn the_places_of_keys_and_endpoints_are_looked_up_each_time() {
    let op = Op::start().await;
    for path in ["keys-1", "keys-2"] {
        let mut metadata = op.metadata();
        metadata["jwks_uri"] = format!("https://{}/{path}", op.stand.host()).into();
        op.shows(&metadata);
        op.stand.answer_at(
            &format!("/{path}"),
            answer("200 OK", &json!({"keys": [Key::Ours.jwk()]})),
        );
        let tokens = Forge::new(&op.issuer(), "n").tokens();
        let outcome = op.sso().remember("dana", &tokens).await;
        assert_eq!(outcome.map(|it| it.user), Ok("dana".into()));
        assert_eq!(op.asked(&format!("/{path}")), 1);
    }
}

#[tokio::test]
async fn six_answers_that_are_no_document() {
    let html = http("200 OK", "text/html", "<h1>Welcome to the hotel</h1>");
    let unreachable = |words: &str| LoginError::Unreachable {
        words: words.into(),
    };
    let untrusted = |words: &str| LoginError::Untrusted {
        words: words.into(),
    };
    let rows = [
        (
            html,
            unreachable(
                "what answered is not Duo (HTTP 200); sign in to the network first, or check the hostname",
            ),
        ),
        (
            http("302 Found", "text/html", ""),
            unreachable(
                "what answered sent us elsewhere (HTTP 302), which Duo never does; sign in to the network first",
            ),
        ),
        (
            http("503 Service Unavailable", "text/html", ""),
            unreachable("Duo is in trouble (HTTP 503)"),
        ),
        (
            http("404 Not Found", "application/json", "{}"),
            LoginError::Misconfigured {
                words: "no OpenID provider answers at its issuer; copy the issuer exactly".into(),
            },
        ),
        (
            http(
                "200 OK",
                "application/json",
                r#"{"issuer":"a","issuer":"b"}"#,
            ),
            untrusted("it is no JSON, or holds a key twice"),
        ),
        (
            http(
                "200 OK",
                "application/json",
                &format!("[{}0]", "0,".repeat(40_000)),
            ),
            untrusted("it is longer than 64 KiB"),
        ),
    ];
    let op = Op::start().await;
    for (bytes, expected) in rows {
        op.stand.answer_at("/oidc/", Answer::Bytes(bytes));
        assert_eq!(op.sso().discover().await, Err(expected));
    }
}
