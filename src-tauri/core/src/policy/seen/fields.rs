//! What the fields of an agent's own tools mean. A field that is missing here is walked through.

use thumbturn_wire::Agent;

/// What a field is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A command line for a shell that we can read.
    Command,
    Path,
    /// A patch in the form that Codex made up.
    Patch,
    /// A pattern of file names.
    Pattern,
    /// Names of hosts.
    Host,
    /// Words that are stored, shown or searched for, and open nothing.
    Prose,
    /// Anything.
    Walk,
}

/// The fields of one tool.
pub(super) struct Tool {
    names: &'static [&'static str],
    /// Whether it may write to the paths that it is given.
    pub(super) writes: bool,
    pub(super) searches: bool,
    fields: &'static [(&'static str, Use)],
    /// What the others are.
    others: Use,
}

impl Tool {
    pub(super) fn used(&self, field: &str) -> Use {
        self.fields
            .iter()
            .find(|(name, _)| *name == field)
            .map_or(self.others, |(_, used)| *used)
    }
}

pub(super) fn of(agent: Agent, tool: &str) -> Option<&'static Tool> {
    let own = match agent {
        Agent::Claude => CLAUDE,
        Agent::Codex => CODEX,
        Agent::Gemini => GEMINI,
        Agent::Copilot => COPILOT,
    };
    own.iter()
        .chain(SHARED)
        .find(|row| row.names.contains(&tool))
}

/// Which fields a command line may stand beside without changing what it does.
pub(in crate::policy) fn is_plain_shell(agent: Agent, tool: &str, fields: &[&str]) -> bool {
    of(agent, tool).is_some_and(|row| {
        row.used("command") == Use::Command
            && fields
                .iter()
                .all(|field| row.fields.iter().any(|(name, _)| name == field))
    })
}

const fn tool(names: &'static [&'static str], fields: &'static [(&'static str, Use)]) -> Tool {
    Tool {
        names,
        writes: true,
        searches: false,
        fields,
        others: Use::Walk,
    }
}

impl Tool {
    const fn reads(self) -> Self {
        Self {
            writes: false,
            ..self
        }
    }

    const fn searches(self) -> Self {
        Self {
            writes: false,
            searches: true,
            ..self
        }
    }

    const fn opens_nothing(self) -> Self {
        Self {
            others: Use::Prose,
            ..self
        }
    }
}

/// Fields of tools that go by one name whichever agent brings them; each agent has some of them.
const SHARED: &[Tool] = &[
    tool(
        &["Bash"],
        &[
            ("command", Use::Command),
            ("description", Use::Prose),
            ("timeout", Use::Prose),
            ("run_in_background", Use::Prose),
            ("dangerouslyDisableSandbox", Use::Prose),
            // Gemini CLI's.
            ("dir_path", Use::Path),
            ("is_background", Use::Prose),
            // Copilot CLI's.
            ("initial_wait", Use::Prose),
            ("mode", Use::Prose),
        ],
    ),
    tool(&["PowerShell"], &[("description", Use::Prose)]),
    tool(
        &["Read"],
        &[
            ("file_path", Use::Path),
            ("path", Use::Path),
            ("pages", Use::Prose),
        ],
    )
    .reads(),
    tool(
        &["Edit"],
        &[
            ("file_path", Use::Path),
            ("path", Use::Path),
            ("old_string", Use::Prose),
            ("new_string", Use::Prose),
            ("old_str", Use::Prose),
            ("new_str", Use::Prose),
            ("instruction", Use::Prose),
        ],
    ),
    tool(
        &["Write"],
        &[
            ("file_path", Use::Path),
            ("path", Use::Path),
            ("content", Use::Prose),
            ("file_text", Use::Prose),
        ],
    ),
    tool(
        &["apply_patch"],
        &[
            ("command", Use::Patch),
            ("input", Use::Patch),
            ("patch", Use::Patch),
        ],
    ),
    tool(
        &["Glob"],
        &[
            ("path", Use::Path),
            ("dir_path", Use::Path),
            ("pattern", Use::Pattern),
        ],
    )
    .searches(),
    tool(
        &["Grep"],
        &[
            ("path", Use::Path),
            ("dir_path", Use::Path),
            ("glob", Use::Pattern),
            ("include_pattern", Use::Pattern),
            ("pattern", Use::Prose),
            ("type", Use::Prose),
            ("output_mode", Use::Prose),
        ],
    )
    .searches(),
    tool(&["WebFetch"], &[("prompt", Use::Prose)]),
    tool(
        &["WebSearch"],
        &[
            ("query", Use::Prose),
            ("allowed_domains", Use::Host),
            ("blocked_domains", Use::Prose),
        ],
    ),
    tool(&["Agent"], &[]).opens_nothing(),
];

const CLAUDE: &[Tool] = &[
    tool(
        &["Monitor"],
        &[
            ("command", Use::Command),
            ("description", Use::Prose),
            ("timeout_ms", Use::Prose),
        ],
    ),
    tool(
        &["NotebookEdit"],
        &[
            ("notebook_path", Use::Path),
            ("new_source", Use::Prose),
            ("cell_id", Use::Prose),
            ("cell_type", Use::Prose),
            ("edit_mode", Use::Prose),
        ],
    ),
    tool(
        &[
            "LSP",
            "ListMcpResourcesTool",
            "ReadMcpResourceTool",
            "ReadMcpResourceDirTool",
        ],
        &[],
    )
    .reads(),
    tool(
        &[
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
            "Task",
        ],
        &[],
    )
    .opens_nothing(),
];

const CODEX: &[Tool] = &[
    tool(&["view_image"], &[("path", Use::Path)]).reads(),
    tool(&["list_mcp_resources", "read_mcp_resource"], &[]).reads(),
    tool(
        &[
            "tool_search",
            "get_goal",
            "create_goal",
            "update_goal",
            "update_plan",
            "request_user_input",
        ],
        &[],
    )
    .opens_nothing(),
];

const GEMINI: &[Tool] = &[
    tool(
        &["list_directory", "read_many_files"],
        &[("dir_path", Use::Path)],
    )
    .reads(),
    tool(
        &[
            "list_mcp_resources",
            "read_mcp_resource",
            "get_internal_docs",
        ],
        &[],
    )
    .reads(),
    tool(
        &[
            "write_todos",
            "update_topic",
            "complete_task",
            "enter_plan_mode",
            "ask_user",
            "exit_plan_mode",
        ],
        &[],
    )
    .opens_nothing(),
];

const COPILOT: &[Tool] = &[tool(
    &[
        "read_bash",
        "list_bash",
        "read_agent",
        "list_agents",
        "fetch_copilot_cli_documentation",
        "report_intent",
        "update_todo",
        "ask_user",
    ],
    &[],
)
.opens_nothing()];
