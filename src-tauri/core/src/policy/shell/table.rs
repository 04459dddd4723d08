//! Commands that only read, with the reason beside each row. Each row proves itself in the tests.
//!
//! A flag that is not listed makes a command not harmless; so does a short form of a long flag,
//! because programs accept abbreviations that nobody listed.

use super::word::Word;
use super::{git, small};

/// How a command's words are checked.
pub(super) enum Check {
    /// No flag and no operand of it writes, runs or sends anything.
    Any,
    Flags(Flags),
    Only(fn(&[Word]) -> bool),
}

/// What a command may be given.
#[derive(Clone, Copy)]
pub(super) struct Flags {
    /// Letters of flags that take nothing, bundled or not.
    pub(super) short: &'static str,
    /// Letters of flags that take a value, in the same word or the next.
    pub(super) valued: &'static str,
    /// Long flags; one that ends in `=` takes a value, in the same word or the next.
    pub(super) long: &'static [&'static str],
    /// Whether `-20` is a count.
    pub(super) counts: bool,
    /// The most operands.
    pub(super) most: usize,
}

pub(super) struct Row {
    pub(super) names: &'static [&'static str],
    pub(super) check: Check,
    #[cfg_attr(not(test), expect(dead_code, reason = "for whoever reads the table"))]
    pub(super) why: &'static str,
    /// Examples that it must take, and that it must not.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read them"))]
    pub(super) yes: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests read them"))]
    pub(super) no: &'static [&'static str],
}

const MANY: usize = usize::MAX;

const fn flags(short: &'static str, valued: &'static str, long: &'static [&'static str]) -> Flags {
    Flags {
        short,
        valued,
        long,
        counts: false,
        most: MANY,
    }
}

const fn at_most(flags: Flags, most: usize) -> Check {
    Check::Flags(Flags { most, ..flags })
}

/// The row of a command that only reads. `moved` says that `cd` came before it.
pub(super) fn row(name: &str, rest: &[Word], moved: bool) -> Option<&'static str> {
    let row = TABLE.iter().find(|row| row.names.contains(&name))?;
    let ok = match &row.check {
        Check::Any => true,
        Check::Flags(flags) => flags.allow(rest),
        // These read what lies in the directory, and obey it.
        Check::Only(_) if moved && matches!(name, "git" | "rg") => false,
        Check::Only(check) => check(rest),
    };
    let found = row.names.iter().find(|known| **known == name)?;
    ok.then_some(*found)
}

/// Whether a command is harmless whatever words are added to it.
pub(super) fn takes_anything(name: &str) -> bool {
    let row = TABLE.iter().find(|row| row.names.contains(&name));
    row.is_some_and(|row| matches!(row.check, Check::Any)) && name != "cd"
}

impl Flags {
    pub(super) fn allow(&self, words: &[Word]) -> bool {
        let mut operands = 0;
        let mut only_operands = false;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(text) = word.literal() else {
                return false;
            };
            if only_operands || text == "-" || !text.starts_with('-') {
                if !only_operands && word.may_become_flag() {
                    return false;
                }
                operands += 1;
                continue;
            }
            if word.glob {
                return false;
            }
            if text == "--" {
                only_operands = true;
            } else if let Some(long) = text.strip_prefix("--") {
                match self.long(long) {
                    Some(true) => drop(words.next()),
                    Some(false) => {}
                    None => return false,
                }
            } else if let Some(letters) = text.strip_prefix('-') {
                match self.letters(letters) {
                    Some(true) => drop(words.next()),
                    Some(false) => {}
                    None => return false,
                }
            }
        }
        operands <= self.most
    }

    /// Whether it is known, and whether it takes the next word.
    fn long(&self, text: &str) -> Option<bool> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        self.long.iter().find_map(|known| {
            // `color=?`: with a value or without, and never the next word.
            let (bare, takes, may) = match known.strip_suffix("=?") {
                Some(bare) => (bare, false, true),
                None => (known.trim_end_matches('='), known.ends_with('='), false),
            };
            (bare == name && (value.is_none() || takes || may)).then_some(takes && value.is_none())
        })
    }

    fn letters(&self, letters: &str) -> Option<bool> {
        if self.counts && letters.chars().all(|c| c.is_ascii_digit()) {
            return Some(false);
        }
        let mut chars = letters.chars();
        while let Some(c) = chars.next() {
            if self.valued.contains(c) {
                return Some(chars.as_str().is_empty());
            }
            if !self.short.contains(c) {
                return None;
            }
        }
        Some(false)
    }
}

