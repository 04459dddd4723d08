//! Tools that can do more, as far as they only read.

use super::{Check, Row, at_most, flags, only};
use crate::policy::shell::word::Word;
use crate::policy::shell::{git, small};

pub(super) const TOOLS: &[Row] = &[
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
