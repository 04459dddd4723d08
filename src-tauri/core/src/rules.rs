//! The rules that a person writes, in the order in which they are tried.
//!
//! A rule that loosens (no push, the agent's own question, a grant) holds only where everything of
//! a call is known and everything of it matches. One that tightens holds where anything of it
//! matches. Nothing loosens what is compiled in: protected paths, classes that always ring, high risk.

mod command;
mod draft;
mod error;
mod example;
mod file;
mod matching;
mod star;

use sha2::{Digest as _, Sha256};

pub use error::RulesError;

use crate::policy::McpReads;
use crate::policy::seen::Seen;
use crate::push::Disclosure;
use crate::{Ask, Covers, Decision, Facts, Judgement, Life, Means, Offer, Risk, RuleId};
use command::Pattern;

/// The rules in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    mcp_reads: McpReads,
    disclosure: Disclosure,
    ordered: Vec<Rule>,
    /// The SHA-256 of their text, in hex; none where there is no text.
    digest: String,
    /// What tests say of tools that do not exist.
    #[cfg(feature = "scripted")]
    scripted: std::collections::BTreeMap<String, Judgement>,
}

/// One rule, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub name: String,
    /// Where it stands in its file, from 1.
    pub line: usize,
    pub action: Action,
    pub factor: Option<Means>,
    pub grant: Option<Grants>,
    pub note: Option<String>,
    pub link: Option<String>,
    when: When,
}

/// What a project's own file of rules says. A repository is written by others: its rules may only tighten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProjectRules {
    #[default]
    None,
    Some(Vec<Rule>),
    /// They may have been strict: while they cannot be read, everything rings. What is wrong, in words.
    Broken(String),
}

/// What a rule does to what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// No word: the agent's own rules apply.
    Skip,
    Push,
    /// The agent's own question, where its dialect has a safe one; else a push.
    Ask,
    Deny,
}

/// What an approval under a rule covers besides the call itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    life: Life,
    most: u32,
    /// What it is about, for the card: two rules that say the same share their grants.
    covers: String,
    /// Whether it is for the very same call alone.
    is_same: bool,
}

/// All that a rule looks at. What is empty matches anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct When {
    agents: Vec<String>,
    tools: Vec<String>,
    commands: Vec<Pattern>,
    paths: Vec<String>,
    hosts: Vec<String>,
    projects: Vec<String>,
    server: Option<String>,
    mcp_tool: Option<String>,
    args: Vec<(String, String)>,
}

/// Why a judgement is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub judgement: Judgement,
    /// Name and line of the rule that decided, where one did.
    pub rule: Option<(String, usize)>,
    /// Name, line, and why it did not decide.
    pub losers: Vec<(String, usize, String)>,
}

impl Default for Rules {
    fn default() -> Self {
        // A test reads them; without any, everything unsure rings.
        Self::parse(Self::SHIPPED).unwrap_or_else(|_| Self::none())
    }
}

impl Rules {
    /// What stands in a new home.
    pub const SHIPPED: &str = include_str!("rules/shipped.toml");

    /// The file's JSON Schema.
    pub const SCHEMA: &str = include_str!("../rules.schema.json");

    /// No rule at all: whatever is not plainly harmless rings.
    pub fn none() -> Self {
        Self {
            mcp_reads: McpReads::default(),
            disclosure: Disclosure::default(),
            ordered: Vec::new(),
            digest: String::new(),
            #[cfg(feature = "scripted")]
            scripted: std::collections::BTreeMap::new(),
        }
    }

    /// One judgement for each of these tools, by exact name.
    #[cfg(feature = "scripted")]
    pub fn scripted(scripted: std::collections::BTreeMap<String, Judgement>) -> Self {
        Self {
            scripted,
            ..Self::none()
        }
    }

