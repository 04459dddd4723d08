use std::collections::BTreeSet;

use pretty_assertions::assert_eq;

use super::*;

const ISSUER: &str = "https://sso-1a2b3c4d.sso.duosecurity.com/oidc/DIWJ8X6AEYOR5OMC6TQ1";
const SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

fn provider() -> Provider {
    Provider {
        issuer: ISSUER.into(),
        client_id: "DIWJ8X6AEYOR5OMC6TQ1".into(),
        client_secret: Some(SECRET.into()),
        ca: None,
    }
}

#[test]
fn a_thousand_sign_ins_share_nothing() {
    let mut seen = BTreeSet::new();
    for _ in 0..1000 {
        let trip = Trip::new("http://localhost:28631/callback/0".into());
        for one in [
            trip.state.secret(),
            trip.nonce.secret(),
            trip.verifier.secret(),
        ] {
            assert_eq!(one.len(), 43);
            assert_eq!(seen.insert(one.clone()), true);
        }
    }
    assert_eq!(seen.len(), 3000);
}

#[test]
fn the_ways_back_can_be_copied_once_for_all() {
    let uris = |provider| SingleSignOn::new(provider, None).unwrap().redirect_uris();
    assert_eq!(
        uris(provider()),
        [28_631, 28_632, 28_633].map(|port| format!("http://localhost:{port}/callback"))
    );
}

#[test]
fn no_secret_is_in_any_debug_text() {
    let sso = SingleSignOn::new(provider(), None).unwrap();
    for text in [format!("{:?}", provider()), format!("{sso:?}")] {
        assert_eq!(text.contains(SECRET), false, "{text}");
    }
}

#[test]
fn a_proxy_is_an_address() {
    let made = SingleSignOn::new(provider(), Some("not a proxy"));
    assert_eq!(made.err(), Some(ConnectionError::Proxy));
}

#[tokio::test]
async fn an_empty_name_is_none() {
    let sso = SingleSignOn::new(provider(), None).unwrap();
    let browser = Browser::with("/bin/true");
    let outcome = sso.sign_in(Some(" "), &browser, |_| {}).await;
    assert_eq!(outcome.map(|it| it.user), Err(LoginError::NoName));
}
