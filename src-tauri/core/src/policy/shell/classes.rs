//! What a command that is not harmless is, in a person's words: classes that always ring, and
//! commands that are more than everyday work.

mod git;
mod names;
mod raw;

use names::{AGENTS, OURS, PACKAGES, RUNNERS, SHELLS, SIGNALS, WRAPPERS, by_name};
pub(super) use raw::raw;

use super::Finding;
use super::word::Word;
use crate::policy::Risk;

fn class(rule: &'static str, reason: &str, text: &str) -> Finding {
    Finding {
        class: true,
        ..Finding::new(rule, Risk::High, reason).flagging(text)
    }
}

/// The last name of a path: `/usr/bin/sudo` is `sudo`.
fn base(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or(text)
}

/// Why a command that is not harmless is not.
pub(super) fn findings(words: &[Word]) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(name) = words.first() else {
        return found;
    };
    let whole = line(words);
    if name.literal().is_none() || name.quoted || name.glob {
        let reason = "what it runs is not plainly written";
        found.push(Finding::new("shell.disguise", Risk::High, reason).flagging(name.text.clone()));
    }
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    for at in runs(&texts) {
        let rest = texts.get(at..).unwrap_or_default();
        let Some((name, rest)) = rest.split_first() else {
            continue;
        };
        let name = base(name);
        if let Some((rule, reason)) = by_name(name) {
            found.push(class(rule, reason, name));
        }
        found.extend(by_words(name, rest, &whole));
    }
    if found.is_empty() {
        let first = texts.first().copied().unwrap_or_default();
        found.push(Finding::new(
            "shell.unknown",
            Risk::Normal,
            format!("{first} is not known to only read"),
        ));
    }
    found
}

/// The command as far as it is plain: what is flagged is never redacted, so no secret may be in it.
fn line(words: &[Word]) -> String {
    let is_plain = |text: &&str| {
        text.len() <= 16
            && text.chars().all(|c| {
                c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | ':' | '~' | '*' | '+')
            })
    };
    let texts = words.iter().map(|word| word.text.as_str());
    texts.take_while(is_plain).collect::<Vec<_>>().join(" ")
}

/// Where commands stand among these words: the first, and those that a wrapper or `-exec` runs.
fn runs(texts: &[&str]) -> Vec<usize> {
    let mut at = vec![0];
    let mut wrapped = texts
        .first()
        .is_some_and(|name| WRAPPERS.contains(&base(name)));
    for (n, text) in texts.iter().enumerate().skip(1) {
        let name = base(text);
        if matches!(
            *text,
            "-exec" | "-execdir" | "-ok" | "-okdir" | "-x" | "-X" | "--exec"
        ) {
            at.push(n + 1);
        } else if wrapped && !text.starts_with('-') && !text.contains('=') {
            at.push(n);
            // `timeout 5 rm`: a number is no command, and what follows it may be one.
            let is_value = text
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | 's' | 'm' | 'h'));
            wrapped = WRAPPERS.contains(&name) || is_value;
        }
    }
    at
}

/// Whether one of the words behind the first may be a command that it runs.
pub(super) fn runs_others(texts: &[&str]) -> bool {
    let is_wrapper = |name: &&str| WRAPPERS.contains(&base(name));
    texts.first().is_some_and(is_wrapper) || runs(texts).len() > 1
}

