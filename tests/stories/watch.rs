//! The gate watches what agents keep in their settings, and goes on as its own successor.

use std::path::Path;
use std::time::{Duration, Instant};

use duo_tenant::Tap;
use harness::{Gate, Installed, Spoken, World, bash, heard, payload, until};
use pretty_assertions::assert_eq;
use serde_json::json;
use thumbturn_core::{State, View};

/// A gate that lies beside its hook, on, with Claude Code asking it.
async fn at_work() -> (World, Gate, Installed) {
    let (world, gate) = World::set_up().await.unwrap();
    gate.stop(rustix::process::Signal::TERM).await.unwrap();
    let installed = Installed::in_home_of(&world).unwrap();
    let tray = installed.program("thumbturn-tray");
    let gate = world.gate_of(&tray).await.unwrap();
    world.turn_on().await.unwrap();
    let ended = installed.thumbturn(&world, world.home(), &["install", "claude"]);
    let ended = ended.await.unwrap();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    (world, gate, installed)
}

async fn troubled(world: &World, words: &str) -> View {
    let is = |view: &View| view.headline.contains(words);
    world.shows(words, is).await.unwrap()
}

async fn calm(world: &World) {
    let is = |view: &View| view.troubles.iter().all(|one| one.kind != "agent");
    world.shows("no trouble with agents", is).await.unwrap();
}

/// However an entry is lost, tray and window say so with the one next step, within ten seconds.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_edited_shadowed_or_gone_is_trouble_and_ends_when_it_is_mended() {
    let (world, _gate, installed) = at_work().await;
    let settings = world.home().join(".claude/settings.json");
    let sound = std::fs::read_to_string(&settings).unwrap();
    calm(&world).await;
    let hook = installed.program("thumbturn-hook");
    let program = std::fs::read(&hook).unwrap();
    let narrow = sound.replace("\"*\"", "\"Bash\"");
    let off = sound.replacen('{', "{ \"disableAllHooks\": true,", 1);
    let gone = "no settings of Claude Code start";
    for (file, text, words) in [
        (&settings, Some(narrow.as_str()), "is for `Bash` alone"),
        (&settings, Some(off.as_str()), "turns every hook off"),
        (&settings, Some("{}"), gone),
        (&settings, Some("{ broken"), "cannot be read"),
        (&settings, None, gone),
        (&hook, None, "is not there"),
        (&hook, Some("#!/bin/sh\n"), "cannot be run"),
    ] {
        let before = Instant::now();
        match text {
            Some(text) => put(file, text),
            None => std::fs::remove_file(file).unwrap(),
        }
        let view = troubled(&world, words).await;
        assert!(before.elapsed() < Duration::from_secs(10), "{words}");
        assert_eq!(view.state, State::Trouble);
        let trouble = view
            .troubles
            .iter()
            .find(|one| one.kind == "agent")
            .unwrap();
        assert!(trouble.fix.ends_with('.'), "{trouble:?}");
        put(&settings, &sound);
        std::fs::write(&hook, &program).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&hook, mode).unwrap();
        calm(&world).await;
    }
}

/// As people's tools do it: beside, and then in its place.
fn put(file: &Path, text: &str) {
    let beside = file.with_extension("new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(beside, file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_switches_hooks_off_is_noticed_once_an_agent_works_there() {
    let (world, _gate, _installed) = at_work().await;
    let project = tempfile::TempDir::with_prefix("thumbturn-project-").unwrap();
    let settings = project.path().join(".claude/settings.json");
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::create_dir(project.path().join(".git")).unwrap();
    let mut read = payload("s1", "Read", json!({"file_path": "/etc/hostname"}));
    read["cwd"] = project.path().display().to_string().into();
    assert_eq!(world.ask(&read).await.unwrap(), Spoken::NoWord);
    std::fs::write(&settings, "{\"disableAllHooks\": true}").unwrap();
    troubled(&world, "turns every hook off").await;
    std::fs::remove_file(&settings).unwrap();
    calm(&world).await;
}

/// A gate at work is replaced by another program, as a package manager does it.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_keeps_the_mode_and_denies_nobody() {
    let (world, gate, installed) = at_work().await;
    let tray = installed.program("thumbturn-tray");
    let port = world.endpoint().unwrap().port;
    let starts = |world: &World| {
        let lines = world.audit();
        let starts = lines
            .iter()
            .filter(|line| line["record"].get("gate_started").is_some());
        starts.count()
    };
    let before = starts(&world);

    // While somebody waits for the phone, nothing is replaced under them.
    let hook = world.asks(&bash("s1", "make"));
    let push = world.push().await.unwrap();
    let next = tray.with_extension("new");
    std::fs::copy(&tray, &next).unwrap();
    std::fs::rename(&next, &tray).unwrap();
    let read = payload("s2", "Read", json!({"file_path": "/etc/hostname"}));
    for _ in 0..20 {
        assert_eq!(world.ask(&read).await.unwrap(), Spoken::NoWord);
    }
    assert_eq!(starts(&world), before);
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");

    // Then it goes on as the new one, and everybody who comes meanwhile is answered.
    let asked = until("the new gate", async || {
        assert_eq!(world.ask(&read).await.unwrap(), Spoken::NoWord);
        (starts(&world) > before).then_some(())
    });
    asked.await.unwrap();
    for _ in 0..20 {
        assert_eq!(world.ask(&read).await.unwrap(), Spoken::NoWord);
    }
    let endpoint = world.endpoint().unwrap();
    assert!(endpoint.armed);
    assert_eq!(endpoint.port, port);
    world
        .shows("a calm gate that is on", |view| {
            view.state == State::On && view.troubles.iter().all(|one| one.kind != "agent")
        })
        .await
        .unwrap();
    let hook = world.asks(&bash("s3", "make"));
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    let spoken = heard(&hook.await.unwrap().unwrap()).unwrap();
    assert!(matches!(spoken, Spoken::Allow(_)), "{spoken:?}");
    drop(gate);
}
