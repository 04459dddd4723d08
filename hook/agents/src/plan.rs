//! What `install` and `uninstall` would change, before anything is changed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thumbturn_wire::Agent;

use crate::edit::EditError;
use crate::entries::Program;
use crate::homes::{Homes, Tier};
use crate::{Kept, Read, codex, entries, instruction, json};

/// One file, and what it holds before and after. `None` is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: PathBuf,
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Change {
    /// Lines that come and go, with some around them, each with its sign.
    pub fn diff(&self) -> Vec<(char, String)> {
        let (before, after) = (
            self.before.as_deref().unwrap_or_default(),
            self.after.as_deref().unwrap_or_default(),
        );
        let diff = similar::TextDiff::from_lines(before, after);
        let mut lines = Vec::new();
        for (at, group) in diff.grouped_ops(AROUND).iter().enumerate() {
            if at > 0 {
                lines.push(('…', String::new()));
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let sign = match change.tag() {
                    similar::ChangeTag::Delete => '-',
                    similar::ChangeTag::Insert => '+',
                    similar::ChangeTag::Equal => ' ',
                };
                let line = change.value().trim_end_matches(['\n', '\r']);
                lines.push((sign, line.to_owned()));
            }
        }
        lines
    }
}

/// Lines shown around each change.
const AROUND: usize = 2;

/// Changes that belong together, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub agent: Agent,
    pub tier: Tier,
    pub changes: Vec<Change>,
}

impl Plan {
    /// Whether everything stands as it should already.
    pub fn is_done(&self) -> bool {
        self.changes
            .iter()
            .all(|change| change.before == change.after)
    }

    /// The files that would be another.
    pub fn real(&self) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(|change| change.before != change.after)
    }
}

/// What puts the gate into an agent.
///
/// # Errors
/// Where a settings file cannot be read or edited. Nothing is changed then.
pub fn install(
    agent: Agent,
    tier: Tier,
    homes: &Homes,
    program: &Program,
    read: Read<'_>,
) -> Result<Plan, EditError> {
    let settings = settings(homes, agent, tier)?;
    let before = text(read, &settings)?;
    let entries = program.entries(agent);
    let after = json::insert(
        &settings,
        before.as_deref().unwrap_or_default(),
        &entries,
        &defaults(agent, tier),
    )?;
    let mut changes = vec![Change {
        path: settings.clone(),
        before: before.clone(),
        after: Some(after.clone()),
    }];
    if agent == Agent::Codex && tier != Tier::Managed {
        let earlier = before.as_deref();
        changes.push(codex::trust(homes, &settings, earlier, &after, read)?);
    }
    if tier != Tier::Managed {
        let path = instruction::path(homes, agent);
        changes.push(Change {
            before: text(read, &path)?,
            after: Some(instruction::text(program)),
            path,
        });
    }
    Ok(Plan {
        agent,
        tier,
        changes,
    })
}

/// What is left of a file without what is ours.
type Without<'a> = &'a dyn Fn(&Path, &str) -> Result<Option<String>, EditError>;

/// What takes the gate out of an agent. A file that nobody touched since is as it was before.
///
/// # Errors
/// Where a settings file cannot be read or edited. Nothing is changed then.
pub fn uninstall(
    agent: Agent,
    tier: Tier,
    homes: &Homes,
    kept: &[Kept],
    read: Read<'_>,
) -> Result<Plan, EditError> {
    let settings = settings(homes, agent, tier)?;
    let trusted = codex::ours(&settings, text(read, &settings)?.as_deref());
    let mut changes = Vec::new();
    let mut out = |path: PathBuf, without: Without<'_>| {
        let known = kept.iter().find(|kept| kept.path == path);
        let Some(before) = text(read, &path)? else {
            // What is gone already is still to be forgotten.
            changes.extend(known.map(|_| Change {
                path,
                before: None,
                after: None,
            }));
            return Ok(());
        };
        let untouched = known.filter(|kept| kept.is(&before));
        let after = match untouched.map(|kept| kept.before.as_deref()) {
            // We may have come upon an entry of ours: an older one, or one that somebody broke.
            Some(Some(earlier)) if holds_ours(earlier, &trusted) => without(&path, earlier)?,
            Some(earlier) => earlier.map(str::to_owned),
            None => without(&path, &before)?,
        };
        changes.push(Change {
            path,
            before: Some(before),
            after,
        });
        Ok(())
    };
    out(settings.clone(), &|path, text| {
        match json::remove(path, text, &defaults(agent, tier)) {
            // Nothing in it is ours, so it is somebody else's to mend.
            Err(_) if !text.contains(entries::NAME) => Ok(Some(text.to_owned())),
            removed => removed,
        }
    })?;
    if agent == Agent::Codex && tier != Tier::Managed {
        out(
            codex::config(homes),
            &|path, text| match codex::without_trust(path, text, &trusted) {
                Err(_) if trusted.is_empty() => Ok(Some(text.to_owned())),
                removed => removed,
            },
        )?;
    }
    // An entry in another file still needs the instruction.
    let stands_elsewhere = Tier::ALL.into_iter().any(|other| {
        let file = homes.settings(agent, other).filter(|_| other != tier);
        let text = file.and_then(|file| read(&file).ok().flatten());
        text.is_some_and(|text| text.contains(entries::NAME))
    });
    if tier != Tier::Managed && !stands_elsewhere {
        out(instruction::path(homes, agent), &|_, _| Ok(None))?;
    }
    Ok(Plan {
        agent,
        tier,
        changes,
    })
}

fn holds_ours(text: &str, trusted: &[String]) -> bool {
    text.contains(entries::NAME) || trusted.iter().any(|key| text.contains(key))
}

fn settings(homes: &Homes, agent: Agent, tier: Tier) -> Result<PathBuf, EditError> {
    homes
        .settings(agent, tier)
        .ok_or_else(|| EditError::new(Path::new("."), "is in no project"))
}

fn text(read: Read<'_>, path: &Path) -> Result<Option<String>, EditError> {
    read(path).map_err(|error| EditError::new(path, format!("cannot be read: {error}")))
}

/// Keys that a file of ours has besides.
pub(crate) fn defaults(agent: Agent, tier: Tier) -> Vec<(&'static str, Value)> {
    match (agent, tier) {
        (Agent::Copilot, _) => vec![("version", json!(1))],
        (Agent::Claude, Tier::Managed) => vec![
            ("allowManagedHooksOnly", json!(true)),
            (
                "permissions",
                json!({ "disableBypassPermissionsMode": "disable" }),
            ),
        ],
        (Agent::Claude | Agent::Codex | Agent::Gemini, _) => Vec::new(),
    }
}
