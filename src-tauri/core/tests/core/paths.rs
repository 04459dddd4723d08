//! What is protected by where it is, by every tool and every spelling.

use pretty_assertions::assert_eq;
use thumbturn_core::policy::judge;
use thumbturn_core::*;

use crate::world::*;

const HIGH: Decision = Decision::Unsure(Risk::High);
const NORMAL: Decision = Decision::Unsure(Risk::Normal);

fn judged(name: &str, input: &str) -> Judgement {
    let ask = tool(name, input);
    judge(&ask, &facts(&ask), &Rules::none())
}

fn is_floor(judgement: &Judgement, rule: &str) -> bool {
    judgement.decision == HIGH
        && judgement.floor
        && judgement.rule.0 == rule
        && !judgement.flagged.is_empty()
}

#[test]
fn a_secret_rings_when_it_is_read_by_whatever_spelling() {
    for path in [
        "/home/dana/.ssh/id_rsa",
        "~/.ssh/id_rsa",
        "~dana/.ssh/id_rsa",
        "$HOME/.ssh/config",
        "${HOME}/.ssh/config",
        "$PWD/../.ssh/config",
        "../.ssh/config",
        "./src/../../.ssh//config",
        "/home/dana/./.ssh/config",
        "/proc/self/root/home/dana/.ssh/config",
        "/proc/self/cwd/../.ssh/config",
        "/proc/7/environ",
        "file:///home/dana/.ssh/config",
        "file:///home/dana/%2Essh/config",
        "/home/dana/%2essh/config",
        "~/.ss?/config",
        "~/.s*/config",
        "~/.{ssh,x}/config",
        "~/{.ssh,x}/{config,y}",
        "$X/.ssh/config",
        "/home/eve/.ssh/config",
        "/root/.aws/credentials",
        "/Users/dana/.aws/credentials",
        "~/.ssh./config ",
        ".env",
        "apps/web/.env.local",
        "tls/server.pem",
        "/etc/shadow",
        "~/.bash_history",
        "infra/terraform.tfstate",
        "~/.config/google-chrome/Default/Cookies",
        "~/.local/share/keyrings/login.keyring",
        "~/.claude/.credentials.json",
    ] {
        let input = format!(r#"{{"file_path":"{path}"}}"#);
        assert!(
            judged("Read", &input).floor,
            "{path}: {:?}",
            judged("Read", &input)
        );
        assert_eq!(judged("Write", &input).decision, HIGH, "{path}");
    }
}

#[test]
fn what_is_ours_rings_when_it_is_read_and_when_it_is_written() {
    for path in [
        "~/.config/thumbturn/rules.toml",
        "~/.local/state/thumbturn/audit.jsonl",
        "/run/user/1000/thumbturn/endpoint.json",
        "/opt/thumbturn/thumbturn-tray",
    ] {
        for (name, field) in [
            ("Read", "file_path"),
            ("Edit", "file_path"),
            ("Grep", "path"),
            ("Glob", "path"),
        ] {
            let found = judged(name, &format!(r#"{{"{field}":"{path}"}}"#));
            assert!(is_floor(&found, "paths.own"), "{name} {path}: {found:?}");
        }
    }
}

#[test]
fn what_steers_or_starts_something_may_be_read_and_not_written() {
    for (path, rule) in [
        ("~/.claude/settings.json", "paths.agent"),
        (".claude/settings.local.json", "paths.agent"),
        (".cl*/settings.json", "paths.agent"),
        (".mcp.json", "paths.agent"),
        ("~/.codex/config.toml", "paths.agent"),
        (".claude/worktrees/a/.claude/settings.json", "paths.agent"),
        ("~/.claude/projects/../settings.json", "paths.agent"),
        ("~/.bashrc", "paths.startup"),
        (".envrc", "paths.startup"),
        ("~/.config/autostart/x.desktop", "paths.autostart"),
        (".git/hooks/pre-commit", "paths.git"),
        ("sub/module/.git", "paths.git"),
        (".vscode/tasks.json", "paths.editor"),
        (".github/workflows/ci.yml", "paths.ci"),
    ] {
        for (name, field) in [
            ("Write", "file_path"),
            ("Edit", "file_path"),
            ("NotebookEdit", "notebook_path"),
        ] {
            let found = judged(name, &format!(r#"{{"{field}":"{path}"}}"#));
            assert!(is_floor(&found, rule), "{name} {path}: {found:?}");
        }
        let read = judged("Read", &format!(r#"{{"file_path":"{path}"}}"#));
        assert_eq!(read.decision, Decision::Harmless, "{path}: {read:?}");
    }
}

#[test]
fn what_lies_above_something_protected_is_not_written_either() {
    for path in [
        "~",
        "/",
        "/home",
        "/home/dana",
        "..",
        "~/.config",
        "~/*",
        "~/.*",
        "/etc",
        "/opt",
    ] {
        let found = judged("Write", &format!(r#"{{"file_path":"{path}"}}"#));
        assert!(found.floor && found.decision == HIGH, "{path}: {found:?}");
    }
    for path in ["/home/dana/shop", ".", "src", "/tmp", "/srv/x"] {
        let found = judged("Write", &format!(r#"{{"file_path":"{path}"}}"#));
        assert_eq!(
            (found.decision, found.floor),
            (NORMAL, false),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn everyday_files_are_left_alone() {
    for path in [
        "src/main.rs",
        "app/[id]/page.tsx",
        ".gitignore",
        ".env.example",
        "AGENTS.md",
        "README.md",
        ".github/workflows/ci.yml",
        "~/.claude/projects/shop/memory/MEMORY.md",
        "/etc/hosts",
        "src/secret.rs",
        "/usr/include/stdio.h",
    ] {
        let found = judged("Read", &format!(r#"{{"file_path":"{path}"}}"#));
        assert_eq!(found.decision, Decision::Harmless, "{path}: {found:?}");
    }
    for input in [
        r#"{"pattern":"**/*.rs"}"#,
        r#"{"pattern":"**/*"}"#,
        r#"{"pattern":"*.json"}"#,
        r#"{"pattern":"src/**/*.{ts,tsx}"}"#,
    ] {
        let found = judged("Glob", input);
        assert_eq!(found.decision, Decision::Harmless, "{input}: {found:?}");
    }
    for input in [
        r#"{"pattern":"~/.ssh/id_rsa"}"#,
        r#"{"pattern":"x","glob":"*.rs"}"#,
        r#"{"pattern":"x","path":"src"}"#,
    ] {
        let found = judged("Grep", input);
        assert_eq!(found.decision, Decision::Harmless, "{input}: {found:?}");
    }
}

#[test]
fn a_search_rings_for_what_it_aims_at_or_goes_through() {
    for (name, input) in [
        ("Glob", r#"{"pattern":"~/.ssh/*"}"#),
        ("Glob", r#"{"pattern":"*","path":"/home/dana/.ssh"}"#),
        ("Glob", r#"{"pattern":".ssh/*","path":"/home/dana"}"#),
        ("Glob", r#"{"pattern":"**/id_rsa*"}"#),
        ("Glob", r#"{"pattern":"**/.env*"}"#),
        ("Grep", r#"{"pattern":"x","path":"~"}"#),
        ("Grep", r#"{"pattern":"x","path":"/"}"#),
        ("Grep", r#"{"pattern":"x","path":"/home"}"#),
        ("Grep", r#"{"pattern":"x","path":"~/.config"}"#),
        ("Grep", r#"{"pattern":"x","glob":"*.pem"}"#),
        ("Grep", r#"{"pattern":"x","glob":".en?"}"#),
        ("Grep", r#"{"pattern":"x","glob":"*.rs,.env"}"#),
    ] {
        let found = judged(name, input);
        assert!(
            found.floor && found.decision == HIGH,
            "{name} {input}: {found:?}"
        );
    }
}

#[test]
fn a_name_in_the_other_case_is_the_same_only_where_the_system_says_so() {
    let ask = tool("Read", r#"{"file_path":"/home/dana/.SSH/config"}"#);
    let mut facts = facts(&ask);
    assert_eq!(
        judge(&ask, &facts, &Rules::none()).decision,
        Decision::Harmless
    );
    facts.folds_case = true;
    assert!(is_floor(
        &judge(&ask, &facts, &Rules::none()),
        "paths.secret"
    ));
}

#[test]
fn where_a_link_leads_counts_as_much_as_what_it_is_called() {
    let ask = tool("Read", r#"{"file_path":"notes.txt"}"#);
    let mut facts = facts(&ask);
    facts
        .paths
        .insert("notes.txt".into(), "/home/dana/.ssh/id_ed25519".into());
    let found = judge(&ask, &facts, &Rules::none());
    assert!(is_floor(&found, "paths.secret"));
    assert_eq!(found.flagged, ["notes.txt"]);
    facts.paths.clear();
    let found = judge(&ask, &facts, &Rules::none());
    assert_eq!(
        (found.decision, found.rule.0.as_str()),
        (NORMAL, "paths.unresolved")
    );
}

#[test]
fn every_string_of_an_unknown_tool_or_field_is_looked_at() {
    for (name, input) in [
        ("NewTool", r#"{"a":{"b":[1,{"c":"x ~/.ssh/id_rsa y"}]}}"#),
        ("NewTool", r#"{"~/.aws/credentials":1}"#),
        (
            "NewTool",
            r#"{"text":"mount=type=bind,src=/home/dana/.ssh,dst=/x"}"#,
        ),
        ("NewTool", r#"{"name":"id_rsa"}"#),
        ("Read", r#"{"file_path":"a.rs","also":"~/.ssh/id_rsa"}"#),
        ("LSP", r#"{"filePath":"~/.ssh/id_rsa"}"#),
        (
            "ReadMcpResourceTool",
            r#"{"server":"fs","uri":"file:///home/dana/.ssh/id_rsa"}"#,
        ),
        ("mcp__fs__read_file", r#"{"path":"/home/dana/.ssh/id_rsa"}"#),
        ("mcp__fs__list_files", r#"{"in":[{"dir":"~/.claude"}]}"#),
    ] {
        let found = judged(name, input);
        assert!(
            found.floor && found.decision == HIGH,
            "{name} {input}: {found:?}"
        );
    }
    // What is written into a file or told to a person opens nothing.
    for (name, input, expected) in [
        (
            "Write",
            r#"{"file_path":"a.md","content":"see ~/.ssh/id_rsa"}"#,
            NORMAL,
        ),
        (
            "TodoWrite",
            r#"{"todos":[{"content":"look at .env"}]}"#,
            Decision::Harmless,
        ),
        (
            "Agent",
            r#"{"prompt":"read ~/.ssh/id_rsa"}"#,
            Decision::Harmless,
        ),
    ] {
        assert_eq!(judged(name, input).decision, expected, "{name}");
    }
}
