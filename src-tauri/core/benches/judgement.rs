//! How long one judgement takes, over the corpora. `--json` prints the figures as one object.

#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its figures, and ends where its corpora cannot be read"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use thumbturn_core::{Agent, Ask, Facts, Rules, policy};
use thumbturn_wire::Input;

/// Times each command is judged, after one that does not count.
const ROUNDS: usize = 40;

fn main() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/corpora");
    let mut commands: Vec<String> = ["bash-safe.txt", "bash-unsafe.txt"]
        .iter()
        .flat_map(|name| lines(&std::fs::read_to_string(corpora.join(name)).unwrap()))
        .collect();
    let more = std::fs::read_to_string(corpora.join("bash-unsafe-multiline.json")).unwrap();
    commands.extend(serde_json::from_str::<Vec<String>>(&more).unwrap());
    let asks: Vec<_> = commands.iter().map(|command| ask(command)).collect();
    let rules = Rules::default();
    let facts: Vec<_> = asks.iter().map(facts).collect();
    let mut times = Vec::with_capacity(asks.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for (ask, facts) in asks.iter().zip(&facts) {
            let start = Instant::now();
            black_box(policy::judge(black_box(ask), facts, &rules));
            if round > 0 {
                times.push(start.elapsed());
            }
        }
    }
    times.sort_unstable();
    let at = |share: f64| micros(times[((times.len() - 1) as f64 * share) as usize]);
    let (p50, p99, most) = (at(0.5), at(0.99), at(1.0));
    if std::env::args().any(|word| word == "--json") {
        println!(
            "{}",
            serde_json::json!({
                "asks": asks.len(), "judgements": times.len(),
                "p50_us": p50, "p99_us": p99, "max_us": most,
            })
        );
    } else {
        println!(
            "{} judgements of {} commands: p50 {p50} µs, p99 {p99} µs, max {most} µs",
            times.len(),
            asks.len()
        );
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(ToOwned::to_owned).collect()
}

fn micros(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e7).round() / 10.0
}

fn ask(command: &str) -> Ask {
    let input = serde_json::json!({ "command": command, "description": "what the agent says" });
    Ask {
        agent: Agent::Claude,
        moment: Default::default(),
        session: "s1".into(),
        call: None,
        prompt: Some("p1".into()),
        subagent: None,
        cwd: "/home/dana/shop".into(),
        tool: "Bash".into(),
        input: Input::try_from(input.to_string()).unwrap(),
    }
}

/// As if no path were a link.
fn facts(ask: &Ask) -> Facts {
    let whole = |path: &String| {
        let home = path.replacen('~', "/home/dana", usize::from(path.starts_with("~/")));
        let whole = match home.starts_with('/') {
            true => home,
            false => format!("{}/{home}", ask.cwd),
        };
        (path.clone(), whole)
    };
    Facts {
        cwd: Some(ask.cwd.clone()),
        project: Some(ask.cwd.clone()),
        home: Some("/home/dana".into()),
        paths: policy::wants(ask).iter().map(whole).collect(),
        ..Facts::default()
    }
}
