//! `thumbturn doctor` names what is wrong: each fault is brought about, and found by its code.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use duo_tenant::{Certificate, Config, Device, Endpoint, Fault, Script, User, UserStatus};
use harness::{Ended, Installed, Keyring, World};
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

struct Ward {
    world: World,
    installed: Installed,
    project: TempDir,
}

impl Ward {
    fn in_world(world: World) -> Self {
        let installed = Installed::in_home_of(&world).unwrap();
        let agents = world.home().join("agents");
        std::fs::create_dir(&agents).unwrap();
        let ward = Self {
            installed: installed.with_agents(&agents),
            project: TempDir::with_prefix("thumbturn-project-").unwrap(),
            world,
        };
        std::fs::create_dir(ward.project.path().join(".git")).unwrap();
        ward.agent("2.1.330");
        ward
    }

    /// An agent that only says its version.
    fn agent(&self, version: &str) {
        let program = self.world.home().join("agents/claude");
        let script = format!("#!/bin/sh\necho '{version} (Claude Code)'\n");
        std::fs::write(&program, script).unwrap();
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
    }

    async fn thumbturn(&self, words: &[&str]) -> Ended {
        let ended = self
            .installed
            .thumbturn(&self.world, self.project.path(), words);
        ended.await.unwrap()
    }

    async fn installs(&self) {
        let plan = self.thumbturn(&["install", "claude"]).await;
        // The agent here begins no session, so the proof is what it would start.
        assert_eq!(plan.code, Some(0), "{plan:?}");
    }

    fn settings(&self) -> PathBuf {
        self.world.home().join(".claude/settings.json")
    }

    fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.settings()).unwrap();
        assert!(text.contains(from), "{from} in {text}");
        std::fs::write(self.settings(), text.replacen(from, to, 1)).unwrap();
    }

    fn hook(&self) -> PathBuf {
        self.installed.program("thumbturn-hook")
    }

    /// The codes of what is wrong, or worth knowing; the exit code must say whether something is wrong.
    async fn doctor(&self) -> Vec<String> {
        self.doctor_with(&[]).await
    }

    async fn doctor_with(&self, environment: &[(&str, &str)]) -> Vec<String> {
        let words = ["doctor", "--json"];
        let from = self.project.path();
        let ended = self
            .installed
            .thumbturn_with(&self.world, from, &words, environment);
        let ended = ended.await.unwrap();
        let said: Value = serde_json::from_str(&ended.stdout).unwrap_or_default();
        assert!(said.is_object(), "{ended:?}");
        let findings = said["findings"].as_array().unwrap();
        let any = findings.iter().any(|one| one["fault"] == true);
        assert_eq!(ended.code, Some(i32::from(any)), "{ended:?}");
        for one in findings {
            let (words, fix) = (one["words"].as_str().unwrap(), one["fix"].as_str().unwrap());
            assert!(words.ends_with('.') && fix.ends_with('.'), "{one}");
        }
        let codes = findings
            .iter()
            .map(|one| one["code"].as_str().unwrap().to_owned());
        // This desktop has no tray, unless a story brings one.
        codes.filter(|code| code != "no_tray_host").collect()
    }
}

fn mode(file: &Path, mode: u32) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_setup_has_no_finding_and_says_so() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let ward = Ward::in_world(world);
    assert_eq!(ward.doctor().await, ["hook_not_installed"]);
    ward.installs().await;
    assert_eq!(ward.doctor().await, Vec::<String>::new());
    let words = ward.thumbturn(&["doctor"]).await;
    for line in [
        "The gate answers",
        "Duo knows the keys, and would ring dana's phone.",
        "Claude Code asks the gate (user settings)",
    ] {
        assert!(words.stdout.contains(line), "{words:?}");
    }
}

