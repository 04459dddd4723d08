//! A real Chromium without a screen, driven through W3C WebDriver.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Ends with its driver.
pub(crate) struct Chrome {
    port: u16,
    session: String,
    driver: Child,
    _home: tempfile::TempDir,
}

impl Chrome {
    /// It trusts any certificate: it stands for a browser, and the test's authority is in no store of its.
    pub(crate) async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver (package chromium-driver): {error}"));
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if let Some((_, port)) = line.rsplit_once("successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        let profile = home.path().join("profile");
        let options = json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost", format!("--user-data-dir={}", profile.display())]});
        let capabilities = json!({"capabilities": {"alwaysMatch": {"acceptInsecureCerts": true, "goog:chromeOptions": options}}});
        let made = call(port, "POST", "/session", Some(&capabilities)).await;
        Self {
            port,
            session: made["sessionId"].as_str().unwrap().to_owned(),
            driver,
            _home: home,
        }
    }

    /// Comes back when the page has loaded.
    pub(crate) async fn open(&self, address: &str) {
        self.call("POST", "/url", Some(&json!({"url": address})))
            .await;
    }

    pub(crate) async fn address(&self) -> String {
        self.call("GET", "/url", None)
            .await
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// What `script` returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.call(
            "POST",
            "/execute/sync",
            Some(&json!({"script": script, "args": []})),
        )
        .await
    }

    pub(crate) async fn close(self) {
        self.call("DELETE", "", None).await;
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        call(
            self.port,
            method,
            &format!("/session/{}{path}", self.session),
            body,
        )
        .await
    }
}

/// A browser must not outlive a test that failed.
impl Drop for Chrome {
    fn drop(&mut self) {
        let group = self
            .driver
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn call(port: u16, method: &str, path: &str, body: Option<&Value>) -> Value {
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await.unwrap());
    stream.write_all(request.as_bytes()).await.unwrap();
    // It keeps its connections open, whatever it is asked.
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        assert!(stream.read_line(&mut head).await.unwrap() > 0, "{head}");
        let line = head[start..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {body}");
    body["value"].take()
}
