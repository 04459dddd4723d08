//! The corpora: what must never be taken for harmless, and what should be left alone.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "the corpora are files, and their counts are printed"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use thumbturn_core::policy::shell::read;

use crate::day::Dice;

fn corpus(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/corpora");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn safe() -> Vec<String> {
    corpus("bash-safe.txt").lines().map(Into::into).collect()
}

fn unsafe_ones() -> Vec<String> {
    let mut all: Vec<String> = corpus("bash-unsafe.txt").lines().map(Into::into).collect();
    all.extend(serde_json::from_str::<Vec<String>>(&corpus("bash-unsafe-multiline.json")).unwrap());
    all
}

#[test]
fn no_unsafe_command_is_taken_for_harmless() {
    let all = unsafe_ones();
    let passed: Vec<_> = all
        .iter()
        .filter(|command| read(command).is_harmless())
        .collect();
    println!(
        "unsafe: {} of {} taken for harmless",
        passed.len(),
        all.len()
    );
    assert!(all.len() > 250 && passed.is_empty(), "{passed:#?}");
}

/// More of the families that the corpora hold.
const MORE: &[&str] = &[
    "printf '%n' PATH",
    "printf -v x y",
    "test -v 'a[$(x)]'",
    "[ 'a[$(x)]' -eq 0 ]",
    "[[ a[$(x)] -gt 1 ]]",
    "ps auxe",
    "ps eww",
    "arch -x86_64 rm x",
    "fd -x rm",
    "fd . -X rm",
    "tar -tf evil:x",
    "tar tf a.tar -I ./x",
    "tar --checkpoint-action=exec=sh -tf a",
    "echo ~/x | xargs cat",
    "cat /tmp/list | xargs cat",
    "find / -name x | xargs cat",
    "find ../.. -type f | xargs head",
    "awk '/\"/ {print > \"x\"}' a",
    "awk 'BEGIN{ARGV[1]=\"/x\";ARGC=2}1'",
    "awk '{print $1 > $2}' a",
    "awk '{ \"date\" | getline d }' a",
    "awk -i inplace 1 a",
    "awk -v x=1 -f p a",
    "gawk -e '@load \"x\"' a",
    "sed -n '/x/w out' a",
    "sed 's/x/y/;w out' a",
    "sed 's/[/]/w x/' a",
    "sed -e p -e 'w x' a",
    "sed --in-place=.bak s/a/b/ a",
    "sed -Ei s/a/b/ a",
    "sed -s -i p a",
    "sed '1r /etc/shadow;w x' a",
    "find . -type f -exec cat {} +",
    "find . -name a -o -delete",
    "find . -fprintf x %p",
    "find -files0-from x -delete",
    "find . -ok ls {} \\;",
    "find . $(x)",
    "find . \"-delete\"",
    "find . -d''elete",
    "find . -'delete'",
    "find $X",
    "find *",
    "sort -o out a",
    "sort a -o out",
    "sort --output out a",
    "sort -k1 --compress-program sh a",
    "sort --files0-from=x -ob",
    "sort -T /tmp a",
    "sort $OPTS a",
    "sort -k 1 *",
    "uniq -c a b",
    "uniq -- a b",
    "xxd -r a b",
    "xxd -i a b",
    "base64 -o x a",
    "file -m x -C",
    "tree -o x",
    "tree -H . -R -L 1 -o x",
    "diff --to-file=/x a",
    "diff -l a b",
    "jq -L. 'import \"x\" as x; .' a",
    "jq --slurpfile a b .",
    "date -f x",
    "date -s now",
    "date --set now",
    "date 010203042020.05",
    "hostname new",
    "git diff --ext-diff",
    "git log --textconv",
    "git show --output=x",
    "git log -p --output x",
    "git diff -O/x",
    "git grep -Oless x",
    "git grep -O x",
    "git --git-dir=/x status",
    "git --exec-path=/x status",
    "git --work-tree=/ status",
    "git -c alias.x='!sh' x",
    "git -C /x log",
    "git log --show-signature",
    "git branch x",
    "git branch -f x",
    "git branch -u o/x",
    "git branch --list -D x",
    "git tag x",
    "git tag -a x -m y",
    "git tag -l -d x",
    "git stash",
    "git stash pop",
    "git stash show -p --output=x",
    "git remote add x y",
    "git remote show origin",
    "git remote -v update",
    "git config a.b c",
    "git config --global a b",
    "git config --unset a",
    "git config --edit",
    "git config -e",
    "git reflog expire --all",
    "git worktree add x",
    "git submodule update",
    "git submodule foreach x",
    "git rev-parse --parseopt -- x",
    "git ls-remote",
    "git fetch",
    "git archive -o x HEAD",
    "git cat-file --textconv HEAD:x",
    "git cat-file --filters HEAD:x",
    "git notes add",
    "git bisect run x",
    "git blame --contents=x --output=y a",
    "git diff HEAD --no-index --output=a b c",
    "git status;id>x",
    "git log --format=%H > x",
    "git log | tee x",
    "git \"status\" -c x",
    "git sta''tus",
    "git help -w x",
    "git gui",
    "git difftool",
    "rg --pre cat x",
    "rg --pre=./x y",
    "rg -z x",
    "rg --hostname-bin=./x y",
    "rg --search-zip x",
    "rg --no-config --pre x y",
    "ls|sh",
    "ls |bash -s",
    "ls;rm x",
    "ls&&rm x",
    "ls||rm x",
    "ls\trm; rm x",
    "echo x>y",
    "echo x >>y",
    "echo x>|y",
    "echo x&>y",
    "echo x <>y",
    "echo x >&y",
    "cat<a>b",
    ">x",
    ">>x ls",
    "2>x ls",
    "exec >x",
    "ls 3>x",
    "ls 1>&2 2>x",
    "ls >&2 >x",
    "{ ls; }>x",
    "(ls)>x",
    "for i in 1; do ls; done >x",
    "if true; then ls; fi >x",
    "! ls >x",
    "[[ -f a ]] >x",
    "while true; do x; done",
    "until x; do ls; done",
    "select x in a; do rm; done",
    "case a in a) rm x;; esac",
    "for i in $(x); do ls; done",
    "for ((i=0;i<a[$(x)];i++)); do ls; done",
    "for f in a; do rm $f; done",
    "f(){ rm x;};f",
    "function f { x; }",
    "alias ls=rm",
    "unalias -a",
    "ls=rm",
    "A=1 ls",
    "PATH=. ls",
    "IFS=x ls",
    "LS_COLORS=x ls",
    "TZ=/x date",
    "LANG=$(x) ls",
    "LC_ALL=`x` ls",
    "BASH_ENV=x ls",
    "ENV=x ls",
    "PS4='$(x)' ls",
    "set -x",
    "shopt -s x",
    "export A=b",
    "declare -x A=b",
    "readonly A=b",
    "local a=b",
    "typeset a",
    "let 'a[$(x)]'",
    "read x",
    "mapfile x",
    "readarray x",
    "unset x",
    "eval ls",
    "exec ls",
    "source x",
    ". x",
    "builtin ls",
    "command ls",
    "command -p ls",
    "env ls",
    "env -i",
    "nohup ls",
    "time rm x",
    "nice ls",
    "timeout 1 ls",
    "stdbuf -o0 ls",
    "setsid ls",
    "watch ls",
    "sudo ls",
    "doas ls",
    "su -c ls",
    "ssh h",
    "scp a b",
    "rsync a b",
    "curl x",
    "wget x",
    "nc x 1",
    "telnet x",
    "ping x",
    "dig x",
    "nslookup x",
    "host x",
    "whois x",
    "openssl s_client",
    "python -c x",
    "python3 x.py",
    "node x",
    "ruby x",
    "perl -e x",
    "php x",
    "lua x",
    "go run x",
    "go version",
    "cargo test",
    "cargo metadata",
    "npm ls",
    "npm --version",
    "yarn -v",
    "make",
    "make -n",
    "cmake .",
    "mvn -v",
    "gradle -v",
    "bundle list",
    "pip list",
    "docker run x",
    "docker exec x y",
    "docker -H x ps",
    "docker inspect x",
    "kubectl get pods",
    "terraform plan",
    "aws s3 ls",
    "gh pr view",
    "crontab -l",
    "at -l",
    "kill 1",
    "pkill x",
    "killall x",
    "mkdir x",
    "touch x",
    "rm x",
    "rmdir x",
    "mv a b",
    "cp a b",
    "ln -s a b",
    "install a b",
    "dd if=a of=b",
    "truncate -s0 x",
    "tee x",
    "split x",
    "csplit x /a/",
    "shuf -o x y",
    "patch x",
    "ed x",
    "ex x",
    "vi x",
    "vim -c x",
    "nano x",
    "emacs x",
    "less x",
    "more x",
    "man ls",
    "view x",
    "info x",
    "bat x",
    "chmod 1 x",
    "chown a x",
    "chgrp a x",
    "chattr x",
    "setfacl x",
    "mount",
    "umount x",
    "zip a b",
    "unzip -o a",
    "gzip a",
    "gunzip a",
    "bzip2 a",
    "xz a",
    "7z l a",
    "tar xf a",
    "tar cf a b",
    "tar uf a b",
    "cpio -i",
    "ar x a",
    "rpm -qa",
    "dpkg -l",
    "apt list",
    "brew list",
    "systemctl start x",
    "systemctl edit x",
    "service x start",
    "journalctl --flush",
    "dmesg -c",
    "sysctl -a",
    "ip netns exec a b",
    "ip addr add x",
    "ifconfig x up",
    "route add x",
    "iptables -L",
    "ss -K",
    "lsof -D b",
    "strace ls",
    "gdb x",
    "ltrace ls",
    "perf stat ls",
    "ldd x",
    "nm --plugin=x y",
    "objdump --plugin=x y",
    "iconv -o a b",
    "pdftotext a b",
    "xsltproc -o a b",
    "ls $'a'",
    "ls $\"a\"",
    "ls `x`",
    "ls ${x:-y}",
    "ls ${x:=y}",
    "ls ${!x}",
    "ls ${x@P}",
    "ls ${x[1]}",
    "ls ${x/y/z}",
    "ls $((1))",
    "ls $[1]",
    "ls <(x)",
    "ls >(x)",
    "ls =(x)",
    "l\\s",
    "'ls'",
    "\"ls\"",
    "l's'",
    "$LS",
    "${LS} x",
    "./ls",
    "/bin/ls",
    "../ls",
    "~/ls",
    "ls *(e:'x':)",
    "print -P x",
    "echo ${(e)x}",
    "noglob ls",
    "=ls",
    "ls ~[x]",
    "repeat 2 ls",
    "ls ; ; rm",
    "ls #\nrm x",
    "ls \\\n rm x",
    "ls\rrm x",
    "ls\u{a0}rm x",
    "ls \u{2028} rm x",
    "ls\u{0}",
    "ls \u{202e}x",
    "ls \u{e0041}",
    "cat <<A\n$(x)\nA",
    "cat <<'A'\nx\nA\nrm x",
    "cat <<A >x\ny\nA",
    "thumbturn off",
    "thumbturn pause",
    "thumbturn-tray",
    "xdotool key Return",
    "busctl list",
    "secret-tool lookup a b",
    "claude -p x",
    "history -c",
    "fc -l",
    "trap x EXIT",
    "enable -f x y",
    "compgen -C x y",
    "coproc x",
    "hash -p x y",
    "bind -x x",
    "ulimit -n 1",
    "umask 0",
    "wait",
    "jobs",
    "fg",
    "disown",
    "suspend",
    "logout",
    "exit",
    "return",
    "pushd x",
    "popd",
    "dirs -c",
];

