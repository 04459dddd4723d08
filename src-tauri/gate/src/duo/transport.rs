//! One request to Duo and its envelope: signed, over pinned TLS, within a time.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

use super::reply::{Envelope, Refusal};
use super::sign::Call;
use super::{Connection, Failure, Unsent, roots};

/// Duo's answers are a few hundred bytes.
const MOST: usize = 1 << 20;
/// A longer wait than this is a refusal.
const MOST_WAIT: Duration = Duration::from_secs(32);
/// Duo closes an idle connection after about a minute.
const IDLE: Duration = Duration::from_secs(50);

/// How long each kind of call may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    pub ordinary: Duration,
    /// Duo holds a status call until something changes.
    pub poll: Duration,
    /// How long a push rings.
    pub ring: Duration,
    /// What an answer may take beyond the ring.
    pub margin: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            ordinary: Duration::from_secs(30),
            poll: Duration::from_secs(75),
            ring: Duration::from_millis(thumbturn_wire::deadlines::RING),
            margin: Duration::from_secs(10),
        }
    }
}

pub(super) struct Transport {
    connection: Connection,
    proxy: Option<reqwest::Proxy>,
    patience: Patience,
    client: OnceLock<Result<reqwest::Client, String>>,
    /// Duo's clock less ours, in seconds, once they were found to differ.
    offset: AtomicI64,
}

