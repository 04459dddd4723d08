//! The log as a diary, newest first, read backwards and never whole.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use thumbturn_core::{By, Entry, Mode, Reason, Record, SessionEnd, Subject, Way};
use thumbturn_pipe::{History, Query, Row};
use thumbturn_wire::plain;

use crate::audit::backward::Backward;
use crate::audit::{Line, readable};

/// Rows of one page.
const ROWS: usize = 100;
/// The most characters of a row's long parts, which are searched and shown.
const WIDE: usize = 20_000;

/// One page of the log in `file`. It is read from its end, whatever its length, and what does not
/// match is let go of at once.
pub(crate) fn read(file: &Path, query: Query) -> History {
    let mut history = History {
        query,
        ..History::default()
    };
    if let Err(error) = fill(file, &mut history) {
        history.failure = Some(format!("The log cannot be read: {error}."));
    }
    history
}

fn fill(file: &Path, history: &mut History) -> io::Result<()> {
    let Some(log) = readable(file)? else {
        history.empty = true;
        return Ok(());
    };
    let mut lines = Backward::before(log, history.query.before)?;
    let mut agents = BTreeSet::new();
    let mut last_at = 0;
    let mut any = history.query.before.is_some();
    while let Some(line) = lines.next()? {
        any = true;
        let row = serde_json::from_slice(&line.bytes).map_or_else(
            |_| unreadable(line.place, last_at),
            |it| row(line.place, it),
        );
        last_at = row.at;
        if row.code.is_some() {
            agents.insert(row.agent.clone());
        }
        if !fits(&row, &history.query) {
            continue;
        }
        if history.rows.len() == ROWS {
            history.more = history.rows.last().map(|last| last.id);
            break;
        }
        history.rows.push(row);
    }
    history.empty = !any;
    history.agents = agents.into_iter().collect();
    Ok(())
}

/// A log with a hole in it must show that. `at` is when the line after it was written.
fn unreadable(place: u64, at: u64) -> Row {
    Row {
        id: place,
        at,
        code: None,
        agent: "Thumbturn".to_owned(),
        what: "A line that cannot be read".to_owned(),
        verdict: None,
        words: "Something else changed the log, or a newer Thumbturn wrote it.".to_owned(),
        is_ask: false,
        detail: Vec::new(),
    }
}

fn fits(row: &Row, query: &Query) -> bool {
    let wanted = query.text.trim().to_lowercase();
    let mut texts = [&row.what, &row.words, &row.agent]
        .into_iter()
        .chain(row.code.as_ref())
        .chain(row.detail.iter().map(|(_, value)| value));
    query
        .verdict
        .is_none_or(|verdict| row.verdict == Some(verdict))
        && query.agent.as_ref().is_none_or(|agent| *agent == row.agent)
        && (wanted.is_empty() || texts.any(|text| text.to_lowercase().contains(&wanted)))
}

/// Its place in the file names it, so that older rows are found without reading newer ones.
fn row(place: u64, Line { seq, at, record }: Line) -> Row {
    if let Record::Answer(entry) = record {
        return answer(place, seq, at, &entry);
    }
    let (what, words) = other(&record);
    Row {
        id: place,
        at,
        code: None,
        agent: "Thumbturn".to_owned(),
        what: what.to_owned(),
        verdict: None,
        words: plain(&words, WIDE),
        is_ask: false,
        detail: vec![("Line".to_owned(), seq.to_string())],
    }
}

