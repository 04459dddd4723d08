//! Every fault that a test can order does what its name says, once.

use std::sync::Arc;

use crate::support::{Client, parsed, raw, tenant, text};
use duo_tenant::{Certificate, Config, Endpoint, Fault, Outcome, PushState, Script};
use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};

#[tokio::test]
async fn answers_that_are_wrong_come_once_and_the_next_is_right() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    let table: [(Fault, &str); 10] = [
        (
            Fault::Html { status: 502 },
            "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html",
        ),
        (
            Fault::ContentType {
                value: "text/plain".into(),
            },
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain",
        ),
        (
            Fault::RateLimited {
                retry_after: Some(7),
            },
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 7",
        ),
        (
            Fault::RateLimited { retry_after: None },
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length",
        ),
        (
            Fault::Fail {
                code: 40002,
                detail: None,
            },
            "HTTP/1.1 400 Bad Request",
        ),
        (
            Fault::Fail {
                code: 50001,
                detail: None,
            },
            "HTTP/1.1 500 Internal Server Error",
        ),
        (Fault::TruncatedJson, "HTTP/1.1 200 OK"),
        (Fault::CutOff, "HTTP/1.1 200 OK"),
        (
            Fault::Malformed {
                bytes: b"\x00\xff nonsense".to_vec(),
            },
            "\u{0}\u{fffd} nonsense",
        ),
        (Fault::Delay { millis: 1 }, "HTTP/1.1 200 OK"),
    ];
    for (fault, start) in table {
        tenant.script(Script::once(Endpoint::Check, fault.clone()));
        let answer = raw(client.host(), &client.request(Endpoint::Check, &[])).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with(start), "{fault:?}: {answer}");
        client.good(Endpoint::Check, &[]).await;
    }
}

#[tokio::test]
async fn half_a_body_is_half_and_a_cut_off_one_says_it_was_more() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    let mut told = Vec::new();
    for fault in [Fault::TruncatedJson, Fault::CutOff] {
        tenant.script(Script::once(Endpoint::Preauth, fault));
        let answer = raw(
            client.host(),
            &client.request(Endpoint::Preauth, &[("username", "dana")]),
        )
        .await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let length: usize = head
            .split("Content-Length: ")
            .nth(1)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(body).is_err());
        told.push(length - body.len() > 0);
    }
    assert_eq!(told, [false, true]);
}

#[tokio::test]
async fn connections_drop_before_reading_after_reading_and_after_the_deed() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    let push = [
        ("username", "dana"),
        ("factor", "push"),
        ("device", "auto"),
        ("async", "1"),
    ];
    let mut seen = Vec::new();
    for fault in [
        Fault::DropBeforeReading,
        Fault::DropAfterReading,
        Fault::DropAnswer,
    ] {
        tenant.script(Script::once(Endpoint::Auth, fault));
        let answer = raw(client.host(), &client.request(Endpoint::Auth, &push)).await;
        seen.push((answer.len(), tenant.requests().len(), tenant.pushes().len()));
    }
    assert_eq!(seen, [(0, 0, 0), (0, 1, 0), (0, 2, 1)]);
}

#[tokio::test]
async fn a_held_request_waits_until_it_is_released() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    tenant.script(Script::once(Endpoint::Check, Fault::Hold));
    let (status, ()) = tokio::join!(client.call(Endpoint::Check, &[]), async {
        while tenant.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(tenant.requests()[0].status, None);
        // The request is logged before it subscribes to the release.
        while tenant.requests()[0].status.is_none() {
            tenant.script(Script::Release);
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(status.0, 200);
}

#[tokio::test]
async fn fields_can_be_given_unknown_values() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    let txid = client.push(&[]).await;
    tenant.script(Script::once(
        Endpoint::AuthStatus,
        Fault::Field {
            name: "status".into(),
            value: json!("teleported"),
        },
    ));
    assert_eq!(client.poll(&txid).await, "waiting/teleported");
}

#[tokio::test]
async fn scripted_outcomes_befall_the_next_pushes_in_order() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    let outcomes = [
        Outcome::Approve,
        Outcome::Deny,
        Outcome::Fraud,
        Outcome::Timeout,
        Outcome::PushFailed,
    ];
    for outcome in outcomes {
        tenant.script(Script::NextPush(outcome));
    }
    let mut polls = Vec::new();
    for _ in outcomes {
        let txid = client.push(&[]).await;
        polls.push(client.poll(&txid).await);
    }
    assert_eq!(
        polls,
        [
            "allow/allow",
            "deny/deny",
            "deny/fraud",
            "deny/timeout",
            "waiting/push_failed"
        ]
    );
    let states: Vec<PushState> = tenant.pushes().iter().map(|push| push.state).collect();
    let (approved, denied) = (PushState::Approved, PushState::Denied);
    assert_eq!(
        states,
        [
            approved,
            denied,
            PushState::Fraud,
            PushState::Expired,
            PushState::Ringing
        ]
    );
}

