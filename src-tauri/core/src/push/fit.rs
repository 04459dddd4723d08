//! Text made to fit into one row of a push: head and tail stay, what is cut is counted.

use thumbturn_wire::plain;

/// What "… 1234 more characters …" may need.
const COUNT: usize = 400;

/// `text` on one line, at most `chars` characters and about `bytes` bytes as Duo counts them.
pub(super) fn row(text: &str, chars: usize, bytes: usize) -> String {
    let text = plain(text, text.len());
    let count = text.chars().count();
    if count <= chars && cost(&text) <= bytes {
        return text;
    }
    let room = bytes.saturating_sub(COUNT);
    let head = taken(text.chars(), chars * 3 / 4, room * 3 / 4);
    let tail = taken(text.chars().rev(), chars / 4, room / 4);
    let tail = tail.min(count.saturating_sub(head));
    let cut = count.saturating_sub(head + tail);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(count - tail).collect();
    format!("{start} … {cut} more characters … {end}")
}

/// How many characters from this end fit.
fn taken(text: impl Iterator<Item = char>, chars: usize, bytes: usize) -> usize {
    let mut spent = 0;
    text.take(chars)
        .take_while(|c| {
            spent += cost_of(*c);
            spent <= bytes
        })
        .count()
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
    fn what_hides_is_shown() {
        assert_eq!(row("a\nb\u{202e}c", 10, 100), "a⏎b\u{FFFD}c");
    }
}