    /// # Errors
    /// What is wrong, where, and what to write instead. An example that does not hold is an error.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        file::parse(text)
    }

    pub fn list(&self) -> &[Rule] {
        &self.ordered
    }

    /// The SHA-256 of their text, in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub fn mcp_reads(&self) -> McpReads {
        self.mcp_reads
    }

    pub fn disclosure(&self) -> Disclosure {
        self.disclosure
    }

    /// What becomes of a judgement under them. They never loosen its floor.
    pub(crate) fn apply(
        &self,
        ask: &Ask,
        facts: &Facts,
        seen: &Seen,
        judgement: Judgement,
    ) -> Judgement {
        #[cfg(feature = "scripted")]
        if let Some(scripted) = self.scripted.get(&ask.tool).filter(|_| !judgement.floor) {
            return scripted.clone();
        }
        let call = matching::Call { ask, facts, seen };
        let first = self
            .ordered
            .iter()
            .find(|rule| rule.decides(&call, &judgement).is_ok());
        let ruled = match first {
            Some(rule) => rule.ruled(&call, judgement),
            None => judgement,
        };
        let project = match &facts.project_rules {
            ProjectRules::None => return ruled,
            ProjectRules::Some(rules) => rules,
            ProjectRules::Broken(words) => return broken(ruled, words),
        };
        let first = project
            .iter()
            .find(|rule| rule.decides(&call, &ruled).is_ok());
        match first {
            Some(rule) => Judgement {
                rule: RuleId(format!("project.{}", rule.name)),
                ..rule.ruled(&call, ruled)
            },
            None => ruled,
        }
    }

    /// What [`crate::policy::judge`] says, and why each rule had no say.
    pub fn explain(&self, ask: &Ask, facts: &Facts) -> Explanation {
        let seen = Seen::of(ask);
        let call = matching::Call {
            ask,
            facts,
            seen: &seen,
        };
        let by_itself = crate::policy::by_itself(ask, facts, &seen, self.mcp_reads);
        let mut rule = None;
        let mut losers = Vec::new();
        let project = match &facts.project_rules {
            ProjectRules::None | ProjectRules::Broken(_) => &[][..],
            ProjectRules::Some(rules) => rules,
        };
        for one in project.iter().chain(&self.ordered) {
            match one.decides(&call, &by_itself) {
                Ok(()) if rule.is_none() => rule = Some((one.name.clone(), one.line)),
                Ok(()) => losers.push((
                    one.name.clone(),
                    one.line,
                    "an earlier rule decides".to_owned(),
                )),
                Err(why) => losers.push((one.name.clone(), one.line, why)),
            }
        }
        let judgement = self.apply(ask, facts, &seen, by_itself);
        Explanation {
            judgement,
            rule,
            losers,
        }
    }
}

impl ProjectRules {
    /// Where they lie below a project's directory.
    pub const FILE: &str = ".thumbturn/rules.toml";

    pub fn parse(text: &str) -> Self {
        let rules = match Rules::parse(text) {
            Ok(rules) => rules,
            Err(error) => return Self::Broken(error.to_string()),
        };
        let none = Rules::none();
        if rules.mcp_reads != none.mcp_reads || rules.disclosure != none.disclosure {
            let words = "a project's file holds rules alone: no `mcp_reads`, no `disclosure`";
            return Self::Broken(words.to_owned());
        }
        match rules.ordered.iter().find(|rule| rule.loosens()) {
            Some(rule) => Self::Broken(format!(
                "line {}: a project may only tighten, and the rule `{}` would loosen. \
                 Use `action = \"push\"` without a grant, or \"deny\".",
                rule.line, rule.name
            )),
            None => Self::Some(rules.ordered),
        }
    }
}

fn broken(judgement: Judgement, words: &str) -> Judgement {
    let mut judgement = judgement;
    judgement.decision = judgement.decision.max(Decision::Unsure(Risk::Normal));
    judgement.terms.offer = None;
    judgement.terms.agent_may_ask = false;
    let reason = format!("the project's own rules cannot be read: {words}");
    judgement.reasons.insert(0, reason);
    judgement.rule = RuleId("project.unreadable".to_owned());
    judgement
}

