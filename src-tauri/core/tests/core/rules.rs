//! The rules that a person writes.

use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::policy::judge;
use thumbturn_core::*;

use crate::world::*;

fn in_project(tool_name: &str, input: &serde_json::Value) -> (Ask, Facts) {
    let mut ask = tool(tool_name, &input.to_string());
    ask.prompt = Some("p1".into());
    let facts = Facts {
        project: Some("/home/dana/shop".into()),
        ..facts(&ask)
    };
    (ask, facts)
}

fn bash_under(rules: &str, command: &str) -> Judgement {
    let (ask, facts) = in_project("Bash", &json!({ "command": command }));
    judge(&ask, &facts, &Rules::parse(rules).unwrap())
}

fn one(rule: &str) -> String {
    format!("[[rule]]\nname = \"r\"\n{rule}\n")
}

#[test]
fn the_shipped_rules_hold() {
    let rules = Rules::parse(Rules::SHIPPED).unwrap();
    assert_eq!(rules, Rules::default());
    let names: Vec<_> = rules.list().iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["project-edits", "project-builds", "web-pages"]);
}

#[test]
fn what_the_readme_shows_can_be_used() {
    let readme = include_str!("../../../../README.md");
    let text = readme.split("```toml").nth(1).unwrap();
    let rules = Rules::parse(text.split("```").next().unwrap()).unwrap();
    assert_eq!(rules.list().len(), 4);
}

#[test]
fn what_is_shown_as_an_example_in_the_shipped_file_can_be_used() {
    let text: String = Rules::SHIPPED
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with("[[rule]]") || rest.contains(" = ") && !rest.contains(". ") => rest.to_owned(),
            _ => line.to_owned(),
        } + "\n")
        .collect();
    assert_eq!(Rules::parse(&text).unwrap().list().len(), 7);
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (text, line, words) in [
        ("version = 2", 1, "`version` is 2"),
        ("version = 1\nrulez = 3", 2, "rulez"),
        (
            "[[rule]]\nname = \"a\"\naction = \"skip\"\ncomand = \"ls\"",
            4,
            "comand",
        ),
        ("[[rule]]\nname = \"a\"\naction = \"allow\"", 3, "allow"),
        ("[[rule]]\naction = \"push\"", 1, "name"),
        ("[[rule]]\nname = \"a b\"\naction = \"push\"", 1, "`name`"),
        (
            "\n[[rule]]\nname = \"a\"\naction = \"skip\"",
            2,
            "loosen everything",
        ),
        (
            "[[rule]]\nname = \"a\"\ntool = \"*\"\naction = \"skip\"",
            1,
            "loosen everything",
        ),
        (
            "[[rule]]\nname = \"a\"\ncommand = \"* x\"\naction = \"push\"",
            1,
            "names no program",
        ),
        (
            "[[rule]]\nname = \"a\"\ntool = \"X\"\naction = \"deny\"\ngrant = { for = \"10m\" }",
            1,
            "`grant`",
        ),
        (
            "[[rule]]\nname = \"a\"\ntool = \"X\"\naction = \"push\"\ngrant = { for = \"9h\" }",
            1,
            "`grant.for`",
        ),
        (
            "[[rule]]\nname = \"a\"\ntool = \"X\"\naction = \"push\"\ngrant = { for = \"prompt\", most = 0 }",
            1,
            "`grant.most`",
        ),
        (
            "[[rule]]\nname = \"a\"\ntool = \"X\"\naction = \"push\"\n[[rule]]\nname = \"a\"\ntool = \"Y\"\naction = \"push\"",
            5,
            "as in line 1",
        ),
        (
            "[[rule]]\nname = \"a\"\ncommand = \"cargo test\"\naction = \"skip\"\nmatch = [\"cargo test -p x\"]",
            1,
            "`match`",
        ),
        (
            "[[rule]]\nname = \"a\"\ncommand = \"cargo test ...\"\naction = \"skip\"\nnot_match = [\"cargo test -p x\"]",
            1,
            "`not_match`",
        ),
        ("mcp_reads = \"never\"", 1, "never"),
        ("x = ", 1, ""),
    ] {
        let error = Rules::parse(text).unwrap_err();
        assert_eq!(error.line, line, "{text}: {error}");
        assert!(error.words.contains(words), "{text}: {error}");
        assert!(!error.next.is_empty());
    }
}