#[tokio::test]
async fn a_fault_without_end_stays_until_it_is_cleared() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    tenant.script(Script::always(
        Endpoint::Check,
        Fault::Fail {
            code: 50001,
            detail: None,
        },
    ));
    for _ in 0..3 {
        assert_eq!(client.call(Endpoint::Check, &[]).await.0, 500);
    }
    assert_eq!(client.call(Endpoint::Ping, &[]).await.0, 200);
    tenant.script(Script::Clear);
    assert_eq!(client.call(Endpoint::Check, &[]).await.0, 200);
}

#[tokio::test]
async fn skew_and_missing_or_wrong_credentials_have_their_codes() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    tenant.script(Script::Skew(301));
    let (status, body) = client.call(Endpoint::Check, &[]).await;
    assert_eq!(
        (status, body),
        (
            401,
            json!({"stat": "FAIL", "code": 40105, "message": "Bad request timestamp"})
        )
    );
    tenant.script(Script::Clear);
    let bare = format!(
        "GET /auth/v2/check HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        client.host()
    );
    assert_eq!(
        parsed(&raw(client.host(), bare.as_bytes()).await).1["code"],
        40101
    );
    let undated = String::from_utf8(client.request(Endpoint::Check, &[]))
        .unwrap()
        .replace("\r\nDate:", "\r\nDay:");
    assert_eq!(
        parsed(&raw(client.host(), undated.as_bytes()).await).1["code"],
        40104
    );
    let plain =
        String::from_utf8(client.request(Endpoint::Preauth, &[("username", "dana")])).unwrap();
    let plain = plain.replace("application/x-www-form-urlencoded", "application/json");
    assert_eq!(
        parsed(&raw(client.host(), plain.as_bytes()).await).1["code"],
        40103
    );
}

#[tokio::test]
async fn certificates_are_refused_for_the_reason_that_they_have() {
    let tenant = tenant(Config {
        hosts: vec!["api-sim00000.example".into()],
        ..Config::default()
    })
    .await;
    let ca = tenant.ca_pem();
    for (name, versions) in [
        ("localhost", &[&version::TLS12][..]),
        ("127.0.0.1", &[&version::TLS13]),
        ("api-sim00000.example", &[&version::TLS13]),
    ] {
        assert_eq!(shaken(&tenant.host(), &ca, name, versions).await, Ok(200));
    }
    let mut reasons = Vec::new();
    for certificate in [
        Certificate::SelfSigned,
        Certificate::Expired,
        Certificate::WrongHost,
        Certificate::UnknownCa,
    ] {
        tenant.script(Script::Certificate(certificate));
        reasons.push(
            shaken(&tenant.host(), &ca, "localhost", &[&version::TLS13])
                .await
                .unwrap_err(),
        );
    }
    let wanted = [
        "UnknownIssuer",
        "expired",
        "not valid for name",
        "UnknownIssuer",
    ];
    for (reason, wanted) in reasons.iter().zip(wanted) {
        assert!(reason.contains(wanted), "{wanted}: {reason}");
    }
    assert_eq!(tenant.requests().len(), 3);
}

async fn shaken(
    host: &str,
    ca: &str,
    name: &'static str,
    versions: &[&'static SupportedProtocolVersion],
) -> Result<u16, String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(host.replace("localhost", "127.0.0.1"))
        .await
        .unwrap();
    let name = ServerName::try_from(name).unwrap();
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .map_err(|cause| cause.to_string())?;
    let ping = format!("GET /auth/v2/ping HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(ping.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    Ok(parsed(&answer).0)
}

#[tokio::test]
async fn multipart_and_query_parameters_are_read_where_postman_puts_them() {
    let tenant = tenant(Config::default()).await;
    let client = Client::new(&tenant);
    let form =
        String::from_utf8(client.request(Endpoint::Preauth, &[("username", "dana")])).unwrap();
    let (head, _) = form.split_once("\r\n\r\n").unwrap();
    let in_query = head
        .replace("preauth HTTP", "preauth?username=dana HTTP")
        .replace("Content-Length: 13", "Content-Length: 0");
    let body =
        "--XX\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\ndana\r\n--XX--\r\n";
    let multipart = head
        .replace(
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=XX",
        )
        .replace(
            "Content-Length: 13",
            &format!("Content-Length: {}", body.len()),
        );
    for request in [
        format!("{in_query}\r\n\r\n"),
        format!("{multipart}\r\n\r\n{body}"),
    ] {
        let (status, answer) = parsed(&raw(client.host(), request.as_bytes()).await);
        assert_eq!(
            (status, text(&answer["response"], "result")),
            (200, "auth".to_owned())
        );
    }
}
