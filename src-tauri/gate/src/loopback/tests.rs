use super::*;
use pretty_assertions::assert_eq;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const STATE: &str = "3b9d5f2ac81e4767a0d2f6b1c3e5978d";
const AUTHORIZE: &str = "https://api-1a2b3c4d.duosecurity.com/oauth/v1/authorize?request=x";

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

/// What the page at `path` answers, whole.
async fn fetch(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    answer
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn there_and_back() {
    let mut loopback = Loopback::bind(&[]).unwrap();
    let port = loopback.port;
    let paths = loopback.paths.clone();
    assert_eq!(
        (loopback.redirect_uri(), loopback.start_address()),
        (
            format!("http://localhost:{port}{}", paths.way_back),
            format!("http://localhost:{port}{}", paths.start)
        )
    );
    let came_back = format!("{}?duo_code=c0de&state={STATE}", paths.way_back);
    let browser = async {
        let sent = fetch(port, &paths.start).await;
        let first = tokio::spawn(async move { fetch(port, &came_back).await });
        (sent, first)
    };
    let (callback, (sent, first)) = tokio::join!(loopback.wait(AUTHORIZE, STATE, soon()), browser);
    assert_eq!(header(&sent, "Location"), Some(AUTHORIZE));
    let (code, iss) = ("c0de".to_owned(), None);
    assert_eq!(callback, Ok(Callback { code, iss }));

    // Whoever comes now is told, and disturbs nothing.
    let second = fetch(port, &format!("{}?code=d&state={STATE}", paths.way_back)).await;
    assert_eq!(second.starts_with("HTTP/1.1 409 "), true, "{second}");
    let early = fetch(port, &paths.done).await;
    assert_eq!(early.starts_with("HTTP/1.1 409 "), true, "{early}");

    loopback.finish(Ok("dana"));
    let first = first.await.unwrap();
    assert_eq!(first.starts_with("HTTP/1.1 303 "), true, "{first}");
    assert_eq!(header(&first, "Location"), Some(paths.done.as_str()));
    let last = fetch(port, &paths.done).await;
    assert_eq!(last.contains(">Signed in as dana</h1>"), true, "{last}");
}

#[tokio::test]
async fn nobody_comes() {
    let mut loopback = Loopback::bind(&[]).unwrap();
    let answer = loopback.wait(AUTHORIZE, STATE, Instant::now()).await;
    assert_eq!(answer, Err(LoginError::TimedOut));
    let port = loopback.port;
    loopback.finish(Err(&LoginError::TimedOut));
    // The listener goes with it.
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .is_ok()
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_storm_of_strays_ends_the_trip_at_a_bound() {
    let mut loopback = Loopback::bind(&[]).unwrap();
    let (port, path) = (loopback.port, loopback.paths.way_back.clone());
    let storm = async {
        for n in 1..512 {
            let stray = fetch(port, &format!("{path}?code=c&state={n}")).await;
            assert_eq!(stray.starts_with("HTTP/1.1 400 "), true, "{n}: {stray}");
        }
        fetch(port, &path).await
    };
    let (answer, _) = tokio::join!(loopback.wait(AUTHORIZE, STATE, soon()), storm);
    assert_eq!(
        answer,
        Err(LoginError::Untrusted {
            words: words::storm(512)
        })
    );
}

#[tokio::test]
async fn slow_ones_stand_in_nobodys_way() {
    let mut loopback = Loopback::bind(&[]).unwrap();
    let (port, path) = (loopback.port, loopback.paths.way_back.clone());
    let crowd = async {
        let mut crowd = Vec::new();
        for _ in 0..200 {
            let mut slow = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .unwrap();
            slow.write_all(b"GET /").await.unwrap();
            crowd.push(slow);
        }
        let mut real = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .unwrap();
        let request =
            format!("GET {path}?code=c&state={STATE} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
        real.write_all(request.as_bytes()).await.unwrap();
        (crowd, real)
    };
    let (answer, _) = tokio::join!(loopback.wait(AUTHORIZE, STATE, soon()), crowd);
    assert_eq!(answer.map(|it| it.code), Ok("c".to_owned()));
}

#[tokio::test]
async fn registered_ports_are_tried_in_turn() {
    let first = Loopback::bind(&[]).unwrap();
    let spare = Loopback::bind(&[]).unwrap().port;
    let second = Loopback::bind(&[first.port, spare])
        .unwrap()
        .at("/callback");
    assert_eq!(
        second.redirect_uri(),
        format!("http://localhost:{spare}/callback")
    );
    assert_eq!(
        Loopback::bind(&[first.port]).map(|it| it.port),
        Err(LoginError::NoBrowser {
            words: format!(
                "none of the ports {} is free for its way back (Address already in use (os error 98)); close the program that holds them",
                first.port
            )
        })
    );
}

#[tokio::test]
async fn both_families_answer_where_the_machine_has_both() {
    let loopback = Loopback::bind(&[]).unwrap();
    let has_six = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    assert_eq!(loopback.listeners.len(), if has_six { 2 } else { 1 });
}

#[test]
fn stems_are_long_and_never_the_same() {
    let stems: std::collections::BTreeSet<String> = (0..1000).map(|_| stem().unwrap()).collect();
    assert_eq!(stems.len(), 1000);
    assert_eq!(stems.iter().all(|stem| stem.len() == 20), true);
}
