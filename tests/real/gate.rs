//! What every agent must do with the gate in it. One story each, by name.

use duo_tenant::Tap;
use harness::RealAgent;
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use stand_in_model::{Script, Turn};

use crate::scene::{COMMAND, Scene};

fn one(scene: &Scene) -> Script {
    Script::new([Turn::Calls(vec![scene.shell(COMMAND)])])
}

async fn approved(agent: RealAgent) {
    let scene = Scene::on(agent).await;
    let running = scene.starts(one(&scene)).await;
    let card = scene.tap(Tap::Approve).await;
    let told = running.ends().await;
    assert_eq!(scene.written().as_deref(), Some("hello\n"), "{told:?}");
    assert!(told[0].text.contains("it ran"), "{told:?}");
    assert_eq!(scene.pushes(), 1);
    let what = &card.iter().find(|(key, _)| key == "What").unwrap().1;
    assert!(what.contains(COMMAND), "{card:?}");
    assert_eq!(scene.logged("bypassed"), Vec::<serde_json::Value>::new());
}

async fn denied(agent: RealAgent) {
    let scene = Scene::on(agent).await;
    let running = scene.starts(one(&scene)).await;
    scene.tap(Tap::Deny).await;
    let told = running.ends().await;
    assert_eq!(scene.written(), None, "{told:?}");
    assert!(told[0].text.contains("Denied on the phone"), "{told:?}");
    assert_eq!(scene.logged("bypassed"), Vec::<serde_json::Value>::new());
}

async fn unanswered(agent: RealAgent) {
    let scene = Scene::impatient(agent).await;
    let running = scene.starts(one(&scene)).await;
    scene.world.push().await.unwrap();
    let told = running.ends().await;
    assert_eq!(scene.written(), None, "{told:?}");
    assert!(told[0].text.contains("No answer in 62 seconds"), "{told:?}");
    assert_eq!(scene.pushes(), 1);
}

async fn gate_killed(agent: RealAgent) {
    let mut scene = Scene::on(agent).await;
    let gate = scene.gate.take().unwrap();
    gate.stop(Signal::KILL).await.unwrap();
    let told = scene.starts(one(&scene)).await.ends().await;
    assert_eq!(scene.written(), None, "{told:?}");
    assert!(told[0].text.contains("its gate is not running"), "{told:?}");
}

/// The hook's own deadline comes before the agent's.
async fn gate_frozen(agent: RealAgent) {
    let scene = Scene::on(agent).await;
    let text = std::fs::read_to_string(scene.settings()).unwrap();
    let name = agent.name();
    let (timeout, short) = match agent {
        RealAgent::Gemini => ("\"timeout\": 630000", "\"timeout\": 8000"),
        RealAgent::Copilot => ("\"timeoutSec\": 630", "\"timeoutSec\": 8"),
        RealAgent::Claude | RealAgent::Codex => ("\"timeout\": 630", "\"timeout\": 8"),
    };
    let arguments = match agent {
        RealAgent::Claude => (
            "\"claude\", \"--endpoint\"",
            "\"claude\", \"--timeout\", \"8\", \"--endpoint\"",
        ),
        RealAgent::Codex | RealAgent::Gemini | RealAgent::Copilot => (
            &*format!("{name} --endpoint"),
            &*format!("{name} --timeout 8 --endpoint"),
        ),
    };
    assert!(
        text.contains(timeout) && text.contains(arguments.0),
        "{text}"
    );
    let short = text
        .replace(timeout, short)
        .replace(arguments.0, arguments.1);
    scene.write(&scene.settings(), &short);
    if agent == RealAgent::Codex {
        let trusted = RealAgent::trust_codex_hooks(scene.home(), scene.work()).await;
        assert!(trusted.unwrap() > 0);
    }
    scene
        .gate
        .as_ref()
        .unwrap()
        .process()
        .signal(Signal::STOP)
        .unwrap();
    let told = scene.starts(one(&scene)).await.ends().await;
    scene
        .gate
        .as_ref()
        .unwrap()
        .process()
        .signal(Signal::CONT)
        .unwrap();
    assert_eq!(scene.written(), None, "{told:?}");
    assert!(told[0].text.contains("no answer came in time"), "{told:?}");
}

async fn never_on(agent: RealAgent) {
    let scene = Scene::off(agent).await;
    let told = scene.starts(one(&scene)).await.ends().await;
    assert_eq!(scene.written().as_deref(), Some("hello\n"), "{told:?}");
    assert_eq!(scene.pushes(), 0);
}

