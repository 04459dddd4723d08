//! What keeps an agent from asking the gate, each with its one next step.

use std::path::PathBuf;

use thumbturn_wire::Agent;

/// How much a fault matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing. The gate stands.
    Note,
    /// The agent does not ask, or not for sure.
    Broken,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No settings file starts the hook.
    NotInstalled,
    /// A file holds some entries of ours, and lacks this one.
    EventMissing {
        path: PathBuf,
        event: String,
    },
    /// An entry is not what `install` writes.
    EntryChanged {
        path: PathBuf,
        event: String,
        what: String,
    },
    /// The file is no JSON, or no TOML.
    Unreadable {
        path: PathBuf,
        words: String,
    },
    /// The agent reads strict JSON, and ignores all of this file.
    Ignored {
        path: PathBuf,
        words: String,
    },
    /// Another entry of the file is malformed, and takes ours with it.
    Malformed {
        path: PathBuf,
        words: String,
    },
    /// A switch of the agent's own turns hooks off.
    SwitchedOff {
        path: PathBuf,
        key: String,
    },
    /// Managed settings let only managed hooks run, and ours is none.
    ManagedOnly {
        path: PathBuf,
    },
    HookMissing {
        hook: PathBuf,
    },
    HookNotExecutable {
        hook: PathBuf,
    },
    /// Found by the search path, or by the directory that the agent is in.
    HookRelative {
        path: PathBuf,
        command: String,
    },
    /// Others than its owner and root can replace it.
    HookOpen {
        hook: PathBuf,
    },
    /// It is not the program that was installed.
    HookForeign {
        hook: PathBuf,
    },
    /// It cannot be told to stay shut when a hook breaks.
    AgentOld {
        found: String,
        floor: String,
    },
    /// Codex CLI does not start a hook that nobody trusted.
    Untrusted {
        path: PathBuf,
        event: String,
    },
    /// The agent does not start hooks in a folder that nobody trusted.
    FolderUntrusted {
        path: PathBuf,
        folder: PathBuf,
    },
    /// Another hook of the same event can rewrite what was approved.
    Rival {
        path: PathBuf,
        command: String,
    },
    /// A variable of the environment turns hooks off.
    Variable {
        name: String,
    },
}