fn answer(place: u64, seq: u64, at: u64, entry: &Entry) -> Row {
    let (agent, mut detail) = match &entry.subject {
        Subject::Ask(ask) => {
            let mut detail = vec![
                ("Where", plain(&ask.cwd, 1000)),
                ("Session", plain(&ask.session, 200)),
                ("Tool", plain(&ask.tool, 200)),
                ("Input", plain(ask.input.text(), WIDE)),
            ];
            if let Some(subagent) = &ask.subagent {
                let kind = subagent.kind.as_deref().unwrap_or(&subagent.id);
                detail.push(("Subagent", plain(kind, 200)));
            }
            (ask.agent.name().to_owned(), detail)
        }
        Subject::Deed(_) => ("Thumbturn".to_owned(), Vec::new()),
    };
    if let Reason::Approved(approval) = &entry.answer.reason {
        detail.extend([
            ("Approved by", plain(&approval.user, 200)),
            ("Device", plain(&approval.device, 200)),
            ("Duo transaction", plain(&approval.txid, 200)),
        ]);
    }
    if let Some(used) = &entry.grant {
        detail.extend([
            ("Grant", plain(&used.code.0, 40)),
            ("Uses left", used.left.to_string()),
        ]);
    }
    if entry.shared_with > 0 {
        detail.push(("Others on the same card", entry.shared_with.to_string()));
    }
    detail.push(("Line", seq.to_string()));
    Row {
        id: place,
        at,
        code: Some(entry.code.0.clone()),
        agent: plain(&agent, 200),
        what: plain(&entry.title(), WIDE),
        verdict: Some(entry.answer.verdict),
        words: plain(&entry.words(), WIDE),
        is_ask: matches!(entry.subject, Subject::Ask(_)),
        detail: detail
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    }
}

fn other(record: &Record) -> (&'static str, String) {
    match record {
        Record::Answer(entry) => ("Answer", entry.words()),
        Record::ModeChanged { from, to, by } => (
            "Duo mode changed",
            format!("From {} to {}, {}.", mode(from), mode(to), who(by)),
        ),
        Record::SignedIn { user, how } => {
            let how = match how {
                Way::UniversalPrompt => "with Universal Prompt",
                Way::SingleSignOn => "with Duo Single Sign-On",
                Way::Push => "by one push, the weaker way",
            };
            ("Signed in", format!("{user}, {how}."))
        }
        Record::SignedOut { why } => (
            "Signed out",
            match why {
                SessionEnd::Desk => "At the desk.",
                SessionEnd::Expired => "The session was over.",
                SessionEnd::Revoked => "The provider no longer stood by the session.",
            }
            .to_owned(),
        ),
        Record::SignInFailed { why } => ("Sign-in failed", why.words()),
        Record::OrphanApproval { approval, .. } => (
            "Approved too late",
            format!(
                "By {}, when nobody waited any more. Nothing was run.",
                approval.user
            ),
        ),
        Record::FraudReported { .. } => ("Fraud reported", "On the phone.".to_owned()),
        Record::Bypassed { ask, how } => (
            "The gate was gone round",
            format!(
                "{} {}: {}.",
                ask.agent.name(),
                how.words(),
                thumbturn_core::Card::title(ask)
            ),
        ),
        Record::GrantMade {
            code, words, user, ..
        } => (
            "Grant made",
            format!("By {user}, with {}: {words}.", code.0),
        ),
        Record::GrantEnded { code, left, why } => (
            "Grant ended",
            format!("{}: {} {left} uses were left.", code.0, why.words()),
        ),
        Record::RulesRead { rules, digest } => {
            let digest = digest.get(..12).unwrap_or(digest);
            let number = match rules {
                1 => "1 rule is".to_owned(),
                rules => format!("{rules} rules are"),
            };
            (
                "Rules read",
                format!("{number} in force (SHA-256 {digest}…)."),
            )
        }
        Record::KeyRemade => ("New gate key", "Made by a person at the desk.".to_owned()),
        Record::KeysForgotten => (
            "Keys wiped",
            "The connection and every key were wiped from the keychain.".to_owned(),
        ),
        Record::TroubleBegan(trouble) => ("Trouble", trouble.words()),
        Record::TroubleEnded(trouble) => ("Trouble over", trouble.words()),
        Record::GateStarted { version, mode: at } => {
            ("Gate started", format!("Version {version}, {}.", mode(at)))
        }
        Record::GateStopped { why } => ("Gate stopped", format!("{why}.")),
    }
}

fn mode(mode: &Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::On(_) => "on",
        Mode::Paused { .. } => "paused",
        Mode::Locked => "locked",
    }
}

fn who(by: &By) -> String {
    match by {
        By::Desk => "at the desk".to_owned(),
        By::Cli => "from the command line".to_owned(),
        By::Phone(approval) => format!("approved by {}", approval.user),
        By::Clock => "as its time was over".to_owned(),
        By::Duo => "after a fraud report".to_owned(),
        By::Gate => "as the endpoint file could not be written".to_owned(),
    }
}

#[cfg(test)]
#[path = "history/tests.rs"]
mod tests;
