//! Something that stands where Duo should: it speaks TLS, and then whatever bytes it was given.

use std::sync::{Arc, Mutex};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How the connection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Front {
    Genuine,
    SelfSigned,
    Expired,
    NotYet,
    WrongHost,
    NoHost,
    UnknownCa,
    /// Its certificate is for clients.
    ForClients,
    PlainHttp,
    Garbage,
    HangsUp,
    /// Accepts, and says nothing.
    Mute,
}

/// What comes after the request was read.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Bytes(Vec<u8>),
    /// A byte now and then, for ever.
    Drip,
    /// More and more of a body that has no end.
    Endless,
    /// Nothing until [`Stand::release`], then these bytes.
    Held(Vec<u8>),
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) line: String,
    pub(crate) body: String,
}

pub(crate) struct Stand {
    pub(crate) port: u16,
    pub(crate) ca: String,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    /// By the beginning of a path; the last one that fits.
    answers: Mutex<Vec<(String, Answer)>>,
    heard: Mutex<Vec<Heard>>,
    asked: Notify,
    release: Notify,
}

impl Stand {
    pub(crate) async fn start(front: Front) -> Self {
        let ca = authority("a stand-in: made up for a test");
        let acceptor = acceptor(front, &ca);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            answers: Mutex::new(vec![(String::new(), Answer::Bytes(Vec::new()))]),
            heard: Mutex::default(),
            asked: Notify::new(),
            release: Notify::new(),
        });
        let mut server = JoinSet::new();
        server.spawn(serve(listener, front, acceptor, Arc::clone(&shared)));
        Self {
            port,
            ca: ca.pem(),
            shared,
            _server: server,
        }
    }

    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.answer_at("", answer);
    }

    pub(crate) fn answer_at(&self, path: &str, answer: Answer) {
        self.shared
            .answers
            .lock()
            .unwrap()
            .push((path.to_owned(), answer));
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.shared.heard.lock().unwrap().clone()
    }

    /// Comes back once a request has been read.
    pub(crate) async fn asked(&self) {
        self.shared.asked.notified().await;
    }

    pub(crate) fn release(&self) {
        self.shared.release.notify_one();
    }
}

async fn serve(listener: TcpListener, front: Front, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let mut tasks = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        tasks.spawn(async move {
            // A client that hangs up is what most of these tests are about.
            let _ = greet(stream, front, acceptor, &shared).await;
        });
    }
}

async fn greet(
    mut stream: TcpStream,
    front: Front,
    acceptor: TlsAcceptor,
    shared: &Shared,
) -> std::io::Result<()> {
    if [Front::PlainHttp, Front::Garbage, Front::HangsUp].contains(&front) {
        // What was sent and not read would come back as a reset, before what is answered.
        let mut hello = [0; 4096];
        let _ = stream.read(&mut hello).await?;
    }
    match front {
        Front::PlainHttp => {
            stream
                .write_all(&http("200 OK", "application/json", "{}"))
                .await?;
            stream.shutdown().await
        }
        Front::Garbage => {
            stream.write_all(&[0x16, 3, 3, 0, 2, 9, 9, 0, 0, 0]).await?;
            stream.shutdown().await
        }
        Front::HangsUp => Ok(()),
        Front::Mute => {
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.map(drop)
        }
        Front::Genuine
        | Front::SelfSigned
        | Front::Expired
        | Front::NotYet
        | Front::WrongHost
        | Front::NoHost
        | Front::UnknownCa
        | Front::ForClients => talk(acceptor.accept(stream).await?, shared).await,
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    shared: &Shared,
) -> std::io::Result<()> {
    let heard = hear(&mut stream).await?;
    let path = heard.line.split(' ').nth(1).unwrap_or_default().to_owned();
    shared.heard.lock().unwrap().push(heard);
    shared.asked.notify_one();
    let answer = shared
        .answers
        .lock()
        .unwrap()
        .iter()
        .rfind(|(prefix, _)| path.starts_with(prefix))
        .map(|(_, answer)| answer.clone())
        .unwrap();
    match answer {
        Answer::Bytes(bytes) => stream.write_all(&bytes).await?,
        Answer::Held(bytes) => {
            shared.release.notified().await;
            stream.write_all(&bytes).await?;
        }
        Answer::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{").await?;
            loop {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                stream.write_all(b" ").await?;
                stream.flush().await?;
            }
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
            loop {
                stream
                    .write_all(&[b"1000\r\n".as_slice(), &[b' '; 0x1000], b"\r\n"].concat())
                    .await?;
            }
        }
    }
    stream.flush().await?;
    stream.shutdown().await
}

async fn hear<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<Heard> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await?;
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                let line = head.lines().next().unwrap_or_default().to_owned();
                return Ok(Heard {
                    line,
                    body: body.to_owned(),
                });
            }
        }
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A whole answer.
pub(crate) fn http(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

pub(crate) fn json(status: &str, body: &serde_json::Value) -> Answer {
    Answer::Bytes(http(status, "application/json", &body.to_string()))
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn acceptor(front: Front, ca: &Authority) -> TlsAcceptor {
    let names: &[&str] = match front {
        Front::WrongHost => &["elsewhere.example"],
        Front::NoHost => &[],
        Front::Genuine
        | Front::SelfSigned
        | Front::Expired
        | Front::NotYet
        | Front::UnknownCa
        | Front::ForClients
        | Front::PlainHttp
        | Front::Garbage
        | Front::HangsUp
        | Front::Mute => &["localhost"],
    };
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    if front == Front::ForClients {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    }
    if front == Front::Expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 1);
    }
    if front == Front::NotYet {
        params.not_before = date_time_ymd(2200, 1, 1);
        params.not_after = date_time_ymd(2201, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = match front {
        Front::SelfSigned => params.self_signed(&key).unwrap(),
        Front::UnknownCa => params
            .signed_by(&key, &authority("nobody trusts this one"))
            .unwrap(),
        Front::Genuine
        | Front::Expired
        | Front::NotYet
        | Front::WrongHost
        | Front::NoHost
        | Front::ForClients
        | Front::PlainHttp
        | Front::Garbage
        | Front::HangsUp
        | Front::Mute => params.signed_by(&key, ca).unwrap(),
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}
