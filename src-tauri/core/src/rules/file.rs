//! The file that rules are written in.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use toml::Spanned;

use super::command::Pattern;
use super::{Action, Grants, Rule, Rules, RulesError, When, example};
use crate::policy::McpReads;
use crate::push::Disclosure;
use crate::{Life, Means};

/// The longest name and the longest words for a card.
const NAME: usize = 40;
const WORDS: usize = 80;
/// The most uses of a grant, unless a rule says fewer.
const MOST: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Option<Spanned<u32>>,
    #[serde(default)]
    mcp_reads: McpReads,
    #[serde(default)]
    disclosure: Disclosure,
    #[serde(default)]
    rule: Vec<Spanned<Written>>,
}

/// One rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    agent: Many,
    #[serde(default)]
    tool: Many,
    #[serde(default)]
    command: Many,
    #[serde(default)]
    path: Many,
    #[serde(default)]
    host: Many,
    #[serde(default)]
    project: Many,
    mcp: Option<Mcp>,
    action: Action,
    factor: Option<Means>,
    grant: Option<Granted>,
    note: Option<String>,
    link: Option<String>,
    #[serde(default, rename = "match")]
    yes: Vec<example::Example>,
    #[serde(default, rename = "not_match")]
    no: Vec<example::Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mcp {
    server: Option<String>,
    tool: Option<String>,
    #[serde(default)]
    args: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    /// "10m", "2h", "prompt" or "session".
    #[serde(rename = "for")]
    life: String,
    covers: Option<String>,
    most: Option<u32>,
    #[serde(default)]
    of: Of,
}

#[derive(Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Of {
    #[default]
    Rule,
    Same,
}

/// One text or several.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Many {
    #[default]
    None,
    One(String),
    More(Vec<String>),
}

impl Many {
    fn list(self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(text) => vec![text],
            Self::More(texts) => texts,
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Rules, RulesError> {
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let words: Vec<_> = error.message().lines().collect();
        RulesError::at(
            line_of(text, at),
            words.join(", "),
            "`thumbturn rules schema` lists every key.",
        )
    })?;
    if let Some(version) = &file.version
        && *version.get_ref() != 1
    {
        let words = format!(
            "`version` is {}, and this Thumbturn reads 1",
            version.get_ref()
        );
        return Err(RulesError::at(
            line_of(text, version.span().start),
            words,
            "Write 1.",
        ));
    }
    let mut ordered: Vec<Rule> = Vec::new();
    for written in file.rule {
        let line = line_of(text, written.span().start);
        let rule = checked(written.into_inner(), line)?;
        if let Some(other) = ordered.iter().find(|other| other.name == rule.name) {
            let words = format!("`name` is \"{}\", as in line {}", rule.name, other.line);
            return Err(RulesError::at(
                line,
                words,
                "Give each rule a name of its own.",
            ));
        }
        ordered.push(rule);
    }
    Ok(Rules {
        mcp_reads: file.mcp_reads,
        disclosure: file.disclosure,
        ordered,
        digest: Sha256::digest(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        #[cfg(feature = "scripted")]
        scripted: std::collections::BTreeMap::new(),
    })
}

/// From 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    1 + before.matches('\n').count()
}

fn checked(written: Written, line: usize) -> Result<Rule, RulesError> {
    let wrong = |words: String, next: &str| Err(RulesError::at(line, words, next));
    let name = written.name;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > NAME || !name.chars().all(plain) {
        return wrong(
            format!("`name` is {name:?}"),
            "Use up to 40 letters, digits, dots and dashes.",
        );
    }
    let mut commands = Vec::new();
    for text in written.command.list() {
        match Pattern::new(&text) {
            Some(pattern) => commands.push(pattern),
            None => {
                return wrong(
                    format!("`command` is {text:?}, which names no program"),
                    "Begin with the program's name, such as \"cargo test ...\".",
                );
            }
        }
    }
    let mcp = written.mcp.unwrap_or(Mcp {
        server: None,
        tool: None,
        args: std::collections::BTreeMap::new(),
    });
    let when = When {
        agents: written.agent.list(),
        tools: written.tool.list(),
        commands,
        paths: written.path.list(),
        hosts: written.host.list(),
        projects: written.project.list(),
        server: mcp.server,
        mcp_tool: mcp.tool,
        args: mcp.args.into_iter().collect(),
    };
    let grant = match written.grant {
        Some(granted) => Some(grants(granted, &name, line)?),
        None => None,
    };
    if grant.is_some() && written.action != Action::Push {
        return wrong(
            "`grant` stands beside an action that is no push".to_owned(),
            "Use `action = \"push\"`.",
        );
    }
    let rule = Rule {
        name,
        line,
        action: written.action,
        factor: written.factor,
        grant,
        note: written.note,
        link: written.link,
        when,
    };
    if rule.loosens() && !rule.when.is_narrow() {
        return wrong(
            format!("the rule `{}` would loosen everything", rule.name),
            "Name a tool, a command, a path, a host or an MCP server.",
        );
    }
    example::check(&rule, &written.yes, &written.no)?;
    Ok(rule)
}

impl When {
    /// Whether it names what it is about.
    fn is_narrow(&self) -> bool {
        let tools = !self.tools.is_empty() && !self.tools.iter().any(|tool| tool.starts_with('*'));
        tools
            || !self.commands.is_empty()
            || !self.paths.is_empty()
            || !self.hosts.is_empty()
            || self.server.is_some()
    }
}

fn grants(granted: Granted, name: &str, line: usize) -> Result<Grants, RulesError> {
    let minutes = |text: &str, each: u32| text.parse::<u32>().ok().map(|n| n.saturating_mul(each));
    let life = match granted.life.as_str() {
        "prompt" => Some(Life::Prompt),
        "session" => Some(Life::Session),
        text => text
            .strip_suffix('m')
            .and_then(|text| minutes(text, 1))
            .or_else(|| text.strip_suffix('h').and_then(|text| minutes(text, 60)))
            .filter(|minutes| (1..=480).contains(minutes))
            .map(Life::Minutes),
    };
    let Some(life) = life else {
        let words = format!("`grant.for` is {:?}", granted.life);
        return Err(RulesError::at(
            line,
            words,
            "Write \"prompt\", \"session\", or a time up to \"8h\", such as \"10m\".",
        ));
    };
    let covers = granted
        .covers
        .unwrap_or_else(|| format!("what the rule {name} matches"));
    let most = granted.most.unwrap_or(MOST);
    if covers.trim().is_empty() || covers.len() > WORDS || covers.chars().any(char::is_control) {
        let words = "`grant.covers` is empty or too long".to_owned();
        return Err(RulesError::at(
            line,
            words,
            "Say in up to 80 characters what the tap covers.",
        ));
    }
    if !(1..=1000).contains(&most) {
        let words = format!("`grant.most` is {most}");
        return Err(RulesError::at(
            line,
            words,
            "Write a number from 1 to 1000.",
        ));
    }
    Ok(Grants {
        life,
        most,
        covers,
        is_same: granted.of == Of::Same,
    })
}
