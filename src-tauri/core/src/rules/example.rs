//! Examples that stand beside a rule and are checked when it is read.

use serde::Deserialize;
use thumbturn_wire::Input;

use super::{Rule, RulesError, matching};
use crate::policy::seen::Seen;
use crate::{Agent, Ask, Facts};

/// A command line, or a tool with its input. It runs in `/project`, in a home at `/home/you`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Example {
    Command(String),
    Call { tool: String, input: toml::Table },
}

impl Example {
    fn ask(&self, rule: &Rule) -> Option<Ask> {
        let (tool, input) = match self {
            Self::Command(command) => ("Bash", serde_json::json!({ "command": command })),
            Self::Call { tool, input } => (tool.as_str(), serde_json::to_value(input).ok()?),
        };
        let cwd = rule
            .when
            .projects
            .first()
            .map_or("/project", String::as_str);
        Some(Ask {
            agent: Agent::Claude,
            moment: Default::default(),
            session: "example".to_owned(),
            call: None,
            prompt: Some("example".to_owned()),
            subagent: None,
            cwd: cwd.replacen('~', HOME, 1),
            tool: tool.to_owned(),
            input: Input::try_from(input.to_string()).ok()?,
        })
    }

    fn words(&self) -> String {
        match self {
            Self::Command(command) => format!("{command:?}"),
            Self::Call { tool, input } => format!("{tool} {input}"),
        }
    }
}

const HOME: &str = "/home/you";

pub(super) fn check(rule: &Rule, yes: &[Example], no: &[Example]) -> Result<(), RulesError> {
    let all = yes
        .iter()
        .map(|one| (one, true))
        .chain(no.iter().map(|one| (one, false)));
    for (example, wanted) in all {
        let said = holds(rule, example);
        match (said, wanted) {
            (Ok(()), true) | (Err(_), false) => {}
            (Err(why), true) => {
                let words = format!(
                    "`match` holds {}, which does not match: {why}",
                    example.words()
                );
                return Err(RulesError::at(
                    rule.line,
                    words,
                    "Mend the rule or the example.",
                ));
            }
            (Ok(()), false) => {
                let words = format!("`not_match` holds {}, which matches", example.words());
                return Err(RulesError::at(
                    rule.line,
                    words,
                    "Mend the rule or the example.",
                ));
            }
        }
    }
    Ok(())
}

fn holds(rule: &Rule, example: &Example) -> Result<(), String> {
    let ask = example.ask(rule).ok_or("it is no call")?;
    let seen = Seen::of(&ask);
    let facts = facts(&ask, &seen);
    let call = matching::Call {
        ask: &ask,
        facts: &facts,
        seen: &seen,
    };
    if rule.loosens() {
        call.wholly(&rule.when)
    } else {
        call.anywhere(&rule.when)
    }
}

/// As if no path were a link.
fn facts(ask: &Ask, seen: &Seen) -> Facts {
    let whole = |text: &str| {
        let path = match text.strip_prefix('~') {
            Some(rest) => format!("{HOME}{rest}"),
            None if text.starts_with('/') => text.to_owned(),
            None => format!("{}/{text}", ask.cwd),
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    };
    let paths = seen
        .paths
        .iter()
        .map(|path| (path.text.clone(), whole(&path.text)));
    Facts {
        cwd: Some(ask.cwd.clone()),
        project: Some(ask.cwd.clone()),
        home: Some(HOME.to_owned()),
        paths: paths.collect(),
        ..Facts::default()
    }
}
