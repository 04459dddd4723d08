//! Connecting and signing in, as the command line lets a person do it.

use anyhow::Context as _;
use duo_tenant::{Push, Tap};
use serde_json::Value;
use thumbturn_core::View;
use tokio::task::JoinHandle;

use crate::proc::{BOUND, Ended, Proc, until};
use crate::prompt::Prompt;
use crate::world::{SignInWith, World};

/// The Duo user of every story.
pub const USER: &str = "dana";

/// A sign-in under way.
pub struct Trip {
    /// `thumbturn signin`, which waits for its end.
    pub command: JoinHandle<anyhow::Result<Ended>>,
    /// What the browser was asked to open.
    pub address: String,
}

impl World {
    /// `thumbturn-tray connect`, as a person pipes the secrets into it.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn connect(&self, with: SignInWith) -> anyhow::Result<Ended> {
        let ca = self.home().join("tenant-ca.pem");
        std::fs::write(&ca, self.tenant.ca_pem())?;
        let mut secrets = format!("{}\n", self.tenant.secret_key());
        let connect = Proc::start(&self.programs.tray, |command| {
            command.arg("--home").arg(self.home()).arg("connect");
            command.args(["--host", &self.tenant.host()]);
            command.args(["--ikey", &self.tenant.integration_key()]);
            if with == SignInWith::UniversalPrompt {
                command.args(["--client-id", &self.tenant.client_id()]);
                secrets = format!("{secrets}{}\n", self.tenant.client_secret());
            }
            command.arg("--ca").arg(&ca);
            self.desktop.dress(command);
        })?;
        connect.feed(secrets.as_bytes()).await
    }

    /// Signs dana in, the phone approving.
    ///
    /// # Errors
    /// Where that is refused.
    pub async fn signed_in(&self, with: SignInWith) -> anyhow::Result<()> {
        let ended = match with {
            SignInWith::UniversalPrompt => {
                let trip = self.sign_in(USER).await?;
                let prompt = self.prompt(&trip.address).await?;
                prompt.push().await?;
                self.approve().await?;
                prompt.leave().await?;
                trip.command.await??
            }
            SignInWith::Push => {
                let command = self.start_thumbturn(&["signin", "--user", USER])?;
                let command = tokio::spawn(command.feed(b""));
                self.approve().await?;
                command.await??
            }
        };
        anyhow::ensure!(
            ended.code == Some(0),
            "signing in failed: {ended:?}\n{}",
            self.gate_log()
        );
        Ok(())
    }

    /// Starts a sign-in, as far as the browser.
    ///
    /// # Errors
    /// Where no browser opens; what the command said of it.
    pub async fn sign_in(&self, user: &str) -> anyhow::Result<Trip> {
        let seen = self.desktop.opened();
        let command = self.start_thumbturn(&["signin", "--user", user])?;
        let command = tokio::spawn(command.feed(b""));
        match self.desktop.opens(seen).await {
            Ok(address) => Ok(Trip { command, address }),
            Err(error) if command.is_finished() => {
                Err(error.context(format!("{:?}", command.await??)))
            }
            Err(error) => Err(error.context(self.gate_log())),
        }
    }

    /// The tenant's page, in a browser without script.
    ///
    /// # Errors
    /// Where the address leads elsewhere.
    pub async fn prompt(&self, address: &str) -> anyhow::Result<Prompt> {
        Prompt::open(address, &self.tenant.ca_pem()).await
    }

    /// The page on which a step-up begins, and the prompt that it leads to.
    ///
    /// # Errors
    /// Where the page leads nowhere.
    pub async fn step_up(&self, address: &str) -> anyhow::Result<(String, Prompt)> {
        let page = crate::http::client(None)?.get(address).send().await?;
        let page = page.text().await?;
        let link = page.split("href=\"").nth(1);
        let link = link.and_then(|rest| rest.split('"').next());
        let link = link.with_context(|| format!("no link in {page}"))?;
        let prompt = self.prompt(&link.replace("&amp;", "&")).await?;
        Ok((page, prompt))
    }

    /// What the gate shows now.
    ///
    /// # Errors
    /// Where the command line says nothing that can be read.
    pub async fn view(&self) -> anyhow::Result<View> {
        let status = self.thumbturn(&["status", "--json"]).await?;
        let value: Value =
            serde_json::from_str(&status.stdout).with_context(|| format!("{status:?}"))?;
        let view = value.get("view").cloned().unwrap_or_default();
        serde_json::from_value(view).with_context(|| status.stdout)
    }

    /// What the gate shows, once it is as it must be.
    ///
    /// # Errors
    /// Where it never is; what it shows instead.
    pub async fn shows(&self, what: &str, is: impl Fn(&View) -> bool) -> anyhow::Result<View> {
        let mut last = None;
        let shown = until(what, async || {
            let view = self.view().await.ok()?;
            let fits = is(&view);
            last = Some(view.clone());
            fits.then_some(view)
        })
        .await;
        shown.with_context(|| format!("shown is {last:#?}\n{}", self.gate_log()))
    }

    /// The next push that rings and was not met before; waits for it.
    ///
    /// # Errors
    /// Where none rings in time; what the gate said meanwhile.
    pub async fn push(&self) -> anyhow::Result<Push> {
        let next = tokio::time::timeout(BOUND, self.tenant.next_push()).await;
        next.with_context(|| format!("no push rang\n{}", self.gate_log()))
    }

    /// Every push since it was set up.
    pub fn rang(&self) -> Vec<Push> {
        self.tenant.pushes().split_off(self.before)
    }

    /// Approves what rings next.
    ///
    /// # Errors
    /// Where it rings no more.
    pub async fn approve(&self) -> anyhow::Result<()> {
        let push = self.push().await?;
        let tap = match self.tenant.code(&push.txid) {
            Some(code) => Tap::ApproveWithCode(code),
            None => Tap::Approve,
        };
        self.tenant
            .tap(&push.txid, tap)
            .ok()
            .context("the push rings no more")
    }
}
