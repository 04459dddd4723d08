//! A person signs in, or does not.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::{LoginError, Way};
use thumbturn_gate::browser::Browser;
use thumbturn_gate::duo::{Purpose, Tokens};
use tokio::net::TcpStream;

use crate::stand::{Front, Stand};
use crate::trip::{CLIENT, Trip, header, now, opened, parameter, place, prompt_at};

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn signed_in_is_said_on_the_last_page_and_nowhere_twice() {
    let trip = Trip::begin().await;
    trip.stand.answer(trip.good_answer());
    let (port, path, good) = (trip.port, trip.path.clone(), trip.good());
    let ended = trip.end(&good).await;
    assert_eq!(
        ended.page.contains(">Signed in as dana</h1>"),
        true,
        "{}",
        ended.page
    );
    for secret in ["c0de", "acc3ss", "state="] {
        assert_eq!(ended.page.contains(secret), false, "{secret}");
    }
    // Shown once; with it the listener goes.
    while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let signed_in = ended.outcome.unwrap();
    assert_eq!(
        (signed_in.way, signed_in.renews),
        (Way::UniversalPrompt, None)
    );
    assert_eq!(signed_in.auth_time.abs_diff(now()) < 20, true);
    assert_eq!(signed_in.tokens.access.as_deref(), Some("acc3ss"));
    assert_eq!(path.len(), 21);
}

#[tokio::test]
async fn a_step_up_names_its_ask_before_and_after() {
    let purpose = Purpose {
        code: "K7F29".into(),
        title: "Bash: git push <origin> main".into(),
    };
    let (trip, page) = Trip::step_up(purpose).await;
    for text in [
        ">Approve K7F29</h1>",
        "<code>Bash: git push &lt;origin&gt; main</code>",
        ">Go on to Duo</a>",
        "nothing is run then",
    ] {
        assert_eq!(page.contains(text), true, "{text}: {page}");
    }
    trip.stand.answer(trip.good_answer());
    let good = trip.good();
    let ended = trip.end(&good).await;
    assert_eq!(
        ended.page.contains(">Approved K7F29</h1>"),
        true,
        "{}",
        ended.page
    );
    assert_eq!(ended.user(), Ok("dana".into()));
}

#[tokio::test]
async fn a_step_up_that_was_refused_approves_nothing() {
    let purpose = Purpose {
        code: "K7F29".into(),
        title: "Bash: ls".into(),
    };
    let (trip, _) = Trip::step_up(purpose).await;
    let denied = format!("{}?error=access_denied&state={}", trip.path, trip.state);
    let ended = trip.end(&denied).await;
    assert_eq!(
        ended.page.contains(">Not approved</h1>"),
        true,
        "{}",
        ended.page
    );
    assert_eq!(ended.outcome.is_err(), true);
}

#[tokio::test]
async fn the_token_request_is_a_form_that_says_who_we_are() {
    let trip = Trip::begin().await;
    trip.stand.answer(trip.good_answer());
    let (back, host) = (
        format!("http://localhost:{}{}", trip.port, trip.path),
        trip.stand.host(),
    );
    trip.stand.answer(trip.good_answer());
    let (port, good) = (trip.port, trip.good());
    let first = crate::trip::fetch(port, &good).await;
    assert_eq!(header(&first, "Location").is_some(), true);
    let heard = trip.stand.heard();
    // Not in the address, where logs would keep it.
    assert_eq!(heard[0].line, "POST /oauth/v1/token HTTP/1.1");
    let field = |name: &str| parameter(&heard[0].body, name);
    assert_eq!(
        [
            field("grant_type"),
            field("code"),
            field("redirect_uri"),
            field("client_id"),
            field("client_assertion_type")
        ],
        [
            Some("authorization_code".into()),
            Some("c0de".into()),
            Some(back),
            Some(CLIENT.into()),
            Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into())
        ]
    );
    let claims = opened(&field("client_assertion").unwrap());
    assert_eq!(
        (&claims["iss"], &claims["sub"], &claims["aud"]),
        (
            &json!(CLIENT),
            &json!(CLIENT),
            &json!(format!("https://{host}/oauth/v1/token"))
        )
    );
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        300
    );
    assert_eq!(heard[0].body.contains("client_secret"), false);
}

#[tokio::test]
async fn who_was_remembered_is_judged_again() {
    let trip = Trip::begin().await;
    let (host, ca) = (trip.stand.host(), trip.stand.ca.clone());
    trip.stand.answer(trip.good_answer());
    let good = trip.good();
    let signed_in = trip.end(&good).await.outcome.unwrap();
    let prompt = prompt_at(&host, &ca, LONG, LONG);
    let again = prompt.remember("dana", &signed_in.tokens).unwrap();
    assert_eq!(
        (again.user.as_str(), again.auth_time),
        ("dana", signed_in.auth_time)
    );
    let words = |error: LoginError| error.words();
    assert_eq!(
        prompt.remember("eve", &signed_in.tokens).map(drop).map_err(words),
        Err("The answer cannot be taken for Duo's: the id_token is about `dana`, not about `eve` (preferred_username). Check the connection, then sign in again.".into())
    );
    // One letter over a multiple of four is never base64, whatever the signature.
    let cut = signed_in.tokens.id.to_string();
    let tokens = Tokens {
        id: cut[..cut.len() - 1].to_owned().into(),
        ..signed_in.tokens
    };
    assert_eq!(
        prompt.remember("dana", &tokens).map(drop),
        Err(LoginError::Untrusted {
            words: "the id_token's signature cannot be read".into()
        })
    );
}

#[tokio::test]
async fn a_trip_ends_at_its_time() {
    let stand = Stand::start(Front::Genuine).await;
    let prompt = prompt_at(&stand.host(), &stand.ca, Duration::from_millis(100), LONG);
    let mut address = String::new();
    let browser = Browser::with("/nonexistent/browser");
    let ended = prompt.sign_in("dana", &browser, |it| address = it).await;
    assert_eq!(ended.map(drop), Err(LoginError::TimedOut));
    while TcpStream::connect(("127.0.0.1", place(&address).0))
        .await
        .is_ok()
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_cancelled_trip_takes_its_listener_along() {
    let trip = Trip::begin().await;
    let port = trip.port;
    let stand = trip.cancel().await;
    while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert_eq!(stand.heard().len(), 0);
}

/// The command line is open to everyone on the machine.
#[tokio::test]
async fn the_browser_is_given_a_short_address_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (program, told) = (dir.path().join("browser"), dir.path().join("told"));
    std::fs::write(
        &program,
        format!(
            "#!/bin/sh\nprintf '%s|' \"$#\" \"$@\" > {0}.part; mv {0}.part {0}\n",
            told.display()
        ),
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let stand = Stand::start(Front::Genuine).await;
    let prompt = prompt_at(&stand.host(), &stand.ca, LONG, LONG);
    let mut address = String::new();
    let browser = Browser::with(&program);
    let seen = async {
        while !told.exists() {
            tokio::task::yield_now().await;
        }
        std::fs::read_to_string(&told).unwrap()
    };
    let seen = tokio::select! {
        ended = prompt.sign_in("dana", &browser, |it| address = it) => panic!("{ended:?}"),
        seen = seen => seen,
    };
    assert_eq!(seen, format!("1|{address}|"));
    assert_eq!(
        address.ends_with("/start") && address.len() < 60,
        true,
        "{address}"
    );
}
