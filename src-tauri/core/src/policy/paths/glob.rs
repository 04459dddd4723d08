//! One name of a path against one name of the protected list, where both may hold wildcards.

/// A longer name with wildcards is not compared and counts as one that could be anything.
const LONGEST: usize = 128;

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Exactly(char),
    /// `?` or a class in brackets, whatever stands in it.
    One,
    /// `*` or an extended group.
    Any,
}

pub(super) fn has_wildcard(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Whether it stands for names of any kind: listing those is no way to aim at one.
pub(super) fn is_broad(name: &str) -> bool {
    name.starts_with('*') && (name.trim_start_matches('*').is_empty() || name.starts_with("*."))
}

/// Whether some file name is matched by both. `row` is ours and holds no wildcard but `*`.
pub(super) fn overlap(row: &str, name: &str) -> bool {
    match (row.contains('*'), has_wildcard(name)) {
        (false, false) => row == name,
        (true, false) => fits(row, name),
        (_, true) if name.len() > LONGEST => true,
        (true, true) if !is_aimed(row, name) => false,
        (_, true) => meet(&parts(row, false), &parts(name, true)),
    }
}

/// Whether a name that ends in a star says enough to mean a row that is told by its end.
fn is_aimed(row: &str, name: &str) -> bool {
    let (head, tail) = row.rsplit_once('*').unwrap_or((row, ""));
    if head.len() > 1 || tail.is_empty() || !name.ends_with('*') {
        return true;
    }
    let said = name.trim_end_matches('*').rsplit_once(['.', '_']);
    said.is_some_and(|(_, said)| {
        !said.is_empty() && tail.trim_start_matches(['.', '_']).starts_with(said)
    })
}

/// Whether a row with one or two stars fits a plain name.
fn fits(row: &str, name: &str) -> bool {
    let Some((head, rest)) = row.split_once('*') else {
        return row == name;
    };
    let Some(left) = name.strip_prefix(head) else {
        return false;
    };
    match rest.rsplit_once('*') {
        None => left.ends_with(rest),
        Some((middle, tail)) => left
            .strip_suffix(tail)
            .is_some_and(|left| left.contains(middle)),
    }
}

fn parts(name: &str, classes: bool) -> Vec<Part> {
    let mut parts = Vec::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(char) = chars.next() {
        match char {
            '*' if parts.last() == Some(&Part::Any) => {}
            '*' => parts.push(Part::Any),
            '?' if classes => parts.push(Part::One),
            '[' if classes => {
                let rest = chars.as_str();
                match rest.char_indices().skip(1).find(|(_, c)| *c == ']') {
                    Some((end, _)) => {
                        chars = rest.get(end + 1..).unwrap_or_default().chars();
                        parts.push(Part::One);
                    }
                    None => parts.push(Part::Exactly('[')),
                }
            }
            char => parts.push(Part::Exactly(char)),
        }
    }
    parts
}

/// Whether the two have a string in common: a walk over the pairs of positions.
fn meet(row: &[Part], name: &[Part]) -> bool {
    let width = name.len() + 1;
    let mut reached = vec![false; width];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_stars(&mut reached, name);
    for part in row {
        let mut next = vec![false; width];
        for (at, _) in reached.iter().enumerate().filter(|(_, here)| **here) {
            let step = name.get(at);
            let same = match (part, step) {
                (Part::Any, _) | (_, None) => false,
                (Part::Exactly(a), Some(Part::Exactly(b))) => a == b,
                (_, Some(_)) => true,
            };
            if same {
                mark(&mut next, at + 1);
            }
            if *part == Part::Any {
                (at..width).for_each(|to| mark(&mut next, to));
            } else if step == Some(&Part::Any) {
                mark(&mut next, at);
            }
        }
        skip_stars(&mut next, name);
        reached = next;
    }
    reached.last() == Some(&true)
}

fn mark(reached: &mut [bool], at: usize) {
    if let Some(place) = reached.get_mut(at) {
        *place = true;
    }
}

/// A star may also stand for nothing.
fn skip_stars(reached: &mut [bool], name: &[Part]) {
    for (at, part) in name.iter().enumerate() {
        if *part == Part::Any && reached.get(at) == Some(&true) {
            mark(reached, at + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_overlap_where_one_file_could_be_meant_by_both() {
        for (row, name, expected) in [
            (".ssh", ".ssh", true),
            (".ssh", ".ss?", true),
            (".ssh", ".s*", true),
            (".ssh", ".[st]sh", true),
            (".ssh", ".[!a-z]sh", true),
            (".ssh", ".s?", false),
            (".ssh", ".x*", false),
            ("id_rsa*", "id*", true),
            ("id_rsa*", "*_rsa.old", true),
            ("id_rsa*", "id_d*", false),
            ("*.pem", "server.p?m", true),
            ("*.pem", "server.p*", true),
            ("*.pem", "server.*", false),
            ("*.pem", "serv*", false),
            (".*_history", ".bash_h*", true),
            (".*_history", ".bash*", false),
            ("*.pem", "*.rs", false),
            ("*.pem", "server.pem", true),
            ("*.pem", "server.pem.txt", false),
            ("service-account*.json", "service-account-1.json", true),
            ("service-account*.json", "service-account.yaml", false),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("[x", "[x", true),
            ("x", "[x", false),
        ] {
            assert_eq!(overlap(row, name), expected, "{row} and {name}");
        }
    }

    #[test]
    fn a_name_of_many_stars_is_done_at_once() {
        let name = "*a".repeat(60);
        assert!(!overlap("*.pem", &name));
        assert!(overlap(".ssh", &"*".repeat(5000)));
    }
}
