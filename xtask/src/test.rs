//! `cargo xtask test`: every check of the project, one line each.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{self, Running, run};
use crate::stop::Done;
use crate::terminal::{self, Tone, below, heading, line, seconds};
use crate::tools::{self, For};
use crate::{agents, hook, local, page, places, rules};

/// Characters of a row of names.
const WIDTH: usize = 96;

/// # Errors
/// At the first check that fails, with its output.
pub(crate) fn task(how: How) -> Done {
    heading("Thumbturn: every test");
    let start = Instant::now();
    let quick = how == How::Quick;
    let mut part = Parts {
        how,
        quick,
        passed: 0,
        tests: Cell::default(),
    };
    part.step("install", |part| {
        tools::install(if part.quick {
            For::QuickTest
        } else {
            For::Test
        })
        .map(|()| "everything needed is here".to_owned())
    })?;
    part.step("format", |_| {
        cargo(
            "format",
            &["fmt", "--all", "--check", "--", "--color", "never"],
        )
        .map(|_| "every Rust file".to_owned())
    })?;
    part.step("rules", |_| rules::check())?;
    part.step("page", Parts::page)?;
    part.step("clippy", |part| {
        let mut words = vec!["clippy", "--workspace", "--all-targets"];
        words.extend(part.window());
        words.extend(["--", "-D", "warnings"]);
        cargo("clippy", &words).map(|_| "no warning in any target".to_owned())
    })?;
    part.step("hook", |_| {
        hook::build().map(|_| "target/dist/thumbturn-hook, needing no loader".to_owned())
    })?;
    part.step("local", Parts::local)?;
    part.step("sdk", |_| sdk())?;
    part.step("provider", |_| provider())?;
    part.step("agents", Parts::agents)?;
    part.step("build", |part| {
        let mut words = vec!["build", "--workspace", "--bins"];
        words.extend(part.window());
        cargo("build", &words).map(|_| "every program".to_owned())
    })?;
    part.step("test", Parts::test)?;
    part.step("deny", Parts::deny)?;
    terminal::text("");
    line(
        Tone::Good,
        "passed",
        &format!("all {} parts, {}", part.passed, seconds(start.elapsed())),
    );
    let (tests, skipped) = part.tests.get();
    terminal::text(&format!("{tests} passed, 0 failed, {skipped} skipped"));
    if quick {
        line(
            Tone::Waiting,
            "left out",
            "the window, the real agents and cargo-deny (--quick)",
        );
    } else if how == How::Usual {
        line(
            Tone::Quiet,
            "left out",
            "Gemini CLI and Copilot CLI; `cargo xtask test --full` tells their stories too",
        );
    }
    Ok(())
}

/// How much is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Without the window, the real agents and cargo-deny.
    Quick,
    /// With Claude Code and Codex CLI.
    Usual,
    /// With every agent that we speak to.
    Full,
}

struct Parts {
    how: How,
    quick: bool,
    passed: usize,
    /// Tests that passed, and tests that were left to another to start.
    tests: Cell<(usize, usize)>,
}

impl Parts {
    fn step(&mut self, name: &'static str, check: impl FnOnce(&Self) -> Done<String>) -> Done {
        process::go_on()?;
        let start = Instant::now();
        let words = check(self).inspect_err(|_| {
            line(
                Tone::Bad,
                name,
                &format!("failed after {}", seconds(start.elapsed())),
            );
        })?;
        let time = seconds(start.elapsed());
        line(Tone::Good, name, &format!("{time:>12}  {words}"));
        self.passed += 1;
        Ok(())
    }

    /// Which packages and stories are left out, or in.
    fn window(&self) -> &'static [&'static str] {
        match self.how {
            How::Quick => &["--exclude", "thumbturn-window"],
            How::Usual => &[
                "--features",
                "thumbturn-stories/gui,thumbturn-stories/agents",
            ],
            How::Full => &[
                "--features",
                "thumbturn-stories/gui,thumbturn-stories/all-agents",
            ],
        }
    }

    fn agents(&self) -> Done<String> {
        match self.how {
            How::Quick => Ok("left out".to_owned()),
            How::Usual => agents::fetch(false),
            How::Full => agents::fetch(true),
        }
    }

    /// A story runs `cargo xtask local` itself, and should not have to wait for all of it.
    fn local(&self) -> Done<String> {
        if self.quick {
            return Ok("left out".to_owned());
        }
        local::build().map(|_| "what `cargo xtask local` puts into ~/.local/bin".to_owned())
    }

    fn page(&self) -> Done<String> {
        if self.quick {
            return Ok("left out".to_owned());
        }
        page::take(&[page::FETCH, page::CHECK, page::BUILD])?;
        Ok("types checked and built".to_owned())
    }

    fn test(&self) -> Done<String> {
        // Whoever mends one failure wants to know of the next.
        let mut words = vec!["test", "--workspace", "--no-fail-fast"];
        words.extend(self.window());
        let log = cargo("test", &words)?;
        let suites = suites(&std::fs::read_to_string(log).unwrap_or_default());
        let (mut passed, mut ignored) = (0, 0);
        for suite in suites
            .iter()
            .filter(|suite| suite.passed + suite.ignored > 0)
        {
            passed += suite.passed;
            ignored += suite.ignored;
            let left = if suite.ignored > 0 {
                format!(", {} ignored", suite.ignored)
            } else {
                String::new()
            };
            below(
                Tone::Quiet,
                &format!("{:>5} passed{left}  {}", suite.passed, suite.name),
            );
            for (sdk, checks) in &suite.sdks {
                below(
                    Tone::Quiet,
                    &format!("             Duo's own {sdk}: {} checks", checks.len()),
                );
                for row in wrapped(checks, WIDTH) {
                    below(Tone::Quiet, &format!("               {row}"));
                }
            }
        }
        self.tests.set((passed, ignored));
        Ok(format!("{passed} tests passed"))
    }

    fn deny(&self) -> Done<String> {
        if self.quick {
            return Ok("left out".to_owned());
        }
        let deny = tools::cargo_tool("cargo-deny", "checks licences, sources and banned crates")?;
        let check = |what: &[&str]| {
            let mut command = places::tool(&deny);
            command.args(["--all-features", "check"]).args(what);
            run("deny", &mut command, &places::log("deny"))
        };
        check(&["bans", "licenses", "sources"])?;
        if has_advisories(&deny) {
            check(&["advisories"])?;
            return Ok("bans, licences, sources, advisories".to_owned());
        }
        Ok(
            "bans, licences, sources; advisories not checked: their database is out of reach"
                .to_owned(),
        )
    }
}

