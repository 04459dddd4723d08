//! Why a settings file is not edited.

use std::path::{Path, PathBuf};

/// A settings file that nothing was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    pub path: PathBuf,
    /// What is wrong with it, with the line where that is known.
    pub words: String,
}

impl EditError {
    pub(crate) fn new(path: &Path, words: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            words: words.into(),
        }
    }
}

impl std::fmt::Display for EditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.path.display(), self.words)
    }
}

impl std::error::Error for EditError {}
