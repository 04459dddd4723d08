//! `thumbturn on`: what an agent runs when its person says "let's use Duo for approvals today".

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use thumbturn_wire::{Deed, Paths, Span};

use crate::call::Phone;
use crate::words::{self, Failure};
use crate::{span, start, whole};

#[derive(Args)]
pub(crate) struct On {
    /// For this long, such as 2h, 90m or 1h30m.
    #[arg(long = "for", value_name = "TIME", value_parser = span::parse, conflicts_with = "project")]
    time: Option<Duration>,
    /// Only for agents that work in this directory or below.
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
}

pub(crate) fn run(on: &On, paths: &Paths, home: Option<&Path>) -> Result<(), Failure> {
    let span = span_of(on)?;
    let gate = start::gate(paths, home)?;
    words::say(&gate.deed(Deed::TurnOn(span), Phone::MayRing)?)
}

fn span_of(on: &On) -> Result<Span, Failure> {
    Ok(match (&on.project, on.time) {
        (Some(dir), _) => {
            let whole = whole(dir)?;
            let text = whole.to_str().ok_or_else(|| {
                Failure::Dir(dir.clone(), std::io::ErrorKind::InvalidFilename.into())
            })?;
            Span::Project(text.to_owned())
        }
        (None, Some(time)) => Span::For(time.as_millis().try_into().unwrap_or(u64::MAX)),
        (None, None) => Span::UntilReboot,
    })
}
