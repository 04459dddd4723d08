//! Passwords that a program takes behind a short flag: `mysql -phunter2`, `curl -u dana:hunter2`.

use super::{Found, ends_span};

struct Flag {
    programs: &'static [&'static str],
    flag: &'static str,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// In the same word.
    Glued,
    /// The next word.
    Next,
    /// The next word, behind its colon.
    AfterColon,
}

const fn flag(programs: &'static [&'static str], flag: &'static str, how: How) -> Flag {
    Flag {
        programs,
        flag,
        how,
    }
}

const MYSQL: &[&str] = &[
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
];

const FLAGS: &[Flag] = &[
    flag(MYSQL, "-p", How::Glued),
    flag(&["7z", "7za", "unrar", "rar"], "-p", How::Glued),
    flag(
        &[
            "sshpass", "docker", "podman", "helm", "az", "sqlcmd", "mongo", "mongosh",
        ],
        "-p",
        How::Next,
    ),
    flag(&["sshpass"], "-p", How::Glued),
    flag(&["sqlcmd", "zip", "unzip"], "-P", How::Next),
    flag(&["redis-cli"], "-a", How::Next),
    flag(&["ldapsearch", "ldapmodify", "ldapadd"], "-w", How::Next),
    flag(
        &["curl", "wget", "http", "https", "xh"],
        "-u",
        How::AfterColon,
    ),
    flag(&["curl", "wget"], "--user", How::AfterColon),
    flag(&["curl"], "--proxy-user", How::AfterColon),
    flag(&["curl"], "-U", How::AfterColon),
    flag(&["http", "https", "xh"], "-a", How::AfterColon),
];

pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut program = "";
    let mut pending: Option<How> = None;
    let mut at = 0;
    for piece in text.split_inclusive(ends_span) {
        let word = piece.trim_end_matches(ends_span);
        let from = at;
        at += piece.len();
        if word.is_empty() {
            let breaks = piece.contains([';', '&', '|', '\n', '(', '`']);
            (program, pending) = if breaks {
                ("", None)
            } else {
                (program, pending)
            };
            continue;
        }
        if let Some(how) = pending.take() {
            found.extend(value(word, from, how));
        } else if let Some((flag, how)) = of(program, word) {
            match how {
                How::Glued => found.extend(
                    value(word, from, how)
                        .map(|(range, kind)| (range.start + flag.len()..range.end, kind)),
                ),
                How::Next | How::AfterColon => pending = Some(how),
            }
        } else if is_program(word) {
            program = name(word);
        }
        if piece.ends_with([';', '&', '|', '\n', '(', '`']) {
            (program, pending) = ("", None);
        }
    }
    found
}

fn name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

fn is_program(word: &str) -> bool {
    FLAGS.iter().any(|flag| flag.programs.contains(&name(word)))
}

fn of(program: &str, word: &str) -> Option<(&'static str, How)> {
    let fits = |flag: &&Flag| {
        flag.programs.contains(&program)
            && match flag.how {
                How::Glued => word.len() > flag.flag.len() && word.starts_with(flag.flag),
                How::Next | How::AfterColon => word == flag.flag,
            }
    };
    FLAGS.iter().find(fits).map(|flag| (flag.flag, flag.how))
}

fn value(word: &str, from: usize, how: How) -> Option<Found> {
    let skip = match how {
        How::Glued | How::Next => 0,
        How::AfterColon => word.find(':')? + 1,
    };
    let is_flag = how != How::Glued && word.starts_with('-');
    (!is_flag && word.len() > skip).then(|| (from + skip..from + word.len(), "password"))
}

#[cfg(test)]
mod tests {
    use crate::redact::redact;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_flag_tells_its_value_for_its_programs_alone() {
        for (text, shown) in [
            (
                "mysql -u root -phunter2 db",
                "mysql -u root -p<password, 7 characters> db",
            ),
            (
                "sshpass -p hunter2 ssh x",
                "sshpass -p <password, 7 characters> ssh x",
            ),
            (
                "curl -u 'dana:hunter2' https://x",
                "curl -u 'dana:<password, 7 characters>' https://x",
            ),
            (
                "/usr/bin/redis-cli -a hunter2 get x",
                "/usr/bin/redis-cli -a <password, 7 characters> get x",
            ),
            ("mkdir -p a/b && cp -pr x y", "mkdir -p a/b && cp -pr x y"),
            ("mysql db; mkdir -pv x", "mysql db; mkdir -pv x"),
            ("curl -u dana https://x", "curl -u dana https://x"),
        ] {
            assert_eq!(redact(text).text, shown);
        }
    }
}
