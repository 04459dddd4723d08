//! The page's types, made from ours. A committed file that is stale fails here; `UPDATE=1` writes it.

use std::fmt::Write as _;
use std::path::Path;

use thumbturn_core as core;
use thumbturn_core::typescript::{Agent, Bound, Mode};
use ts_rs::{Config, TS};

/// [`thumbturn_core::Verdict`] as the window sees it.
#[derive(TS, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Allow,
    Deny,
    NoWord,
}

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../ui/src/generated/types.ts"
);

macro_rules! declarations {
    ($config:expr, $($kind:ty),* $(,)?) => { [$(<$kind>::decl($config)),*] };
}

#[test]
fn the_windows_types_are_ours() {
    let config = Config::new().with_large_int("number");
    let mut text = "// Made from thumbturn-pipe by its tests; `UPDATE=1 cargo test -p thumbturn-pipe typescript` writes it anew.\n".to_owned();
    let declarations = declarations![
        &config,
        core::AskId,
        core::Code,
        Bound,
        Mode,
        Verdict,
        Agent,
        core::AgentView,
        core::Way,
        core::Setting,
        core::Click,
        core::State,
        core::Phase,
        core::PasscodeView,
        core::Card,
        core::Waiting,
        core::TroubleWords,
        core::GrantId,
        core::GrantView,
        core::SessionView,
        core::SignInView,
        core::View,
        crate::Connection,
        crate::HostCheck,
        crate::Field,
        crate::Failure,
        crate::TestPush,
        crate::Setup,
        crate::Query,
        crate::Row,
        crate::History,
        crate::Device,
        crate::RulesEdit,
        crate::Rule,
        crate::Tried,
        crate::Change,
        crate::Draft,
        crate::Suggestion,
        crate::Rules,
        crate::AgentRow,
        crate::AgentFault,
        crate::AgentDeed,
        crate::FileChange,
        crate::AgentPlan,
        crate::Agents,
        crate::Settings,
        crate::Page,
        crate::Shown,
        crate::Look,
        crate::Typed,
        crate::SignInWith,
        crate::Connect,
        crate::Said,
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

/// The mirrors are written as the wire writes the real ones.
#[test]
fn the_mirrors_mirror() {
    use thumbturn_wire as wire;
    fn same(mirror: &impl serde::Serialize, real: &impl serde::Serialize) {
        assert_eq!(
            serde_json::to_string(mirror).unwrap(),
            serde_json::to_string(real).unwrap()
        );
    }
    same(&Mode::Off, &wire::Mode::Off);
    same(
        &Mode::On(Bound::UntilReboot),
        &wire::Mode::On(wire::Bound::UntilReboot),
    );
    same(
        &Mode::On(Bound::Until(7)),
        &wire::Mode::On(wire::Bound::Until(7)),
    );
    same(
        &Mode::Paused {
            until: 7,
            bound: Bound::Project("/shop".into()),
        },
        &wire::Mode::Paused {
            until: 7,
            bound: wire::Bound::Project("/shop".into()),
        },
    );
    same(&Mode::Locked, &wire::Mode::Locked);
    same(&Verdict::Allow, &wire::Verdict::Allow);
    same(&Verdict::Deny, &wire::Verdict::Deny);
    same(&Verdict::NoWord, &wire::Verdict::NoWord);
    for (mirror, real) in [
        (Agent::Claude, wire::Agent::Claude),
        (Agent::Codex, wire::Agent::Codex),
        (Agent::Gemini, wire::Agent::Gemini),
        (Agent::Copilot, wire::Agent::Copilot),
    ] {
        same(&mirror, &real);
    }
}
