//! What a command line would do, read and never run.
//!
//! Bash's own grammar takes it apart. What of it is not on a list of harmless forms is not
//! harmless: an allow-list of the grammar's nodes, of commands, and of each command's flags.

mod classes;
mod git;
mod small;
mod table;
mod walk;
mod word;

use super::Risk;

/// The longest command that is read at all, in bytes.
pub const MOST: usize = 10_000;

/// What one command line would do, as far as it can be known without running it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Every simple command in it, at any depth, in order.
    pub commands: Vec<Command>,
    /// Whether `commands` is all that runs: nothing was unparsed, substituted, evaluated or defined.
    pub is_whole: bool,
    /// Why it is not harmless; empty when it only reads.
    pub findings: Vec<Finding>,
    /// Whatever may name a file, with quotes removed, `~` and variables kept.
    pub paths: Vec<Path>,
    /// Hosts and addresses that it names.
    pub hosts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its words with quotes removed; one that is not literal is `None`.
    pub argv: Vec<Option<String>>,
    /// The row that says that it only reads.
    pub harmless: Option<&'static str>,
    /// Whether it writes through a redirection, has assignments before it, or runs in the background.
    pub has_effects: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    pub risk: Risk,
    /// Whether it is of a class that always rings, whatever rules say.
    pub class: bool,
    /// In words, for a person.
    pub reason: String,
    /// What of the command makes it so.
    pub flagged: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub text: String,
    pub write: bool,
}

impl Reading {
    /// Whether it only reads, and all of it was understood.
    pub fn is_harmless(&self) -> bool {
        self.is_whole
            && self.findings.is_empty()
            && !self.commands.is_empty()
            && self
                .commands
                .iter()
                .all(|command| command.harmless.is_some() && !command.has_effects)
    }
}

impl Finding {
    fn new(rule: &'static str, risk: Risk, reason: impl Into<String>) -> Self {
        Self {
            rule,
            risk,
            class: false,
            reason: reason.into(),
            flagged: None,
        }
    }

    fn flagging(mut self, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let short: String = text.chars().take(200).collect();
        self.flagged = Some(short);
        self
    }
}

/// Whether one of the words behind the first may be a command that it runs.
pub(crate) fn runs_others(words: &[&str]) -> bool {
    classes::runs_others(words)
}

/// Reads `command`. Never fails: what cannot be read is a finding.
pub fn read(command: &str) -> Reading {
    walk::read(command, 0)
}
