//! A running tenant, as a test or the demo holds it.

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::account::User;
use crate::config::Config;
use crate::fault::Script;
use crate::push::{Push, Tap, TapError};
use crate::shared::Shared;
use crate::state::Logged;
use crate::{api, phone};

/// Stops when dropped.
pub struct Tenant {
    shared: Arc<Shared>,
    phone_port: u16,
    _tasks: JoinSet<()>,
}

impl Tenant {
    /// Must be called within a tokio runtime; the tenant lives on it.
    pub async fn start(mut config: Config) -> anyhow::Result<Self> {
        let api = bind(config.ports.api).await?;
        let phone = bind(config.ports.phone).await?;
        let http = match config.ports.http {
            Some(port) => Some(bind(port).await?),
            None => None,
        };
        config.ports.api = api.local_addr()?.port();
        config.ports.http = http
            .as_ref()
            .map(TcpListener::local_addr)
            .transpose()?
            .map(|address| address.port());
        let phone_port = phone.local_addr()?.port();
        let shared = Arc::new(Shared::new(config)?);
        let mut tasks = JoinSet::new();
        tasks.spawn(api::listen(api, Arc::clone(&shared), true));
        tasks.spawn(phone::listen(phone, Arc::clone(&shared)));
        if let Some(http) = http {
            tasks.spawn(api::listen(http, Arc::clone(&shared), false));
        }
        let clock = Arc::clone(&shared);
        tasks.spawn(async move { clock.keep_time().await });
        Ok(Self {
            shared,
            phone_port,
            _tasks: tasks,
        })
    }

    /// `localhost:PORT` of the API over TLS.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.shared.state().config.ports.api)
    }

    /// `localhost:PORT` of the API over plain HTTP, if asked for.
    pub fn http_host(&self) -> Option<String> {
        self.shared
            .state()
            .config
            .ports
            .http
            .map(|port| format!("localhost:{port}"))
    }

    pub fn phone_url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.phone_port)
    }

    pub fn ca_pem(&self) -> String {
        self.shared.certificates.ca_pem.clone()
    }

    pub fn integration_key(&self) -> String {
        self.shared
            .state()
            .config
            .application
            .integration_key
            .clone()
    }

    pub fn secret_key(&self) -> String {
        self.shared.state().config.application.secret_key.clone()
    }

    /// Of the Universal Prompt application.
    pub fn client_id(&self) -> String {
        self.shared.state().config.web_sdk.integration_key.clone()
    }

    pub fn client_secret(&self) -> String {
        self.shared.state().config.web_sdk.secret_key.clone()
    }

    /// Every id_token and access token that was ever given out, the bent ones too.
    pub fn issued(&self) -> Vec<String> {
        self.shared.state().sign_ins.issued.clone()
    }

    pub fn application_name(&self) -> String {
        self.shared.state().config.application.name.clone()
    }

    pub fn user(&self, name: &str) -> Option<User> {
        self.shared.state().user(name).cloned()
    }

    /// Adds the user, or puts this one in the place of the one with the same name.
    pub fn set_user(&self, user: User) {
        self.shared.change(|state| state.set_user(user));
    }

    /// All pushes so far, in order.
    pub fn pushes(&self) -> Vec<Push> {
        self.shared
            .state()
            .transactions
            .pushes()
            .map(|transaction| transaction.push.clone())
            .collect()
    }

    /// All pushes and phone calls so far, in order.
    pub fn shown(&self) -> Vec<Push> {
        self.shared
            .state()
            .transactions
            .shown()
            .map(|transaction| transaction.push.clone())
            .collect()
    }

    /// How many pushes have ever rung at the same time.
    pub fn most_ringing(&self) -> usize {
        self.shared.state().transactions.most_ringing
    }

    /// The next open push that this has not given out yet; waits for it.
    pub async fn next_push(&self) -> Push {
        self.shared
            .until(|state| {
                state.transactions.unmet().map(|transaction| {
                    transaction.marks.met = true;
                    transaction.push.clone()
                })
            })
            .await
    }

    /// The push once it is no longer ringing; waits for it.
    pub async fn settled(&self, txid: &str) -> Push {
        self.shared
            .until(|state| {
                state
                    .transactions
                    .find(txid)
                    .filter(|transaction| !transaction.push.is_ringing())
                    .map(|transaction| transaction.push.clone())
            })
            .await
    }

    /// The verification code that this push waits for.
    pub fn code(&self, txid: &str) -> Option<String> {
        self.shared
            .state()
            .transactions
            .find(txid)?
            .code
            .as_ref()
            .map(|code| code.digits.clone())
    }

    pub fn tap(&self, txid: &str, tap: Tap) -> Result<(), TapError> {
        self.shared.change(|state| state.tap(txid, &tap))
    }

    pub fn script(&self, script: Script) {
        self.shared.play(script);
    }

    /// Pushes the clock that pushes and polls live by.
    pub fn advance(&self, by: std::time::Duration) {
        self.script(Script::Advance {
            seconds: by.as_secs(),
        });
    }

    /// Every request of the API so far, in order.
    pub fn requests(&self) -> Vec<Logged> {
        self.shared.state().log.clone()
    }
}

async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| {
            format!("could not listen on 127.0.0.1:{port}; choose another port, or 0 for any")
        })
}
