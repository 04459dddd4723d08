//! sed and awk, as far as their programs only print.

use super::texts;
use crate::policy::shell::word::Word;

/// One program of few forms: `Np`, `N,Mp`, `/x/p`, `s/…/…/gipN`, `d`, `q`, joined by `;`.
pub(in crate::policy::shell) fn sed(words: &[Word]) -> bool {
    let Some(texts) = texts(words) else {
        return false;
    };
    let mut programs = Vec::new();
    let mut operands = Vec::new();
    let mut texts = texts.into_iter();
    while let Some(text) = texts.next() {
        match text {
            "-n" | "-E" | "-r" | "-s" | "-u" | "-z" | "-nE" | "-En" | "-nr" | "-rn" | "--quiet"
            | "--silent" | "--regexp-extended" => {}
            "-e" | "--expression" => match texts.next() {
                Some(program) => programs.push(program),
                None => return false,
            },
            "-ne" | "-Ee" | "-nEe" => match texts.next() {
                Some(program) => programs.push(program),
                None => return false,
            },
            _ if text.starts_with('-') && text != "-" => return false,
            _ => operands.push(text),
        }
    }
    if programs.is_empty() {
        match operands.first() {
            Some(program) => programs.push(program),
            None => return false,
        }
    }
    programs.into_iter().all(prints)
}

fn prints(program: &str) -> bool {
    if program.contains(['\n', '\r', '{', '}'])
        && !program.starts_with('s')
        && !program.starts_with('/')
    {
        return false;
    }
    let mut rest = program.trim_start();
    loop {
        let Some(after) = one_command(rest) else {
            return false;
        };
        let after = after.trim_start_matches([' ', '\t']);
        match after.strip_prefix(';') {
            Some(more) => rest = more.trim_start_matches([' ', '\t', ';']),
            None => return after.is_empty(),
        }
        if rest.is_empty() {
            return true;
        }
    }
}

/// What stands after one command that prints.
fn one_command(text: &str) -> Option<&str> {
    let mut rest = address(text)?;
    if let Some(second) = rest.strip_prefix(',') {
        rest = address(second.trim_start_matches(['+', '~']))?;
    }
    let rest = rest.trim_start_matches([' ', '!']);
    let mut chars = rest.chars();
    match chars.next()? {
        'p' | 'd' | 'q' | 'P' | 'D' | 'N' | 'n' | 'g' | 'G' | 'h' | 'H' | 'x' | '=' | 'l' => {
            Some(chars.as_str())
        }
        's' => substitution(chars.as_str()),
        'y' => {
            let (_, after) = delimited(chars.as_str(), 2)?;
            Some(after)
        }
        _ => None,
    }
}

fn address(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(' ');
    if let Some(rest) = text.strip_prefix('$') {
        return Some(rest);
    }
    if text.starts_with('/') {
        let (_, after) = delimited(text, 1)?;
        return Some(after.trim_start_matches(['I', 'M']));
    }
    if text.starts_with('\\') {
        return None;
    }
    Some(
        text.trim_start_matches(|c: char| c.is_ascii_digit())
            .trim_start_matches('~')
            .trim_start_matches(|c: char| c.is_ascii_digit()),
    )
}

fn substitution(text: &str) -> Option<&str> {
    let (_, after) = delimited(text, 2)?;
    Some(
        after
            .trim_start_matches(|c: char| matches!(c, 'g' | 'p' | 'i' | 'I') || c.is_ascii_digit()),
    )
}

/// The delimiter is the first character; `parts` texts follow, each ended by it.
fn delimited(text: &str, parts: usize) -> Option<(char, &str)> {
    let mut chars = text.char_indices();
    let (_, delimiter) = chars.next()?;
    if delimiter.is_alphanumeric() || matches!(delimiter, '\\' | '\n' | ' ' | ';') {
        return None;
    }
    let mut left = parts;
    let mut escaped = false;
    let mut in_set = false;
    for (at, c) in chars {
        match c {
            '\n' => return None,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            // Where a set could hide the delimiter, readers differ.
            '[' => in_set = true,
            ']' => in_set = false,
            c if c == delimiter => {
                if in_set {
                    return None;
                }
                left -= 1;
                if left == 0 {
                    return text
                        .get(at + c.len_utf8()..)
                        .map(|after| (delimiter, after));
                }
            }
            _ => {}
        }
    }
    None
}

/// Patterns, comparisons and `print` of fields; nothing that opens, runs or calls.
pub(in crate::policy::shell) fn awk(words: &[Word]) -> bool {
    let Some(texts) = texts(words) else {
        return false;
    };
    let mut texts = texts.into_iter();
    let mut program = None;
    while let Some(text) = texts.next() {
        if program.is_some() {
            // An operand of the form a=b sets a variable, which is only a value; a flag ends it.
            if text.starts_with('-') && text != "-" {
                return false;
            }
        } else if text == "-F" {
            texts.next();
        } else if text.starts_with("-F") {
        } else if text.starts_with('-') {
            return false;
        } else {
            program = Some(text);
        }
    }
    program.is_some_and(is_plain_awk)
}

fn is_plain_awk(program: &str) -> bool {
    const NEVER: &[&str] = &[
        "system", "getline", "close", "fflush", "ARGV", "ARGC", "ENVIRON", "PROCINFO", "SYMTAB",
        "FUNCTAB", "@", "`",
    ];
    if NEVER.iter().any(|word| program.contains(word)) || program.replace("||", "").contains('|') {
        return false;
    }
    // A quote within a pattern would hide what stands behind it.
    if program.contains('/') && program.contains('>') {
        return false;
    }
    let mut chars = program.chars();
    let mut prints = false;
    let mut word = String::new();
    while let Some(c) = chars.next() {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        prints |= matches!(word.as_str(), "print" | "printf");
        word.clear();
        match c {
            '"' => loop {
                match chars.next() {
                    Some('\\') => drop(chars.next()),
                    Some('"') => break,
                    Some(_) => {}
                    None => return false,
                }
            },
            // After `print` it writes.
            '>' if prints => return false,
            '}' | ';' | '\n' => prints = false,
            _ => {}
        }
    }
    true
}
