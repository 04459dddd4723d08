//! The window's types, made from ours. A committed file that is stale fails here; `UPDATE=1` writes it.

use std::fmt::Write as _;
use std::path::Path;

use ts_rs::{Config, TS};

use crate::{AskId, Click, Code, Phase, State, TroubleWords, View, Waiting};

/// [`thumbturn_wire::Mode`] as the window sees it.
#[derive(TS, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    Off,
    On(Bound),
    Locked,
}

/// [`thumbturn_wire::Bound`] as the window sees it.
#[derive(TS, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    UntilReboot,
    Until(u64),
    Project(String),
}

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../ui/src/generated/types.ts"
);

#[test]
fn the_windows_types_are_ours() {
    let config = Config::new().with_large_int("number");
    let mut text = "// Made from thumbturn-core by its tests; `UPDATE=1 cargo test -p thumbturn-core typescript` writes it anew.\n".to_owned();
    let declarations = [
        AskId::decl(&config),
        Code::decl(&config),
        Bound::decl(&config),
        Mode::decl(&config),
        Click::decl(&config),
        State::decl(&config),
        Phase::decl(&config),
        Waiting::decl(&config),
        TroubleWords::decl(&config),
        View::decl(&config),
    ];
    for declaration in declarations {
        writeln!(text, "\nexport {declaration}").unwrap();
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(Path::new(FILE).parent().unwrap()).unwrap();
        std::fs::File::create(FILE)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
            .unwrap();
    }
    let committed = std::fs::read(FILE).unwrap_or_default();
    assert!(
        committed == text.as_bytes(),
        "{FILE} is stale; run the test with UPDATE=1"
    );
}

/// The two mirrors above are written as the wire writes the real ones.
#[test]
fn the_mirrors_mirror() {
    use thumbturn_wire as wire;
    fn bound(bound: &wire::Bound) -> Bound {
        match bound {
            wire::Bound::UntilReboot => Bound::UntilReboot,
            wire::Bound::Until(at) => Bound::Until(*at),
            wire::Bound::Project(dir) => Bound::Project(dir.clone()),
        }
    }
    fn mode(mode: &wire::Mode) -> Mode {
        match mode {
            wire::Mode::Off => Mode::Off,
            wire::Mode::On(on) => Mode::On(bound(on)),
            wire::Mode::Locked => Mode::Locked,
        }
    }
    for real in [
        wire::Mode::Off,
        wire::Mode::On(wire::Bound::UntilReboot),
        wire::Mode::On(wire::Bound::Until(7)),
        wire::Mode::On(wire::Bound::Project("/shop".into())),
        wire::Mode::Locked,
    ] {
        assert_eq!(
            serde_json::to_string(&mode(&real)).unwrap(),
            serde_json::to_string(&real).unwrap()
        );
    }
}
