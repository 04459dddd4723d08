//! Git, where it only reads: no global flag, no helper, no pager, no file written, nothing changed.

mod subs;

use super::table::Flags;
use super::word::Word;
use subs::{SUBS, flags};

/// `words` are what stands after `git`.
pub(super) fn reads(words: &[Word]) -> bool {
    let mut rest = words;
    while let Some((first, more)) = rest.split_first() {
        match first.literal() {
            Some("--no-pager" | "--no-optional-locks") => rest = more,
            Some("--version") => return more.is_empty(),
            _ => break,
        }
    }
    let Some((sub, rest)) = rest.split_first() else {
        return false;
    };
    if sub.quoted || sub.glob {
        return false;
    }
    match sub.literal() {
        Some("branch") => branch(rest),
        Some("tag") => tag(rest),
        Some("remote") => {
            is_one_of(rest, &[&[], &["-v"], &["--verbose"], &["show"]]) || get_url(rest)
        }
        Some("stash") => stash(rest),
        Some("worktree") => is_one_of(rest, &[&["list"], &["list", "--porcelain"]]),
        Some("config") => config(rest),
        Some("reflog") => rest.is_empty() || shown(rest, "show"),
        Some("submodule") => is_one_of(rest, &[&[], &["status"]]),
        Some("grep") => GREP.allow(rest),
        Some(name) => SUBS
            .iter()
            .find(|sub| sub.name == name)
            .is_some_and(|sub| sub.flags.allow(rest)),
        None => false,
    }
}

/// Without -O, which opens what it finds in a pager.
const GREP: Flags = flags(
    "niwvlLcHhEFPopqzIrW",
    "eABCfm",
    &[
        "line-number",
        "ignore-case",
        "word-regexp",
        "files-with-matches",
        "count",
        "cached",
        "untracked",
        "no-index",
        "name-only",
        "heading",
        "break",
        "show-function",
        "max-depth=",
        "and",
        "or",
        "not",
    ],
);

fn is_one_of(words: &[Word], known: &[&[&str]]) -> bool {
    super::small::texts(words).is_some_and(|texts| known.contains(&texts.as_slice()))
}

fn get_url(words: &[Word]) -> bool {
    super::small::texts(words).is_some_and(
        |texts| matches!(texts.as_slice(), ["get-url", name] if !name.starts_with('-')),
    )
}

/// A name alone makes a branch; after these flags it is a pattern or a commit.
fn branch(words: &[Word]) -> bool {
    const LISTS: Flags = Flags {
        most: 0,
        ..flags(
            "arvliq",
            "",
            &[
                "all",
                "remotes",
                "verbose",
                "list",
                "show-current",
                "contains=",
                "no-contains=",
                "merged=",
                "no-merged=",
                "points-at=",
                "sort=",
                "format=",
                "no-color",
                "color=?",
                "column=?",
                "no-column",
                "ignore-case",
            ],
        )
    };
    const PATTERNS: Flags = Flags {
        most: usize::MAX,
        ..LISTS
    };
    let lists = words
        .first()
        .and_then(Word::literal)
        .is_some_and(|first| matches!(first, "--list" | "-l"));
    LISTS.allow(words) || lists && PATTERNS.allow(words)
}

fn tag(words: &[Word]) -> bool {
    const LISTS: Flags = flags(
        "ln",
        "",
        &[
            "list",
            "contains=",
            "no-contains=",
            "merged=",
            "no-merged=",
            "points-at=",
            "sort=",
            "format=",
            "column=?",
            "ignore-case",
        ],
    );
    let first = words.first().and_then(Word::literal);
    words.is_empty()
        || first.is_some_and(|first| matches!(first, "--list" | "-l")) && LISTS.allow(words)
}

fn stash(words: &[Word]) -> bool {
    shown(words, "list") || shown(words, "show")
}

fn shown(words: &[Word], name: &str) -> bool {
    const SHOWN: Flags = flags(
        "pu",
        "n",
        &[
            "stat",
            "patch",
            "oneline",
            "name-only",
            "name-status",
            "numstat",
            "include-untracked",
        ],
    );
    words
        .split_first()
        .is_some_and(|(first, rest)| first.literal() == Some(name) && SHOWN.allow(rest))
}

/// Anything that could set a value is out: two names in a row do.
fn config(words: &[Word]) -> bool {
    let Some(texts) = super::small::texts(words) else {
        return false;
    };
    let scope = |word: &&str| matches!(*word, "--global" | "--local" | "--system" | "--worktree");
    let shows = |word: &&str| {
        matches!(
            *word,
            "--show-origin" | "--show-scope" | "--name-only" | "-z" | "--null"
        )
    };
    let texts: Vec<_> = texts
        .into_iter()
        .filter(|word| !scope(word) && !shows(word))
        .collect();
    match texts.as_slice() {
        ["--list" | "-l" | "list"] => true,
        ["--get" | "--get-all" | "get", name] => !name.starts_with('-'),
        _ => false,
    }
}
