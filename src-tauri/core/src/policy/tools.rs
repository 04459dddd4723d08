//! What an agent's own tools do, by exact name, with the reason beside each row.
//!
//! A name that is missing here goes to the phone: agents bring new tools with every release.

use thumbturn_wire::{Agent, Ask};

use super::{Decision, Judgement, Risk};

pub(super) fn judge(ask: &Ask) -> Option<Judgement> {
    let table = match ask.agent {
        Agent::Claude => CLAUDE,
    };
    let row = table.iter().find(|row| row.tool == ask.tool)?;
    let (decision, rule) = row.class.decision();
    Some(Judgement::new(decision, rule, row.why))
}

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
            Self::Read => (Decision::Harmless, "claude.read"),
            Self::Session => (Decision::Harmless, "claude.session"),
            Self::Person => (Decision::Harmless, "claude.person"),
            Self::Spawn => (Decision::Harmless, "claude.spawn"),
            Self::Web => (Decision::Unsure(Risk::Normal), "claude.web"),
            Self::Act => (Decision::Unsure(Risk::Normal), "claude.act"),
        }
    }
}

const fn row(tool: &'static str, class: Class, why: &'static str) -> Row {
    Row { tool, class, why }
}

const CLAUDE: &[Row] = &[
    row("Read", Class::Read, "reads one file"),
    row("Glob", Class::Read, "lists files by name"),
    row("Grep", Class::Read, "searches in files"),
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
        "Agent",
        Class::Spawn,
        "starts a subagent, whose own calls come here",
    ),
    row(
        "Task",
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
    row(
        "Monitor",
        Class::Act,
        "runs a command or opens a connection",
    ),
    row("Edit", Class::Act, "writes a file"),
    row("Write", Class::Act, "writes a file"),
    row("NotebookEdit", Class::Act, "writes a notebook"),
    row("Workflow", Class::Act, "runs a script"),
    row(
        "Skill",
        Class::Act,
        "runs a skill, which may bring tools and hooks of its own",
    ),
    row("CronCreate", Class::Act, "schedules work for later"),
    row("CronDelete", Class::Act, "changes what is scheduled"),
    row("ScheduleWakeup", Class::Act, "schedules work for later"),
    row("RemoteTrigger", Class::Act, "starts work elsewhere"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_tool_stands_once_and_has_a_reason() {
        let names: BTreeSet<_> = CLAUDE.iter().map(|row| row.tool).collect();
        assert_eq!(names.len(), CLAUDE.len());
        assert!(CLAUDE.iter().all(|row| !row.why.is_empty()));
    }
}
