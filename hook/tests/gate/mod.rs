//! A home of our own and a gate that says whatever a test wants it to say, with a real key.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use thumbturn_wire::{
    Boot, Digest, Endpoint, Mode, Nonce, Paths, Pin, Request, Route, SigningKey, Token, VERSION,
    boot_id, boot_now, fresh_signing_key, seal, write_private,
};

/// A home directory that is gone after the test.
pub(crate) struct Home {
    dir: PathBuf,
    pub(crate) key: SigningKey,
}

impl Home {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("home-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let key = fresh_signing_key().unwrap();
        let home = Self { dir, key };
        write_private(home.paths().pin(), &Pin::of(&home.key).text()).unwrap();
        home
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn paths(&self) -> Paths {
        Paths::under(&self.dir)
    }

    /// Writes the endpoint file of a gate at `port`.
    pub(crate) fn announce(&self, port: u16, armed: bool) {
        self.announce_as(VERSION, port, armed);
    }

    /// Of a gate of another version.
    pub(crate) fn announce_as(&self, v: u16, port: u16, armed: bool) {
        let boot: Boot = boot_id().unwrap();
        Endpoint {
            v,
            boot,
            port,
            token: Token::fresh().unwrap(),
            armed,
            mode: Mode::Off,
        }
        .write(&self.paths().endpoint())
        .unwrap();
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What is left over lies in the build directory.
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

/// One question as it came over the wire.
pub(crate) struct Question {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) v: u16,
    pub(crate) nonce: Nonce,
}

impl Question {
    fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut seen = Vec::new();
        let mut chunk = [0; 4096];
        let head = loop {
            if let Some(at) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => return None,
                Ok(n) => seen.extend_from_slice(&chunk[..n]),
            }
        };
        let text = String::from_utf8(seen[..head].to_vec()).ok()?;
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))?
            .parse()
            .ok()?;
        while seen.len() < head + length {
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => return None,
                Ok(n) => seen.extend_from_slice(&chunk[..n]),
            }
        }
        let body = seen[head..].to_vec();
        let request: Request<serde_json::Value> = serde_json::from_slice(&body).ok()?;
        Some(Self {
            head: text,
            body,
            v: request.v,
            nonce: request.nonce,
        })
    }

    /// The sealed answer, as JSON.
    pub(crate) fn sealed(&self, key: &SigningKey, route: Route, payload: &str) -> String {
        let sealed = seal(
            key,
            self.v,
            route,
            &self.nonce,
            &Digest::of(&self.body),
            payload.into(),
            boot_now(),
        );
        serde_json::to_string(&sealed).unwrap()
    }
}

pub(crate) fn http(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Listens on loopback and lets `play` deal with each question; returns the port.
/// The thread lives as long as the test's process.
pub(crate) fn listen(play: impl Fn(&Question, TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if let Some(question) = Question::read(&mut stream) {
                play(&question, stream);
            }
        }
    });
    port
}

/// Listens and answers every question with `answer`.
pub(crate) fn answering(answer: impl Fn(&Question) -> Vec<u8> + Send + 'static) -> u16 {
    listen(move |question, mut stream| {
        // The asker may hang up before it has read everything.
        let _ = stream.write_all(&answer(question));
    })
}
