//! The rows of an ask's card that are about what surrounds the call.

use std::collections::BTreeSet;

use thumbturn_wire::Ask;

use super::letters::shown as shown_as;
use super::{fit, marks};
use crate::approvals::{Judged, Question};
use crate::grants::Promise;
use crate::policy::seen::Seen;
use crate::{Decision, Facts, Judgement, Risk};

/// The most texts that must be seen; of more, the first and the last. Rows still count what they cut.
const MUST: usize = 80;
/// The most of one flagged text, in characters and in bytes as Duo counts them.
const TOKEN: (usize, usize) = (160, 700);
/// The most of all of them together.
const TOKENS: usize = 2_400;
/// The same with the words around them.
pub(super) const UNSEEN: usize = TOKENS + 200;

/// "shop on main, /home/dana/shop, laptop".
pub(super) fn place(ask: &Ask, facts: Option<&Facts>, host: &str) -> String {
    let project = facts.and_then(|facts| {
        let name = facts
            .project
            .as_deref()?
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty())?;
        let name = fit::row(name, 60, 300);
        Some(match &facts.branch {
            Some(branch) => format!("{name} on {}, ", fit::row(branch, 60, 300)),
            None => format!("{name}, "),
        })
    });
    let resolved = facts.and_then(|facts| facts.cwd.as_ref());
    let leads = resolved.filter(|cwd| cwd.trim_end_matches('/') != ask.cwd.trim_end_matches('/'));
    let leads = leads.map(|cwd| format!(" → {}", fit::row(&crate::redact(cwd).text, 200, 800)));
    format!(
        "{}{}{}, {}",
        project.unwrap_or_default(),
        fit::row(&crate::redact(&ask.cwd).text, 200, 800),
        leads.unwrap_or_default(),
        fit::row(host, 60, 300)
    )
}

/// "Claude Code, session 1f2e3d4c, subagent Explore".
pub(super) fn agent(ask: &Ask) -> String {
    let session: String = ask.session.chars().take(8).collect();
    let session = if session.is_empty() {
        "without a name".to_owned()
    } else {
        fit::row(&session, 60, 200)
    };
    let subagent = ask.subagent.as_ref().map(|subagent| {
        let kind = subagent.kind.as_deref().unwrap_or(&subagent.id);
        format!(", subagent {}", fit::row(kind, 60, 300))
    });
    format!(
        "{}, session {session}{}",
        ask.agent.name(),
        subagent.unwrap_or_default()
    )
}

/// "High" or "Normal".
pub(super) fn risk(judged: Option<&Judged>) -> &'static str {
    match judged.map(|judged| judged.judgement.decision) {
        Some(Decision::Harmless | Decision::Unsure(Risk::Normal)) => "Normal",
        Some(Decision::Unsure(Risk::High) | Decision::Forbidden) | None => "High",
    }
}

/// "High: writes over SSH keys; runs as root".
pub(super) fn why(judged: Option<&Judged>) -> String {
    let told = risk(judged);
    let reasons = judged.map(|judged| judged.judgement.reasons.join("; "));
    match reasons.filter(|reasons| !reasons.is_empty()) {
        Some(reasons) => fit::row(
            &format!("{told}: {}", crate::redact(&reasons).text),
            500,
            1_400,
        ),
        None => told.to_owned(),
    }
}

/// What the tap lets through: the grant that it makes, whole, or no more than what is asked.
pub(super) fn covers(questions: &[&Question]) -> String {
    let these = match questions.len() {
        0 | 1 => "This call".to_owned(),
        count => format!("These {count} calls, all or none"),
    };
    match Promise::of(questions) {
        Some(promise) => {
            let words = fit::row(&promise.offer.words(), 700, 3_500);
            format!("{these}, and more: {words}")
        }
        None if questions.len() > 1 => these,
        None => format!("{these} only"),
    }
}

/// What must stand on the card: what was flagged, targets of redirections among it, and hosts.
pub(super) fn must_show(ask: &Ask, judgement: Option<&Judgement>) -> Vec<String> {
    let mut all: Vec<String> = judgement
        .map(|told| told.flagged.clone())
        .unwrap_or_default();
    all.extend(hosts(ask));
    let mut once = BTreeSet::new();
    all.retain(|text| !text.trim().is_empty() && once.insert(text.clone()));
    // A flood of hosts must not cost the one that matters: both ends stay.
    let last = all.split_off(all.len().min(MUST / 2));
    let skipped = last.len().saturating_sub(MUST / 2);
    all.extend(last.into_iter().skip(skipped));
    all
}

/// Every host that the call names.
pub(super) fn hosts(ask: &Ask) -> Vec<String> {
    let seen = Seen::of(ask);
    let of_shell = seen.shell.into_iter().flat_map(|reading| reading.hosts);
    let mut all: Vec<String> = seen.hosts.into_iter().chain(of_shell).collect();
    all.extend(addressed(ask));
    let mut once = BTreeSet::new();
    all.retain(|host| once.insert(host.clone()));
    all
}

/// The hosts of the addresses in the input.
fn addressed(ask: &Ask) -> Vec<String> {
    // In JSON a `/` may be written `\/`.
    if !ask.input.text().contains(":/") && !ask.input.text().contains('\\') {
        return Vec::new();
    }
    let decoded = texts(ask);
    let told = decoded.iter().flat_map(|text| {
        let hosts = marks::hosts(text).into_iter();
        hosts.filter_map(|range| text.get(range).map(ToOwned::to_owned))
    });
    told.collect()
}

/// Every text in the input, decoded.
fn texts(ask: &Ask) -> Vec<String> {
    fn walk(value: serde_json::Value, out: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => out.push(text),
            serde_json::Value::Array(values) => {
                values.into_iter().for_each(|value| walk(value, out))
            }
            serde_json::Value::Object(fields) => {
                fields.into_iter().for_each(|(_, value)| walk(value, out))
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            }
        }
    }
    let mut out = Vec::new();
    if let Ok(value) = serde_json::from_str(ask.input.text()) {
        walk(value, &mut out);
    }
    out
}

/// Those of `tokens` that no row shows, as one text.
pub(super) fn unseen(tokens: &[String], rows: &[(&str, String)]) -> Option<String> {
    let shown = |token: &String| fit::row(token, TOKEN.0, TOKEN.1);
    let seen = |token: &String| {
        let told = fit::row(token, usize::MAX, usize::MAX);
        // A host is told in more words where its address stands.
        let mut bare: String = token.chars().map(shown_as).collect();
        bare.push('⟨');
        rows.iter()
            .any(|(_, row)| row.contains(&told) || row.contains(&bare))
    };
    let mut left = TOKENS;
    let mut out = Vec::new();
    let mut cut = 0;
    for token in tokens.iter().filter(|token| !seen(token)).map(shown) {
        let cost = fit::cost(&token) + fit::cost(" · ");
        if cost <= left {
            left -= cost;
            out.push(token);
        } else {
            cut += 1;
        }
    }
    if cut > 0 {
        out.push(format!("{cut} more"));
    }
    (!out.is_empty()).then(|| out.join(" · "))
}
