//! What an agent is told about Thumbturn, so that a person may say "let's use Duo for approvals".

use std::path::PathBuf;

use thumbturn_wire::Agent;

use crate::entries::Program;
use crate::homes::Homes;

/// The skill's file. All four agents read the same form of it.
pub(crate) fn path(homes: &Homes, agent: Agent) -> PathBuf {
    homes.of(agent).join("skills/thumbturn/SKILL.md")
}

pub(crate) fn text(program: &Program) -> String {
    let cli = program.cli.display();
    let home = match program.more.as_slice() {
        [_, endpoint, ..] => trial_home(endpoint),
        _ => None,
    };
    let home = home.map_or_else(String::new, |home| format!(" --home {home}"));
    format!(
        "\
---
name: thumbturn
description: Turns Duo mode on, so that tool calls are approved on the person's phone. Use it when they want Duo, their phone or Thumbturn to approve what you do, or ask whether that is on.
---

# Thumbturn

Thumbturn asks the person on their phone, by Duo Push, before a tool call runs.

- To turn it on, run `{cli} on{home}`. To turn it on for this project alone, run `{cli} on --project .{home}`.
- To see whether it is on, run `{cli} status{home}`.
- Run it as one plain command, with nothing before or behind it, and tell the person what it printed.
- If it says that nobody is signed in, ask the person to run `{cli} signin{home}`.
- A call that was denied stays denied. Do not try it in another form; tell the person and ask what to do instead.
- Turning it off, pausing it or changing its rules is for the person alone.
"
    )
}

/// The home that a trial's endpoint file lies in.
fn trial_home(endpoint: &str) -> Option<&str> {
    endpoint.strip_suffix("/.local/state/thumbturn/run/endpoint.json")
}
