//! Writing one setting down, with every other line of the file as it was.

use std::path::Path;

use thumbturn_core::Setting;
use thumbturn_wire::write_private;
use toml_edit::{DocumentMut, Item, value};

use super::{HOUR, Settings, SettingsError};

impl Settings {
    /// Changes `setting` in the file, and gives what the file says from now on.
    ///
    /// # Errors
    /// Where the file, as it is or as it would be, cannot be used, or cannot be written. It then stands as it was.
    pub fn save(file: &Path, setting: &Setting) -> Result<Self, SettingsError> {
        let wrong = |words: String| SettingsError {
            file: file.to_owned(),
            line: None,
            words,
        };
        // Somebody keeps the real file elsewhere; putting ours in its place would part the two.
        if std::fs::symlink_metadata(file).is_ok_and(|meta| meta.is_symlink()) {
            return Err(wrong("it is a link; change it by hand".into()));
        }
        // What is broken is mended by whoever broke it, and not overwritten.
        Self::load(file)?;
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(wrong(format!("it cannot be read: {error}"))),
        };
        let mut document: DocumentMut = text
            .parse()
            .map_err(|_| wrong("it is no TOML file".into()))?;
        let (key, item) = written(setting);
        match item {
            Some(new) => put(&mut document, key, new),
            None => take_out(&mut document, key),
        }
        let text = document.to_string();
        let settings = Self::parse(&text).map_err(|wrong_at| wrong(wrong_at.words))?;
        write_private(file, &text)
            .map_err(|error| wrong(format!("it cannot be written: {error}")))?;
        Ok(settings)
    }
}

/// The key, and what stands behind it; nothing where the usual holds.
fn written(setting: &Setting) -> (&'static str, Option<toml_edit::Value>) {
    match setting {
        Setting::Device(device) => ("device", device.clone().map(Into::into)),
        Setting::Patience(millis) => ("patience", Some(in_words(*millis).into())),
        Setting::SessionLifetime(millis) => ("session_lifetime", Some(in_words(*millis).into())),
        Setting::RequirePushToTurnOff(required) => {
            ("require_push_to_turn_off", Some((*required).into()))
        }
        Setting::Notifications(on) => ("notifications", Some((*on).into())),
        Setting::StartAtLogin(on) => ("start_at_login", Some((*on).into())),
        // They lie in a file of their own.
        Setting::Rules { .. } => ("rules", None),
        Setting::Language(language) => ("language", Some(language.clone().into())),
    }
}

/// A value's own comments, and those of its key, stay.
fn put(document: &mut DocumentMut, key: &str, mut new: toml_edit::Value) {
    match document.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => drop(document.insert(key, value(new))),
    }
}

/// What stands above the key stays there.
fn take_out(document: &mut DocumentMut, key: &str) {
    let above = |document: &DocumentMut, key: &str| {
        let prefix = document.key(key)?.leaf_decor().prefix()?;
        prefix.as_str().map(ToOwned::to_owned)
    };
    let names: Vec<String> = document.iter().map(|(name, _)| name.to_owned()).collect();
    let Some(at) = names.iter().position(|name| name == key) else {
        return;
    };
    let kept = above(document, key).unwrap_or_default();
    document.remove(key);
    let Some(next) = names.get(at + 1) else {
        let trailing = document.trailing().as_str().unwrap_or_default();
        let text = format!("{kept}{trailing}");
        document.set_trailing(text);
        return;
    };
    let text = format!("{kept}{}", above(document, next).unwrap_or_default());
    if let Some(mut key) = document.key_mut(next) {
        key.leaf_decor_mut().set_prefix(text);
    }
}

/// As the file spells a length of time: "90s", "10m", "24h", "7d".
fn in_words(millis: u64) -> String {
    let (unit, name) = if millis > 24 * HOUR && millis.is_multiple_of(24 * HOUR) {
        (24 * HOUR, "d")
    } else if millis.is_multiple_of(HOUR) {
        (HOUR, "h")
    } else if millis.is_multiple_of(60_000) {
        (60_000, "m")
    } else {
        (1000, "s")
    };
    format!("{}{name}", millis.div_ceil(unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn lengths_of_time_are_spelt_as_the_file_takes_them() {
        for (millis, words) in [
            (62_000, "62s"),
            (120_000, "2m"),
            (600_000, "10m"),
            (HOUR, "1h"),
            (24 * HOUR, "24h"),
            (7 * 24 * HOUR, "7d"),
        ] {
            assert_eq!(in_words(millis), words);
        }
    }

    #[test]
    fn everything_else_stays_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.toml");
        let text = "# mine\npatience = \"5m\" # for lunch\n\n# the other\nlanguage = \"en\"\n";
        write_private(&file, text).unwrap();
        let saved = Settings::save(&file, &Setting::Patience(120_000)).unwrap();
        assert_eq!(saved.patience(), 120_000);
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            "# mine\npatience = \"2m\" # for lunch\n\n# the other\nlanguage = \"en\"\n"
        );
        Settings::save(&file, &Setting::RequirePushToTurnOff(true)).unwrap();
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            "# mine\npatience = \"2m\" # for lunch\n\n# the other\nlanguage = \"en\"\nrequire_push_to_turn_off = true\n"
        );
    }

    #[test]
    fn a_broken_file_and_a_value_that_cannot_be_leave_it_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.toml");
        for (text, setting) in [
            ("patience = \"1h\"\n", Setting::Notifications(false)),
            ("patience = \"5m\"\n", Setting::Patience(1)),
            ("", Setting::Language("xx".into())),
            ("", Setting::Device(Some("../..".into()))),
        ] {
            write_private(&file, text).unwrap();
            assert!(Settings::save(&file, &setting).is_err(), "{setting:?}");
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
        }
    }
}
