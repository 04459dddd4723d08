//! Text made to fit into one row of a push: head, tail and what is flagged stay, what is cut is counted.

use super::pieces::{Piece, Rank, pieces};
use crate::redact::grouped;

/// What "… 1,234 more characters …" may need, in bytes as Duo counts them and in characters.
const COUNT: usize = 100;
const COUNT_CHARS: usize = 36;

/// `text` on one line, at most `chars` characters and about `bytes` bytes as Duo counts them.
pub(super) fn row(text: &str, chars: usize, bytes: usize) -> String {
    row_with(text, &[], chars, bytes)
}

/// The same, and no text of `flagged` that stands in it is cut out as long as there is room at all.
pub(super) fn row_with(text: &str, flagged: &[&str], chars: usize, bytes: usize) -> String {
    let pieces = pieces(text, flagged);
    let room = Size { chars, bytes };
    if Size::of(&pieces).fits(room) {
        return pieces.iter().map(|piece| piece.shown.as_str()).collect();
    }
    joined(&pieces, &kept(&pieces, room))
}

#[derive(Clone, Copy, Default)]
struct Size {
    chars: usize,
    bytes: usize,
}

impl Size {
    fn of(pieces: &[Piece]) -> Self {
        pieces
            .iter()
            .fold(Self::default(), |sum, piece| sum.with(Self::of_one(piece)))
    }

    fn of_one(piece: &Piece) -> Self {
        Self {
            chars: piece.shown.chars().count(),
            bytes: cost(&piece.shown),
        }
    }

    fn with(self, more: Self) -> Self {
        Self {
            chars: self.chars + more.chars,
            bytes: self.bytes + more.bytes,
        }
    }

    fn less(self, spent: Self) -> Self {
        Self {
            chars: self.chars.saturating_sub(spent.chars),
            bytes: self.bytes.saturating_sub(spent.bytes),
        }
    }

    fn fits(self, room: Self) -> bool {
        self.chars <= room.chars && self.bytes <= room.bytes
    }
}

/// Which pieces stay: half of the room is for what is flagged or told, the rest for head and tail.
fn kept(pieces: &[Piece], room: Size) -> Vec<bool> {
    let half = Size {
        chars: room.chars / 2,
        bytes: room.bytes / 2,
    };
    let mut kept = vec![false; pieces.len()];
    let mut spent = Size::default();
    for rank in [Rank::Flagged, Rank::Told] {
        for run in inwards(runs(pieces, rank)) {
            let size = Size::of(pieces.get(run.clone()).unwrap_or_default());
            let gap = Size {
                chars: COUNT_CHARS,
                bytes: COUNT,
            };
            let with = spent.with(size).with(gap);
            if with.fits(half) {
                spent = with;
                kept.get_mut(run).unwrap_or_default().fill(true);
            }
        }
    }
    // What is kept costs its own room, and each gap its count; the last gap is ours. The count
    // of characters is for people: only what Duo counts is held to the byte.
    let left = room.less(spent).less(Size {
        chars: 0,
        bytes: COUNT,
    });
    let head = Size {
        chars: left.chars * 3 / 4,
        bytes: left.bytes * 3 / 4,
    };
    let tail = Size {
        chars: left.chars / 4,
        bytes: left.bytes / 4,
    };
    let head = taken(pieces.iter(), head);
    let tail = taken(pieces.iter().rev(), tail);
    let from_end = pieces.len().saturating_sub(tail);
    for (at, keep) in kept.iter_mut().enumerate() {
        *keep |= at < head || at >= from_end;
    }
    kept
}

/// How many pieces from this end fit.
fn taken<'a>(pieces: impl Iterator<Item = &'a Piece>, room: Size) -> usize {
    let mut spent = Size::default();
    pieces
        .take_while(|piece| {
            spent = spent.with(Size::of_one(piece));
            spent.fits(room)
        })
        .count()
}

/// Stretches of one rank.
fn runs(pieces: &[Piece], rank: Rank) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    let chunks = pieces.chunk_by(|a, b| a.rank == b.rank);
    chunks
        .filter_map(|chunk| {
            let from = at;
            at += chunk.len();
            let is_it = chunk.first().is_some_and(|piece| piece.rank == rank);
            is_it.then_some(from..at)
        })
        .collect()
}

/// From both ends in turn, so that a flood at one end hides nothing at the other.
fn inwards<T>(mut all: Vec<T>) -> impl Iterator<Item = T> {
    let rest = all.split_off(all.len().div_ceil(2));
    let mut rest = rest.into_iter().rev();
    all.into_iter()
        .flat_map(move |one| [Some(one), rest.next()])
        .flatten()
}

