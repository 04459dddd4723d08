//! What an edit changes: how many lines come and go, and the first of them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::title::{Fields, text};
use crate::redact::grouped;

/// The changed lines that are shown of one edit.
const LINES: usize = 10;
/// The files that are listed of one patch.
const FILES: usize = 12;

/// What agents call the text of a patch.
pub(super) const KEYS: [&str; 3] = ["command", "input", "patch"];

/// What the call changes in files, with the fields that say so taken out of `fields`.
pub(super) fn of(tool: &str, fields: &mut Fields<'_>) -> Option<String> {
    match tool {
        "Edit" => edit(fields),
        "Write" => write(fields),
        "NotebookEdit" => notebook(fields),
        "MultiEdit" => edits(fields),
        "apply_patch" => patch(fields),
        _ => None,
    }
}

fn edit(fields: &mut Fields<'_>) -> Option<String> {
    let [old, new] = match fields.contains_key("old_string") {
        true => ["old_string", "new_string"],
        false => ["old_str", "new_str"],
    };
    let (old, new) = (taken(fields, old)?, taken(fields, new)?);
    let everywhere = fields
        .get("replace_all")
        .is_some_and(|all| all.get() == "true");
    if fields
        .get("replace_all")
        .is_some_and(|all| matches!(all.get(), "true" | "false"))
    {
        fields.remove("replace_all");
    }
    let places = if everywhere {
        ", everywhere in the file"
    } else {
        ""
    };
    let change = Change::between(&old, &new);
    Some(format!(
        "{}{places}{}",
        change.counts(),
        change.lines(LINES)
    ))
}

fn write(fields: &mut Fields<'_>) -> Option<String> {
    let content = taken(fields, "content").or_else(|| taken(fields, "file_text"))?;
    let change = Change::between("", &content);
    let lines = plural(change.came.len(), "line");
    Some(format!("the whole file, {lines}{}", change.lines(LINES)))
}

fn notebook(fields: &mut Fields<'_>) -> Option<String> {
    let source = taken(fields, "new_source")?;
    let mut part = |key| fields.remove(key).map(text);
    let (mode, cell, kind) = (part("edit_mode"), part("cell_id"), part("cell_type"));
    let change = Change::between("", &source);
    Some(format!(
        "{} {}cell {}, {}{}",
        mode.as_deref().unwrap_or("replace"),
        kind.map(|kind| format!("{kind} ")).unwrap_or_default(),
        cell.as_deref().unwrap_or("at the top"),
        plural(change.came.len(), "line"),
        change.lines(LINES)
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    old_string: String,
    new_string: String,
    #[serde(default)]
    replace_all: bool,
}

fn edits(fields: &mut Fields<'_>) -> Option<String> {
    let edits: Vec<Edit> = serde_json::from_str(fields.get("edits")?.get()).ok()?;
    fields.remove("edits");
    let changes: Vec<_> = edits
        .iter()
        .map(|edit| {
            (
                Change::between(&edit.old_string, &edit.new_string),
                edit.replace_all,
            )
        })
        .collect();
    let each = (LINES / changes.len().max(1)).max(2);
    let shown = changes.iter().take(FILES).map(|(change, everywhere)| {
        let places = if *everywhere { ", everywhere" } else { "" };
        format!(" \n {}{places}{}", change.counts(), change.lines(each))
    });
    let shown: String = shown.collect();
    Some(format!(
        "{}{shown}{}",
        plural(changes.len(), "edit"),
        more(changes.len(), FILES, "edit")
    ))
}

fn patch(fields: &mut Fields<'_>) -> Option<String> {
    let key = KEYS.into_iter().find(|key| fields.contains_key(*key))?;
    let patch = taken(fields, key)?;
    let mut files: Vec<File<'_>> = Vec::new();
    let mut first = Vec::new();
    for line in patch.lines() {
        if let Some((deed, path)) = begins_file(line) {
            files.push(File {
                path,
                deed,
                came: 0,
                went: 0,
            });
        } else if let Some(path) = moves_to(line) {
            files.push(File {
                path,
                deed: "moved to here",
                came: 0,
                went: 0,
            });
        } else if let Some(file) = files.last_mut() {
            let came = line.starts_with('+');
            let went = line.starts_with('-') && !line.starts_with("--- ");
            file.came += usize::from(came);
            file.went += usize::from(went);
            if (came || went) && first.len() < LINES {
                first.push(line);
            }
        }
    }
    if files.is_empty() {
        return Some(patch);
    }
    let listed: String = files.iter().take(FILES).map(File::words).collect();
    let lines: String = first.iter().map(|line| format!(" \n {line}")).collect();
    let count = plural(files.len(), "file");
    Some(format!(
        "{count}{listed}{}{lines}",
        more(files.len(), FILES, "file")
    ))
}

struct File<'a> {
    path: &'a str,
    deed: &'static str,
    came: usize,
    went: usize,
}

impl File<'_> {
    fn words(&self) -> String {
        let deed = if self.deed.is_empty() {
            String::new()
        } else {
            format!(", {}", self.deed)
        };
        format!(" \n {} +{} −{}{deed}", self.path, self.came, self.went)
    }
}

