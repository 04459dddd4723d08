//! `thumbturn doctor`: what stands between an agent's call and a thumb, each with its one next step.

mod bundle;
mod local;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use clap::Args;
use serde::{Deserialize, Serialize};
use thumbturn_agents::{Agent, Fault, Severity};
use thumbturn_core::View;

use crate::call;
use crate::environment;
use crate::install::{Here, ago, found, sentence};
use crate::status::wall_now;
use crate::words::{AMBER, Failure, GREEN, RED, say, styled};

#[derive(Args)]
pub(crate) struct Doctor {
    /// As one JSON object.
    #[arg(long)]
    json: bool,
    /// Write what support needs into this zip file: no secret, no token, no command in full.
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Try at your real Duo tenant what no public source tells, and nothing else. Rings your phone, after you agreed.
    #[arg(long, conflicts_with_all = ["json", "bundle"])]
    duo: bool,
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// Its name for programs.
    pub(crate) code: String,
    /// Whether asks are not gated, or cannot be approved, because of it.
    #[serde(default = "is_fault")]
    pub(crate) fault: bool,
    /// What is wrong.
    pub(crate) words: String,
    /// The one next step.
    pub(crate) fix: String,
}

fn is_fault() -> bool {
    true
}

impl Finding {
    fn new(code: &str, words: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            fault: true,
            words: words.into(),
            fix: fix.into(),
        }
    }

    fn of_agent(agent: Agent, fault: &Fault) -> Self {
        let words = fault.words(agent);
        Self {
            code: fault.code().to_owned(),
            fault: fault.severity() == Severity::Broken,
            words: match words.starts_with(agent.name()) {
                true => words,
                false => format!("{}: {words}", agent.name()),
            },
            fix: fault.fix(agent),
        }
    }
}

