//! The walk over the grammar's tree.

mod parts;

use std::cell::RefCell;

use tree_sitter::{Node, Parser};

use super::word::Word;
use super::{Command, Finding, MOST, Path, Reading, classes, small, table};
use crate::policy::{Risk, web};

/// How often a command that is a text for another shell is read again.
const DEPTH: u8 = 3;
/// More simple commands than these in one line are nobody's everyday work.
const COMMANDS: usize = 40;

thread_local! {
    static PARSER: RefCell<Option<Parser>> = RefCell::new(parser());
}

fn parser() -> Option<Parser> {
    let mut parser = Parser::new();
    let language = tree_sitter_bash::LANGUAGE.into();
    parser.set_language(&language).ok().map(|()| parser)
}

pub(super) fn read(command: &str, depth: u8) -> Reading {
    let mut reading = Reading {
        is_whole: true,
        ..Reading::default()
    };
    if let Some(finding) = unreadable(command) {
        reading.is_whole = false;
        reading.findings.push(finding);
    }
    let tree = (command.len() <= MOST)
        .then(|| PARSER.with_borrow_mut(|parser| parser.as_mut()?.parse(command, None)))
        .flatten();
    let Some(tree) = tree else {
        reading.is_whole = false;
        classes::raw(command, &mut reading);
        return reading;
    };
    let mut walk = Walk {
        source: command,
        reading,
        loops: Vec::new(),
        moved: false,
        depth,
    };
    let root = tree.root_node();
    walk.statement(root);
    if root.has_error() || root.end_byte() < command.trim_end().len() {
        walk.unread("it does not parse as a whole");
    }
    let mut reading = walk.reading;
    if !reading.is_whole {
        classes::raw(command, &mut reading);
    }
    if reading.commands.len() > COMMANDS {
        let reason = format!("it runs {} commands", reading.commands.len());
        reading
            .findings
            .push(Finding::new("shell.long", Risk::High, reason));
    }
    reading
}

/// What makes a text unfit to be read by a person or a grammar.
fn unreadable(command: &str) -> Option<Finding> {
    if command.len() > MOST {
        let reason = format!("it is {} bytes long", command.len());
        return Some(Finding::new("shell.long", Risk::High, reason));
    }
    let hides = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || !c.is_ascii() && (c.is_whitespace() || is_invisible(c))
    };
    if let Some(c) = command.chars().find(|c| hides(*c)) {
        let reason = format!(
            "it holds a character that cannot be seen (U+{:04X})",
            u32::from(c)
        );
        return Some(Finding::new("shell.hidden", Risk::High, reason));
    }
    if command.contains("\\\n") {
        let reason = "one of its lines goes on in the next";
        return Some(Finding::new("shell.lines", Risk::Normal, reason));
    }
    None
}

fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0xE000..=0xF8FF | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
}

struct Walk<'a> {
    source: &'a str,
    reading: Reading,
    /// Names that a loop over plain words sets.
    loops: Vec<String>,
    /// Whether `cd` came before.
    moved: bool,
    depth: u8,
}

