//! Just enough HTTP to look at the tenant's phone over loopback.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::stop::{Doing as _, Done, Stop};

pub(crate) fn get(url: &str) -> Done<Value> {
    exchange("GET", url, "")
}

pub(crate) fn post(url: &str, body: &Value) -> Done<Value> {
    exchange("POST", url, &body.to_string())
}

fn exchange(verb: &str, url: &str, body: &str) -> Done<Value> {
    let deed = format!("reach the phone at {url}");
    let (host, path) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| Stop::because(format!("{url} is not a plain http address")))?;
    let mut stream = TcpStream::connect(host).doing(&deed)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .doing(&deed)?;
    // The answer then ends where the connection does.
    let head = format!(
        "{verb} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).doing(&deed)?;
    stream.write_all(body.as_bytes()).doing(&deed)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).doing(&deed)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split_whitespace().nth(1).unwrap_or("no status");
    if !status.starts_with('2') {
        return Err(Stop::because(format!("could not {deed}: HTTP {status}")));
    }
    Ok(serde_json::from_str(body).unwrap_or(Value::Null))
}
