//! Every string in an input at any depth, keys too, for what looks like a path or an address.

use serde_json::Value;

use super::super::paths::{LONGEST, is_protected_name};
use super::super::web;
use super::Path;

/// More paths, or more hosts, than this are not looked at.
const MOST: usize = 200;

/// Words of all texts together that are looked at.
const WORDS: usize = 4000;

/// The longest name that a file system takes.
const NAME: usize = 255;

#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) paths: Vec<Path>,
    pub(super) hosts: Vec<String>,
    pub(super) urls: Vec<String>,
    pub(super) is_cut: bool,
    writes: bool,
    words: usize,
}

impl Walk {
    pub(super) fn new(writes: bool) -> Self {
        Self {
            writes,
            ..Self::default()
        }
    }

    /// No deeper than JSON itself may be, which `serde_json` bounds.
    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.text(text),
            Value::Array(all) => all.iter().for_each(|value| self.value(value)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.text(key);
                    self.value(value);
                }
            }
        }
    }

    pub(super) fn path(&mut self, text: &str) {
        if self.paths.len() >= MOST || text.len() > LONGEST {
            self.is_cut = true;
            return;
        }
        self.paths.push(Path {
            text: text.to_owned(),
            write: self.writes,
        });
    }

    pub(super) fn hosts(&mut self, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(host) => self.host(host),
            Value::Array(all) => all.iter().for_each(|value| self.hosts(value)),
            Value::Object(_) => self.value(value),
        }
    }

    fn host(&mut self, host: &str) {
        if host.is_empty() {
            return;
        }
        if self.hosts.len() >= MOST {
            self.is_cut = true;
            return;
        }
        self.hosts.push(host.to_lowercase());
    }

    /// A path of its own, or words with paths and addresses among them.
    pub(super) fn text(&mut self, text: &str) {
        let is_one = !text.contains(char::is_whitespace) || text.starts_with(['/', '~', '.', '$']);
        if is_one && !text.contains("://") && text.len() <= LONGEST && is_path_like(text) {
            self.path(text);
        }
        if is_one && text.contains("://") {
            self.word(text, text);
        }
        for word in text
            .split(|c: char| c.is_whitespace() || c.is_control() || "\"'`<>()[]{},;|=&".contains(c))
        {
            self.words += 1;
            self.is_cut |= self.words > WORDS;
            if self.is_cut {
                return;
            }
            self.word(word, text);
        }
    }

    fn word(&mut self, word: &str, whole: &str) {
        let word = word.trim_end_matches([':', '!']);
        if word.is_empty() {
            return;
        }
        let scheme = word.split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            Some(scheme) if scheme.eq_ignore_ascii_case("file") => self.path(word),
            Some(_) => {
                self.host(&web::host_of(word).unwrap_or_default());
                self.urls.push(word.to_owned());
            }
            None if web::is_inner_word(word) => self.host(web::without_port(word)),
            None if word != whole && is_path_like(word) => self.path(word),
            None => {}
        }
    }
}

fn is_path_like(word: &str) -> bool {
    let variable = word
        .strip_prefix('$')
        .map(|name| name.trim_start_matches('{'));
    word.starts_with('~')
        || variable
            .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
        || word.contains(['/', '\\'])
        || word
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("file:"))
        || word.contains("%2")
        || (word.len() <= NAME && is_protected_name(word))
        || (word.starts_with('.') && word.len() > 1)
}
