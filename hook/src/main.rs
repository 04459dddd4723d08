//! What an agent starts before every tool call: it asks the gate, and always answers the agent.
//!
//! An agent takes silence, a crash, a timeout or one stray line on stdout as
//! leave to go on. So there is one way out of this program, [`say`], and every
//! failure takes it as a deny told three ways: the dialect's JSON on stdout, the
//! reason on stderr, exit code 2. Exit code 1, 101 or 134 would let the tool run.

mod arguments;
mod ask;
mod stdin;
mod stop;

use std::os::fd::BorrowedFd;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::event::PollFlags;
use rustix::stdio::{stderr, stdout};
use thumbturn_wire::{Moment, Ready, Verdict, plain, wait};

use thumbturn_hook::dialects::{Dialect, Yes};

/// The exit code that every agent takes as a no.
const NO: u8 = 2;

/// Characters of a reason. One answer then fits into one write to any pipe.
const REASON: usize = 300;

/// How long a reader may take to make room for our line.
const ROOM: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let started = Instant::now();
    catch_panics();
    say(&ask::reply(std::env::args_os().skip(1), started)).into()
}

/// A panic would end in exit code 101, or 134 where it aborts.
fn catch_panics() {
    std::panic::set_hook(Box::new(|_| {
        let why = "Nothing was run: thumbturn-hook crashed. Do not retry; tell your person.";
        std::process::exit(say(&Reply::deny(Dialect::Every, why)).into());
    }));
}

/// What the agent is told, and in which words.
struct Reply {
    dialect: Dialect,
    moment: Moment,
    verdict: Verdict,
    reason: String,
}

impl Reply {
    fn deny(dialect: Dialect, reason: &str) -> Self {
        Self {
            dialect,
            moment: Moment::default(),
            verdict: Verdict::Deny,
            reason: reason.to_owned(),
        }
    }
}

/// The one way out.
fn say(reply: &Reply) -> u8 {
    let reason = plain(&reply.reason, REASON);
    match reply.verdict {
        Verdict::NoWord => 0,
        Verdict::Allow => match reply.dialect.allow(reply.moment, &reason) {
            Some(Yes::Silence) => 0,
            Some(Yes::Line(line)) if !leads_nowhere(stdout()) && put(stdout(), &line) => 0,
            Some(Yes::Line(_)) | None => say_no(
                reply,
                "Nothing was run: the approval could not be handed to the agent, its end of stdout is closed or full.",
            ),
        },
        Verdict::Deny => say_no(reply, &reason),
    }
}

fn say_no(reply: &Reply, reason: &str) -> u8 {
    // Either of the two may be closed; the exit code says it too.
    put(stdout(), &reply.dialect.deny(reply.moment, reason));
    put(stderr(), reason);
    NO
}

/// Writes one line, all of it or not.
fn put(out: BorrowedFd<'_>, line: &str) -> bool {
    let deadline = Instant::now() + ROOM;
    let line = format!("{line}\n");
    let mut left = line.as_bytes();
    while !left.is_empty() {
        match wait(out, PollFlags::OUT, deadline) {
            Ready::Now => {}
            Ready::Interrupted => continue,
            Ready::TooLate => return false,
        }
        match rustix::io::write(out, left) {
            Ok(0) => return false,
            Ok(n) => left = left.get(n..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Whether `out` is `/dev/null`: the Rust runtime puts it in the place of a
/// closed descriptor, and an allow written there would look like no word.
fn leads_nowhere(out: BorrowedFd<'_>) -> bool {
    let (Ok(out), Ok(null)) = (rustix::fs::fstat(out), rustix::fs::stat("/dev/null")) else {
        return true;
    };
    out.st_rdev == null.st_rdev && rustix::fs::FileType::from_raw_mode(out.st_mode).is_char_device()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Run by [`a_panic_is_a_no_told_three_ways`] in a process of its own.
    #[test]
    #[ignore = "it ends its process"]
    fn panics() {
        catch_panics();
        panic!("on purpose");
    }

    #[test]
    fn a_panic_is_a_no_told_three_ways() {
        let out = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::panics",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .output()
            .unwrap();
        let why = "Nothing was run: thumbturn-hook crashed. Do not retry; tell your person.";
        assert_eq!(out.status.code(), Some(2));
        assert_eq!(String::from_utf8(out.stderr).unwrap(), format!("{why}\n"));
        let stdout = String::from_utf8(out.stdout).unwrap();
        assert!(
            stdout.contains(&Dialect::Every.deny(Moment::BeforeTool, why)),
            "{stdout}"
        );
    }
}
