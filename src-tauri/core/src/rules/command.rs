//! A command in a rule: words, never parts of a text.

use crate::policy::shell::Command;

/// `git push origin *`, `cargo test ...`: `*` stands for anything within one word, `...` at the end for any
/// words, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    words: Vec<String>,
    goes_on: bool,
}

impl Pattern {
    /// `None` for what names no program.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut words: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
        let goes_on = words.last().is_some_and(|word| word == "...");
        if goes_on {
            words.pop();
        }
        let named = words.first().is_some_and(|name| !name.contains('*'));
        named.then_some(Self { words, goes_on })
    }

    /// A word that is not known matches only where `unknown` says so, or behind the dots.
    pub(super) fn matches(&self, command: &Command, unknown: bool) -> bool {
        let argv = &command.argv;
        let long = argv.len() >= self.words.len();
        let whole = self.goes_on || argv.len() == self.words.len();
        long && whole
            && self.words.iter().zip(argv).all(|(word, arg)| match arg {
                Some(arg) => fits(word, arg),
                None => unknown,
            })
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words.join(" "))?;
        if self.goes_on {
            f.write_str(" ...")
        } else {
            Ok(())
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Command {
        Command {
            argv: words.iter().map(|word| Some((*word).to_owned())).collect(),
            harmless: None,
            has_effects: false,
        }
    }

    #[test]
    fn words_match_words() {
        for (pattern, words, fits) in [
            ("cargo test", &["cargo", "test"][..], true),
            ("cargo test", &["cargo", "test", "-p", "x"], false),
            ("cargo test ...", &["cargo", "test"], true),
            ("cargo test ...", &["cargo", "test", "-p", "x"], true),
            ("cargo test ...", &["cargo", "testament"], false),
            (
                "git push origin *",
                &["git", "push", "origin", "main"],
                true,
            ),
            ("git push origin *", &["git", "push", "origin"], false),
            ("npm run test:*", &["npm", "run", "test:unit"], true),
            ("npm run test:*", &["npm", "run", "build"], false),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(
                pattern.matches(&command(words), false),
                fits,
                "{pattern:?} {words:?}"
            );
        }
        assert_eq!(Pattern::new("*"), None);
        assert_eq!(Pattern::new("..."), None);
    }

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
}
