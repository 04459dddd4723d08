use std::collections::BTreeMap;

use pretty_assertions::assert_eq;

use super::*;

fn facts() -> Facts {
    Facts {
        cwd: Some("/home/dana/shop".into()),
        home: Some("/home/dana".into()),
        own: vec!["/opt/thumbturn".into(), "/run/user/1000/thumbturn".into()],
        ..Facts::default()
    }
}

fn rule_in(text: &str, write: bool, facts: &Facts) -> Option<&'static str> {
    let path = Path {
        text: text.into(),
        write,
    };
    protected(&path, "/home/dana/shop", facts).map(|(rule, _)| rule)
}

fn read(text: &str) -> Option<&'static str> {
    rule_in(text, false, &facts())
}

fn write(text: &str) -> Option<&'static str> {
    rule_in(text, true, &facts())
}

#[test]
fn a_secret_is_one_by_every_spelling() {
    for text in [
        "/home/dana/.ssh/id_ed25519",
        "~/.ssh/config",
        "$HOME/.ssh",
        "${HOME}/.ssh/x",
        "~dana/.ssh/id_rsa",
        "../.ssh/id_rsa",
        "../../dana/.ssh/id_rsa",
        "//home//dana/./.ssh",
        "/proc/self/root/home/dana/.ssh",
        "/proc/1/root/home/dana/.ssh/x",
        "/proc/self/cwd/../.ssh",
        "$PWD/../.ssh/id_rsa",
        "file:///home/dana/.ssh/id_rsa",
        "file://localhost/home/dana/%2essh/id_rsa",
        "%7e/.ssh/x",
        "--key=~/.ssh/id_rsa",
        "@~/.netrc",
        "~/.ss?/id_rsa",
        "~/.s[s]h/id_rsa",
        "~/.ssh /x",
        "/home/eve/.ssh/id_rsa",
        "/root/.ssh",
        "/Users/dana/.ssh/id_rsa",
        "~\\.ssh\\id_rsa",
    ] {
        assert_eq!(read(text), Some("paths.secret"), "{text}");
        assert_eq!(write(text), Some("paths.secret"), "{text}");
    }
}

#[test]
fn what_rings_when_it_is_read() {
    for text in [
        ".env",
        ".env.production",
        "config/.env.local",
        "~/.aws/credentials",
        "~/.config/gh/hosts.yml",
        "~/.local/share/keyrings/login.keyring",
        "/run/user/1000/keyring/control",
        "/proc/42/environ",
        "/proc/self/mem",
        "/proc/self/fd/3",
        "/proc/42/task/43/environ",
        "/etc/shadow",
        "/etc/sudoers.d/x",
        "~/.mozilla/firefox/x/logins.json",
        "~/.bash_history",
        "certs/server.pem",
        "deploy/service-account-prod.json",
        "~/.claude/.credentials.json",
        "~/.local/state/thumbturn/audit.jsonl",
        "/run/user/1000/thumbturn/endpoint.json",
        "id_rs*",
    ] {
        assert!(read(text).is_some(), "{text}");
    }
}

#[test]
fn what_is_read_all_day_rings_nobody() {
    for text in [
        "src/main.rs",
        ".env.example",
        ".gitignore",
        ".git/config",
        "~/.bashrc",
        "~/.claude/settings.json",
        "~/.config",
        "/etc/os-release",
        "/etc/passwd",
        "/proc/cpuinfo",
        "/proc/self/status",
        "/usr/share/doc",
        "~",
        ".",
        "**/*.rs",
        "*",
        "ls",
        "/dev/null",
        "src/ssh.rs",
        "docs/.sshort",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn what_rings_when_it_is_written() {
    for (text, rule) in [
        ("~/.claude/settings.json", "paths.agent"),
        (".claude/settings.local.json", "paths.agent"),
        (".claude/hooks/x.sh", "paths.agent"),
        (".claude", "paths.agent"),
        ("~/.claude.json", "paths.agent"),
        (".mcp.json", "paths.agent"),
        ("sub/.vscode/tasks.json", "paths.agent"),
        ("~/.codex/config.toml", "paths.agent"),
        ("~/.bashrc", "paths.startup"),
        (".envrc", "paths.startup"),
        ("~/.config/autostart/x.desktop", "paths.startup"),
        ("~/.config/systemd/user/x.service", "paths.startup"),
        (".husky/pre-commit", "paths.startup"),
        (".git/hooks/pre-commit", "paths.git"),
        (".git/config", "paths.git"),
        ("sub/.git/info/attributes", "paths.git"),
        ("/etc/cron.d/x", "paths.system"),
        ("/usr/local/bin/ls", "paths.system"),
        ("~/.config/thumbturn/rules.toml", "paths.own"),
        (".thumbturn/rules.toml", "paths.own"),
        ("/opt/thumbturn/thumbturn-hook", "paths.own"),
        ("x/thumbturn-hook", "paths.own"),
        (".cl*/settings.json", "paths.agent"),
    ] {
        assert_eq!(write(text), Some(rule), "{text}");
    }
}

#[test]
fn what_lies_above_a_protected_place_is_written_with_it() {
    for text in ["~", "/", "/home/dana", "~/.config", "~/Library"] {
        assert!(write(text).is_some(), "{text}");
    }
    for text in [
        "src",
        "/home/dana/shop",
        "target/x",
        "/tmp/x",
        "~/notes.txt",
        "README.md",
    ] {
        assert_eq!(write(text), None, "{text}");
    }
}

#[test]
fn what_a_link_leads_to_counts() {
    let leads = |to: &str| Facts {
        paths: BTreeMap::from([("notes".into(), to.into())]),
        ..facts()
    };
    assert_eq!(
        rule_in("notes", false, &leads("/home/dana/.ssh/id_rsa")),
        Some("paths.secret")
    );
    assert_eq!(
        rule_in("notes", true, &leads("/home/dana/shop/.git/config")),
        Some("paths.git")
    );
    assert_eq!(
        rule_in("notes", true, &leads("/home/dana/shop/notes")),
        None
    );
}

#[test]
fn names_fold_where_the_system_folds_them() {
    let folds = Facts {
        folds_case: true,
        ..facts()
    };
    assert_eq!(
        rule_in("~/.SSH/id_rsa", false, &folds),
        Some("paths.secret")
    );
    assert_eq!(rule_in(".Git/config", true, &folds), Some("paths.git"));
    assert_eq!(rule_in(".Git/config", true, &facts()), None);
}

#[test]
fn where_the_home_is_not_known_any_will_do() {
    let nowhere = Facts::default();
    assert_eq!(
        rule_in("~/.ssh/id_rsa", false, &nowhere),
        Some("paths.secret")
    );
    assert_eq!(
        rule_in("/home/eve/.ssh", false, &nowhere),
        Some("paths.secret")
    );
}

#[test]
fn every_row_says_why() {
    for row in TABLE {
        assert!(
            !row.why.is_empty() && row.rule.starts_with("paths."),
            "{row:?}"
        );
    }
}
