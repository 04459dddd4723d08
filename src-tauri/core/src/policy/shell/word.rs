//! One word of a command, with its quotes removed and everything that could still change it noted.

use tree_sitter::Node;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// Quotes removed; variables stand as they were written.
    pub(super) text: String,
    /// Variables whose values would come in.
    pub(super) vars: Vec<String>,
    /// Whether it is a pattern over file names.
    pub(super) glob: bool,
    /// Whether it would become several words.
    pub(super) brace: bool,
    /// What in it runs or computes something.
    pub(super) odd: Option<&'static str>,
    /// Whether it holds quotes or backslashes.
    pub(super) quoted: bool,
}

impl Word {
    /// What the word is, where nothing but the text itself decides it.
    pub(super) fn literal(&self) -> Option<&str> {
        (self.vars.is_empty() && !self.brace && self.odd.is_none()).then_some(&self.text)
    }

    /// Whether it may turn into a flag, whatever it looks like.
    pub(super) fn may_become_flag(&self) -> bool {
        !self.vars.is_empty()
            || self.odd.is_some()
            || self.brace
            || self.glob && self.text.starts_with(['*', '?', '[', '-'])
    }

    pub(super) fn of(node: Node<'_>, source: &str) -> Self {
        let mut word = Self::default();
        word.add(node, source);
        word
    }

    fn add(&mut self, node: Node<'_>, source: &str) {
        let raw = source.get(node.byte_range()).unwrap_or_default();
        match node.kind() {
            "word"
            | "number"
            | "test_operator"
            | "regex"
            | "extglob_pattern"
            | "special_variable_name"
            | "variable_name" => self.bare(raw, node, source),
            "raw_string" => {
                self.quoted = true;
                let inner = raw
                    .strip_prefix('\'')
                    .and_then(|raw| raw.strip_suffix('\''));
                match inner {
                    Some(inner) => self.text.push_str(inner),
                    None => self.odd(raw, "an open quote"),
                }
            }
            "string" => self.string(raw, node, source),
            "concatenation" => {
                let mut cursor = node.walk();
                for part in node.children(&mut cursor) {
                    self.add(part, source);
                }
                self.find_brace(raw);
            }
            "simple_expansion" => self.variable(raw, raw.trim_start_matches('$')),
            "expansion" => {
                let name = raw
                    .strip_prefix("${")
                    .and_then(|rest| rest.strip_suffix('}'))
                    .map(|name| name.strip_prefix('#').unwrap_or(name));
                match name {
                    Some(name) if is_name(name) || matches!(name, "?" | "#" | "$" | "!") => {
                        self.variable(raw, name);
                    }
                    _ => self.odd(raw, "an expansion that computes"),
                }
            }
            "command_substitution" => self.odd(raw, "a command within the command"),
            "process_substitution" => self.odd(raw, "a command in place of a file"),
            "arithmetic_expansion" => self.odd(raw, "arithmetic"),
            "brace_expression" => {
                self.brace = true;
                self.text.push_str(raw);
            }
            "ansi_c_string" => self.odd(raw, "text in escapes"),
            _ => self.odd(raw, "a word that is not understood"),
        }
    }

    fn odd(&mut self, raw: &str, why: &'static str) {
        self.odd.get_or_insert(why);
        self.text.push_str(raw);
    }

    fn variable(&mut self, raw: &str, name: &str) {
        self.vars.push(name.to_owned());
        self.text.push_str(raw);
    }

    /// Outside quotes.
    fn bare(&mut self, raw: &str, node: Node<'_>, source: &str) {
        if node.named_child_count() > 0 {
            let mut cursor = node.walk();
            for part in node.named_children(&mut cursor) {
                if part.kind() != "word" {
                    self.odd.get_or_insert("a word that is not understood");
                }
                let _ = source;
            }
        }
        let mut chars = raw.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    self.quoted = true;
                    match chars.next() {
                        Some('\n') | None => {
                            self.odd.get_or_insert("a line that goes on");
                        }
                        Some(next) => self.text.push(next),
                    }
                }
                '*' | '?' | '[' => {
                    self.glob = true;
                    self.text.push(c);
                }
                '`' | '$' | '\'' | '"' | '(' | ')' | '<' | '>' | '|' | '&' | ';' => {
                    self.odd.get_or_insert("a sign that is not understood");
                    self.text.push(c);
                }
                c => self.text.push(c),
            }
        }
        self.find_brace(raw);
    }

    fn find_brace(&mut self, raw: &str) {
        if raw.starts_with("~[") {
            self.odd.get_or_insert("a name that is computed");
        }
        if raw.contains('{') && (raw.contains(',') || raw.contains("..")) {
            self.brace = true;
        }
    }

    /// Within double quotes: the grammar leaves blanks out of its nodes, so the text between is taken.
    fn string(&mut self, raw: &str, node: Node<'_>, source: &str) {
        self.quoted = true;
        if raw.len() < 2 || !raw.starts_with('"') || !raw.ends_with('"') {
            self.odd(raw, "an open quote");
            return;
        }
        let mut at = node.start_byte() + 1;
        let end = node.end_byte() - 1;
        let mut cursor = node.walk();
        for part in node.named_children(&mut cursor) {
            if part.kind() == "string_content" {
                continue;
            }
            self.inner(source.get(at..part.start_byte()).unwrap_or_default());
            self.add(part, source);
            at = part.end_byte();
        }
        self.inner(source.get(at..end).unwrap_or_default());
    }

    fn inner(&mut self, raw: &str) {
        let mut chars = raw.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some(next @ ('"' | '\\' | '$' | '`')) => self.text.push(next),
                    Some('\n') => {
                        self.odd.get_or_insert("a line that goes on");
                    }
                    Some(next) => self.text.extend(['\\', next]),
                    None => self.text.push('\\'),
                },
                '`' => {
                    self.odd.get_or_insert("a command within the command");
                    self.text.push(c);
                }
                c => self.text.push(c),
            }
        }
    }
}

pub(super) fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
