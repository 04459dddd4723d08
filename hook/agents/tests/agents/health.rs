use pretty_assertions::assert_eq;
use thumbturn_agents::{Agent, Disk, Fault, Severity, Tier, Version, still_stands};

use crate::world::World;

fn codes(faults: &[Fault]) -> Vec<&'static str> {
    faults.iter().map(Fault::code).collect()
}

#[test]
fn what_install_wrote_is_sound_in_every_tier() {
    for agent in Agent::ALL {
        for tier in Tier::ALL {
            let world = World::new();
            assert_eq!(codes(&world.check(agent).faults), ["hook_not_installed"]);
            world.install(agent, tier);
            let health = world.check(agent);
            assert_eq!(
                (health.tier, health.faults),
                (Some(tier), vec![]),
                "{agent:?}"
            );
            assert!(still_stands(
                agent,
                &world.homes,
                &world.program,
                &Disk::read
            ));
        }
    }
}

/// One way of breaking an entry each: what is replaced in the file, and what it is called.
const BROKEN: &[(Agent, &str, &str, &str)] = &[
    (
        Agent::Claude,
        "\"matcher\": \"*\"",
        "\"matcher\": \"Bash\"",
        "hook_entry_changed",
    ),
    (
        Agent::Claude,
        "\"timeout\": 630",
        "\"timeout\": 60",
        "hook_entry_changed",
    ),
    (
        Agent::Claude,
        "\"onFailure\": \"block\"",
        "\"onFailure\": \"continue\"",
        "hook_entry_changed",
    ),
    (
        Agent::Claude,
        "\"onFailure\": \"block\"",
        "\"async\": true, \"onFailure\": \"block\"",
        "hook_entry_changed",
    ),
    (
        Agent::Claude,
        "\"onFailure\": \"block\"",
        "\"if\": \"Bash(git *)\", \"onFailure\": \"block\"",
        "hook_entry_changed",
    ),
    (
        Agent::Claude,
        "\"onFailure\": \"block\"",
        "\"onFailure\": \"deny\"",
        "agent_settings_malformed",
    ),
    (
        Agent::Claude,
        "\"timeout\": 630",
        "\"timeout\": \"630\"",
        "agent_settings_malformed",
    ),
    (
        Agent::Claude,
        "\"timeout\": 630",
        "\"timeout\": 0",
        "agent_settings_malformed",
    ),
    (
        Agent::Claude,
        "\"/usr/bin/thumbturn-hook\"",
        "\"thumbturn-hook\"",
        "hook_relative",
    ),
    (
        Agent::Claude,
        "\"PreToolUse\"",
        "\"PreToolUsed\"",
        "hook_event_missing",
    ),
    (
        Agent::Claude,
        "\"ConfigChange\"",
        "\"ConfigChanged\"",
        "hook_event_missing",
    ),
    (
        Agent::Claude,
        "{\n  \"hooks\"",
        "{\n  \"disableAllHooks\": true,\n  \"hooks\"",
        "hooks_switched_off",
    ),
    (
        Agent::Claude,
        "{\n  \"hooks\"",
        "{\n  // mine\n  \"hooks\"",
        "agent_settings_ignored",
    ),
    (
        Agent::Claude,
        "{\n  \"hooks\"",
        "{\n  \"model\": ,\n  \"hooks\"",
        "agent_settings_unreadable",
    ),
    (
        Agent::Claude,
        "\"PreToolUse\": [",
        "\"PreToolUse\": [{\"hooks\":[{\"type\":\"command\",\"command\":\"lint\"}]},",
        "rival_hook",
    ),
    (
        Agent::Codex,
        "thumbturn-hook codex",
        "thumbturn-hook codex --key /tmp/k",
        "hook_untrusted",
    ),
    (
        Agent::Codex,
        "\"PreToolUse\": [",
        "\"PreToolUse\": [{\"hooks\":[{\"type\":\"command\",\"command\":\"lint\"}]},",
        "hook_untrusted",
    ),
    (
        Agent::Codex,
        "\"timeout\": 630",
        "\"timeout\": \"630\"",
        "agent_settings_malformed",
    ),
    (
        Agent::Codex,
        "{\n  \"hooks\"",
        "{\n  \"version\": 1,\n  \"hooks\"",
        "agent_settings_malformed",
    ),
    (
        Agent::Codex,
        "/usr/bin/thumbturn-hook codex",
        "thumbturn-hook codex",
        "hook_relative",
    ),
    (
        Agent::Codex,
        "\"timeout\": 630",
        "\"async\": true, \"timeout\": 630",
        "hook_entry_changed",
    ),
    (
        Agent::Gemini,
        "\"timeout\": 630000",
        "\"timeout\": 630",
        "hook_entry_changed",
    ),
    (
        Agent::Gemini,
        "\"matcher\": \".*\"",
        "\"matcher\": \"Bash\"",
        "hook_entry_changed",
    ),
    (
        Agent::Gemini,
        "{\n  \"hooks\"",
        "{\n  \"hooksConfig\": {\"enabled\": false},\n  \"hooks\"",
        "hooks_switched_off",
    ),
    (
        Agent::Gemini,
        "{\n  \"hooks\"",
        "{\n  \"hooksConfig\": {\"disabled\": [\"thumbturn\"]},\n  \"hooks\"",
        "hooks_switched_off",
    ),
    (
        Agent::Copilot,
        "\"timeoutSec\": 630",
        "\"timeoutSec\": 30",
        "hook_entry_changed",
    ),
    (
        Agent::Copilot,
        "\"version\": 1",
        "\"version\": 2",
        "agent_settings_malformed",
    ),
    (
        Agent::Copilot,
        "\"preToolUse\"",
        "\"postToolUse\"",
        "hook_event_missing",
    ),
    (
        Agent::Copilot,
        "\"version\": 1",
        "\"disableAllHooks\": true, \"version\": 1",
        "hooks_switched_off",
    ),
];

