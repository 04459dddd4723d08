//! What an agent's own tools do, by exact name, with the reason beside each row.
//!
//! A name that is missing here goes to the phone: agents bring new tools with every release.

use thumbturn_wire::{Agent, Ask};

use super::{Decision, Judgement, Risk};

pub(super) fn judge(ask: &Ask) -> Option<Judgement> {
    let own = match ask.agent {
        Agent::Claude => CLAUDE,
        Agent::Codex => CODEX,
        Agent::Gemini => GEMINI,
        Agent::Copilot => COPILOT,
    };
    let row = SHARED.iter().chain(own).find(|row| row.tool == ask.tool)?;
    let (decision, rule) = row.class.decision();
    Some(Judgement::new(decision, rule, row.why))
}

/// Whether it puts a question to the person that only the person can answer, at the agent.
pub(super) fn asks_the_person(ask: &Ask) -> bool {
    judge(ask).is_some_and(|judgement| judgement.rule.0 == PERSON)
}

const PERSON: &str = "agent.person";

struct Row {
    tool: &'static str,
    class: Class,
    why: &'static str,
}

#[derive(Clone, Copy)]
enum Class {
    /// Reads what the agent may read anyway.
    Read,
    /// Changes nothing but the agent's own notes.
    Session,
    /// Asks the person, who then answers; an allow could answer in the person's place.
    Person,
    /// Starts an agent whose own calls are gated.
    Spawn,
    /// Carries data out of the machine.
    Web,
    /// Runs or writes.
    Act,
}

impl Class {
    fn decision(self) -> (Decision, &'static str) {
        match self {
            Self::Read => (Decision::Harmless, "agent.read"),
            Self::Session => (Decision::Harmless, "agent.session"),
            Self::Person => (Decision::Harmless, PERSON),
            Self::Spawn => (Decision::Harmless, "agent.spawn"),
            Self::Web => (Decision::Unsure(Risk::Normal), "agent.web"),
            Self::Act => (Decision::Unsure(Risk::Normal), "agent.act"),
        }
    }
}

const fn row(tool: &'static str, class: Class, why: &'static str) -> Row {
    Row { tool, class, why }
}

/// Tools of all agents, by the names that their dialects are read into.
const SHARED: &[Row] = &[
    row("Read", Class::Read, "reads one file"),
    row("Glob", Class::Read, "lists files by name"),
    row("Grep", Class::Read, "searches in files"),
    row(
        "Agent",
        Class::Spawn,
        "starts a subagent, whose own calls come here",
    ),
    row("WebFetch", Class::Web, "its address can carry data out"),
    row("WebSearch", Class::Web, "its words can carry data out"),
    row("Bash", Class::Act, "runs a command"),
    row(
        "PowerShell",
        Class::Act,
        "runs PowerShell, which Thumbturn does not read: none of it counts as harmless",
    ),
    row("Edit", Class::Act, "writes a file"),
    row("Write", Class::Act, "writes a file"),
    row(
        "Skill",
        Class::Act,
        "runs a skill, which may bring tools and hooks of its own",
    ),
    row("apply_patch", Class::Act, "writes files"),
];

const CLAUDE: &[Row] = &[
    row("LSP", Class::Read, "asks a language server"),
    row(
        "ListMcpResourcesTool",
        Class::Read,
        "lists what MCP servers offer",
    ),
    row(
        "ReadMcpResourceTool",
        Class::Read,
        "reads what an MCP server offers",
    ),
    row(
        "ReadMcpResourceDirTool",
        Class::Read,
        "lists what an MCP server offers in one place",
    ),
    row(
        "TaskGet",
        Class::Read,
        "reads the agent's own list of tasks",
    ),
    row(
        "TaskList",
        Class::Read,
        "reads the agent's own list of tasks",
    ),
    row("CronList", Class::Read, "reads what is scheduled"),
    row(
        "ToolSearch",
        Class::Read,
        "looks for tools of the agent's own",
    ),
    row(
        "WaitForMcpServers",
        Class::Read,
        "waits until MCP servers answer",
    ),
    row("ListAgents", Class::Read, "lists the agent's own subagents"),
    row(
        "ReportFindings",
        Class::Read,
        "tells the person what was found",
    ),
    row(
        "ReadNotifications",
        Class::Read,
        "reads what the agent was told",
    ),
    row(
        "TodoWrite",
        Class::Session,
        "changes the agent's own list of tasks",
    ),
    row(
        "TaskCreate",
        Class::Session,
        "changes the agent's own list of tasks",
    ),
    row(
        "TaskUpdate",
        Class::Session,
        "changes the agent's own list of tasks",
    ),
    row("SetGoal", Class::Session, "changes the agent's own goal"),
    row(
        "EnterPlanMode",
        Class::Session,
        "makes the agent plan and not act",
    ),
    row(
        "AskUserQuestion",
        Class::Person,
        "asks the person, who answers in the agent",
    ),
    row(
        "ExitPlanMode",
        Class::Person,
        "shows the person a plan, who answers in the agent",
    ),
    row(
        "Task",
        Class::Spawn,
        "starts a subagent, whose own calls come here",
    ),
    row(
        "Monitor",
        Class::Act,
        "runs a command or opens a connection",
    ),
    row("NotebookEdit", Class::Act, "writes a notebook"),
    row("Workflow", Class::Act, "runs a script"),
    row("CronCreate", Class::Act, "schedules work for later"),
    row("CronDelete", Class::Act, "changes what is scheduled"),
    row("ScheduleWakeup", Class::Act, "schedules work for later"),
    row("RemoteTrigger", Class::Act, "starts work elsewhere"),
];

