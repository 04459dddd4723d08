//! Broken endpoint files and pins.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use thumbturn_wire::{Pin, fresh_signing_key};

use crate::trial::Trial;
use crate::{Row, willing};

type Break = fn(&Path);

pub(crate) fn rows() -> Vec<Row> {
    let endpoint = endpoints().into_iter().map(|(name, needle, spoil)| {
        Row::new(format!("endpoint {name}"), needle, move || {
            let trial = willing();
            spoil(&trial.home.paths().endpoint());
            trial.run()
        })
    });
    let pin = pins().into_iter().map(|(name, needle, spoil)| {
        Row::new(format!("pin {name}"), needle, move || {
            let trial = willing();
            spoil(trial.home.paths().pin());
            trial.run()
        })
    });
    let mut rows: Vec<Row> = endpoint.chain(pin).collect();
    rows.push(Row::new(
        "a malformed endpoint after one that is off",
        "not what the gate writes",
        || {
            let trial = willing();
            let bad = trial.home.paths().run().join("second.json");
            thumbturn_wire::write_private(&bad, "{").unwrap();
            trial.home.announce(9, false);
            let mut words = trial.usual("4");
            words.extend(["--endpoint".into(), bad.display().to_string()]);
            Trial {
                arguments: Some(words),
                ..trial
            }
            .run()
        },
    ));
    rows.push(Row::new(
        "off on a machine that requires Duo mode",
        "requires it",
        || {
            let trial = willing();
            fs::remove_file(trial.home.paths().endpoint()).unwrap();
            let mut words = trial.usual("4");
            words.push("--required".into());
            Trial {
                arguments: Some(words),
                ..trial
            }
            .run()
        },
    ));
    rows
}

fn endpoints() -> Vec<(&'static str, &'static str, Break)> {
    let malformed = "not what the gate writes";
    vec![
        ("empty", malformed, |file| rewrite(file, |_| String::new())),
        ("cut short", malformed, |file| {
            rewrite(file, |text| text[..text.len() - 5].to_owned())
        }),
        ("of null", malformed, |file| {
            rewrite(file, |_| "null".into())
        }),
        ("of a version after the next", malformed, |file| {
            replace(file, "\"v\":2", "\"v\":4")
        }),
        ("with port 0", malformed, |file| {
            rewrite(file, |text| put(&text, "port", "0"))
        }),
        ("with a port too large", malformed, |file| {
            rewrite(file, |text| put(&text, "port", "65536"))
        }),
        ("with armed as a text", malformed, |file| {
            replace(file, "\"armed\":true", "\"armed\":\"false\"")
        }),
        ("without armed", malformed, |file| {
            replace(file, "\"armed\":true,", "")
        }),
        ("with armed twice", malformed, |file| {
            replace(file, "\"armed\":true", "\"armed\":true,\"armed\":false")
        }),
        ("with a foreign key", malformed, |file| {
            replace(file, "\"v\":2", "\"v\":2,\"host\":\"evil\"")
        }),
        ("too long", "too long", |file| {
            rewrite(file, |text| text + &" ".repeat(20_000))
        }),
        ("readable by the group", "others may", |file| {
            mode(file, 0o640)
        }),
        ("readable by all", "others may", |file| mode(file, 0o604)),
        ("in an open directory", "others may", |file| {
            mode(file.parent().unwrap(), 0o755)
        }),
        ("that is a link", "a link or no plain file", |file| {
            let real = file.with_extension("real");
            fs::rename(file, &real).unwrap();
            symlink(real, file).unwrap();
        }),
        (
            "that is a link to nowhere",
            "a link or no plain file",
            |file| {
                fs::remove_file(file).unwrap();
                symlink("nowhere", file).unwrap();
            },
        ),
        ("that is a directory", "a link or no plain file", |file| {
            fs::remove_file(file).unwrap();
            fs::create_dir(file).unwrap();
        }),
        ("that is a pipe", "a link or no plain file", |file| {
            pipe(file);
        }),
        ("below a plain file", "cannot be relied on", |file| {
            let run = file.parent().unwrap();
            fs::remove_dir_all(run).unwrap();
            fs::write(run, "").unwrap();
        }),
    ]
}

fn pins() -> Vec<(&'static str, &'static str, Break)> {
    let malformed = "pinned key is malformed";
    vec![
        ("missing", "no gate key is pinned", |file| {
            fs::remove_file(file).unwrap()
        }),
        ("empty", malformed, |file| fs::write(file, "").unwrap()),
        ("malformed", malformed, |file| {
            fs::write(file, "thumbturn-gate ed25519 xyz\n").unwrap()
        }),
        ("of another kind", malformed, |file| {
            replace(file, "ed25519", "rsa")
        }),
        ("with a second key", malformed, |file| {
            rewrite(file, |text| format!("{text}{text}"))
        }),
        ("of a weak key", malformed, |file| {
            fs::write(
                file,
                format!("thumbturn-gate ed25519 {}\n", "00".repeat(32)),
            )
            .unwrap();
        }),
        ("not UTF-8", "cannot be read", |file| {
            fs::write(file, [0xff; 80]).unwrap()
        }),
        ("too long", "others may have written", |file| {
            rewrite(file, |text| text + &" ".repeat(2000))
        }),
        ("writable by all", "others may have written", |file| {
            mode(file, 0o602)
        }),
        ("writable by the group", "others may have written", |file| {
            mode(file, 0o620)
        }),
        ("that is a directory", "the gate's pinned key", |file| {
            fs::remove_file(file).unwrap();
            fs::create_dir(file).unwrap();
        }),
        ("that is a pipe", "others may have written", pipe),
        ("of another gate", "not signed by this gate", |file| {
            let other = Pin::of(&fresh_signing_key().unwrap());
            fs::write(file, other.text()).unwrap();
        }),
    ]
}

fn pipe(file: &Path) {
    fs::remove_file(file).unwrap();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, file, rustix::fs::FileType::Fifo, mode, 0).unwrap();
}

fn rewrite(file: &Path, change: impl FnOnce(String) -> String) {
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, change(text)).unwrap();
}

fn replace(file: &Path, from: &str, to: &str) {
    rewrite(file, |text| {
        assert!(text.contains(from), "{from} in {text}");
        text.replacen(from, to, 1)
    });
}

/// `text` with another value for a top-level number.
fn put(text: &str, key: &str, value: &str) -> String {
    let mut json: serde_json::Value = serde_json::from_str(text).unwrap();
    json[key] = serde_json::from_str(value).unwrap();
    json.to_string()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}
