//! What a settings file may hold, and what a person is told who got it wrong.

#![expect(
    clippy::unwrap_used,
    reason = "a test's own files are where it put them"
)]

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use thumbturn_gate::settings::Settings;

/// A settings file of that text, in a directory of its own.
fn file(name: &str, text: &str) -> PathBuf {
    let dir =
        std::env::temp_dir().join(format!("thumbturn-settings-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("settings.toml");
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn without_a_file_everything_is_as_usual() {
    let nowhere = std::env::temp_dir().join("thumbturn-no-such-directory/settings.toml");
    assert_eq!(Settings::load(&nowhere), Ok(Settings::default()));
    assert_eq!(Settings::load(&file("empty", "")), Ok(Settings::default()));
}

#[test]
fn the_example_stands() {
    assert_eq!(
        Settings::load(&file("example", Settings::EXAMPLE)),
        Ok(Settings {
            user: Some("dana".into()),
            patience: Some(600_000),
            ..Settings::default()
        })
    );
    // With its comments taken off, every key is there and stands as well.
    let all: String = Settings::EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") => rest,
            Some(_) | None => line,
        })
        .collect::<Vec<_>>()
        .join("\n");
    assert_eq!(
        Settings::load(&file("all", &all)),
        Ok(Settings {
            user: Some("dana".into()),
            device: Some("DPFZRS9FB0D46QFTM891".into()),
            patience: Some(600_000),
            require_push_to_turn_off: false,
            proxy: Some("http://proxy.example:3128".into()),
        })
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let wrongs = [
        (
            "user = \"dana\"\nusr = \"dana\"\n",
            ", line 2: unknown field `usr`, expected one of `user`, `device`, `patience`, `require_push_to_turn_off`, `proxy`",
        ),
        (
            "\n\nrequire_push_to_turn_off = \"yes\"\n",
            ", line 3: `require_push_to_turn_off`: invalid type: string \"yes\", expected a boolean",
        ),
        (
            "user = 7\n",
            ", line 1: `user`: invalid type: integer `7`, expected a string",
        ),
        (
            "user = \"a\"\nuser = \"b\"\n",
            ", line 2: `user`: duplicate key",
        ),
        (
            "user = \" \"",
            ", line 1: `user` must be your Duo username, such as \"dana\"",
        ),
        (
            "# x\ndevice = \"iPhone\"",
            ", line 2: `device` must be the id of one of your devices in Duo, such as \"DPFZRS9FB0D46QFTM891\"",
        ),
        (
            "patience = \"61s\"",
            ", line 1: `patience` must be a time from \"62s\" to \"10m\"",
        ),
        (
            "patience = \"11m\"",
            ", line 1: `patience` must be a time from \"62s\" to \"10m\"",
        ),
        (
            "patience = \"-5m\"",
            ", line 1: `patience` must be a time from \"62s\" to \"10m\"",
        ),
        (
            "patience = \"9999999999999999999m\"",
            ", line 1: `patience` must be a time from \"62s\" to \"10m\"",
        ),
        (
            "proxy = \"https://p:1\"",
            ", line 1: `proxy` must be an address such as \"http://proxy.example:3128\", without a password",
        ),
        (
            "proxy = \"http://u:p@h:1\"",
            ", line 1: `proxy` must be an address such as \"http://proxy.example:3128\", without a password",
        ),
        (
            "proxy = \"http://h\"",
            ", line 1: `proxy` must be an address such as \"http://proxy.example:3128\", without a password",
        ),
        (
            "proxy = \"http://h:0\"",
            ", line 1: `proxy` must be an address such as \"http://proxy.example:3128\", without a password",
        ),
    ];
    for (n, (text, words)) in wrongs.into_iter().enumerate() {
        let file = file(&format!("wrong-{n}"), text);
        assert_eq!(
            Settings::load(&file).unwrap_err().to_string(),
            format!("the settings cannot be used: {}{words}", file.display()),
            "{text}"
        );
    }
}

#[test]
fn no_settings_file_can_name_the_tenant() {
    for key in ["host", "secret_key", "ca", "integration_key"] {
        let text = format!("{key} = \"x\"");
        let error = Settings::load(&file(key, &text)).unwrap_err().to_string();
        assert_eq!(
            error.contains(&format!("unknown field `{key}`")),
            true,
            "{error}"
        );
    }
}
