//! One path, spelt in the one way in which it can be compared.

use crate::Facts;

/// A path's names from the root, `.` and `..` taken out.
pub(super) fn absolute(path: &str) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                whole.pop();
            }
            part => whole.push(part.to_owned()),
        }
    }
    through_proc(whole)
}

/// `/proc/self/root/etc` is `/etc`.
fn through_proc(whole: Vec<String>) -> Vec<String> {
    match whole.as_slice() {
        [proc, _, root, rest @ ..] if proc == "proc" && root == "root" => {
            through_proc(rest.to_vec())
        }
        [proc, _, task, _, root, rest @ ..]
            if proc == "proc" && task == "task" && root == "root" =>
        {
            through_proc(rest.to_vec())
        }
        _ => whole,
    }
}

/// What the text may mean, without a look at the file system: more than one way where it is unclear.
pub(super) fn spellings(text: &str, cwd: &str, facts: &Facts) -> Vec<Vec<String>> {
    let mut texts = vec![text.to_owned()];
    if let Some(rest) = text
        .strip_prefix("file://")
        .or_else(|| text.strip_prefix("FILE://"))
    {
        let rest = rest.strip_prefix("localhost").unwrap_or(rest);
        texts.push(decoded(rest));
    } else if text.contains('%') {
        texts.push(decoded(text));
    }
    // A redirection or a flag may stand before it: `--file=~/.ssh/id`, `@~/.netrc`.
    for mark in ['=', '@', ':', ','] {
        if let Some((_, rest)) = text.rsplit_once(mark)
            && !rest.is_empty()
        {
            texts.push(rest.to_owned());
        }
    }
    texts
        .iter()
        .flat_map(|text| {
            one(
                text.trim_matches(|c: char| c == '"' || c == '\''),
                cwd,
                facts,
            )
        })
        .collect()
}

fn one(text: &str, cwd: &str, facts: &Facts) -> Vec<Vec<String>> {
    let home = facts.home.as_deref();
    let text = text.trim_end_matches([' ', '\t']);
    for name in ["~", "$HOME", "${HOME}"] {
        if let Some(rest) = text.strip_prefix(name) {
            if rest.is_empty() || rest.starts_with(['/', '\\']) {
                // Where the home is not known, any will do.
                return vec![absolute(&format!("{}/{rest}", home.unwrap_or("/home/_")))];
            }
        }
    }
    if let Some(rest) = text.strip_prefix('~') {
        let below = rest.split_once('/').map_or("", |(_, below)| below);
        return vec![absolute(&format!("/home/_/{below}"))];
    }
    let cwd = facts.cwd.as_deref().unwrap_or(cwd);
    for name in ["$PWD", "${PWD}", "/proc/self/cwd"] {
        if let Some(rest) = text.strip_prefix(name)
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return vec![absolute(&format!("{cwd}/{rest}"))];
        }
    }
    if text.starts_with('/') {
        return vec![absolute(text)];
    }
    vec![absolute(&format!("{cwd}/{text}"))]
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = (*byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(*byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a name of the table (`*` stands for anything) and a name of a path can be one file. The
/// path's name may be a shell's pattern itself: it counts where it says at least two letters.
pub(super) fn matches(name: &str, part: &str) -> bool {
    if name == part || trimmed(part) == name {
        return true;
    }
    let has_star = name.contains('*');
    if has_star && fits(name.as_bytes(), trimmed(part).as_bytes()) {
        return true;
    }
    if !part.contains(['*', '?', '[', '{']) {
        return false;
    }
    let pattern = plain_pattern(part);
    let letters = pattern.chars().filter(|c| !matches!(c, '*' | '?')).count();
    // A bare star does not match a name that begins with a dot.
    let hidden = name.starts_with('.') && pattern.starts_with(['*', '?']);
    let example = name.replace('*', "x");
    let enough = if pattern.starts_with('.') { 1 } else { 2 };
    letters >= enough && !hidden && fits(pattern.as_bytes(), example.as_bytes())
}

/// Some systems drop what stands after a name.
fn trimmed(part: &str) -> &str {
    part.trim_end_matches([' ', '\t'])
}

/// Sets and lists become "anything": rather too much than too little.
fn plain_pattern(part: &str) -> String {
    let mut out = String::new();
    let mut depth = 0u32;
    let mut in_set = false;
    for c in part.chars() {
        match c {
            '{' => {
                depth += 1;
                out.push('*');
            }
            '}' => depth = depth.saturating_sub(1),
            '[' if depth == 0 => {
                in_set = true;
                out.push('?');
            }
            ']' => in_set = false,
            c if depth == 0 && !in_set => out.push(c),
            _ => {}
        }
    }
    out
}

/// A pattern of `*` and `?` over a name.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || Some(c) == name.get(n) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    n = from + 1;
                    star = Some((at, n));
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|rest| rest.iter().all(|c| *c == b'*'))
}
