//! What a command line would do, read and never run.

use super::Risk;

/// What one command line would do, as far as it can be known without running it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Every simple command in it, at any depth, in order.
    pub commands: Vec<Command>,
    /// Whether `commands` is all that runs.
    pub is_whole: bool,
    /// Why it is not harmless; empty when it only reads.
    pub findings: Vec<Finding>,
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
    /// Whether it is of a class that always rings.
    pub class: bool,
    pub reason: String,
    pub flagged: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub text: String,
    pub write: bool,
}

impl Reading {
    pub fn is_harmless(&self) -> bool {
        false
    }
}

pub fn read(_command: &str) -> Reading {
    Reading::default()
}
