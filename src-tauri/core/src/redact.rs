//! Secrets taken out of text before it leaves the machine or is written down.
//!
//! Nothing that decides or runs reads what comes out of here. A span never reaches
//! over whitespace or a shell's own signs, so that no command can hide in one.

mod flags;
mod json;
mod named;
mod places;
mod shapes;

use std::ops::Range;

use thumbturn_wire::Ask;

use crate::{Entry, Record, Subject};

/// Text without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted {
    pub text: String,
    /// What was taken out, in order.
    pub spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub kind: &'static str,
    /// Its length in characters.
    pub length: usize,
}

impl Span {
    fn words(&self) -> String {
        let end = if self.length == 1 { "" } else { "s" };
        format!("<{}, {} character{end}>", self.kind, grouped(self.length))
    }
}

/// Whether something was taken out of this text.
pub fn is_redacted(text: &str) -> bool {
    text.contains(" character>") || text.contains(" characters>")
}

/// A name, a sign and a password: no text below holds a secret.
const SHORTEST: usize = 8;

/// Where a secret of this kind stands, in bytes.
type Found = (Range<usize>, &'static str);

/// `text` with each secret replaced by its kind and length.
pub fn redact(text: &str) -> Redacted {
    redact_but(text, &[])
}

/// The same, but whatever touches one of `kept` stays. Hosts always do.
pub fn redact_but(text: &str, kept: &[&str]) -> Redacted {
    if text.len() < SHORTEST {
        return replaced(text, Vec::new());
    }
    let mut found = shapes::find(text);
    found.extend(places::find(text));
    found.extend(named::find(text));
    found.extend(flags::find(text));
    replaced(text, settled(text, found, kept))
}

/// `ask` as it may be written down: never for what decides, and never for what is signed.
pub fn logged(ask: &Ask) -> Ask {
    logged_but(ask, &[])
}

fn logged_but(ask: &Ask, kept: &[String]) -> Ask {
    Ask {
        cwd: redact(&ask.cwd).text,
        ..for_eyes(ask, kept)
    }
}

/// The ask with its input redacted, but for hosts and `kept`.
pub(crate) fn for_eyes(ask: &Ask, kept: &[String]) -> Ask {
    let kept: Vec<_> = kept.iter().map(String::as_str).collect();
    Ask {
        input: json::input(&ask.input, &kept),
        ..ask.clone()
    }
}

impl Record {
    /// This record as it is written down.
    #[must_use]
    pub fn logged(&self) -> Self {
        let Self::Answer(entry) = self else {
            return self.clone();
        };
        let mut entry: Entry = entry.as_ref().clone();
        let flagged = entry.judgement.iter().flat_map(|told| told.flagged.clone());
        let flagged: Vec<_> = flagged.collect();
        if let Subject::Ask(ask) = &mut entry.subject {
            **ask = logged_but(ask, &flagged);
        }
        let kept: Vec<_> = flagged.iter().map(String::as_str).collect();
        for reason in entry
            .judgement
            .iter_mut()
            .flat_map(|told| &mut told.reasons)
        {
            *reason = redact_but(reason, &kept).text;
        }
        Self::Answer(Box::new(entry))
    }
}

/// Sorted, without overlaps (of two, the longer stays), and off whatever is kept.
fn settled(text: &str, mut found: Vec<Found>, kept: &[&str]) -> Vec<Found> {
    let mut kept: Vec<_> = kept
        .iter()
        .filter(|kept| !kept.is_empty())
        .flat_map(|kept| text.match_indices(kept))
        .map(|(at, kept)| at..at + kept.len())
        .chain(crate::push::hosts(text))
        .collect();
    kept.sort_by_key(|range| range.start);
    // Where each kept stretch and all before it end.
    let mut end = 0;
    let ends: Vec<_> = kept
        .iter()
        .map(|range| {
            end = end.max(range.end);
            (range.start, end)
        })
        .collect();
    let is_free = |range: &Range<usize>| {
        let before = ends.partition_point(|(start, _)| *start < range.end);
        let last = before.checked_sub(1).and_then(|at| ends.get(at));
        last.is_none_or(|(_, end)| *end <= range.start)
    };
    found.retain(|(range, _)| !range.is_empty() && is_free(range));
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut settled: Vec<Found> = Vec::new();
    for (range, kind) in found {
        match settled.last_mut() {
            Some((last, _)) if !apart(last, &range) => {
                if range.len() > last.len() {
                    *last = range;
                }
            }
            Some(_) | None => settled.push((range, kind)),
        }
    }
    settled
}

fn apart(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.end <= b.start || b.end <= a.start
}

fn replaced(text: &str, found: Vec<Found>) -> Redacted {
    let mut out = String::with_capacity(text.len());
    let mut spans = Vec::new();
    let mut from = 0;
    for (range, kind) in found {
        let secret = text.get(range.clone()).unwrap_or_default();
        let span = Span {
            kind,
            length: secret.chars().count(),
        };
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(&span.words());
        from = range.end;
        spans.push(span);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Redacted { text: out, spans }
}

/// Whether a shell may take it for more than a letter of a word. A span ends before it.
fn ends_span(c: char) -> bool {
    c.is_whitespace() || c.is_control() || ";&|<>$()`\"'\\".contains(c)
}

/// The bytes from `at` up to where a span must end.
fn word_from(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    at..at + rest.find(ends_span).unwrap_or(rest.len())
}

/// 4096 as "4,096".
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
