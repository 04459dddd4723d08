//! What a call would touch, read out of its input once, for everything that judges it.

mod fields;
mod walk;

use std::collections::BTreeMap;

use serde_json::Value;
use thumbturn_wire::{Ask, check_strict};

use super::mcp;
use super::shell::{self, Path, Reading};
use crate::push::patched;
use fields::Use;
use walk::Walk;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Of a tool that runs a command line.
    pub shell: Option<Reading>,
    /// The command line itself.
    pub command: Option<String>,
    /// Every path that it names, as it stands there.
    pub paths: Vec<Path>,
    /// Hosts that it names, in lower case and without port.
    pub hosts: Vec<String>,
    /// Server and the tool's own name.
    pub mcp: Option<(String, String)>,
    /// The input's fields; none where it is unreadable.
    pub fields: BTreeMap<String, Value>,
    /// Addresses with a scheme and a host, as they stand there.
    pub urls: Vec<String>,
    /// Whether everything below its paths is read as well.
    pub reads_deep: bool,
    /// Whether it names more than was looked at.
    pub is_cut: bool,
}

impl Seen {
    /// An input in which a key stands twice has no fields: two readers could read two.
    pub fn of(ask: &Ask) -> Self {
        let mut seen = Self {
            mcp: mcp::name(&ask.tool),
            ..Self::default()
        };
        let text = ask.input.text();
        if check_strict(text).is_err() {
            return seen;
        }
        let Ok(fields) = serde_json::from_str::<BTreeMap<String, Value>>(text) else {
            return seen;
        };
        let table = fields::of(ask.agent, &ask.tool);
        let mut walk = Walk::new(table.is_none_or(|table| table.writes));
        for (name, value) in &fields {
            let used = table.map_or(Use::Walk, |table| table.used(name));
            seen.take(ask, used, value, &mut walk);
            if table.is_none() {
                walk.text(name);
            }
        }
        if table.is_some_and(|table| table.searches) {
            seen.reads_deep = ask.tool == "Grep";
            seen.search(ask, &fields);
        }
        seen.add(walk);
        seen.fields = fields;
        seen
    }

    /// Whether a command line is all that it is about.
    pub(super) fn is_plain_shell(&self, ask: &Ask) -> bool {
        let names: Vec<&str> = self.fields.keys().map(String::as_str).collect();
        fields::is_plain_shell(ask.agent, &ask.tool, &names)
    }

    fn take(&mut self, ask: &Ask, used: Use, value: &Value, walk: &mut Walk) {
        match (used, value.as_str()) {
            (Use::Prose, _) => {}
            (Use::Command, Some(command)) => self.command(ask, command),
            (Use::Path, Some(path)) => walk.path(path),
            (Use::Patch, Some(patch)) => patched(patch).for_each(|path| walk.path(path)),
            // What it searches is put together from two fields.
            (Use::Pattern, Some(_)) => {}
            (Use::Host, _) => walk.hosts(value),
            (Use::Walk | Use::Command | Use::Path | Use::Patch | Use::Pattern, _) => {
                walk.value(value);
            }
        }
    }

    fn command(&mut self, ask: &Ask, text: &str) {
        let reading = shell::read(text);
        self.paths.extend(reading.paths.iter().cloned());
        self.paths.extend(moved(&reading));
        self.hosts
            .extend(reading.hosts.iter().map(|host| host.to_lowercase()));
        for command in &reading.commands {
            let argv: Vec<&str> = command
                .argv
                .iter()
                .map(|word| word.as_deref().unwrap_or_default())
                .collect();
            let Some((name, words)) = argv.split_first() else {
                continue;
            };
            self.reads_deep |= DEEP.contains(name);
            let searches_here = ["rg", "ag", "ack"].contains(name)
                || (DEEP.contains(name) && words.iter().any(|word| is_recursive(word)));
            if searches_here {
                self.paths.push(Path {
                    text: ask.cwd.clone(),
                    write: false,
                });
            }
        }
        self.command = Some(text.to_owned());
        self.shell = Some(reading);
    }

    /// What a search goes through: its directory, and its pattern below that.
    fn search(&mut self, ask: &Ask, fields: &BTreeMap<String, Value>) {
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        let base = text("path")
            .or_else(|| text("dir_path"))
            .unwrap_or(&ask.cwd);
        let mut read = |text: String| self.paths.push(Path { text, write: false });
        read(base.to_owned());
        let pattern = if ask.tool == "Glob" {
            text("pattern")
        } else {
            text("glob").or_else(|| text("include_pattern"))
        };
        for pattern in pattern.into_iter().flat_map(alternatives) {
            let is_absolute = pattern.starts_with(['/', '~', '$']);
            read(if is_absolute {
                pattern
            } else {
                format!("{base}/{pattern}")
            });
        }
    }

    fn add(&mut self, walk: Walk) {
        self.is_cut |= walk.is_cut;
        self.paths.extend(walk.paths);
        self.hosts.extend(walk.hosts);
        self.urls.extend(walk.urls);
        self.hosts.sort();
        self.hosts.dedup();
        let mut once = std::collections::BTreeSet::new();
        self.paths
            .retain(|path| once.insert((path.text.clone(), path.write)));
    }
}

/// Programs that read whole trees.
const DEEP: &[&str] = &[
    "grep", "egrep", "fgrep", "zgrep", "rg", "ag", "ack", "diff", "tar", "zip", "cp", "rsync",
    "scp",
];

fn is_recursive(word: &str) -> bool {
    let is_short = word.starts_with('-') && !word.starts_with("--");
    word.ends_with("recursive") || (is_short && word.contains(['r', 'R']))
}

/// Relative paths as they are meant after each `cd` to a place that is known.
fn moved(reading: &Reading) -> Vec<Path> {
    let places = reading.commands.iter().filter_map(|command| {
        let words: Vec<_> = command.argv.iter().map(Option::as_deref).collect();
        match words.as_slice() {
            [Some("cd" | "pushd"), .., Some(to)] => Some(*to),
            [Some("cd"), ..] => Some("~"),
            _ => None,
        }
    });
    let mut moved = Vec::new();
    for place in places {
        let relative = |path: &&Path| !path.text.starts_with(['/', '~', '$']) && path.text != place;
        moved.extend(reading.paths.iter().filter(relative).map(|path| Path {
            text: format!("{place}/{}", path.text),
            write: path.write,
        }));
    }
    moved
}

/// A search takes several patterns with commas or spaces between them.
fn alternatives(pattern: &str) -> Vec<String> {
    let mut all = vec![pattern.to_owned()];
    if pattern.contains([',', ' ']) && !pattern.contains('{') {
        all.extend(
            pattern
                .split([',', ' '])
                .filter(|one| !one.is_empty())
                .map(str::to_owned),
        );
    }
    all
}