impl Fault {
    /// Its name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotInstalled => "hook_not_installed",
            Self::EventMissing { .. } => "hook_event_missing",
            Self::EntryChanged { .. } => "hook_entry_changed",
            Self::Unreadable { .. } => "agent_settings_unreadable",
            Self::Ignored { .. } => "agent_settings_ignored",
            Self::Malformed { .. } => "agent_settings_malformed",
            Self::SwitchedOff { .. } => "hooks_switched_off",
            Self::ManagedOnly { .. } => "hooks_managed_only",
            Self::HookMissing { .. } => "hook_missing",
            Self::HookNotExecutable { .. } => "hook_not_executable",
            Self::HookRelative { .. } => "hook_relative",
            Self::HookOpen { .. } => "hook_writable_by_others",
            Self::HookForeign { .. } => "hook_foreign",
            Self::AgentOld { .. } => "agent_old",
            Self::Untrusted { .. } => "hook_untrusted",
            Self::FolderUntrusted { .. } => "folder_untrusted",
            Self::Rival { .. } => "rival_hook",
            Self::Variable { .. } => "variable_switches_off",
        }
    }

    pub fn severity(&self) -> Severity {
        match self {
            Self::Rival { .. } | Self::FolderUntrusted { .. } => Severity::Note,
            Self::NotInstalled
            | Self::EventMissing { .. }
            | Self::EntryChanged { .. }
            | Self::Unreadable { .. }
            | Self::Ignored { .. }
            | Self::Malformed { .. }
            | Self::SwitchedOff { .. }
            | Self::ManagedOnly { .. }
            | Self::HookMissing { .. }
            | Self::HookNotExecutable { .. }
            | Self::HookRelative { .. }
            | Self::HookOpen { .. }
            | Self::HookForeign { .. }
            | Self::AgentOld { .. }
            | Self::Untrusted { .. }
            | Self::Variable { .. } => Severity::Broken,
        }
    }

    /// What is wrong, in one sentence.
    pub fn words(&self, agent: Agent) -> String {
        let name = agent.name();
        match self {
            Self::NotInstalled => format!("no settings of {name} start the gate's hook."),
            Self::EventMissing { path, event } => {
                format!("{} has no entry for {event}.", path.display())
            }
            Self::EntryChanged { path, event, what } => {
                format!("the entry for {event} in {} {what}.", path.display())
            }
            Self::Unreadable { path, words } => {
                format!("{} cannot be read: {words}.", path.display())
            }
            Self::Ignored { path, words } => format!(
                "{name} ignores all of {}, because it is not strict JSON: {words}.",
                path.display()
            ),
            Self::Malformed { path, words } => format!(
                "{} {words}, and {name} then drops hooks without a word.",
                path.display()
            ),
            Self::SwitchedOff { path, key } => {
                format!("`{key}` in {} turns every hook off.", path.display())
            }
            Self::ManagedOnly { path } => format!(
                "{} lets only managed hooks run, and the gate's hook is none.",
                path.display()
            ),
            Self::HookMissing { hook } => {
                format!("the hook program {} is not there.", hook.display())
            }
            Self::HookNotExecutable { hook } => {
                format!("the hook program {} cannot be run.", hook.display())
            }
            Self::HookRelative { path, command } => format!(
                "{} starts the hook as `{command}`, which may be another program in each folder.",
                path.display()
            ),
            Self::HookOpen { hook } => {
                format!("others can replace the hook program {}.", hook.display())
            }
            Self::HookForeign { hook } => format!(
                "the hook program {} is not the one that was installed.",
                hook.display()
            ),
            Self::AgentOld { found, floor } => format!(
                "{name} {found} goes on when its hook breaks; that can be turned off from {floor} on."
            ),
            Self::Untrusted { path, event } => format!(
                "{name} does not start the hook for {event} in {}, because nobody has trusted it.",
                path.display()
            ),
            Self::FolderUntrusted { folder, .. } => format!(
                "{name} starts no hooks in {} until somebody trusts that folder.",
                folder.display()
            ),
            Self::Rival { path, command } => format!(
                "another hook, `{command}` in {}, runs beside the gate's and can rewrite a call after it was approved.",
                path.display()
            ),
            Self::Variable { name: variable } => {
                format!("the variable {variable} makes {name} start without your hooks.")
            }
        }
    }

    /// [`Self::words`] with a capital at their start, unless a path stands there.
    pub fn sentence(&self, agent: Agent) -> String {
        let words = self.words(agent);
        let mut chars = words.chars();
        match chars.next() {
            Some(first) => first.to_uppercase().chain(chars).collect(),
            None => words,
        }
    }

    /// The one next step.
    pub fn fix(&self, agent: Agent) -> String {
        let (name, word) = (agent.name(), agent.word());
        match self {
            Self::NotInstalled
            | Self::EventMissing { .. }
            | Self::EntryChanged { .. }
            | Self::HookRelative { .. } => format!("Run `thumbturn install {word}`."),
            Self::Unreadable { path, .. }
            | Self::Ignored { path, .. }
            | Self::Malformed { path, .. } => {
                format!("Mend {}, then run `thumbturn doctor`.", path.display())
            }
            Self::SwitchedOff { path, key } => {
                format!("Take `{key}` out of {}.", path.display())
            }
            Self::ManagedOnly { .. } => {
                format!("Run `sudo thumbturn install {word} --managed`.")
            }
            Self::HookMissing { .. } | Self::HookForeign { .. } => {
                format!("Install Thumbturn again, then run `thumbturn install {word}`.")
            }
            Self::HookNotExecutable { hook } => format!("Run `chmod 755 {}`.", hook.display()),
            Self::HookOpen { hook } => format!("Run `chmod go-w {}`.", hook.display()),
            Self::AgentOld { floor, .. } => format!("Update {name} to {floor} or newer."),
            Self::Untrusted { .. } => {
                format!("Run `thumbturn install {word}`, or trust it in {name} with `/hooks`.")
            }
            Self::FolderUntrusted { .. } => {
                format!("Start {name} there once and say that you trust it.")
            }
            Self::Rival { path, .. } => format!(
                "Take it out of {} if you do not know it; Thumbturn raises an alarm when other input runs than was approved.",
                path.display()
            ),
            Self::Variable { name: variable } => format!("Run `unset {variable}`."),
        }
    }
}
