//! `thumbturn rules`: checked, explained and tried without a gate.

use std::collections::VecDeque;
use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Subcommand;
use serde_json::{Value, json};
use thumbturn_core::{
    Ask, Card, Decision, Explanation, Facts, Judgement, Record, Risk, Rules, Subject, policy,
};
use thumbturn_facts::Place;
use thumbturn_hook::dialects::{Dialect, Heard};
use thumbturn_wire::{Paths, plain};

use crate::install::Who;
use crate::words::{Failure, say, tell};

/// How long the file system may take for one call.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest line of a call.
const LONGEST: u64 = 8 << 20;

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Read the rules and check their examples.
    Check {
        /// Another file than your own.
        file: Option<PathBuf>,
    },
    /// Say what becomes of calls, read as JSON lines from standard input: the payloads that the agent's hooks get.
    Explain {
        agent: Who,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// Other rules than your own.
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
    },
    /// Judge the last decisions of the log anew.
    Try {
        /// Other rules than your own.
        #[arg(long, value_name = "FILE")]
        rules: Option<PathBuf>,
        /// How many.
        #[arg(long, value_name = "N", default_value_t = 500)]
        last: usize,
    },
    /// Print the JSON Schema of the file.
    Schema,
    /// Print where the rules lie.
    Path,
}

pub(crate) fn run(verb: &Verb, paths: &Paths) -> Result<(), Failure> {
    match verb {
        Verb::Check { file } => {
            let (rules, file) = read(file.as_deref(), paths)?;
            let count = rules.list().len();
            let rules = if count == 1 { "rule" } else { "rules" };
            say(&format!(
                "{}: {count} {rules}, and every example holds.",
                file.display()
            ))
        }
        Verb::Explain { agent, json, rules } => {
            let (rules, _) = read(rules.as_deref(), paths)?;
            explain(*agent, *json, &rules, paths)
        }
        Verb::Try { rules, last } => {
            let (rules, _) = read(rules.as_deref(), paths)?;
            try_on(&rules, *last, paths)
        }
        Verb::Schema => say(Rules::SCHEMA.trim_end()),
        Verb::Path => say(&paths.rules().display().to_string()),
    }
}

/// The rules in that file, or the person's own; where there are none yet, those that are shipped.
fn read(file: Option<&Path>, paths: &Paths) -> Result<(Rules, PathBuf), Failure> {
    let own = paths.rules();
    let path = file.unwrap_or(&own);
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            tell("There are no rules of your own yet; these are the shipped ones.");
            Rules::SHIPPED.to_owned()
        }
        Err(error) => return Err(Failure::File(path.to_owned(), error)),
    };
    let rules = Rules::parse(&text).map_err(|error| Failure::Rules(path.to_owned(), error))?;
    Ok((rules, path.to_owned()))
}

fn explain(agent: Who, as_json: bool, rules: &Rules, paths: &Paths) -> Result<(), Failure> {
    let place = Place::new(paths, None);
    let dialect = Dialect::Of(agent.agent());
    let mut wrong = 0;
    let mut input = std::io::stdin().lock();
    for number in 1usize.. {
        let mut line = Vec::new();
        let read = (&mut input).take(LONGEST).read_until(b'\n', &mut line);
        if read.map_err(Failure::Stdin)? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match dialect.read(&line) {
            Ok(Heard::Tells(_)) => {
                wrong += 1;
                tell(&format!(
                    "line {number}: it asks nothing, it tells what happened"
                ));
            }
            Ok(Heard::Asks(ask)) => {
                let facts = resolved(&place, &ask);
                let explained = rules.explain(&ask, &facts);
                let text = match as_json {
                    true => object(&ask, &facts, &explained, rules).to_string(),
                    false => words(&ask, &explained),
                };
                say(&text)?;
            }
            Err(misfit) => {
                wrong += 1;
                tell(&format!("line {number}: {misfit}"));
            }
        }
    }
    if wrong > 0 {
        return Err(Failure::Payloads(wrong));
    }
    Ok(())
}

fn resolved(place: &Place, ask: &Ask) -> Facts {
    let deadline = Instant::now() + PATIENCE;
    place.resolve(ask, &policy::wants(ask), deadline)
}

