//! The ways in which a path can be written, brought down to the names that it goes through.

use std::borrow::Cow;

use super::glob::has_wildcard;

/// More alternatives in braces than this are not followed.
const BRACES: usize = 64;

/// The longest name that a file system takes.
const LONGEST: usize = 255;

/// What stands for a home that nobody knows.
const NO_HOME: &str = "/home/~";

/// Where a path is written: what a relative one and `~` begin at.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    pub cwd: &'a str,
    pub home: Option<&'a str>,
}

/// An absolute path, name by name, with `.` and `..` taken by the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) names: Vec<String>,
    /// Whether some of it is known at run time alone, so that it may begin anywhere.
    pub(super) is_loose: bool,
}

/// What a path's text means, absolute, with `..` and links still in it. The file system has not been asked.
pub fn expand(text: &str, from: From<'_>) -> String {
    let text = without_scheme(text);
    let home = from.home.unwrap_or(NO_HOME);
    let text = variables(&text, from.cwd, home);
    let absolute = match text.strip_prefix('~') {
        Some("") => home.to_owned(),
        Some(rest) if rest.starts_with('/') => format!("{home}{rest}"),
        Some(rest) => of_user(rest, from.cwd, home),
        None if text.starts_with('/') => text.into_owned(),
        None => format!("{}/{text}", from.cwd),
    };
    if absolute.starts_with('/') {
        absolute
    } else {
        format!("/{absolute}")
    }
}

/// All that a text can be read as. `None` where it has too many alternatives.
pub(super) fn spellings(text: &str, from: From<'_>) -> Option<Vec<Spelled>> {
    let mut texts = vec![text.to_owned()];
    let decoded = percent_decoded(text);
    if decoded != text {
        texts.push(decoded.into_owned());
    }
    if text.contains('\\') {
        texts.push(text.replace('\\', "/"));
        texts.push(text.replace('\\', ""));
    }
    let mut all = Vec::new();
    for text in texts {
        for text in braces(&text)? {
            let absolute = expand(&text, from);
            // What is above a link there is above what it leads to.
            if let Some((through, _)) = absolute
                .split_once("/..")
                .filter(|(to, _)| to.contains("/proc/"))
            {
                all.push(Spelled {
                    is_loose: false,
                    names: names(through),
                });
            }
            all.push(Spelled {
                is_loose: absolute.contains('$') || absolute.contains("**"),
                names: names(&absolute),
            });
        }
    }
    Some(all)
}

/// The names of an absolute path, by the letter.
pub(super) fn names(absolute: &str) -> Vec<String> {
    let mut names = Vec::new();
    for name in absolute.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => {
                // Some file systems take no notice of these at the end, nor of marks that nobody sees.
                let name: String = name.chars().filter(|c| !is_unseen(*c)).collect();
                let name = name.trim_end_matches(['.', ' ']);
                match name.len() {
                    0 => {}
                    1..=LONGEST => names.push(name.to_owned()),
                    // Nothing is called that, but a pattern may be longer than what it means.
                    _ if has_wildcard(name) => names.push("?*?".to_owned()),
                    _ => names.push("\u{1}".to_owned()),
                }
            }
        }
    }
    names
}

fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn without_scheme(text: &str) -> Cow<'_, str> {
    let Some(start) = text
        .get(..5)
        .filter(|start| start.eq_ignore_ascii_case("file:"))
    else {
        return Cow::Borrowed(text);
    };
    let rest = text.get(start.len()..).unwrap_or_default();
    let path = match rest.strip_prefix("//") {
        // What stands before the path is a host.
        Some(rest) => rest
            .find('/')
            .map_or("/", |at| rest.get(at..).unwrap_or_default()),
        None => rest,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Cow::Owned(percent_decoded(path).into_owned())
}

fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

/// Those variables whose value is known. Another stays as it stands.
fn variables<'a>(text: &'a str, cwd: &str, home: &str) -> Cow<'a, str> {
    if !text.contains('$') {
        return Cow::Borrowed(text);
    }
    let below_home = |rest: &str| format!("{home}/{rest}");
    let mut text = text.to_owned();
    for (name, value) in [
        ("HOME", home.to_owned()),
        ("PWD", cwd.to_owned()),
        ("XDG_CONFIG_HOME", below_home(".config")),
        ("XDG_DATA_HOME", below_home(".local/share")),
        ("XDG_STATE_HOME", below_home(".local/state")),
        ("XDG_CACHE_HOME", below_home(".cache")),
        ("CLAUDE_CONFIG_DIR", below_home(".claude")),
        ("CODEX_HOME", below_home(".codex")),
        ("CARGO_HOME", below_home(".cargo")),
        ("GNUPGHOME", below_home(".gnupg")),
        ("XDG_RUNTIME_DIR", "/run/user/0".to_owned()),
    ] {
        text = text.replace(&format!("${{{name}}}"), &value);
        text = bare_variable(&text, name, &value);
    }
    Cow::Owned(text)
}

