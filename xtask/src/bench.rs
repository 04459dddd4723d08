//! `cargo xtask bench`: what a tool call pays for the gate, and what the gate costs at rest.

mod idle;
mod judgement;
mod relay;
mod timing;
mod window;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::session::Session;
use crate::signin::{self, Walker};
use crate::stage::{self, Setup, Stage, USER};
use crate::stop::{Doing as _, Done};
use crate::tenant::{Connection, Tenant};
use crate::terminal::{self, Tone, heading, line, seconds};
use crate::tools::{self, For};
use crate::{asks, hook, page, places, process};
use relay::Relay;
use timing::{Case, Group, Wanted};

/// How often each quick program is started.
const MANY: usize = 400;
/// How often each slow one, and each push.
const SOME: usize = 40;

/// # Errors
/// Where a program does not build or does not answer as it must: a wrong answer has no speed.
pub(crate) fn task(json_file: Option<&Path>) -> Done {
    heading("Thumbturn: what it costs");
    tools::install(For::Bench)?;
    build()?;
    let measured = measure()?;
    if let Some(file) = json_file {
        let text = serde_json::to_string_pretty(&measured).doing("write the figures")?;
        std::fs::write(file, format!("{text}\n")).doing(format!("write {}", file.display()))?;
    }
    Ok(())
}

fn build() -> Done {
    let built = hook::build()?;
    line(
        Tone::Plain,
        "built",
        &format!("the hook ({})", seconds(built.time)),
    );
    let mut cargo = places::cargo();
    cargo.args(["build", "--bins", "-p", "thumbturn-cli", "-p", "duo-tenant"]);
    let ran = process::run("build", &mut cargo, &places::log("build"))?;
    line(
        Tone::Plain,
        "built",
        &format!("command line and tenant ({})", seconds(ran.time)),
    );
    page::take(&[page::FETCH, page::BUILD])?;
    let mut release = places::cargo();
    release.args(["build", "--release", "--bins", "-p", "thumbturn-gate"]);
    release.args(["-p", "thumbturn-window"]);
    let ran = process::run("release", &mut release, &places::log("release"))?;
    line(
        Tone::Plain,
        "built",
        &format!("gate and window as released ({})", seconds(ran.time)),
    );
    let setup = places::root().join("tests/tenant/sdk/setup");
    process::run(
        "sdk",
        places::tool(setup).env("CARGO_TARGET_DIR", places::target()),
        &places::log("sdk"),
    )?;
    Ok(())
}

fn measure() -> Done<Value> {
    let idle = idle::measure(&mut Session::open()?)?;
    let judged = judgement::measure()?;
    let mut session = Session::open()?;
    let mut tenant = Tenant::start(&session, Some("approve"))?;
    let relay = Relay::start(&tenant.connection.host)?;
    let through = Connection {
        host: relay.host().to_owned(),
        ..tenant.connection.clone()
    };
    stage::connect(&session, "release", &through)?;
    let bench = Bench::new(session.home(), &through)?;
    let setup = Setup {
        gate_profile: "release",
        display: None,
        browser: false,
    };
    let mut stage = Stage::raise(&mut session, &setup)?;
    let mut groups = vec![bench.never_on(&stage).run(None)?];
    signin::sign_in(&mut stage, &mut tenant, Walker::Ourselves)?;
    stage.thumbturn(&["on"])?;
    std::fs::write(&bench.flag, "").doing("raise the flag")?;
    groups.push(bench.read_only(&stage).run(None)?);
    groups.push(bench.pushed(&stage).run(Some(&relay))?);
    for group in &groups {
        group.print();
    }
    judged.print();
    idle.print();
    terminal::text("");
    Ok(json!({
        "judgement": judged.json(),
        "hook": groups.iter().map(timing::Timed::json).collect::<Vec<_>>(),
        "gate": idle.json(),
    }))
}

/// What all measured programs share.
struct Bench {
    flag: PathBuf,
    python: PathBuf,
    python_arguments: Vec<String>,
    keys: [(String, String); 2],
    read: PathBuf,
    push: PathBuf,
}

impl Bench {
    fn new(home: &Path, tenant: &Connection) -> Done<Self> {
        let bench = Self {
            flag: home.join("duo-mode"),
            python: places::python_with_sdk(),
            python_arguments: vec![
                places::root()
                    .join("xtask/bench/duo_hook.py")
                    .display()
                    .to_string(),
                home.join("duo-mode").display().to_string(),
                tenant.host.clone(),
                tenant.ca_file.display().to_string(),
                USER.to_owned(),
            ],
            keys: [
                (
                    "DUO_INTEGRATION_KEY".to_owned(),
                    tenant.integration_key.clone(),
                ),
                ("DUO_SECRET_KEY".to_owned(), tenant.secret_key.clone()),
            ],
            read: home.join("read.json"),
            push: home.join("push.json"),
        };
        std::fs::write(&bench.read, asks::read_only().payload(1)).doing("write a payload")?;
        std::fs::write(&bench.push, asks::push_to_main().payload(1)).doing("write a payload")?;
        Ok(bench)
    }

    fn never_on(&self, stage: &Stage<'_>) -> Group {
        Group {
            name: "Duo mode never turned on",
            cases: vec![
                Self::floor(&self.push),
                Self::thumbturn(stage, &self.push, MANY, Wanted::NoWord),
                self.flag_hook(&self.push),
                self.python(&self.push, Wanted::NoWord),
            ],
        }
    }

    fn read_only(&self, stage: &Stage<'_>) -> Group {
        Group {
            name: "on, a call that only reads",
            cases: vec![
                Self::floor(&self.read),
                Self::thumbturn(stage, &self.read, MANY, Wanted::NoWord),
                self.flag_hook(&self.read),
                self.python(&self.read, Wanted::NoWord),
            ],
        }
    }

    fn pushed(&self, stage: &Stage<'_>) -> Group {
        Group {
            name: "on, a push that is answered at once",
            cases: vec![
                Case {
                    runs: SOME,
                    ..Self::floor(&self.push)
                },
                Self::thumbturn(stage, &self.push, SOME, Wanted::Allow),
                self.python(&self.push, Wanted::Allow),
            ],
        }
    }

    fn floor(input: &Path) -> Case {
        Case {
            name: "/bin/true",
            program: "/bin/true".into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: input.to_path_buf(),
            runs: MANY,
            wanted: Wanted::NoWord,
        }
    }

    fn thumbturn(stage: &Stage<'_>, input: &Path, runs: usize, wanted: Wanted) -> Case {
        Case {
            name: "thumbturn-hook",
            program: places::hook(),
            arguments: stage
                .hook()
                .get_args()
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
            environment: Vec::new(),
            input: input.to_path_buf(),
            runs,
            wanted,
        }
    }

    fn flag_hook(&self, input: &Path) -> Case {
        Case {
            name: "bash + jq",
            program: places::root().join("xtask/bench/flag-hook.sh"),
            arguments: vec![self.flag.display().to_string()],
            environment: Vec::new(),
            input: input.to_path_buf(),
            runs: MANY,
            wanted: Wanted::NoWord,
        }
    }

    fn python(&self, input: &Path, wanted: Wanted) -> Case {
        Case {
            name: "Python + duo_client",
            program: self.python.clone(),
            arguments: self.python_arguments.clone(),
            environment: self.keys.to_vec(),
            input: input.to_path_buf(),
            runs: SOME,
            wanted,
        }
    }
}

/// Milliseconds with two places.
fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}
