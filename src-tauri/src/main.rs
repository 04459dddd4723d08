//! Draws the view that the gate tells it.
//!
//! The gate starts this process and speaks with it over its stdin and stdout:
//! views down, clicks up, one JSON line each. It ends with its window, or when
//! the gate ends.

mod page;
mod pipe;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match pipe::take().and_then(page::show) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // With stderr gone as well there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "thumbturn-window: {error:#}");
            ExitCode::from(2)
        }
    }
}
