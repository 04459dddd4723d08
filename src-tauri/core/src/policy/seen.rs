//! What a call would touch, read out of its input once, for everything that judges it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use thumbturn_wire::{Ask, check_strict};

use super::shell::{self, Path, Reading};
use super::web;

/// The most words of free text that are looked at as paths.
const MOST: usize = 400;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Of a tool that runs a command line.
    pub shell: Option<Reading>,
    /// Every path that it names, as it stands there.
    pub paths: Vec<Path>,
    /// Hosts that it names, in lower case and without port.
    pub hosts: Vec<String>,
    /// Server and the tool's own name.
    pub mcp: Option<(String, String)>,
    /// The input's fields; none where it is unreadable.
    pub fields: BTreeMap<String, Value>,
}

/// What a tool's fields are, by exact name.
enum Kind {
    Shell,
    /// Fields that hold a path that is read.
    Reads(&'static [&'static str]),
    Writes(&'static [&'static str]),
    Web,
    /// Names nothing that it would touch: its texts are for the person or the agent itself.
    Talk,
    /// Whatever looks like a path or an address counts.
    Unknown,
}

fn kind(tool: &str) -> Kind {
    match tool {
        "Bash" | "Monitor" => Kind::Shell,
        "Read" => Kind::Reads(&["file_path"]),
        "Glob" => Kind::Reads(&["path", "pattern"]),
        "Grep" => Kind::Reads(&["path", "glob"]),
        "LSP" => Kind::Reads(&["file_path", "filePath", "path"]),
        "Edit" | "MultiEdit" | "Write" => Kind::Writes(&["file_path"]),
        "NotebookEdit" => Kind::Writes(&["notebook_path"]),
        "WebFetch" => Kind::Web,
        "TodoWrite" | "TaskCreate" | "TaskUpdate" | "TaskGet" | "TaskList" | "AskUserQuestion"
        | "ExitPlanMode" | "EnterPlanMode" | "Agent" | "Task" | "SetGoal" | "WebSearch"
        | "ReportFindings" | "ToolSearch" => Kind::Talk,
        _ => Kind::Unknown,
    }
}

impl Seen {
    pub fn of(ask: &Ask) -> Self {
        let mut seen = Self {
            mcp: mcp(&ask.tool),
            ..Self::default()
        };
        if check_strict(ask.input.text()).is_err() {
            return seen;
        }
        seen.fields = serde_json::from_str(ask.input.text()).unwrap_or_default();
        match kind(&ask.tool) {
            Kind::Shell => seen.read_shell(),
            Kind::Reads(names) => seen.take(names, false),
            Kind::Writes(names) => seen.take(names, true),
            Kind::Web => {
                let address = seen.text("url").unwrap_or_default();
                seen.hosts.extend(web::host(&address));
            }
            Kind::Talk => {}
            Kind::Unknown => seen.walk(),
        }
        seen
    }

    /// One of the input's fields, where it is a text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.fields.get(name)?.as_str().map(ToOwned::to_owned)
    }

    fn read_shell(&mut self) {
        if let Some(command) = self.text("command") {
            let reading = shell::read(&command);
            self.paths.clone_from(&reading.paths);
            self.hosts.clone_from(&reading.hosts);
            self.shell = Some(reading);
        }
        let others = self.fields.iter().filter(|(name, _)| *name != "command");
        let address = others
            .filter_map(|(_, value)| value.as_str())
            .find(|text| text.contains("://"))
            .and_then(web::host);
        self.hosts.extend(address);
    }

    fn take(&mut self, names: &[&str], write: bool) {
        let folder = self.text("path").filter(|_| names.contains(&"pattern"));
        for name in names {
            let Some(text) = self.text(name) else {
                continue;
            };
            // A pattern stands below the folder that is named beside it.
            let text = match &folder {
                Some(folder) if *name == "pattern" && !text.starts_with(['/', '~']) => {
                    format!("{folder}/{text}")
                }
                _ => text,
            };
            // A search prints what lies anywhere below.
            if *name == "path" && !names.contains(&"pattern") {
                self.paths.push(Path {
                    text: format!("{text}/**"),
                    write,
                });
            }
            self.paths.push(Path { text, write });
        }
    }

    fn walk(&mut self) {
        let mut texts = Vec::new();
        for (name, value) in &self.fields {
            texts.push(name.as_str());
            gather(value, &mut texts);
        }
        let mut paths = BTreeSet::new();
        let mut hosts = BTreeSet::new();
        for text in texts {
            hosts.extend(web::host(text));
            if is_path(text) {
                paths.insert(text.to_owned());
            }
            for word in words(text).take(MOST) {
                hosts.extend(web::host(word));
                if is_path(word) {
                    paths.insert(word.to_owned());
                }
            }
        }
        // What the tool does with them is not known.
        let touched = |text| Path { text, write: true };
        self.paths.extend(paths.into_iter().map(touched));
        self.hosts.extend(hosts);
    }
}

fn gather<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                texts.push(name);
                gather(value, texts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '\'' | '`' | ',' | ';' | '=' | '(' | ')' | '[' | ']' | '<' | '>' | '|' | '&'
            )
    })
    .filter(|word| !word.is_empty())
}

fn is_path(text: &str) -> bool {
    text.len() <= 4096
        && (text.contains(['/', '\\']) || text.starts_with(['~', '.', '$']))
        && !text.contains('\n')
}

/// Server and tool of `mcp__server__tool`, where both are plain names.
fn mcp(tool: &str) -> Option<(String, String)> {
    let (server, name) = tool.strip_prefix("mcp__")?.split_once("__")?;
    let is_plain = |name: &str| {
        let mut chars = name.chars();
        chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    let whole = !server.is_empty() && !name.is_empty() && !name.contains("__");
    (whole && is_plain(server) && is_plain(name)).then(|| (server.to_owned(), name.to_owned()))
}
