//! The card of one ask.

use thumbturn_wire::Ask;

use super::{Rows, SHORT, fit, rows, title};
use crate::Code;
use crate::approvals::Judged;
use crate::policy::seen::Seen;
use crate::policy::shell::Command;

/// The most of each row, in bytes as Duo counts them. *What* gets whatever the others leave it.
const WHAT: usize = 12_000;
const CHANGE: usize = 2_400;
const WITH: usize = 1_500;
const CLAIM: usize = 700;
/// The most characters of the long rows.
const WHAT_CHARS: usize = 4_000;
const CHANGE_CHARS: usize = 1_200;
const WITH_CHARS: usize = 600;
const CLAIM_CHARS: usize = 160;

pub(super) fn full(
    ask: &Ask,
    judged: Option<&Judged>,
    code: &Code,
    host: &str,
    covers: String,
) -> Rows {
    let judgement = judged.map(|judged| &judged.judgement);
    let must = rows::must_show(ask, judgement);
    let flagged: Vec<_> = must.iter().map(String::as_str).collect();
    let call = title::of_ask(ask, judgement.map_or(&[], |told| told.flagged.as_slice()));
    let mut rows = Vec::new();
    if let Some(change) = &call.change {
        rows.push((
            "Change",
            fit::row_with(change, &flagged, CHANGE_CHARS, CHANGE),
        ));
    }
    if let Some(server) = title::mcp_server(&ask.tool) {
        rows.push(("MCP server", fit::row(server, 100, SHORT)));
    }
    if !call.with.is_empty() {
        rows.push((
            "With",
            fit::row_with(&call.with, &flagged, WITH_CHARS, WITH),
        ));
    }
    rows.push((
        "Where",
        rows::place(ask, judged.map(|judged| &judged.facts), host),
    ));
    rows.push(("Agent", rows::agent(ask)));
    let at = rows.len();
    rows.push(("Covers", covers));
    let note = judgement.and_then(|told| told.terms.note.as_ref());
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        rows.push(("Note", fit::row(note, 160, 600)));
    }
    rows.push(("Ref", reference(code)));
    if let Some(claim) = call.claim.filter(|claim| !claim.trim().is_empty()) {
        let claim = fit::row(&claim, CLAIM_CHARS, CLAIM);
        rows.push(("Agent says", format!("“{claim}”")));
    }
    let mut risk = rows::why(judged);
    let spent = super::spent(&rows) + fit::cost(&risk) + rows::UNSEEN;
    let left = super::ALL.saturating_sub(spent).min(WHAT);
    rows.insert(
        0,
        (
            "What",
            fit::row_with(&call.what, &flagged, WHAT_CHARS, left),
        ),
    );
    if let Some(unseen) = rows::unseen(&must, &rows) {
        risk = format!("{risk}. Not shown above: {unseen}");
    }
    rows.insert(at + 1, ("Risk", risk));
    rows
}

/// Which tool and programs, and where they lead; nothing that is done with them.
pub(super) fn summary(
    ask: &Ask,
    judged: Option<&Judged>,
    code: &Code,
    host: &str,
    covers: String,
) -> Rows {
    let seen = Seen::of(ask);
    let commands = seen.shell.iter().flat_map(|reading| &reading.commands);
    let mut programs: Vec<String> = commands.filter_map(program).collect();
    programs.dedup();
    let name = title::mcp(&ask.tool).map_or(ask.tool.as_str(), |(_, name)| name);
    let what = if programs.is_empty() {
        name.to_owned()
    } else {
        format!("{name}: {}", programs.join(", "))
    };
    let mut rows = vec![("What", fit::row(&what, 300, 2_000))];
    if let Some(server) = title::mcp_server(&ask.tool) {
        rows.push(("MCP server", fit::row(server, 100, SHORT)));
    }
    let hosts = rows::hosts(ask);
    if !hosts.is_empty() {
        rows.push(("Hosts", fit::row(&hosts.join(", "), 600, 3_000)));
    }
    rows.extend([
        ("Where", fit::row(host, 60, 300)),
        ("Agent", rows::agent(ask)),
        ("Risk", rows::risk(judged).to_owned()),
        ("Covers", covers),
        ("Ref", reference(code)),
    ]);
    rows
}

pub(super) fn id_only(judged: Option<&Judged>, code: &Code, covers: String) -> Rows {
    vec![
        ("Ref", reference(code)),
        ("Risk", rows::risk(judged).to_owned()),
        ("Covers", covers),
    ]
}

/// "git push": the program, and its verb where it has one. No verb that could be a name of something else.
fn program(command: &Command) -> Option<String> {
    const WITH_VERBS: [&str; 12] = [
        "git",
        "cargo",
        "npm",
        "pnpm",
        "yarn",
        "docker",
        "podman",
        "kubectl",
        "gh",
        "go",
        "pip",
        "systemctl",
    ];
    let mut words = command.argv.iter();
    let Some(program) = words.next()?.as_deref() else {
        return Some("a program named at run time".to_owned());
    };
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_verb = |word: &&String| {
        word.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            && !word.starts_with('-')
    };
    let verb = words.next().and_then(Option::as_ref).filter(is_verb);
    let verb = verb.filter(|_| WITH_VERBS.contains(&name));
    let name = fit::row(name, 60, 300);
    Some(verb.map_or_else(
        || name.clone(),
        |verb| format!("{name} {}", fit::row(verb, 30, 60)),
    ))
}

fn reference(code: &Code) -> String {
    fit::row(&code.0, 40, SHORT)
}