fn object(ask: &Ask, facts: &Facts, explained: &Explanation, rules: &Rules) -> Value {
    let judgement = &explained.judgement;
    let (decision, risk) = named(judgement);
    let card = Card::preview(
        ask.clone(),
        judgement.clone(),
        facts.clone(),
        &host(),
        rules.disclosure(),
    );
    let losers = explained
        .losers
        .iter()
        .map(|(name, line, why)| json!({ "rule": name, "line": line, "why": why }));
    json!({
        "what": Card::title(ask),
        "judgement": decision,
        "risk": risk,
        "rule": judgement.rule.0,
        "line": explained.rule.as_ref().map(|(_, line)| line),
        "reasons": judgement.reasons,
        "flagged": judgement.flagged,
        "card": { "kind": card.kind, "pairs": card.pairs },
        "losers": losers.collect::<Vec<_>>(),
    })
}

fn words(ask: &Ask, explained: &Explanation) -> String {
    let judgement = &explained.judgement;
    let (decision, risk) = named(judgement);
    let means = match (decision, risk) {
        ("harmless", _) => "no push",
        ("forbidden", _) => "denied",
        (_, Some("high")) => "a push, of high risk",
        _ => "a push",
    };
    let mut text = format!(
        "{}\n  {means}, by {}",
        plain(&Card::title(ask), 300),
        judgement.rule.0
    );
    if let Some((name, line)) = &explained.rule {
        text.push_str(&format!(", which is your rule {name} in line {line}"));
    }
    for reason in &judgement.reasons {
        text.push_str(&format!("\n  because   {}", plain(reason, 300)));
    }
    if let Some(offer) = &judgement.terms.offer {
        text.push_str(&format!("\n  the tap   {}", offer.words()));
    }
    for (name, line, why) in &explained.losers {
        text.push_str(&format!("\n  not       {name} (line {line}): {why}"));
    }
    text
}

fn named(judgement: &Judgement) -> (&'static str, Option<&'static str>) {
    match judgement.decision {
        Decision::Harmless => ("harmless", None),
        Decision::Unsure(Risk::Normal) => ("unsure", Some("normal")),
        Decision::Unsure(Risk::High) => ("unsure", Some("high")),
        Decision::Forbidden => ("forbidden", None),
    }
}

fn outcome(judgement: &Judgement) -> &'static str {
    match judgement.decision {
        Decision::Harmless => "no word",
        Decision::Unsure(_) => "push",
        Decision::Forbidden => "deny",
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname");
    name.map_or_else(|_| "this machine".to_owned(), |name| name.trim().to_owned())
}

/// The log holds calls with their secrets taken out: what hangs on a secret may be judged otherwise.
fn try_on(rules: &Rules, last: usize, paths: &Paths) -> Result<(), Failure> {
    let file = paths.audit();
    let mut newest: VecDeque<(String, Box<Ask>, &'static str)> = VecDeque::new();
    crate::diary::each(&file, |text| {
        let Ok(line) = serde_json::from_str::<Value>(&text) else {
            return;
        };
        let record = line.get("record").cloned().unwrap_or_default();
        let Ok(Record::Answer(entry)) = serde_json::from_value(record) else {
            return;
        };
        if let (Subject::Ask(ask), Some(judgement)) = (entry.subject, &entry.judgement) {
            newest.push_back((entry.code.0, ask, outcome(judgement)));
            if newest.len() > last {
                newest.pop_front();
            }
        }
    })?;
    let place = Place::new(paths, None);
    let mut changed = 0;
    for (code, ask, before) in &newest {
        let after = outcome(&rules.explain(ask, &resolved(&place, ask)).judgement);
        if after != *before {
            changed += 1;
            let what = plain(&Card::title(ask), 160);
            say(&format!("{code}  {before} → {after}  {what}"))?;
        }
    }
    let of = match newest.len() {
        1 => "1 decision".to_owned(),
        count => format!("{count} decisions"),
    };
    let others = match changed {
        0 => "none would be another".to_owned(),
        1 => "1 would be another".to_owned(),
        count => format!("{count} would be others"),
    };
    tell(&format!("Of {of}, {others}."));
    Ok(())
}
