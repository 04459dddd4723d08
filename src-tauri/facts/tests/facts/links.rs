//! One home with links, a project and a worktree, as an agent could lay them out.

use std::fs::{create_dir_all, write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;
use thumbturn_core::policy::{judge, wants};
use thumbturn_core::{Agent, Ask, Decision, Facts, Risk, Rules};
use thumbturn_facts::Place;
use thumbturn_wire::{Input, Paths};

pub(crate) struct Home {
    pub(crate) dir: tempfile::TempDir,
    place: Place,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path();
        for name in [".ssh", "shop/src", "shop/.git/worktrees/two", "two"] {
            create_dir_all(home.join(name)).unwrap();
        }
        write(home.join(".ssh/id_rsa"), "x").unwrap();
        write(home.join("shop/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
        write(
            home.join("shop/.git/worktrees/two/HEAD"),
            "ref: refs/heads/fix/two\n",
        )
        .unwrap();
        write(
            home.join("two/.git"),
            format!("gitdir: {}/shop/.git/worktrees/two\n", home.display()),
        )
        .unwrap();
        write(home.join("shop/src/main.rs"), "x").unwrap();
        symlink(home.join(".ssh/id_rsa"), home.join("shop/src/notes.txt")).unwrap();
        symlink("../.ssh", home.join("shop/docs")).unwrap();
        symlink("loop", home.join("shop/loop")).unwrap();
        symlink(home.join(".config/thumbturn"), home.join("shop/cfg")).unwrap();
        let place = Place::new(
            &Paths::under(home),
            Some(Path::new("/opt/thumbturn/thumbturn-tray")),
        );
        Self { dir, place }
    }

    pub(crate) fn ask(&self, below: &str, tool: &str, input: &str) -> Ask {
        Ask {
            agent: Agent::Claude,
            moment: Default::default(),
            session: "s".into(),
            call: None,
            prompt: None,
            subagent: None,
            cwd: self.dir.path().join(below).display().to_string(),
            tool: tool.into(),
            input: Input::try_from(input.to_owned()).unwrap(),
        }
    }

    pub(crate) fn facts(&self, ask: &Ask) -> Facts {
        self.place
            .resolve(ask, &wants(ask), Instant::now() + Duration::from_secs(60))
    }

    fn real(&self, below: &str) -> String {
        let home = self.dir.path().canonicalize().unwrap();
        home.join(below).display().to_string()
    }
}

#[test]
fn a_link_is_followed_to_what_it_leads_to_whether_or_not_that_exists() {
    let home = Home::new();
    for (path, decision, rule) in [
        ("src/main.rs", Decision::Harmless, "agent.read"),
        ("src/new.rs", Decision::Harmless, "agent.read"),
        (
            "src/notes.txt",
            Decision::Unsure(Risk::High),
            "paths.secret",
        ),
        (
            "docs/known_hosts",
            Decision::Unsure(Risk::High),
            "paths.secret",
        ),
        ("docs/../shop/src/main.rs", Decision::Harmless, "agent.read"),
        (
            "src/../../.ssh/x",
            Decision::Unsure(Risk::High),
            "paths.secret",
        ),
        ("cfg/rules.toml", Decision::Unsure(Risk::High), "paths.own"),
        ("~/.ssh/x", Decision::Unsure(Risk::High), "paths.secret"),
        (
            "/opt/thumbturn/thumbturn-hook",
            Decision::Unsure(Risk::High),
            "paths.own",
        ),
        ("loop/x", Decision::Unsure(Risk::Normal), "paths.unresolved"),
    ] {
        let ask = home.ask("shop", "Read", &format!(r#"{{"file_path":"{path}"}}"#));
        let judged = judge(&ask, &home.facts(&ask), &Rules::default());
        assert_eq!(
            (judged.decision, judged.rule.0.as_str()),
            (decision, rule),
            "{path}"
        );
    }
}

#[test]
fn the_rest_of_a_path_that_is_not_there_is_appended() {
    let home = Home::new();
    let ask = home.ask("shop", "Write", r#"{"file_path":"docs/new/a/../key"}"#);
    let facts = home.facts(&ask);
    assert_eq!(
        facts.paths.get("docs/new/a/../key"),
        Some(&home.real(".ssh/new/key"))
    );
}

#[test]
fn the_project_and_its_branch_are_found_from_below_and_in_a_worktree() {
    let home = Home::new();
    for (below, project, branch) in [
        ("shop/src", Some("shop"), Some("main")),
        ("two", Some("two"), Some("fix/two")),
    ] {
        let facts = home.facts(&home.ask(below, "Bash", "{}"));
        assert_eq!(facts.cwd, Some(home.real(below)));
        assert_eq!(
            facts.project,
            project.map(|name| home.real(name)),
            "{below}"
        );
        assert_eq!(facts.branch.as_deref(), branch, "{below}");
    }
    let gone = home.facts(&home.ask("gone", "Bash", "{}"));
    assert_eq!((gone.cwd, gone.project, gone.branch), (None, None, None));
}

#[test]
fn no_time_leaves_what_is_the_same_for_every_ask() {
    let home = Home::new();
    let ask = home.ask("shop", "Read", r#"{"file_path":"src/main.rs"}"#);
    let facts = home.place.resolve(&ask, &wants(&ask), Instant::now());
    assert_eq!(facts, home.place.alone());
    assert_eq!(
        facts.home,
        Some(home.real("")).map(|home| home.trim_end_matches('/').to_owned())
    );
    let judged = judge(&ask, &facts, &Rules::default());
    assert_eq!(judged.decision, Decision::Unsure(Risk::Normal));
}
