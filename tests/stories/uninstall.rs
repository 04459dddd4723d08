//! Taking it out: refused while it guards, whole when it goes, and nothing of it stays.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use duo_tenant::{Config, Tap};
use harness::{Ended, Keyring, Shell, USER, World, until};
use pretty_assertions::assert_eq;
use tempfile::TempDir;

/// What the person had in each agent before: comments where the agent takes them, and a style of their own.
const THEIRS: [(&str, &str); 5] = [
    (
        ".claude/settings.json",
        "{\n\t\"model\":   \"opus\",\n\t\"hooks\": { \"Stop\": [ {\"hooks\": [{\"type\": \"command\", \"command\": \"say done\"}]} ] }\n}",
    ),
    (".claude/skills/mine/SKILL.md", "# Mine\n"),
    (
        ".codex/config.toml",
        "# mine\nmodel = \"gpt-5\"   # the big one\n\n[tui]\nnotifications = true\n",
    ),
    (
        ".gemini/settings.json",
        "// Settings of mine\r\n{\r\n  /* dark */ \"ui\": {\"theme\": \"Dracula\"},\r\n}\r\n",
    ),
    (".copilot/config.json", "{ \"banner\": \"never\" }\n"),
];

const AGENTS: [&str; 4] = ["claude", "codex", "gemini", "copilot"];

/// A person with our programs in `~/.local/bin` and settings of their own.
struct Person {
    world: World,
    shell: Shell,
    project: TempDir,
}

impl Person {
    async fn new() -> Self {
        Self::on(Keyring::Unlocked).await
    }

    async fn on(keyring: Keyring) -> Self {
        let world = World::empty(Config::default(), keyring).await.unwrap();
        let bin = world.home().join(".local/bin");
        std::fs::create_dir_all(&bin).unwrap();
        let ours = world.programs;
        for program in [&ours.hook, &ours.cli, &ours.tray] {
            std::fs::copy(program, bin.join(program.file_name().unwrap())).unwrap();
        }
        for (name, text) in THEIRS {
            put(&world.home().join(name), text);
        }
        let project = TempDir::with_prefix("thumbturn-project-").unwrap();
        std::fs::create_dir(project.path().join(".git")).unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
        let environment = [("PATH", path.as_str())];
        let shell = Shell::open(&world, project.path(), &environment).await;
        let shell = shell.unwrap();
        Self {
            world,
            shell,
            project,
        }
    }

    async fn runs(&mut self, line: &str) -> Ended {
        self.shell.runs(line).await.unwrap()
    }

    /// The same, where it must go well.
    async fn does(&mut self, line: &str) -> String {
        let ended = self.runs(line).await;
        assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
        ended.stdout
    }

    /// The same, while whatever rings is approved.
    async fn does_with_a_tap(&mut self, line: &str) {
        let typed = self.shell.types(line, "").await.unwrap();
        let push = self.world.push().await.unwrap();
        self.world.tenant.tap(&push.txid, Tap::Approve).unwrap();
        let ended = typed.ends().await.unwrap();
        assert_eq!(ended.code, Some(0), "{line}: {ended:?}");
    }

    /// Where one of the agent's files cannot be read, which is named with its line.
    async fn is_refused(&mut self, line: &str, file: &Path) {
        let refused = self.runs(line).await;
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (Some(4), ""),
            "{refused:?}"
        );
        let start = format!("{} is no JSON", file.display());
        assert!(refused.stderr.starts_with(&start), "{refused:?}");
        assert!(refused.stderr.contains(" on line 4 "), "{refused:?}");
        let hint = "hint: mend the file, then try again; nothing was changed.\n";
        assert!(refused.stderr.ends_with(hint), "{refused:?}");
    }

    /// Connected, and signed in with a push.
    async fn sets_up(&mut self) {
        let tenant = &self.world.tenant;
        let ca = self.project.path().join("ca.pem");
        std::fs::write(&ca, tenant.ca_pem()).unwrap();
        let (host, key) = (tenant.host(), tenant.integration_key());
        let secret = tenant.secret_key();
        let line = format!(
            "thumbturn-tray connect --host {host} --ikey {key} --ca {}",
            ca.display()
        );
        let typed = self.shell.types(&line, &secret).await.unwrap();
        let ended = typed.ends().await.unwrap();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        self.does_with_a_tap(&format!("thumbturn signin --user {USER}"))
            .await;
    }

    /// Every file in the home and the project, but what the desktop itself keeps there.
    fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        for root in [self.world.home(), self.project.path()] {
            collect(root, &mut all);
        }
        let desktops = [
            ".local/share/keyrings",
            ".cache",
            "tmp",
            "opened",
            "runtime",
        ];
        let desktops = desktops.map(|name| self.world.home().join(name));
        all.retain(|path, _| !desktops.iter().any(|own| path.starts_with(own)));
        all
    }

    fn autostart(&self) -> PathBuf {
        let config = self.world.home().join(".config");
        config.join("autostart/thumbturn.desktop")
    }
}

