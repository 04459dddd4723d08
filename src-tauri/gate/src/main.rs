//! `thumbturn-tray`: the gate, and what is set up at its side.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
use thumbturn_gate::app::{self, Ended, Options};
use thumbturn_gate::connect::{self, Connect};
use thumbturn_gate::{devices, examine, purge, rekey, try_duo};

/// Thumbturn's gate: answers agents' hooks, rings your phone, sits in the tray.
///
/// Works with Duo. Not affiliated with Duo or Cisco.
#[derive(Parser)]
#[command(name = "thumbturn-tray", version)]
struct Args {
    /// Keep every file below this directory instead of your home, for a trial.
    #[arg(long, value_name = "DIR", global = true)]
    home: Option<PathBuf>,
    /// Open the window as well. A gate that runs already opens its own, with or without this.
    #[arg(long)]
    window: bool,
    /// For a gate that takes over from itself after an update.
    #[arg(long, hide = true)]
    inherit: Option<usize>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Connect(Connect),
    /// List the phones that can ring, by the ids that the setting `device` takes.
    Devices,
    /// Make a new gate key at this terminal, after the old one was lost from the keychain.
    Rekey,
    /// Look at keychain, keys, Duo and the user, and print what is wrong as JSON lines. Rings no phone.
    /// `thumbturn doctor` runs it.
    Examine,
    /// Try at your Duo tenant what no public source tells. Rings your phone, after you agreed.
    /// `thumbturn doctor --duo` runs it.
    TryDuo,
    /// Forget everything: keychain items, autostart entry, settings, rules and log.
    /// `thumbturn uninstall --all --purge` takes the gate out of every agent first, and then runs this.
    Purge,
}

fn main() -> ExitCode {
    if !cfg!(debug_assertions) {
        keep_memory_private();
    }
    let args = Args::parse();
    let options = Options {
        home: args.home,
        window: args.window,
        inherit: args.inherit,
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let ended = match args.command {
        Some(Command::Connect(connect)) => runtime
            .block_on(async { connect::run(connect, &options.paths()?).await })
            .map(|()| ExitCode::SUCCESS),
        Some(Command::Devices) => runtime
            .block_on(async { devices::run(&options.paths()?).await })
            .map(|()| ExitCode::SUCCESS),
        Some(Command::Rekey) => runtime
            .block_on(async { rekey::run(&options.paths()?).await })
            .map(|()| ExitCode::SUCCESS),
        Some(Command::Examine) => runtime
            .block_on(async { examine::run(&options.paths()?).await })
            .map(|()| ExitCode::SUCCESS),
        Some(Command::TryDuo) => runtime
            .block_on(async { try_duo::run(&options.paths()?).await })
            .map(|()| ExitCode::SUCCESS),
        Some(Command::Purge) => runtime
            .block_on(async { purge::run(&options.paths()?).await })
            .map(|()| ExitCode::SUCCESS),
        None => {
            log_to_stderr();
            runtime
                .block_on(app::run(&options))
                .map(|ended| match ended {
                    Ended::Quit => ExitCode::SUCCESS,
                    Ended::RunsAlready { opened } => {
                        let words = if opened {
                            "Thumbturn runs already; its window opens."
                        } else {
                            "Thumbturn runs already.\nhint: `thumbturn status` shows it."
                        };
                        let _ = writeln!(std::io::stderr(), "{words}");
                        ExitCode::SUCCESS
                    }
                })
        }
    };
    // A keychain or file system that does not answer must not keep the process alive.
    runtime.shutdown_background();
    ended.unwrap_or_else(|error| failed(&error))
}

/// Keys are in memory: no other process of this user is to read it, and no crash to write it down.
fn keep_memory_private() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if setrlimit(Resource::Core, none).is_err()
        || set_dumpable_behavior(DumpableBehavior::NotDumpable).is_err()
    {
        let _ = writeln!(
            std::io::stderr(),
            "This system does not let a program keep its memory to itself; going on."
        );
    }
}

fn log_to_stderr() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .init();
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "{error:#}");
    ExitCode::FAILURE
}
