//! Whoever stands between this machine and Duo: neither a question nor a code reaches them.

use std::time::Duration;

use pretty_assertions::assert_eq;
use thumbturn_core::LoginError;

use crate::stand::{Front, Stand};
use crate::trip::{Trip, prompt_at};

/// For the one who never answers; all others are told apart at once, however busy the machine is.
fn patience(front: Front) -> Duration {
    match front {
        Front::Mute => Duration::from_millis(500),
        Front::Genuine
        | Front::SelfSigned
        | Front::Expired
        | Front::NotYet
        | Front::WrongHost
        | Front::NoHost
        | Front::UnknownCa
        | Front::ForClients
        | Front::PlainHttp
        | Front::Garbage
        | Front::HangsUp => Duration::from_secs(20),
    }
}

fn rows() -> [(Front, &'static str); 11] {
    let other = "the certificate shown comes from an authority that Duo does not use, or is signed by itself; something may stand between this machine and Duo";
    let host = "the certificate shown is for another host; something may stand between this machine and Duo";
    [
        (Front::SelfSigned, other),
        (Front::UnknownCa, other),
        (
            Front::Expired,
            "the certificate shown has expired; check this machine's clock first",
        ),
        (
            Front::NotYet,
            "the certificate shown is not valid yet; check this machine's clock first",
        ),
        (Front::WrongHost, host),
        (Front::NoHost, host),
        (Front::ForClients, "the certificate shown cannot be trusted"),
        (Front::PlainHttp, "no secure connection could be made"),
        (Front::Garbage, "no secure connection could be made"),
        (Front::HangsUp, "tls handshake eof"),
        (Front::Mute, "Duo did not answer in time"),
    ]
}

fn check(front: Front, answer: Result<(), LoginError>, expected: &str) {
    match answer {
        Err(LoginError::Unreachable { words }) => {
            assert_eq!(words.starts_with(expected), true, "{front:?}: {words}");
        }
        other => panic!("{front:?}: {other:?}"),
    }
}

#[tokio::test]
async fn eleven_faults_of_tls_end_a_health_check() {
    for (front, expected) in rows() {
        let stand = Stand::start(front).await;
        let patience = patience(front);
        let prompt = prompt_at(&stand.host(), &stand.ca, patience, patience);
        check(front, prompt.health_check().await, expected);
        assert_eq!(stand.heard().len(), 0, "{front:?}");
    }
}

#[tokio::test]
async fn eleven_faults_of_tls_keep_the_code_from_whoever_answers() {
    for (front, expected) in rows() {
        let trip = Trip::begin_at(front, patience(front)).await;
        let good = trip.good();
        let ended = trip.end(&good).await;
        assert_eq!(ended.asked, 0, "{front:?}");
        assert_eq!(
            ended.page.contains(">Not signed in</h1>"),
            true,
            "{front:?}"
        );
        check(front, ended.outcome.map(drop), expected);
    }
}

#[tokio::test]
async fn two_ways_nobody_is_there() {
    let ca = Stand::start(Front::Genuine).await.ca.clone();
    // Held and never listened on, so that nobody else can be there either.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    for (host, expected) in [
        (
            format!("localhost:{port}"),
            "Connection refused (os error 111)",
        ),
        (
            "duo.invalid".to_owned(),
            "its hostname is not known here; check the hostname and the network",
        ),
    ] {
        let patience = patience(Front::Genuine);
        let prompt = prompt_at(&host, &ca, patience, patience);
        check(Front::Genuine, prompt.health_check().await, expected);
    }
}
