//! The whole life of a process, from start to end, in rounds that take every program in turn.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::millis;
use super::relay::Relay;
use crate::process;
use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{self, heading};

/// Rounds before the first that counts.
const WARM_UP: usize = 3;

/// One program under one condition.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
    /// A file, so that no program waits for whoever writes its input.
    pub(super) input: PathBuf,
    pub(super) runs: usize,
    pub(super) wanted: Wanted,
}

/// What it must answer each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    NoWord,
    Allow,
}

pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) cases: Vec<Case>,
}

/// What a group came to.
pub(super) struct Timed {
    name: &'static str,
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    whole: Spread,
    /// Without the time in which the answer lay with the tenant.
    added: Option<Spread>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spread {
    median: Duration,
    p95: Duration,
}

impl Group {
    /// # Errors
    /// Where a program answers otherwise than it must.
    pub(super) fn run(self, relay: Option<&Relay>) -> Done<Timed> {
        let rounds = self.cases.iter().map(|case| case.runs).max().unwrap_or(0);
        let mut times: Vec<Vec<(Duration, Duration)>> =
            self.cases.iter().map(|_| Vec::new()).collect();
        for case in &self.cases {
            for _ in 0..WARM_UP {
                case.once()?;
            }
        }
        for round in 0..rounds {
            process::go_on()?;
            terminal::progress(&format!("{}: round {} of {rounds}", self.name, round + 1));
            for (case, times) in self.cases.iter().zip(&mut times) {
                // Programs that run less often are spread over all rounds.
                if round * case.runs / rounds == (round + 1) * case.runs / rounds {
                    continue;
                }
                if let Some(relay) = relay {
                    relay.reset();
                }
                let whole = case.once()?;
                let elsewhere = relay.map(Relay::tenant_time).unwrap_or_default();
                times.push((whole, whole.saturating_sub(elsewhere)));
            }
        }
        let asks_tenant = |case: &Case| relay.is_some() && case.wanted == Wanted::Allow;
        let rows = self.cases.iter().zip(&times).map(|(case, times)| Row {
            name: case.name,
            whole: Spread::of(times.iter().map(|time| time.0)),
            added: asks_tenant(case).then(|| Spread::of(times.iter().map(|time| time.1))),
        });
        Ok(Timed {
            name: self.name,
            rows: rows.collect(),
        })
    }
}

impl Case {
    fn once(&self) -> Done<Duration> {
        let deed = format!("run {}", self.name);
        let input = std::fs::File::open(&self.input).doing(&deed)?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().doing(&deed)?;
        let status = child.wait().doing(&deed)?;
        let time = start.elapsed();
        let said = child.wait_with_output().doing(&deed)?;
        let out = String::from_utf8_lossy(&said.stdout);
        let right = match self.wanted {
            Wanted::NoWord => out.is_empty(),
            Wanted::Allow => out.contains("\"allow\""),
        };
        if status.success() && right {
            return Ok(time);
        }
        Err(Stop::because(format!(
            "{} answered {status}, `{}`, `{}` where {:?} was due",
            self.name,
            out.trim(),
            String::from_utf8_lossy(&said.stderr).trim(),
            self.wanted
        )))
    }
}

impl Spread {
    fn of(times: impl Iterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.collect();
        times.sort_unstable();
        let at = |percent: usize| {
            let place = times.len().saturating_sub(1) * percent / 100;
            times.get(place).copied().unwrap_or_default()
        };
        Self {
            median: at(50),
            p95: at(95),
        }
    }
}

impl Timed {
    pub(super) fn print(&self) {
        heading(self.name);
        terminal::text(&format!(
            "  {:<22}{:>11}{:>11}{:>14}{:>16}",
            "", "median ms", "p95 ms", "x /bin/true", "beside Duo ms"
        ));
        for row in &self.rows {
            let added = row
                .added
                .map_or(String::new(), |added| millis(added.median));
            terminal::text(
                format!(
                    "  {:<22}{:>11}{:>11}{:>14.2}{:>16}",
                    row.name,
                    millis(row.whole.median),
                    millis(row.whole.p95),
                    self.ratio(row),
                    added
                )
                .trim_end(),
            );
        }
    }

    /// To the cheapest process there is, in the same rounds.
    fn ratio(&self, row: &Row) -> f64 {
        self.rows.first().map_or(f64::NAN, |floor| {
            row.whole.median.as_secs_f64() / floor.whole.median.as_secs_f64()
        })
    }

    pub(super) fn json(&self) -> Value {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let rows = self.rows.iter().map(|row| {
            json!({
                "program": row.name,
                "median_ms": ms(row.whole.median),
                "p95_ms": ms(row.whole.p95),
                "times_true": self.ratio(row),
                "beside_duo_ms": row.added.map(|added| ms(added.median)),
            })
        });
        json!({"case": self.name, "programs": rows.collect::<Vec<_>>()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_tail_of_an_unsorted_lot() {
        let times = (1..=101).rev().map(Duration::from_millis);
        assert_eq!(
            Spread::of(times),
            Spread {
                median: Duration::from_millis(51),
                p95: Duration::from_millis(96)
            }
        );
    }
}