/// Every file that a patch names. Whoever applies it may not mind blanks around a line.
pub(crate) fn patched(patch: &str) -> impl Iterator<Item = &str> {
    patch.lines().filter_map(|line| {
        let begun = begins_file(line).map(|(_, path)| path);
        begun.or_else(|| moves_to(line))
    })
}

fn moves_to(line: &str) -> Option<&str> {
    line.trim().strip_prefix("*** Move to: ")
}

fn begins_file(line: &str) -> Option<(&'static str, &str)> {
    const STARTS: [(&str, &str); 4] = [
        ("*** Add File: ", "new"),
        ("*** Update File: ", ""),
        ("*** Delete File: ", "deleted"),
        ("+++ ", ""),
    ];
    STARTS
        .iter()
        .find_map(|(start, deed)| line.trim().strip_prefix(start).map(|path| (*deed, path)))
}

/// Lines that go and lines that come, without those that stay at either end.
struct Change<'a> {
    went: Vec<&'a str>,
    came: Vec<&'a str>,
}

impl<'a> Change<'a> {
    fn between(old: &'a str, new: &'a str) -> Self {
        let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
        let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let most = old.len().min(new.len()) - head;
        let tail = old.iter().rev().zip(new.iter().rev());
        let tail = tail.take(most).take_while(|(a, b)| a == b).count();
        let middle = |lines: &[&'a str]| {
            lines
                .get(head..lines.len() - tail)
                .unwrap_or_default()
                .to_vec()
        };
        Self {
            went: middle(&old),
            came: middle(&new),
        }
    }

    fn counts(&self) -> String {
        if self.went.is_empty() && self.came.is_empty() {
            return "no line, or its ending alone".to_owned();
        }
        format!("+{} −{}", self.came.len(), self.went.len())
    }

    /// The first of them, each on a line of its own. Both kinds get their share.
    fn lines(&self, most: usize) -> String {
        let half = most / 2;
        let went = self.went.len().min(most - self.came.len().min(half));
        let came = self.came.len().min(most - went);
        let went_lines = self.went.iter().take(went);
        let came_lines = self.came.iter().take(came);
        let shown = went_lines.clone().chain(came_lines.clone());
        let depth = |line: &&str| line.len() - line.trim_start_matches(' ').len();
        let indent = shown.filter(|line| !line.is_empty()).map(depth).min();
        let cut = |line: &&'a str| line.get(indent.unwrap_or(0)..).unwrap_or_default();
        let gone = went_lines.map(|line| format!(" \n − {}", cut(line)));
        let here = came_lines.map(|line| format!(" \n + {}", cut(line)));
        let all = self.went.len() + self.came.len();
        let shown: String = gone.chain(here).collect();
        format!("{shown}{}", more(all, went + came, "changed line"))
    }
}

fn more(all: usize, shown: usize, thing: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        left => format!(" \n … {} more", plural(left, thing)),
    }
}

fn plural(count: usize, thing: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{} {thing}{end}", grouped(count))
}

/// A text among the fields. Anything else stays there, to be shown as it is.
fn taken(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    let value: &RawValue = fields.get(key)?;
    let text = serde_json::from_str(value.get()).ok()?;
    fields.remove(key);
    Some(text)
}
