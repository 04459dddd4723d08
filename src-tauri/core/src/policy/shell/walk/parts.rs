//! Redirections, loops and tests.

use tree_sitter::Node;

use super::Walk;
use crate::policy::Risk;
use crate::policy::shell::word::Word;
use crate::policy::shell::{Command, Finding};

impl Walk<'_> {
    pub(super) fn redirected(&mut self, node: Node<'_>) {
        let before = self.reading.commands.len();
        let mut writes = false;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "file_redirect" => self.redirect(child, &mut writes),
                "herestring_redirect" => self.herestring(child),
                "heredoc_redirect" => self.strange(child),
                _ if child.is_named() => self.statement(child),
                _ => self.token(child),
            }
        }
        if writes {
            for command in self.reading.commands.iter_mut().skip(before) {
                command.has_effects = true;
            }
        }
    }

    pub(super) fn herestring(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            let word = Word::of(child, self.source);
            if let Some(why) = word.odd {
                self.unread(&format!("it holds {why}"));
                self.rummage(child);
            }
        }
    }

    pub(super) fn redirect(&mut self, node: Node<'_>, writes: &mut bool) {
        let target = node.child_by_field_name("destination");
        let word = target.map(|target| Word::of(target, self.source));
        let mut cursor = node.walk();
        let sign = node
            .children(&mut cursor)
            .find(|child| !child.is_named())
            .map(|child| child.kind().to_owned())
            .unwrap_or_default();
        let Some(word) = word else {
            self.unread("a redirection that is not read");
            return;
        };
        let mut targets = node.walk();
        if node
            .children_by_field_name("destination", &mut targets)
            .count()
            > 1
        {
            self.unread("words behind a redirection");
            self.rummage(node);
        }
        if let Some(target) = target
            && let Some(why) = word.odd
        {
            self.unread(&format!("it holds {why}"));
            self.rummage(target);
        }
        let text = word.text.clone();
        let is_number = text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty();
        if matches!(sign.as_str(), ">&" | "<&") && (is_number || text == "-") {
            return;
        }
        let network = text.starts_with("/dev/tcp/") || text.starts_with("/dev/udp/");
        if network {
            let host = text.split('/').nth(3).unwrap_or_default().to_owned();
            self.reading.hosts.push(host);
            let reason = "it opens a connection";
            self.find(Finding::new("shell.network", Risk::High, reason).flagging(text.clone()));
        }
        if sign == "<" {
            self.touch(&text, false);
            if word.literal().is_none() || word.glob {
                self.unread("it reads a file whose name is not plain");
            }
            return;
        }
        let nowhere = ["/dev/null", "/dev/stdout", "/dev/stderr"].contains(&text.as_str());
        if nowhere
            && word.literal().is_some()
            && matches!(sign.as_str(), ">" | ">>" | "&>" | "&>>" | ">|")
        {
            return;
        }
        *writes = true;
        self.touch(&text, true);
        let reason = format!("it writes to {text}");
        self.find(Finding::new("shell.redirect", Risk::Normal, reason).flagging(text));
    }

    pub(super) fn repeated(&mut self, node: Node<'_>) {
        let mut plain = true;
        let mut cursor = node.walk();
        let mut name = String::new();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "variable_name" => name = self.text(child).to_owned(),
                "do_group" => {
                    if plain {
                        self.loops.push(name.clone());
                    }
                    self.statement(child);
                }
                "select" => self.unread("it asks"),
                _ if child.is_named() => {
                    let word = Word::of(child, self.source);
                    self.touch(&word.text, false);
                    if word.odd.is_some() || !word.vars.is_empty() {
                        plain = false;
                        self.strange(child);
                    }
                }
                _ => self.token(child),
            }
        }
    }

    /// `[ … ]` and `[[ … ]]`, without what evaluates its operands.
    pub(super) fn test(&mut self, node: Node<'_>) {
        let mut words = Vec::new();
        let ok = self.tested(node, &mut words);
        for word in &words {
            self.touch(&word.text, false);
        }
        let argv = words
            .iter()
            .map(|word| word.literal().map(ToOwned::to_owned));
        self.reading.commands.push(Command {
            argv: std::iter::once(Some("test".to_owned()))
                .chain(argv)
                .collect(),
            harmless: ok.then_some("test"),
            has_effects: false,
        });
        if !ok {
            self.unread("a test that evaluates what it tests");
            self.rummage(node);
        }
    }

    pub(super) fn tested(&self, node: Node<'_>, words: &mut Vec<Word>) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor).all(|child| {
            let raw = self.text(child);
            match child.kind() {
                "[" | "]" | "[[" | "]]" | "!" | "&&" | "||" | "=" | "==" | "!=" | "(" | ")" => true,
                "test_operator" => matches!(
                    raw,
                    "-f" | "-d"
                        | "-e"
                        | "-r"
                        | "-w"
                        | "-x"
                        | "-s"
                        | "-L"
                        | "-h"
                        | "-z"
                        | "-n"
                        | "-b"
                        | "-c"
                        | "-p"
                        | "-S"
                        | "-nt"
                        | "-ot"
                        | "-ef"
                        | "!"
                ),
                "unary_expression"
                | "binary_expression"
                | "parenthesized_expression"
                | "negated_command" => self.tested(child, words),
                "word" | "number" | "string" | "raw_string" | "concatenation"
                | "simple_expansion" | "expansion" | "regex" | "extglob_pattern" => {
                    let word = Word::of(child, self.source);
                    let ok = word.odd.is_none();
                    words.push(word);
                    ok
                }
                _ => false,
            }
        })
    }
}
