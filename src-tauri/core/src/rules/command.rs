//! A command in a rule: words, never parts of a text.

use std::fmt;

use super::star::fits;
use crate::policy::shell::{self, Command};

/// `git push origin *`, `cargo test ...`, `'./my tool' ...`: `*` stands for anything within one word, `...` for
/// any words or none, and a word in quotes for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    words: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// With stars.
    Word(String),
    Quoted(String),
    Any,
}

impl Pattern {
    /// `None` for what names no program, or where a quote is left open.
    pub(super) fn new(text: &str) -> Option<Self> {
        let words = parts(text)?;
        let named = words.first().is_some_and(|name| match name {
            Part::Word(name) => !name.contains('*'),
            Part::Quoted(name) => !name.is_empty(),
            Part::Any => false,
        });
        named.then_some(Self { words })
    }

    /// Every word of the command is known, none of them may turn into a flag, and all of them match.
    pub(super) fn is(&self, command: &Command) -> bool {
        let words: Option<Vec<_>> = command.argv.iter().map(Option::as_deref).collect();
        let Some(words) = words else {
            return false;
        };
        let is_sure = |word: &&str| !word.starts_with(['*', '?', '[']);
        words.iter().all(is_sure) && follow(&self.words, &words, |part, word| part.fits(word))
    }

    /// It may be this command, or one that this command runs: a word that is not known could be any, and a
    /// program is the same by any path.
    pub(super) fn may_be(&self, command: &Command) -> bool {
        let argv = command.argv.as_slice();
        let texts: Vec<&str> = argv
            .iter()
            .map(|word| word.as_deref().unwrap_or_default())
            .collect();
        let behind = match command.harmless.is_none() && shell::runs_others(&texts) {
            true => argv.len(),
            false => 1,
        };
        (0..behind).any(|at| {
            let words = argv.get(at..).unwrap_or_default();
            let base = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
            let mut named: Vec<Option<String>> = words.to_vec();
            if let Some(Some(name)) = named.first_mut() {
                *name = base(name);
            }
            let fits = |part: &Part, word: &Option<String>| {
                word.as_deref().is_none_or(|word| part.fits(word))
            };
            follow(&self.words, words, fits) || follow(&self.words, &named, fits)
        })
    }
}

impl Part {
    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Word(pattern) => fits(pattern, word),
            Self::Quoted(text) => text == word,
            Self::Any => false,
        }
    }
}

/// Whether the words follow the parts, with any number of words where a part is [`Part::Any`].
fn follow<T>(parts: &[Part], words: &[T], fits: impl Fn(&Part, &T) -> bool) -> bool {
    // Which words may come next after the parts so far; one step for each part.
    let mut reached = vec![false; words.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for part in parts {
        if *part == Part::Any {
            let mut open = false;
            for place in &mut reached {
                open |= *place;
                *place = open;
            }
            continue;
        }
        let steps = reached
            .iter()
            .zip(words)
            .map(|(place, word)| *place && fits(part, word));
        reached = std::iter::once(false).chain(steps).collect();
    }
    reached.last().copied().unwrap_or_default()
}

/// `None` where a quote is left open.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (part, behind) = match first {
            '\'' | '"' => {
                let (word, behind) = rest.get(1..)?.split_once(first)?;
                let goes_on = behind.starts_with(|c: char| !c.is_whitespace());
                if goes_on {
                    return None;
                }
                (Part::Quoted(word.to_owned()), behind)
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let (word, behind) = rest.split_at_checked(end)?;
                let part = match word {
                    "..." => Part::Any,
                    word => Part::Word(word.to_owned()),
                };
                (part, behind)
            }
        };
        parts.push(part);
        rest = behind.trim_start();
    }
    Some(parts)
}

/// A command as a rule names it, word for word. `None` for one with a word that no rule can hold.
pub(super) fn written(argv: &[&str]) -> Option<String> {
    let quoted: Option<Vec<String>> = argv.iter().map(|word| quoted(word)).collect();
    quoted.map(|words| words.join(" "))
}

