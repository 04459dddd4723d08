//! Draws what the gate tells it.
//!
//! The gate starts this process with `--of-gate` and speaks with it over its stdin
//! and stdout: what to show down, what is clicked and typed up, one JSON line each.
//! It ends with its window, or when the gate ends. Started in any other way, as a
//! desktop starts an app, it starts the gate, and the gate opens the window.

mod page;
mod pipe;
mod start;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let shown = match words.as_slice() {
        [word] if word == OF_GATE => pipe::take().and_then(page::show),
        [] => start::gate(),
        [word, ..] => Err(anyhow::anyhow!(
            "it takes no `{}`. Start Thumbturn with no words behind it",
            word.display()
        )),
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With stderr gone as well there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "thumbturn-window: {error:#}");
            ExitCode::from(2)
        }
    }
}

const OF_GATE: &str = "--of-gate";
