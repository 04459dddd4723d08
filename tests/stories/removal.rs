//! What a package says when it is removed: whose agents still start the hook that goes, and how to free them.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use harness::{Ended, Proc, programs};
use pretty_assertions::assert_eq;
use serde_json::Value;
use tempfile::TempDir;

const SCRIPT: &str = "package/removal.sh";

fn window() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().join("src-tauri")
}

/// A system with our programs where a package puts them, and people with homes.
struct System(TempDir);

impl System {
    fn new() -> Self {
        let system = Self(TempDir::with_prefix("thumbturn-system-").unwrap());
        let bin = system.at("usr/bin");
        std::fs::create_dir_all(&bin).unwrap();
        let ours = programs().unwrap();
        for program in [&ours.hook, &ours.cli] {
            std::fs::copy(program, bin.join(program.file_name().unwrap())).unwrap();
        }
        for home in ["root", "home/dana/shop/.git", "home/kim"] {
            std::fs::create_dir_all(system.at(home)).unwrap();
        }
        let users = "root:x:0:0::/root:/bin/sh\nnobody:x:9:9::/nonexistent:/bin/false\n\
            dana:x:1000:1000::/home/dana:/bin/sh\nkim:x:1001:1001:Kim, \"K\":/home/kim:/bin/sh\n";
        system.put("etc/passwd", users);
        system
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let file = self.at(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    async fn thumbturn(&self, home: &str, words: &[&str]) {
        let (home, cli) = (self.at(home), self.at("usr/bin/thumbturn"));
        let process = Proc::start(&cli, |command| {
            command.arg("--home").arg(&home).args(words).env_clear();
            command.current_dir(home.join("shop"));
        });
        let ended = process.unwrap().feed(b"").await.unwrap();
        assert_eq!(ended.code, Some(0), "{words:?}: {ended:?}");
    }

    /// What the package manager calls.
    async fn script(&self, words: &[&str]) -> Ended {
        let process = Proc::start(Path::new("sh"), |command| {
            command.arg(window().join(SCRIPT)).args(words);
            command.env_clear().env("PATH", "/usr/bin:/bin");
            command.env("THUMBTURN_ROOT", self.0.path());
        });
        process.unwrap().feed(b"").await.unwrap()
    }

    /// The files that it names; it may never fail.
    async fn named(&self, words: &[&str]) -> Vec<String> {
        let ended = self.script(words).await;
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (Some(0), ""),
            "{ended:?}"
        );
        let named: Vec<_> = ended
            .stderr
            .lines()
            .filter_map(|line| line.strip_prefix("  "))
            .map(str::to_owned)
            .collect();
        let frees = ["delete the", "entries", "thumbturn uninstall --all"];
        assert_eq!(
            frees.iter().all(|words| ended.stderr.contains(words)),
            !named.is_empty(),
            "{ended:?}"
        );
        assert_eq!(ended.stderr.is_empty(), named.is_empty(), "{ended:?}");
        named
    }

    fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn collect(dir: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in std::fs::read_dir(dir).unwrap() {
                let entry = entry.unwrap();
                match entry.file_type().unwrap() {
                    kind if kind.is_dir() => collect(&entry.path(), all),
                    kind if kind.is_file() => {
                        all.insert(entry.path(), std::fs::read(entry.path()).unwrap());
                    }
                    _ => {}
                }
            }
        }
        let mut all = BTreeMap::new();
        collect(self.0.path(), &mut all);
        all
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_removes_it_hears_which_agents_still_start_the_hook() {
    let system = System::new();
    assert_eq!(system.named(&["remove"]).await, Vec::<String>::new());
    let mut expected = Vec::new();
    for (agent, file) in [
        ("claude", ".claude/settings.json"),
        ("codex", ".codex/hooks.json"),
        ("copilot", ".copilot/hooks/thumbturn.json"),
        ("gemini", ".gemini/settings.json"),
    ] {
        system.thumbturn("home/dana", &["install", agent]).await;
        expected.push(system.at("home/dana").join(file).display().to_string());
    }
    system
        .thumbturn("home/dana", &["install", "claude", "--project"])
        .await;
    let project = system.at("home/dana/shop/.claude/settings.local.json");
    expected.push(project.display().to_string());
    let hook = system.at("usr/bin/thumbturn-hook");
    let managed = format!(
        "{{\"hooks\": {{\"PreToolUse\": [\"{} claude\"]}}}}",
        hook.display()
    );
    let name = "etc/claude-code/managed-settings.d/50-thumbturn.json";
    system.put(name, &managed);
    expected.insert(0, system.at(name).display().to_string());

    let before = system.everything();
    // Debian's word and RPM's count.
    for words in [
        &["remove"][..],
        &["0"],
        &["remove", "in-favour", "other", "1"],
    ] {
        assert_eq!(system.named(words).await, expected, "{words:?}");
    }
    for words in [
        &["upgrade", "0.2.0"][..],
        &["1"],
        &["failed-upgrade"],
        &["deconfigure"],
        &[],
    ] {
        assert_eq!(system.named(words).await, Vec::<String>::new(), "{words:?}");
    }
    assert_eq!(system.everything(), before);

    std::fs::remove_file(system.at(name)).unwrap();
    system.thumbturn("home/dana", &["uninstall", "--all"]).await;
    assert_eq!(system.named(&["remove"]).await, Vec::<String>::new());
}

/// It runs as root over files of others, and may neither hang nor fail there.
#[tokio::test(flavor = "multi_thread")]
async fn odd_files_neither_stop_it_nor_count() {
    let system = System::new();
    let pipe = system.at("home/dana/.claude/settings.json");
    std::fs::create_dir_all(pipe.parent().unwrap()).unwrap();
    let mut mkfifo = tokio::process::Command::new("mkfifo");
    assert!(mkfifo.arg(&pipe).status().await.unwrap().success());
    std::fs::create_dir_all(system.at("home/dana/.codex/hooks.json")).unwrap();
    std::fs::create_dir_all(system.at("home/dana/.gemini")).unwrap();
    symlink("/dev/zero", system.at("home/dana/.gemini/settings.json")).unwrap();
    // Somebody else's build of it stays where it is.
    let own = "{\"command\": \"/home/kim/.local/bin/thumbturn-hook\"}";
    system.put("home/kim/.claude/settings.json", own);
    let list = "[{\"path\":\"/dev/zero\"},{\"path\":\"relative\"},{\"path\":7}]";
    system.put("home/kim/.local/state/thumbturn/agents.json", list);
    assert_eq!(system.named(&["remove"]).await, Vec::<String>::new());
    // A name that would write on root's terminal.
    let hook = system.at("usr/bin/thumbturn-hook").display().to_string();
    let dir = system.at("home/kim/\u{1b}[2J");
    system.put("home/kim/\u{1b}[2J/settings.json", &hook);
    let list = format!("[{{\"path\":\"{}/settings.json\"}}]", dir.display());
    system.put("home/kim/.local/state/thumbturn/agents.json", &list);
    let shown = dir.display().to_string().replace('\u{1b}', "");
    let named = system.named(&["remove"]).await;
    assert_eq!(named, [format!("{shown}/settings.json")]);
    std::fs::remove_file(system.at("etc/passwd")).unwrap();
    assert_eq!(system.named(&["remove"]).await, Vec::<String>::new());
}

#[test]
fn both_kinds_of_packages_bring_it() {
    let text = std::fs::read_to_string(window().join("tauri.conf.json")).unwrap();
    let settings: Value = serde_json::from_str(&text).unwrap();
    for kind in ["deb", "rpm"] {
        assert_eq!(settings["bundle"]["linux"][kind]["preRemoveScript"], SCRIPT);
    }
}
