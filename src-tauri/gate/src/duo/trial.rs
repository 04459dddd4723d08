//! What no public source tells of Duo, tried at a person's own tenant: `thumbturn doctor --duo`.
//!
//! Nothing here is believed by the gate, which is built for either answer. It is for those who want
//! to know what their tenant does, and for whoever mends the gate after Duo has changed.

mod quiet;
mod rings;

use serde_json::Value;
use tokio::time::Duration;

use super::reply::{Device, Envelope, Refusal};
use super::sign::Call;
use super::{Duo, Failure, UniversalPrompt};

/// One behaviour and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub about: &'static str,
    pub found: String,
}

impl Seen {
    pub(super) fn new(about: &'static str, found: impl Into<String>) -> Self {
        Self {
            about,
            found: thumbturn_wire::plain(&found.into(), 600),
        }
    }
}

/// Who looks at the phone meanwhile.
pub trait Person {
    fn shows(&mut self, seen: Seen);

    /// What to do at the phone, or in the browser.
    fn told(&mut self, words: &str);

    /// A line of theirs.
    fn asked(&mut self, question: &str) -> String;
}

/// Somebody who agreed to it, and the phone that rings.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    pub duo: &'a Duo,
    /// Where people sign in with it.
    pub prompt: Option<&'a UniversalPrompt>,
    pub user: &'a str,
    pub device: &'a Device,
}

/// What a client could find out and this one does not, with why.
pub const NOT_TRIED: [(&str, &str); 4] = [
    (
        "how many pushes a minute are too many",
        "finding out would keep your phone from ringing for a while; a Retry-After that comes is told above",
    ),
    (
        "how a redirect URI that has a query is joined",
        "Thumbturn's has none",
    ),
    (
        "how long a code of Universal Prompt lives",
        "Thumbturn uses it at once",
    ),
    (
        "what a watch shows",
        "look at yours while the first push rings",
    ),
];

impl Trial<'_> {
    async fn once(&self, call: &Call) -> Heard {
        let patience = self.duo.transport.patience().poll;
        Heard(self.duo.transport.once(call, patience).await)
    }

    async fn get(&self, path: &'static str, params: &[(&str, &str)]) -> Heard {
        self.once(&Call::read(path, params)).await
    }

    async fn post(&self, path: &'static str, params: &[(&str, &str)]) -> Heard {
        self.once(&Call::write(path, params)).await
    }
}

/// An answer, whatever it is: a refusal is as good as any other here.
struct Heard(Result<Envelope, Failure>);

impl Heard {
    fn text(&self, name: &str) -> Option<&str> {
        match &self.0 {
            Ok(Envelope::Ok(response)) => response.get(name).and_then(Value::as_str),
            Ok(Envelope::Fail(_)) | Err(_) => None,
        }
    }

    fn is_waiting(&self) -> bool {
        self.text("result") == Some("waiting")
    }

    /// In words: result and status where there are such, or Duo's refusal.
    fn words(&self) -> String {
        match &self.0 {
            Ok(Envelope::Ok(_)) => {
                let words: Vec<&str> = ["result", "status", "status_msg"]
                    .into_iter()
                    .filter_map(|name| self.text(name))
                    .collect();
                match words.as_slice() {
                    [] => "OK".to_owned(),
                    words => words.join(", "),
                }
            }
            Ok(Envelope::Fail(refusal)) => refused(refusal),
            Err(failure) => failure.to_string(),
        }
    }
}

fn refused(refusal: &Refusal) -> String {
    let detail = match &refusal.detail {
        Some(detail) => format!(": {detail}"),
        None => String::new(),
    };
    let wait = match refusal.retry_after {
        Some(wait) => format!("; Retry-After {} s", wait.as_secs()),
        None => String::new(),
    };
    format!(
        "{} (HTTP {}) {}{detail}{wait}",
        refusal.code, refusal.status, refusal.message
    )
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
