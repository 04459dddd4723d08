//! `cargo xtask agents`: real coding agents, fetched in the very versions that the stories were told with.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::process::{self, Running, run};
use crate::stop::{Doing as _, Done, Stop};
use crate::terminal::{Tone, heading, line};
use crate::tools::{self, For};
use crate::{places, terminal};

/// An agent that npm has.
struct Agent {
    /// What people type.
    name: &'static str,
    package: &'static str,
    /// Its program below `node_modules`. `{cpu}` is npm's name of the processor, `{arch}` the compiler's.
    program: &'static str,
    /// Whether only `--full` asks for it.
    full: bool,
}

const AGENTS: [Agent; 4] = [
    Agent {
        name: "claude",
        package: "@anthropic-ai/claude-code",
        program: "@anthropic-ai/claude-code-linux-{cpu}/claude",
        full: false,
    },
    Agent {
        name: "codex",
        package: "@openai/codex",
        program: "@openai/codex-linux-{cpu}/vendor/{arch}-unknown-linux-musl/bin/codex",
        full: false,
    },
    Agent {
        name: "gemini",
        package: "@google/gemini-cli",
        program: "@google/gemini-cli/bundle/gemini.js",
        full: true,
    },
    Agent {
        name: "copilot",
        package: "@github/copilot",
        program: "@github/copilot-linux-{cpu}/copilot",
        full: true,
    },
];

/// Which agents, and in which versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Claude Code and Codex.
    Usual,
    All,
    /// All of them, in their newest versions, which are the pinned ones from then on.
    Newest,
}

/// # Errors
/// Where an agent cannot be had, or is not the one that is pinned.
pub(crate) fn task(which: Which) -> Done {
    heading("Thumbturn: real agents");
    tools::install(For::Agents)?;
    if which == Which::Newest {
        renew()?;
    }
    let all = which != Which::Usual;
    let words = fetch(all)?;
    line(Tone::Good, "agents", &words);
    terminal::text("");
    line(Tone::Plain, "try", &try_them(all));
    Ok(())
}

fn try_them(all: bool) -> String {
    let feature = if all { "all-agents" } else { "agents" };
    format!("cargo test -p thumbturn-stories --features {feature} --test real")
}

/// Fetches the pinned agents below the target directory, where they are not there yet, and hears each say its version.
///
/// # Errors
/// Where an agent cannot be had, or is not the one that is pinned.
pub(crate) fn fetch(all: bool) -> Done<String> {
    let home = home();
    let lock = read(&pinned("package-lock.json"))?;
    let (usual, full) = (format!("usual\n{lock}"), format!("full\n{lock}"));
    let done = home.join("done");
    let there = std::fs::read_to_string(&done).unwrap_or_default();
    if there != full && (all || there != usual) {
        install(&home, all)?;
        link(&home)?;
        write(&done, if all { &full } else { &usual })?;
    }
    let mut words = Vec::new();
    for agent in AGENTS.iter().filter(|agent| all || !agent.full) {
        words.push(format!("{} {}", agent.name, agent.checked(&home)?));
    }
    Ok(format!("{}, unmodified", words.join(", ")))
}

/// Where the agents lie: `bin` has each under its own name.
fn home() -> PathBuf {
    places::target().join("agents")
}

fn pinned(name: &str) -> PathBuf {
    places::root().join("tests/agents").join(name)
}

fn install(home: &Path, all: bool) -> Done {
    let _ = std::fs::remove_file(home.join("done"));
    std::fs::create_dir_all(home).doing(format!("make {}", home.display()))?;
    for name in ["package.json", "package-lock.json"] {
        std::fs::copy(pinned(name), home.join(name)).doing(format!("copy {name}"))?;
    }
    let mut npm = places::tool("npm");
    // Scripts of theirs run only where a story runs them.
    npm.current_dir(home)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .args(["--loglevel=error", "--include=optional"])
        .arg(if all { "--include=dev" } else { "--omit=dev" });
    run("agents", &mut npm, &places::log("agents")).map(drop)
}

fn link(home: &Path) -> Done {
    let bin = home.join("bin");
    let _ = std::fs::remove_dir_all(&bin);
    std::fs::create_dir_all(&bin).doing(format!("make {}", bin.display()))?;
    for agent in &AGENTS {
        let program = Path::new("../node_modules").join(agent.program());
        if bin.join(&program).is_file() {
            std::os::unix::fs::symlink(&program, bin.join(agent.name))
                .doing(format!("link {}", agent.name))?;
        }
    }
    Ok(())
}

impl Agent {
    fn program(&self) -> String {
        let cpu = match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        };
        self.program
            .replace("{cpu}", cpu)
            .replace("{arch}", std::env::consts::ARCH)
    }

    /// The version that the program says, which has to be the pinned one: npm leaves out what it finds unfit, and says
    /// nothing of it.
    fn checked(&self, home: &Path) -> Done<String> {
        let wanted = self.pinned()?;
        let said = self.says(home)?;
        if said
            .split_whitespace()
            .any(|word| word.trim_end_matches('.') == wanted)
        {
            return Ok(wanted);
        }
        Err(Stop::because(format!(
            "{} says it is {said:?}, and {wanted} is pinned",
            self.name
        ))
        .hint(format!("remove {} and try again", home.display())))
    }

    /// The version in `package.json`, which alone says it.
    fn pinned(&self) -> Done<String> {
        let text = read(&pinned("package.json"))?;
        let package: Value = serde_json::from_str(&text).doing("read tests/agents/package.json")?;
        ["dependencies", "devDependencies"]
            .iter()
            .find_map(|kind| package.get(kind)?.get(self.package)?.as_str())
            .map(str::to_owned)
            .ok_or_else(|| Stop::because(format!("no version of {} is pinned", self.package)))
    }

    fn says(&self, home: &Path) -> Done<String> {
        let own = home.join("home");
        std::fs::create_dir_all(&own).doing(format!("make {}", own.display()))?;
        let log = home.join(format!("{}.version", self.name));
        let file = std::fs::File::create(&log).doing(format!("write {}", log.display()))?;
        let mut ask = Command::new(home.join("bin").join(self.name));
        ask.arg("--version")
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", own)
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(Stdio::null());
        let mut asked = Running::start(self.name, &mut ask)?;
        process::until(
            &format!("hear the version of {}", self.name),
            Duration::from_secs(60),
            || Ok(asked.child().try_wait().ok().flatten()),
        )?;
        Ok(read(&log)?.lines().next().unwrap_or_default().to_owned())
    }
}

/// Pins the newest version of each, in `package.json` and the lock file.
fn renew() -> Done {
    let mut npm = places::tool("npm");
    npm.current_dir(places::root().join("tests/agents"))
        .args(["install", "--save-exact", "--package-lock-only"])
        .args(["--ignore-scripts", "--omit-lockfile-registry-resolved"])
        .args(["--no-audit", "--no-fund", "--loglevel=error"])
        // Named by its tag, a version is taken even where this machine's Node.js is older than it likes.
        .args(
            AGENTS
                .iter()
                .map(|agent| format!("{}@latest", agent.package)),
        );
    run("update", &mut npm, &places::log("agents-update"))?;
    for agent in &AGENTS {
        line(
            Tone::Plain,
            "pinned",
            &format!("{} {}", agent.package, agent.pinned()?),
        );
    }
    Ok(())
}

fn read(file: &Path) -> Done<String> {
    std::fs::read_to_string(file).doing(format!("read {}", file.display()))
}

fn write(file: &Path, text: &str) -> Done {
    std::fs::write(file, text).doing(format!("write {}", file.display()))
}