/// The tests' environment: the one hook, and nothing that would colour or bend their output.
fn cargo(name: &'static str, words: &[&str]) -> Done<std::path::PathBuf> {
    let mut cargo = places::cargo();
    cargo
        .args(words)
        .env("THUMBTURN_HOOK", places::hook())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env("CARGO_TERM_COLOR", "never");
    run(name, &mut cargo, &places::log(name)).map(|ran| ran.log)
}

/// Fetches the certified provider, which single sign-on is held against.
fn provider() -> Done<String> {
    fetch("provider", "src-tauri/gate/tests/sso/setup")?;
    Ok("npm's oidc-provider, unmodified".to_owned())
}

/// Runs a script that fetches programs of others below the target directory.
fn fetch(name: &'static str, script: &str) -> Done {
    let script = places::root().join(script);
    run(
        name,
        places::tool(&script).env("CARGO_TARGET_DIR", places::target()),
        &places::log(name),
    )
    .map(drop)
}

/// Fetches Duo's own SDKs, which the tenant is held against.
fn sdk() -> Done<String> {
    fetch("sdk", "tests/tenant/sdk/setup")?;
    Ok("Duo's own duo_client and @duosecurity/duo_api, unmodified".to_owned())
}

/// Whether the advisory database can be had within a minute.
fn has_advisories(deny: &Path) -> bool {
    let mut fetch: Command = places::tool(deny);
    fetch
        .args(["fetch", "db"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut fetching) = Running::start("cargo-deny", &mut fetch) else {
        return false;
    };
    let start = Instant::now();
    let ended = process::until("fetch advisories", Duration::from_secs(60), || {
        terminal::progress(&format!(
            "deny      fetching advisories, {}",
            seconds(start.elapsed())
        ));
        Ok(fetching.child().try_wait().ok().flatten())
    });
    ended.is_ok_and(|status| status.success())
}

/// One test program's results.
#[derive(Debug, PartialEq, Eq)]
struct Suite {
    name: String,
    /// What Duo's own SDKs found right, by SDK.
    sdks: BTreeMap<String, Vec<String>>,
    passed: usize,
    ignored: usize,
}

/// Reads what `cargo test` printed.
fn suites(log: &str) -> Vec<Suite> {
    let mut suites: Vec<Suite> = Vec::new();
    for line in log.lines() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("Running ") {
            suites.push(Suite::named(&program(name)));
        } else if let Some(name) = line.strip_prefix("Doc-tests ") {
            suites.push(Suite::named(&format!("{name} (documentation)")));
        } else if let Some(suite) = suites.last_mut() {
            suite.read(line);
        }
    }
    suites
}

/// `unittests src/lib.rs (target/debug/deps/thumbturn_core-0123)` is `thumbturn_core src/lib.rs`.
fn program(running: &str) -> String {
    let (source, file) = running.split_once(" (").unwrap_or((running, ""));
    let file = file
        .trim_end_matches(')')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let file = file.rsplit_once('-').map_or(file, |(name, _)| name);
    format!("{file} {}", source.trim_start_matches("unittests "))
}

impl Suite {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            sdks: BTreeMap::new(),
            passed: 0,
            ignored: 0,
        }
    }

    fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += count(counts, "passed");
            self.ignored += count(counts, "ignored");
        } else if let Some((sdk, check)) = line.split_once(": ok ") {
            let checks = self.sdks.entry(sdk.to_owned()).or_default();
            checks.push(check.to_owned());
        }
    }
}

/// Names in rows of at most `width` characters.
fn wrapped(names: &[String], width: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for name in names {
        match rows.last_mut() {
            Some(row) if row.len() + name.len() + 2 <= width => {
                row.push_str(", ");
                row.push_str(name);
            }
            Some(_) | None => rows.push(name.clone()),
        }
    }
    rows
}

fn count(counts: &str, what: &str) -> usize {
    counts
        .split([';', '.'])
        .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_printed_is_counted_by_program() {
        let log = "   Compiling x v0.1.0\n     Running unittests src/lib.rs (target/debug/deps/thumbturn_core-0a1b)\n\n\
            running 2 tests\nduo_client 5.7.0: ok ping\ntest gate::a ... ok\ntest gate::b ... ignored\n\n\
            test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n   \
            Doc-tests thumbturn_core\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(
            suites(log),
            [
                Suite {
                    name: "thumbturn_core src/lib.rs".into(),
                    sdks: BTreeMap::from([("duo_client 5.7.0".into(), vec!["ping".into()])]),
                    passed: 1,
                    ignored: 1
                },
                Suite::named("thumbturn_core (documentation)"),
            ]
        );
    }
}
