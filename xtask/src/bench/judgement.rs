//! How long the core takes to judge a command: its own benchmark, run and read.

use serde_json::Value;

use crate::places;
use crate::process;
use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{self, heading};

pub(super) struct Judged(Value);

/// # Errors
/// Where the benchmark does not build or does not print its figures.
pub(super) fn measure() -> Done<Judged> {
    let mut cargo = places::cargo();
    cargo.args(["bench", "-p", "thumbturn-core", "--bench", "judgement"]);
    cargo.args(["--", "--json"]);
    let ran = process::run("judgement", &mut cargo, &places::log("judgement"))?;
    let log = std::fs::read_to_string(&ran.log).doing("read the benchmark's output")?;
    let figures = log.lines().rev().find(|line| line.starts_with('{'));
    let figures = figures.ok_or_else(|| Stop::because("the benchmark printed no figures"))?;
    serde_json::from_str(figures)
        .map(Judged)
        .doing("read the benchmark's figures")
}

impl Judged {
    pub(super) fn print(&self) {
        heading("one judgement, over the corpora of commands");
        let figure = |name| self.0.get(name).and_then(Value::as_f64).unwrap_or_default();
        terminal::text(&format!(
            "  p50 {:.0} µs, p99 {:.0} µs, of {:.0} judgements",
            figure("p50_us"),
            figure("p99_us"),
            figure("judgements")
        ));
    }

    pub(super) fn json(&self) -> &Value {
        &self.0
    }
}
