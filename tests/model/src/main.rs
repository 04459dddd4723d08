//! `stand-in-model`: the model as a program, to try an agent by hand.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use stand_in_model::{Model, Script};
use tokio::signal::unix::{SignalKind, signal};

/// A model that plays a script to a coding agent. A stand-in for tests.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The script: `{"turns": [{"calls": [{"name": "Bash", "input": {"command": "true"}}]}, {"text": "done"}]}`.
    script: PathBuf,
    /// The port on loopback; 0 takes any.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Prints every request at the end, in JSON lines.
    #[arg(long)]
    requests: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let shown = arguments.script.display();
    let text =
        std::fs::read_to_string(&arguments.script).with_context(|| format!("read {shown}"))?;
    let script: Script = serde_json::from_str(&text).with_context(|| format!("read {shown}"))?;
    let mut terminated = signal(SignalKind::terminate())?;
    let model = Model::start_on(arguments.port, script).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", model.url())?;
    stdout.flush()?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    for told in model.told() {
        writeln!(stdout, "{told:?}")?;
    }
    if arguments.requests {
        for request in model.requests() {
            let line = serde_json::json!({"method": request.method, "path": request.path, "body": request.body});
            writeln!(stdout, "{line}")?;
        }
    }
    Ok(())
}
