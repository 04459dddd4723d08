//! Names with stars in them.

/// `*` stands for anything.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            match rest.find(before) {
                Some(at) => rest = rest.get(at + before.len()..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}

/// Whether a path is, or lies below, what the pattern names: `*` within one name, `**` for any names or none.
pub(super) fn leads_to(pattern: &str, path: &str, folds_case: bool) -> bool {
    let names = |text: &str| -> Vec<String> {
        text.split('/')
            .filter(|name| !name.is_empty())
            .map(|name| {
                if folds_case {
                    name.to_lowercase()
                } else {
                    name.to_owned()
                }
            })
            .collect()
    };
    let (pattern, path) = (names(pattern), names(path));
    let mut reached = vec![false; path.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for part in &pattern {
        if part == "**" {
            let mut open = false;
            for place in &mut reached {
                open |= *place;
                *place = open;
            }
            continue;
        }
        let steps = reached
            .iter()
            .zip(&path)
            .map(|(place, name)| *place && fits(part, name));
        reached = std::iter::once(false).chain(steps).collect();
    }
    reached.contains(&true)
}

/// `example.com`, or `*.example.com` for what lies below it. Both in lower case.
pub(super) fn is_host(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    match pattern.strip_prefix("*.") {
        Some(domain) => host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1),
        None => pattern == host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, yes) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("*b", "ab", true),
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "axc", false),
            ("*", "", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(fits(pattern, text), yes, "{pattern} {text}");
        }
    }

    #[test]
    fn a_star_in_a_path_is_of_one_name() {
        for (pattern, path, yes) in [
            ("/a/b", "/a/b", true),
            ("/a/b", "/a/b/c", true),
            ("/a/b", "/a/bc", false),
            ("/a/b/", "/a", false),
            ("/a/*.rs", "/a/x.rs", true),
            ("/a/*.rs", "/a/b/x.rs", false),
            ("/a/**/*.rs", "/a/b/c/x.rs", true),
            ("/a/**/*.rs", "/a/x.rs", true),
            ("/a/**/*.rs", "/b/x.rs", false),
            ("/a*", "/abc/x", true),
            ("/a*", "/b/ax", false),
            ("/A/b", "/a/B/c", false),
        ] {
            assert_eq!(leads_to(pattern, path, false), yes, "{pattern} {path}");
        }
        assert!(leads_to("/A/b", "/a/B/c", true));
    }

    #[test]
    fn a_host_is_one_host_or_what_lies_below_it() {
        for (pattern, host, yes) in [
            ("docs.rs", "docs.rs", true),
            ("docs.rs", "docs.rs.", true),
            ("docs.rs", "docs.rs.example.com", false),
            ("docs.rs", "xdocs.rs", false),
            ("*.docs.rs", "a.docs.rs", true),
            ("*.docs.rs", "a.b.docs.rs", true),
            ("*.docs.rs", "docs.rs", false),
            ("*.docs.rs", "xdocs.rs", false),
            ("*.docs.rs", ".docs.rs", false),
        ] {
            assert_eq!(is_host(pattern, host), yes, "{pattern} {host}");
        }
    }
}
