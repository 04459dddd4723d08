//! Rules written from calls that were asked, for a person to look at before one is kept.

use super::command::{Pattern, written};
use super::{Rule, Rules};
use crate::policy::seen::Seen;
use crate::policy::shell::Command;
use crate::{Ask, Decision, Facts, Means, Risk, policy};

impl Rule {
    /// A rule for calls like this one. `None` where no rule could name it.
    pub fn like(ask: &Ask, name: &str) -> Option<String> {
        let condition = condition(ask, &Seen::of(ask))?;
        Some(format!(
            "[[rule]]\nname = {}\n{condition}\naction = \"push\"   # or \"skip\", \"deny\"\n",
            quoted(name)
        ))
    }
}

impl Rules {
    /// A rule by which one approval of this very call would do for the rest of its session. `None` where
    /// it is risky, where the rules cover it already, or where the new one would not.
    pub fn suggestion(&self, ask: &Ask, facts: &Facts, name: &str) -> Option<String> {
        let now = policy::judge(ask, facts, self);
        let may = now.decision == Decision::Unsure(Risk::Normal)
            && !now.floor
            && now.terms.means == Means::Push
            && now.terms.offer.is_none();
        if !may {
            return None;
        }
        let condition = condition(ask, &Seen::of(ask))?;
        let text = format!(
            "[[rule]]\nname = {}\n{condition}\naction = \"push\"\n\
             grant = {{ for = \"session\", of = \"same\", covers = \"this very call\" }}\n",
            quoted(name)
        );
        let mut with = Self::parse(&text).ok()?;
        with.mcp_reads = self.mcp_reads;
        let then = policy::judge(ask, facts, &with);
        then.terms.offer.is_some().then_some(text)
    }
}

fn condition(ask: &Ask, seen: &Seen) -> Option<String> {
    let tool = || format!("tool = {}", quoted(&ask.tool));
    if let Some(reading) = &seen.shell {
        let acts = |command: &&Command| command.harmless.is_none() || command.has_effects;
        let named = |command: &Command| {
            let argv: Option<Vec<&str>> = command.argv.iter().map(Option::as_deref).collect();
            argv.and_then(|argv| written(&argv))
                .filter(|text| Pattern::new(text).is_some())
        };
        let acting = reading.commands.iter().filter(acts);
        let mut commands: Vec<String> = acting.filter_map(named).collect();
        commands.dedup();
        return match commands.as_slice() {
            [] => None,
            [one] => Some(format!("command = {}", quoted(one))),
            more => Some(format!("command = {}", list(more))),
        };
    }
    if let Some((server, tool)) = &seen.mcp {
        let (server, tool) = (quoted(server), quoted(tool));
        return Some(format!("mcp = {{ server = {server}, tool = {tool} }}"));
    }
    if !seen.hosts.is_empty() {
        return Some(format!("{}\nhost = {}", tool(), list(&seen.hosts)));
    }
    let paths: Vec<_> = seen.paths.iter().map(|path| path.text.clone()).collect();
    if paths.is_empty() || paths.iter().any(|path| path.contains('*')) {
        return Some(tool());
    }
    Some(format!("{}\npath = {}", tool(), list(&paths)))
}

fn list(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A string of TOML, in single quotes where it holds double ones.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
