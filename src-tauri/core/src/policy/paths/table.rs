//! The protected list, made ready for looking things up.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::glob::{has_wildcard, is_broad, overlap};
use super::rows::ROWS;
use super::spell::Spelled;
use super::{Hit, Row};

static EXACT: LazyLock<Table> = LazyLock::new(|| Table::new(ROWS, false));
static FOLDED: LazyLock<Table> = LazyLock::new(|| Table::new(ROWS, true));

/// How a path is used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) write: bool,
    /// Whether everything below it is read as well.
    pub(super) deep: bool,
}

/// Where a pattern begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Base {
    Home,
    Root,
    Anywhere,
}

struct Pattern {
    row: &'static Row,
    base: Base,
    names: Vec<String>,
}

pub(super) struct Table {
    patterns: Vec<Pattern>,
    exceptions: Vec<Pattern>,
    /// Those whose first name holds no wildcard, by base and that name.
    by_name: [HashMap<String, Vec<usize>>; 3],
    wild: [Vec<usize>; 3],
}

impl Table {
    pub(super) fn of(folds_case: bool) -> &'static Self {
        if folds_case { &FOLDED } else { &EXACT }
    }

    fn new(rows: &'static [Row], folds_case: bool) -> Self {
        let of = |row: &'static Row, at: &str| {
            let at = match folds_case {
                true => at.to_lowercase(),
                false => at.to_owned(),
            };
            let (base, rest) = match (at.strip_prefix("~/"), at.strip_prefix('/')) {
                (Some(rest), _) => (Base::Home, rest),
                (None, Some(rest)) => (Base::Root, rest),
                (None, None) => (Base::Anywhere, at.as_str()),
            };
            Pattern {
                row,
                base,
                names: rest.split('/').map(str::to_owned).collect(),
            }
        };
        let mut table = Self {
            patterns: Vec::new(),
            exceptions: Vec::new(),
            by_name: Default::default(),
            wild: Default::default(),
        };
        for row in rows {
            table
                .patterns
                .extend(row.at.iter().map(|(at, _)| of(row, at)));
            table
                .exceptions
                .extend(row.but.iter().map(|(at, _)| of(row, at)));
        }
        for (index, pattern) in table.patterns.iter().enumerate() {
            let first = pattern.names.first().map_or("", String::as_str);
            let place = pattern.base as usize;
            if has_wildcard(first) {
                table
                    .wild
                    .get_mut(place)
                    .into_iter()
                    .for_each(|wild| wild.push(index));
            } else if let Some(by_name) = table.by_name.get_mut(place) {
                by_name.entry(first.to_owned()).or_default().push(index);
            }
        }
        table
    }

    /// The first protected place that the path leads to, or that lies below it where that matters.
    pub(super) fn find(
        &self,
        path: &Spelled,
        reach: Reach,
        home: Option<&[String]>,
    ) -> Option<Hit> {
        let homes = homes(&path.names, home);
        for start in 0..=path.names.len() {
            let rest = path.names.get(start..).unwrap_or_default();
            let at_home = homes.contains(&start);
            for (base, counts) in [
                (Base::Root, start == 0),
                (
                    Base::Home,
                    at_home || (path.is_loose && !starts_broad(rest)),
                ),
                (Base::Anywhere, true),
            ] {
                if counts && let Some(hit) = self.find_at(base, rest, reach, start, path, at_home) {
                    return Some(hit);
                }
            }
        }
        self.above_homes(path, reach, home)
    }

    fn find_at(
        &self,
        base: Base,
        rest: &[String],
        reach: Reach,
        start: usize,
        path: &Spelled,
        at_home: bool,
    ) -> Option<Hit> {
        let matters = |pattern: &&Pattern| reach.write || pattern.row.class.reads();
        let hit = |pattern: &Pattern| {
            let is_below = rest.len() < pattern.names.len();
            let counts = match is_below {
                false => true,
                // Everything of this kind lies below almost every directory.
                true => {
                    base != Base::Anywhere
                        && (reach.write || reach.deep)
                        && (base == Base::Root || at_home)
                }
            };
            (counts
                && matches(base, &pattern.names, rest)
                && !self.is_left_out(pattern, start, at_home, &path.names))
            .then_some(Hit {
                class: pattern.row.class,
                why: pattern.row.why,
                is_below,
            })
        };
        let first = rest.first().map_or("", String::as_str);
        if rest.is_empty() || has_wildcard(first) {
            return self
                .patterns
                .iter()
                .filter(|pattern| pattern.base == base)
                .filter(matters)
                .find_map(hit);
        }
        let named = self.by_name.get(base as usize).and_then(|by| by.get(first));
        let wild = self.wild.get(base as usize);
        [named, wild]
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|index| self.patterns.get(*index))
            .filter(matters)
            .find_map(hit)
    }

    /// Whether what stands there is one of the row's exceptions.
    fn is_left_out(&self, pattern: &Pattern, start: usize, at_home: bool, path: &[String]) -> bool {
        self.exceptions
            .iter()
            .filter(|but| std::ptr::eq(but.row, pattern.row))
            .any(|but| {
                let at = if but.base == Base::Root { 0 } else { start };
                let rest = path.get(at..).unwrap_or_default();
                let plain = rest
                    .iter()
                    .take(but.names.len())
                    .all(|name| !has_wildcard(name));
                let is_home = but.base != Base::Home || at_home;
                plain
                    && is_home
                    && rest.len() >= but.names.len()
                    && matches(but.base, &but.names, rest)
            })
    }

    /// A directory that holds homes, or one itself.
    fn above_homes(&self, path: &Spelled, reach: Reach, home: Option<&[String]>) -> Option<Hit> {
        let names = &path.names;
        let is_above = home.is_some_and(|home| {
            names.len() < home.len()
                && names
                    .iter()
                    .zip(home)
                    .all(|(name, home)| overlap(home, name))
        });
        let holds = match names.as_slice() {
            [] => true,
            [one] => HOLDERS.iter().any(|holder| overlap(holder, one)),
            _ => false,
        };
        if !(reach.write || reach.deep) || !(is_above || holds) {
            return None;
        }
        self.patterns
            .iter()
            .find(|pattern| {
                pattern.base == Base::Home && (reach.write || pattern.row.class.reads())
            })
            .map(|pattern| Hit {
                class: pattern.row.class,
                why: pattern.row.why,
                is_below: true,
            })
    }
}

