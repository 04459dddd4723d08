//! What git does where it does more than read.

use crate::policy::Risk;
use crate::policy::shell::Finding;

pub(super) fn git(sub: &str, rest: &[&str], whole: &str) -> Vec<Finding> {
    let high = |reason: &str| vec![Finding::new("shell.git", Risk::High, reason).flagging(whole)];
    let normal =
        |reason: &str| vec![Finding::new("shell.git", Risk::Normal, reason).flagging(whole)];
    let has = |flags: &[&str]| rest.iter().any(|word| flags.contains(word));
    let begins = |start: &str| rest.iter().any(|word| word.starts_with(start));
    let first = rest.first().copied().unwrap_or_default();
    let sets = [
        "-c",
        "--config-env",
        "--exec-path",
        "--git-dir",
        "--work-tree",
    ];
    let runs = ["--upload-pack", "--receive-pack"];
    if sets.iter().any(|flag| first.starts_with(flag)) || runs.iter().any(|flag| begins(flag)) {
        return high("it gives git other settings, which can run anything");
    }
    match sub {
        "push"
            if has(&[
                "--force",
                "-f",
                "--mirror",
                "--delete",
                "-d",
                "--force-with-lease",
                "--prune",
            ]) || begins("--force")
                || rest
                    .iter()
                    .any(|word| word.starts_with('+') || word.starts_with(':')) =>
        {
            high("it overwrites what others have")
        }
        "reset" if has(&["--hard", "--merge", "--keep"]) => high("it throws changes away"),
        "clean" | "filter-branch" | "filter-repo" | "update-ref" | "reflog" | "gc" | "prune" => {
            high("it throws history or files away")
        }
        "checkout" | "restore" if has(&["--", ".", "-f", "--force"]) => {
            high("it throws changes away")
        }
        "branch" | "tag" if has(&["-D", "-d", "--delete"]) => high("it deletes a branch or a tag"),
        "stash" if rest.iter().any(|word| matches!(*word, "drop" | "clear")) => {
            high("it throws changes away")
        }
        "config" | "remote" | "submodule" | "credential" | "hook" | "bundle" | "daemon"
        | "send-email" => high("it changes what git obeys"),
        "push" => normal("it sends commits to others"),
        _ => normal("it changes the repository, or talks to another"),
    }
}
