//! On, off, signing in, status and log for a person at a shell, or for an agent that its person told to run them.
//!
//! It decides nothing: it asks the gate, and says what the gate said.

mod call;
mod diary;
mod doctor;
mod environment;
mod grants;
mod install;
mod off;
mod on;
mod prove;
mod record;
mod rules;
mod signin;
mod span;
mod start;
mod status;
mod uninstall;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use thumbturn_wire::{Deed, Paths};

use crate::call::Phone;
use crate::words::Failure;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused or denied
  2  wrong usage
  3  no gate is running, or it cannot be reached
  4  files that cannot be relied on";

/// Duo mode for AI agents: what they want to run rings your phone first.
///
/// Works with Duo. Not affiliated with Duo or Cisco.
#[derive(Parser)]
#[command(name = "thumbturn", version, after_help = EXIT_CODES)]
struct Args {
    /// Keep every file below this directory instead of your home, for a trial.
    #[arg(long, value_name = "DIR", global = true, hide = true)]
    home: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Turn Duo mode on. Starts the gate if it is not running.
    ///
    /// Without a bound it lasts until reboot. Turning on is free; narrowing what is on already needs an approved push.
    #[command(after_help = EXIT_CODES)]
    On(on::On),
    /// Turn Duo mode off. Rings your phone and waits for the approval.
    #[command(after_help = EXIT_CODES)]
    Off {
        /// Type a Duo passcode or bypass code at this terminal instead: for a lost or dead phone.
        #[arg(long)]
        passcode: bool,
    },
    /// Deny every ask until you sign in again. Free.
    #[command(after_help = EXIT_CODES)]
    Lock,
    /// Sign in to Duo, in your browser or with one push. Starts the gate if it is not running.
    ///
    /// Waits until it is done. Your pushes go to whoever signed in.
    #[command(name = "signin", after_help = EXIT_CODES)]
    SignIn(signin::SignIn),
    /// Sign out of Duo. Rings your phone, and denies what waits.
    #[command(name = "signout", after_help = EXIT_CODES)]
    SignOut {
        /// Forget the connection to Duo and every key as well. Only while Duo mode is off.
        #[arg(long)]
        all: bool,
    },
    /// Turn Duo mode off for a while; it comes back by itself. Rings your phone.
    #[command(after_help = EXIT_CODES)]
    Pause {
        /// For this long, such as 15m or 1h; 8 h at most.
        #[arg(value_name = "TIME", default_value = "15m", value_parser = span::parse)]
        time: Duration,
    },
    /// Let asks wait in silence for a while: for a meeting. Free.
    #[command(after_help = EXIT_CODES)]
    Hold {
        /// For this long, such as 30m or 1h; 8 h at most.
        #[arg(value_name = "TIME", default_value = "30m", value_parser = span::parse)]
        time: Duration,
        /// Let them ring again now.
        #[arg(long, conflicts_with = "time")]
        end: bool,
    },
    /// Deny one ask that waits, by its reference. Free.
    #[command(after_help = EXIT_CODES)]
    Deny {
        /// Its short reference, such as K7F29; `thumbturn status` lists them.
        code: String,
    },
    /// Show what your approvals have granted, or end it. Free.
    #[command(args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
    Grants(grants::Grants),
    /// Open Thumbturn's window. Starts the gate if it is not running.
    #[command(after_help = EXIT_CODES)]
    Open,
    /// Show the mode, who is signed in, what waits and what is wrong.
    ///
    /// Exits with 3 where no gate is running.
    #[command(after_help = EXIT_CODES)]
    Status {
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Put the gate into an agent's settings, and prove that it is called.
    ///
    /// Everything else in the file stays byte for byte as it is.
    #[command(after_help = EXIT_CODES)]
    Install(install::Install),
    /// Take the gate out of an agent's settings. Only while Duo mode is off.
    ///
    /// A file that nothing else changed meanwhile is as it was before.
    #[command(after_help = EXIT_CODES)]
    Uninstall(uninstall::Uninstall),
    /// Show which agents are here, whether they ask the gate, and when it last saw them.
    #[command(after_help = EXIT_CODES)]
    Agents(install::Agents),
    /// Find out why something does not ring, is denied or is not asked about, and what to do.
    ///
    /// Exits with 1 where something is wrong.
    #[command(after_help = EXIT_CODES)]
    Doctor(doctor::Doctor),
    /// Check the rules, or say what becomes of a call and why. Needs no gate.
    #[command(after_help = EXIT_CODES)]
    Rules {
        #[command(subcommand)]
        verb: rules::Verb,
    },
    /// Show recent decisions, the newest last.
    #[command(args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
    Log(diary::Log),
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            words::complain(&failure);
            failure.code().into()
        }
    }
}

fn run(args: Args) -> Result<(), Failure> {
    let paths = match &args.home {
        Some(home) => Paths::under(&whole(home)?),
        None => Paths::of_user()?,
    };
    match args.verb {
        Verb::On(on) => on::run(&on, &paths, args.home.as_deref()),
        Verb::Off { passcode } => off::run(passcode, &paths),
        Verb::Lock => plainly(&paths, "lock", Deed::Lock, Phone::Quiet),
        Verb::SignIn(sign_in) => signin::run(sign_in, &paths, args.home.as_deref()),
        Verb::SignOut { all } => signin::out(all, &paths),
        Verb::Pause { time } => plainly(&paths, "pause", Deed::Pause(millis(time)), Phone::MayRing),
        Verb::Hold { time, end } => {
            let length = (!end).then(|| millis(time));
            plainly(&paths, "hold", Deed::Hold(length), Phone::Quiet)
        }
        Verb::Deny { code } => {
            let code = code.trim().to_ascii_uppercase();
            plainly(&paths, "deny", Deed::Deny(code), Phone::Quiet)
        }
        Verb::Grants(grants) => grants::run(&grants, &paths),
        Verb::Open => {
            let gate = start::gate(&paths, args.home.as_deref())?;
            words::say(&gate.deed(Deed::Open, Phone::Quiet)?)
        }
        Verb::Status { json } => status::run(json, &paths),
        Verb::Install(asked) => install::put_in(&asked, &here(&paths, args.home.as_deref())?),
        Verb::Uninstall(asked) => uninstall::take_out(&asked, &here(&paths, args.home.as_deref())?),
        Verb::Agents(asked) => install::list(&asked, &here(&paths, args.home.as_deref())?),
        Verb::Doctor(asked) => doctor::run(&asked, &here(&paths, args.home.as_deref())?),
        Verb::Rules { verb } => rules::run(&verb, &paths),
        Verb::Log(log) => diary::run(&log, &paths),
    }
}

fn here<'a>(
    paths: &'a Paths,
    home: Option<&'a std::path::Path>,
) -> Result<install::Here<'a>, Failure> {
    install::Here::of(paths, home)
}

/// A deed that takes nothing but the gate's word.
pub(crate) fn plainly(
    paths: &Paths,
    verb: &'static str,
    deed: Deed,
    phone: Phone,
) -> Result<(), Failure> {
    words::say(&call::live(paths, verb)?.deed(deed, phone)?)
}

fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}

/// The whole path of a directory that is there.
fn whole(dir: &std::path::Path) -> Result<PathBuf, Failure> {
    let whole = dir
        .canonicalize()
        .map_err(|error| Failure::Dir(dir.to_owned(), error))?;
    if whole.is_dir() {
        Ok(whole)
    } else {
        Err(Failure::Dir(
            dir.to_owned(),
            std::io::ErrorKind::NotADirectory.into(),
        ))
    }
}
