//! The wire's types as the window's page sees them.

use ts_rs::TS;

/// [`thumbturn_wire::Mode`] as the window sees it.
#[derive(TS, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Off,
    On(Bound),
    Paused { until: u64, bound: Bound },
    Locked,
}

/// [`thumbturn_wire::Bound`] as the window sees it.
#[derive(TS, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    UntilReboot,
    Until(u64),
    Project(String),
}

/// [`thumbturn_wire::Agent`] as the window sees it.
#[derive(TS, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agent {
    Claude,
    Codex,
    Gemini,
    Copilot,
}