const CODEX: &[Row] = &[
    row("view_image", Class::Read, "reads one picture"),
    row(
        "list_mcp_resources",
        Class::Read,
        "lists what MCP servers offer",
    ),
    row(
        "read_mcp_resource",
        Class::Read,
        "reads what an MCP server offers",
    ),
    row(
        "tool_search",
        Class::Read,
        "looks for tools of the agent's own",
    ),
    row("get_goal", Class::Read, "reads the agent's own goal"),
    row(
        "create_goal",
        Class::Session,
        "changes the agent's own goal",
    ),
    row(
        "update_goal",
        Class::Session,
        "changes the agent's own goal",
    ),
    row(
        "update_plan",
        Class::Session,
        "changes the agent's own plan",
    ),
    row(
        "request_user_input",
        Class::Person,
        "asks the person, who answers in the agent",
    ),
];

const GEMINI: &[Row] = &[
    row("list_directory", Class::Read, "lists files by name"),
    row("read_many_files", Class::Read, "reads files"),
    row(
        "get_internal_docs",
        Class::Read,
        "reads the agent's own manual",
    ),
    row(
        "list_mcp_resources",
        Class::Read,
        "lists what MCP servers offer",
    ),
    row(
        "read_mcp_resource",
        Class::Read,
        "reads what an MCP server offers",
    ),
    row(
        "write_todos",
        Class::Session,
        "changes the agent's own list of tasks",
    ),
    row(
        "update_topic",
        Class::Session,
        "changes the agent's own title of the session",
    ),
    row(
        "complete_task",
        Class::Session,
        "ends a subagent with its report",
    ),
    row(
        "enter_plan_mode",
        Class::Session,
        "makes the agent plan and not act",
    ),
    row(
        "ask_user",
        Class::Person,
        "asks the person, who answers in the agent",
    ),
    row(
        "exit_plan_mode",
        Class::Person,
        "shows the person a plan, who answers in the agent",
    ),
    row("web_fetch", Class::Web, "its address can carry data out"),
];

const COPILOT: &[Row] = &[
    row(
        "read_bash",
        Class::Read,
        "reads what a command of its own printed",
    ),
    row("list_bash", Class::Read, "lists the agent's own commands"),
    row(
        "read_agent",
        Class::Read,
        "reads what a subagent of its own says",
    ),
    row(
        "list_agents",
        Class::Read,
        "lists the agent's own subagents",
    ),
    row(
        "fetch_copilot_cli_documentation",
        Class::Read,
        "reads the agent's own manual",
    ),
    row(
        "report_intent",
        Class::Session,
        "tells the person what the agent is about",
    ),
    row(
        "update_todo",
        Class::Session,
        "changes the agent's own list of tasks",
    ),
    row(
        "ask_user",
        Class::Person,
        "asks the person, who answers in the agent",
    ),
    row("write_bash", Class::Act, "types into a command that runs"),
    row("stop_bash", Class::Act, "ends a command that runs"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_tool_stands_once_and_has_a_reason() {
        for own in [CLAUDE, CODEX, GEMINI, COPILOT] {
            let rows: Vec<_> = SHARED.iter().chain(own).collect();
            let names: BTreeSet<_> = rows.iter().map(|row| row.tool).collect();
            assert_eq!(names.len(), rows.len());
            assert!(rows.iter().all(|row| !row.why.is_empty()));
        }
    }
}
