//! `thumbturn grants`: what an approval lets through besides its own ask, and how to end it.

use clap::{Args, Subcommand};
use thumbturn_core::GrantView;
use thumbturn_wire::{Deed, Paths, plain};

use crate::call::{self, Phone};
use crate::plainly;
use crate::status::{left, wall_now};
use crate::words::{self, Failure};

#[derive(Args)]
pub(crate) struct Grants {
    /// As one JSON list.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// End one grant, by the reference of the ask whose approval made it, or all.
    #[command(after_help = crate::EXIT_CODES)]
    End {
        /// Its short reference, such as K7F29; `thumbturn grants` lists them.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        code: Option<String>,
        /// End every grant.
        #[arg(long)]
        all: bool,
    },
}

pub(crate) fn run(grants: &Grants, paths: &Paths) -> Result<(), Failure> {
    match &grants.verb {
        None => list(grants.json, paths),
        Some(Verb::End {
            code: Some(code), ..
        }) => {
            let code = code.trim().to_ascii_uppercase();
            plainly(paths, "grants", Deed::EndGrant(code), Phone::Quiet)
        }
        Some(Verb::End { code: None, .. }) => {
            plainly(paths, "grants", Deed::EndGrants, Phone::Quiet)
        }
    }
}

fn list(json: bool, paths: &Paths) -> Result<(), Failure> {
    let view = call::live(paths, "grants")?.view()?;
    if json {
        return words::say(&serde_json::json!(view.grants).to_string());
    }
    if view.grants.is_empty() {
        return words::say("Nothing is granted: every risky call rings.");
    }
    let now = wall_now();
    for grant in &view.grants {
        words::say(&one(grant, now))?;
    }
    Ok(())
}

pub(crate) fn one(grant: &GrantView, now: u64) -> String {
    let GrantView {
        code, agent, words, ..
    } = grant;
    let times = match grant.left {
        1 => "once more".to_owned(),
        times => format!("{times} times more"),
    };
    let words = plain(words, 300);
    format!(
        "{}  {agent}  {words}  {times}, {} at most",
        code.0,
        left(grant.until, now)
    )
}
