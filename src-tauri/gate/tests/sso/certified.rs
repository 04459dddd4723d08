//! The whole way with npm's `oidc-provider`.

use std::os::unix::fs::PermissionsExt as _;

use pretty_assertions::assert_eq;
use thumbturn_core::{LoginError, Way};
use thumbturn_gate::browser::Browser;
use thumbturn_gate::duo::{SignedIn, SingleSignOn};

use crate::npm::{Npm, Setup};
use crate::person::Person;
use crate::trip::now;

async fn signed_in(npm: &Npm) -> SignedIn {
    let person = Person::start().await;
    let (outcome, heading) = person.sign_in(&npm.sso(), None, "dana").await;
    person.close().await;
    assert_eq!(heading, "Signed in as user.dana");
    outcome.unwrap()
}

fn no_longer() -> LoginError {
    LoginError::Refused {
        words: "it no longer renews this session (invalid_grant)".into(),
    }
}

fn user(outcome: Result<SignedIn, LoginError>) -> Result<String, LoginError> {
    outcome.map(|it| it.user)
}

#[tokio::test]
async fn both_kinds_of_application_sign_in_renew_and_are_remembered() {
    for setup in [Setup::Secret, Setup::Public] {
        let npm = Npm::start(setup).await;
        let sso = npm.sso();
        assert_eq!(sso.discover().await, Ok(()), "{setup:?}");
        let began = now();
        let first = signed_in(&npm).await;
        assert_eq!(
            (first.user.as_str(), first.way),
            ("user.dana", Way::SingleSignOn)
        );
        assert!(
            (began - 60..=now() + 60).contains(&first.auth_time),
            "{setup:?}"
        );
        assert!((began + 600..=now() + 600).contains(&first.renews.unwrap()));

        let second = sso.renew("user.dana", &first.tokens).await.unwrap();
        assert_eq!(
            (second.user.as_str(), second.auth_time),
            ("user.dana", first.auth_time)
        );
        assert_ne!(
            second.tokens.refresh.as_deref(),
            first.tokens.refresh.as_deref()
        );

        // After a restart: another instance, and only the tokens.
        let again = npm
            .sso()
            .remember("user.dana", &second.tokens)
            .await
            .unwrap();
        assert_eq!(
            (again.user.as_str(), again.auth_time),
            ("user.dana", first.auth_time)
        );
        assert_eq!(
            user(npm.sso().remember("user.mallory", &second.tokens).await),
            Err(LoginError::Untrusted {
                words: "the id_token is about `user.dana`, not about `user.mallory`".into()
            })
        );

        // What was rotated away is no longer any good, and whoever shows it ends the whole chain.
        assert_eq!(
            user(sso.renew("user.dana", &first.tokens).await),
            Err(no_longer())
        );
        assert_eq!(
            user(sso.renew("user.dana", &second.tokens).await),
            Err(no_longer())
        );
    }
}

#[tokio::test]
async fn somebody_else_is_refused_and_keeps_no_session() {
    let npm = Npm::start(Setup::Secret).await;
    let person = Person::start().await;
    let (outcome, heading) = person
        .sign_in(&npm.sso(), Some("user.dana"), "mallory")
        .await;
    assert_eq!(heading, "Not signed in");
    assert_eq!(
        user(outcome),
        Err(LoginError::Refused {
            words: "it was `user.mallory` who signed in, not `user.dana`".into()
        })
    );
    // In the same browser, where the provider still knows mallory, it asks again all the same.
    let (outcome, heading) = person.sign_in(&npm.sso(), Some("user.dana"), "dana").await;
    assert_eq!(
        (heading.as_str(), user(outcome)),
        ("Signed in as user.dana", Ok("user.dana".into()))
    );
    person.close().await;
}

#[tokio::test]
async fn a_cancelled_sign_in_is_told_as_such() {
    let npm = Npm::start(Setup::Secret).await;
    let person = Person::start().await;
    let (outcome, heading) = person.cancel(&npm.sso()).await;
    assert_eq!(
        (heading.as_str(), user(outcome)),
        ("Not signed in", Err(LoginError::Cancelled))
    );
    person.close().await;
}

#[tokio::test]
async fn keys_may_change_between_sign_in_and_renewal() {
    let mut npm = Npm::start(Setup::Secret).await;
    let sso = npm.sso();
    let first = signed_in(&npm).await;
    npm.rotate(true).await;
    assert_eq!(
        user(sso.remember("user.dana", &first.tokens).await),
        Ok("user.dana".into())
    );
    npm.rotate(false).await;
    // Nobody can say any more that the provider signed it.
    assert_eq!(
        user(sso.remember("user.dana", &first.tokens).await),
        Err(LoginError::Untrusted {
            words: "no key of the provider's has the name that the id_token gives (kid)".into()
        })
    );
    let second = sso.renew("user.dana", &first.tokens).await.unwrap();
    assert_eq!(second.auth_time, first.auth_time);
    assert_eq!(
        user(sso.remember("user.dana", &second.tokens).await),
        Ok("user.dana".into())
    );
}

#[tokio::test]
async fn a_session_that_was_ended_is_ended_at_the_provider() {
    let npm = Npm::start(Setup::Public).await;
    let sso = npm.sso();
    let person = Person::start().await;
    let (outcome, _) = person.sign_in(&sso, None, "dana").await;
    let tokens = outcome.unwrap().tokens;
    let address = end(&sso, &tokens).await;
    assert_eq!(
        user(sso.renew("user.dana", &tokens).await),
        Err(no_longer())
    );
    // It is shown who asks, and no token.
    let client = crate::npm::CLIENT;
    assert_eq!(
        address,
        format!("{}/session/end?client_id={client}", npm.issuer)
    );
    person.sign_out(&address).await;
    person.close().await;
}

/// Gives the page that it opens.
async fn end(sso: &SingleSignOn, tokens: &thumbturn_gate::duo::Tokens) -> String {
    let home = tempfile::tempdir().unwrap();
    let (program, pipe) = (home.path().join("browser"), home.path().join("pipe"));
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let script = format!("#!/bin/sh\nprintf %s \"$1\" > {}\n", pipe.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let reading = tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe));
    let browser = Browser::with(program);
    assert_eq!(sso.end(tokens, Some(&browser)).await, Ok(()));
    reading.await.unwrap().unwrap()
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_unreachable() {
    let npm = Npm::start(Setup::Secret).await;
    let sso = npm.sso();
    let tokens = signed_in(&npm).await.tokens;
    drop(npm);
    let unreachable = |outcome| matches!(outcome, Err(LoginError::Unreachable { .. }));
    assert!(unreachable(user(sso.remember("user.dana", &tokens).await)));
    assert!(unreachable(user(sso.renew("user.dana", &tokens).await)));
    assert!(unreachable(sso.discover().await.map(|()| String::new())));
    assert!(unreachable(
        sso.end(&tokens, None).await.map(|()| String::new())
    ));
}
