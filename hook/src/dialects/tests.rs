//! Recorded payloads of each agent, and every answer in each agent's own form.

use thumbturn_wire::{Input, Subagent};

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/", $name, ".json")).as_slice()
    };
}

fn heard(agent: Agent, payload: &[u8]) -> Result<Heard, String> {
    Dialect::Of(agent)
        .read(payload)
        .map_err(|misfit| misfit.to_string())
}

fn ask(agent: Agent, payload: &[u8]) -> Ask {
    heard(agent, payload).unwrap().ask().unwrap()
}

/// Tool and input.
fn call(agent: Agent, payload: &[u8]) -> (String, String) {
    let ask = ask(agent, payload);
    (ask.tool, ask.input.text().to_owned())
}

fn input(text: &str) -> Input {
    Input::try_from(text.to_owned()).unwrap()
}

const ECHO: &str =
    r#"{"command": "echo RIG-RAN > ran.txt; echo RIG-OUT-bash", "description": "rig"}"#;

#[test]
fn a_recorded_call_of_each_agent_is_read_whole() {
    assert_eq!(
        ask(Agent::Claude, fixture!("claude/bash")),
        Ask {
            agent: Agent::Claude,
            moment: Moment::BeforeTool,
            session: "d4b60895-ca10-4f6d-b90b-2914b9bd605d".into(),
            call: Some("toolu_rigT0N0_1e412438".into()),
            prompt: Some("63b883b0-c915-40b9-b95a-9e766f6980c3".into()),
            subagent: None,
            cwd: "/home/dana/shop".into(),
            tool: "Bash".into(),
            input: input(ECHO),
        }
    );
    assert_eq!(
        ask(Agent::Codex, fixture!("codex/bash-echo")),
        Ask {
            agent: Agent::Codex,
            moment: Moment::BeforeTool,
            session: "01a205a8-4167-7b92-a467-8f8295cb16fd".into(),
            call: Some("call_rigT0N0_5bdbe03e".into()),
            prompt: Some("01a205a8-4177-7e82-a251-7ac8d57b0090".into()),
            subagent: None,
            cwd: "/home/dana/shop".into(),
            tool: "Bash".into(),
            input: input(r#"{"command": "echo RIG-RAN > ran.txt; echo RIG-OUT-bash"}"#),
        }
    );
    assert_eq!(
        ask(Agent::Gemini, fixture!("gemini/bash-echo")),
        Ask {
            agent: Agent::Gemini,
            moment: Moment::BeforeTool,
            session: "3f141c66-50f1-4a11-b384-3f1443cf7fa7".into(),
            call: None,
            prompt: None,
            subagent: None,
            cwd: "/home/dana/shop".into(),
            tool: "Bash".into(),
            input: input(ECHO),
        }
    );
    assert_eq!(
        ask(Agent::Copilot, fixture!("copilot/bash-echo")),
        Ask {
            agent: Agent::Copilot,
            moment: Moment::BeforeTool,
            session: "14cae1ee-1887-47b9-abf7-f4fc6b31c67b".into(),
            call: None,
            prompt: None,
            subagent: None,
            cwd: "/home/dana/shop".into(),
            tool: "Bash".into(),
            input: input(
                r#"{"command": "echo RIG-RAN > ran.txt; echo RIG-OUT-bash", "description": "rig", "initial_wait": 10, "mode": "sync"}"#
            ),
        }
    );
}

#[test]
fn tools_are_called_alike_and_keep_their_input_byte_for_byte() {
    let webex = r#"{"room": "all-hands", "text": "RIG-HELLO"}"#;
    for (agent, payload, tool, input) in [
        (
            Agent::Claude,
            fixture!("claude/write"),
            "Write",
            r#"{"file_path": "/home/dana/shop/new.txt", "content": "RIG-NEW\n"}"#,
        ),
        (
            Agent::Claude,
            fixture!("claude/mcp-2-webex_send_message"),
            "mcp__webex__webex_send_message",
            webex,
        ),
        (
            Agent::Codex,
            fixture!("codex/write"),
            "apply_patch",
            r#"{"command": "*** Begin Patch\n*** Add File: new.txt\n+RIG-NEW\n*** End Patch"}"#,
        ),
        (
            Agent::Codex,
            fixture!("codex/mcp"),
            "mcp__webex__webex_send_message",
            webex,
        ),
        (
            Agent::Codex,
            fixture!("codex/subagent-1"),
            "Agent",
            r#"{"message": "RIG-SUBAGENT run it"}"#,
        ),
        (
            Agent::Gemini,
            fixture!("gemini/write"),
            "Write",
            r#"{"file_path": "/home/dana/shop/new.txt", "content": "RIG-NEW\n"}"#,
        ),
        (
            Agent::Gemini,
            fixture!("gemini/edit"),
            "Edit",
            r#"{"file_path": "/home/dana/shop/existing.txt", "instruction": "rig", "old_string": "alpha", "new_string": "RIG-EDITED"}"#,
        ),
        (
            Agent::Gemini,
            fixture!("gemini/read"),
            "Read",
            r#"{"file_path": "/home/dana/shop/existing.txt"}"#,
        ),
        (
            Agent::Gemini,
            fixture!("gemini/mcp"),
            "mcp__webex__webex_send_message",
            webex,
        ),
        (
            Agent::Gemini,
            fixture!("gemini/subagent-3"),
            "complete_task",
            r#"{"result": {"response": "RIG-SUB-DONE"}}"#,
        ),
        (
            Agent::Copilot,
            fixture!("copilot/write"),
            "Write",
            r#"{"path": "/home/dana/shop/new.txt", "file_text": "RIG-NEW\n"}"#,
        ),
        (
            Agent::Copilot,
            fixture!("copilot/read"),
            "Read",
            r#"{"path": "/home/dana/shop/existing.txt"}"#,
        ),
        (
            Agent::Copilot,
            fixture!("copilot/mcp"),
            "mcp__webex__webex_send_message",
            webex,
        ),
    ] {
        assert_eq!(call(agent, payload), (tool.to_owned(), input.to_owned()));
    }
    let odd = br#"{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/","tool_name":"T","tool_input":{ "n":1.50e1, "u":"\u0041" }, "x":[]}"#;
    assert_eq!(
        call(Agent::Claude, odd),
        ("T".into(), r#"{ "n":1.50e1, "u":"\u0041" }"#.into())
    );
}

#[test]
fn a_subagent_is_told_from_its_session_where_the_agent_does() {
    let of = |agent, payload| ask(agent, payload).subagent;
    assert_eq!(
        of(Agent::Claude, fixture!("claude/subagent-2-bash")),
        Some(Subagent {
            id: "a20d16e559c631b31".into(),
            kind: Some("general-purpose".into())
        })
    );
    assert_eq!(
        of(Agent::Codex, fixture!("codex/subagent-3")),
        Some(Subagent {
            id: "01a205a8-53d8-7e50-947c-64f82ec30e3d".into(),
            kind: Some("default".into())
        })
    );
    let copilot = ask(Agent::Copilot, fixture!("copilot/subagent-2"));
    assert_eq!(copilot.session, "1bb85746-1329-4933-a3c2-1c6c698af044");
    assert_eq!(
        copilot.subagent,
        Some(Subagent {
            id: "d8495436-617e-404a-af21-84314007df5a".into(),
            kind: Some("general-purpose".into())
        })
    );
}

#[test]
fn a_tool_of_the_same_name_is_not_taken_for_ours() {
    let bash = String::from_utf8(fixture!("codex/bash-echo").to_vec()).unwrap();
    let named = |name: &str| {
        let text = bash.replace(
            "\"tool_name\": \"Bash\"",
            &format!("\"tool_name\": \"{name}\""),
        );
        ask(Agent::Codex, text.as_bytes()).tool
    };
    assert_eq!(named("Read"), "codex:Read");
    assert_eq!(named("WebFetch"), "codex:WebFetch");
    assert_eq!(named("view_image"), "view_image");
    let copilot = String::from_utf8(fixture!("copilot/mcp").to_vec()).unwrap();
    let named = |name: &str| {
        let text = copilot.replace("webex-webex_send_message", name);
        ask(Agent::Copilot, text.as_bytes()).tool
    };
    assert_eq!(named("my-list-thing"), "my-list-thing");
    assert_eq!(named("-x"), "-x");
}

#[test]
fn gemini_s_command_runs_in_the_directory_that_it_names() {
    let bash = String::from_utf8(fixture!("gemini/bash-echo").to_vec()).unwrap();
    for (dir, cwd) in [("pkg", "/home/dana/shop/pkg"), ("/etc", "/etc")] {
        let text = bash.replace(
            "\"description\": \"rig\"",
            &format!("\"description\": \"rig\", \"dir_path\": \"{dir}\""),
        );
        assert_eq!(ask(Agent::Gemini, text.as_bytes()).cwd, cwd);
    }
}

#[test]
fn copilot_s_arguments_may_be_the_text_of_an_object() {
    let text =
        br#"{"sessionId":"s","cwd":"/","toolName":"bash","toolArgs":"{\"command\":\"git push\"}"}"#;
    assert_eq!(
        call(Agent::Copilot, text),
        ("Bash".into(), r#"{"command":"git push"}"#.into())
    );
    let twice = br#"{"sessionId":"s","cwd":"/","toolName":"bash","toolArgs":"{\"command\":\"ls\",\"command\":\"rm\"}"}"#;
    assert!(heard(Agent::Copilot, twice).is_err());
}

#[test]
fn other_moments_are_told_apart() {
    let prompt = ask(Agent::Claude, fixture!("claude/permission-request"));
    assert_eq!(
        (prompt.moment, prompt.call, prompt.tool.as_str()),
        (Moment::WouldPrompt, None, "Bash")
    );
    let change = ask(Agent::Claude, fixture!("claude/config-change"));
    assert_eq!(change.moment, Moment::SettingsChange);
    assert_eq!(
        change.input.text(),
        r#"{"file_path":"/home/dana/.claude/settings.json","source":"user_settings"}"#
    );
    let ran = String::from_utf8(fixture!("claude/bash").to_vec()).unwrap();
    let ran = ran.replace("PreToolUse", "PostToolUse").replacen(
        '{',
        r#"{"duration_ms": 41.5, "tool_response": {"stdout": ""}, "#,
        1,
    );
    assert_eq!(
        heard(Agent::Claude, ran.as_bytes()),
        Ok(Heard::Tells(Report::Ran {
            ask: Box::new(ask(Agent::Claude, fixture!("claude/bash"))),
            took_ms: Some(41),
        }))
    );
    let started = |agent| {
        Ok(Heard::Tells(Report::Started {
            agent,
            session: "s".into(),
            cwd: "/".into(),
        }))
    };
    let named =
        br#"{"session_id":"s","cwd":"/","hook_event_name":"SessionStart","source":"startup"}"#;
    for agent in [Agent::Claude, Agent::Codex, Agent::Gemini] {
        assert_eq!(heard(agent, named), started(agent));
    }
    let nameless = br#"{"sessionId":"s","timestamp":1,"cwd":"/","source":"new"}"#;
    assert_eq!(heard(Agent::Copilot, nameless), started(Agent::Copilot));
    let stop = br#"{"session_id":"s","cwd":"/","hook_event_name":"Stop"}"#;
    assert_eq!(
        heard(Agent::Claude, stop).unwrap_err(),
        "the hook is not made for the event `Stop`"
    );
}

#[test]
fn every_recorded_call_of_another_agent_is_refused() {
    let own: [(Agent, &[u8]); 4] = [
        (Agent::Claude, fixture!("claude/bash")),
        (Agent::Codex, fixture!("codex/bash-echo")),
        (Agent::Gemini, fixture!("gemini/bash-echo")),
        (Agent::Copilot, fixture!("copilot/bash-echo")),
    ];
    for (speaks, payload) in own {
        for agent in Agent::ALL {
            let is_own = agent == speaks;
            assert_eq!(
                heard(agent, payload).is_ok(),
                is_own,
                "{speaks:?} to {agent:?}"
            );
        }
    }
    let seen = |payload| heard(Agent::Claude, payload).unwrap_err();
    let mismatch =
        |name| format!("the hook was set up for Claude Code but this is a call of {name}");
    assert_eq!(seen(fixture!("codex/bash-echo")), mismatch("Codex CLI"));
    assert_eq!(seen(fixture!("gemini/bash-echo")), mismatch("Gemini CLI"));
    assert_eq!(seen(fixture!("copilot/bash-echo")), mismatch("Copilot CLI"));
    assert_eq!(seen(fixture!("others/qwen")), mismatch("Qwen Code"));
    assert_eq!(seen(fixture!("others/cursor")), mismatch("Cursor"));
    assert_eq!(seen(fixture!("others/vscode")), mismatch("VS Code"));
}

fn said(agent: Agent, moment: Moment) -> (Option<Yes>, Value) {
    let dialect = Dialect::Of(agent);
    let no = serde_json::from_str(&dialect.deny(moment, "because")).unwrap();
    (dialect.allow(moment, "because"), no)
}

#[test]
fn each_agent_is_answered_in_its_own_words_and_in_no_other() {
    let claude = |decision: &str| {
        json!({"hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": decision,
            "permissionDecisionReason": "because",
        }})
    };
    let prompt = |decision: Value| json!({"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}});
    let line = |value: Value| Some(Yes::Line(value.to_string()));
    let prompted = (
        line(prompt(json!({"behavior": "allow"}))),
        prompt(json!({"behavior": "deny", "message": "because"})),
    );
    assert_eq!(
        said(Agent::Claude, Moment::BeforeTool),
        (line(claude("allow")), claude("deny"))
    );
    assert_eq!(said(Agent::Claude, Moment::WouldPrompt), prompted);
    assert_eq!(
        said(Agent::Claude, Moment::SettingsChange),
        (
            Some(Yes::Silence),
            json!({"decision": "block", "reason": "because"})
        )
    );
    // An allow would count as a failed hook there, and the tool would run without a yes.
    assert_eq!(
        said(Agent::Codex, Moment::BeforeTool),
        (Some(Yes::Silence), claude("deny"))
    );
    assert_eq!(said(Agent::Codex, Moment::WouldPrompt), prompted);
    assert_eq!(
        said(Agent::Gemini, Moment::BeforeTool),
        (
            line(json!({"decision": "allow", "reason": "because"})),
            json!({"decision": "deny", "reason": "because"})
        )
    );
    assert_eq!(
        said(Agent::Copilot, Moment::BeforeTool),
        (
            line(json!({"permissionDecision": "allow", "permissionDecisionReason": "because"})),
            json!({"permissionDecision": "deny", "permissionDecisionReason": "because"})
        )
    );
    assert_eq!(said(Agent::Gemini, Moment::WouldPrompt).0, None);
}

#[test]
fn a_no_for_everybody_holds_all_three_forms() {
    let no: Value =
        serde_json::from_str(&Dialect::Every.deny(Moment::BeforeTool, "because")).unwrap();
    assert_eq!(
        no,
        json!({
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "deny",
                "permissionDecisionReason": "because",
            },
            "decision": "deny",
            "reason": "because",
            "permissionDecision": "deny",
            "permissionDecisionReason": "because",
        })
    );
    assert_eq!(Dialect::Every.allow(Moment::BeforeTool, "because"), None);
}

#[test]
fn the_longest_answer_fits_into_one_write_to_a_pipe() {
    for c in ["\"", "\u{1F44D}", "\\"] {
        let reason = thumbturn_wire::plain(&c.repeat(10_000), 300);
        assert!(
            Dialect::Every.deny(Moment::BeforeTool, &reason).len() < 4096,
            "{c}"
        );
    }
}