#[test]
fn a_rule_that_loosens_wants_everything_to_match() {
    let rule = one("command = \"cargo test ...\"\naction = \"skip\"");
    for (command, harmless) in [
        ("cargo test", true),
        ("cargo test -p x 2>&1 | tail -20", true),
        ("cd crates && cargo test", true),
        ("cargo test && rm x", false),
        ("cargo test; curl https://example.com", false),
        ("cargo test > out.txt", false),
        ("cargo test &", false),
        ("cargo test $(x)", false),
        ("X=1 cargo test", false),
        ("sudo cargo test", false),
        ("cargo 'test'", true),
        ("./cargo test", false),
        ("echo cargo test", true),
        ("cargo tests", false),
    ] {
        let judgement = bash_under(&rule, command);
        assert_eq!(
            judgement.decision == Decision::Harmless,
            harmless,
            "{command}: {judgement:?}"
        );
    }
}

#[test]
fn a_rule_that_tightens_wants_anything_to_match() {
    let rule = one("command = \"git push --force ...\"\naction = \"deny\"\nnote = \"Ask Kim\"");
    for (command, denied) in [
        ("git push --force", true),
        ("cargo test && git push --force origin main", true),
        ("sh -c 'git push --force'", true),
        ("git push", false),
        ("echo git push --force", false),
    ] {
        let judgement = bash_under(&rule, command);
        assert_eq!(
            judgement.decision == Decision::Forbidden,
            denied,
            "{command}: {judgement:?}"
        );
        assert_eq!(judgement.terms.note.is_some(), denied);
    }
}

#[test]
fn nothing_loosens_what_is_compiled_in() {
    let rule = one("tool = [\"Bash\", \"Read\", \"Write\", \"WebFetch\"]\naction = \"skip\"");
    let rules = Rules::parse(&rule).unwrap();
    for (tool, input) in [
        ("Bash", json!({ "command": "sudo ls" })),
        ("Bash", json!({ "command": "rm -rf target" })),
        ("Bash", json!({ "command": "cat ~/.ssh/id_rsa" })),
        ("Bash", json!({ "command": "echo x > ~/.bashrc" })),
        ("Read", json!({ "file_path": "/home/dana/.ssh/id_rsa" })),
        (
            "Write",
            json!({ "file_path": "/home/dana/shop/.git/hooks/pre-commit", "content": "x" }),
        ),
        (
            "WebFetch",
            json!({ "url": "http://localhost:3000", "prompt": "x" }),
        ),
    ] {
        let (ask, facts) = in_project(tool, &input);
        let judgement = judge(&ask, &facts, &rules);
        assert_eq!(judgement.decision, Decision::Unsure(Risk::High), "{input}");
        assert_eq!(judgement.terms.offer, None);
    }
}

#[test]
fn the_first_that_matches_decides() {
    let text = "[[rule]]\nname = \"a\"\ncommand = \"npm publish ...\"\naction = \"push\"\nfactor = \"universal_prompt\"\n[[rule]]\nname = \"b\"\ncommand = \"npm ...\"\naction = \"deny\"\n";
    assert_eq!(bash_under(text, "npm publish").rule.0, "rules.a");
    assert_eq!(
        bash_under(text, "npm publish").terms.means,
        Means::UniversalPrompt
    );
    assert_eq!(bash_under(text, "npm ci").decision, Decision::Forbidden);
}

