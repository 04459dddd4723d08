//! Whether the gate stands in an agent.

use std::path::Path;

use serde_json::Value;
use thumbturn_wire::Agent;

use crate::entries::{self, Program, Role};
use crate::fault::{Fault, Severity};
use crate::homes::{Homes, Tier};
use crate::versions::{self, Version};
use crate::{Read, claude, codex, copilot, gemini, json};

/// What was found of one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    pub agent: Agent,
    /// The strongest tier that holds the entry.
    pub tier: Option<Tier>,
    /// The worst first.
    pub faults: Vec<Fault>,
}

impl Health {
    pub fn is_installed(&self) -> bool {
        self.tier.is_some()
    }

    /// The first thing that keeps the agent from asking.
    pub fn worst(&self) -> Option<&Fault> {
        self.faults
            .iter()
            .find(|fault| fault.severity() == Severity::Broken)
    }
}

/// Reads every settings file that has a say. `version` is the agent's own, where it is known;
/// `hook` tells what is wrong with the program that an entry starts.
pub fn check(
    agent: Agent,
    homes: &Homes,
    program: &Program,
    version: Option<Version>,
    hook: &dyn Fn(&Path) -> Option<Fault>,
    read: Read<'_>,
) -> Health {
    let mut faults = Vec::new();
    let mut tier = None;
    for one in Tier::ALL {
        let Some(path) = homes.settings(agent, one) else {
            continue;
        };
        let found = file(agent, &path, program, hook, read);
        if found.holds_ours && tier.is_none() {
            tier = Some(one);
        }
        // What is wrong with a file that never held the gate is none of our business, unless
        // the agent reads no other one then either.
        if found.holds_ours || found.spoils_others {
            faults.extend(found.faults);
        }
        if found.holds_ours && agent == Agent::Codex && one != Tier::Managed {
            faults.extend(untrusted(homes, &path, read));
        }
    }
    if tier.is_none() {
        faults.push(Fault::NotInstalled);
    }
    if tier != Some(Tier::Managed) {
        faults.extend(switches(agent, homes, read));
    }
    if let Some(version) = version.filter(|version| versions::is_old(agent, *version)) {
        faults.push(Fault::AgentOld {
            found: version.to_string(),
            floor: versions::floor(agent).to_string(),
        });
    }
    faults.sort_by_key(|fault| std::cmp::Reverse(fault.severity()));
    faults.dedup();
    Health {
        agent,
        tier,
        faults,
    }
}

/// Whether an agent would still ask after its settings changed to what they are now.
pub fn still_stands(agent: Agent, homes: &Homes, program: &Program, read: Read<'_>) -> bool {
    let health = check(agent, homes, program, None, &|_| None, read);
    health.is_installed() && health.worst().is_none()
}

/// What was found in one settings file.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) holds_ours: bool,
    pub(crate) spoils_others: bool,
    pub(crate) faults: Vec<Fault>,
}

fn file(
    agent: Agent,
    path: &Path,
    program: &Program,
    hook: &dyn Fn(&Path) -> Option<Fault>,
    read: Read<'_>,
) -> Found {
    let text = match read(path) {
        Ok(Some(text)) => text,
        Ok(None) => return Found::default(),
        Err(error) => {
            return Found {
                spoils_others: true,
                faults: vec![Fault::Unreadable {
                    path: path.to_owned(),
                    words: error.to_string(),
                }],
                ..Found::default()
            };
        }
    };
    let holds_ours = text.contains(entries::NAME);
    let value = match json::loose(&text) {
        Ok(value) => value,
        Err(words) => {
            return Found {
                holds_ours,
                spoils_others: agent == Agent::Claude,
                faults: vec![Fault::Unreadable {
                    path: path.to_owned(),
                    words,
                }],
            };
        }
    };
    let mut faults = Vec::new();
    if reads_strictly(agent)
        && let Err(words) = json::strict(&text)
    {
        faults.push(Fault::Ignored {
            path: path.to_owned(),
            words,
        });
    }
    faults.extend(match agent {
        Agent::Claude => claude::malformed(path, &value),
        Agent::Codex => codex::malformed(path, &value),
        Agent::Gemini => gemini::malformed(path, &value),
        Agent::Copilot => copilot::malformed(path, &value),
    });
    let mut found = Found {
        holds_ours: false,
        spoils_others: false,
        faults,
    };
    the_entries(agent, path, program, &value, hook, &mut found);
    found.holds_ours |= holds_ours;
    found
}

/// Gemini CLI takes comments out before it reads.
fn reads_strictly(agent: Agent) -> bool {
    match agent {
        Agent::Claude | Agent::Codex | Agent::Copilot => true,
        Agent::Gemini => false,
    }
}

