//! Paths that always ring, whether or not they exist yet, by every spelling.
//!
//! Two readings of each path are checked: the words as they stand, put in order without the file
//! system, and what the gate found that they lead to. Either is enough.

mod spell;
mod table;

use super::shell::Path;
use super::{Decision, Facts, Judgement, Risk};
use table::{Row, TABLE, Where};

/// What is known of the strictest protected path among these.
pub(super) fn judge<'a>(
    paths: impl IntoIterator<Item = &'a Path>,
    cwd: &str,
    facts: &Facts,
) -> Option<Judgement> {
    let mut found: Option<Judgement> = None;
    for path in paths {
        let Some((rule, why)) = protected(path, cwd, facts) else {
            continue;
        };
        let deed = if path.write { "may write" } else { "reads" };
        let reason = format!("{deed} {}, {why}", path.text);
        match &mut found {
            Some(judgement) => {
                judgement.reasons.push(reason);
                judgement.flagged.push(path.text.clone());
            }
            None => {
                let mut judgement = Judgement::new(Decision::Unsure(Risk::High), rule, reason);
                judgement.floor = true;
                judgement.flagged.push(path.text.clone());
                found = Some(judgement);
            }
        }
    }
    found
}

/// Whether a path is protected: by which rule, and what it is.
fn protected(path: &Path, cwd: &str, facts: &Facts) -> Option<(&'static str, &'static str)> {
    let resolved = facts.paths.get(&path.text).map(|at| spell::absolute(at));
    let spelt = spell::spellings(&path.text, cwd, facts);
    let mut own = facts.own.iter().map(|own| spell::absolute(own));
    let is_own = |whole: &[String]| own.any(|own| !own.is_empty() && whole.starts_with(&own));
    let mut spellings: Vec<_> = resolved.into_iter().chain(spelt).collect();
    if facts.folds_case {
        for whole in &mut spellings {
            for part in whole {
                *part = part.to_lowercase();
            }
        }
    }
    if spellings
        .iter()
        .any(|whole| whole.iter().any(|part| part == "\0"))
    {
        return Some(("paths.unclear", "a path that cannot be read for certain"));
    }
    let mut is_own = is_own;
    if spellings.iter().any(|whole| is_own(whole)) {
        return Some(("paths.own", "a file of Thumbturn's own"));
    }
    let home = facts.home.as_deref().map(spell::absolute);
    TABLE
        .iter()
        .filter(|row| path.write || row.reads)
        .find(|row| {
            spellings
                .iter()
                .any(|whole| is_at(row, whole, home.as_deref(), path.write))
        })
        .map(|row| (row.rule, row.why))
}

fn is_at(row: &Row, whole: &[String], home: Option<&[String]>, write: bool) -> bool {
    match row.at {
        Where::Home(parts) => homes(whole, home).any(|below| begins(below, parts, write)),
        Where::Root(parts) => begins(whole, parts, write),
        Where::Anywhere(parts) => (0..whole.len()).any(|at| {
            whole
                .get(at..)
                .is_some_and(|below| begins(below, parts, false))
        }),
        Where::Name(name) => {
            let last = whole.last().is_some_and(|last| spell::matches(name, last));
            last && !row
                .but
                .iter()
                .any(|but| whole.last().is_some_and(|last| spell::matches(but, last)))
        }
        Where::Process(names) => match whole {
            [proc, _, rest @ ..] if proc == "proc" => rest
                .iter()
                .any(|part| names.iter().any(|name| spell::matches(name, part))),
            _ => false,
        },
    }
}

/// What of a path lies below a home: the person's, and anybody's where homes usually are.
fn homes<'a>(whole: &'a [String], home: Option<&[String]>) -> impl Iterator<Item = &'a [String]> {
    let own = home.and_then(|home| whole.strip_prefix(home));
    let usual = match whole {
        [top, _, rest @ ..] if matches!(top.as_str(), "home" | "Users") => Some(rest),
        [top, rest @ ..] if top == "root" => Some(rest),
        _ => None,
    };
    own.into_iter().chain(usual)
}

/// Whether the path is at or below the place. Who writes to what the place lies in reaches it too.
fn begins(path: &[String], place: &[&str], write: bool) -> bool {
    let mut parts = path.iter();
    for (at, name) in place.iter().enumerate() {
        match parts.next() {
            Some(part) if spell::matches(name, part) || part == "**" => {}
            Some(_) => return false,
            // The top of everything is nobody's to write as a whole; a folder half way is a near miss.
            None => return write && at <= 1,
        }
    }
    true
}

#[cfg(test)]
mod tests;
