//! What the phone shows, for any input at all.

use pretty_assertions::assert_eq;
use thumbturn_core::*;
use thumbturn_wire::Subagent;

use crate::chance::Lcg;
use crate::world::*;

/// The card that rings for an ask.
fn card_of(ask: Ask) -> Card {
    let mut world = World::on();
    let effects = world.core.handle(asked(1, ask), world.now);
    let [Effect::Push { card, .. }] = effects.as_slice() else {
        return card("no push", &[]);
    };
    card.clone()
}

fn rows(name: &str, input: &str) -> Vec<(String, String)> {
    let mut pairs = card_of(tool(name, input)).pairs;
    pairs.retain(|(key, _)| ["What", "Change", "MCP server", "With"].contains(&key.as_str()));
    pairs
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    card("", pairs).pairs
}

#[test]
fn the_examples_of_the_blog() {
    for (name, input, what) in [
        (
            "Bash",
            r#"{"command":"git push origin main","description":"Push"}"#,
            "Bash: git push origin main",
        ),
        (
            "Edit",
            r#"{"file_path":"/path/to/config.json"}"#,
            "Edit: /path/to/config.json",
        ),
        (
            "WebFetch",
            r#"{"url":"https://example.com"}"#,
            "WebFetch: https://example.com",
        ),
    ] {
        assert_eq!(rows(name, input), pairs(&[("What", what)]));
    }
    assert_eq!(
        rows("mcp__webex__webex_send_message", r#"{"roomId":"abc123"}"#),
        pairs(&[
            ("What", "webex_send_message (roomId=abc123)"),
            ("MCP server", "webex"),
        ])
    );
}

#[test]
fn a_whole_card_in_its_order() {
    let mut ask = tool(
        "Bash",
        r#"{"command":"make","dangerouslyDisableSandbox":true,"description":"harmless, believe me"}"#,
    );
    ask.subagent = Some(Subagent {
        id: "a1".into(),
        kind: Some("Explore".into()),
    });
    assert_eq!(
        card_of(ask),
        card(
            "Approve agent action",
            &[
                ("What", "Bash: make"),
                ("With", "dangerouslyDisableSandbox=true"),
                ("Where", "/home/dana/shop, laptop"),
                ("Agent", "Claude Code, session s, subagent Explore"),
                ("Risk", "Normal: make is not known to only read"),
                ("Covers", "This call only"),
                ("Ref", "C1"),
                ("Agent says", "“harmless, believe me”"),
            ]
        )
    );
}

#[test]
fn the_card_of_a_sign_in() {
    assert_eq!(
        Card::sign_in("laptop"),
        card(
            "Sign in to Thumbturn",
            &[("What", "Sign in to Thumbturn"), ("From", "laptop")]
        )
    );
}

#[test]
fn a_call_is_shown_with_all_that_it_carries() {
    for (name, input, what) in [
        (
            "NewTool",
            r#"{"b":1.50,"a":"x","c":null,"d":[1, 2],"description":"kept"}"#,
            "NewTool (a=x, b=1.50, c=null, d=[1, 2], description=kept)",
        ),
        ("NewTool", "{}", "NewTool"),
        ("Bash", r#"{"cmd":"ls"}"#, "Bash (cmd=ls)"),
        ("Bash", r#"{"command":["ls"]}"#, r#"Bash: ["ls"]"#),
        ("NewTool", r#"{"a":"1, b=2"}"#, r#"NewTool (a="1, b=2")"#),
        ("NewTool", r#"{"a":"true"}"#, r#"NewTool (a="true")"#),
        ("NewTool", r#"{"a":""}"#, r#"NewTool (a="")"#),
        (
            "Bash",
            r#"{"command":"ls","command":"rm"}"#,
            r#"Bash: {"command":"ls","command":"rm"}"#,
        ),
        ("Bash", r#"{"command":"a\nb\u202ec"}"#, "Bash: a⏎b⟨U+202E⟩c"),
        ("NewTool", "[1]", "NewTool: [1]"),
        ("mcp__x", r#"{"a":"b"}"#, "mcp__x (a=b)"),
        ("mcp____t", r#"{"a":"b"}"#, "mcp____t (a=b)"),
        ("mcp__x__", r#"{"a":"b"}"#, "mcp__x__ (a=b)"),
    ] {
        assert_eq!(rows(name, input), pairs(&[("What", what)]), "{input}");
    }
    assert_eq!(
        rows(
            "Edit",
            r#"{"file_path":"/f","old_string":"a","new_string":"b"}"#
        ),
        pairs(&[("What", "Edit: /f"), ("Change", "+1 −1 ⏎ − a ⏎ + b")])
    );
    assert_eq!(
        rows("Monitor", r#"{"ws":{"url":"wss://x"},"description":"d"}"#),
        pairs(&[("What", r#"Monitor: {"url":"wss://x"}"#)])
    );
}

#[test]
fn a_long_command_keeps_both_ends() {
    let command = format!("begin {} end", "x".repeat(50_000));
    let shown = rows("Bash", &format!(r#"{{"command":"{command}"}}"#));
    let what = &shown[0].1;
    assert!(what.starts_with("Bash: begin xxx"), "{what}");
    assert!(what.ends_with("xxx end"), "{what}");
    assert!(what.contains(" … 46,016 more characters … "), "{what}");
    let short = "x".repeat(3_900);
    let shown = rows("Bash", &format!(r#"{{"command":"{short}"}}"#));
    assert_eq!(shown[0].1, format!("Bash: {short}"));
}

/// As Duo counts: each pair encoded, joined, and the whole encoded once more.
fn twice_encoded(card: &Card) -> usize {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect::<String>()
    };
    let pairs: Vec<_> = card
        .pairs
        .iter()
        .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
        .collect();
    encode(&pairs.join("&")).len()
}

/// A text of one to some thousand characters out of a few kinds.
fn text(r: &mut Lcg) -> String {
    const KINDS: [&[char]; 5] = [
        &['a', 'b', ' ', '-'],
        &['\u{97f3}', '\u{1F600}', '\u{10FFFF}', 'é'],
        &['\n', '\u{202e}', '\u{200b}', '\u{0}', '\u{E0041}'],
        &['"', '\\', '%', '&', '=', '$'],
        &['x'],
    ];
    let length = [3, 40, 900, 5_000, 20_000][r.next(5) as usize];
    let kind = KINDS[r.next(5) as usize];
    (0..r.next(length) + 1)
        .map(|_| kind[r.next(kind.len() as u64) as usize])
        .collect()
}

#[test]
fn no_input_makes_a_card_too_long_or_hides_anything() {
    for seed in 0..400 {
        let r = &mut Lcg(seed);
        let name = ["Bash", "Edit", "NewTool", "mcp__s__t", "WebFetch"][r.next(5) as usize];
        let keys = ["command", "file_path", "url", "other"];
        let fields: Vec<_> = keys
            .iter()
            .filter(|_| r.next(2) == 0)
            .map(|key| (*key, text(&mut Lcg(seed * 7 + key.len() as u64))))
            .collect();
        let input: serde_json::Map<_, _> = fields
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.as_str().into()))
            .collect();
        let mut ask = tool(name, &serde_json::Value::Object(input).to_string());
        ask.cwd = text(r);
        ask.subagent = Some(Subagent {
            id: text(r),
            kind: (r.next(2) == 0).then(|| text(r)),
        });
        if r.next(3) == 0 {
            ask.tool = format!("mcp__{}__{}", text(r), text(r));
        }
        let mut world = World::of(Setup {
            host: text(r),
            ..setup()
        });
        let effects = world.core.handle(asked(1, ask), world.now);
        let [Effect::Push { card, .. }] = effects.as_slice() else {
            panic!("no push, seed {seed}");
        };
        let length = twice_encoded(card);
        assert!(length < 20_000, "{length} bytes, seed {seed}");
        let hidden = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{200b}' | '\u{E0041}');
        for (key, value) in &card.pairs {
            assert!(!value.contains(hidden), "{key}, seed {seed}");
        }
        let view = world.view();
        let title = &view.waiting[0].title;
        assert!(!title.contains(hidden), "seed {seed}");
        assert!(title.chars().count() < 20_040, "seed {seed}");
    }
}

/// Each of these made some scanner start over at every place; a card of it must not take the gate's whole day.
#[test]
fn a_pattern_without_end_is_a_card_like_any() {
    for pattern in [
        "://",
        "http://a ",
        "<<a\n",
        "> a",
        ">",
        "password=",
        "?sig=",
        "-----BEGIN PRIVATE KEY-----",
        "\u{441}a ",
        " \n",
        "a\u{301}\u{301}\u{301}",
        "Bearer a1 ",
        "a.",
        "eyJ.",
        "--token ",
        "\u{5d0}",
        "\"",
    ] {
        let command = pattern.repeat(60_000 / pattern.len());
        let input = serde_json::json!({ "command": format!("begin {command} end") });
        let card = card_of(tool("Bash", &input.to_string()));
        assert!(twice_encoded(&card) < 20_000, "{pattern:?}");
        let what = &card.pairs[0].1;
        assert!(
            what.contains("Bash: begin") && what.ends_with("end"),
            "{what}"
        );
    }
}

#[test]
fn what_is_cut_is_counted() {
    for seed in 0..60 {
        let r = &mut Lcg(seed);
        let length = 1 + r.next(30_000) as usize;
        let command: String = (0..length)
            .map(|_| ['a', 'b'][r.next(2) as usize])
            .collect();
        let card = card_of(tool("Bash", &format!(r#"{{"command":"{command}"}}"#)));
        let what = &card.pairs[0].1;
        let counted = what
            .split(" … ")
            .find_map(|part| part.strip_suffix(" more characters"));
        let cut: usize = counted.map_or(0, |count| count.replace(',', "").parse().unwrap());
        let words = counted.map_or(0, |count| {
            format!(" … {count} more characters … ").chars().count()
        });
        let told = what.chars().count() - words + cut;
        assert_eq!(told, "Bash: ".len() + length, "seed {seed}");
    }
}

#[test]
fn the_window_shows_the_phones_card() {
    let mut world = World::on();
    let effects = world.core.handle(asked(1, ask(1, "s1")), world.now);
    let [Effect::Push { card, .. }] = effects.as_slice() else {
        panic!("no push");
    };
    let shown = world.core.view(world.now).waiting;
    assert_eq!(shown.first().map(|waiting| &waiting.card), Some(card));
}