fn the_entries(
    agent: Agent,
    path: &Path,
    program: &Program,
    value: &Value,
    hook: &dyn Fn(&Path) -> Option<Fault>,
    found: &mut Found,
) {
    let lists = value.get("hooks").and_then(Value::as_object);
    let handlers = |event: &str| -> Vec<(Value, Value)> {
        let list = lists
            .and_then(|lists| lists.get(event))
            .and_then(Value::as_array);
        list.into_iter().flatten().flat_map(in_groups).collect()
    };
    for entry in program.entries(agent) {
        let all = handlers(entry.event);
        let ours: Vec<_> = all
            .iter()
            .filter(|(_, hook)| entries::is_ours(hook))
            .collect();
        let (_, wanted) = in_groups(&entry.value).pop().unwrap_or_default();
        found.holds_ours |= !ours.is_empty();
        if ours.is_empty() {
            found.faults.push(Fault::EventMissing {
                path: path.to_owned(),
                event: entry.event.to_owned(),
            });
        }
        for (group, handler) in ours {
            if let Some(what) = differs(agent, entry.role, group, handler, &wanted) {
                found.faults.push(Fault::EntryChanged {
                    path: path.to_owned(),
                    event: entry.event.to_owned(),
                    what,
                });
            }
            found.faults.extend(starts(path, handler, hook));
        }
        if entry.role == Role::Ask {
            let rivals = all.iter().filter(|(_, hook)| !entries::is_ours(hook));
            found.faults.extend(rivals.map(|(_, hook)| Fault::Rival {
                path: path.to_owned(),
                command: brief(hook),
            }));
        }
    }
    if !found.holds_ours {
        found
            .faults
            .retain(|fault| !matches!(fault, Fault::EventMissing { .. }));
    }
}

/// Each handler of an element, with the group that it stands in.
fn in_groups(element: &Value) -> Vec<(Value, Value)> {
    match element.get("hooks").and_then(Value::as_array) {
        Some(handlers) => handlers
            .iter()
            .map(|handler| (element.clone(), handler.clone()))
            .collect(),
        None => vec![(Value::Null, element.clone())],
    }
}

/// What the program that a handler starts lacks.
fn starts(path: &Path, handler: &Value, hook: &dyn Fn(&Path) -> Option<Fault>) -> Option<Fault> {
    let program = entries::program_of(handler)?;
    if !program.starts_with('/') {
        return Some(Fault::HookRelative {
            path: path.to_owned(),
            command: program,
        });
    }
    hook(Path::new(&program))
}

/// In which way a handler is weaker than ours.
fn differs(
    agent: Agent,
    role: Role,
    group: &Value,
    handler: &Value,
    wanted: &Value,
) -> Option<String> {
    if role != Role::Ask {
        return None;
    }
    let narrow = group
        .get("matcher")
        .and_then(Value::as_str)
        .filter(|matcher| !["*", ".*", ""].contains(matcher));
    if let Some(matcher) = narrow {
        return Some(format!("is for `{matcher}` alone"));
    }
    for key in ["if", "once"] {
        if handler.get(key).is_some() {
            return Some(format!("has a condition, `{key}`"));
        }
    }
    for key in ["async", "asyncRewake"] {
        if handler
            .get(key)
            .is_some_and(|value| *value != Value::Bool(false))
        {
            return Some(format!("is `{key}`, so that nobody waits for its answer"));
        }
    }
    let timeout = if agent == Agent::Copilot {
        "timeoutSec"
    } else {
        "timeout"
    };
    let (found, least) = (handler.get(timeout), wanted.get(timeout));
    if found.and_then(Value::as_u64) < least.and_then(Value::as_u64) {
        let found = found.map_or("missing".to_owned(), Value::to_string);
        return Some(format!("has a `{timeout}` of {found}, which is too short"));
    }
    if agent == Agent::Claude {
        if handler.get("onFailure").and_then(Value::as_str) != Some("block") {
            return Some("lacks `\"onFailure\": \"block\"`".to_owned());
        }
        if handler.get("args").is_none() {
            return Some("goes through a shell, which may print or fail".to_owned());
        }
    }
    let words = |handler: &Value| -> Option<String> {
        let args = handler.get("args").map(Value::to_string);
        let line = handler.get("command").or_else(|| handler.get("bash"));
        args.or_else(|| line.map(Value::to_string))
    };
    let says = words(handler).unwrap_or_default();
    let named = agent.word();
    (!says.contains(named)).then(|| format!("does not say that it is for {}", agent.name()))
}

fn brief(handler: &Value) -> String {
    let text = ["command", "bash", "url", "type"]
        .iter()
        .find_map(|key| handler.get(*key).and_then(Value::as_str));
    thumbturn_wire::plain(text.unwrap_or("?"), 80)
}

fn untrusted(homes: &Homes, path: &Path, read: Read<'_>) -> Vec<Fault> {
    let text = |path: &Path| read(path).ok().flatten().unwrap_or_default();
    let hooks = json::loose(&text(path)).unwrap_or_default();
    let config = text(&codex::config(homes));
    let missing = codex::untrusted(path, &hooks, &config);
    missing
        .into_iter()
        .map(|trust| Fault::Untrusted {
            path: path.to_owned(),
            event: trust.event,
        })
        .collect()
}

fn switches(agent: Agent, homes: &Homes, read: Read<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for path in homes.switches(agent) {
        let Ok(Some(text)) = read(&path) else {
            continue;
        };
        let off = match agent {
            Agent::Claude => claude::switched_off(&text),
            Agent::Codex => codex::switched_off(&text),
            Agent::Gemini => gemini::switched_off(&text),
            Agent::Copilot => copilot::switched_off(&text),
        };
        faults.extend(off.map(|key| Fault::SwitchedOff { path, key }));
    }
    if agent == Agent::Claude {
        let path = homes.claude_managed();
        let text = read(&path).ok().flatten().unwrap_or_default();
        let value = json::loose(&text).unwrap_or_default();
        if value.get("allowManagedHooksOnly") == Some(&Value::Bool(true)) {
            faults.push(Fault::ManagedOnly { path });
        }
    }
    faults
}
