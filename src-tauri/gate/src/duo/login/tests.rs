use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pretty_assertions::assert_eq;
use std::collections::BTreeSet;

use super::*;

const SECRET: &str = "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

fn application() -> Application {
    Application {
        host: "API-1a2b3c4d.duosecurity.com".into(),
        client_id: "DIXXXXXXXXXXXXXXXXXX".into(),
        client_secret: SECRET.into(),
        ca: None,
    }
}

fn prompt() -> UniversalPrompt {
    UniversalPrompt::new(application(), None).unwrap()
}

fn parameters(prompt: &UniversalPrompt, trip: &Trip) -> (Vec<(String, String)>, serde_json::Value) {
    let url = request::authorize_url(&prompt.application, trip).unwrap();
    assert_eq!(
        url.as_str().split_once('?').unwrap().0,
        "https://api-1a2b3c4d.duosecurity.com/oauth/v1/authorize"
    );
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let object = pairs.iter().find(|(name, _)| name == "request").unwrap();
    let payload = object.1.split('.').nth(1).unwrap();
    let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    (pairs, claims)
}

#[test]
fn the_request_says_the_same_inside_and_beside_its_signature() {
    let prompt = prompt();
    let trip = Trip::new("dana", "http://localhost:40111/abc".into());
    let (pairs, claims) = parameters(&prompt, &trip);
    assert_eq!(
        claims,
        serde_json::json!({
            "response_type": "code", "scope": "openid", "client_id": "DIXXXXXXXXXXXXXXXXXX",
            "redirect_uri": "http://localhost:40111/abc", "state": trip.state.secret(), "nonce": trip.nonce.secret(),
            "duo_uname": "dana", "use_duo_code_attribute": true, "prompt": "login", "max_age": 0,
            "iss": "DIXXXXXXXXXXXXXXXXXX", "aud": "https://api-1a2b3c4d.duosecurity.com",
            "iat": trip.began, "exp": trip.began + 300,
        })
    );
    let names: BTreeSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        BTreeSet::from([
            "client_id",
            "nonce",
            "redirect_uri",
            "request",
            "response_type",
            "scope",
            "state"
        ])
    );
    for (name, value) in pairs.iter().filter(|(name, _)| name != "request") {
        assert_eq!(
            claims.get(name).and_then(|it| it.as_str()),
            Some(value.as_str()),
            "{name}"
        );
    }
}

#[test]
fn a_thousand_sign_ins_share_no_state_and_no_nonce() {
    let mut seen = BTreeSet::new();
    for _ in 0..1000 {
        let trip = Trip::new("dana", "http://localhost:40111/abc".into());
        for one in [trip.state.secret(), trip.nonce.secret()] {
            assert_eq!(one.len(), 43);
            assert_eq!(seen.insert(one.clone()), true);
        }
    }
    assert_eq!(seen.len(), 2000);
}

#[test]
fn a_thousand_assertions_share_no_name() {
    let prompt = prompt();
    let mut seen = BTreeSet::new();
    for _ in 0..1000 {
        let jwt = request::client_assertion(&prompt.application, "https://x/y", 1_700_000_000);
        let payload = URL_SAFE_NO_PAD
            .decode(jwt.split('.').nth(1).unwrap())
            .unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(
            (
                &claims["iss"],
                &claims["sub"],
                &claims["aud"],
                &claims["iat"],
                &claims["exp"]
            ),
            (
                &"DIXXXXXXXXXXXXXXXXXX".into(),
                &"DIXXXXXXXXXXXXXXXXXX".into(),
                &"https://x/y".into(),
                &1_700_000_000_u64.into(),
                &1_700_000_300_u64.into()
            )
        );
        assert_eq!(
            seen.insert(claims["jti"].as_str().unwrap().to_owned()),
            true
        );
    }
}

#[test]
fn no_secret_is_in_any_debug_text() {
    let tokens = Tokens {
        id: "hidden".to_owned().into(),
        access: Some("hidden".to_owned().into()),
        refresh: None,
    };
    for text in [
        format!("{:?}", application()),
        format!("{:?}", prompt()),
        format!("{tokens:?}"),
    ] {
        for secret in [SECRET, "hidden"] {
            assert_eq!(text.contains(secret), false, "{text}");
        }
    }
}

#[test]
fn an_application_is_what_the_admin_panel_shows() {
    for (change, expected) in [
        (
            Application {
                host: "evil.example".into(),
                ..application()
            },
            ConnectionError::ForeignHost("evil.example".into()),
        ),
        (
            Application {
                client_id: SECRET.into(),
                ..application()
            },
            ConnectionError::ClientId,
        ),
        (
            Application {
                client_secret: "DIXXXXXXXXXXXXXXXXXX".into(),
                ..application()
            },
            ConnectionError::ClientSecret,
        ),
    ] {
        assert_eq!(UniversalPrompt::new(change, None).err(), Some(expected));
    }
    assert_eq!(
        UniversalPrompt::new(application(), Some("not a proxy")).err(),
        Some(ConnectionError::Proxy)
    );
}

#[tokio::test]
async fn nobody_is_no_name() {
    for nobody in ["", "  "] {
        let answer = prompt()
            .sign_in(nobody, &Browser::with("/bin/true"), |_| {})
            .await;
        assert_eq!(answer.map(|it| it.user), Err(LoginError::NoName));
    }
}
