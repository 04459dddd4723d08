//! The README's way from a fresh clone to the first approved push, typed as it stands there, line by line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use duo_tenant::{Config, Tap};
use harness::{Ended, Keyring, RealAgent, Shell, USER, World};
use pretty_assertions::assert_eq;
use serde_json::json;
use stand_in_model::{Model, Script};

/// The section that holds it.
const SECTION: &str = "\n## Five minutes to a real phone\n";

/// What stands in the README for what each person has of their own.
const HOST: &str = "api-xxxxxxxx.duosecurity.com";
const INTEGRATION_KEY: &str = "DIXXXXXXXXXXXXXXXXXX";
const CLIENT_ID: &str = "DIYYYYYYYYYYYYYYYYYY";

/// A cold build is the machine's affair; `cargo xtask test` has it done before.
const BUILD: Duration = Duration::from_secs(30 * 60);

fn checkout() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

/// The commands of the section's first block, without the shell's own sign.
fn block() -> Vec<String> {
    let readme = std::fs::read_to_string(checkout().join("README.md")).unwrap();
    let (_, section) = readme.split_once(SECTION).unwrap();
    let (_, block) = section.split_once("\n```console\n").unwrap();
    let (block, _) = block.split_once("```\n").unwrap();
    let typed = |line: &str| line.strip_prefix("$ ").unwrap().to_owned();
    block.lines().map(typed).collect()
}

#[test]
fn the_way_has_less_than_ten_lines() {
    let lines = block();
    assert!(!lines.is_empty() && lines.len() < 10, "{lines:#?}");
}

/// A person in an empty home, with this checkout, Claude Code and a phone.
struct Person {
    world: World,
    shell: Shell,
    model: Model,
    /// What they asked the agent for, as the model has it done.
    command: String,
}

impl Person {
    async fn new(command: &str) -> Self {
        let empty = World::empty(Config::default(), Keyring::Unlocked);
        let world = empty.await.unwrap();
        let input = json!({"command": command, "description": "as asked"});
        let model = Model::start(Script::call("Bash", input)).await.unwrap();
        let agents = RealAgent::Claude.program().unwrap();
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", agents.parent().unwrap().display());
        let mut environment = vec![
            ("PATH", path),
            ("ANTHROPIC_BASE_URL", model.url()),
            ("ANTHROPIC_API_KEY", "stand-in".to_owned()),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1".to_owned()),
            ("DISABLE_AUTOUPDATER", "1".to_owned()),
        ];
        // Rust was there before; its own folders would be in the home.
        for (name, dir) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let own = std::env::var(name).ok();
            let own = own.or_else(|| Some(format!("{}/{dir}", std::env::var("HOME").ok()?)));
            environment.extend(own.map(|own| (name, own)));
        }
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let from = checkout();
        let shell = Shell::open(&world, &from, &environment).await;
        Self {
            shell: shell.unwrap(),
            world,
            model,
            command: command.to_owned(),
        }
    }

    /// Types one line of the README and does what it asks for.
    async fn does(&mut self, line: &str) {
        let ended = self.answers(line).await;
        let is_known = ended.is_some();
        assert!(is_known, "nobody here can answer this line: {line}");
        let ended = ended.unwrap();
        assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
    }

    async fn answers(&mut self, line: &str) -> Option<Ended> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some(match words.as_slice() {
            ["cargo", "xtask", "local", ..] => self.builds(line).await,
            ["export", _] => self.shell.runs(line).await.unwrap(),
            ["thumbturn-tray", "connect", ..] => self.connects(line).await,
            ["thumbturn", "signin", "--user", USER, ..] => self.signs_in(line).await,
            ["thumbturn", "install", "claude", ..] => self.installs(line).await,
            ["thumbturn", "on", ..] => self.shell.runs(line).await.unwrap(),
            ["claude", "-p", ..] => self.asks(line).await,
            ["thumbturn", "log", ..] => self.reads_the_log(line).await,
            _ => return None,
        })
    }

    async fn builds(&mut self, line: &str) -> Ended {
        let typed = self.shell.types(line, "").await.unwrap();
        let ended = typed.ends_within(BUILD).await.unwrap();
        let dir = self.world.home().join(".local/bin");
        for name in [
            "thumbturn",
            "thumbturn-tray",
            "thumbturn-hook",
            "thumbturn-window",
        ] {
            assert!(dir.join(name).is_file(), "{name}: {ended:?}");
        }
        let next = "export PATH=\"$HOME/.local/bin:$PATH\"";
        assert!(ended.stdout.contains(next), "{ended:?}");
        ended
    }

    async fn connects(&mut self, line: &str) -> Ended {
        let tenant = &self.world.tenant;
        let mut line = line.to_owned();
        for (example, own) in [
            (HOST, tenant.host()),
            (INTEGRATION_KEY, tenant.integration_key()),
            (CLIENT_ID, tenant.client_id()),
        ] {
            assert_eq!(line.matches(example).count(), 1, "{example} in {line}");
            line = line.replace(example, &own);
        }
        let ca = self.world.home().join("tenant-ca.pem");
        std::fs::write(&ca, tenant.ca_pem()).unwrap();
        let secrets = format!("{}\n{}\n", tenant.secret_key(), tenant.client_secret());
        let line = format!("{line} --ca {}", ca.display());
        let typed = self.shell.types(&line, &secrets).await.unwrap();
        typed.ends().await.unwrap()
    }

    async fn signs_in(&mut self, line: &str) -> Ended {
        let seen = self.world.desktop.opened();
        let typed = self.shell.types(line, "").await.unwrap();
        let address = self.world.desktop.opens(seen).await.unwrap();
        let prompt = self.world.prompt(&address).await.unwrap();
        prompt.push().await.unwrap();
        self.world.approve().await.unwrap();
        prompt.leave().await.unwrap();
        typed.ends().await.unwrap()
    }

    async fn installs(&mut self, line: &str) -> Ended {
        let ended = self.shell.runs(line).await.unwrap();
        let proof = "Claude Code started its hook by itself: gate seen";
        assert!(ended.stdout.contains(proof), "{ended:?}");
        ended
    }

    /// The phone rings with the very command, which runs after the tap and not before.
    async fn asks(&mut self, line: &str) -> Ended {
        assert!(line.contains(&self.command), "{} in {line}", self.command);
        let typed = self.shell.types(line, "").await.unwrap();
        let push = self.world.push().await.unwrap();
        let what = format!("Bash: {}", self.command);
        assert_eq!(push.value("What"), Some(what.as_str()));
        assert_eq!(push.username, USER);
        assert!(!self.has_run());
        self.world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        let ended = typed.ends().await.unwrap();
        assert!(self.has_run(), "{ended:?}, {:?}", self.model.told());
        ended
    }

    async fn reads_the_log(&mut self, line: &str) -> Ended {
        let ended = self.shell.runs(line).await.unwrap();
        let last = ended.stdout.lines().last().unwrap_or_default();
        assert!(last.contains(&self.command), "{ended:?}");
        ended
    }

    fn has_run(&self) -> bool {
        self.world.home().join("hello").exists()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_lines_lead_from_a_fresh_clone_to_the_first_approved_push() {
    let mut person = Person::new("touch ~/hello").await;
    for line in block() {
        person.does(&line).await;
    }
    assert!(person.has_run());
    assert_eq!(
        person.world.tenant.pushes().len(),
        2,
        "signing in, and the call"
    );
}