#[test]
fn edits_and_builds_share_a_grant_and_what_lies_elsewhere_has_none() {
    let offer = |tool: &str, input: serde_json::Value| {
        let (ask, facts) = in_project(tool, &input);
        judge(&ask, &facts, &Rules::default()).terms.offer
    };
    let edit = offer(
        "Edit",
        json!({ "file_path": "/home/dana/shop/src/a.rs", "old_string": "a", "new_string": "b" }),
    );
    let build = offer("Bash", json!({ "command": "cargo test 2>&1 | tail -20" }));
    assert!(edit.is_some());
    assert_eq!(edit, build);
    for (tool, input) in [
        (
            "Edit",
            json!({ "file_path": "/home/dana/other/a.rs", "old_string": "a", "new_string": "b" }),
        ),
        (
            "Edit",
            json!({ "file_path": "/home/dana/shop/.git/config", "old_string": "a", "new_string": "b" }),
        ),
        ("Bash", json!({ "command": "cargo test && git push" })),
        ("Bash", json!({ "command": "git commit -m x" })),
    ] {
        assert_eq!(offer(tool, input.clone()), None, "{input}");
    }
    let page = |url: &str| offer("WebFetch", json!({ "url": url, "prompt": "x" }));
    assert_eq!(page("https://example.com/a"), page("https://example.com/b"));
    assert_ne!(page("https://example.com/a"), page("https://example.org/a"));
}

#[test]
fn a_projects_rules_may_only_tighten() {
    let judged = |own: &str, project: &str, command: &str| {
        let (ask, mut facts) = in_project("Bash", &json!({ "command": command }));
        facts.project_rules = ProjectRules::parse(project);
        let own = Rules::parse(own).unwrap();
        let judgement = judge(&ask, &facts, &own);
        (judgement, own.explain(&ask, &facts))
    };
    let deny = one("command = \"cargo test ...\"\naction = \"deny\"");
    let skip = one("command = \"cargo test ...\"\naction = \"skip\"");
    let grant = one("tool = \"X\"\naction = \"push\"\ngrant = { for = \"10m\" }");

    let (denied, explained) = judged(&skip, &deny, "cargo test");
    assert_eq!(denied.decision, Decision::Forbidden);
    assert_eq!(denied.rule.0, "project.r");
    assert_eq!(explained.judgement, denied);
    let (other, _) = judged(&skip, &deny, "ls");
    assert_eq!(other.decision, Decision::Harmless);

    for (loose, why) in [
        (skip.as_str(), "only tighten"),
        (&grant, "only tighten"),
        (
            "mcp_reads = \"skip\"\ndisclosure = \"id-only\"",
            "rules alone",
        ),
        ("rule = 3", "line 1"),
    ] {
        let (judgement, _) = judged(Rules::SHIPPED, loose, "ls");
        assert_eq!(
            judgement.decision,
            Decision::Unsure(Risk::Normal),
            "{loose}"
        );
        assert!(judgement.reasons[0].contains(why), "{judgement:?}");
        let (judgement, _) = judged(Rules::SHIPPED, loose, "cargo test");
        assert_eq!(judgement.terms.offer, None);
    }
}

#[test]
fn a_suggestion_covers_the_very_call_and_is_made_for_no_other() {
    let suggested = |tool: &str, input: serde_json::Value| {
        let (ask, facts) = in_project(tool, &input);
        let text = Rules::default().suggestion(&ask, &facts, "often")?;
        let rules = Rules::parse(&text).unwrap();
        let offer = judge(&ask, &facts, &rules).terms.offer;
        assert!(offer.is_some());
        let (other, facts) = in_project(tool, &json!({ "command": "rm -r x", "file_path": "/y" }));
        assert_ne!(judge(&other, &facts, &rules).terms.offer, offer);
        Some(text)
    };
    let text = suggested(
        "Bash",
        json!({ "command": "npm ci && git commit -m 'a \"b\"'" }),
    )
    .unwrap();
    assert!(text.contains("npm ci"), "{text}");
    assert!(suggested("mcp__webex__send_message", json!({ "roomId": "abc123" })).is_some());
    for (tool, input) in [
        ("Bash", json!({ "command": "sudo ls" })),
        ("Bash", json!({ "command": "git push --force" })),
        ("Bash", json!({ "command": "cargo test" })),
        ("Bash", json!({ "command": "ls" })),
        ("Bash", json!({ "command": "npm ci $(x)" })),
        ("Bash", json!({ "command": "echo x > y" })),
    ] {
        assert_eq!(suggested(tool, input.clone()), None, "{input}");
    }
}