/// What a settings file, a program or a variable can do to the hook.
#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_the_agent_from_asking_is_named() {
    let (world, _gate) = World::set_up().await.unwrap();
    let ward = Ward::in_world(world);
    ward.installs().await;
    let sound = std::fs::read_to_string(ward.settings()).unwrap();
    for (from, to, code) in [
        (
            "\"matcher\": \"*\"",
            "\"matcher\": \"Bash\"",
            "hook_entry_changed",
        ),
        (
            "\"onFailure\": \"block\"",
            "\"onFailure\": \"continue\"",
            "hook_entry_changed",
        ),
        (
            "\"timeout\": 630",
            "\"timeout\": \"630\"",
            "agent_settings_malformed",
        ),
        ("{\n", "{ // mine\n", "agent_settings_ignored"),
        ("{\n", "{ ]\n", "agent_settings_unreadable"),
        ("\"PreToolUse\"", "\"PreToolUsed\"", "hook_event_missing"),
        (
            "{\n",
            "{ \"disableAllHooks\": true,\n",
            "hooks_switched_off",
        ),
        (
            &*format!("\"{}\"", ward.hook().display()),
            "\"thumbturn-hook\"",
            "hook_relative",
        ),
        (
            "\"PreToolUse\": [",
            "\"PreToolUse\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"lint\"}]},",
            "rival_hook",
        ),
    ] {
        std::fs::write(ward.settings(), &sound).unwrap();
        ward.edit(from, to);
        let found = ward.doctor().await;
        assert!(found.contains(&code.to_owned()), "{code}: {found:?}");
    }
    std::fs::remove_file(ward.settings()).unwrap();
    assert_eq!(ward.doctor().await, ["hook_not_installed"]);
    std::fs::write(ward.settings(), &sound).unwrap();
    assert_eq!(ward.doctor().await, Vec::<String>::new());

    let project = ward.project.path().join(".claude/settings.json");
    std::fs::create_dir(project.parent().unwrap()).unwrap();
    std::fs::write(&project, "{\"disableAllHooks\": true}").unwrap();
    assert_eq!(ward.doctor().await, ["hooks_switched_off"]);
    std::fs::remove_file(&project).unwrap();

    let variable = ward.doctor_with(&[("CLAUDE_CODE_SIMPLE", "1")]).await;
    assert_eq!(variable, ["variable_switches_off"]);
    ward.agent("2.1.197");
    assert_eq!(ward.doctor().await, ["agent_old"]);
    ward.agent("2.1.330");

    mode(&ward.hook(), 0o644);
    assert_eq!(ward.doctor().await, ["hook_not_executable"]);
    mode(&ward.hook(), 0o777);
    assert_eq!(ward.doctor().await, ["hook_writable_by_others"]);
    mode(&ward.hook(), 0o755);
    let mut bytes = std::fs::read(ward.hook()).unwrap();
    bytes.push(0);
    std::fs::write(ward.hook(), bytes).unwrap();
    assert_eq!(ward.doctor().await, ["hook_foreign"]);
    std::fs::remove_file(ward.hook()).unwrap();
    assert_eq!(ward.doctor().await, ["hook_missing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_codex_does_not_trust_is_named() {
    let (world, _gate) = World::set_up().await.unwrap();
    let ward = Ward::in_world(world);
    let installed = ward.thumbturn(&["install", "codex"]).await;
    assert_eq!(installed.code, Some(0), "{installed:?}");
    assert_eq!(ward.doctor().await, Vec::<String>::new());
    let config = ward.world.home().join(".codex/config.toml");
    std::fs::write(&config, "").unwrap();
    assert!(ward.doctor().await.contains(&"hook_untrusted".to_owned()));
    std::fs::write(&config, "[features]\nhooks = false\n").unwrap();
    assert!(
        ward.doctor()
            .await
            .contains(&"hooks_switched_off".to_owned())
    );
}

/// What is wrong with the gate, or with the files by which hooks find it.
#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_the_gate_from_answering_is_named() {
    let (world, gate) = World::turned_on().await.unwrap();
    let ward = Ward::in_world(world);
    ward.installs().await;
    gate.process().signal(Signal::STOP).unwrap();
    assert_eq!(ward.doctor().await, ["gate_hangs"]);
    gate.process().signal(Signal::CONT).unwrap();
    assert_eq!(ward.doctor().await, Vec::<String>::new());
    gate.stop(Signal::KILL).await.unwrap();
    assert_eq!(ward.doctor().await, ["gate_gone"]);

    let endpoint = ward.world.paths.endpoint();
    let sound = std::fs::read_to_string(&endpoint).unwrap();
    let value: Value = serde_json::from_str(&sound).unwrap();
    let port = value["port"].as_u64().unwrap();
    let squatter =
        std::net::TcpListener::bind(("127.0.0.1", u16::try_from(port).unwrap())).unwrap();
    std::thread::spawn(move || {
        for stream in squatter.incoming().flatten() {
            use std::io::{Read as _, Write as _};
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        }
    });
    assert_eq!(ward.doctor().await, ["port_squatted"]);

    mode(&endpoint, 0o644);
    assert_eq!(ward.doctor().await, ["endpoint_unsafe"]);
    mode(&endpoint, 0o600);
    std::fs::write(&endpoint, "{").unwrap();
    assert_eq!(ward.doctor().await, ["endpoint_malformed"]);
    let mut other = value;
    other["boot"] = json!("another");
    std::fs::write(&endpoint, other.to_string()).unwrap();
    assert_eq!(ward.doctor().await, ["endpoint_stale", "gate_not_started"]);
    std::fs::write(&endpoint, &sound).unwrap();
    std::fs::write(ward.world.paths.pin(), "nothing").unwrap();
    assert!(ward.doctor().await.contains(&"pin_unsafe".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_used_are_named() {
    let (world, gate) = World::set_up().await.unwrap();
    let ward = Ward::in_world(world);
    ward.installs().await;
    std::fs::write(
        ward.world.paths.rules(),
        "version = 1\ncolour = \"green\"\n",
    )
    .unwrap();
    assert_eq!(ward.doctor().await, ["rules_broken"]);
    std::fs::remove_file(ward.world.paths.rules()).unwrap();
    gate.stop(Signal::TERM).await.unwrap();
    ward.world.settings("colour = \"green\"\n").unwrap();
    let found = ward.doctor().await;
    assert!(found.contains(&"settings_broken".to_owned()), "{found:?}");
    std::fs::remove_file(ward.world.paths.settings()).unwrap();
    // Nothing more can be written there, to whom it may belong.
    let state = ward.world.paths.state();
    std::fs::remove_dir_all(state).unwrap();
    std::os::unix::fs::symlink("/proc", state).unwrap();
    let found = ward.doctor().await;
    assert!(found.contains(&"disk_full".to_owned()), "{found:?}");
}

/// What Duo says of keys, clocks and the user.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_between_the_gate_and_the_phone_is_named() {
    let (world, _gate) = World::set_up().await.unwrap();
    let ward = Ward::in_world(world);
    ward.installs().await;
    let tenant = &ward.world.tenant;
    let dana = tenant.user("dana").unwrap();
    let fail = |code| Script::always(Endpoint::Check, Fault::Fail { code, detail: None });
    for (script, code) in [
        (
            Script::always(Endpoint::Ping, Fault::DropBeforeReading),
            "duo_unreachable",
        ),
        (
            Script::always(Endpoint::Ping, Fault::Html { status: 502 }),
            "duo_odd_answer",
        ),
        (fail(40103), "duo_wrong_keys"),
        (fail(40301), "duo_refuses"),
        (Script::Skew(7_000), "clock_skew"),
        (
            Script::Certificate(Certificate::SelfSigned),
            "duo_tls_intercepted",
        ),
        (
            Script::Certificate(Certificate::Expired),
            "duo_certificate_time",
        ),
    ] {
        tenant.script(script);
        assert_eq!(ward.doctor().await, [code]);
        tenant.script(Script::Clear);
    }
    for (user, code) in [
        (
            User {
                status: UserStatus::LockedOut,
                ..dana.clone()
            },
            "user_locked_out",
        ),
        (
            User {
                status: UserStatus::Bypass,
                ..dana.clone()
            },
            "user_bypasses",
        ),
        (
            User {
                status: UserStatus::Disabled,
                ..dana.clone()
            },
            "user_denied",
        ),
        (
            User {
                devices: Vec::<Device>::new(),
                ..dana.clone()
            },
            "user_not_enrolled",
        ),
    ] {
        tenant.set_user(user);
        assert_eq!(ward.doctor().await, [code]);
    }
    tenant.set_user(dana);
    assert_eq!(ward.doctor().await, Vec::<String>::new());
    ward.world
        .settings("proxy = \"http://127.0.0.1:9\"\n")
        .unwrap();
    assert_eq!(ward.doctor().await, ["proxy_in_the_way"]);
    ward.world
        .settings("device = \"DPXXXXXXXXXXXXXXXXXX\"\n")
        .unwrap();
    assert_eq!(ward.doctor().await, ["device_unknown"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_that_was_not_finished_says_what_comes_next() {
    let world = World::empty(Config::default(), Keyring::Unlocked)
        .await
        .unwrap();
    let ward = Ward::in_world(world);
    let found = ward.doctor().await;
    assert_eq!(
        found,
        ["hook_not_installed", "not_connected", "gate_not_started"]
    );
    let connected = ward.world.connect(harness::SignInWith::Push).await.unwrap();
    assert_eq!(connected.code, Some(0), "{connected:?}");
    let _gate = ward.world.gate().await.unwrap();
    ward.installs().await;
    assert_eq!(ward.doctor().await, ["signed_out"]);
    let locked = ward.world.desktop.lock().await;
    locked.unwrap();
    assert!(ward.doctor().await.contains(&"keychain_locked".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_bus_the_keychain_is_named() {
    let world = World::empty(Config::default(), Keyring::NoBus)
        .await
        .unwrap();
    let ward = Ward::in_world(world);
    let found = ward.doctor().await;
    assert!(found.contains(&"keychain_missing".to_owned()), "{found:?}");
}

/// Whatever it holds, none of it is a secret.
#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_for_support_holds_no_secret() {
    let (world, _gate) = World::turned_on().await.unwrap();
    let ward = Ward::in_world(world);
    let spoken = ward
        .world
        .ask(&harness::bash("s1", "cat /etc/hostname"))
        .await
        .unwrap();
    assert_eq!(spoken, harness::Spoken::NoWord);
    let file = ward.project.path().join("help.zip");
    let name = file.display().to_string();
    let ended = ward.thumbturn(&["doctor", "--bundle", &name]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let out = tokio::process::Command::new("python3")
        .args(["-c", "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nfor n in z.namelist(): print(n); print(z.read(n).decode())"])
        .arg(&file)
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    for part in [
        "doctor.json",
        "agents.json",
        "gate.json",
        "machine.json",
        "log.jsonl",
        "shell.reads",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let token = ward.world.endpoint().unwrap().token.reveal().to_owned();
    for kept in ward.world.desktop.kept().await.unwrap().into_iter().chain([
        token,
        ward.world.tenant.secret_key(),
        ward.world.tenant.client_secret(),
        "hostname".to_owned(),
    ]) {
        assert!(!text.contains(&kept), "{kept} in {text}");
    }
    let again = ward.thumbturn(&["doctor", "--bundle", &name]).await;
    assert!(again.stderr.contains("is not there yet"), "{again:?}");
}