impl Walk<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        self.source.get(node.byte_range()).unwrap_or_default()
    }

    /// Something that is on no list.
    fn unread(&mut self, reason: &str) {
        self.reading.is_whole = false;
        self.find(Finding::new("shell.form", Risk::Normal, reason));
    }

    fn find(&mut self, finding: Finding) {
        if !self.reading.findings.contains(&finding) {
            self.reading.findings.push(finding);
        }
    }

    fn statement(&mut self, node: Node<'_>) {
        match node.kind() {
            "program" | "list" | "pipeline" | "compound_statement" | "subshell" | "do_group"
            | "else_clause" | "elif_clause" | "if_statement" | "while_statement"
            | "negated_command" => self.inside(node),
            "command" => self.command(node, false),
            "redirected_statement" => self.redirected(node),
            "test_command" => self.test(node),
            "for_statement" => self.repeated(node),
            "comment" => {}
            "variable_assignment" | "variable_assignments" => self.assigned(node),
            _ => self.strange(node),
        }
    }

    fn inside(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.is_error() || child.is_missing() {
                self.strange(child);
            } else if child.is_named() {
                self.statement(child);
            } else {
                self.token(child);
            }
        }
    }

    fn token(&mut self, node: Node<'_>) {
        match node.kind() {
            ";" | "\n" | "&&" | "||" | "|" | "!" | "(" | ")" | "{" | "}" | "if" | "then"
            | "else" | "elif" | "fi" | "do" | "done" | "while" | "for" | "in" => {}
            "&" => {
                if let Some(command) = self.reading.commands.last_mut() {
                    command.has_effects = true;
                }
                self.find(Finding::new(
                    "shell.background",
                    Risk::Normal,
                    "it goes on in the background",
                ));
            }
            _ => self.unread("a form of the shell that is not read"),
        }
    }

    /// A form that is not harmless whatever it holds: its commands are still looked at.
    fn strange(&mut self, node: Node<'_>) {
        let reason = match node.kind() {
            "function_definition" => "it defines a function",
            "command_substitution" => "it runs a command within the command",
            "process_substitution" => "it runs a command in place of a file",
            "declaration_command" | "unset_command" => "it changes the shell's variables",
            "heredoc_redirect" => "it holds a text of its own",
            "case_statement" => "it decides by a pattern",
            _ => "a form of the shell that is not read",
        };
        self.unread(reason);
        self.rummage(node);
    }

    fn rummage(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "command" => self.command(child, true),
                "file_redirect" => self.redirect(child, &mut false),
                "file_descriptor" => {}
                "word" | "raw_string" | "string" | "concatenation" => {
                    let word = Word::of(child, self.source);
                    self.touch(&word.text, true);
                    self.rummage(child);
                }
                _ => self.rummage(child),
            }
        }
    }

    fn assigned(&mut self, node: Node<'_>) {
        let text = self.name_of(node);
        self.reading.is_whole = false;
        self.find(Finding::new("shell.assigns", Risk::Normal, "it sets a variable").flagging(text));
        self.rummage(node);
    }

    /// `TOKEN=`, without what may be a secret.
    fn name_of(&self, node: Node<'_>) -> String {
        let text = self.text(node);
        let (name, _) = text.split_once('=').unwrap_or((text, ""));
        format!("{name}=")
    }

    fn command(&mut self, node: Node<'_>, strange: bool) {
        let mut words: Vec<Word> = Vec::new();
        let mut has_effects = false;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "variable_assignment" => {
                    if !self.is_calm(child) {
                        has_effects = true;
                        let text = self.name_of(child);
                        let reason = "it sets a variable for the command";
                        self.find(
                            Finding::new("shell.assigns", Risk::Normal, reason).flagging(text),
                        );
                        self.rummage(child);
                    }
                }
                "command_name" => {
                    let mut inner = child.walk();
                    let name = child.children(&mut inner).next().unwrap_or(child);
                    words.push(self.word(name));
                }
                "file_redirect" => self.redirect(child, &mut has_effects),
                "herestring_redirect" => self.herestring(child),
                _ if child.is_error() || child.is_missing() => self.strange(child),
                _ if child.is_named() => words.push(self.word(child)),
                "(" | ")" => self.unread("a form of the shell that is not read"),
                _ => self.unread("a form of the shell that is not read"),
            }
        }
        self.judge(&words, has_effects, strange);
    }

    fn word(&mut self, node: Node<'_>) -> Word {
        let word = Word::of(node, self.source);
        if let Some(why) = word.odd {
            self.unread(&format!("it holds {why}"));
            self.find_odd(&word);
            self.rummage(node);
        }
        word
    }

    fn find_odd(&mut self, word: &Word) {
        if word.odd == Some("text in escapes") {
            let reason = "it hides text in escapes";
            self.find(
                Finding::new("shell.disguise", Risk::High, reason).flagging(word.text.clone()),
            );
        }
    }

    /// An assignment that only says how output looks.
    fn is_calm(&self, node: Node<'_>) -> bool {
        let Some((name, value)) = self.text(node).split_once('=') else {
            return false;
        };
        let known = [
            "LANG",
            "TZ",
            "NO_COLOR",
            "COLUMNS",
            "LINES",
            "CLICOLOR",
            "FORCE_COLOR",
            "GIT_OPTIONAL_LOCKS",
        ];
        let calm = known.contains(&name) || name.starts_with("LC_");
        calm && value.chars().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@' | '+')
        }) && !value.starts_with(['/', ':'])
            && !value.contains("..")
    }

    fn judge(&mut self, words: &[Word], has_effects: bool, strange: bool) {
        let argv: Vec<_> = words
            .iter()
            .map(|word| word.literal().map(ToOwned::to_owned))
            .collect();
        let harmless = (!strange).then(|| self.row(words)).flatten();
        let Some((name, rest)) = words.split_first() else {
            return;
        };
        for word in rest {
            self.touch(&word.text, harmless.is_none());
        }
        if name.text.contains('/') {
            self.touch(&name.text, false);
        }
        self.moved |= name.text == "cd";
        self.reading.commands.push(Command {
            argv,
            harmless,
            has_effects,
        });
        if harmless.is_none() {
            for finding in classes::findings(words) {
                self.find(finding);
            }
            self.again(words);
        }
    }

    fn row(&self, words: &[Word]) -> Option<&'static str> {
        let (name, rest) = words.split_first()?;
        if name.quoted || name.glob || name.literal().is_none() {
            return None;
        }
        let speaks = matches!(name.text.as_str(), "echo" | "printf" | "test" | "[");
        let known = |var: &String| {
            speaks
                || matches!(var.as_str(), "HOME" | "PWD" | "?" | "#" | "$" | "!")
                || self.loops.contains(var)
        };
        if !rest
            .iter()
            .all(|word| word.odd.is_none() && word.vars.iter().all(known))
        {
            return None;
        }
        // Some shells read a set behind a variable's name as a place in it, and evaluate that.
        if rest
            .iter()
            .any(|word| !word.vars.is_empty() && word.text.contains('['))
        {
            return None;
        }
        let row = table::row(&name.text, rest, self.moved)?;
        let fed = row != "xargs" || small::tells_names(rest) || self.is_fed_names();
        fed.then_some(row)
    }

    /// Whether what `xargs` is fed are names from below this directory.
    fn is_fed_names(&self) -> bool {
        const LISTS: &[&str] = &["find", "fd", "fdfind", "rg", "ls", "git", "grep"];
        let Some(before) = self.reading.commands.last() else {
            return false;
        };
        let mut words = before.argv.iter().map(Option::as_deref);
        let lists = words
            .next()
            .flatten()
            .is_some_and(|name| LISTS.contains(&name));
        let below = words.all(|word| {
            word.is_some_and(|word| !word.starts_with(['/', '~', '$']) && !word.contains(".."))
        });
        lists && below && !self.moved && before.harmless.is_some()
    }

    /// A shell that is given a text runs that text.
    fn again(&mut self, words: &[Word]) {
        if self.depth >= DEPTH {
            return;
        }
        for text in classes::texts(words) {
            let inner = read(text, self.depth + 1);
            self.reading.is_whole = false;
            self.reading.commands.extend(inner.commands);
            self.reading.paths.extend(inner.paths);
            self.reading.hosts.extend(inner.hosts);
            for finding in inner.findings {
                self.find(finding);
            }
        }
    }

    fn touch(&mut self, text: &str, write: bool) {
        if text.is_empty() || text.len() > 4096 {
            return;
        }
        self.reading.hosts.extend(web::host_of(text));
        if let Some((_, value)) = text.split_once('=') {
            self.reading.hosts.extend(web::host_of(value));
        }
        let path = |text: String| Path { text, write };
        if text.starts_with('-')
            && let Some(glued) = text.find(['/', '~']).and_then(|at| text.get(at..))
        {
            self.reading.paths.push(path(glued.to_owned()));
        }
        self.reading.paths.push(path(text.to_owned()));
    }
}
