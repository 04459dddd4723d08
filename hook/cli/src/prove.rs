//! The proof at the end of `install`: the agent itself, or what it would start, calls the gate.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use thumbturn_agents::{Agent, Found};
use thumbturn_wire::Paths;

use crate::call;
use crate::install::{Here, ago};
use crate::status::wall_now;
use crate::words::{AMBER, Failure, GREEN, say, styled};

/// How long the agent may take until it starts its hook.
const AGENT: Duration = Duration::from_secs(20);
/// How long the gate may take to tell of what the hook said.
const REPLAY: Duration = Duration::from_secs(3);
/// How long what an agent started may outlive it.
const LAST: Duration = Duration::from_millis(500);
const STEP: Duration = Duration::from_millis(50);

pub(crate) fn run(agent: Agent, found: Option<&Found>, here: &Here<'_>) -> Result<(), Failure> {
    let before = seen(agent, here.paths);
    replay(agent, here)?;
    if before.is_err() {
        return say(
            "The hook answers. No gate is running yet that could see it: start one with `thumbturn-tray`, then run `thumbturn agents`.",
        );
    }
    let since = before.unwrap_or_default();
    if let Some(found) = found {
        if by_agent(agent, found, here, since) {
            return told(agent, "started its hook by itself", here);
        }
        styled(
            AMBER,
            &format!(
                "{} did not start its hook when it was started here.",
                agent.name(),
            ),
            "",
        )?;
        say(&format!("  hint: {}", hint(agent)))?;
    }
    let deadline = Instant::now() + REPLAY;
    if comes(agent, here, since, deadline) {
        return told(agent, "has a hook that reaches the gate", here);
    }
    Err(Failure::NotProved(agent))
}

fn told(agent: Agent, what: &str, here: &Here<'_>) -> Result<(), Failure> {
    let age = seen(agent, here.paths)
        .ok()
        .flatten()
        .map_or(0, |at| wall_now().saturating_sub(at));
    styled(
        GREEN,
        &format!("{} {what}: gate seen {}.", agent.name(), ago(age)),
        "",
    )
}

fn hint(agent: Agent) -> &'static str {
    match agent {
        Agent::Claude => "start `claude` once and trust the folder, then run `thumbturn agents`.",
        Agent::Codex => "start `codex`, open `/hooks` and trust it, then run `thumbturn agents`.",
        Agent::Gemini => "start `gemini` once and trust the folder, then run `thumbturn agents`.",
        Agent::Copilot => "start `copilot` once, then run `thumbturn agents`.",
    }
}

/// When the gate last heard of the agent. An error where there is no gate.
fn seen(agent: Agent, paths: &Paths) -> Result<Option<u64>, Failure> {
    let gate = call::gate(paths)?.ok_or(Failure::NoGateToShow)?;
    let agents = gate.view()?.agents;
    let seen = agents.iter().find(|seen| seen.agent == agent);
    Ok(seen.map(|seen| seen.seen_at))
}

fn comes(agent: Agent, here: &Here<'_>, since: Option<u64>, deadline: Instant) -> bool {
    loop {
        if seen(agent, here.paths).is_ok_and(|at| at > since) {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(STEP);
    }
}

/// What the agent would start when a session begins, with what it would say.
fn replay(agent: Agent, here: &Here<'_>) -> Result<(), Failure> {
    let payload = match agent {
        Agent::Copilot => {
            r#"{"sessionId":"thumbturn-install","timestamp":0,"cwd":"/","source":"startup"}"#
        }
        Agent::Claude | Agent::Codex | Agent::Gemini => {
            r#"{"session_id":"thumbturn-install","transcript_path":null,"cwd":"/","hook_event_name":"SessionStart","source":"startup"}"#
        }
    };
    let failed = |why: String| Failure::Hook(here.program.hook.clone(), why);
    let mut child = Command::new(&here.program.hook)
        .arg(agent.word())
        .arg("--tell")
        .args(&here.program.more)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A hook that ends without reading says why itself.
        let _ = stdin.write_all(payload.as_bytes());
    }
    let out = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    if out.status.success() && out.stdout.is_empty() {
        return Ok(());
    }
    Err(failed(thumbturn_wire::plain(
        &String::from_utf8_lossy(&out.stderr),
        300,
    )))
}

/// Starts the agent without a person and without a model that it could reach: it begins a session,
/// which starts the hook, and is ended then.
fn by_agent(agent: Agent, found: &Found, here: &Here<'_>, since: Option<u64>) -> bool {
    let since = seen(agent, here.paths).unwrap_or(since);
    let mut command = Command::new(&found.program);
    // Nobody listens there, so that nothing leaves this machine and nothing is paid for.
    const NOWHERE: &str = "http://127.0.0.1:9";
    match agent {
        Agent::Claude => command
            .args(["-p", "thumbturn: is the hook there?"])
            .env("ANTHROPIC_BASE_URL", NOWHERE)
            .env("ANTHROPIC_API_KEY", "none")
            .env("DISABLE_AUTOUPDATER", "1")
            .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        Agent::Codex => command
            .args(["exec", "--skip-git-repo-check", "-c"])
            .arg(r#"model_provider="thumbturn""#)
            .arg("-c")
            .arg(format!(
                r#"model_providers.thumbturn={{name="none",base_url="{NOWHERE}/v1",wire_api="responses",requires_openai_auth=false}}"#
            ))
            .arg("thumbturn: is the hook there?"),
        Agent::Gemini => command
            .args(["-p", "thumbturn: is the hook there?"])
            .env("GOOGLE_GEMINI_BASE_URL", NOWHERE)
            .env("GEMINI_API_KEY", "none"),
        Agent::Copilot => command
            .args(["-p", "thumbturn: is the hook there?"])
            .env("COPILOT_PROVIDER_BASE_URL", NOWHERE)
            .env("COPILOT_OFFLINE", "true")
            .env("COPILOT_AUTO_UPDATE", "false"),
    };
    if let Some(home) = here.home {
        command.env("HOME", home);
    }
    let child = command
        .current_dir("/tmp")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let Ok(mut child) = child else {
        return false;
    };
    let mut deadline = Instant::now() + AGENT;
    let came = loop {
        if seen(agent, here.paths).is_ok_and(|at| at > since) {
            break true;
        }
        if Instant::now() >= deadline {
            break false;
        }
        // One that has ended starts nothing more; what it started may still be on its way.
        if matches!(child.try_wait(), Ok(Some(_))) {
            let last = Instant::now() + LAST;
            deadline = deadline.min(last);
        }
        std::thread::sleep(STEP);
    };
    end(&mut child);
    came
}

/// The agent, and whatever it started.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.wait();
}