#[test]
fn more_of_their_kind_is_not_taken_for_harmless_either() {
    let passed: Vec<_> = MORE
        .iter()
        .filter(|command| read(command).is_harmless())
        .collect();
    println!(
        "more unsafe: {} of {} taken for harmless",
        passed.len(),
        MORE.len()
    );
    assert!(passed.is_empty(), "{passed:#?}");
}

#[test]
fn most_safe_commands_are_left_alone() {
    let all = safe();
    let rung: Vec<_> = all
        .iter()
        .filter(|command| !read(command).is_harmless())
        .collect();
    let share = 100 * (all.len() - rung.len()) / all.len();
    println!(
        "safe: {} of {} left alone ({share} %), not {rung:?}",
        all.len() - rung.len(),
        all.len()
    );
    assert!(all.len() > 80 && share >= 85, "{rung:#?}");
}

#[test]
fn bash_parses_what_is_taken_for_harmless() {
    let all = safe().into_iter().chain(unsafe_ones());
    for command in all.filter(|command| read(command).is_harmless()) {
        let mut bash = Command::new("bash")
            .args(["--norc", "--noprofile", "-n"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut bash.stdin.take().unwrap(), command.as_bytes()).unwrap();
        assert!(bash.wait().unwrap().success(), "{command}");
    }
}

#[test]
fn nothing_that_is_added_keeps_it_harmless() {
    for command in safe()
        .into_iter()
        .filter(|command| read(command).is_harmless())
    {
        for more in [
            "; rm -rf x",
            "\nrm -rf x",
            "\r\nrm x",
            " > out",
            " >> ~/.bashrc",
            " $(x)",
            " `x`",
            " & x",
            " && x",
            " || x",
            " | sh",
            " |& tee x",
            " <(x)",
            " >(x)",
            "; X=1",
            "; f() { x; }",
            " ; eval x",
            "\u{200b}",
            "\n:(){ :|:& };:",
        ] {
            let longer = format!("{command}{more}");
            assert!(!read(&longer).is_harmless(), "{longer}");
        }
    }
}

#[test]
fn any_text_is_read_without_a_panic() {
    let mut dice = Dice(7);
    let seeds: Vec<_> = safe().into_iter().chain(unsafe_ones()).collect();
    for _ in 0..20_000 {
        let mut text: Vec<char> = seeds[dice.next(seeds.len())].chars().collect();
        for _ in 0..=dice.next(4) {
            let at = dice.next(text.len() + 1);
            let c = [
                '"', '\'', '`', '$', '(', ')', '{', '}', '\\', '\n', ' ', '<', '>', '|', '&', ';',
                '*', 'é', '\u{202e}', '#',
            ][dice.next(20)];
            if dice.next(3) == 0 && at < text.len() {
                text.remove(at);
            } else {
                text.insert(at, c);
            }
        }
        let text: String = text.into_iter().collect();
        let reading = read(&text);
        let hides = text.contains(['`', '\u{202e}']) && !text.contains(['\'', '\\', '#']);
        assert!(!(hides && reading.is_harmless()), "{text}");
    }
}
