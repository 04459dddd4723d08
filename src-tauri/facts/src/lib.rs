//! What only the file system knows about an ask. Nothing is written, and nothing is opened but what git keeps
//! and the project's own rules.
//!
//! Everything here may block: a path can lie on a file system that does not answer. Whoever cannot wait calls
//! it on a thread of its own.

mod project;
mod walk;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use thumbturn_core::policy::paths::{From, expand};
use thumbturn_core::{Ask, Facts, ProjectRules};
use thumbturn_wire::Paths;

/// Further paths of one ask are not resolved.
const MOST: usize = 200;

/// Our programs, wherever they lie beside each other.
const PROGRAMS: &[&str] = &[
    "thumbturn",
    "thumbturn-hook",
    "thumbturn-tray",
    "thumbturn-window",
];

/// What is the same for every ask of this user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    home: Option<String>,
    own: Vec<String>,
    folds_case: bool,
}

impl Place {
    /// The user's, with the programs that lie beside `program`.
    pub fn new(paths: &Paths, program: Option<&Path>) -> Self {
        let beside = program.and_then(Path::parent);
        let programs = beside
            .into_iter()
            .flat_map(|dir| PROGRAMS.iter().map(|name| dir.join(name)));
        let endpoints = paths.endpoints();
        let runs = endpoints
            .iter()
            .filter_map(|file| file.parent())
            .map(Path::to_owned);
        let own = [
            paths.config().to_owned(),
            paths.state().to_owned(),
            paths.pin().to_owned(),
        ]
        .into_iter()
        .chain(runs)
        .chain(programs);
        Self {
            home: walk::lead(paths.home(), &mut walk::Steps::unbounded()),
            own: own
                .filter_map(|path| walk::lead(&path, &mut walk::Steps::unbounded()))
                .collect(),
            folds_case: folds_case(paths.home()),
        }
    }

    /// What is known of every ask without looking: for one whose paths do not answer in time.
    pub fn alone(&self) -> Facts {
        Facts {
            home: self.home.clone(),
            own: self.own.clone(),
            folds_case: self.folds_case,
            ..Facts::default()
        }
    }

    /// Resolves the ask's directory and those of the `wanted` paths that can be resolved until `deadline`.
    pub fn resolve(&self, ask: &Ask, wanted: &[String], deadline: Instant) -> Facts {
        let mut steps = walk::Steps::until(deadline);
        let cwd = walk::existing(Path::new(&ask.cwd), &mut steps);
        let project = cwd
            .as_deref()
            .and_then(|cwd| project::of(Path::new(cwd), &steps));
        let branch = project
            .as_deref()
            .and_then(|dir| project::branch(Path::new(dir)));
        let project_rules = project
            .as_deref()
            .or(cwd.as_deref())
            .map_or(ProjectRules::None, |dir| project::rules(Path::new(dir)));
        let mut facts = Facts {
            cwd,
            project,
            branch,
            project_rules,
            ..self.alone()
        };
        let from = From {
            cwd: &ask.cwd,
            home: self.home.as_deref(),
        };
        for text in wanted.iter().take(MOST) {
            let path = PathBuf::from(expand(text, from));
            if let Some(lead) = walk::lead(&path, &mut steps) {
                facts.paths.insert(text.clone(), lead);
            }
        }
        facts
    }
}

/// Whether a home's own name in the other case is the same directory.
fn folds_case(home: &Path) -> bool {
    let swap = |c: char| match c.is_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    let Some(name) = home.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    let swapped: String = name.chars().map(swap).collect();
    let same = |other: &Path| Some((home.metadata().ok()?, other.metadata().ok()?));
    swapped != name
        && same(&home.with_file_name(swapped))
            .is_some_and(|(a, b)| (a.dev(), a.ino()) == (b.dev(), b.ino()))
}
