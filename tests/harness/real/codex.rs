//! Codex: its provider, and the trust that a person gives to hooks in `/hooks`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use toml_edit::{DocumentMut, Item, Table, value};

use super::{Group, RealAgent};

/// The variable that the stand-in's key is read from.
pub(super) const KEY_NAME: &str = "STAND_IN_KEY";

/// Given on the command line, so that `config.toml` is left to the person and the installer, and a model on another port
/// needs no other file.
pub(super) fn settings(url: &str) -> Vec<String> {
    let provider = format!(
        r#"{{name="stand-in",base_url="{url}/v1",wire_api="responses",env_key="{KEY_NAME}"}}"#
    );
    [
        r#"model="gpt-5.5""#.to_owned(),
        r#"model_provider="stand-in""#.to_owned(),
        format!("model_providers.stand-in={provider}"),
        r#"approval_policy="never""#.to_owned(),
        r#"sandbox_mode="danger-full-access""#.to_owned(),
        "analytics.enabled=false".to_owned(),
        "check_for_update_on_startup=false".to_owned(),
        // It looks for plugins on the net at every start.
        "features.plugins=false".to_owned(),
    ]
    .into_iter()
    .flat_map(|setting| ["-c".to_owned(), setting])
    .collect()
}

/// A hook that Codex knows, and what it makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodexHook {
    /// Its name in `[hooks.state]`.
    pub key: String,
    /// What has to be trusted.
    pub hash: String,
    /// `trusted`, `untrusted` and so on, in Codex's own word.
    pub trust: String,
    pub command: String,
}

impl RealAgent {
    /// The hooks that Codex finds for this home and directory.
    ///
    /// # Errors
    /// Where Codex does not answer, or has a complaint about a file.
    pub async fn codex_hooks(home: &Path, work: &Path) -> anyhow::Result<Vec<CodexHook>> {
        Self::Codex.settle(home)?;
        let answer = tokio::time::timeout(Duration::from_secs(30), list(home, work))
            .await
            .context("codex app-server does not answer")??;
        let of = |kind: &str| {
            answer
                .pointer(&format!("/data/0/{kind}"))
                .and_then(Value::as_array)
                .with_context(|| format!("no {kind} in {answer}"))
        };
        anyhow::ensure!(
            of("warnings")?.is_empty() && of("errors")?.is_empty(),
            "{answer}"
        );
        let hooks = of("hooks")?;
        hooks
            .iter()
            .map(|hook| {
                let word = |key: &str| {
                    hook.get(key)
                        .and_then(Value::as_str)
                        .map(str::to_owned)
                        .with_context(|| format!("no {key} in {hook}"))
                };
                Ok(CodexHook {
                    key: word("key")?,
                    hash: word("currentHash")?,
                    trust: word("trustStatus")?,
                    command: word("command").unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Trusts every hook that Codex finds, as a person does who goes through `/hooks`. Says how many there were.
    ///
    /// # Errors
    /// Where Codex does not answer, or its settings cannot be written.
    pub async fn trust_codex_hooks(home: &Path, work: &Path) -> anyhow::Result<usize> {
        let hooks = Self::codex_hooks(home, work).await?;
        let file = home.join(".codex/config.toml");
        let mut config: DocumentMut = match std::fs::read_to_string(&file) {
            Ok(text) => text.parse()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => DocumentMut::new(),
            Err(error) => return Err(error.into()),
        };
        let mut table = config.as_table_mut();
        for name in ["hooks", "state"] {
            let mut new = Table::new();
            new.set_implicit(true);
            table = table
                .entry(name)
                .or_insert(Item::Table(new))
                .as_table_mut()
                .with_context(|| format!("{name} is no table"))?;
        }
        for hook in &hooks {
            let mut trusted = Table::new();
            trusted.insert("trusted_hash", value(&hook.hash));
            table.insert(&hook.key, Item::Table(trusted));
        }
        std::fs::write(file, config.to_string())?;
        Ok(hooks.len())
    }
}

/// Asks Codex's own server, which ends with its standard input.
async fn list(home: &Path, work: &Path) -> anyhow::Result<Value> {
    let mut server = RealAgent::Codex
        .command(home, work, None)?
        .args(["app-server", "-c", "features.plugins=false"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let _group = Group::of(&server)?;
    let mut stdin = server.stdin.take().context("no way to ask it")?;
    let stdout = server.stdout.take().context("no way to hear it")?;
    let mut lines = BufReader::new(stdout).lines();
    let client =
        json!({"clientInfo": {"name": "thumbturn-stories", "title": null, "version": "0"}});
    let requests = [
        json!({"id": 1, "method": "initialize", "params": client}),
        json!({"method": "initialized"}),
        json!({"id": 2, "method": "hooks/list", "params": {"cwds": [work]}}),
    ];
    for request in requests {
        stdin.write_all(format!("{request}\n").as_bytes()).await?;
    }
    while let Some(line) = lines.next_line().await? {
        let message: Value = serde_json::from_str(&line)?;
        if message.get("id") == Some(&json!(2)) {
            drop(stdin);
            server.wait().await?;
            return message
                .get("result")
                .cloned()
                .with_context(|| format!("it says {message}"));
        }
    }
    anyhow::bail!("it ended without an answer")
}