async fn uninstalled(agent: RealAgent) {
    let scene = Scene::bare(agent).await;
    let before = std::fs::read(scene.settings()).ok();
    let installed = scene.thumbturn(&["install", agent.name()]).await;
    assert_eq!(installed.code, Some(0), "{installed:?}");
    let name = installed
        .stdout
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned();
    assert!(name.contains("gate seen"), "{installed:?}");
    let removed = scene.thumbturn(&["uninstall", agent.name()]).await;
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert_eq!(std::fs::read(scene.settings()).ok(), before);
    scene.world.turn_on().await.unwrap();
    let told = scene.starts(one(&scene)).await.ends().await;
    assert_eq!(scene.written().as_deref(), Some("hello\n"), "{told:?}");
    assert_eq!(scene.pushes(), 0);
}

/// What becomes of a call whose hook is killed while the phone rings.
async fn hook_killed(agent: RealAgent, runs: bool) {
    let scene = Scene::on(agent).await;
    let running = scene.starts(one(&scene)).await;
    scene.world.push().await.unwrap();
    let hooks = harness::pids_of(&scene.home().join("opt/thumbturn-hook"));
    assert_eq!(hooks.len(), 1);
    for hook in hooks {
        rustix::process::kill_process(hook, Signal::KILL).unwrap();
    }
    let told = running.ends().await;
    assert_eq!(scene.written().is_some(), runs, "{told:?}");
}

macro_rules! stories {
    ($agent:ident: $approved:ident, $denied:ident, $unanswered:ident, $killed:ident, $frozen:ident, $off:ident, $uninstalled:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $approved() {
            approved(RealAgent::$agent).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $denied() {
            denied(RealAgent::$agent).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $unanswered() {
            unanswered(RealAgent::$agent).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $killed() {
            gate_killed(RealAgent::$agent).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $frozen() {
            gate_frozen(RealAgent::$agent).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $off() {
            never_on(RealAgent::$agent).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $uninstalled() {
            uninstalled(RealAgent::$agent).await;
        }
    };
}

stories!(Claude: claude_runs_what_the_thumb_approved, claude_does_not_run_what_it_denied, claude_does_not_run_what_nobody_answered, claude_does_not_run_it_with_the_gate_killed, claude_does_not_run_it_with_the_gate_frozen, claude_never_turned_on_runs_as_ever, claude_uninstalled_runs_as_ever);
stories!(Codex: codex_runs_what_the_thumb_approved, codex_does_not_run_what_it_denied, codex_does_not_run_what_nobody_answered, codex_does_not_run_it_with_the_gate_killed, codex_does_not_run_it_with_the_gate_frozen, codex_never_turned_on_runs_as_ever, codex_uninstalled_runs_as_ever);

#[tokio::test(flavor = "multi_thread")]
async fn claude_does_not_run_it_with_the_hook_killed() {
    hook_killed(RealAgent::Claude, false).await;
}

/// It cannot be told to stay shut; README and `thumbturn doctor` say so.
#[tokio::test(flavor = "multi_thread")]
async fn codex_runs_it_with_the_hook_killed_and_there_is_no_switch() {
    hook_killed(RealAgent::Codex, true).await;
}

#[cfg(feature = "all-agents")]
mod others {
    use super::*;

    stories!(Gemini: gemini_runs_what_the_thumb_approved, gemini_does_not_run_what_it_denied, gemini_does_not_run_what_nobody_answered, gemini_does_not_run_it_with_the_gate_killed, gemini_does_not_run_it_with_the_gate_frozen, gemini_never_turned_on_runs_as_ever, gemini_uninstalled_runs_as_ever);
    stories!(Copilot: copilot_runs_what_the_thumb_approved, copilot_does_not_run_what_it_denied, copilot_does_not_run_what_nobody_answered, copilot_does_not_run_it_with_the_gate_killed, copilot_does_not_run_it_with_the_gate_frozen, copilot_never_turned_on_runs_as_ever, copilot_uninstalled_runs_as_ever);

    /// It cannot be told to stay shut; README and `thumbturn doctor` say so.
    #[tokio::test(flavor = "multi_thread")]
    async fn gemini_runs_it_with_the_hook_killed_and_there_is_no_switch() {
        hook_killed(RealAgent::Gemini, true).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn copilot_does_not_run_it_with_the_hook_killed() {
        hook_killed(RealAgent::Copilot, false).await;
    }
}
