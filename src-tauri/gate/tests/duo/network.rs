//! The way to Duo: certificates, names, proxies.

use duo_tenant::{Certificate, Config, Script, Tenant};
use pretty_assertions::assert_eq;
use thumbturn_gate::duo::{Connection, Duo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::world::{World, card, connection, unreachable};

#[tokio::test]
async fn a_certificate_that_is_not_duos_is_never_talked_to() {
    let other = "Duo was not asked: the certificate shown comes from an authority that Duo does not use, or is signed by itself; something may stand between this machine and Duo";
    for (certificate, words) in [
        (
            Certificate::WrongHost,
            "Duo was not asked: the certificate shown is for another host; something may stand between this machine and Duo",
        ),
        (
            Certificate::Expired,
            "Duo was not asked: the certificate shown has expired; check this machine's clock first",
        ),
        (Certificate::UnknownCa, other),
        (Certificate::SelfSigned, other),
    ] {
        let world = World::new().await;
        world.tenant.script(Script::Certificate(certificate));
        assert_eq!(world.ask().await, unreachable(words), "{certificate:?}");
        assert_eq!(world.duo.check().await.unwrap_err().to_string(), words);
        assert_eq!(world.tenant.requests().len(), 0, "{certificate:?}");
    }
}

#[tokio::test]
async fn duos_own_roots_do_not_vouch_for_anybody_else() {
    let world = World::new().await;
    // The connection without the tenant's authority cannot even be made.
    let connection = Connection::new(
        &world.tenant.host(),
        &world.tenant.integration_key(),
        world.tenant.secret_key().into(),
        None,
    );
    assert_eq!(connection.is_err(), true);
}

#[tokio::test]
async fn nobody_there() {
    let tenant = Tenant::start(Config::default()).await.unwrap();
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let connection = Connection::new(
        &host,
        &tenant.integration_key(),
        tenant.secret_key().into(),
        Some(tenant.ca_pem()),
    )
    .unwrap();
    assert_eq!(
        Duo::new(connection, None)
            .unwrap()
            .ask("dana", None, &card(), |_| {})
            .await,
        unreachable("Duo cannot be reached: Connection refused (os error 111)")
    );
}

#[tokio::test]
async fn a_host_that_nobody_knows() {
    let tenant = Tenant::start(Config::default()).await.unwrap();
    let connection = Connection::new(
        "duo.invalid",
        &tenant.integration_key(),
        tenant.secret_key().into(),
        Some(tenant.ca_pem()),
    )
    .unwrap();
    let outcome = Duo::new(connection, None)
        .unwrap()
        .ask("dana", None, &card(), |_| {})
        .await;
    assert_eq!(
        outcome,
        unreachable(
            "Duo cannot be reached: its hostname is not known here; check the hostname and the network"
        )
    );
}

#[test]
fn the_environment_leads_nowhere() {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "answers::a_thumb_answers"])
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("https_proxy", "http://127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:1")
        .env("SSL_CERT_FILE", "/dev/null")
        .env("SSL_CERT_DIR", "/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(said.contains("1 passed"), true, "{said}");
}

#[tokio::test]
async fn a_proxy_in_the_settings_is_used_and_sees_no_more_than_the_name() {
    let tenant = Tenant::start(Config::default()).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let port: u16 = tenant.host().rsplit(':').next().unwrap().parse().unwrap();
    let tunnel = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(near.read_u8().await.unwrap());
        }
        near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut far = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap();
        // Either end may close first.
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
        String::from_utf8(head).unwrap()
    });
    let duo = Duo::new(connection(&tenant), Some(&proxy)).unwrap();
    duo.check().await.unwrap();
    drop(duo);
    let head = tunnel.await.unwrap();
    assert_eq!(
        head.lines().next(),
        Some(format!("CONNECT {} HTTP/1.1", tenant.host()).as_str())
    );
}

#[tokio::test]
async fn no_secret_is_in_what_is_shown() {
    let world = World::new().await;
    let shown = format!("{:?}", world.duo);
    assert_eq!(shown.contains(&world.tenant.secret_key()), false, "{shown}");
}