fn put(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn collect(dir: &Path, all: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), all);
        } else if kind.is_file() {
            all.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
}

fn ours(dir: &Path) -> Vec<PathBuf> {
    let mut all = BTreeMap::new();
    collect(dir, &mut all);
    let is_ours = |path: &PathBuf| path.to_string_lossy().contains("thumbturn");
    all.into_keys().filter(is_ours).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_it_goes_and_everything_else_is_as_it_was() {
    let mut person = Person::new().await;
    // Its certificate authority is the story's, not ours.
    put(
        &person.project.path().join("ca.pem"),
        &person.world.tenant.ca_pem(),
    );
    let before = person.everything();
    assert_eq!(
        person.world.desktop.kept().await.unwrap(),
        Vec::<String>::new()
    );
    person.world.settings("start_at_login = true\n").unwrap();
    person.sets_up().await;
    for agent in AGENTS {
        person.does(&format!("thumbturn install {agent}")).await;
    }
    person.does("thumbturn install claude --project").await;
    let elsewhere = TempDir::with_prefix("thumbturn-elsewhere-").unwrap();
    std::fs::create_dir(elsewhere.path().join(".git")).unwrap();
    let there = elsewhere.path().display().to_string();
    person
        .does(&format!(
            "cd {there} && thumbturn install gemini --project && cd -"
        ))
        .await;
    person.does("thumbturn on").await;
    person.does_with_a_tap("thumbturn off").await;

    // All that must go is there.
    let installed = person.everything();
    for (name, text) in THEIRS {
        let is_touched = name.ends_with("settings.json") || name.ends_with(".toml");
        let now = &installed[&person.world.home().join(name)];
        assert_eq!(now != text.as_bytes(), is_touched, "{name}");
    }
    assert_eq!(person.world.desktop.kept().await.unwrap().len(), 3);
    if person.shell.is_confined() {
        let autostart = std::fs::read_to_string(person.autostart()).unwrap();
        let tray = person.world.home().join(".local/bin/thumbturn-tray");
        assert!(autostart.contains(&tray.display().to_string()));
    }
    let skills = [".claude", ".codex", ".gemini", ".copilot"].map(|agent| {
        person
            .world
            .home()
            .join(agent)
            .join("skills/thumbturn/SKILL.md")
    });
    assert!(skills.iter().all(|skill| installed.contains_key(skill)));

    let said = person.does("thumbturn uninstall --all --purge").await;
    for agent in ["Claude Code", "Codex CLI", "Gemini CLI", "Copilot CLI"] {
        assert!(said.contains(&format!("{agent} no longer asks")), "{said}");
    }
    assert_eq!(person.everything(), before);
    assert_eq!(ours(elsewhere.path()), Vec::<PathBuf>::new());
    assert!(!elsewhere.path().join(".gemini").exists());
    assert_eq!(
        person.world.desktop.kept().await.unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(
        ours(&person.world.home().join("runtime")),
        Vec::<PathBuf>::new()
    );
    let tray = person.world.home().join(".local/bin/thumbturn-tray");
    until("the gate to be gone", async || {
        harness::pids_of(&tray).is_empty().then_some(())
    })
    .await
    .unwrap();
    // A second time there is nothing to do, and that is no failure.
    let again = person.does("thumbturn uninstall --all --purge").await;
    assert!(again.contains("Nothing was changed."), "{again}");
    assert_eq!(person.everything(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_guards_it_stays_in() {
    let mut person = Person::new().await;
    person.sets_up().await;
    person.does("thumbturn install claude").await;
    person.does("thumbturn on").await;
    let before = person.everything();
    for line in [
        "thumbturn uninstall claude",
        "thumbturn uninstall --all",
        "thumbturn uninstall --all --purge",
    ] {
        let refused = person.runs(line).await;
        let words = "Duo mode is on or paused, so nothing was taken out.\nhint: run `thumbturn off` first; it rings your phone.\n";
        let expected = Ended {
            code: Some(1),
            stdout: String::new(),
            stderr: words.to_owned(),
        };
        assert_eq!(refused, expected, "{line}");
        assert_eq!(person.everything(), before, "{line}");
    }
    // What would go can still be seen.
    let seen = person.does("thumbturn uninstall --all --dry-run").await;
    assert!(seen.contains("would change"), "{seen}");
    assert_eq!(person.everything(), before);
    // A pause ends by itself, and must find the gate in its place.
    person.does_with_a_tap("thumbturn pause 15m").await;
    let theirs = person.world.home().join(THEIRS[0].0);
    let guarded = std::fs::read_to_string(&theirs).unwrap();
    let paused = person.runs("thumbturn uninstall claude").await;
    assert_eq!(paused.code, Some(1), "{paused:?}");
    assert_eq!(std::fs::read_to_string(&theirs).unwrap(), guarded);
    person.does_with_a_tap("thumbturn off").await;
    person.does("thumbturn uninstall claude").await;
    assert_eq!(std::fs::read_to_string(theirs).unwrap(), THEIRS[0].1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_install_changes_nothing() {
    let mut person = Person::new().await;
    for agent in AGENTS {
        person.does(&format!("thumbturn install {agent}")).await;
        let once = person.everything();
        let again = person.does(&format!("thumbturn install {agent}")).await;
        let words = "Everything stands as it should. Nothing was changed.";
        assert!(again.starts_with(words), "{again}");
        assert_eq!(person.everything(), once, "{agent}");
    }
}

const BROKEN: &str = "{\n  \"a\": 1,\n  \"b\": [1, 2\n}\n";

/// Neither does it guess, nor does it leave half of it behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_named_with_its_line_and_left_alone() {
    let mut person = Person::new().await;
    for (agent, name) in [
        ("claude", ".claude/settings.json"),
        ("codex", ".codex/hooks.json"),
        ("gemini", ".gemini/settings.json"),
        ("copilot", ".copilot/hooks/thumbturn.json"),
    ] {
        let file = person.world.home().join(name);
        let theirs = std::fs::read_to_string(&file).ok();
        put(&file, BROKEN);
        let before = person.everything();
        person
            .is_refused(&format!("thumbturn install {agent}"), &file)
            .await;
        assert_eq!(person.everything(), before, "{agent}");
        match theirs {
            Some(text) => put(&file, &text),
            None => std::fs::remove_file(&file).unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_keeps_nothing_in_but_what_stands_in_it() {
    let mut person = Person::new().await;
    person.does("thumbturn install claude").await;
    person.does("thumbturn install copilot").await;
    let sound = person.everything();
    let broken = person.world.home().join(".copilot/hooks/thumbturn.json");
    let with_ours = std::fs::read_to_string(&broken).unwrap();
    put(&broken, &format!("{BROKEN}{with_ours}"));
    let before = person.everything();
    for line in [
        "thumbturn uninstall copilot",
        "thumbturn uninstall --all --purge",
    ] {
        person.is_refused(line, &broken).await;
        assert_eq!(person.everything(), before, "{line}");
    }
    put(&broken, &with_ours);
    assert_eq!(person.everything(), sound);
    // One that is none of ours stops nobody.
    put(&person.world.home().join(".gemini/settings.json"), BROKEN);
    put(&person.world.home().join(".codex/config.toml"), "[broken");
    person.does("thumbturn uninstall --all").await;
    assert!(!broken.exists());
    let theirs = person.world.home().join(THEIRS[0].0);
    assert_eq!(std::fs::read_to_string(theirs).unwrap(), THEIRS[0].1);
}

/// Whoever has no keychain at hand hears so, and what to do next.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_forgotten_is_said_with_the_next_step() {
    let mut person = Person::on(Keyring::NoBus).await;
    person.does("thumbturn install claude").await;
    let on = person.runs("thumbturn on").await;
    assert_eq!(on.code, Some(4), "{on:?}");
    let hint = "hint: `thumbturn doctor` says why; most often the keychain is locked or missing.\n";
    assert!(on.stderr.ends_with(hint), "{on:?}");
    let purged = person.runs("thumbturn uninstall --all --purge").await;
    assert_eq!(purged.code, Some(1), "{purged:?}");
    assert!(
        purged.stdout.contains("Claude Code no longer asks"),
        "{purged:?}"
    );
    let hint = "hint: see to that, then run `thumbturn uninstall --all --purge` again.\n";
    assert!(purged.stderr.ends_with(hint), "{purged:?}");
    let theirs = person.world.home().join(THEIRS[0].0);
    assert_eq!(std::fs::read_to_string(theirs).unwrap(), THEIRS[0].1);
}