/// All that was looked at.
pub(crate) struct Examined {
    /// What is as it should be, in words.
    pub(crate) sound: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

pub(crate) fn run(asked: &Doctor, here: &Here<'_>) -> Result<(), Failure> {
    if asked.duo {
        return duo(here);
    }
    let examined = examine(here);
    if let Some(file) = &asked.bundle {
        bundle::write(file, &examined, here)?;
    }
    let faults = examined.findings.iter().filter(|one| one.fault).count();
    if asked.json {
        let object = serde_json::json!({
            "ok": faults == 0,
            "sound": examined.sound,
            "findings": examined.findings,
        });
        say(&object.to_string())?;
    } else {
        show(&examined)?;
    }
    match faults {
        0 => Ok(()),
        faults => Err(Failure::Faults(faults)),
    }
}

fn show(examined: &Examined) -> Result<(), Failure> {
    for line in &examined.sound {
        styled(GREEN, "●", &format!(" {line}"))?;
    }
    for finding in &examined.findings {
        let (mark, style) = match finding.fault {
            true => ("▲", RED),
            false => ("○", AMBER),
        };
        styled(style, mark, &format!(" {}", sentence(&finding.words)))?;
        say(&format!("    hint: {}", finding.fix))?;
    }
    Ok(())
}

pub(crate) fn examine(here: &Here<'_>) -> Examined {
    let mut examined = Examined {
        sound: Vec::new(),
        findings: local::files(here),
    };
    let gate = local::gate(here, &mut examined);
    agents(here, gate.as_ref(), &mut examined);
    match by_tray(here, &["examine"]) {
        Ok(findings) if findings.is_empty() => {
            let user = gate.as_ref().and_then(|view| view.who.clone());
            examined.sound.push(match user {
                Some(user) => format!("Duo knows the keys, and would ring {user}'s phone."),
                None => "Duo knows the keys.".to_owned(),
            });
        }
        Ok(findings) => examined.findings.extend(findings),
        Err(why) => examined.findings.push(Finding::new(
            "gate_program",
            format!("the gate's side could not be looked at: {why}"),
            "Install Thumbturn again; its programs lie in one directory.",
        )),
    }
    if let Some(view) = &gate {
        troubles(view, &mut examined);
    }
    once(&mut examined.findings);
    examined
}

/// What the gate itself complains of, where nothing here found it already.
fn troubles(view: &View, examined: &mut Examined) {
    for trouble in &view.troubles {
        let is_known = match trouble.kind.as_str() {
            // Told from the files themselves, and from Duo.
            "agent"
            | "rules"
            | "settings"
            | "duo_unreachable"
            | "not_connected"
            | "keychain_missing"
            | "keychain_locked"
            | "signing_key_missing"
            | "pin_foreign" => true,
            _ => false,
        };
        if !is_known {
            let fault = !["no_tray_host", "session_not_kept"].contains(&trouble.kind.as_str());
            examined.findings.push(Finding {
                fault,
                ..Finding::new(&trouble.kind, trouble.words.clone(), trouble.fix.clone())
            });
        }
    }
}

fn agents(here: &Here<'_>, gate: Option<&View>, examined: &mut Examined) {
    let mut none = true;
    for agent in Agent::ALL {
        let found = found(agent);
        let health = here.check(agent, found.as_ref());
        if !health.is_installed() {
            let expected = here.is_expected(agent);
            if expected {
                let gone = Finding::of_agent(agent, &Fault::NotInstalled);
                examined.findings.push(gone);
                none = false;
            }
            continue;
        }
        none = false;
        examined.findings.extend(
            health
                .faults
                .iter()
                .map(|fault| Finding::of_agent(agent, fault)),
        );
        for name in switching_off(agent) {
            let fault = Fault::Variable { name };
            examined.findings.push(Finding::of_agent(agent, &fault));
        }
        if health.worst().is_none() {
            let tier = health.tier.map_or("", thumbturn_agents::Tier::word);
            let seen = gate
                .and_then(|view| view.agents.iter().find(|seen| seen.agent == agent))
                .map(|seen| ago(wall_now().saturating_sub(seen.seen_at)));
            let seen = seen.map_or_else(
                || "not seen since the gate started".to_owned(),
                |seen| format!("gate seen {seen}"),
            );
            examined.sound.push(format!(
                "{} asks the gate ({tier} settings), {seen}.",
                agent.name()
            ));
        }
    }
    if none {
        examined.findings.push(Finding::new(
            "hook_not_installed",
            "no agent asks the gate.",
            "Run `thumbturn install claude`, or codex, gemini or copilot.",
        ));
    }
}

/// Variables that make an agent start without the person's own hooks, as seen with Claude Code 2.1.330.
fn switching_off(agent: Agent) -> Vec<String> {
    let names: &[&str] = match agent {
        Agent::Claude => &["CLAUDE_CODE_SIMPLE", "CLAUDE_CODE_SAFE_MODE"],
        Agent::Codex | Agent::Gemini | Agent::Copilot => &[],
    };
    let is_set = |name: &&&str| {
        environment::value(name).is_some_and(|value| !value.is_empty() && value != "0")
    };
    names
        .iter()
        .filter(is_set)
        .map(|name| (*name).to_owned())
        .collect()
}

fn once(findings: &mut Vec<Finding>) {
    let mut seen = std::collections::BTreeSet::new();
    findings.retain(|one| seen.insert((one.code.clone(), one.words.clone())));
    findings.sort_by_key(|one| !one.fault);
}

/// The gate's program alone speaks to the keychain.
fn by_tray(here: &Here<'_>, words: &[&str]) -> Result<Vec<Finding>, String> {
    let tray = here.program.hook.with_file_name("thumbturn-tray");
    let mut command = Command::new(&tray);
    if let Some(home) = here.home {
        command.arg("--home").arg(home);
    }
    let out = command
        .args(words)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} cannot be run: {error}.", tray.display()))?;
    if !out.status.success() {
        let why = String::from_utf8_lossy(&out.stderr);
        return Err(thumbturn_wire::plain(why.trim(), 300));
    }
    let text = String::from_utf8_lossy(&out.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{error}.")))
        .collect()
}

fn duo(here: &Here<'_>) -> Result<(), Failure> {
    let tray = here.program.hook.with_file_name("thumbturn-tray");
    let mut command = Command::new(&tray);
    if let Some(home) = here.home {
        command.arg("--home").arg(home);
    }
    match command.arg("try-duo").status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::Told),
        Err(error) => Err(Failure::Start(format!(
            "{} cannot be run: {error}",
            tray.display()
        ))),
    }
}

/// A gate that answers, or why none does.
pub(crate) fn view(here: &Here<'_>) -> Result<Option<View>, Failure> {
    match call::gate(here.paths)? {
        Some(gate) => gate.view().map(Some),
        None => Ok(None),
    }
}
