//! The page of rules: edits are tried and kept here, and an edit is kept only over an approved push.

use sha2::{Digest as _, Sha256};
use thumbturn_core::{
    Action, Click, Decision, Deed, Desk, Entry, Event, Means, Record, Rules, Setting, Subject,
    Verdict, policy,
};
use thumbturn_pipe::{Change, Draft, Rule, Rules as Page, RulesEdit, Tried};
use thumbturn_wire::{plain, write_private};

use super::Runtime;
use crate::rules::{self, edit};

/// How many decisions an edit is tried on.
const LAST: usize = 500;
/// The most of them that are listed.
const LISTED: usize = 100;

/// What stands between a click and its approval.
#[derive(Debug, Default)]
pub(crate) struct Editing {
    draft: Option<Draft>,
    /// The digest of the new text, the new text, and the text that it was made from.
    pending: Option<(String, String, String)>,
    /// Why the file as it stands is not in force.
    failure: Option<String>,
}

impl Runtime {
    /// Reads the rules. A broken file leaves the last good ones in force.
    pub(crate) fn load_rules(&mut self) {
        let (words, present) = match rules::load(&self.rooms.keys.paths.rules()) {
            Ok(rules) => {
                tracing::info!(rules = rules.list().len(), "the rules were read");
                self.handle(Event::Rules(Box::new(rules)));
                (String::new(), false)
            }
            Err(words) => (words, true),
        };
        self.editing.failure = present.then(|| words.clone());
        self.handle(Event::Trouble {
            trouble: thumbturn_core::Trouble::Rules(words),
            present,
        });
    }

    pub(super) fn rules_page(&self) -> Page {
        let file = self.rooms.keys.paths.rules();
        let text = rules::read(&file).ok().flatten().unwrap_or_default();
        let parsed = Rules::parse(&text).unwrap_or_else(|_| Rules::none());
        let blocks = edit::blocks(&text).unwrap_or_default();
        let one = |(rule, block): (&thumbturn_core::Rule, std::ops::Range<usize>)| Rule {
            name: rule.name.clone(),
            line: u32::try_from(rule.line).unwrap_or(u32::MAX),
            action: match rule.action {
                Action::Skip => "skip",
                Action::Push => "push",
                Action::Ask => "ask",
                Action::Deny => "deny",
            }
            .to_owned(),
            matches: rule.conditions(),
            grant: rule.grants(),
            factor: rule.factor.map(|factor| {
                match factor {
                    Means::Push => "push",
                    Means::VerifiedPush => "verified_push",
                    Means::UniversalPrompt => "universal_prompt",
                }
                .to_owned()
            }),
            note: rule.note.clone(),
            text: text.get(block).unwrap_or_default().to_owned(),
        };
        Page {
            file: file.display().to_string(),
            rules: parsed.list().iter().zip(blocks).map(one).collect(),
            failure: self.editing.failure.clone(),
            draft: self.editing.draft.clone(),
            suggestions: Vec::new(),
        }
    }

    fn draft(&mut self, edit: RulesEdit, failure: Option<String>) {
        self.editing.draft = Some(Draft {
            edit,
            failure,
            waits: false,
            tried: None,
        });
    }

    /// The file as it is, and as it would be.
    fn edited(&self, edit: &RulesEdit) -> Result<(String, String), String> {
        let text = rules::read(&self.rooms.keys.paths.rules())?.unwrap_or_default();
        let changed = edit::edited(&text, edit)?;
        Ok((text, changed))
    }

    pub(super) fn try_rules(&mut self, edit: RulesEdit) {
        match self.edited(&edit) {
            Ok((_, changed)) => {
                let tried = Rules::parse(&changed).ok().map(|rules| self.tried(&rules));
                self.draft(edit, None);
                if let Some(draft) = &mut self.editing.draft {
                    draft.tried = tried;
                }
            }
            Err(words) => self.draft(edit, Some(words)),
        }
    }

    /// The log holds calls with their secrets taken out: what hangs on a secret may be judged otherwise.
    fn tried(&self, rules: &Rules) -> Tried {
        let log = std::fs::read_to_string(self.rooms.keys.paths.audit()).unwrap_or_default();
        let entries = log.lines().rev().filter_map(entry_of);
        let mut tried = Tried::default();
        for entry in entries.take(LAST) {
            tried.decisions += 1;
            let (Subject::Ask(ask), Some(before)) = (&entry.subject, &entry.judgement) else {
                continue;
            };
            let deadline = std::time::Instant::now() + std::time::Duration::from_millis(5);
            let facts = self.rooms.place.resolve(ask, &policy::wants(ask), deadline);
            let after = policy::judge(ask, &facts, rules);
            let (before, after) = (outcome(before.decision), outcome(after.decision));
            if before != after && tried.changes.len() < LISTED {
                tried.changes.push(Change {
                    code: entry.code.0.clone(),
                    what: plain(&entry.title(), 400),
                    before: before.to_owned(),
                    after: after.to_owned(),
                });
            }
        }
        tried
    }

