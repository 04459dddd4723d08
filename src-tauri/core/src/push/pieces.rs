//! A text cut into what is shown of it, each piece with what it stands for.

use std::ops::Range;

use super::letters::{is_hidden, is_mark, is_right_to_left, shown};
use super::{disguise, folds, marks};
use crate::redact::grouped;

/// Something that is shown as a whole or not at all.
pub(super) struct Piece {
    pub(super) shown: String,
    /// The characters that it stands for.
    pub(super) stands_for: usize,
    pub(super) rank: Rank,
}

/// How dear a piece is where not all fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Plain,
    /// A host, the target of a redirection, or what a word is disguised as.
    Told,
    /// What the policy flagged.
    Flagged,
}

/// Runs of one blank or hidden character from this length on are counted.
const RUN: usize = 8;
/// Runs of several kinds of them.
const MIXED: usize = 16;
/// Marks that one letter may bear.
const MARKS: usize = 2;

/// `text` in pieces; `flagged` are texts in it that must not be lost.
pub(super) fn pieces(text: &str, flagged: &[&str]) -> Vec<Piece> {
    let marks = marks::of(text, flagged);
    let mut folds = folds::of(text, &marks).into_iter().peekable();
    let mut tags = disguise::tags(text).into_iter().peekable();
    let mut stretches = stretches(&marks, text.len()).into_iter().peekable();
    let mut out = Vec::new();
    if text.chars().any(is_right_to_left) {
        out.push(told(
            "⟨has letters written from right to left⟩ ".to_owned(),
            &[],
        ));
    }
    let mut at = 0;
    let mut before = Before::default();
    while at < text.len() {
        while let Some((_, tag)) = tags.next_if(|(end, _)| *end <= at) {
            let tag = told(tag, &out);
            out.push(tag);
        }
        if let Some((range, words)) = folds.next_if(|(range, _)| range.start <= at) {
            let count = text
                .get(range.clone())
                .map_or(0, |part| part.chars().count());
            out.push(Piece {
                shown: words,
                stands_for: count,
                rank: Rank::Plain,
            });
            at = range.end;
            before = Before::default();
            continue;
        }
        let next_tag = tags.peek().map_or(text.len(), |(end, _)| *end);
        let next_fold = folds.peek().map_or(text.len(), |(range, _)| range.start);
        while stretches.next_if(|(end, _)| *end <= at).is_some() {}
        let (next_edge, rank) = stretches
            .peek()
            .copied()
            .unwrap_or((text.len(), Rank::Plain));
        let part = text
            .get(at..next_tag.min(next_fold).min(next_edge))
            .unwrap_or_default();
        let (piece, length) = one(part, rank, &mut before);
        out.push(piece);
        at += length;
    }
    for (_, tag) in tags {
        let tag = told(tag, &out);
        out.push(tag);
    }
    out
}

/// What came before, as far as marks care.
#[derive(Default)]
struct Before {
    bears_marks: bool,
    marks: usize,
}

/// The first piece of a text that is not empty, and its length in bytes.
fn one(text: &str, rank: Rank, before: &mut Before) -> (Piece, usize) {
    let Some(first) = text.chars().next() else {
        return (
            Piece {
                shown: String::new(),
                stands_for: 0,
                rank,
            },
            1,
        );
    };
    let piece = |shown, stands_for| Piece {
        shown,
        stands_for,
        rank,
    };
    if is_mark(first) && !is_hidden(first) {
        before.marks += 1;
        if before.bears_marks && before.marks <= MARKS {
            return (piece(first.to_string(), 1), first.len_utf8());
        }
        let run: String = text
            .chars()
            .take_while(|c| is_mark(*c) && !is_hidden(*c))
            .collect();
        let count = run.chars().count();
        before.marks += count;
        let words = match count {
            1 => format!("⟨{}⟩", super::letters::named(first)),
            count => format!("⟨{} combining marks⟩", grouped(count)),
        };
        return (piece(words, count), run.len());
    }
    *before = Before {
        bears_marks: first.is_alphanumeric(),
        marks: 0,
    };
    if !is_blank(first) {
        return (piece(first.to_string(), 1), first.len_utf8());
    }
    let same = text.chars().take_while(|c| *c == first).count();
    let all: String = text.chars().take_while(|c| is_blank(*c)).collect();
    let count = all.chars().count();
    let least = if first == ' ' { RUN } else { RUN / 2 };
    if count > same && count >= MIXED {
        (
            piece(
                format!("⟨{} blanks and line breaks⟩", grouped(count)),
                count,
            ),
            all.len(),
        )
    } else if same >= least {
        let sign = if first == ' ' {
            "␠".to_owned()
        } else {
            shown(first)
        };
        (
            piece(format!("{sign}×{same}"), same),
            same * first.len_utf8(),
        )
    } else {
        (piece(shown(first), 1), first.len_utf8())
    }
}

fn is_blank(c: char) -> bool {
    c == ' ' || is_hidden(c)
}

/// What is said of the piece before it, and as dear as that.
fn told(shown: String, before: &[Piece]) -> Piece {
    Piece {
        shown,
        stands_for: 0,
        rank: before
            .last()
            .map_or(Rank::Told, |last| last.rank.max(Rank::Told)),
    }
}

/// Stretches of one rank: where each ends, in order, and its rank. They reach over the whole text.
fn stretches(marks: &[(Range<usize>, Rank)], length: usize) -> Vec<(usize, Rank)> {
    let edges = marks.iter().flat_map(|(range, _)| [range.start, range.end]);
    let mut edges: Vec<_> = edges.chain([length]).filter(|edge| *edge > 0).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut from = 0;
    let stretch = |end| {
        let here = marks.iter().filter(|(range, _)| range.contains(&from));
        let rank = here.map(|(_, rank)| *rank).max();
        from = end;
        (end, rank.unwrap_or(Rank::Plain))
    };
    edges.into_iter().map(stretch).collect()
}
