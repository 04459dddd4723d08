//! On, off, status and log for a person at a shell, or for an agent that its person told to run them.
//!
//! It decides nothing: it asks the gate, and says what the gate said.

mod call;
mod diary;
mod off;
mod on;
mod record;
mod span;
mod status;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use thumbturn_wire::{Deed, Paths};

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
    /// Show the mode, whose phone rings, what waits and what is wrong.
    ///
    /// Exits with 3 where no gate is running.
    #[command(after_help = EXIT_CODES)]
    Status {
        /// As one JSON object.
        #[arg(long)]
        json: bool,
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
        Verb::Lock => {
            words::say(&call::live(&paths, "lock")?.deed(Deed::Lock, call::Phone::Quiet)?)
        }
        Verb::Status { json } => status::run(json, &paths),
        Verb::Log(log) => diary::run(&log, &paths),
    }
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