fn by_words(name: &str, rest: &[&str], whole: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let high =
        |rule, reason: &str, text: &str| Finding::new(rule, Risk::High, reason).flagging(text);
    let has = |flag: &str| rest.contains(&flag);
    let letter = |c: char| {
        rest.iter()
            .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(c))
    };
    let sub = rest
        .iter()
        .find(|word| !word.starts_with('-'))
        .copied()
        .unwrap_or_default();
    match name {
        _ if OURS.contains(&name) => {
            let tightens = name == "thumbturn"
                && matches!(sub, "status" | "on" | "deny" | "lock" | "hold" | "log");
            if !tightens {
                found.push(class("class.own", "it changes Thumbturn itself", whole));
            }
        }
        _ if SIGNALS.contains(&name) => {
            let ours = rest.iter().any(|word| word.contains("thumbturn"));
            let plain = name == "kill"
                && rest.iter().all(|word| {
                    word.trim_start_matches('-')
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric())
                        && word.trim_start_matches('-') != "1"
                        || word.starts_with("%")
                });
            if ours {
                found.push(class("class.signal", "it ends Thumbturn", whole));
            } else if plain && !has("-1") {
                found.push(high("shell.signal", "it ends a process", whole));
            } else {
                found.push(class(
                    "class.signal",
                    "it ends processes that it does not name one by one",
                    whole,
                ));
            }
        }
        _ if RUNNERS.contains(&name) => {
            let agent = rest.iter().map(|word| base(word)).find(|word| {
                let bare = word.split('@').next().unwrap_or(word);
                PACKAGES.contains(&bare)
                    || AGENTS.contains(&bare) && !matches!(name, "npm" | "yarn" | "pnpm" | "bun")
                    || AGENTS.contains(&bare) && has("exec")
            });
            if let Some(agent) = agent {
                found.push(class("class.agent", "it starts another agent", agent));
            }
            if matches!(
                sub,
                "publish" | "unpublish" | "deprecate" | "owner" | "login" | "token"
            ) {
                found.push(high(
                    "shell.publish",
                    "it publishes, or changes who may",
                    whole,
                ));
            }
        }
        "rm" | "shred" | "unlink" | "srm" => {
            let all = letter('r')
                || letter('R')
                || letter('f')
                || has("--recursive")
                || has("--force")
                || name != "rm";
            let rule = if all {
                high("shell.delete", "it deletes for good", whole)
            } else {
                Finding::new("shell.delete", Risk::Normal, "it deletes").flagging(whole)
            };
            found.push(rule);
        }
        "dd" | "mkfs" | "wipefs" | "fdisk" | "parted" | "mkswap" | "losetup" | "mount"
        | "umount" | "cryptsetup" | "insmod" | "modprobe" | "sysctl" | "iptables" | "nft"
        | "ufw" | "useradd" | "usermod" | "passwd" | "chpasswd" | "shutdown" | "reboot"
        | "halt" | "poweroff" => {
            found.push(high("shell.system", "it changes the system", whole));
        }
        _ if name.starts_with("mkfs.") => {
            found.push(high("shell.system", "it changes the system", whole))
        }
        "chmod" | "chown" | "chgrp" | "setfacl" | "chattr"
            if letter('R')
                || rest.iter().any(|word| {
                    word.contains("777") || word.contains("+s") || word.starts_with("4")
                }) =>
        {
            found.push(high("shell.rights", "it changes who may do what", whole));
        }
        "crontab" | "at" | "batch" | "systemctl" | "launchctl" | "loginctl" | "systemd-run"
        | "service" => {
            found.push(high("shell.later", "it changes what runs by itself", whole));
        }
        "ssh" | "scp" | "sftp" | "rsync" | "ftp" | "telnet" | "nc" | "ncat" | "netcat"
        | "socat" | "mosh" | "rclone" | "chisel" | "ngrok" | "cloudflared" => {
            found.push(high(
                "shell.network",
                "it connects to another machine",
                whole,
            ));
        }
        "curl" | "wget" | "http" | "https" | "xh" | "aria2c" | "lynx" | "ping" | "dig" | "host"
        | "nslookup" => {
            found.push(
                Finding::new(
                    "shell.network",
                    Risk::Normal,
                    "it reaches out over the network",
                )
                .flagging(whole),
            );
        }
        _ if SHELLS.contains(&name) => {
            found.push(high(
                "shell.shell",
                "it runs what another shell is given",
                whole,
            ));
        }
        "source" | "." => found.push(high("shell.shell", "it runs a file in this shell", whole)),
        "trap" | "alias" | "enable" | "coproc" | "fc" | "compgen" | "complete" | "bind"
        | "history" => {
            found.push(high("shell.shell", "it changes what the shell does", whole));
        }
        "git" => found.extend(git::git(sub, rest, whole)),
        "gpg" | "gpg2"
            if rest.iter().any(|word| {
                word.contains("secret")
                    || word.contains("export")
                    || *word == "-d"
                    || word.contains("decrypt")
            }) =>
        {
            found.push(class("class.keychain", "it speaks to a keychain", whole));
        }
        "docker" | "podman" | "nerdctl"
            if matches!(
                sub,
                "run" | "exec" | "cp" | "build" | "push" | "rm" | "rmi" | "system" | "volume"
            ) =>
        {
            found.push(high(
                "shell.container",
                "it acts through a container",
                whole,
            ));
        }
        "kubectl" | "helm" | "terraform" | "tofu" | "pulumi" | "aws" | "gcloud" | "az"
        | "doctl" | "flyctl" | "heroku" | "vercel" | "netlify" | "ansible" | "ansible-playbook" => {
            found.push(high("shell.cloud", "it acts on machines elsewhere", whole));
        }
        "cargo" | "gem" | "twine" | "poetry" | "hatch" | "flit" | "mvn"
            if matches!(
                sub,
                "publish" | "push" | "yank" | "owner" | "login" | "upload" | "deploy"
            ) =>
        {
            found.push(high(
                "shell.publish",
                "it publishes, or changes who may",
                whole,
            ));
        }
        "gh" | "glab"
            if matches!(
                sub,
                "release"
                    | "secret"
                    | "auth"
                    | "repo"
                    | "api"
                    | "ssh-key"
                    | "gpg-key"
                    | "workflow"
                    | "variable"
            ) =>
        {
            found.push(high("shell.publish", "it acts on what is public", whole));
        }
        "python" | "python3" | "node" | "perl" | "ruby" | "php" | "lua" | "deno" | "osascript"
        | "awk" | "gawk" => {
            let given = rest
                .iter()
                .any(|word| matches!(*word, "-c" | "-e" | "-r" | "-E" | "eval" | "-p" | "--eval"));
            let near = ["127.", "localhost", "0.0.0.0", "::1"]
                .iter()
                .any(|near| rest.iter().any(|word| word.contains(near)));
            if near {
                found.push(class(
                    "class.loopback",
                    "it reaches this machine's own services",
                    whole,
                ));
            } else if given {
                found.push(
                    Finding::new(
                        "shell.program",
                        Risk::Normal,
                        "it runs a program that it is given",
                    )
                    .flagging(whole),
                );
            }
        }
        _ => {}
    }
    if rest.iter().any(|word| near(word)) && !matches!(name, "echo" | "git" | "grep" | "rg") {
        found.push(class(
            "class.loopback",
            "it reaches this machine's own services",
            whole,
        ));
    }
    found
}

