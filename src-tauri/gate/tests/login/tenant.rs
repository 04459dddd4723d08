//! Signing in at a whole tenant, on the same page that a person would see.

use duo_tenant::{
    Config, NewUser, Patch, Patched, Policy, Script, Signing, Tamper, Tap, Tenant, Turn, User,
    UserStatus, Wire,
};
use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::LoginError;

use crate::chrome::Chrome;
use crate::trip::{fetch, place};
use crate::visit::{Visit, prompt, tenant};

#[tokio::test]
async fn an_approved_push_signs_in() {
    let tenant = tenant().await;
    assert_eq!(
        prompt(&tenant, &tenant.client_secret())
            .health_check()
            .await,
        Ok(())
    );
    assert_eq!(Visit::begin(tenant).await.end().await, Ok("dana".into()));
}

#[tokio::test]
async fn a_wrong_secret_is_told_before_anyone_is_asked() {
    let tenant = tenant().await;
    let wrong = tenant.client_secret().chars().rev().collect::<String>();
    let answer = prompt(&tenant, &wrong).health_check().await;
    assert!(
        matches!(answer, Err(LoginError::Misconfigured { words }) if words.starts_with("the client secret is not"))
    );
}

#[tokio::test]
async fn a_wrong_clock_is_told_as_one() {
    // Half a minute off the whole one: a second may pass on the way.
    for skew in [-7170, 7170] {
        let tenant = tenant().await;
        tenant.script(Script::Skew(skew));
        let answer = prompt(&tenant, &tenant.client_secret())
            .health_check()
            .await;
        assert!(
            matches!(&answer, Err(LoginError::Misconfigured { words }) if words.contains("clock is 120 minutes")),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn three_passes_that_asked_nobody_are_no_sign_in() {
    let bypassed = tenant().await;
    let user: User = bypassed.user("dana").unwrap();
    bypassed.set_user(User {
        status: UserStatus::Bypass,
        ..user
    });
    let trusted = tenant().await;
    trusted.script(Script::NextPrompt(Turn::TrustedNetwork));
    let unknown = Tenant::start(Config {
        users: Vec::new(),
        policy: Policy {
            new_user: NewUser::Allow,
            ..Policy::default()
        },
        ..Config::default()
    })
    .await
    .unwrap();
    for (tenant, words) in [
        (bypassed, "not_available, bypass_user"),
        (trusted, "trusted_network"),
        (unknown, "not_available, allow_unenrolled_user"),
    ] {
        let expected = LoginError::SilentPass {
            words: words.into(),
        };
        assert_eq!(Visit::begin(tenant).await.end().await, Err(expected));
    }
}

#[tokio::test]
async fn a_person_who_cancels_on_the_page_is_heard() {
    let visit = Visit::begin(tenant().await).await;
    let page = visit.arrive().await;
    let cancel = page.replace("/frame/prompt?", "/frame/cancel?");
    let back = visit.location(visit.client.get(cancel)).await;
    let (port, path) = place(&back);
    fetch(port, &path).await;
    assert_eq!(
        visit.outcome.await.unwrap().map(|it| it.user),
        Err(LoginError::Cancelled)
    );
}

#[tokio::test]
async fn a_way_back_that_is_bent_with_the_right_state_ends_it() {
    for (name, value, words) in [
        ("code", "another", "the way back from Duo holds two codes"),
        (
            "duo_code",
            "another",
            "the way back from Duo holds `duo_code` twice",
        ),
        (
            "error",
            "access_denied",
            "the way back from Duo holds both a code and an error",
        ),
    ] {
        let tenant = tenant().await;
        tenant.script(Script::Callback(vec![Patched::beside(name, value)]));
        let expected = LoginError::Untrusted {
            words: words.into(),
        };
        assert_eq!(
            Visit::begin(tenant).await.end().await,
            Err(expected),
            "{name}"
        );
    }
}

fn header_member(name: &str, value: serde_json::Value) -> Tamper {
    Tamper::header([Patch::set(name, value)])
}

fn claim(patch: Patch) -> Tamper {
    Tamper::claims([patch])
}

#[tokio::test]
async fn twenty_six_tokens_of_the_tenant_that_are_bent_are_refused() {
    let by = |alg: &str| format!("the id_token is signed with `{alg}`, not with HS512");
    let other = "the id_token's signature is not made with this application's secret".to_owned();
    let names =
        |name: &str| format!("the id_token's header names `{name}`, which Duo's never does");
    let lacks = |name: &str| format!("the id_token has no `{name}`");
    let rows = [
        (
            "alg none",
            Tamper::signed(Signing::None { alg: "none".into() }),
            by("none"),
        ),
        (
            "alg None",
            Tamper::signed(Signing::None { alg: "None".into() }),
            by("None"),
        ),
        (
            "alg nOnE",
            Tamper::signed(Signing::None { alg: "nOnE".into() }),
            by("nOnE"),
        ),
        ("HS256", Tamper::signed(Signing::Hs256), by("HS256")),
        ("HS384", Tamper::signed(Signing::Hs384), by("HS384")),
        ("RS256", Tamper::signed(Signing::Rs256), by("RS256")),
        ("ES256", Tamper::signed(Signing::Es256), by("ES256")),
        (
            "other secret",
            Tamper::signed(Signing::OtherSecret),
            other.clone(),
        ),
        (
            "one bit",
            Tamper::wired(Wire::BrokenSignature),
            other.clone(),
        ),
        ("no signature", Tamper::wired(Wire::EmptySignature), other),
        (
            "two parts",
            Tamper::wired(Wire::WithoutSignature),
            "the id_token has 2 parts, not three".into(),
        ),
        (
            "five parts",
            Tamper::wired(Wire::Encrypted),
            "the id_token is encrypted, which Duo's is not".into(),
        ),
        (
            "a word",
            Tamper::wired(Wire::Literal {
                value: json!("token"),
            }),
            "the id_token has 1 parts, not three".into(),
        ),
        (
            "a claim twice",
            claim(Patch::Again {
                name: "sub".into(),
                value: json!("eve"),
            }),
            "the id_token's claims are no JSON, or hold a key twice".into(),
        ),
        ("crit", header_member("crit", json!(["exp"])), names("crit")),
        (
            "jku",
            header_member("jku", json!("https://evil.example")),
            names("jku"),
        ),
        (
            "jwk",
            header_member("jwk", json!({"kty": "oct"})),
            names("jwk"),
        ),
        (
            "x5u",
            header_member("x5u", json!("https://evil.example")),
            names("x5u"),
        ),
        ("no exp", claim(Patch::remove("exp")), lacks("exp")),
        ("no iat", claim(Patch::remove("iat")), lacks("iat")),
        (
            "no auth_time",
            claim(Patch::remove("auth_time")),
            lacks("auth_time"),
        ),
        ("no nonce", claim(Patch::remove("nonce")), lacks("nonce")),
        (
            "no user",
            claim(Patch::remove("preferred_username")),
            lacks("preferred_username"),
        ),
        (
            "other nonce",
            claim(Patch::set("nonce", json!("n".repeat(43)))),
            "the id_token answers another request (its nonce is not ours)".into(),
        ),
        (
            "other user",
            claim(Patch::set("preferred_username", json!("eve"))),
            "the id_token is about `eve`, not about `dana` (preferred_username)".into(),
        ),
        (
            "other audience",
            claim(Patch::set("aud", json!("DIXXXXXXXXXXXXXXXXXX"))),
            "the id_token is not for this application".into(),
        ),
    ];
    for (name, tamper, words) in &rows {
        let tenant = tenant().await;
        tenant.script(Script::IdToken(tamper.clone()));
        let expected = LoginError::Untrusted {
            words: words.clone(),
        };
        assert_eq!(
            Visit::begin(tenant).await.end().await,
            Err(expected),
            "{name}"
        );
    }
    assert_eq!(rows.len(), 26);
}

#[tokio::test]
async fn a_person_in_a_real_browser_approves_on_the_phone() {
    let visit = Visit::begin(tenant().await).await;
    let chrome = Chrome::start().await;
    chrome.open(&visit.start).await;
    chrome.run("document.querySelector('form[action*=push] button, form[action*=push] input[type=submit]')?.click()").await;
    let push = visit.tenant.next_push().await;
    visit.tenant.tap(&push.txid, Tap::Approve).unwrap();
    while !chrome.address().await.ends_with("/done") {
        tokio::task::yield_now().await;
    }
    let heading = chrome
        .run("return document.querySelector('h1').innerText")
        .await;
    assert_eq!(heading, json!("Signed in as dana"));
    chrome.close().await;
    assert_eq!(
        visit.outcome.await.unwrap().map(|it| it.user),
        Ok("dana".into())
    );
}