/// `$NAME` where the name ends there.
fn bare_variable(text: &str, name: &str, value: &str) -> String {
    let wanted = format!("${name}");
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&wanted) {
        let (before, found) = rest.split_at(at);
        let after = found.get(wanted.len()..).unwrap_or_default();
        let goes_on = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        done.push_str(before);
        done.push_str(if goes_on { &wanted } else { value });
        rest = after;
    }
    done + rest
}

/// `~user`, `~+`; `rest` is what follows the tilde.
fn of_user(rest: &str, cwd: &str, home: &str) -> String {
    let (user, path) = rest.split_once('/').unwrap_or((rest, ""));
    let base = match user {
        "+" => cwd.to_owned(),
        "root" => "/root".to_owned(),
        user if home.ends_with(&format!("/{user}")) => home.to_owned(),
        user => format!("/home/{user}"),
    };
    format!("{base}/{path}")
}

/// Each alternative of its brace lists, itself alone where it has none.
fn braces(text: &str) -> Option<Vec<String>> {
    let mut open = vec![text.to_owned()];
    let mut done = Vec::new();
    while let Some(text) = open.pop() {
        match innermost(&text) {
            None => done.push(text),
            Some((head, list, tail)) => {
                open.extend(list.split(',').map(|one| format!("{head}{one}{tail}")));
            }
        }
        if open.len() + done.len() > BRACES {
            return None;
        }
    }
    done.sort();
    done.dedup();
    Some(done)
}

/// The first brace list that holds no other: what is before, in and after it.
fn innermost(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let close = from + text.get(from..)?.find('}')?;
        let before = text.get(..close)?;
        let found = before
            .rfind('{')
            .filter(|open| !before.get(..*open).is_some_and(|head| head.ends_with('$')));
        match found {
            Some(open) if text.get(open..close)?.contains(',') => {
                return Some((
                    text.get(..open)?,
                    text.get(open + 1..close)?,
                    text.get(close + 1..)?,
                ));
            }
            Some(_) | None => from = close + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    const FROM: From<'_> = From {
        cwd: "/home/dana/shop",
        home: Some("/home/dana"),
    };

    #[test]
    fn every_spelling_comes_down_to_the_same_names() {
        for text in [
            "/home/dana/.ssh/id",
            "~/.ssh/id",
            "~dana/.ssh/id",
            "$HOME/.ssh/id",
            "${HOME}/.ssh/id",
            "../.ssh/id",
            "./../.ssh//id",
            "$PWD/../.ssh/id",
            "~+/../.ssh/id",
            "//home//dana/.ssh/./id",
            "/home/dana/shop/src/../../.ssh/id/",
            "file:///home/dana/.ssh/id",
            "FILE:/home/dana/.ssh/id",
            "file://localhost/home/dana/%2essh/id#x",
            "/home/dana/%2Essh/id",
            "~/.ssh./id ",
            "~/.s\u{200b}sh/id",
            "~\\.ssh\\id",
        ] {
            let all = spellings(text, FROM).unwrap();
            assert!(
                all.iter()
                    .any(|one| one.names == ["home", "dana", ".ssh", "id"]),
                "{text}: {all:?}"
            );
        }
    }

    #[test]
    fn brace_lists_are_followed_as_far_as_they_are_short() {
        assert_eq!(
            braces("a{b,c{d,e}}f"),
            Some(vec!["abf".into(), "acdf".into(), "acef".into()])
        );
        assert_eq!(braces("a{b}${c}"), Some(vec!["a{b}${c}".into()]));
        assert_eq!(braces(&"{a,b}".repeat(9)), None);
    }

    #[test]
    fn an_unknown_variable_may_begin_anywhere() {
        for (text, is_loose) in [
            ("$X/.ssh", true),
            ("$HOMELESS/x", true),
            ("$HOME/x", false),
            ("~/**/x", true),
        ] {
            let all = spellings(text, FROM).unwrap();
            assert_eq!(all.first().unwrap().is_loose, is_loose, "{text}");
        }
    }
}
