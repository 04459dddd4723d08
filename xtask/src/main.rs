//! The project's own commands: see the thing work, test all of it, build the hook, measure, take its pictures.

mod agents;
mod asks;
mod bench;
mod bundle;
mod demo;
mod elf;
mod hook;
mod http;
mod local;
mod page;
mod panel;
mod places;
mod process;
mod rules;
mod screenshots;
mod session;
mod signin;
mod stage;
mod stop;
mod tenant;
mod terminal;
mod test;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use agents::Which;
use stop::{Done, Stop};

const HELP: &str = "\
cargo xtask demo [--auto]          one agent, one phone, five asks, before your eyes
                                   --auto taps by itself, denies one, and checks every answer
cargo xtask local                  build what you need and put it into ~/.local/bin, without root
cargo xtask test [--quick|--full]  every test; --quick leaves out the window, the real agents and
                                   cargo-deny; --full adds Gemini CLI and Copilot CLI
cargo xtask hook                   build target/dist/thumbturn-hook, the binary an agent starts
cargo xtask bundle                 build the packages that people install (deb, rpm)
cargo xtask bench [--json FILE]    what the hook costs per call, and gate and window at rest
cargo xtask screenshots [DIR]      every page and state as a picture, light and dark, in
                                   DIR or target/screenshots
cargo xtask agents [--full|--update]
                                   fetch the real agents that the stories run, Claude Code and
                                   Codex; --full also Gemini CLI and Copilot; --update pins the
                                   newest version of each
cargo xtask help                   this page

What is missing on a Debian system is installed, saying what and why.
Exit status: 0 all well, 1 something failed, 2 wrong usage, 130 interrupted.";

enum Task {
    Demo { auto: bool },
    Test(test::How),
    Local,
    Hook,
    Bench { json: Option<PathBuf> },
    Screenshots { dir: Option<PathBuf> },
    Bundle,
    Sidecars,
    Agents(Which),
    Help,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match Task::parse(&words).and_then(Task::run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            terminal::trouble(&stop.words, stop.hint.as_deref());
            ExitCode::from(stop.status)
        }
    }
}

impl Task {
    fn parse(words: &[&str]) -> Done<Self> {
        match words {
            ["demo"] => Ok(Self::Demo { auto: false }),
            ["demo", "--auto"] => Ok(Self::Demo { auto: true }),
            ["test"] => Ok(Self::Test(test::How::Usual)),
            ["test", "--quick"] => Ok(Self::Test(test::How::Quick)),
            ["test", "--full"] => Ok(Self::Test(test::How::Full)),
            ["local"] => Ok(Self::Local),
            ["hook"] => Ok(Self::Hook),
            ["bundle"] => Ok(Self::Bundle),
            ["sidecars"] => Ok(Self::Sidecars),
            ["bench"] => Ok(Self::Bench { json: None }),
            ["bench", "--json"] => Err(Stop::usage("`--json` needs the name of a file")),
            ["bench", "--json", file] => Ok(Self::Bench {
                json: Some(file.into()),
            }),
            ["screenshots"] => Ok(Self::Screenshots { dir: None }),
            ["screenshots", dir] if !dir.starts_with('-') => Ok(Self::Screenshots {
                dir: Some(dir.into()),
            }),
            ["agents"] => Ok(Self::Agents(Which::Usual)),
            ["agents", "--full"] => Ok(Self::Agents(Which::All)),
            ["agents", "--update"] => Ok(Self::Agents(Which::Newest)),
            ["help" | "--help" | "-h"] | [_, "--help" | "-h"] => Ok(Self::Help),
            [] => Err(Stop::usage(
                "no task named: demo, local, test, hook, bundle, bench, screenshots or agents",
            )),
            [
                task @ ("demo" | "local" | "test" | "hook" | "bundle" | "sidecars" | "bench"
                | "screenshots" | "agents"),
                rest @ ..,
            ] => Err(Stop::usage(format!(
                "`{task}` does not take `{}`",
                rest.join(" ")
            ))),
            [unknown, ..] => Err(Stop::usage(format!("there is no task `{unknown}`"))),
        }
    }

    fn run(self) -> Done {
        process::catch_interrupts()?;
        match self {
            Self::Demo { auto } => demo::task(auto),
            Self::Test(how) => test::task(how),
            Self::Local => local::task(),
            Self::Hook => hook::task(),
            Self::Bundle => bundle::task(),
            Self::Sidecars => bundle::sidecars(),
            Self::Bench { json } => bench::task(json.as_deref()),
            Self::Screenshots { dir } => screenshots::task(dir.as_deref()),
            Self::Agents(which) => agents::task(which),
            Self::Help => {
                terminal::text(HELP);
                Ok(())
            }
        }
    }
}
