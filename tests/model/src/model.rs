//! A running model, as a test holds it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::memory::{Memory, Request, Told};
use crate::script::Script;
use crate::server;

/// A model on loopback. It stops when dropped.
pub struct Model {
    shared: Arc<Shared>,
    address: SocketAddr,
    _tasks: JoinSet<()>,
}

pub(crate) struct Shared {
    pub(crate) script: Script,
    memory: Mutex<Memory>,
    /// How many results the agent has told.
    count: watch::Sender<usize>,
}

impl Model {
    /// A model that plays `script`. Must be called within a tokio runtime; the model lives on it.
    ///
    /// # Errors
    /// Where no port of loopback can be had.
    pub async fn start(script: Script) -> anyhow::Result<Self> {
        Self::start_on(0, script).await
    }

    /// The same on a port of the caller's choice.
    ///
    /// # Errors
    /// Where the port cannot be had.
    pub async fn start_on(port: u16, script: Script) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("listen on port {port}"))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            script,
            memory: Mutex::default(),
            count: watch::Sender::default(),
        });
        let router = server::router(Arc::clone(&shared));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // It goes on until the task is dropped.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            shared,
            address,
            _tasks: tasks,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The start of every URL of it, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How the calls of the script went, in the order in which the model heard it.
    pub fn told(&self) -> Vec<Told> {
        self.shared.memory().told().to_vec()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.memory().requests().to_vec()
    }

    /// Waits until the agent has told how `count` calls went.
    ///
    /// # Errors
    /// Where it has not by the deadline.
    pub async fn until_told(&self, count: usize, deadline: Duration) -> anyhow::Result<Vec<Told>> {
        let mut counts = self.shared.count.subscribe();
        let enough = counts.wait_for(|told| *told >= count);
        match tokio::time::timeout(deadline, enough).await {
            Ok(seen) => seen.map(drop)?,
            Err(_) => anyhow::bail!(
                "waited {deadline:?} for {count} results, heard {:?} in {} requests",
                self.told(),
                self.requests().len()
            ),
        }
        Ok(self.told())
    }
}

impl Shared {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self) {
        let told = self.memory().told().len();
        self.count.send_replace(told);
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(10);

    async fn post(model: &Model, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            model.address(),
            body.len()
        );
        let mut stream = TcpStream::connect(model.address()).await.unwrap();
        stream.write_all((head + &body).as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    #[tokio::test]
    async fn a_script_is_played_and_what_was_told_is_remembered_once() {
        let script = Script::call("Bash", json!({"command": "true"}));
        let model = Model::start(script).await.unwrap();
        let tools = json!([{"name": "Bash"}]);
        let mut messages = vec![json!({"role": "user", "content": "go"})];
        let path = "/v1/messages?beta=true";
        let first = post(&model, path, &json!({"tools": tools, "messages": messages})).await;
        let call = first["content"][0]["id"].as_str().unwrap();
        let hasty = Duration::from_millis(1);
        assert!(model.until_told(1, hasty).await.is_err());
        messages.push(json!({"role": "assistant", "content": first["content"]}));
        messages.push(json!({"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call, "content": "no", "is_error": true},
            {"type": "tool_result", "tool_use_id": "of somebody else", "content": "yes"}]}));
        let request = json!({"tools": tools, "messages": messages});
        for _ in 0..2 {
            let last = post(&model, path, &request).await;
            assert_eq!(last["content"][0]["text"], "done");
        }
        let told = Told {
            call: call.to_owned(),
            tool: "Bash".into(),
            text: "no".into(),
            is_error: true,
        };
        assert_eq!(model.until_told(1, DEADLINE).await.unwrap(), [told]);
        let requests = model.requests();
        assert_eq!((requests.len(), &*requests[2].path), (3, path));
        assert_eq!(requests[2].body, request.to_string());
    }

    #[tokio::test]
    async fn tokens_are_counted_in_both_formats_that_ask() {
        let model = Model::start(Script::default()).await.unwrap();
        let counted = post(&model, "/v1/messages/count_tokens", &json!({})).await;
        assert_eq!(counted, json!({"input_tokens": 1}));
        let counted = post(&model, "/v1beta/models/m:countTokens", &json!({})).await;
        assert_eq!(counted, json!({"totalTokens": 1}));
    }
}