#[test]
fn every_way_of_breaking_an_entry_is_found_and_named() {
    for (agent, from, to, code) in BROKEN {
        let world = World::new();
        world.install(*agent, Tier::User);
        let file = world.file(*agent, Tier::User);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{agent:?}: no {from} in {text}");
        world.write(&file, &text.replacen(from, to, 1));
        let health = world.check(*agent);
        let fault = health.faults.iter().find(|fault| fault.code() == *code);
        let fault = fault.unwrap_or_else(|| panic!("{agent:?} {to}: {:?}", health.faults));
        assert!(fault.words(*agent).ends_with('.') && fault.fix(*agent).ends_with('.'));
        let is_broken = fault.severity() == Severity::Broken;
        assert_eq!(
            still_stands(*agent, &world.homes, &world.program, &Disk::read),
            !is_broken,
            "{agent:?} {to}"
        );
    }
}

#[test]
fn a_project_can_take_the_gate_out_and_that_is_found() {
    for (agent, file, text) in [
        (
            Agent::Claude,
            ".claude/settings.json",
            "{\"disableAllHooks\": true}",
        ),
        (
            Agent::Claude,
            ".claude/settings.local.json",
            "{\"disableAllHooks\": true}",
        ),
        (
            Agent::Codex,
            ".codex/config.toml",
            "[features]\nhooks = false\n",
        ),
        (
            Agent::Gemini,
            ".gemini/settings.json",
            "{\"hooksConfig\": {\"enabled\": false}}",
        ),
        (
            Agent::Copilot,
            ".github/copilot/settings.json",
            "{\"disableAllHooks\": true}",
        ),
    ] {
        let world = World::new();
        world.install(agent, Tier::User);
        world.write(&world.homes.project.clone().unwrap().join(file), text);
        let health = world.check(agent);
        assert_eq!(codes(&health.faults), ["hooks_switched_off"], "{agent:?}");
        assert!(health.faults[0].words(agent).contains(file));
        // Nothing a project says reaches the machine's own settings.
        world.install(agent, Tier::Managed);
        assert_eq!(world.check(agent).worst(), None, "{agent:?}");
    }
}

#[test]
fn managed_settings_that_let_only_managed_hooks_run_leave_the_person_s_out() {
    let world = World::new();
    world.install(Agent::Claude, Tier::User);
    let managed = world.file(Agent::Claude, Tier::Managed);
    let file = managed
        .ancestors()
        .nth(2)
        .unwrap()
        .join("managed-settings.json");
    world.write(&file, "{\"allowManagedHooksOnly\": true}");
    assert_eq!(
        codes(&world.check(Agent::Claude).faults),
        ["hooks_managed_only"]
    );
}

#[test]
fn an_old_agent_and_a_lost_program_are_found() {
    let world = World::new();
    world.install(Agent::Claude, Tier::User);
    let old = world.check_with(Agent::Claude, Some(Version(2, 1, 197)), &|_| None);
    assert_eq!(codes(&old.faults), ["agent_old"]);
    let lost = world.check_with(Agent::Claude, None, &|hook| {
        Some(Fault::HookMissing {
            hook: hook.to_owned(),
        })
    });
    assert_eq!(codes(&lost.faults), ["hook_missing"]);
    assert!(
        lost.faults[0]
            .words(Agent::Claude)
            .contains("/usr/bin/thumbturn-hook")
    );
}
