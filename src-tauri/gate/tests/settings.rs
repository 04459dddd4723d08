//! What a settings file may hold, and what a person is told who got it wrong.

#![expect(
    clippy::unwrap_used,
    reason = "a test's own files are where it put them"
)]

use std::path::PathBuf;

use pretty_assertions::assert_eq;
use thumbturn_core::Setting;
use thumbturn_gate::settings::Settings;

const HOUR: u64 = 3_600_000;

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
            patience: Some(600_000),
            session_lifetime: Some(24 * HOUR),
            language: Some("system".into()),
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
            device: Some("DPFZRS9FB0D46QFTM891".into()),
            patience: Some(600_000),
            session_lifetime: Some(24 * HOUR),
            require_push_to_turn_off: false,
            notifications: true,
            start_at_login: false,
            language: Some("system".into()),
            proxy: Some("http://proxy.example:3128".into()),
        })
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let wrongs = [
        (
            "language = \"en\"\nusr = \"dana\"\n",
            ", line 2: unknown field `usr`, expected one of `user`, `device`, `patience`, `session_lifetime`, `require_push_to_turn_off`, `notifications`, `start_at_login`, `language`, `proxy`",
        ),
        (
            "\n\nrequire_push_to_turn_off = \"yes\"\n",
            ", line 3: `require_push_to_turn_off`: invalid type: string \"yes\", expected a boolean",
        ),
        (
            "device = 7\n",
            ", line 1: `device`: invalid type: integer `7`, expected a string",
        ),
        (
            "proxy = \"a\"\nproxy = \"b\"\n",
            ", line 2: `proxy`: duplicate key",
        ),
        (
            "patience = \"5m\"\nuser = \"dana\"",
            ", line 2: `user` is no setting any more: take the line out and sign in instead, in the tray menu or with `thumbturn signin`; pushes go to whom Duo knows",
        ),
        (
            "user = 7",
            ", line 1: `user` is no setting any more: take the line out and sign in instead, in the tray menu or with `thumbturn signin`; pushes go to whom Duo knows",
        ),
        (
            "session_lifetime = \"59m\"",
            ", line 1: `session_lifetime` must be a time from \"1h\" to \"7d\"",
        ),
        (
            "session_lifetime = \"8d\"",
            ", line 1: `session_lifetime` must be a time from \"1h\" to \"7d\"",
        ),
        (
            "session_lifetime = \"forever\"",
            ", line 1: `session_lifetime` must be a time from \"1h\" to \"7d\"",
        ),
        (
            "notifications = 1",
            ", line 1: `notifications`: invalid type: integer `1`, expected a boolean",
        ),
        (
            "\nstart_at_login = \"no\"",
            ", line 2: `start_at_login`: invalid type: string \"no\", expected a boolean",
        ),
        (
            "language = \"fr\"",
            ", line 1: `language` must be \"system\", \"en\" or \"de\"",
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

/// Each change in turn, and the file after it.
#[test]
fn what_is_set_is_written_into_the_persons_own_file() {
    const MINE: &str = "# mine\n\n# a phone\ndevice = \"DPFZRS9FB0D46QFTM891\" # the old one\n\n  # hurry\n  patience   =   \"5m\"\n# the end\n";
    let file = file("save", MINE);
    let saved = |setting| {
        Settings::save(&file, &setting).unwrap();
        std::fs::read_to_string(&file).unwrap()
    };
    let first = MINE.replace("DPFZRS9FB0D46QFTM891", "DPAAAAAAAAAAAAAAAAAA");
    assert_eq!(
        saved(Setting::Device(Some("DPAAAAAAAAAAAAAAAAAA".into()))),
        first
    );
    let second = first.replace("\"5m\"", "\"62s\"");
    assert_eq!(saved(Setting::Patience(62_000)), second);
    assert_eq!(saved(Setting::Patience(62_000)), second);
    let third = second.replace("device = \"DPAAAAAAAAAAAAAAAAAA\" # the old one\n", "");
    assert_eq!(saved(Setting::Device(None)), third);
    assert_eq!(saved(Setting::Device(None)), third);
    let mut last = String::new();
    for (setting, line) in [
        (
            Setting::SessionLifetime(7 * 24 * HOUR),
            "session_lifetime = \"7d\"",
        ),
        (
            Setting::RequirePushToTurnOff(true),
            "require_push_to_turn_off = true",
        ),
        (Setting::Notifications(false), "notifications = false"),
        (Setting::StartAtLogin(true), "start_at_login = true"),
        (Setting::Language("de".into()), "language = \"de\""),
    ] {
        last = saved(setting);
        assert_eq!(last.lines().any(|one| one == line), true, "{last}");
    }
    for comment in ["# mine\n", "# a phone\n", "  # hurry\n", "# the end\n"] {
        assert_eq!(last.contains(comment), true, "{comment}{last}");
    }
    assert_eq!(
        Settings::load(&file),
        Ok(Settings {
            device: None,
            patience: Some(62_000),
            session_lifetime: Some(7 * 24 * HOUR),
            require_push_to_turn_off: true,
            notifications: false,
            start_at_login: true,
            language: Some("de".into()),
            proxy: None,
        })
    );
}

#[test]
fn every_span_comes_back_as_it_was_set() {
    let file = file("spans", "");
    for millis in [62_000, 120_000, 90_000, 600_000] {
        let saved = Settings::save(&file, &Setting::Patience(millis)).unwrap();
        assert_eq!(saved.patience(), millis);
    }
    for millis in [HOUR, 24 * HOUR, 36 * HOUR, 7 * 24 * HOUR] {
        let saved = Settings::save(&file, &Setting::SessionLifetime(millis)).unwrap();
        assert_eq!(saved.session_lifetime(), millis);
    }
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, "patience = \"10m\"\nsession_lifetime = \"7d\"\n");
}

#[test]
fn a_file_that_is_not_there_is_made_for_us_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = file("made", "");
    std::fs::remove_file(&file).unwrap();
    let saved = Settings::save(&file, &Setting::Notifications(false)).unwrap();
    assert_eq!(
        saved,
        Settings {
            notifications: false,
            ..Settings::default()
        }
    );
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_cannot_hold_is_not_written() {
    for (n, (text, setting)) in [
        ("", Setting::Patience(1000)),
        ("", Setting::SessionLifetime(8 * 24 * HOUR)),
        ("", Setting::Language("fr".into())),
        (
            "",
            Setting::Device(Some("x\"\nproxy = \"http://evil:1".into())),
        ),
        // A file that is wrong already is mended by hand.
        ("patience = \"1h\"\n", Setting::Notifications(true)),
        ("user = \"dana\"\n", Setting::Notifications(true)),
    ]
    .into_iter()
    .enumerate()
    {
        let file = file(&format!("unheld-{n}"), text);
        assert_eq!(
            Settings::save(&file, &setting).is_err(),
            true,
            "{setting:?}"
        );
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
}

#[test]
fn a_link_to_a_file_elsewhere_is_left_alone() {
    let real = file("real", "patience = \"5m\"\n");
    let link = real.with_file_name("link.toml");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let error = Settings::save(&link, &Setting::Notifications(false)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the settings cannot be used: {}: it is a link; change it by hand",
            link.display()
        )
    );
    assert_eq!(Settings::load(&link).unwrap().patience(), 300_000);
}
