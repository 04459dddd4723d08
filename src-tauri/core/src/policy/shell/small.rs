//! Commands whose words are a small language: only the part of each that prints.

mod editors;

use super::table::{Flags, takes_anything};
use super::word::Word;
pub(super) use editors::{awk, sed};

/// The words as they are, where nothing could make them something else.
pub(super) fn texts(words: &[Word]) -> Option<Vec<&str>> {
    words
        .iter()
        .map(|word| word.literal().filter(|_| !word.may_become_flag()))
        .collect()
}

pub(super) fn version(words: &[Word]) -> bool {
    matches!(texts(words).as_deref(), Some(["--version"]))
}

pub(super) fn date(words: &[Word]) -> bool {
    let Some(texts) = texts(words) else {
        return false;
    };
    let mut texts = texts.into_iter();
    while let Some(text) = texts.next() {
        match text {
            "-u" | "--utc" | "--universal" | "-R" | "--rfc-email" | "-I" => {}
            "-d" | "--date" | "-r" | "--reference" => drop(texts.next()),
            _ if text.starts_with('+') => {}
            _ if ["--date=", "--iso-8601", "--rfc-3339=", "-I"]
                .iter()
                .any(|flag| text.starts_with(flag)) => {}
            _ => return false,
        }
    }
    true
}

/// Without `e`, which shows what other processes keep in their environments.
pub(super) fn ps(words: &[Word]) -> bool {
    let Some(texts) = texts(words) else {
        return false;
    };
    let mut texts = texts.into_iter();
    while let Some(text) = texts.next() {
        let ok = match text {
            "-o" | "-p" | "-u" | "-U" | "-C" | "-t" | "-g" | "--sort" | "--ppid" | "--pid" => {
                texts.next().is_some()
            }
            "--forest" | "--no-headers" | "--help" => true,
            _ if text.starts_with("--sort=") => true,
            _ => match text.strip_prefix('-') {
                Some(letters) => letters.chars().all(|c| "AefFljTyLMwaxd".contains(c)),
                None => text.chars().all(|c| "auxwfjlmT0123456789,".contains(c)),
            },
        };
        if !ok {
            return false;
        }
    }
    true
}

/// Names and texts; nothing that a shell could evaluate.
pub(super) fn test(words: &[Word]) -> bool {
    words.iter().all(|word| {
        let calm = word.literal().is_some() && !word.glob;
        calm && !word.text.contains(['[', '$', '`', '('])
            && !matches!(word.text.as_str(), "-v" | "-R")
    })
}

/// Conversions to numbers only of numbers.
pub(super) fn printf(words: &[Word]) -> bool {
    let Some((format, rest)) = words.split_first() else {
        return false;
    };
    let Some(text) = format
        .literal()
        .filter(|text| !text.starts_with('-') && !format.glob)
    else {
        return false;
    };
    let mut only_texts = true;
    let mut parts = text.split('%').skip(1).peekable();
    while let Some(part) = parts.next() {
        let kind = part.trim_start_matches(|c: char| {
            c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '#' | '.')
        });
        match kind.chars().next() {
            // Two in a row print one.
            None => drop(parts.next()),
            Some('s' | 'b' | 'c' | 'q') => {}
            Some('d' | 'i' | 'u' | 'x' | 'X' | 'o' | 'f' | 'e' | 'g') => only_texts = false,
            Some(_) => return false,
        }
    }
    let is_number = |word: &Word| {
        word.literal().is_some_and(|text| {
            text.chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
        })
    };
    only_texts || rest.iter().all(|word| is_number(word) || is_plain(word))
}

/// A text in which no shell sees anything to evaluate.
fn is_plain(word: &Word) -> bool {
    word.literal().is_some_and(|text| {
        text.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '_' | '-' | '/' | ':'))
    })
}

