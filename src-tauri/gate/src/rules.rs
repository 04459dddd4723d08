//! The file of rules: read at the start and whenever it changes, and written where there is none.

pub mod edit;
pub(crate) mod past;

use std::io::ErrorKind;
use std::path::Path;

use thumbturn_core::Rules;
use thumbturn_wire::write_private;

/// A file of rules is a few pages.
const MOST: u64 = 256 << 10;

/// The rules in that file; those that are shipped are put there first, where there is none.
///
/// # Errors
/// In words that name file, line and next step.
pub fn load(file: &Path) -> Result<Rules, String> {
    let text = match read(file) {
        Ok(Some(text)) => text,
        Ok(None) => {
            if let Err(error) = write_private(file, Rules::SHIPPED) {
                tracing::warn!(%error, "the shipped rules cannot be written down");
            }
            Rules::SHIPPED.to_owned()
        }
        Err(words) => return Err(format!("{}: {words}", file.display())),
    };
    // Most editors empty a file before they write it, and rules that deny must not be gone meanwhile.
    if text.trim().is_empty() {
        let path = file.display();
        return Err(format!(
            "{path} is empty; write `version = 1` into it for no rules at all, or delete it for the shipped ones"
        ));
    }
    Rules::parse(&text).map_err(|error| format!("{}, {error}", file.display()))
}

/// `None` where there is no file.
///
/// # Errors
/// Why it cannot be read.
pub fn read(file: &Path) -> Result<Option<String>, String> {
    match std::fs::metadata(file) {
        Ok(meta) if !meta.is_file() => return Err("it is no file".to_owned()),
        Ok(meta) if meta.len() > MOST => return Err("it is longer than 256 KiB".to_owned()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    }
    std::fs::read_to_string(file)
        .map(Some)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_written_once_and_then_the_persons_hold() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("rules.toml");
        assert_eq!(load(&file), Ok(Rules::default()));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), Rules::SHIPPED);
        std::fs::write(&file, "version = 1\n").unwrap();
        assert_eq!(load(&file).unwrap().list(), []);
        std::fs::write(&file, "\n").unwrap();
        assert!(load(&file).unwrap_err().contains("rules.toml is empty"));
        std::fs::write(&file, "version = 1\nx = 2\n").unwrap();
        let words = load(&file).unwrap_err();
        assert!(words.contains("rules.toml, line 2"), "{words}");
    }

    #[test]
    fn what_is_no_file_is_said_to_be_none() {
        let dir = tempfile::tempdir().unwrap();
        assert!(load(dir.path()).unwrap_err().contains("no file"));
    }
}
