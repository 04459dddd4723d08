//! Any bytes as a call: judged, redacted and shown without a panic, the same each time, and with nothing
//! hidden on the card.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use thumbturn_core::policy::{judge, wants};
use thumbturn_core::{Card, Decision, Disclosure, Facts, Rule, Rules, disguises, logged};
use thumbturn_wire::{Agent, Ask};

/// What Duo takes of all rows together, in bytes.
const DUO: usize = 20_000;
const TOOLS: [&str; 8] = [
    "Bash",
    "Write",
    "Edit",
    "MultiEdit",
    "WebFetch",
    "mcp__webex__send_message",
    "Grep",
    "Unknown",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    let number = usize::from(*first);
    let tool = TOOLS[number % TOOLS.len()];
    // As it is, or as the one thing that the tool is about.
    let input = match (number & 0x80 == 0, tool) {
        (false, _) => text.to_string(),
        (true, "WebFetch") => serde_json::json!({ "url": text }).to_string(),
        (true, "Write" | "Edit" | "MultiEdit") => serde_json::json!({ "file_path": text }).to_string(),
        (true, "Bash") => serde_json::json!({ "command": text }).to_string(),
        (true, _) => serde_json::json!({ "text": text }).to_string(),
    };
    let Ok(input) = input.try_into() else {
        return;
    };
    let ask = Ask {
        agent: Agent::Claude,
        session: "s".into(),
        call: None,
        prompt: Some("p".into()),
        subagent: None,
        cwd: "/home/dana/shop".into(),
        tool: tool.into(),
        input,
    };
    let paths: BTreeMap<_, _> = wants(&ask)
        .into_iter()
        .map(|path| (path.clone(), path))
        .collect();
    let facts = Facts {
        cwd: Some(ask.cwd.clone()),
        project: Some(ask.cwd.clone()),
        home: Some("/home/dana".into()),
        paths,
        ..Facts::default()
    };
    let rules = Rules::default();
    let judgement = judge(&ask, &facts, &rules);
    assert_eq!(judgement, judge(&ask, &facts, &rules));
    if judgement.floor {
        assert!(judgement.decision > Decision::Harmless);
        assert_eq!(judgement.terms.offer, None);
    }
    for disclosure in [Disclosure::Full, Disclosure::Summary, Disclosure::IdOnly] {
        let (judgement, facts) = (judgement.clone(), facts.clone());
        let card = Card::preview(ask.clone(), judgement, facts, "host", disclosure);
        let mut length = 0;
        for (key, value) in &card.pairs {
            length += key.len() + percent(value) + 2;
            assert!(!value.chars().any(char::is_control), "{value:?}");
            let unseen = |words: &String| words.contains("cannot be seen");
            assert!(!disguises(value).iter().any(unseen), "{value:?}");
        }
        assert!(length <= DUO, "{length}");
    }
    let _ = logged(&ask);
    // A rule that is drafted from a call can be read back.
    if let Some(drafted) = Rule::like(&ask, "drafted") {
        assert!(Rules::parse(&drafted).is_ok(), "{drafted}");
    }
});

/// Its length in a form that a browser would send.
fn percent(text: &str) -> usize {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { 1 } else { 3 })
        .sum()
}