    pub(super) fn edit_rules(&mut self, edit: RulesEdit) {
        let (text, changed) = match self.edited(&edit) {
            Ok(both) => both,
            Err(words) => return self.draft(edit, Some(words)),
        };
        let words = words(&edit, &text);
        self.draft(edit, None);
        if let Some(draft) = &mut self.editing.draft {
            draft.waits = true;
        }
        let digest: String = Sha256::digest(&changed)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.editing.pending = Some((digest.clone(), changed, text));
        let setting = Setting::Rules { words, digest };
        let id = self.clicked(Click::Set(setting), Desk::Window);
        let waits = self
            .core
            .view(crate::clock::now())
            .waiting
            .iter()
            .any(|waiting| waiting.id == id);
        if !waits && self.editing.pending.is_some() {
            self.not_kept(
                "Nobody is signed in whose phone could ring. Sign in, then keep it.".to_owned(),
            );
        }
    }

    /// An approval came: what was approved is written, if the file is still what it was.
    pub(super) fn keep_rules(&mut self, digest: &str) {
        let Some((of, text, before)) = self.editing.pending.take().filter(|(of, ..)| of == digest)
        else {
            return;
        };
        debug_assert_eq!(of, digest);
        let file = self.rooms.keys.paths.rules();
        let now = rules::read(&file).ok().flatten().unwrap_or_default();
        if now != before {
            return self.not_kept("The file was changed meanwhile. Look again.".to_owned());
        }
        match write_private(&file, &text) {
            Ok(()) => {
                self.editing.draft = None;
                self.load_rules();
            }
            Err(error) => self.not_kept(format!("The file cannot be written: {error}.")),
        }
    }

    fn not_kept(&mut self, words: String) {
        self.editing.pending = None;
        if let Some(draft) = &mut self.editing.draft {
            draft.waits = false;
            draft.failure = Some(words);
        }
    }

    /// An edit that was not approved says why.
    pub(super) fn tell_rules(&mut self, entry: &Entry) {
        let is_edit = matches!(
            entry.subject,
            Subject::Deed(Deed::Set(Setting::Rules { .. }))
        );
        if is_edit && entry.answer.verdict != Verdict::Allow {
            self.not_kept(entry.words());
        }
    }

    pub(super) fn draft_rule(&mut self, place: u64) {
        let log = std::fs::read_to_string(self.rooms.keys.paths.audit()).unwrap_or_default();
        let at = usize::try_from(place).unwrap_or(usize::MAX);
        let line = log.get(at..).and_then(|rest| rest.lines().next());
        let text = line.and_then(entry_of).and_then(|entry| rule_from(&entry));
        let edit = RulesEdit::Insert {
            at: 0,
            text: text.unwrap_or_default(),
        };
        self.draft(edit, None);
    }

    pub(super) fn forget_draft(&mut self) {
        if self.editing.pending.is_none() {
            self.editing.draft = None;
        }
    }
}

fn entry_of(line: &str) -> Option<Entry> {
    let mut line: serde_json::Value = serde_json::from_str(line).ok()?;
    let record = serde_json::from_value(line.get_mut("record")?.take()).ok()?;
    if let Record::Answer(entry) = record {
        Some(*entry)
    } else {
        None
    }
}

fn outcome(decision: Decision) -> &'static str {
    match decision {
        Decision::Harmless => "no word",
        Decision::Unsure(_) => "push",
        Decision::Forbidden => "deny",
    }
}

/// What an edit does, for the phone.
fn words(edit: &RulesEdit, text: &str) -> String {
    let rules = Rules::parse(text).unwrap_or_else(|_| Rules::none());
    let name = |at: u32| {
        let rule = usize::try_from(at).ok().and_then(|at| rules.list().get(at));
        rule.map_or("a rule", |rule| rule.name.as_str()).to_owned()
    };
    match edit {
        RulesEdit::Insert { text, .. } => format!("add {}", text.replace('\n', " ")),
        RulesEdit::Replace { at, text } => {
            format!("{} becomes {}", name(*at), text.replace('\n', " "))
        }
        RulesEdit::Move { at, to } => format!("{} and {} change places", name(*at), name(*to)),
        RulesEdit::Remove { at } => format!("remove {}", name(*at)),
    }
}

/// A rule for calls like this one, to be looked at before it is kept.
fn rule_from(entry: &Entry) -> Option<String> {
    let Subject::Ask(ask) = &entry.subject else {
        return None;
    };
    let seen = policy::seen::Seen::of(ask);
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let condition = match (&seen.shell, &seen.mcp) {
        (Some(reading), _) => {
            let acts = reading
                .commands
                .iter()
                .find(|command| command.harmless.is_none())?;
            let argv: Option<Vec<_>> = acts.argv.iter().map(Option::as_deref).collect();
            format!("command = {}", quoted(&argv?.join(" ")))
        }
        (None, Some((server, tool))) => {
            format!(
                "mcp = {{ server = {}, tool = {} }}",
                quoted(server),
                quoted(tool)
            )
        }
        (None, None) => format!("tool = {}", quoted(&ask.tool)),
    };
    Some(format!(
        "[[rule]]\nname = \"from-{}\"\n{condition}\naction = \"push\"   # or \"skip\", \"deny\"\n",
        entry.code.0.to_lowercase()
    ))
}
