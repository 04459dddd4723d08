//! A client of a few lines, so that these tests do not lean on the one under test elsewhere.

use std::io::ErrorKind;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use duo_tenant::{Config, Endpoint, Ports, Tenant};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha512;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) async fn tenant(config: Config) -> Tenant {
    Tenant::start(Config {
        ports: Ports {
            http: Some(0),
            ..config.ports
        },
        ..config
    })
    .await
    .unwrap()
}

pub(crate) struct Client {
    host: String,
    ikey: String,
    skey: String,
}

impl Client {
    pub(crate) fn new(tenant: &Tenant) -> Self {
        Self {
            host: tenant.http_host().unwrap(),
            ikey: tenant.integration_key(),
            skey: tenant.secret_key(),
        }
    }

    /// Status and body.
    pub(crate) async fn call(&self, endpoint: Endpoint, params: &[(&str, &str)]) -> (u16, Value) {
        let answer = raw(&self.host, &self.request(endpoint, params)).await;
        parsed(&answer)
    }

    pub(crate) async fn good(&self, endpoint: Endpoint, params: &[(&str, &str)]) -> Value {
        let (status, body) = self.call(endpoint, params).await;
        assert_eq!(status, 200, "{body}");
        body.get("response").unwrap().clone()
    }

    /// `result/status` of a poll.
    pub(crate) async fn poll(&self, txid: &str) -> String {
        let answer = self.good(Endpoint::AuthStatus, &[("txid", txid)]).await;
        format!("{}/{}", text(&answer, "result"), text(&answer, "status"))
    }

    pub(crate) async fn push(&self, more: &[(&str, &str)]) -> String {
        let mut params = vec![
            ("username", "dana"),
            ("factor", "push"),
            ("device", "auto"),
            ("async", "1"),
        ];
        params.extend_from_slice(more);
        text(&self.good(Endpoint::Auth, &params).await, "txid")
    }

    /// Signed by version 2; the values of these tests need no encoding.
    pub(crate) fn request(&self, endpoint: Endpoint, params: &[(&str, &str)]) -> Vec<u8> {
        let mut pairs: Vec<String> = params
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        pairs.sort();
        let params = pairs.join("&");
        let posts = matches!(
            endpoint,
            Endpoint::Enroll | Endpoint::EnrollStatus | Endpoint::Preauth | Endpoint::Auth
        );
        let (method, target, body) = if posts {
            ("POST", endpoint.path().to_owned(), params.as_str())
        } else {
            ("GET", format!("{}?{params}", endpoint.path()), "")
        };
        let date = OffsetDateTime::now_utc()
            .format(&time::format_description::well_known::Rfc2822)
            .unwrap();
        let text = format!("{date}\n{method}\nlocalhost\n{}\n{params}", endpoint.path());
        let mac = Hmac::<Sha512>::new_from_slice(self.skey.as_bytes())
            .unwrap()
            .chain_update(text);
        let hex: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let credentials = STANDARD.encode(format!("{}:{hex}", self.ikey));
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nDate: {date}\r\nAuthorization: Basic {credentials}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.host,
            body.len()
        )
        .into_bytes()
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

/// All that comes back until the connection ends, however it ends.
pub(crate) async fn raw(host: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1"))
        .await
        .unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    if let Err(cause) = stream.read_to_end(&mut answer).await {
        assert_eq!(cause.kind(), ErrorKind::ConnectionReset, "{cause}");
    }
    answer
}

pub(crate) fn parsed(answer: &[u8]) -> (u16, Value) {
    let answer = std::str::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (
        status,
        serde_json::from_str(body).unwrap_or_else(|_| Value::from(body)),
    )
}

pub(crate) fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap().to_owned()
}
