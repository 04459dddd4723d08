use std::os::unix::fs::PermissionsExt as _;

use pretty_assertions::assert_eq;
use serde_json::Value;
use thumbturn_agents::{Agent, Disk, Tier};

use crate::files;
use crate::world::World;

const CONFIG: &str = "# mine\nmodel = \"gpt-5\"   # the big one\n\n[tui]\nnotifications = true\n";

#[test]
fn twelve_files_of_each_agent_come_back_byte_for_byte() {
    for agent in Agent::ALL {
        let files = files::of(agent);
        assert_eq!(files.len(), 12);
        for tier in Tier::ALL {
            for (name, text) in &files {
                let world = World::new();
                world.write(&world.file(agent, tier), text);
                world.write(&world.homes.of(Agent::Codex).join("config.toml"), CONFIG);
                let before = world.everything();
                world.install(agent, tier);
                let installed = world.everything();
                assert!(before != installed, "{agent:?} {tier:?}, {name}");
                let again = world.plan(agent, tier).unwrap();
                assert!(again.is_done(), "{agent:?} {tier:?}, {name}: {again:#?}");
                world.install(agent, tier);
                assert_eq!(world.everything(), installed, "{agent:?} {tier:?}, {name}");
                world.uninstall(agent, tier);
                assert_eq!(world.everything(), before, "{agent:?} {tier:?}, {name}");
            }
        }
    }
}

#[test]
fn where_nothing_was_nothing_is_left() {
    for agent in Agent::ALL {
        for tier in Tier::ALL {
            let world = World::new();
            let before = world.everything();
            world.install(agent, tier);
            assert!(world.check(agent).is_installed());
            world.uninstall(agent, tier);
            assert_eq!(world.everything(), before, "{agent:?} {tier:?}");
            assert_eq!(world.disk.kept().unwrap(), []);
        }
    }
}

/// Where somebody changed the file meanwhile, their change stays and ours goes.
#[test]
fn what_others_wrote_meanwhile_stays() {
    for agent in Agent::ALL {
        for (name, text) in files::of(agent) {
            let world = World::new();
            let file = world.file(agent, Tier::User);
            world.write(&file, &text);
            world.install(agent, Tier::User);
            let with_ours = std::fs::read_to_string(&file).unwrap();
            let end = with_ours.rfind('}').unwrap();
            let comma = if with_ours[..end].trim_end().ends_with([',', '{']) {
                ""
            } else {
                ","
            };
            let edited = format!(
                "{}{comma} \"added\": [1]{}",
                &with_ours[..end],
                &with_ours[end..]
            );
            world.write(&file, &edited);
            world.uninstall(agent, Tier::User);
            let left = std::fs::read_to_string(&file).unwrap();
            assert!(left.contains("\"added\": [1]"), "{agent:?}, {name}: {left}");
            assert!(!left.contains("thumbturn"), "{agent:?}, {name}: {left}");
            let mut was = loose(&text);
            was["added"] = serde_json::json!([1]);
            let mut is = loose(&left);
            if agent == Agent::Copilot {
                // Its file is none without one.
                was["version"] = 1.into();
            }
            without_empties(&mut was);
            without_empties(&mut is);
            assert_eq!(is, was, "{agent:?}, {name}");
        }
    }
}

fn loose(text: &str) -> Value {
    let text = text.trim_start_matches('\u{feff}');
    let text = if text.trim().is_empty() { "{}" } else { text };
    jsonc_parser::parse_to_serde_value(text, &Default::default()).unwrap()
}

/// Lists that were empty before may be gone.
fn without_empties(value: &mut Value) {
    let Some(hooks) = value.get_mut("hooks").and_then(Value::as_object_mut) else {
        return;
    };
    hooks.retain(|_, list| list.as_array().is_none_or(|list| !list.is_empty()));
    if hooks.is_empty() {
        value.as_object_mut().unwrap().remove("hooks");
    }
}

#[test]
fn what_is_ours_stands_as_it_must_beside_what_was_there() {
    let world = World::new();
    let file = world.file(Agent::Claude, Tier::User);
    world.write(&file, &files::of(Agent::Claude)[8].1);
    world.install(Agent::Claude, Tier::User);
    let text = std::fs::read_to_string(&file).unwrap();
    let settings: Value = serde_json::from_str(&text).unwrap();
    let hook = serde_json::json!({
        "type": "command",
        "command": "/usr/bin/thumbturn-hook",
        "args": ["claude"],
        "timeout": 630,
        "onFailure": "block",
    });
    let group = serde_json::json!({ "matcher": "*", "hooks": [hook] });
    assert_eq!(settings["hooks"]["PreToolUse"][1], group);
    assert_eq!(
        settings["hooks"]["PreToolUse"][0]["hooks"][0]["command"],
        "lint"
    );
    assert_eq!(
        settings["hooks"]["PermissionRequest"],
        serde_json::json!([group])
    );
    assert_eq!(
        settings["hooks"]["ConfigChange"][0]["hooks"],
        serde_json::json!([hook])
    );
    assert_eq!(
        settings["hooks"]["Stop"][0]["hooks"][0]["command"],
        "say done"
    );
}

#[test]
fn an_older_entry_of_ours_is_replaced_wherever_it_points() {
    let world = World::new();
    let file = world.file(Agent::Claude, Tier::User);
    world.write(
        &file,
        r#"{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"/old/thumbturn-hook claude"},{"type":"command","command":"lint"}]}]}}"#,
    );
    world.install(Agent::Claude, Tier::User);
    let settings: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let groups = settings["hooks"]["PreToolUse"].as_array().unwrap();
    assert_eq!(
        groups[0]["hooks"],
        serde_json::json!([{"type":"command","command":"lint"}])
    );
    assert_eq!(groups[1]["hooks"][0]["command"], "/usr/bin/thumbturn-hook");
    assert_eq!(groups.len(), 2);
}