impl Transport {
    pub(super) fn new(
        connection: Connection,
        proxy: Option<reqwest::Proxy>,
        patience: Patience,
    ) -> Self {
        Self {
            connection,
            proxy,
            patience,
            client: OnceLock::new(),
            offset: AtomicI64::new(0),
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// A call whose repetition is refused work, not repeated work: what Duo turned away for its
    /// clock or its load is sent again, what may have been done is not.
    pub(super) async fn call(
        &self,
        call: &Call,
        patience: Duration,
    ) -> Result<serde_json::Value, Failure> {
        self.call_until(call, patience, Instant::now() + self.patience.ring)
            .await
    }

    /// As [`Self::call`], waiting for a busy Duo no longer than until `deadline`.
    pub(super) async fn call_until(
        &self,
        call: &Call,
        patience: Duration,
        deadline: Instant,
    ) -> Result<serde_json::Value, Failure> {
        let mut resynced = false;
        let mut backoff = Duration::from_secs(1);
        loop {
            let refusal = match self.once(call, patience).await? {
                Envelope::Ok(response) => return Ok(response),
                Envelope::Fail(refusal) => refusal,
            };
            if refusal.is_clock() && !resynced {
                resynced = true;
                self.resync().await?;
                continue;
            }
            if !refusal.is_busy() {
                return Err(Failure::Refused(refusal));
            }
            let wait = refusal.retry_after.unwrap_or(backoff);
            if wait > MOST_WAIT || Instant::now() + wait >= deadline {
                return Err(Failure::Refused(refusal));
            }
            backoff *= 2;
            tokio::time::sleep(wait).await;
        }
    }

    /// One signed request. Never repeated.
    pub(super) async fn once(&self, call: &Call, patience: Duration) -> Result<Envelope, Failure> {
        self.dated(call, patience, 0).await
    }

    /// As [`Self::once`], with a clock that is `off` by as many seconds.
    pub(super) async fn dated(
        &self,
        call: &Call,
        patience: Duration,
        off: i64,
    ) -> Result<Envelope, Failure> {
        let signed = call.sign(&self.connection, self.date(off));
        self.exchange(call, Some((signed.date, signed.authorization)), patience)
            .await
    }

    pub(super) async fn ping(&self) -> Result<u64, Failure> {
        let call = Call::read("/auth/v2/ping", &[]);
        match self.exchange(&call, None, self.patience.ordinary).await? {
            Envelope::Ok(response) => response
                .get("time")
                .and_then(serde_json::Value::as_u64)
                .ok_or_else(|| Failure::odd("Duo's ping told no time")),
            Envelope::Fail(refusal) => Err(Failure::Refused(refusal)),
        }
    }

    /// Takes Duo's clock for ours from here on.
    async fn resync(&self) -> Result<(), Failure> {
        let theirs = i64::try_from(self.ping().await?).unwrap_or(i64::MAX);
        self.offset
            .store(theirs.saturating_sub(unix_now()), Ordering::Relaxed);
        Ok(())
    }

    fn date(&self, off: i64) -> String {
        let offset = self.offset.load(Ordering::Relaxed);
        let seconds = unix_now().saturating_add(offset).saturating_add(off);
        // A year that has no four digits is nobody's clock.
        let seconds = u64::try_from(seconds).unwrap_or(0).min(253_402_300_799);
        httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
    }

    async fn exchange(
        &self,
        call: &Call,
        signed: Option<(String, String)>,
        patience: Duration,
    ) -> Result<Envelope, Failure> {
        let mut url = format!("https://{}{}", self.connection.host(), call.path);
        if !call.query.is_empty() {
            url = format!("{url}?{}", call.query);
        }
        let client = self.client()?;
        let mut request = match call.method {
            "POST" => client
                .post(url)
                .header(CONTENT_TYPE, "application/json")
                .body(call.body.clone()),
            _ => client.get(url),
        }
        .timeout(patience);
        if let Some((date, authorization)) = signed {
            let mut authorization = reqwest::header::HeaderValue::try_from(authorization)
                .map_err(|_| Failure::odd("the request to Duo could not be signed"))?;
            authorization.set_sensitive(true);
            request = request
                .header(DATE, date)
                .header(AUTHORIZATION, authorization);
        }
        let answer = request.send().await.map_err(|error| Failure::of(&error))?;
        envelope(answer).await
    }

    fn client(&self) -> Result<&reqwest::Client, Failure> {
        self.client
            .get_or_init(|| self.build())
            .as_ref()
            .map_err(|words| Failure::Unsent {
                words: words.clone(),
                why: Unsent::NoWay,
            })
    }

    fn build(&self) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(roots::tls(&self.connection)?)
            .https_only(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(self.patience.connect)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .user_agent(concat!("thumbturn/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder
            .build()
            .map_err(|error| format!("the way to Duo cannot be set up: {error}"))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("connection", &self.connection)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

async fn envelope(mut answer: reqwest::Response) -> Result<Envelope, Failure> {
    let status = answer.status().as_u16();
    let retry_after = retry_after(answer.headers());
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Failure::of(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST {
            return Err(Failure::odd("what answered is not Duo: it said too much"));
        }
    }
    let envelope = Envelope::read(&body).map_err(|_| not_duo(status))?;
    match envelope {
        Envelope::Ok(_) if status != 200 => Err(not_duo(status)),
        Envelope::Ok(response) => Ok(Envelope::Ok(response)),
        Envelope::Fail(refusal) => Ok(Envelope::Fail(Refusal {
            status,
            retry_after,
            ..refusal
        })),
    }
}

fn not_duo(status: u16) -> Failure {
    match status {
        300..400 => Failure::odd(format!(
            "what answered sent us elsewhere (HTTP {status}), which Duo never does; sign in to the network first"
        )),
        500.. => Failure::odd(format!("Duo is in trouble (HTTP {status})")),
        _ => Failure::odd(format!(
            "what answered is not Duo (HTTP {status}); sign in to the network first, or check the hostname"
        )),
    }
}

/// How long Duo wants to be left alone.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers
        .get("x-retry-after")
        .or_else(|| headers.get(RETRY_AFTER))?
        .to_str()
        .ok()?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let when = httpdate::parse_http_date(text).ok()?;
    Some(
        when.duration_since(SystemTime::now())
            .unwrap_or(Duration::ZERO),
    )
}

fn unix_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let waits = |name: &'static str, text: &str| {
            retry_after(&HeaderMap::from_iter([(
                name.parse().unwrap(),
                text.parse().unwrap(),
            )]))
        };
        assert_eq!(waits("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(waits("x-retry-after", "3"), Some(Duration::from_secs(3)));
        assert_eq!(
            waits("retry-after", "Tue, 21 Aug 2012 17:29:18 GMT"),
            Some(Duration::ZERO)
        );
        assert_eq!(waits("retry-after", "soon"), None);
        assert_eq!(waits("retry-after", "-1"), None);
    }

    #[test]
    fn the_date_is_as_duo_reads_it() {
        let connection = Connection::new(
            "localhost",
            "DIWJ8X6AEYOR5OMC6TQ1",
            "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep".into(),
            Some(String::new()),
        )
        .unwrap();
        let transport = Transport::new(connection, None, Patience::default());
        transport
            .offset
            .store(1_345_570_158 - unix_now(), Ordering::Relaxed);
        assert_eq!(&transport.date(0)[..21], "Tue, 21 Aug 2012 17:2");
        transport.offset.store(i64::MAX, Ordering::Relaxed);
        assert_eq!(transport.date(0), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
