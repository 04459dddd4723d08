//! What of a text must not be lost, however long the rest is.

use std::ops::Range;

use super::letters::is_hidden;
use super::pieces::Rank;

/// The longest target of a redirection and the longest host that is kept whole, in bytes.
const LONGEST: usize = 260;
/// The most places of each kind, from either end.
const PLACES: usize = 24;

/// Where flagged texts, hosts and targets of redirections stand, in bytes.
pub(super) fn of(text: &str, flagged: &[&str]) -> Vec<(Range<usize>, Rank)> {
    let mut marks = Vec::new();
    for token in flagged.iter().filter(|token| !token.is_empty()) {
        // The first could be a decoy, and so could the last.
        let places = [text.find(token), text.rfind(token)];
        for at in places.into_iter().flatten() {
            marks.push((at..at + token.len(), Rank::Flagged));
        }
    }
    marks.extend(both_ends(hosts(text)).map(|range| (range, Rank::Told)));
    marks.extend(both_ends(targets(text)).map(|range| (range, Rank::Told)));
    marks
}

fn both_ends(all: Vec<Range<usize>>) -> impl Iterator<Item = Range<usize>> {
    let last = all.len().saturating_sub(PLACES);
    let keeps = move |at: usize| at < PLACES || at >= last;
    all.into_iter()
        .enumerate()
        .filter(move |(at, _)| keeps(*at))
        .map(|(_, range)| range)
}

/// The hosts of addresses, without user and port.
pub(crate) fn hosts(text: &str) -> Vec<Range<usize>> {
    let found = text.match_indices("://").filter_map(|(at, sign)| {
        let from = at + sign.len();
        let rest = text.get(from..)?;
        let ends = |c: char| c.is_whitespace() || is_hidden(c) || "/?#\"'`<>|;&()\\{}".contains(c);
        let authority = rest.get(..rest.find(ends).unwrap_or(rest.len()))?;
        let skip = authority.rfind('@').map_or(0, |at| at + 1);
        let host = authority.get(skip..)?;
        let host = host
            .split(':')
            .next()
            .filter(|_| !host.starts_with('['))
            .unwrap_or(host);
        (!host.is_empty() && host.len() <= LONGEST).then(|| from + skip..from + skip + host.len())
    });
    found.collect()
}

/// What `>` and `>>` lead into, with their sign.
fn targets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut done = 0;
    for (at, _) in text.match_indices('>') {
        let before = text.get(..at).unwrap_or_default();
        if at < done || before.ends_with(['-', '=', '<']) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let signs = rest
            .find(|c: char| !matches!(c, '>' | '|' | '&'))
            .unwrap_or(rest.len());
        let blank = rest.get(signs..).unwrap_or_default();
        let blanks = blank.len() - blank.trim_start_matches(' ').len();
        let word = blank.get(blanks..).unwrap_or_default();
        let ends = |c: char| c.is_whitespace() || ";&|<>()".contains(c);
        let length = word.find(ends).unwrap_or(word.len());
        done = at + signs + blanks + length;
        // A target after a wide gap is kept without the gap.
        let from = if blanks > 2 { at + signs + blanks } else { at };
        if length > 0 && length <= LONGEST {
            found.push(from..done);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn hosts_and_targets_are_found() {
        let of = |text: &'static str| {
            let marks = of(text, &["rm"]);
            marks
                .into_iter()
                .map(|(range, _)| text.get(range).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("a; rm b"), ["rm", "rm"]);
        assert_eq!(
            of("curl http://u:p@x.example:80/y?z https://[::1]:3/"),
            ["x.example", "[::1]:3"]
        );
        assert_eq!(
            of("a > b 2>>c &>d >    e; x -> y"),
            ["> b", ">>c", ">d", "e"]
        );
    }
}
