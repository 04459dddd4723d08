//! One question to the gate over loopback, within one deadline.
//!
//! It speaks just enough HTTP/1.1 to be understood by the gate's server. A
//! general client would read proxies from the environment, follow redirects and
//! count time per read; for the hook each of these is a way in.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Serialize;

use crate::{Digest, Endpoint, Nonce, Pin, Request, Route, SealError, Sealed, boot_now, spoken};

/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 4 << 20;
const MAX_HEAD: usize = 16 << 10;

/// Puts one question and returns the payload of its sealed answer.
///
/// # Errors
/// Where no answer that this gate sealed for this question comes in time.
pub fn ask_gate<T: Serialize>(
    endpoint: &Endpoint,
    pin: &Pin,
    route: Route,
    body: T,
    deadline: Instant,
) -> Result<String, CallError> {
    let v = spoken(endpoint.v).ok_or(CallError::Version)?;
    let nonce = Nonce::fresh().map_err(CallError::Io)?;
    let request = serde_json::to_vec(&Request { v, nonce, body })
        .map_err(|error| CallError::Io(error.into()))?;
    let answer = exchange(endpoint, route, &request, deadline)?;
    let sealed: Sealed = serde_json::from_slice(&answer).map_err(|_| CallError::NotOurs)?;
    sealed
        .open(pin, v, route, &nonce, &Digest::of(&request), boot_now())
        .map_err(CallError::Seal)
}

fn exchange(
    endpoint: &Endpoint,
    route: Route,
    body: &[u8],
    deadline: Instant,
) -> Result<Vec<u8>, CallError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, endpoint.port));
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(CallError::TimedOut);
    }
    let mut stream = TcpStream::connect_timeout(&address, left).map_err(|error| {
        if error.kind() == ErrorKind::ConnectionRefused {
            CallError::NobodyThere
        } else if error.kind() == ErrorKind::TimedOut {
            CallError::TimedOut
        } else {
            CallError::Io(error)
        }
    })?;
    stream
        .set_nodelay(true)
        .and_then(|()| stream.set_nonblocking(true))
        .map_err(CallError::Io)?;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        route.path(),
        endpoint.token.reveal(),
        body.len(),
    );
    send(&mut stream, &[head.as_bytes(), body].concat(), deadline)?;
    receive(&mut stream, deadline)
}

fn send(stream: &mut TcpStream, mut bytes: &[u8], deadline: Instant) -> Result<(), CallError> {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(0) => return Err(CallError::HungUp),
            Ok(sent) => bytes = bytes.get(sent..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                patiently(stream, PollFlags::OUT, deadline)?
            }
            // The gate may refuse before it has read everything; its answer says why.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
                ) =>
            {
                return Ok(());
            }
            Err(error) => return Err(CallError::Io(error)),
        }
    }
    Ok(())
}

fn receive(stream: &mut TcpStream, deadline: Instant) -> Result<Vec<u8>, CallError> {
    let mut seen = Vec::new();
    let mut chunk = [0; 8 << 10];
    loop {
        if let Some(body) = whole_body(&seen)? {
            return Ok(body);
        }
        match stream.read(&mut chunk) {
            Ok(0) => return Err(CallError::HungUp),
            Ok(n) => seen.extend_from_slice(chunk.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                patiently(stream, PollFlags::IN, deadline)?
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                return Err(CallError::HungUp);
            }
            Err(error) => return Err(CallError::Io(error)),
        }
    }
}

/// The body, once all of it is there. `None` while more must come.
fn whole_body(seen: &[u8]) -> Result<Option<Vec<u8>>, CallError> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let head = match response.parse(seen) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) if seen.len() <= MAX_HEAD => return Ok(None),
        Ok(httparse::Status::Partial) | Err(_) => return Err(CallError::NotOurs),
    };
    match response.code {
        Some(200) => {}
        Some(code) => return Err(CallError::Refused(code)),
        None => return Err(CallError::NotOurs),
    }
    let mut lengths = response
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length: usize = match (lengths.next(), lengths.next()) {
        (Some(header), None) => std::str::from_utf8(header.value)
            .ok()
            .and_then(|text| text.parse().ok()),
        (Some(_) | None, _) => None,
    }
    .filter(|length| *length <= MAX_ANSWER)
    .ok_or(CallError::NotOurs)?;
    let body = seen.get(head..).unwrap_or_default();
    match body.len().cmp(&length) {
        std::cmp::Ordering::Less => Ok(None),
        std::cmp::Ordering::Equal => Ok(Some(body.to_vec())),
        std::cmp::Ordering::Greater => Err(CallError::NotOurs),
    }
}

fn patiently(stream: &TcpStream, what: PollFlags, deadline: Instant) -> Result<(), CallError> {
    match wait(stream, what, deadline) {
        Ready::Now => Ok(()),
        Ready::TooLate => Err(CallError::TimedOut),
        Ready::Interrupted => Err(CallError::Interrupted),
    }
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    Now,
    TooLate,
    /// A signal came.
    Interrupted,
}

/// Waits until `fd` is ready, closed or broken, until a signal comes, or until the deadline.
pub fn wait(fd: impl AsFd, what: PollFlags, deadline: Instant) -> Ready {
    let left = deadline.saturating_duration_since(Instant::now());
    if left == Duration::ZERO {
        return Ready::TooLate;
    }
    let mut fds = [PollFd::from_borrowed_fd(fd.as_fd(), what)];
    match poll(&mut fds, Timespec::try_from(left).ok().as_ref()) {
        Ok(0) => Ready::TooLate,
        Err(rustix::io::Errno::INTR) => Ready::Interrupted,
        // Whatever is wrong with it, the next read or write will say.
        Ok(_) | Err(_) => Ready::Now,
    }
}

/// Why no answer came. None of these is ever a reason to let a tool run.
#[derive(Debug)]
pub enum CallError {
    HungUp,
    Interrupted,
    Io(std::io::Error),
    NobodyThere,
    NotOurs,
    /// The gate answered with this HTTP status.
    Refused(u16),
    Seal(SealError),
    TimedOut,
    /// The gate is of a version that this program does not speak.
    Version,
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::HungUp => f.write_str("the gate went away without an answer"),
            Self::Interrupted => f.write_str("interrupted while waiting for the gate"),
            Self::Io(error) => write!(f, "the gate cannot be reached: {error}"),
            Self::NobodyThere => {
                f.write_str("Duo mode is on but its gate is not running; start `thumbturn-tray`")
            }
            Self::NotOurs => f.write_str("something answered that is not the gate"),
            Self::Refused(503) => f.write_str(
                "the gate runs but cannot answer yet; its tray menu and `thumbturn status` say why",
            ),
            Self::Refused(code) => write!(f, "the gate refused the question (HTTP {code})"),
            Self::Seal(error) => write!(f, "{error}"),
            Self::TimedOut => f.write_str("no answer came in time"),
            Self::Version => f.write_str(
                "the gate that runs is of another version; quit it and start `thumbturn-tray`",
            ),
        }
    }
}

impl std::error::Error for CallError {}