const fn any(
    names: &'static [&'static str],
    why: &'static str,
    yes: &'static [&'static str],
) -> Row {
    Row {
        names,
        check: Check::Any,
        why,
        yes,
        no: &[],
    }
}

const fn only(
    names: &'static [&'static str],
    check: Check,
    why: &'static str,
    yes: &'static [&'static str],
    no: &'static [&'static str],
) -> Row {
    Row {
        names,
        check,
        why,
        yes,
        no,
    }
}

pub(super) const TABLE: &[Row] = &[
    any(
        &["ls", "dir", "vdir"],
        "lists names",
        &["ls -la src", "ls *"],
    ),
    any(
        &["cat", "tac", "nl", "rev"],
        "prints files",
        &["cat -n a.txt", "tac a"],
    ),
    any(
        &["head"],
        "prints the first lines",
        &["head -n 5 a", "head -20 a"],
    ),
    only(
        &["tail"],
        Check::Flags(Flags {
            counts: true,
            ..flags("qvzrf", "nc", &["lines=", "bytes=", "quiet", "verbose"])
        }),
        "prints the last lines",
        &["tail -n 50 a", "tail -20 a"],
        &["tail --pid=1 a"],
    ),
    any(&["wc"], "counts", &["wc -l a"]),
    any(
        &["grep", "egrep", "fgrep"],
        "searches in files",
        &["grep -rn 'a|b' src", "grep foo *"],
    ),
    any(
        &[
            "cut", "tr", "paste", "fold", "fmt", "expand", "unexpand", "join", "comm", "cmp",
        ],
        "prints what it reads",
        &["cut -d: -f1 a", "tr a-z A-Z"],
    ),
    any(
        &["basename", "dirname", "realpath", "readlink", "pwd"],
        "prints names",
        &["basename /a/b", "pwd -P"],
    ),
    any(&["stat"], "prints what is known of a file", &["stat a"]),
    any(&["true", "false", ":"], "does nothing", &["true", ":"]),
    any(&["echo"], "prints its words", &["echo hi"]),
    any(
        &[
            "whoami", "id", "groups", "logname", "tty", "nproc", "uptime", "users",
        ],
        "prints a fact",
        &["id -un", "nproc"],
    ),
    any(&["uname"], "prints a fact", &["uname -a"]),
    any(
        &[
            "md5sum",
            "sha1sum",
            "sha224sum",
            "sha256sum",
            "sha384sum",
            "sha512sum",
            "b2sum",
            "cksum",
            "sum",
            "md5",
            "shasum",
        ],
        "prints sums",
        &["sha256sum -c SUMS"],
    ),
    any(
        &["hexdump", "hd", "strings"],
        "prints bytes",
        &["hexdump -C a"],
    ),
    any(&["od"], "prints bytes", &["od -c a"]),
    any(
        &["seq", "expr", "factor", "sleep"],
        "computes or waits",
        &["seq 1 10"],
    ),
    any(
        &["df", "du", "free", "vmstat", "lscpu", "lsusb", "getconf"],
        "prints a fact",
        &["du -sh src", "df -h"],
    ),
    only(
        &["ps"],
        Check::Only(small::ps),
        "lists processes; with e or -E their environments too",
        &["ps -ef", "ps aux", "ps -o pid,comm -p 1"],
        &["ps auxe", "ps eww", "ps -E"],
    ),
    any(&["pgrep"], "lists processes", &["pgrep -f x"]),
    any(&["zcat", "gzcat"], "prints files", &["zcat a.gz"]),
    any(&["column"], "prints in columns", &["column -t a"]),
    any(
        &["type", "which", "whereis"],
        "says where a command lies",
        &["which cargo"],
    ),
    only(
        &["test"],
        Check::Only(small::test),
        "compares; some shells evaluate what is compared as a number",
        &["test -f a", "test a = b"],
        &["test -v 'a[$(x)]'", "test 'a[$(x)]' -eq 0"],
    ),
    any(&["cd"], "changes where the rest runs", &["cd src"]),
    any(&["locale"], "prints a fact", &["locale"]),
    only(
        &["printf"],
        Check::Only(small::printf),
        "prints its words; -v and %n set a variable, and some shells evaluate what is printed as a number",
        &["printf '%s\\n' a b", "printf '%-10s|%5d\\n' a 3"],
        &[
            "printf -v 'a[$(x)]' b",
            "printf 'x%n' PATH",
            "printf %d 'a[$(x)]'",
        ],
    ),
    only(
        &["command"],
        Check::Only(
            |words| matches!(words, [flag, _] if matches!(flag.literal(), Some("-v" | "-V"))),
        ),
        "says where a command lies",
        &["command -v cargo"],
        &["command rm x", "command -p rm"],
    ),
    only(
        &["sort"],
        at_most(
            flags(
                "bdfghiMnRrVzuscm",
                "kt",
                &[
                    "reverse",
                    "numeric-sort",
                    "unique",
                    "key=",
                    "field-separator=",
                    "human-numeric-sort",
                    "version-sort",
                    "ignore-case",
                    "stable",
                    "check",
                    "zero-terminated",
                ],
            ),
            MANY,
        ),
        "prints sorted lines; -o writes, --compress-program runs, -T writes elsewhere",
        &["sort -t: -k3 -n a", "sort -rn a", "sort -u -k2,2 a"],
        &[
            "sort -o b a",
            "sort a -ob",
            "sort --outp=b a",
            "sort -T x a",
            "sort --compress-program=x a",
            "sort *",
        ],
    ),
    only(
        &["uniq"],
        at_most(
            flags(
                "cdDuiz",
                "fsw",
                &[
                    "count",
                    "repeated",
                    "unique",
                    "ignore-case",
                    "skip-fields=",
                    "skip-chars=",
                ],
            ),
            1,
        ),
        "prints lines once; a second operand is written to",
        &["uniq -c a", "uniq"],
        &["uniq a b", "uniq *"],
    ),
    only(
        &["diff"],
        Check::Flags(flags(
            "qrsuyNwbBiaecdEtTpn",
            "UCWxIX",
            &[
                "brief",
                "recursive",
                "unified=?",
                "context=?",
                "side-by-side",
                "color=?",
                "ignore-all-space",
                "ignore-space-change",
                "ignore-blank-lines",
                "new-file",
                "stat",
                "exclude=",
                "report-identical-files",
                "no-index",
            ],
        )),
        "compares; -l runs pr",
        &["diff -u a b", "diff -U3 a b"],
        &["diff -l a b", "diff --paginate a b"],
    ),
    only(
        &["file"],
        Check::Flags(flags(
            "bihLNnprkvE0",
            "",
            &[
                "brief",
                "mime",
                "mime-type",
                "mime-encoding",
                "dereference",
                "no-dereference",
            ],
        )),
        "names kinds of files; -C compiles, -z runs",
        &["file -b a"],
        &["file -C -m x", "file -z a"],
    ),
    only(
        &["tree"],
        Check::Flags(flags(
            "adfisghpucrtDFxlvnNCQS",
            "LPI",
            &[
                "noreport",
                "dirsfirst",
                "gitignore",
                "du",
                "prune",
                "inodes",
                "charset=",
            ],
        )),
        "draws directories; -o and -R write",
        &["tree -I target --noreport", "tree -L 2"],
        &["tree -o x", "tree -R -H . -L 2", "tree -ao x"],
    ),
    only(
        &["base64", "base32"],
        Check::Flags(flags("dDi", "wb", &["decode", "wrap=", "ignore-garbage"])),
        "prints in another code; some write with -o",
        &["base64 a", "base64 -d a"],
        &["base64 -D -i a -o b"],
    ),
    only(
        &["xxd"],
        Check::Flags(Flags {
            most: 1,
            ..flags("abeEiprupCR", "clogs", &[])
        }),
        "prints bytes; a second operand is written to",
        &["xxd -l 64 a"],
        &["xxd a b", "xxd *"],
    ),
    only(
        &["date"],
        Check::Only(small::date),
        "prints the time; anything else sets it",
        &["date", "date -u '+%F'", "date +%s", "date -d yesterday"],
        &["date -s x", "date 0101", "date --set=x", "date -us x"],
    ),
    only(
        &["hostname"],
        at_most(flags("fsIiAd", "", &["fqdn", "short"]), 0),
        "prints the name; an operand sets it",
        &["hostname", "hostname -f"],
        &["hostname x", "hostname -F x", "hostname *"],
    ),
    only(
        &["env", "printenv"],
        at_most(flags("0", "", &["null"]), 0),
        "prints the environment",
        &["env", "printenv"],
        &["env ls", "env -i ls", "env A=1", "env -S ls"],
    ),
    only(
        &["find"],
        Check::Only(small::find),
        "walks directories; only tests and printing",
        &[
            "find . -name '*.rs' -not -path './target/*'",
            "find src -newer a -print0",
        ],
        &[
            "find . -delete",
            "find . -exec ls ;",
            "find . -fprint x",
            "find . -okdir ls ;",
            "find . -f'ls' x",
        ],
    ),
    only(
        &["fd", "fdfind"],
        Check::Flags(flags(
            "HIuspaL0gFi1q",
            "tedE",
            &[
                "hidden",
                "no-ignore",
                "type=",
                "extension=",
                "max-depth=",
                "exclude=",
                "absolute-path",
                "print0",
                "glob",
                "full-path",
            ],
        )),
        "walks directories; -x runs",
        &["fd -e rs main"],
        &["fd -x rm", "fd -X rm", "fd --exec rm"],
    ),
    only(
        &["rg"],
        Check::Only(small::rg),
        "searches in files; --pre and --hostname-bin run",
        &["rg -n 'a > b' docs", "rg --files"],
        &[
            "rg --pre=sh a .",
            "rg --hostname-bin x a",
            "rg -z a",
            "rg --search-zip a",
        ],
    ),
    only(
        &["sed"],
        Check::Only(small::sed),
        "prints edited text; -i and w write, e runs",
        &[
            "sed -n '1,20p' a",
            "sed 's/a/b/g' a",
            "sed '/x/d' a",
            "sed -n '/a/,/b/p' a",
        ],
        &[
            "sed -i s/a/b/ a",
            "sed 's/a/b/w x' a",
            "sed 'w x' a",
            "sed '1e x' a",
            "sed -f x a",
            "sed -ni p a",
        ],
    ),
    only(
        &["awk", "gawk", "mawk"],
        Check::Only(small::awk),
        "prints fields; redirections and system run and write",
        &[
            "awk '{print $1}' a",
            "awk -F: '{print $1, $3}' a",
            "awk 'NR==1,NR==5' a",
            "awk 'NR>3 {print $NF}' a",
        ],
        &[
            "awk '{print > \"x\"}' a",
            "awk '{print | \"sh\"}' a",
            "awk 'BEGIN{system(\"x\")}'",
            "awk -f x a",
            "awk '{getline x < \"f\"}' a",
        ],
    ),
    only(
        &["jq"],
        Check::Flags(flags(
            "rcsSneajCM",
            "",
            &[
                "raw-output",
                "compact-output",
                "slurp",
                "sort-keys",
                "null-input",
                "exit-status",
                "tab",
                "ascii-output",
                "join-output",
                "color-output",
                "monochrome-output",
            ],
        )),
        "prints parts of JSON; -f and -L read programs",
        &["jq -r .a b.json", "jq '.a > 1' b.json"],
        &["jq -f x a", "jq -L x . a", "jq --from-file x a"],
    ),
    only(
        &["xargs"],
        Check::Only(small::xargs),
        "adds words to a command that may have any",
        &["xargs -0 wc -l", "xargs -n1 basename"],
        &["xargs rm", "xargs -I{} sh -c x", "xargs -a l rm", "xargs"],
    ),
    only(
        &["git"],
        Check::Only(git::reads),
        "reads a repository",
        &["git status", "git log --oneline -5", "git diff HEAD~1"],
        &[
            "git push",
            "git -c a=b log",
            "git diff --output=x",
            "git branch new",
        ],
    ),
    only(
        &["tar"],
        Check::Only(small::tar),
        "lists an archive",
        &["tar -tf a.tar", "tar tzf a.tgz"],
        &[
            "tar -xf a",
            "tar -cf a b",
            "tar -tf a --to-command=x",
            "tar -I x -tf a",
        ],
    ),
    only(
        &["unzip"],
        Check::Only(|words| {
            words.len() == 2
                && words
                    .first()
                    .and_then(Word::literal)
                    .is_some_and(|flag| matches!(flag, "-l" | "-v" | "-Z" | "-Z1"))
                && words.iter().all(|word| !word.may_become_flag())
        }),
        "lists an archive",
        &["unzip -l a.zip"],
        &["unzip a.zip", "unzip -o a.zip"],
    ),
    only(
        &["zipinfo"],
        at_most(flags("12smlvhtz", "", &[]), 1),
        "lists an archive",
        &["zipinfo a.zip"],
        &[],
    ),
    only(
        &[
            "gcc",
            "g++",
            "cc",
            "clang",
            "python3",
            "python",
            "node",
            "ruby",
            "perl",
            "php",
            "java",
            "jq-version",
            "make",
            "cmake",
            "bash",
            "psql",
            "sqlite3",
            "gh",
            "pandoc",
            "ffmpeg",
            "curl",
            "wget",
            "openssl",
            "ssh",
        ],
        Check::Only(small::version),
        "prints its version",
        &["python3 --version", "gcc --version"],
        &[
            "python3 x.py",
            "node -e x",
            "make",
            "ssh -V x",
            "gcc --version x",
        ],
    ),
    only(
        &["objdump"],
        Check::Flags(flags("dDSsxhtTrRCpfaw", "jM", &["disassemble", "demangle"])),
        "prints a program",
        &["objdump -d a"],
        &["objdump --plugin x a"],
    ),
    only(
        &["readelf", "size", "nm"],
        Check::Flags(flags("aldhSsnrVADICguopBfte", "", &["demangle"])),
        "prints a program",
        &["nm -C a", "readelf -h a"],
        &["nm --plugin x a"],
    ),
    only(
        &["plutil"],
        Check::Only(
            |words| matches!(words, [flag, file] if flag.literal() == Some("-p") && !file.may_become_flag()),
        ),
        "prints a property list",
        &["plutil -p a"],
        &["plutil -convert xml1 a"],
    ),
    only(
        &["ss", "netstat"],
        at_most(flags("tulnpaeomis46rWxw", "", &[]), 0),
        "lists connections; ss -K ends them, -D writes",
        &["ss -tlnp", "netstat -an"],
        &["ss -K", "ss -D x"],
    ),
    only(
        &["lsof"],
        Check::Flags(flags("nPltUN", "ipucad", &[])),
        "lists open files; -D writes a cache",
        &["lsof -nP -i :8080"],
        &["lsof -D b"],
    ),
    only(
        &["ip"],
        Check::Only(|words| {
            matches!(
                small::texts(words).as_deref(),
                Some(
                    ["a" | "addr" | "route" | "r" | "link" | "l"]
                        | ["addr" | "route" | "link", "show"]
                )
            )
        }),
        "prints addresses",
        &["ip addr", "ip route show"],
        &["ip link set eth0 down", "ip netns exec x y"],
    ),
    only(
        &["lsblk", "who", "w", "last", "cal"],
        at_most(flags("aflmnpbJ3y", "o", &[]), 1),
        "prints a fact",
        &["lsblk -f", "who"],
        &["last -x --file=y"],
    ),
    only(
        &["dmesg"],
        at_most(flags("Tkxe", "l", &[]), 0),
        "prints the kernel's log; -C clears it",
        &["dmesg -T"],
        &["dmesg -C", "dmesg --clear", "dmesg -H"],
    ),
    only(
        &["journalctl"],
        at_most(
            flags(
                "bkrxeq",
                "unopgtSU",
                &[
                    "no-pager",
                    "user",
                    "unit=",
                    "lines=",
                    "since=",
                    "until=",
                    "output=",
                    "boot",
                    "reverse",
                    "priority=",
                    "grep=",
                ],
            ),
            0,
        ),
        "prints the system's log; others rotate or clear it",
        &["journalctl -u nginx -n 50 --no-pager"],
        &["journalctl --rotate", "journalctl --vacuum-size=1M"],
    ),
    only(
        &["systemctl"],
        Check::Only(|words| {
            small::texts(words).is_some_and(|texts| matches!(texts.as_slice(), ["status" | "is-active" | "is-enabled" | "is-failed" | "show" | "cat", unit] if !unit.starts_with('-')) || matches!(texts.as_slice(), ["list-units" | "list-timers" | "list-unit-files"]))
        }),
        "prints what a unit does",
        &["systemctl status nginx", "systemctl list-units"],
        &["systemctl restart nginx", "systemctl -H x status y"],
    ),
    only(
        &["docker", "podman"],
        Check::Only(|words| {
            small::texts(words).is_some_and(|texts| {
                matches!(
                    texts.as_slice(),
                    ["ps" | "images" | "--version"] | ["ps", "-a"]
                )
            })
        }),
        "lists containers",
        &["docker ps -a"],
        &["docker run x", "docker -H x ps"],
    ),
    only(
        &["thumbturn"],
        Check::Only(|words| {
            matches!(
                small::texts(words).as_deref(),
                Some(["status" | "on"] | ["status", "--json"])
            )
        }),
        "says how the gate stands, or turns it on",
        &["thumbturn status", "thumbturn on"],
        &["thumbturn off", "thumbturn --home x status"],
    ),
];

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn each_row_proves_itself() {
        for row in TABLE {
            assert!(
                !row.why.is_empty() && !row.yes.is_empty(),
                "{:?}",
                row.names
            );
            for yes in row.yes {
                let reading = read(yes);
                assert!(reading.is_harmless(), "{yes}: {reading:?}");
            }
            for no in row.no {
                assert!(!read(no).is_harmless(), "{no}");
            }
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = TABLE.iter().flat_map(|row| row.names).collect();
        names.sort_unstable();
        let twice: Vec<_> = names
            .windows(2)
            .filter(|pair| pair.first() == pair.last())
            .collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
