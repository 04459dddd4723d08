//! What is wrong with a file of rules.

use std::fmt;

/// Line, key, cause and next step. Whoever read the file names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// From 1.
    pub line: usize,
    pub words: String,
    pub next: String,
}

impl RulesError {
    pub(super) fn at(line: usize, words: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            line,
            words: words.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}. {}", self.line, self.words, self.next)
    }
}

impl std::error::Error for RulesError {}