/// A host that is this machine, as a word or the host part of one.
fn near(word: &str) -> bool {
    let host = word.rsplit_once('@').map_or(word, |(_, host)| host);
    let host = host.split([':', '/']).next().unwrap_or(host);
    let lower = host.to_ascii_lowercase();
    matches!(
        lower.trim_end_matches('.'),
        "localhost"
            | "127.1"
            | "0.0.0.0"
            | "2130706433"
            | "0x7f000001"
            | "0x7f.1"
            | "["
            | "ip6-localhost"
    ) && (host != "[" || word.contains("::"))
        || lower.starts_with("127.") && lower.chars().all(|c| c.is_ascii_digit() || c == '.')
        || lower.starts_with("0177.")
        || lower.starts_with("169.254.")
        || word.starts_with("::1")
}

/// The texts that a shell among these words is given to run.
pub(super) fn texts(words: &[Word]) -> Vec<&str> {
    let names: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let mut found = Vec::new();
    for at in runs(&names) {
        let rest = names.get(at..).unwrap_or_default();
        let Some((name, rest)) = rest.split_first() else {
            continue;
        };
        let name = base(name);
        if name == "eval" {
            found.extend(rest.iter().copied());
        } else if SHELLS.contains(&name) {
            let flag = rest.iter().position(|word| {
                word.starts_with('-') && !word.starts_with("--") && word.contains('c')
            });
            found.extend(flag.and_then(|at| rest.get(at + 1)).copied());
        } else if matches!(
            name,
            "env" | "watch" | "script" | "parallel" | "trap" | "flock" | "ssh"
        ) {
            found.extend(rest.iter().copied().filter(|word| word.contains(' ')));
        }
    }
    found
}