impl Rule {
    /// What it matches, one condition each, for a person.
    pub fn conditions(&self) -> Vec<(String, String)> {
        let when = &self.when;
        let commands: Vec<_> = when.commands.iter().map(ToString::to_string).collect();
        let mcp: Vec<_> = [&when.server, &when.mcp_tool]
            .into_iter()
            .flatten()
            .cloned()
            .chain(
                when.args
                    .iter()
                    .map(|(name, value)| format!("{name}={value}")),
            )
            .collect();
        [
            ("agent", &when.agents),
            ("tool", &when.tools),
            ("command", &commands),
            ("path", &when.paths),
            ("mcp", &mcp),
            ("host", &when.hosts),
            ("project", &when.projects),
        ]
        .into_iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(name, all)| (name.to_owned(), all.join(", ")))
        .collect()
    }

    /// What an approval under it covers besides the call, in words.
    pub fn grants(&self) -> Option<String> {
        let grant = self.grant.as_ref()?;
        let length = match grant.life {
            Life::Minutes(minutes) => format!("for {minutes} minutes"),
            Life::Prompt => "until the prompt ends".to_owned(),
            Life::Session => "until the session ends".to_owned(),
        };
        Some(format!(
            "One approval covers {} {length}, at most {} times",
            grant.covers, grant.most
        ))
    }

    fn loosens(&self) -> bool {
        matches!(self.action, Action::Skip | Action::Ask) || self.grant.is_some()
    }

    /// Whether it has a say on this call; else why not.
    fn decides(&self, call: &matching::Call<'_>, judgement: &Judgement) -> Result<(), String> {
        if self.loosens() {
            if judgement.decision == Decision::Harmless {
                return Err("the call is harmless as it is".to_owned());
            }
            if judgement.floor {
                return Err(format!("nothing loosens `{}`", judgement.rule.0));
            }
            if judgement.decision > Decision::Unsure(Risk::Normal) {
                return Err("no rule loosens what is of high risk".to_owned());
            }
            return call.wholly(&self.when);
        }
        call.anywhere(&self.when)
    }

    fn ruled(&self, call: &matching::Call<'_>, judgement: Judgement) -> Judgement {
        let mut ruled = judgement;
        if ruled.decision == Decision::Forbidden {
            return ruled;
        }
        let means = self.factor.unwrap_or_default();
        ruled.terms.means = ruled.terms.means.max(means);
        ruled.terms.note = self.note.clone().or(ruled.terms.note);
        ruled.terms.link = self.link.clone().or(ruled.terms.link);
        let reason = format!("the rule {} says so", self.name);
        match self.action {
            Action::Skip => {
                ruled.decision = Decision::Harmless;
                ruled.reasons = vec![reason];
            }
            Action::Deny => {
                ruled.decision = Decision::Forbidden;
                ruled.reasons.insert(0, reason);
            }
            Action::Push | Action::Ask => {
                ruled.decision = ruled.decision.max(Decision::Unsure(Risk::Normal));
                ruled.terms.agent_may_ask = self.action == Action::Ask;
                ruled.terms.offer = self.offer(call, &ruled);
            }
        }
        ruled.rule = RuleId(format!("rules.{}", self.name));
        ruled
    }

    /// The grant that an approval would make, bound to the project and the host of this very call.
    fn offer(&self, call: &matching::Call<'_>, judgement: &Judgement) -> Option<Offer> {
        let grant = self.grant.as_ref()?;
        let normal = judgement.decision == Decision::Unsure(Risk::Normal) && !judgement.floor;
        if !normal || grant.life == Life::Prompt && call.ask.prompt.is_none() {
            return None;
        }
        let covers = if grant.is_same {
            Covers::Same(same(call.ask))
        } else {
            let bound = !self.when.commands.is_empty() || !self.when.paths.is_empty();
            let project = match bound {
                true => Some(call.project()?),
                false => None,
            };
            let host = match call.seen.hosts.as_slice() {
                [] => None,
                [host] => Some(host.clone()),
                _ => return None,
            };
            Covers::Rule {
                rule: RuleId(grant.covers.clone()),
                what: grant.covers.clone(),
                project,
                host,
            }
        };
        Some(Offer {
            covers,
            life: grant.life,
            most: grant.most,
        })
    }
}

/// Names one call: tool, input byte for byte, and directory.
fn same(ask: &Ask) -> String {
    let mut digest = Sha256::new();
    for part in [&ask.tool, ask.input.text(), &ask.cwd] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