fn quoted(word: &str) -> Option<String> {
    let is_plain = !word.is_empty()
        && word != "..."
        && !word.contains(|c: char| c == '*' || c == '\'' || c == '"' || c.is_whitespace());
    if is_plain {
        return Some(word.to_owned());
    }
    ['\'', '"']
        .into_iter()
        .find(|quote| !word.contains(*quote))
        .map(|quote| format!("{quote}{word}{quote}"))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self
            .words
            .iter()
            .map(|part| match part {
                Part::Word(word) => word.clone(),
                Part::Quoted(word) => quoted(word).unwrap_or_else(|| word.clone()),
                Part::Any => "...".to_owned(),
            })
            .collect();
        f.write_str(&words.join(" "))
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
            ("cargo test ...", &["cargo", "--quiet", "test"], false),
            (
                "git push origin *",
                &["git", "push", "origin", "main"],
                true,
            ),
            ("git push origin *", &["git", "push", "origin"], false),
            ("npm run test:*", &["npm", "run", "test:unit"], true),
            ("npm run test:*", &["npm", "run", "build"], false),
            ("git ... push ... -f", &["git", "push", "-f"], true),
            (
                "git ... push ... -f",
                &["git", "-C", "x", "push", "o", "-f"],
                true,
            ),
            ("git ... push ... -f", &["git", "push", "-f", "o"], false),
            ("git ... push ... -f ...", &["git", "push", "-f", "o"], true),
            ("git commit -m 'a b'", &["git", "commit", "-m", "a b"], true),
            (
                "git commit -m 'a *'",
                &["git", "commit", "-m", "a b"],
                false,
            ),
            ("touch \"it's\"", &["touch", "it's"], true),
            ("ls ...", &["ls", "*"], false),
        ] {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.is(&command(words)), fits, "{pattern} {words:?}");
        }
        for nothing in ["*", "...", "", "'", "git 'a", "'a'b", "''"] {
            assert_eq!(Pattern::new(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_word_that_is_not_known_is_surely_none_and_may_be_any() {
        let unknown = Command {
            argv: vec![Some("git".into()), None, Some("x".into())],
            harmless: None,
            has_effects: false,
        };
        for pattern in ["git push x", "git ...", "git push ...", "git * x"] {
            let pattern = Pattern::new(pattern).unwrap();
            assert!(
                !pattern.is(&unknown) && pattern.may_be(&unknown),
                "{pattern}"
            );
        }
        assert!(!Pattern::new("git push y").unwrap().may_be(&unknown));
    }

    #[test]
    fn what_another_program_runs_may_be_it() {
        let pattern = Pattern::new("git push ...").unwrap();
        for (words, may) in [
            (&["/usr/bin/git", "push"][..], true),
            (&["timeout", "5", "git", "push"], true),
            (&["sudo", "-u", "x", "git", "push"], true),
            (&["make", "git", "push"], false),
        ] {
            assert_eq!(pattern.may_be(&command(words)), may, "{words:?}");
        }
    }

    #[test]
    fn a_command_is_written_as_the_pattern_that_it_matches_alone() {
        for words in [
            &["git", "commit", "-m", "a b"][..],
            &["rm", "*"],
            &["echo", "..."],
            &["echo", "it's", ""],
        ] {
            let text = written(words).unwrap();
            let pattern = Pattern::new(&text).unwrap();
            assert!(
                follow(&pattern.words, words, |part, word| part.fits(word)),
                "{text}"
            );
            assert_eq!(pattern.to_string(), text);
        }
        assert_eq!(written(&["echo", "'\""]), None);
        assert!(
            !Pattern::new(&written(&["rm", "*"]).unwrap())
                .unwrap()
                .may_be(&command(&["rm", "x"]))
        );
    }
}