/// Tests and printing; a word that is no known predicate must stand before the first of them.
pub(super) fn find(words: &[Word]) -> bool {
    const ALONE: &[&str] = &[
        "-print",
        "-print0",
        "-ls",
        "-prune",
        "-empty",
        "-depth",
        "-d",
        "-xdev",
        "-mount",
        "-not",
        "-a",
        "-and",
        "-o",
        "-or",
        "!",
        "(",
        ")",
        "-readable",
        "-writable",
        "-executable",
        "-follow",
        "-daystart",
        "-true",
        "-false",
        "-quit",
        "-nouser",
        "-nogroup",
        "-noleaf",
        ",",
    ];
    const VALUED: &[&str] = &[
        "-name",
        "-iname",
        "-path",
        "-ipath",
        "-wholename",
        "-iwholename",
        "-regex",
        "-iregex",
        "-lname",
        "-ilname",
        "-type",
        "-xtype",
        "-maxdepth",
        "-mindepth",
        "-size",
        "-newer",
        "-anewer",
        "-cnewer",
        "-mtime",
        "-mmin",
        "-atime",
        "-amin",
        "-ctime",
        "-cmin",
        "-user",
        "-group",
        "-uid",
        "-gid",
        "-perm",
        "-links",
        "-inum",
        "-samefile",
        "-regextype",
        "-printf",
        "-fstype",
        "-newermt",
        "-newerct",
        "-newerat",
        "-newermm",
        "-used",
    ];
    let mut words = words.iter();
    let mut begun = false;
    while let Some(word) = words.next() {
        let Some(text) = word.literal() else {
            return false;
        };
        let is_sign = ALONE.contains(&text);
        if !is_sign && word.may_become_flag() {
            return false;
        }
        if VALUED.contains(&text) {
            begun = true;
            // What a pattern is matched with runs nothing, whatever it says.
            if words.next().is_none_or(|value| value.literal().is_none()) {
                return false;
            }
        } else if is_sign {
            begun = true;
        } else if matches!(text, "-L" | "-H" | "-P" | "-E" | "-s") && !begun {
        } else if text.starts_with('-') || begun {
            return false;
        }
    }
    true
}

pub(super) fn rg(words: &[Word]) -> bool {
    const FLAGS: Flags = Flags {
        short: "nNHiSswvcloLuUFPpqaxI0b.",
        valued: "egtTABCmMdrj",
        long: &[
            "files",
            "files-with-matches",
            "files-without-match",
            "count",
            "count-matches",
            "line-number",
            "no-line-number",
            "no-heading",
            "heading",
            "ignore-case",
            "smart-case",
            "case-sensitive",
            "word-regexp",
            "fixed-strings",
            "invert-match",
            "hidden",
            "no-ignore",
            "no-ignore-vcs",
            "follow",
            "glob=",
            "iglob=",
            "type=",
            "type-not=",
            "after-context=",
            "before-context=",
            "context=",
            "max-count=",
            "max-depth=",
            "max-columns=",
            "multiline",
            "only-matching",
            "pcre2",
            "json",
            "stats",
            "sort=",
            "sortr=",
            "color=",
            "colors=",
            "replace=",
            "regexp=",
            "no-config",
            "no-messages",
            "null",
            "trim",
            "vimgrep",
            "with-filename",
            "no-filename",
            "text",
            "type-list",
            "column",
            "byte-offset",
            "passthru",
            "quiet",
            "unrestricted",
            "line-regexp",
            "max-filesize=",
            "version",
        ],
        counts: false,
        most: usize::MAX,
    };
    FLAGS.allow(words)
}

/// A fixed command that is harmless whatever is added to it.
pub(super) fn xargs(words: &[Word]) -> bool {
    let Some(texts) = texts(words) else {
        return false;
    };
    let mut texts = texts.into_iter();
    while let Some(text) = texts.next() {
        match text {
            "-0" | "-r" | "-t" | "--null" | "--no-run-if-empty" | "-x" => {}
            "-n" | "-L" | "-P" | "-s" | "-d" => drop(texts.next()),
            _ if text
                .strip_prefix("-n")
                .or_else(|| text.strip_prefix("-L"))
                .or_else(|| text.strip_prefix("-P"))
                .is_some_and(|count| {
                    !count.is_empty() && count.chars().all(|c| c.is_ascii_digit())
                }) => {}
            _ => return takes_anything(text),
        }
    }
    false
}

/// Commands that tell of a file only its name, size or sum.
pub(super) fn tells_names(words: &[Word]) -> bool {
    const NAMES: &[&str] = &[
        "wc",
        "basename",
        "dirname",
        "ls",
        "stat",
        "md5sum",
        "sha1sum",
        "sha256sum",
        "echo",
        "realpath",
        "du",
    ];
    words.iter().any(|word| NAMES.contains(&word.text.as_str()))
}

pub(super) fn tar(words: &[Word]) -> bool {
    let Some(texts) = texts(words) else {
        return false;
    };
    let Some((first, rest)) = texts.split_first() else {
        return false;
    };
    let letters = first.trim_start_matches('-');
    first.len() - letters.len() < 2
        && letters.contains('t')
        && letters.chars().all(|c| "tvfzjJ".contains(c))
        && letters.ends_with('f') | !letters.contains('f')
        // `host:file` is fetched from there.
        && rest.iter().all(|word| !word.starts_with('-') && !word.contains(':'))
}