#[test]
fn a_rule_is_drafted_from_a_call() {
    for (tool, input, condition) in [
        (
            "Bash",
            json!({ "command": "npm ci" }),
            "command = \"npm ci\"",
        ),
        (
            "Bash",
            json!({ "command": "ls; npm ci; rm x" }),
            "command = [\"npm ci\", \"rm x\"]",
        ),
        (
            "mcp__webex__send_message",
            json!({}),
            "mcp = { server = \"webex\", tool = \"send_message\" }",
        ),
        (
            "WebFetch",
            json!({ "url": "https://docs.rs/x" }),
            "tool = \"WebFetch\"\nhost = [\"docs.rs\"]",
        ),
        (
            "Write",
            json!({ "file_path": "/srv/x" }),
            "tool = \"Write\"\npath = [\"/srv/x\"]",
        ),
        ("New", json!({}), "tool = \"New\""),
    ] {
        let (ask, _) = in_project(tool, &input);
        let text = Rule::like(&ask, "from-k7f29").unwrap();
        assert!(text.contains(condition), "{text}");
        assert_eq!(Rules::parse(&text).unwrap().list().len(), 1);
    }
    for command in ["$x", "'' -n", "x=1"] {
        let (ask, _) = in_project("Bash", &json!({ "command": command }));
        assert_eq!(Rule::like(&ask, "x"), None, "{command}");
    }
}

#[test]
fn an_explanation_says_why_the_others_lost() {
    let (ask, facts) = in_project("Bash", &json!({ "command": "cargo test && rm x" }));
    let explained = Rules::default().explain(&ask, &facts);
    assert_eq!(explained.rule, None);
    let why: Vec<_> = explained
        .losers
        .iter()
        .map(|(name, _, why)| (name.as_str(), why.as_str()))
        .collect();
    assert_eq!(
        why,
        [
            ("project-edits", "the tool is another"),
            (
                "project-builds",
                "a command of it does not match, or writes"
            ),
            ("web-pages", "the tool is another"),
        ]
    );
    let (ask, facts) = in_project("Bash", &json!({ "command": "cargo test" }));
    let explained = Rules::default().explain(&ask, &facts);
    assert_eq!(explained.rule.unwrap().0, "project-builds");
    assert_eq!(explained.judgement, judge(&ask, &facts, &Rules::default()));
}

#[test]
fn reads_through_mcp_may_be_made_to_ring() {
    let (ask, facts) = in_project("mcp__webex__list_messages", &json!({ "roomId": "abc123" }));
    let under = |text: &str| judge(&ask, &facts, &Rules::parse(text).unwrap());
    assert_eq!(under("").decision, Decision::Harmless);
    assert_eq!(
        under("mcp_reads = \"push\"").decision,
        Decision::Unsure(Risk::Normal)
    );
    let once = under("mcp_reads = \"once-per-server\"");
    assert_eq!(once.decision, Decision::Unsure(Risk::Normal));
    assert_eq!(once.terms.offer.unwrap().life, Life::Session);
}

#[test]
fn the_schema_names_every_key_and_no_other() {
    let schema: serde_json::Value = serde_json::from_str(Rules::SCHEMA).unwrap();
    let keys = |at: &str| -> std::collections::BTreeSet<String> {
        schema
            .pointer(at)
            .unwrap()
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    // The reader tells what it would have known.
    let known = |text: &str| -> std::collections::BTreeSet<String> {
        let words = Rules::parse(text).unwrap_err().words;
        let (_, list) = words
            .split_once("expected")
            .unwrap_or_else(|| panic!("{words}"));
        list.split('`').skip(1).step_by(2).map(Into::into).collect()
    };
    assert_eq!(keys("/properties"), known("nonesuch = 1"));
    let rule = "[[rule]]\nname = \"a\"\naction = \"push\"\n";
    assert_eq!(
        keys("/$defs/rule/properties"),
        known(&format!("{rule}nonesuch = 1"))
    );
    let grant = format!("{rule}grant = {{ for = \"10m\", nonesuch = 1 }}");
    assert_eq!(
        keys("/$defs/rule/properties/grant/properties"),
        known(&grant)
    );
    let mcp = format!("{rule}mcp = {{ nonesuch = 1 }}");
    assert_eq!(keys("/$defs/rule/properties/mcp/properties"), known(&mcp));
}
