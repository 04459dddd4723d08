//! The local API from outside: web pages, other users, squatters.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use duo_tenant::Tap;
use harness::{Spoken, World, bash};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use thumbturn_wire::{Answer, Endpoint, Nonce, Pin, Route, VERSION, Verdict, ask_gate};

/// Sends raw bytes and returns the status code of what comes back.
fn status(port: u16, request: &str) -> u16 {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(
        !answer.to_lowercase().contains("access-control-"),
        "{answer}"
    );
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn request(
    endpoint: &Endpoint,
    method: &str,
    target: &str,
    changes: &[(&str, Option<&str>)],
) -> String {
    let host = format!("127.0.0.1:{}", endpoint.port);
    let bearer = format!("Bearer {}", endpoint.token.reveal());
    let mut headers = vec![
        ("Host", host),
        ("Authorization", bearer),
        ("Content-Type", "application/json".to_owned()),
    ];
    for (name, value) in changes {
        headers.retain(|(known, _)| known != name);
        headers.extend(value.iter().map(|value| (*name, (*value).to_owned())));
    }
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "{method} {target} HTTP/1.1\r\n{lines}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_hook_gets_through_the_door() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let endpoint = world.endpoint().unwrap();
    let port = endpoint.port;
    // Everything right but the body: the door lets it through, the question is none.
    assert_eq!(
        status(port, &request(&endpoint, "POST", "/v1/ask", &[])),
        400
    );

    let one_off = format!("127.0.0.1:{}", port.wrapping_add(1));
    let suffixed = format!("127.0.0.1:{port}.evil.example");
    let localhost = format!("localhost:{port}");
    let doubled = format!("127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}");
    let short = format!("Bearer {}", &endpoint.token.reveal()[1..]);
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, Option<&'a str>)], u16);
    let refused: &[Row<'_>] = &[
        (
            "a rebound name",
            "POST",
            &[("Host", Some("evil.example"))],
            421,
        ),
        ("a suffix", "POST", &[("Host", Some(&suffixed))], 421),
        ("another port", "POST", &[("Host", Some(&one_off))], 421),
        (
            "a name for loopback",
            "POST",
            &[("Host", Some(&localhost))],
            421,
        ),
        ("two hosts", "POST", &[("Host", Some(&doubled))], 421),
        (
            "an origin",
            "POST",
            &[("Origin", Some("https://evil.example"))],
            403,
        ),
        (
            "our own origin",
            "POST",
            &[("Origin", Some("http://127.0.0.1"))],
            403,
        ),
        ("a null origin", "POST", &[("Origin", Some("null"))], 403),
        (
            "a referer",
            "POST",
            &[("Referer", Some("https://evil.example/"))],
            403,
        ),
        (
            "a browser's fetch",
            "POST",
            &[("Sec-Fetch-Site", Some("same-origin"))],
            403,
        ),
        (
            "a websocket",
            "POST",
            &[("Upgrade", Some("websocket"))],
            403,
        ),
        (
            "a simple post",
            "POST",
            &[("Content-Type", Some("text/plain"))],
            415,
        ),
        (
            "a form",
            "POST",
            &[("Content-Type", Some("application/x-www-form-urlencoded"))],
            415,
        ),
        ("no type", "POST", &[("Content-Type", None)], 415),
        ("no token", "POST", &[("Authorization", None)], 401),
        (
            "a wrong token",
            "POST",
            &[("Authorization", Some("Bearer 00"))],
            401,
        ),
        (
            "a short token",
            "POST",
            &[("Authorization", Some(&short))],
            401,
        ),
        ("a get", "GET", &[], 405),
        ("a preflight", "OPTIONS", &[], 405),
    ];
    for (what, method, changes, code) in refused {
        for route in ["/v1/ask", "/v1/deed", "/v1/status", "/nowhere"] {
            assert_eq!(
                status(port, &request(&endpoint, method, route, changes)),
                *code,
                "{what} at {route}"
            );
        }
    }
    let absolute = format!("http://127.0.0.1:{port}/v1/ask");
    assert_eq!(
        status(port, &request(&endpoint, "POST", &absolute, &[])),
        421
    );
    assert_eq!(world.rang(), []);
    assert!(
        TcpStream::connect(("127.0.0.2", port)).is_err(),
        "it listens on 127.0.0.1 alone"
    );
    assert!(
        TcpStream::connect(("::1", port)).is_err(),
        "it listens on 127.0.0.1 alone"
    );
}

/// What hooks of the version before send.
fn old_ask() -> Value {
    json!({
        "ask": {
            "agent": "claude",
            "session": "s1",
            "call": "t1",
            "subagent": null,
            "cwd": "/home/dana/shop",
            "tool": "Bash",
            "input": {"command": "make"},
        },
        "patience_ms": 120_000,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_of_the_version_before_is_heard_and_one_of_the_next_is_not() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let pin = Pin::read(world.paths.pin()).unwrap();
    let endpoint = world.endpoint().unwrap();
    let older = Endpoint {
        v: VERSION - 1,
        ..endpoint.clone()
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    let asked = tokio::task::spawn_blocking(move || {
        ask_gate(&older, &pin, Route::Ask, old_ask(), deadline)
    });
    let push = world.push().await.unwrap();
    assert_eq!(push.value("What"), Some("Bash: make"));
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let answer: Answer = serde_json::from_str(&asked.await.unwrap().unwrap()).unwrap();
    assert_eq!(answer.verdict, Verdict::Allow);

    let newer = json!({"v": VERSION + 1, "nonce": Nonce::fresh().unwrap(), "body": old_ask()});
    let newer = newer.to_string();
    let length = format!("Content-Length: {}", newer.len());
    let newer = request(&endpoint, "POST", "/v1/ask", &[])
        .replace("Content-Length: 2", &length)
        .replace("\r\n\r\n{}", &format!("\r\n\r\n{newer}"));
    assert_eq!(status(endpoint.port, &newer), 426);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_squatter_and_a_replayed_answer_are_refused() {
    let (world, gate) = World::turned_on().await.unwrap();
    // A genuine allow, as it went over the wire, through a proxy that only listens.
    let tap = TcpListener::bind("127.0.0.1:0").unwrap();
    let tapped = Endpoint {
        port: tap.local_addr().unwrap().port(),
        ..world.endpoint().unwrap()
    };
    let file = world.home().join("squat/endpoint.json");
    tapped.write(&file).unwrap();
    let gate_port = world.endpoint().unwrap().port;
    let proxy = std::thread::spawn(move || {
        let (mut hook, _) = tap.accept().unwrap();
        let mut upstream = TcpStream::connect(("127.0.0.1", gate_port)).unwrap();
        let mut question = vec![0; 64 << 10];
        let mut seen = Vec::new();
        while !seen.ends_with(b"}}") {
            let n = hook.read(&mut question).unwrap();
            seen.extend_from_slice(&question[..n]);
        }
        // The gate is spoken to under its own name.
        let named = String::from_utf8(seen).unwrap().replacen(
            &format!("127.0.0.1:{}", tap.local_addr().unwrap().port()),
            &format!("127.0.0.1:{gate_port}"),
            1,
        );
        upstream.write_all(named.as_bytes()).unwrap();
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).unwrap();
        hook.write_all(&answer).unwrap();
        answer
    });
    let arguments = [
        file.to_str().unwrap().to_owned(),
        world.paths.pin().to_str().unwrap().to_owned(),
    ];
    let through = |arguments: [String; 2]| {
        harness::Proc::start(&world.programs.hook, move |command| {
            command.args([
                "claude",
                "--endpoint",
                &arguments[0],
                "--key",
                &arguments[1],
            ]);
        })
        .unwrap()
    };
    let hook = tokio::spawn(
        through(arguments.clone()).feed(bash("s1", "make").to_string().into_bytes().leak()),
    );
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let genuine = harness::heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(genuine, Spoken::Allow(_)), "{genuine:?}");
    let recorded = proxy.join().unwrap();

    gate.stop(rustix::process::Signal::KILL).await.unwrap();
    let body = |text: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        )
        .into_bytes()
    };
    let plausible = [
        recorded,
        body(r#"{"verdict":"allow","words":"","code":""}"#),
        body(
            r#"{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow"}}"#,
        ),
        body(
            r#"{"v":1,"payload":"{\"verdict\":\"allow\",\"words\":\"\",\"code\":\"\"}","expires_ms":18446744073709551615,"sig":""}"#,
        ),
        body("allow"),
        body("{}"),
        body(""),
        b"HTTP/1.1 302 Found\r\nLocation: /allow\r\nContent-Length: 0\r\n\r\n".to_vec(),
        b"allow".to_vec(),
    ];
    for answer in plausible {
        let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
        Endpoint {
            port: squatter.local_addr().unwrap().port(),
            ..tapped.clone()
        }
        .write(&file)
        .unwrap();
        let words = String::from_utf8_lossy(&answer).into_owned();
        let squat = std::thread::spawn(move || {
            let (mut hook, _) = squatter.accept().unwrap();
            hook.write_all(&answer).unwrap();
            let _ = hook.shutdown(std::net::Shutdown::Write);
            let _ = hook.read_to_end(&mut Vec::new());
        });
        let ended = through(arguments.clone())
            .feed(bash("s1", "make").to_string().as_bytes())
            .await
            .unwrap();
        squat.join().unwrap();
        let spoken = harness::heard(&ended).unwrap();
        assert!(matches!(spoken, Spoken::Deny(_)), "{words}: {spoken:?}");
    }
}
