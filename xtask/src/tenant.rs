//! The Duo tenant in a box, and a look at its phone.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{self, Running};
use crate::session::Session;
use crate::stage::USER;
use crate::stop::{Doing as _, Done, Stop};
use crate::{http, places};

pub(crate) struct Tenant {
    running: Running,
    /// The page with the phone on it.
    pub(crate) phone: String,
    pub(crate) connection: Connection,
}

/// What a client of the tenant must know.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) host: String,
    pub(crate) integration_key: String,
    pub(crate) secret_key: String,
    /// Of the Web SDK application, with which people sign in.
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) ca_file: PathBuf,
}

/// One request on the phone.
pub(crate) struct Push {
    pub(crate) txid: String,
    pub(crate) rings: bool,
    /// Label and text of each line, in the order in which the phone shows them.
    pub(crate) lines: Vec<(String, String)>,
}

impl Push {
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.lines.iter().any(|(_, line)| line.contains(text))
    }
}

impl Tenant {
    /// Starts it; `auto` answers every push by itself.
    ///
    /// # Errors
    /// Where it does not start, or does not say where it is.
    pub(crate) fn start(session: &Session, auto: Option<&str>) -> Done<Self> {
        let ca_file = session.home().join("tenant-ca.pem");
        let mut command = session.inside(&places::program("debug", "duo-tenant").to_string_lossy());
        command
            .args([
                "--api-port",
                "0",
                "--phone-port",
                "0",
                "--user",
                USER,
                "--ca-file",
            ])
            .arg(&ca_file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(session.log("tenant")?);
        if let Some(tap) = auto {
            command.args(["--auto", tap]);
        }
        let mut running = Running::start("duo-tenant", &mut command)?;
        let line = process::first_line(&mut running, Duration::from_secs(10))?;
        let said: Value = serde_json::from_str(&line).doing("understand the tenant")?;
        let word = |name: &str| {
            said.get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| Stop::because(format!("the tenant names no {name}: {line}")))
        };
        Ok(Self {
            phone: word("phone")?,
            connection: Connection {
                host: word("host")?,
                integration_key: word("integration_key")?,
                secret_key: word("secret_key")?,
                client_id: word("client_id")?,
                client_secret: word("client_secret")?,
                ca_file: word("ca_file").map(PathBuf::from)?,
            },
            running,
        })
    }

    /// # Errors
    /// When the tenant has gone away.
    pub(crate) fn still_there(&mut self) -> Done {
        self.running.still_there()
    }

    /// The requests that the phone shows, the oldest first: the last few answered ones, then what rings.
    ///
    /// # Errors
    /// Where the phone does not answer.
    pub(crate) fn pushes(&self) -> Done<Vec<Push>> {
        let state = http::get(&self.control("state"))?;
        let list = |name: &str| {
            let list = state.get(name).and_then(Value::as_array);
            list.ok_or_else(|| Stop::because(format!("the phone's state names nothing {name}")))
        };
        let answered = list("history")?.iter().rev();
        let all = answered.chain(list("ringing")?);
        Ok(all.filter_map(push).collect())
    }

    /// `approve` or `deny`, as a thumb does it.
    ///
    /// # Errors
    /// Where the phone does not take it.
    pub(crate) fn tap(&self, push: &Push, tap: &str) -> Done {
        http::post(
            &self.control("tap"),
            &json!({"txid": push.txid, "tap": tap}),
        )
        .map(drop)
    }

    fn control(&self, name: &str) -> String {
        format!("{}/__sim/{name}", self.phone.trim_end_matches('/'))
    }
}

fn push(value: &Value) -> Option<Push> {
    let pairs = value.get("pushinfo")?.as_array()?;
    let lines = pairs.iter().filter_map(|pair| {
        Some((
            pair.get(0)?.as_str()?.to_owned(),
            pair.get(1)?.as_str()?.to_owned(),
        ))
    });
    Some(Push {
        txid: value.get("txid")?.as_str()?.to_owned(),
        rings: value.get("state")?.as_str()? == "ringing",
        lines: lines.collect(),
    })
}