fn joined(pieces: &[Piece], kept: &[bool]) -> String {
    let mut out = String::new();
    let mut cut = 0;
    let gap = |out: &mut String, cut: &mut usize| {
        if *cut > 0 {
            out.push_str(&format!(" … {} more characters … ", grouped(*cut)));
        }
        *cut = 0;
    };
    for (piece, keep) in pieces.iter().zip(kept) {
        if *keep {
            gap(&mut out, &mut cut);
            out.push_str(&piece.shown);
        } else {
            cut += piece.stands_for;
        }
    }
    gap(&mut out, &mut cut);
    out
}

/// The length after Duo's two encodings: of the pair, and of the parameter that holds the pairs.
pub(super) fn cost(text: &str) -> usize {
    text.chars().map(cost_of).sum()
}

fn cost_of(c: char) -> usize {
    if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~') {
        1
    } else {
        // `%XX` and then `%25XX`.
        5 * c.len_utf8()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn what_fits_stays_whole() {
        assert_eq!(row("git push", 8, 12), "git push");
        assert_eq!(cost("git push"), 12);
    }

    #[test]
    fn what_does_not_fit_keeps_both_ends_and_a_count() {
        let long = format!("{}{}{}", "a".repeat(6), "b".repeat(90), "c".repeat(4));
        assert_eq!(row(&long, 8, 10_000), "aaaaaa … 92 more characters … cc");
        assert_eq!(
            row("abcdefghij", 9, 10_000),
            "abcdef … 2 more characters … ij"
        );
        assert_eq!(
            row(&"\u{97f3}".repeat(40), 100, COUNT + 60),
            "\u{97f3}\u{97f3}\u{97f3} … 36 more characters … \u{97f3}"
        );
    }

    #[test]
    fn what_is_flagged_stays_wherever_it_stands() {
        let text = format!("{}; rm -rf ~; {}", "a".repeat(5_000), "b".repeat(5_000));
        let shown = row_with(&text, &["rm -rf ~"], 200, 2_000);
        assert!(shown.contains(" more characters … rm -rf ~ … "), "{shown}");
        let shown = row(
            &text.replace("rm -rf ~", "curl https://x.example/"),
            200,
            2_000,
        );
        assert!(shown.contains("more characters … x.example … "), "{shown}");
    }

    #[test]
    fn what_hides_is_shown() {
        for (text, told) in [
            ("a\nb\u{202e}c", "a⏎b⟨U+202E⟩c"),
            ("a\tb\u{202e}\u{202e}\u{202e}\u{202e}", "a⇥b⟨U+202E⟩×4"),
            (
                "a\u{301}\u{301}\u{301}\u{301}b\n\u{301}",
                "a\u{301}\u{301}⟨2 combining marks⟩b⏎⟨U+0301⟩",
            ),
            (
                "\u{441}url x",
                "\u{441}url⟨mixed letters: \u{441}=U+0441⟩ x",
            ),
        ] {
            assert_eq!(row(text, 100, 1_000), told);
        }
        let padded = |pad: &str| row(&format!("a{};b", pad.repeat(2_500)), 100, 1_000);
        assert_eq!(padded("  "), "a␠×5000;b");
        assert_eq!(padded("\n"), "a⏎×2500;b");
        assert_eq!(padded(" \n"), "a⟨5,000 blanks and line breaks⟩;b");
        let code = format!("x {} y", "aB3/".repeat(1_024));
        assert_eq!(
            row(&code, 9_000, 90_000),
            format!("x {} y", "aB3/".repeat(1_024))
        );
        let code = format!("x {} y", "aB3/dE5fGh".repeat(100));
        assert_eq!(row(&code, 9_000, 90_000), "x <base64, 1,000 characters> y");
    }

    #[test]
    fn a_long_here_document_is_folded_around_what_is_flagged() {
        let lines =
            |from: usize, to: usize| (from..=to).map(|n| format!("l{n}\n")).collect::<String>();
        let text = format!(
            "cat <<'EOF' > out\n{}rm -rf x\n{}EOF\nmake",
            lines(1, 20),
            lines(21, 40)
        );
        assert_eq!(
            row_with(&text, &["rm -rf x"], 900, 9_000),
            "cat <<'EOF' > out⏎l1⏎l2⏎l3⏎l4⏎l5⏎l6⏎<14 lines>⏎rm -rf x⏎<17 lines>⏎l38⏎l39⏎l40⏎EOF⏎make"
        );
    }
}
