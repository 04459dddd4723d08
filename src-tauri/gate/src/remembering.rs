//! What a real gnome-keyring remembers of a session, and forgets, over locks and restarts.
//!
//! The outer tests start this binary again, inside D-Bus sessions of their own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use pretty_assertions::assert_eq;
use thumbturn_core::Way;
use thumbturn_wire::Paths;

use crate::clock::now;
use crate::duo::{Connection, SignIn, Tenancy, Tokens};
use crate::keychain::{Found, Item, Keychain};
use crate::keys::{Keys, Pending};
use crate::provider::Provider;
use crate::session::{Proof, Recalled, recall};

const UNLOCKED: &str = r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do :; done
exec "$EXE" --exact "$STORY" --ignored"#;

/// Runs one of the ignored tests with an open keyring, whose secrets lie below `home`.
fn tell(home: &Path, story: &str) {
    let output = Command::new("dbus-run-session")
        .args(["--", "bash", "-euc", UNLOCKED])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env("EXE", std::env::current_exe().unwrap())
        .env("STORY", format!("remembering::{story}"))
        .output()
        .expect("`dbus-run-session`; `cargo xtask test` installs what the tests need");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn only_a_session_of_this_connection_is_remembered() {
    tell(tempfile::tempdir().unwrap().path(), "remembered");
}

#[test]
fn what_a_locked_keychain_was_to_forget_is_forgotten_by_the_next_gate() {
    let home = tempfile::tempdir().unwrap();
    tell(home.path(), "forgotten_while_locked");
    tell(home.path(), "forgotten_at_last");
}

fn home() -> PathBuf {
    // Only the outer tests set it: nobody's own keychain is written to.
    std::env::var_os("STORY").unwrap();
    std::env::var_os("HOME").unwrap().into()
}

fn keys() -> Keys {
    let paths = Paths::under(&home());
    Keys {
        keychain: Arc::new(Keychain::start(paths.keychain())),
        paths,
        proxy: None,
        words: Arc::default(),
        turn: Arc::default(),
    }
}

fn tenancy(host: &str, sign_in: SignIn) -> Tenancy {
    let key = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
    Tenancy {
        connection: Connection::new(host, "DIWJ8X6AEYOR5OMC6TQ1", key.into(), None).unwrap(),
        sign_in,
    }
}

fn prompt() -> SignIn {
    SignIn::UniversalPrompt {
        client_id: "DIAAAAAAAAAAAAAAAAAA".into(),
        client_secret: "b".repeat(40).into(),
    }
}

const HERE: &str = "api-1a2b3c4d.duosecurity.com";

fn lock() {
    let locked = Command::new("dbus-send")
        .args([
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ])
        .output()
        .unwrap();
    assert!(locked.status.success());
}

fn proof(way: Way, tokens: Option<Tokens>) -> Proof {
    Proof {
        user: "dana".into(),
        way,
        auth_time: now().wall / 1000 - 3600,
        renews: None,
        tokens,
        made: None,
    }
}

/// Who is signed in, as `tenancy` has it.
async fn user(keys: &Keys, tenancy: &Tenancy) -> Result<Option<String>, &'static str> {
    let provider = Provider::of(tenancy, None).unwrap();
    match recall(&keys.keychain, Some(tenancy), Some(&provider)).await {
        Recalled::Session(proof) => Ok(Some(proof.user)),
        Recalled::Nothing => Ok(None),
        Recalled::NotYet => Err("not yet"),
    }
}

