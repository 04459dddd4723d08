//! Commands that only read, with the reason beside each row. Each row proves itself in the tests.
//!
//! A flag that is not listed makes a command not harmless; so does a short form of a long flag,
//! because programs accept abbreviations that nobody listed.

mod basics;
mod tools;

use super::word::Word;
use basics::BASICS;
use tools::TOOLS;

/// How a command's words are checked.
pub(super) enum Check {
    /// No flag and no operand of it writes, runs or sends anything.
    Any,
    Flags(Flags),
    Only(fn(&[Word]) -> bool),
}

/// What a command may be given.
#[derive(Clone, Copy)]
pub(super) struct Flags {
    /// Letters of flags that take nothing, bundled or not.
    pub(super) short: &'static str,
    /// Letters of flags that take a value, in the same word or the next.
    pub(super) valued: &'static str,
    /// Long flags; one that ends in `=` takes a value, in the same word or the next.
    pub(super) long: &'static [&'static str],
    /// Whether `-20` is a count.
    pub(super) counts: bool,
    /// The most operands.
    pub(super) most: usize,
}

pub(super) struct Row {
    pub(super) names: &'static [&'static str],
    pub(super) check: Check,
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads the table"))]
    pub(super) why: &'static str,
    /// Examples that it must take, and that it must not.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read them"))]
    pub(super) yes: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read them"))]
    pub(super) no: &'static [&'static str],
}

const MANY: usize = usize::MAX;

const fn flags(short: &'static str, valued: &'static str, long: &'static [&'static str]) -> Flags {
    Flags {
        short,
        valued,
        long,
        counts: false,
        most: MANY,
    }
}

const fn at_most(flags: Flags, most: usize) -> Check {
    Check::Flags(Flags { most, ..flags })
}

fn rows() -> impl Iterator<Item = &'static Row> {
    BASICS.iter().chain(TOOLS)
}

/// The row of a command that only reads. `moved` says that `cd` came before it.
pub(super) fn row(name: &str, rest: &[Word], moved: bool) -> Option<&'static str> {
    let row = rows().find(|row| row.names.contains(&name))?;
    let ok = match &row.check {
        Check::Any => true,
        Check::Flags(flags) => flags.allow(rest),
        // These read what lies in the directory, and obey it.
        Check::Only(_) if moved && matches!(name, "git" | "rg") => false,
        Check::Only(check) => check(rest),
    };
    let found = row.names.iter().find(|known| **known == name)?;
    ok.then_some(*found)
}

/// Whether a command is harmless whatever words are added to it.
pub(super) fn takes_anything(name: &str) -> bool {
    let row = rows().find(|row| row.names.contains(&name));
    row.is_some_and(|row| matches!(row.check, Check::Any)) && name != "cd"
}

impl Flags {
    pub(super) fn allow(&self, words: &[Word]) -> bool {
        let mut operands = 0;
        let mut only_operands = false;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(text) = word.literal() else {
                return false;
            };
            if only_operands || text == "-" || !text.starts_with('-') {
                if !only_operands && word.may_become_flag() {
                    return false;
                }
                operands += 1;
                continue;
            }
            if word.glob {
                return false;
            }
            if text == "--" {
                only_operands = true;
            } else if let Some(long) = text.strip_prefix("--") {
                match self.long(long) {
                    Some(true) => drop(words.next()),
                    Some(false) => {}
                    None => return false,
                }
            } else if let Some(letters) = text.strip_prefix('-') {
                match self.letters(letters) {
                    Some(true) => drop(words.next()),
                    Some(false) => {}
                    None => return false,
                }
            }
        }
        operands <= self.most
    }

    /// Whether it is known, and whether it takes the next word.
    fn long(&self, text: &str) -> Option<bool> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        self.long.iter().find_map(|known| {
            // `color=?`: with a value or without, and never the next word.
            let (bare, takes, may) = match known.strip_suffix("=?") {
                Some(bare) => (bare, false, true),
                None => (known.trim_end_matches('='), known.ends_with('='), false),
            };
            (bare == name && (value.is_none() || takes || may)).then_some(takes && value.is_none())
        })
    }

    fn letters(&self, letters: &str) -> Option<bool> {
        if self.counts && letters.chars().all(|c| c.is_ascii_digit()) {
            return Some(false);
        }
        let mut chars = letters.chars();
        while let Some(c) = chars.next() {
            if self.valued.contains(c) {
                return Some(chars.as_str().is_empty());
            }
            if !self.short.contains(c) {
                return None;
            }
        }
        Some(false)
    }
}

const fn any(
    names: &'static [&'static str],
    why: &'static str,
    yes: &'static [&'static str],
) -> Row {
    Row {
        names,
        check: Check::Any,
        why,
        yes,
        no: &[],
    }
}

const fn only(
    names: &'static [&'static str],
    check: Check,
    why: &'static str,
    yes: &'static [&'static str],
    no: &'static [&'static str],
) -> Row {
    Row {
        names,
        check,
        why,
        yes,
        no,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn each_row_proves_itself() {
        for row in rows() {
            assert!(
                !row.why.is_empty() && !row.yes.is_empty(),
                "{:?}",
                row.names
            );
            for yes in row.yes {
                let reading = read(yes);
                assert!(reading.is_harmless(), "{yes}: {reading:?}");
            }
            for no in row.no {
                assert!(!read(no).is_harmless(), "{no}");
            }
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = rows().flat_map(|row| row.names).collect();
        names.sort_unstable();
        let twice: Vec<_> = names
            .windows(2)
            .filter(|pair| pair.first() == pair.last())
            .collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
