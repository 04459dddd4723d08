//! One ask on its way through the house, and what the agent makes of the answer.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::asks::{Ask, Tap, Wanted};
use crate::stage::{Said, Stage, talk};
use crate::stop::{Done, Stop};
use crate::tenant::{Push, Tenant};
use crate::terminal::{self, Tone, below, line, seconds};

/// Characters of a line of the phone that are shown here.
const WIDTH: usize = 90;

pub(super) struct Turn<'a, 'b> {
    pub(super) stage: &'a mut Stage<'b>,
    pub(super) tenant: &'a mut Tenant,
    /// Taps by itself.
    pub(super) auto: bool,
}

/// What the agent does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Allow,
    Deny,
    NoWord,
}

#[derive(Default)]
pub(super) struct Tally {
    approved: usize,
    denied: usize,
    silent: usize,
}

impl Turn<'_, '_> {
    /// # Errors
    /// Where the hook answers what no agent understands, or otherwise than it must.
    pub(super) fn take(&mut self, number: usize, ask: &Ask) -> Done<Outcome> {
        terminal::text("");
        let asked = format!("{}  {}", ask.tool, ask.gist);
        line(Tone::Plain, &format!("{number} asks"), &asked);
        let pushes = self.tenant.pushes()?;
        let seen: BTreeSet<String> = pushes.into_iter().map(|push| push.txid).collect();
        let start = Instant::now();
        let said = self.ask(number, ask, &seen)?;
        let time = seconds(start.elapsed());
        let push = fresh(self.tenant, &seen)?;
        show(push.as_ref());
        let outcome = understand(&said)?;
        let (tone, words) = outcome.told();
        line(tone, "  agent", &format!("{words}, after {time}"));
        if let Some(reason) = reason(&said) {
            below(Tone::Plain, &reason);
        }
        self.check(ask, outcome, push.is_some())?;
        Ok(outcome)
    }

    /// Runs the hook as the agent would, tapping meanwhile if nobody else does.
    fn ask(&mut self, number: usize, ask: &Ask, seen: &BTreeSet<String>) -> Done<Said> {
        let mut hook = self.stage.hook();
        let (start, mut looked) = (Instant::now(), Instant::now());
        let mut tapped = false;
        talk(&mut hook, &ask.payload(number), || {
            self.stage.still_there()?;
            self.tenant.still_there()?;
            if looked.elapsed() < Duration::from_millis(100) {
                return Ok(());
            }
            looked = Instant::now();
            if !self.auto {
                let waited = seconds(start.elapsed());
                terminal::progress(&format!("waiting for your thumb · {waited}"));
            } else if !tapped {
                tapped = tap(self.tenant, ask, seen)?;
            }
            Ok(())
        })
    }

    /// With nobody there, a wrong answer must not look like a right one.
    fn check(&self, ask: &Ask, outcome: Outcome, rang: bool) -> Done {
        let (expected, rings) = match ask.wanted {
            Wanted::NoWord => (Outcome::NoWord, false),
            Wanted::Thumb { tap, .. } => (Outcome::of(tap), true),
        };
        let tool = ask.tool;
        if rang && !rings {
            return Err(Stop::because(format!("{tool} rang a phone and must not")));
        }
        if rings && !rang {
            return Err(Stop::because(format!("{tool} rang no phone and must")));
        }
        if self.auto && outcome != expected {
            let words = format!("{tool} came to {outcome:?}, not {expected:?}");
            return Err(Stop::because(words));
        }
        Ok(())
    }
}

fn fresh(tenant: &Tenant, seen: &BTreeSet<String>) -> Done<Option<Push>> {
    let mut pushes = tenant.pushes()?.into_iter();
    Ok(pushes.rfind(|push| !seen.contains(&push.txid)))
}

fn tap(tenant: &Tenant, ask: &Ask, seen: &BTreeSet<String>) -> Done<bool> {
    let Some(push) = fresh(tenant, seen)?.filter(|push| push.rings) else {
        return Ok(false);
    };
    match ask.wanted {
        Wanted::NoWord => {
            let words = format!("{} rang a phone and must not", ask.tool);
            Err(Stop::because(words))
        }
        Wanted::Thumb { shows, .. } if !push.shows(shows) => {
            let words = format!("the phone does not show `{shows}` but {:?}", push.lines);
            Err(Stop::because(words))
        }
        Wanted::Thumb { tap, .. } => tenant.tap(&push, tap.word()).map(|()| true),
    }
}

/// What the person saw.
fn show(push: Option<&Push>) {
    let Some(push) = push else {
        line(Tone::Quiet, "  phone", "did not ring");
        return;
    };
    for (row, (name, text)) in push.lines.iter().enumerate() {
        let text = format!("{name}: {}", text.replace('\n', " ⏎ "));
        let text: String = text.chars().take(WIDTH).collect();
        line(Tone::Quiet, if row == 0 { "  phone" } else { "" }, &text);
    }
}

/// Reads the answer as Claude Code does: exit code first, then the decision on stdout.
fn understand(said: &Said) -> Done<Outcome> {
    let decision = output(said, "permissionDecision");
    match (said.status, decision.as_deref()) {
        (Some(2), _) => Ok(Outcome::Deny),
        (Some(0), Some("allow")) => Ok(Outcome::Allow),
        (Some(0), None) if said.out.is_empty() => Ok(Outcome::NoWord),
        (status, _) => Err(Stop::because(format!(
            "the hook answered what no agent understands: {status:?}, {:?}, {:?}",
            said.out, said.err
        ))),
    }
}

fn reason(said: &Said) -> Option<String> {
    output(said, "permissionDecisionReason").map(|words| format!("“{words}”"))
}

fn output(said: &Said, name: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(&said.out).ok()?;
    let field = answer.get("hookSpecificOutput")?.get(name)?;
    field.as_str().map(str::to_owned)
}

impl Outcome {
    fn of(tap: Tap) -> Self {
        match tap {
            Tap::Approve => Self::Allow,
            Tap::Deny => Self::Deny,
        }
    }

    fn told(self) -> (Tone, &'static str) {
        match self {
            Self::Allow => (Tone::Good, "allow (exit 0): the tool runs"),
            Self::Deny => (Tone::Bad, "deny (exit 2): the tool does not run"),
            Self::NoWord => (Tone::Plain, "no word (exit 0): the agent asks its own way"),
        }
    }
}

impl Tally {
    pub(super) fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Allow => self.approved += 1,
            Outcome::Deny => self.denied += 1,
            Outcome::NoWord => self.silent += 1,
        }
    }

    pub(super) fn words(&self) -> String {
        let Self {
            approved,
            denied,
            silent,
        } = self;
        format!("{approved} approved, {denied} denied, {silent} rang no phone")
    }
}