const HOLDERS: &[&str] = &["home", "root", "Users", "users"];

/// Where in the path a home ends.
fn homes(path: &[String], home: Option<&[String]>) -> Vec<usize> {
    let mut all = Vec::new();
    if let Some(home) = home
        && path.len() >= home.len()
        && path
            .iter()
            .zip(home)
            .all(|(name, home)| name.eq_ignore_ascii_case(home) || overlap(home, name))
    {
        all.push(home.len());
    }
    let names = |at: usize| path.get(at).map_or("", String::as_str);
    if overlap("root", names(0)) {
        all.push(1);
    }
    if ["home", "Users", "users"]
        .iter()
        .any(|holder| overlap(holder, names(0)))
        && path.len() > 1
    {
        all.push(2);
    }
    if overlap("var", names(0)) && overlap("home", names(1)) && path.len() > 2 {
        all.push(3);
    }
    all
}

fn starts_broad(rest: &[String]) -> bool {
    rest.first().is_none_or(|first| is_broad(first))
}

/// Whether both agree as far as the shorter one goes.
fn matches(base: Base, pattern: &[String], path: &[String]) -> bool {
    pattern.iter().zip(path).all(|(row, name)| {
        if !is_broad(name) {
            return overlap(row, name);
        }
        match base {
            // No shell lets a star stand for a dot at the beginning.
            Base::Home | Base::Root => !row.starts_with('.') && overlap(row, name),
            Base::Anywhere => {
                row.starts_with('*')
                    && !name.trim_start_matches('*').is_empty()
                    && overlap(row, name)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::spell::names;
    use super::*;

    const WRITE: Reach = Reach {
        write: true,
        deep: false,
    };
    const READ: Reach = Reach {
        write: false,
        deep: false,
    };

    fn at(example: &str) -> Spelled {
        let absolute = match (example.strip_prefix("~/"), example.starts_with('/')) {
            (Some(rest), _) => format!("/home/dana/{rest}"),
            (None, true) => example.to_owned(),
            (None, false) => format!("/srv/shop/{example}"),
        };
        Spelled {
            names: names(&absolute),
            is_loose: false,
        }
    }

    #[test]
    fn every_row_proves_itself() {
        for row in ROWS {
            assert!(!row.why.is_empty() && !row.at.is_empty());
            for (pattern, example) in row.at {
                let one: &'static Row = Box::leak(Box::new(Row {
                    class: row.class,
                    why: row.why,
                    at: Box::leak(Box::new([(*pattern, *example)])),
                    but: &[],
                }));
                let table = Table::new(std::slice::from_ref(one), false);
                assert!(
                    table.find(&at(example), WRITE, None).is_some(),
                    "{pattern}: {example}"
                );
                let whole = Table::of(false);
                assert!(whole.find(&at(example), WRITE, None).is_some(), "{example}");
                assert_eq!(
                    table.find(&at(example), READ, None).is_some(),
                    row.class.reads(),
                    "{example}"
                );
            }
        }
    }

    #[test]
    fn every_exception_proves_itself() {
        for row in ROWS {
            for (pattern, example) in row.but {
                let hit = Table::of(false).find(&at(example), WRITE, None);
                assert!(hit.is_none(), "{pattern}: {example}");
            }
        }
    }

    #[test]
    fn no_name_that_is_protected_anywhere_is_a_plain_word() {
        for (pattern, _) in ROWS.iter().flat_map(|row| row.at) {
            assert!(pattern.contains(['.', '_', '/']), "{pattern}");
        }
    }

    #[test]
    fn no_pattern_stands_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for (pattern, _) in ROWS.iter().flat_map(|row| row.at) {
            assert!(seen.insert(*pattern), "{pattern}");
        }
    }
}
