//! Stretches of a text that a person does not read, told by kind and length instead.

use std::ops::Range;

use super::pieces::Rank;
use crate::redact::grouped;

/// Encoded runs from this length on, in characters.
const ENCODED: usize = 200;
/// Here-documents of more lines than this.
const LINES: usize = 12;
/// The most of them that are looked for.
const TRIED: usize = 32;
/// Their lines that stay at either end.
const HEAD: usize = 6;
const TAIL: usize = 3;

/// What is folded, in order and without overlaps, and what stands there instead.
pub(super) fn of(text: &str, marks: &[(Range<usize>, Rank)]) -> Vec<(Range<usize>, String)> {
    let mut folds = encoded(text);
    folds.extend(here_documents(text, marks));
    folds.retain(|(range, _)| {
        marks
            .iter()
            .all(|(mark, _)| mark.end <= range.start || range.end <= mark.start)
    });
    folds.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    folds.retain(|(range, _)| {
        let is_free = range.start >= end;
        end = if is_free { range.end } else { end };
        is_free
    });
    folds
}

fn encoded(text: &str) -> Vec<(Range<usize>, String)> {
    let is_body = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-');
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(|c: char| !is_body(c)) {
        let run = piece.trim_end_matches(|c: char| !is_body(c));
        if run.len() >= ENCODED
            && let Some(kind) = kind_of(run)
        {
            let words = format!("<{kind}, {} characters>", grouped(run.len()));
            found.push((at..at + run.len(), words));
        }
        at += piece.len();
    }
    found
}

fn kind_of(run: &str) -> Option<&'static str> {
    let has = |is: fn(&u8) -> bool| run.bytes().any(|byte| is(&byte));
    let signs = run
        .bytes()
        .filter(|byte| !byte.is_ascii_alphanumeric())
        .count();
    let several = run.bytes().collect::<std::collections::BTreeSet<_>>().len() >= 8;
    if !several || signs * 8 > run.len() {
        None
    } else if run.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Some("hex")
    } else if has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
    {
        Some("base64")
    } else {
        None
    }
}

/// The middle of each long here-document, but for lines that hold a mark.
fn here_documents(text: &str, marks: &[(Range<usize>, Rank)]) -> Vec<(Range<usize>, String)> {
    let mut folds = Vec::new();
    let mut done = 0;
    let mut tried = 0;
    for (at, _) in text.match_indices("<<") {
        if at < done {
            continue;
        }
        // Each that never ends is read to the end of the text.
        tried += 1;
        if tried > TRIED {
            break;
        }
        let Some((body, end)) = body(text, at + 2) else {
            continue;
        };
        done = end;
        if body.len() > LINES {
            let middle = body.get(HEAD..body.len() - TAIL).unwrap_or_default();
            folds.extend(folded(middle, marks));
        }
    }
    folds
}

/// The lines of the here-document whose word begins at `at`, and where they end.
fn body(text: &str, at: usize) -> Option<(Vec<Range<usize>>, usize)> {
    let rest = text.get(at..)?;
    let word = rest
        .strip_prefix('-')
        .unwrap_or(rest)
        .trim_start_matches(' ');
    let word = word.trim_start_matches(['\'', '"', '\\']);
    let length = word
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(word.len());
    let word = word.get(..length).filter(|word| !word.is_empty())?;
    let mut from = at + rest.find('\n')? + 1;
    let mut lines = Vec::new();
    for line in text.get(from..)?.split_inclusive('\n') {
        if line.trim_end_matches('\n').trim_start_matches('\t') == word {
            return Some((lines, from));
        }
        lines.push(from..from + line.len());
        from += line.len();
    }
    None
}

fn folded(lines: &[Range<usize>], marks: &[(Range<usize>, Rank)]) -> Vec<(Range<usize>, String)> {
    let is_marked = |line: &Range<usize>| {
        marks
            .iter()
            .any(|(mark, _)| mark.start < line.end && line.start < mark.end)
    };
    lines
        .chunk_by(|a, b| is_marked(a) == is_marked(b))
        .filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            let words = format!("<{} lines>⏎", grouped(run.len()));
            (!is_marked(first) && run.len() > 1).then_some((first.start..last.end, words))
        })
        .collect()
}
