//! What rings and what does not.

use pretty_assertions::assert_eq;
use thumbturn_core::policy::{judge, wants};
use thumbturn_core::*;

use crate::world::*;

const HARMLESS: &[&str] = &[
    "Read",
    "Glob",
    "Grep",
    "LSP",
    "ListMcpResourcesTool",
    "ReadMcpResourceTool",
    "ReadMcpResourceDirTool",
    "TaskGet",
    "TaskList",
    "CronList",
    "ToolSearch",
    "WaitForMcpServers",
    "ListAgents",
    "ReportFindings",
    "ReadNotifications",
    "TodoWrite",
    "TaskCreate",
    "TaskUpdate",
    "SetGoal",
    "EnterPlanMode",
    "AskUserQuestion",
    "ExitPlanMode",
    "Agent",
    "Task",
];

fn judged(name: &str, input: &str) -> Judgement {
    let ask = tool(name, input);
    judge(&ask, &facts(&ask), &Rules::none())
}

#[test]
fn exactly_these_names_ring_no_phone() {
    for name in HARMLESS {
        assert_eq!(judged(name, "{}").decision, Decision::Harmless, "{name}");
        let lower = name.to_lowercase();
        for near in [
            &lower,
            &format!("{name} "),
            &format!("mcp__x__y__{name}"),
            &format!("{name}s"),
        ] {
            assert_eq!(
                judged(near, "{}").decision,
                Decision::Unsure(Risk::Normal),
                "{near}"
            );
        }
    }
}

#[test]
fn everything_else_rings() {
    for name in [
        "Bash",
        "PowerShell",
        "Monitor",
        "Edit",
        "Write",
        "NotebookEdit",
        "WebFetch",
        "WebSearch",
        "Skill",
        "Workflow",
        "CronCreate",
        "SendMessage",
        "mcp__webex__send_message",
        "NewTool",
        "",
    ] {
        assert_eq!(
            judged(name, "{}").decision,
            Decision::Unsure(Risk::Normal),
            "{name}"
        );
    }
}

#[test]
fn a_judgement_names_its_rule_and_reason() {
    for (tool, decision, rule, reason) in [
        ("Read", Decision::Harmless, "agent.read", "reads one file"),
        (
            "WebFetch",
            Decision::Unsure(Risk::Normal),
            "agent.web",
            "its address can carry data out",
        ),
        (
            "NewTool",
            Decision::Unsure(Risk::Normal),
            "tool.unknown",
            "this tool is not known to be harmless",
        ),
    ] {
        let judgement = judged(tool, "{}");
        assert_eq!(
            (
                judgement.decision,
                judgement.rule.0.as_str(),
                judgement.reasons
            ),
            (decision, rule, vec![reason.to_owned()])
        );
    }
}

#[test]
fn an_input_of_two_minds_is_harmless_for_no_tool() {
    for input in [r#"{"a":1,"a":2}"#, "[]", "7", r#""x""#, "null"] {
        assert_eq!(
            judged("Read", input).decision,
            Decision::Unsure(Risk::High),
            "{input}"
        );
    }
}

#[test]
fn the_strictest_wins() {
    use Decision::{Forbidden, Harmless, Unsure};
    let decisions = [
        Harmless,
        Unsure(Risk::Normal),
        Unsure(Risk::High),
        Forbidden,
    ];
    assert!(decisions.is_sorted());
}

#[test]
fn the_directory_and_what_is_named_are_what_the_gate_resolves() {
    assert_eq!(wants(&tool("Bash", "{}")), ["/home/dana/shop"]);
    assert_eq!(
        wants(&tool("Read", r#"{"file_path":"~/x","other":["/y","/y"]}"#)),
        ["/home/dana/shop", "~/x", "/y"]
    );
}

#[test]
fn harmless_is_no_word_and_never_an_allow() {
    let mut world = World::on();
    let read = tool("Read", r#"{"file_path":"/etc/hosts"}"#);
    assert_eq!(
        world.tell(asked(1, read.clone())),
        [settled(
            1,
            Subject::Ask(Box::new(read)),
            Verdict::NoWord,
            Reason::Rule(RuleId("agent.read".into()))
        )]
    );
}
