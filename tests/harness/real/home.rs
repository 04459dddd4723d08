//! What an agent must find in its home before it runs at all.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::RealAgent;

/// A place for temporary files inside the home.
pub(super) fn temporary(home: &Path) -> PathBuf {
    home.join(".cache/tmp")
}

impl RealAgent {
    /// Adds what the agent cannot be told in any other way; keys that are there already stay.
    ///
    /// # Errors
    /// Where a file cannot be read or written.
    pub fn settle(self, home: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(temporary(home))?;
        match self {
            Self::Claude | Self::Codex | Self::Copilot => Ok(()),
            // Which way to sign in has no variable, nor has the counting of uses.
            Self::Gemini => add(
                &home.join(".gemini/settings.json"),
                &[
                    ("/security/auth/selectedType", json!("gemini-api-key")),
                    ("/privacy/usageStatisticsEnabled", json!(false)),
                    ("/general/enableAutoUpdate", json!(false)),
                ],
            ),
        }
    }
}

/// Adds keys to a file of settings, where they are missing.
fn add(file: &Path, keys: &[(&str, Value)]) -> anyhow::Result<()> {
    let mut settings = match std::fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).with_context(|| file.display().to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => json!({}),
        Err(error) => return Err(error.into()),
    };
    let missing: Vec<_> = keys
        .iter()
        .filter(|(pointer, _)| settings.pointer(pointer).is_none())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    for (pointer, value) in missing {
        let mut place = &mut settings;
        for key in pointer.split('/').skip(1) {
            if place.is_null() {
                *place = json!({});
            }
            place = place
                .as_object_mut()
                .with_context(|| format!("{} holds something odd", file.display()))?
                .entry(key)
                .or_insert(Value::Null);
        }
        *place = value.clone();
    }
    std::fs::create_dir_all(file.parent().context("no directory")?)?;
    Ok(std::fs::write(
        file,
        serde_json::to_string_pretty(&settings)?,
    )?)
}