#[tokio::test]
#[ignore = "a test above starts it"]
async fn remembered() {
    let keys = keys();
    let here = tenancy(HERE, SignIn::Push);
    assert_eq!(user(&keys, &here).await, Ok(None));

    let kept = proof(Way::Push, None);
    kept.keep(&here.name(), &keys.keychain).await.unwrap();
    assert_eq!(user(&keys, &here).await, Ok(Some("dana".into())));
    let elsewhere = tenancy("api-5e6f7a8b.duosecurity.com", SignIn::Push);
    assert_eq!(user(&keys, &elsewhere).await, Ok(None));
    let with_prompt = tenancy(HERE, prompt());
    assert_eq!(user(&keys, &with_prompt).await, Ok(None));
    assert!(matches!(
        recall(&keys.keychain, None, None).await,
        Recalled::Nothing
    ));

    // An hour ago, of a lifetime of half an hour: known, and over.
    let session = kept.session(1_800_000, now());
    assert_eq!(session.ends <= now().boot, true);

    let Found::Secret(good) = keys.keychain.read(Item::Session).await.unwrap() else {
        panic!("the session is there");
    };
    for bad in [
        "{}".to_owned(),
        good.replace("\"v\":1", "\"v\":2"),
        good.replace("\"push\"", "\"universal_prompt\""),
        good.replace("\"push\"", "\"trust_me\""),
        good.replace("\"user\"", "\"admin\":true,\"user\""),
        good.replace("\"id_token\":null", "\"id_token\":\"x\""),
    ] {
        keys.keychain
            .write(Item::Session, bad.clone())
            .await
            .unwrap();
        assert_eq!(user(&keys, &here).await, Ok(None), "{bad}");
    }

    // A token that nobody signed, for the very application that stands.
    let forged = Tokens {
        id: "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJkYW5hIn0.AAAA"
            .to_owned()
            .into(),
        access: None,
        refresh: None,
    };
    let forged = proof(Way::UniversalPrompt, Some(forged));
    forged
        .keep(&with_prompt.name(), &keys.keychain)
        .await
        .unwrap();
    assert_eq!(user(&keys, &with_prompt).await, Ok(None));

    kept.keep(&here.name(), &keys.keychain).await.unwrap();
    lock();
    assert_eq!(user(&keys, &here).await, Err("not yet"));
}

#[tokio::test]
#[ignore = "a test above starts it"]
async fn forgotten_while_locked() {
    let keys = keys();
    let here = tenancy(HERE, SignIn::Push);
    let stored = keys.keychain.write(Item::Connection, here.to_json()).await;
    stored.unwrap();
    let kept = proof(Way::Push, None);
    kept.keep(&here.name(), &keys.keychain).await.unwrap();
    lock();
    let (inputs, mut loop_end) = tokio::sync::mpsc::channel(8);
    keys.forget(Pending::ForgetSession, inputs);
    let Some(crate::runtime::Input::Loaded { loaded, .. }) = loop_end.recv().await else {
        panic!("a load reports back");
    };
    assert_eq!((loaded.is_unread, loaded.must_try_again()), (true, true));
}

#[tokio::test]
#[ignore = "a test above starts it"]
async fn forgotten_at_last() {
    let keys = keys();
    let here = tenancy(HERE, SignIn::Push);
    // It was not deleted then, and would sign dana in again.
    assert_eq!(user(&keys, &here).await, Ok(Some("dana".into())));
    let (inputs, mut loop_end) = tokio::sync::mpsc::channel(8);
    keys.load(inputs, None);
    let Some(crate::runtime::Input::Loaded { loaded, .. }) = loop_end.recv().await else {
        panic!("a load reports back");
    };
    assert_eq!((loaded.is_unread, loaded.tenancy.is_some()), (false, true));
    assert_eq!(user(&keys, &here).await, Ok(None));

    // The next sign-in is kept, and stays.
    let word = keys.is_pending(Pending::Replace);
    let kept = proof(Way::Push, None);
    kept.keep(&here.name(), &keys.keychain).await.unwrap();
    keys.is_settled(word);
    let (inputs, mut loop_end) = tokio::sync::mpsc::channel(8);
    keys.load(inputs, None);
    loop_end.recv().await.unwrap();
    assert_eq!(user(&keys, &here).await, Ok(Some("dana".into())));

    // All of it, and a new key is made in the place of the old one.
    let before = std::fs::read_to_string(keys.paths.pin()).unwrap();
    let (inputs, mut loop_end) = tokio::sync::mpsc::channel(8);
    keys.forget(Pending::ForgetAll, inputs);
    loop_end.recv().await.unwrap();
    for item in [Item::Connection, Item::Session] {
        let found = keys.keychain.read(item).await.unwrap();
        assert!(matches!(found, Found::Absent), "{item:?}");
    }
    let after = std::fs::read_to_string(keys.paths.pin()).unwrap();
    assert_eq!(before == after, false);
}
