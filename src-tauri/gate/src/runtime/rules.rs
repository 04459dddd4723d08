//! The page of rules: edits are tried and kept here, and an edit is kept only over an approved push.

use sha2::{Digest as _, Sha256};
use thumbturn_core::{
    Action, Click, Deed, Desk, Entry, Event, Means, Rule, Rules, Setting, Subject, Verdict,
};
use thumbturn_pipe::{self as pipe, Draft, Rules as Page, RulesEdit, Suggestion, Tried};
use thumbturn_wire::write_private;

use super::{Input, Runtime};
use crate::rules::{self, edit, past};

/// What stands between a click and its approval.
#[derive(Debug, Default)]
pub(crate) struct Editing {
    draft: Option<Draft>,
    /// The digest of the new text, the new text, and the text that it was made from.
    pending: Option<(String, String, String)>,
    /// Why the file as it stands is not in force.
    failure: Option<String>,
    suggestions: Vec<Suggestion>,
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
        let one = |(rule, block): (&Rule, std::ops::Range<usize>)| pipe::Rule {
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
            suggestions: self.editing.suggestions.clone(),
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

    /// On a thread of its own: the paths of old calls may lie where nothing answers.
    pub(super) fn try_rules(&mut self, edit: RulesEdit) {
        let changed = match self.edited(&edit) {
            Ok((_, changed)) => changed,
            Err(words) => return self.draft(edit, Some(words)),
        };
        self.draft(edit.clone(), None);
        let Ok(rules) = Rules::parse(&changed) else {
            return;
        };
        let (log, place) = (self.rooms.keys.paths.audit(), self.rooms.place.clone());
        let inputs = self.rooms.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let tried = past::tried(&log, &place, &rules).map_err(|error| error.to_string());
            // Only a gate that is ending has closed it.
            let _ = inputs.blocking_send(Input::Tried { edit, tried });
        });
    }

    /// An answer for a draft that is another by now is nobody's.
    pub(super) fn tried(&mut self, edit: &RulesEdit, tried: Result<Tried, String>) {
        let Some(draft) = self
            .editing
            .draft
            .as_mut()
            .filter(|draft| draft.edit == *edit)
        else {
            return;
        };
        match tried {
            Ok(tried) => draft.tried = Some(tried),
            Err(error) => draft.failure = Some(format!("The log cannot be read: {error}.")),
        }
    }

    pub(super) fn look_for_suggestions(&self) {
        let text = rules::read(&self.rooms.keys.paths.rules());
        let Some(rules) = text
            .ok()
            .flatten()
            .and_then(|text| Rules::parse(&text).ok())
        else {
            return;
        };
        let (log, place) = (self.rooms.keys.paths.audit(), self.rooms.place.clone());
        let inputs = self.rooms.inputs.clone();
        tokio::task::spawn_blocking(move || {
            let found = past::suggestions(&log, &place, &rules).unwrap_or_else(|error| {
                tracing::warn!(%error, "no suggestions: the log cannot be read");
                Vec::new()
            });
            let _ = inputs.blocking_send(Input::Suggested(found));
        });
    }

    pub(super) fn suggested(&mut self, suggestions: Vec<Suggestion>) {
        self.editing.suggestions = suggestions;
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
                self.look_for_suggestions();
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
        let entry = past::at(&self.rooms.keys.paths.audit(), place);
        let text = entry.and_then(|entry| match &entry.subject {
            Subject::Ask(ask) => Rule::like(ask, &format!("from-{}", entry.code.0.to_lowercase())),
            Subject::Deed(_) => None,
        });
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
