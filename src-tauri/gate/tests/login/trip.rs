//! One sign-in, walked as a browser would.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use sha2::Sha512;
use thumbturn_core::LoginError;
use thumbturn_gate::browser::Browser;
use thumbturn_gate::duo::{Application, Purpose, SignedIn, UniversalPrompt};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::stand::{Answer, Front, Stand, http};

pub(crate) const CLIENT: &str = "DIWJ8X6AEYOR5OMC6TQ1";
pub(crate) const SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const LONG: Duration = Duration::from_secs(20);

/// A sign-in that is under way at a stand-in.
pub(crate) struct Trip {
    pub(crate) stand: Stand,
    pub(crate) port: u16,
    /// Where Duo would send the browser back to.
    pub(crate) path: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    outcome: JoinHandle<Result<SignedIn, LoginError>>,
}

pub(crate) fn prompt_at(host: &str, ca: &str, trip: Duration, answer: Duration) -> UniversalPrompt {
    let application = Application {
        host: host.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SECRET.into(),
        ca: Some(ca.to_owned()),
    };
    UniversalPrompt::with_patience(application, None, trip, answer).unwrap()
}

impl Trip {
    pub(crate) async fn begin() -> Self {
        Self::begin_at(Front::Genuine, LONG).await
    }

    /// `answer` is how long Duo may take over one request.
    pub(crate) async fn begin_at(front: Front, answer: Duration) -> Self {
        let stand = Stand::start(front).await;
        let prompt = prompt_at(&stand.host(), &stand.ca, LONG, answer);
        let (tell, opened) = oneshot::channel();
        // No browser opens, which ends nothing: this test is the browser.
        let browser = Browser::with("/nonexistent/browser");
        let outcome = tokio::spawn(async move {
            prompt
                .sign_in("dana", &browser, |address| tell.send(address).unwrap())
                .await
        });
        let address = opened.await.unwrap();
        let (port, path) = place(&address);
        let sent = fetch(port, &path).await;
        assert!(sent.starts_with("HTTP/1.1 303 See Other\r\n"), "{sent}");
        let authorize = header(&sent, "Location").unwrap();
        Self::at(stand, port, authorize, outcome)
    }

    /// A step-up for that ask, and the page on which it begins.
    pub(crate) async fn step_up(purpose: Purpose) -> (Self, String) {
        let stand = Stand::start(Front::Genuine).await;
        let prompt = prompt_at(&stand.host(), &stand.ca, LONG, LONG);
        let (tell, opened) = oneshot::channel();
        let browser = Browser::with("/nonexistent/browser");
        let outcome = tokio::spawn(async move {
            let opened = |address| tell.send(address).unwrap();
            prompt.step_up("dana", &browser, purpose, opened).await
        });
        let (port, path) = place(&opened.await.unwrap());
        let page = fetch(port, &path).await;
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        let link = page.split_once("<a href=\"").unwrap().1;
        let link = link.split_once('"').unwrap().0.replace("&amp;", "&");
        (Self::at(stand, port, &link, outcome), page)
    }

    fn at(
        stand: Stand,
        port: u16,
        authorize: &str,
        outcome: JoinHandle<Result<SignedIn, LoginError>>,
    ) -> Self {
        let (origin, query) = authorize.split_once('?').unwrap();
        assert_eq!(
            origin,
            format!("https://{}/oauth/v1/authorize", stand.host())
        );
        let back = parameter(query, "redirect_uri").unwrap();
        Self {
            port,
            path: place(&back).1,
            state: parameter(query, "state").unwrap(),
            nonce: parameter(query, "nonce").unwrap(),
            stand,
            outcome,
        }
    }

    /// The way back that Duo would take.
    pub(crate) fn good(&self) -> String {
        format!("{}?duo_code=c0de&state={}", self.path, self.state)
    }

    /// What Duo would answer to that code.
    pub(crate) fn good_answer(&self) -> Answer {
        Answer::Bytes(self.good_bytes())
    }

    pub(crate) fn good_bytes(&self) -> Vec<u8> {
        let body = answer_with(&self.id_token()).to_string();
        http("200 OK", "application/json", &body)
    }

    pub(crate) fn id_token(&self) -> String {
        let now = now();
        sign(&json!({
            "iss": format!("https://{}/oauth/v1/token", self.stand.host()), "sub": "dana", "aud": CLIENT,
            "exp": now + 3600, "iat": now, "auth_time": now, "preferred_username": "dana", "nonce": self.nonce,
            "auth_result": {"result": "allow", "status": "allow", "status_msg": "Login Successful"},
            "auth_context": {"factor": "duo_push", "result": "success", "reason": "user_approved"},
        }))
    }

    /// Comes back with `path`, while the outcome is still open.
    pub(crate) async fn fetch(&self, path: &str) -> String {
        fetch(self.port, path).await
    }

    /// Comes back with `path`, follows where that leads, and tells how it all ended.
    pub(crate) async fn end(self, path: &str) -> Ended {
        let port = self.port;
        let first = fetch(port, path).await;
        let outcome = self.outcome.await.unwrap();
        assert!(first.starts_with("HTTP/1.1 303 See Other\r\n"), "{first}");
        let last = fetch(port, header(&first, "Location").unwrap()).await;
        Ended {
            outcome,
            page: last,
            asked: self.stand.heard().len(),
        }
    }

    /// The end of what needs no more browsers.
    pub(crate) async fn outcome(self) -> Result<SignedIn, LoginError> {
        self.outcome.await.unwrap()
    }

    pub(crate) async fn cancel(self) -> Stand {
        self.outcome.abort();
        assert!(self.outcome.await.unwrap_err().is_cancelled());
        self.stand
    }
}

pub(crate) struct Ended {
    pub(crate) outcome: Result<SignedIn, LoginError>,
    /// The last page, with its head.
    pub(crate) page: String,
    /// How many requests reached the stand-in.
    pub(crate) asked: usize,
}

impl Ended {
    pub(crate) fn user(self) -> Result<String, LoginError> {
        self.outcome.map(|it| it.user)
    }
}

pub(crate) fn answer_with(id_token: &str) -> Value {
    json!({"id_token": id_token, "access_token": "acc3ss", "expires_in": 3600, "token_type": "Bearer"})
}

pub(crate) fn sign(claims: &Value) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS512","typ":"JWT"}"#);
    let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac(&text)))
}

/// The claims of a JWT of ours, once its signature is right.
pub(crate) fn opened(jwt: &str) -> Value {
    let (text, signature) = jwt.rsplit_once('.').unwrap();
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), mac(text));
    let payload = text.split_once('.').unwrap().1;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

fn mac(text: &str) -> Vec<u8> {
    Hmac::<Sha512>::new_from_slice(SECRET.as_bytes())
        .unwrap()
        .chain_update(text)
        .finalize()
        .into_bytes()
        .to_vec()
}

pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Port and path of an address on this machine.
pub(crate) fn place(address: &str) -> (u16, String) {
    let rest = address.strip_prefix("http://localhost:").unwrap();
    let (port, path) = rest.split_once('/').unwrap();
    (port.parse().unwrap(), format!("/{path}"))
}

pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(
        percent_decode_str(&value.replace('+', " "))
            .decode_utf8()
            .unwrap()
            .into_owned(),
    )
}

pub(crate) fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

pub(crate) async fn fetch(port: u16, path: &str) -> String {
    send(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
    )
    .await
}

/// Sends bytes as they are, and reads what comes until the end.
pub(crate) async fn send(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

pub(crate) fn html(status: &str) -> Answer {
    Answer::Bytes(http(status, "text/html", "<h1>Welcome to the hotel</h1>"))
}