/// The file as somebody broke it is no file that anybody wants back.
#[test]
fn after_an_entry_was_broken_and_put_right_everything_comes_back_byte_for_byte() {
    for agent in Agent::ALL {
        for (name, text) in files::of(agent) {
            let world = World::new();
            let file = world.file(agent, Tier::User);
            world.write(&file, &text);
            world.write(&world.homes.of(Agent::Codex).join("config.toml"), CONFIG);
            let before = world.everything();
            world.install(agent, Tier::User);
            let sound = std::fs::read_to_string(&file).unwrap();
            world.write(&file, &sound.replace("630", "6"));
            world.install(agent, Tier::User);
            let mended = std::fs::read_to_string(&file).unwrap();
            assert!(mended.contains("630"), "{agent:?}, {name}");
            world.uninstall(agent, Tier::User);
            assert_eq!(world.everything(), before, "{agent:?}, {name}");
        }
    }
}

#[test]
fn an_entry_of_ours_that_was_there_first_is_not_put_back() {
    let world = World::new();
    let file = world.file(Agent::Claude, Tier::User);
    let old = r#"{"hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"/old/thumbturn-hook claude"}]}]},"model":"opus"}"#;
    world.write(&file, old);
    world.install(Agent::Claude, Tier::User);
    world.uninstall(Agent::Claude, Tier::User);
    let left = std::fs::read_to_string(&file).unwrap();
    assert_eq!(loose(&left), serde_json::json!({ "model": "opus" }));
}

#[test]
fn what_somebody_took_out_by_hand_is_forgotten() {
    for agent in Agent::ALL {
        let world = World::new();
        world.install(agent, Tier::User);
        std::fs::remove_dir_all(world.homes.of(agent)).unwrap();
        assert!(!world.disk.kept().unwrap().is_empty());
        world.uninstall(agent, Tier::User);
        assert_eq!(world.disk.kept().unwrap(), []);
    }
}

#[test]
fn what_cannot_be_edited_is_left_alone_and_named() {
    for (text, words) in [
        ("{", "is no JSON"),
        ("[]", "does not hold an object"),
        ("{\"hooks\": []}", "`hooks` that is not an object"),
        (
            "{\"hooks\": {\"PreToolUse\": {}}}",
            "`hooks.PreToolUse` that is not a list",
        ),
    ] {
        let world = World::new();
        let file = world.file(Agent::Claude, Tier::User);
        world.write(&file, text);
        let before = world.everything();
        let error = world.plan(Agent::Claude, Tier::User).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains("settings.json"), "{error}");
        assert_eq!(world.everything(), before);
    }
}

#[test]
fn a_file_changed_under_the_plan_is_not_overwritten_and_nothing_else_is_written() {
    let world = World::new();
    let file = world.file(Agent::Claude, Tier::User);
    let plan = world.plan(Agent::Claude, Tier::User).unwrap();
    world.write(&file, "{\"model\": \"opus\"}");
    let before = world.everything();
    let error = world.disk.install(&plan, &world.program.hook).unwrap_err();
    assert!(
        error.to_string().contains("changed by something else"),
        "{error}"
    );
    assert_eq!(world.everything(), before);
}

#[test]
fn where_one_file_cannot_be_written_the_others_are_put_back() {
    let world = World::new();
    let file = world.file(Agent::Claude, Tier::User);
    world.write(&file, "{}");
    // The skill's directory is a file.
    world.write(&world.homes.of(Agent::Claude).join("skills"), "");
    let before = world.everything();
    let plan = world.plan(Agent::Claude, Tier::User).unwrap();
    let error = world.disk.install(&plan, &world.program.hook).unwrap_err();
    assert!(error.to_string().contains("skills"), "{error}");
    assert_eq!(world.everything(), before);
}

#[test]
fn a_link_and_a_mode_stay_as_they_are() {
    let world = World::new();
    let file = world.file(Agent::Claude, Tier::User);
    let real = world.homes.of(Agent::Claude).join("dotfiles/claude.json");
    world.write(&real, "{}\n");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&real, &file).unwrap();
    world.install(Agent::Claude, Tier::User);
    assert!(std::fs::symlink_metadata(&file).unwrap().is_symlink());
    assert_eq!(
        std::fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        Disk::read(&real)
            .unwrap()
            .unwrap()
            .contains("thumbturn-hook")
    );
    world.uninstall(Agent::Claude, Tier::User);
    assert_eq!(Disk::read(&real).unwrap().unwrap(), "{}\n");
    assert!(std::fs::symlink_metadata(&file).unwrap().is_symlink());
}

#[test]
fn the_instruction_names_this_very_program() {
    let mut world = World::new();
    world.program.cli = "/opt/thumbturn/bin/thumbturn".into();
    world.install(Agent::Claude, Tier::User);
    let skill = world
        .homes
        .of(Agent::Claude)
        .join("skills/thumbturn/SKILL.md");
    let text = std::fs::read_to_string(skill).unwrap();
    assert!(
        text.starts_with("---\nname: thumbturn\ndescription: "),
        "{text}"
    );
    assert!(
        text.contains("run `/opt/thumbturn/bin/thumbturn on`"),
        "{text}"
    );
}
