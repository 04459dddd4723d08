//! What is protected by where it is: what could switch us or an agent's own fences off, what is
//! started without anybody asking, and what holds secrets.

mod glob;
mod rows;
mod spell;
mod table;

use thumbturn_wire::Ask;

use super::seen::Seen;
use super::shell::Path;
use super::{Decision, Facts, Judgement, Risk};
use spell::Spelled;
pub use spell::{From, expand};
use table::{Reach, Table};

/// A kind of protected place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Own,
    Agent,
    Editor,
    StartUp,
    Autostart,
    Git,
    Ci,
    Secret,
    Process,
}

impl Class {
    fn rule(self) -> &'static str {
        match self {
            Self::Own => "paths.own",
            Self::Agent => "paths.agent",
            Self::Editor => "paths.editor",
            Self::StartUp => "paths.startup",
            Self::Autostart => "paths.autostart",
            Self::Git => "paths.git",
            Self::Ci => "paths.ci",
            Self::Secret => "paths.secret",
            Self::Process => "paths.process",
        }
    }

    /// Whether reading there is as bad as writing.
    fn reads(self) -> bool {
        matches!(self, Self::Own | Self::Secret | Self::Process)
    }
}

/// Patterns of one kind with a path that each is about, and what is left out of them.
pub(super) struct Row {
    class: Class,
    why: &'static str,
    at: &'static [(&'static str, &'static str)],
    but: &'static [(&'static str, &'static str)],
}

/// A protected place that a path leads to.
struct Hit {
    class: Class,
    why: &'static str,
    /// Whether the place lies below the path.
    is_below: bool,
}

/// The longest path that a system takes.
pub(super) const LONGEST: usize = 4096;

/// Whether a bare name belongs to something protected wherever it lies.
pub(super) fn is_protected_name(name: &str) -> bool {
    // No such name is a plain word.
    if !name.contains(['.', '_', '*', '?']) {
        return false;
    }
    let spelled = Spelled {
        names: vec![name.to_owned()],
        is_loose: false,
    };
    let reach = Reach {
        write: true,
        deep: false,
    };
    Table::of(false).find(&spelled, reach, None).is_some()
}

/// The strictest that is to be said of the paths that a call names.
pub(super) fn judge(ask: &Ask, facts: &Facts, seen: &Seen) -> Vec<Judgement> {
    let home = facts.home.as_deref();
    let as_written = From {
        cwd: bounded(&ask.cwd),
        home,
    };
    let from = From {
        cwd: bounded(facts.cwd.as_deref().unwrap_or(&ask.cwd)),
        home,
    };
    let both = [as_written, from];
    let ways = match from.cwd == as_written.cwd {
        true => both.split_at(1).0,
        false => &both[..],
    };
    let mut all = Vec::new();
    for path in &seen.paths {
        let reach = Reach {
            write: path.write,
            deep: seen.reads_deep,
        };
        let lead = facts.paths.get(&path.text).map(String::as_str);
        match hit(path, lead, ways, facts, reach) {
            Ok(None) => {}
            Ok(Some(hit)) => all.push(said(path, &hit)),
            Err(TooMany) => all.push(too_many(path)),
        }
    }
    all
}

/// No system has a directory with a longer name.
fn bounded(cwd: &str) -> &str {
    if cwd.len() > LONGEST { "/" } else { cwd }
}

/// A path whose end nobody knows is not harmless to read.
pub(super) fn unresolved(facts: &Facts, seen: &Seen) -> Option<Judgement> {
    let path = seen
        .paths
        .iter()
        .find(|path| !facts.paths.contains_key(&path.text));
    if path.is_none() && !seen.is_cut {
        return None;
    }
    let mut judgement = Judgement::new(
        Decision::Unsure(Risk::Normal),
        "paths.unresolved",
        "where it leads could not be resolved in time",
    );
    judgement.flagged = path.map(|path| path.text.clone()).into_iter().collect();
    Some(judgement)
}

struct TooMany;

fn hit(
    path: &Path,
    lead: Option<&str>,
    ways: &[From<'_>],
    facts: &Facts,
    reach: Reach,
) -> Result<Option<Hit>, TooMany> {
    let table = Table::of(facts.folds_case);
    let home = facts.home.as_deref().map(spell::names);
    let home = home.as_deref();
    let lead = lead.map(|lead| Spelled {
        names: spell::names(lead),
        is_loose: false,
    });
    let mut spelled: Vec<Spelled> = lead.into_iter().collect();
    for from in ways {
        for one in spell::spellings(&path.text, *from).ok_or(TooMany)? {
            if !spelled.contains(&one) {
                spelled.push(one);
            }
        }
    }
    for one in &mut spelled {
        if facts.folds_case {
            one.names
                .iter_mut()
                .for_each(|name| *name = name.to_lowercase());
        }
    }
    let own = spelled.iter().find_map(|one| own(one, facts, reach));
    Ok(own.or_else(|| spelled.iter().find_map(|one| table.find(one, reach, home))))
}

/// Whether it is Thumbturn's, wherever that was installed.
fn own(path: &Spelled, facts: &Facts, reach: Reach) -> Option<Hit> {
    facts.own.iter().find_map(|own| {
        let own = match facts.folds_case {
            true => spell::names(&own.to_lowercase()),
            false => spell::names(own),
        };
        let same = path
            .names
            .iter()
            .zip(&own)
            .all(|(name, own)| glob::overlap(own, name));
        let is_below = path.names.len() < own.len();
        (same && (!is_below || reach.write || reach.deep)).then_some(Hit {
            class: Class::Own,
            why: "belongs to Thumbturn",
            is_below,
        })
    })
}

fn said(path: &Path, hit: &Hit) -> Judgement {
    let reason = match (hit.is_below, path.write) {
        (false, _) => format!("{} {}", path.text, hit.why),
        (true, _) => format!("below {} lies what {}", path.text, hit.why),
    };
    let mut judgement = Judgement::new(Decision::Unsure(Risk::High), hit.class.rule(), reason);
    judgement.floor = true;
    judgement.flagged = vec![path.text.clone()];
    judgement
}

fn too_many(path: &Path) -> Judgement {
    let mut judgement = Judgement::new(
        Decision::Unsure(Risk::High),
        "paths.unreadable",
        "one path stands for more places than can be looked at",
    );
    judgement.flagged = vec![path.text.clone()];
    judgement
}
