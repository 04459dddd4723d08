//! One record of the audit log in the words of the diary.

use anstyle::Style;
use serde::Deserialize as _;
use serde_json::Value;
use thumbturn_core::{Deed, Entry, Factor, Reason, Subject};
use thumbturn_wire::{Ask, Bound, Verdict};

use crate::words::{GREEN, PLAIN, RED};

/// What the diary says of a record.
pub(crate) struct Told {
    pub(crate) mark: Mark,
    pub(crate) word: &'static str,
    pub(crate) who: String,
    pub(crate) what: String,
    /// Who answered, where somebody did.
    pub(crate) by: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) why: String,
    pub(crate) more: Vec<(&'static str, String)>,
}

/// A verdict by shape; the colour only confirms it.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    Yes,
    No,
    Neither,
}

impl Mark {
    pub(crate) fn shown(self) -> (char, Style) {
        match self {
            Self::Yes => ('✓', GREEN),
            Self::No => ('✗', RED),
            Self::Neither => ('·', PLAIN),
        }
    }
}

/// Decisions are read whole. Of other records, which a newer gate may know more kinds of, the diary
/// says what stands there.
pub(crate) fn told(record: &Value) -> Told {
    match record.get("answer").map(Entry::deserialize) {
        Some(Ok(entry)) => answered(&entry),
        Some(Err(_)) | None => noted(record),
    }
}

fn noted(record: &Value) -> Told {
    let (name, fields) = named(record);
    if let Some(Value::String(only)) = fields {
        return note(format!("{name}: {}", spaced(only)), name, None);
    }
    let code = fields
        .and_then(|fields| fields.get("code"))
        .and_then(Value::as_str);
    let fields = fields.and_then(Value::as_object).into_iter().flatten();
    let fields: Vec<String> = fields
        .filter(|(key, _)| *key != "code")
        .map(|(key, value)| format!("{} {}", spaced(key), of_field(value)))
        .collect();
    let what = if fields.is_empty() {
        name.clone()
    } else {
        format!("{name}: {}", fields.join(", "))
    };
    note(what, name, code)
}

fn note(what: String, why: String, code: Option<&str>) -> Told {
    Told {
        mark: Mark::Neither,
        word: "note",
        who: "Thumbturn".to_owned(),
        what,
        by: None,
        code: code.map(str::to_owned),
        why,
        more: Vec::new(),
    }
}

/// The name of a value of one of our enums, and what it carries.
fn named(value: &Value) -> (String, Option<&Value>) {
    match value.as_object().and_then(|object| object.iter().next()) {
        Some((name, fields)) => (spaced(name), Some(fields)),
        None => (spaced(value.as_str().unwrap_or("something unknown")), None),
    }
}

fn of_field(value: &Value) -> String {
    match value.as_object().map(|_| named(value)) {
        Some((name, Some(inner))) => format!("{name} {}", of_field(inner)),
        Some((name, None)) => name,
        None => value.as_str().map_or_else(|| value.to_string(), spaced),
    }
}

fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

fn answered(entry: &Entry) -> Told {
    let (mark, word) = match entry.answer.verdict {
        Verdict::Allow if matches!(entry.answer.reason, Reason::Done) => (Mark::Yes, "done"),
        Verdict::Allow if entry.grant.is_some() => (Mark::Yes, "granted"),
        Verdict::Allow => (Mark::Yes, "approved"),
        Verdict::Deny => (Mark::No, "denied"),
        Verdict::NoWord => (Mark::Neither, "no word"),
    };
    let (who, what, mut more) = match &entry.subject {
        Subject::Ask(ask) => (ask.agent.name().to_owned(), entry.title(), of_ask(ask)),
        Subject::Deed(deed) => (deed_name(deed).to_owned(), deed_words(deed), Vec::new()),
    };
    let approval = if let Reason::Approved(approval) = &entry.answer.reason {
        Some(approval)
    } else {
        None
    };
    if let Some(approval) = approval {
        more.extend([
            ("User", approval.user.clone()),
            ("Device", approval.device.clone()),
            ("Factor", factor(approval.factor).to_owned()),
            ("Txid", approval.txid.clone()),
        ]);
    }
    if let Some(used) = &entry.grant {
        more.extend([
            ("Grant", used.code.0.clone()),
            ("Uses left", used.left.to_string()),
        ]);
    }
    if entry.shared_with > 0 {
        more.push(("Others on the same card", entry.shared_with.to_string()));
    }
    Told {
        mark,
        word,
        who,
        what,
        by: by(&entry.answer.reason),
        code: Some(entry.code.0.clone()),
        why: entry.words(),
        more,
    }
}

/// The hand behind the answer, where it was a person's.
fn by(reason: &Reason) -> Option<String> {
    if let Reason::Approved(approval) = reason {
        Some(format!("by {}", approval.user))
    } else if let Reason::Granted { code, user, .. } = reason {
        Some(format!("by {user}, with {}", code.0))
    } else if matches!(reason, Reason::DeniedInBrowser) {
        Some("in the browser".to_owned())
    } else if matches!(reason, Reason::DeniedOnPhone) {
        Some("on the phone".to_owned())
    } else if matches!(reason, Reason::ReportedFraud) {
        Some("reported on the phone".to_owned())
    } else if matches!(reason, Reason::DeniedAtDesk) {
        Some("at the desk".to_owned())
    } else {
        None
    }
}

fn of_ask(ask: &Ask) -> Vec<(&'static str, String)> {
    let subagent = ask.subagent.as_ref().map_or_else(String::new, |subagent| {
        let kind = subagent.kind.as_deref().unwrap_or("subagent");
        format!("{kind} {}", subagent.id)
    });
    vec![
        ("Where", ask.cwd.clone()),
        ("Session", ask.session.clone()),
        ("Call", ask.call.clone().unwrap_or_default()),
        ("Subagent", subagent),
        ("Input", ask.input.text().to_owned()),
    ]
}

fn deed_name(deed: &Deed) -> &'static str {
    match deed {
        Deed::TurnOn(_) => "thumbturn on",
        Deed::TurnOff(_) => "thumbturn off",
        Deed::Pause(_) => "thumbturn pause",
        Deed::Hold(_) => "thumbturn hold",
        Deed::Deny(_) => "thumbturn deny",
        Deed::EndGrant(_) | Deed::EndGrants => "thumbturn grants",
        Deed::Lock => "thumbturn lock",
        Deed::SignIn { .. } | Deed::CancelSignIn => "thumbturn signin",
        Deed::SignOut { .. } => "thumbturn signout",
        Deed::TestPush => "Thumbturn",
        Deed::Set(_) => "settings",
    }
}

fn deed_words(deed: &Deed) -> String {
    match deed {
        Deed::TurnOn(bound) => format!("turn Duo mode on {}", bound_words(bound)),
        Deed::TurnOff(factor_) => format!("turn Duo mode off, with a {}", factor(*factor_)),
        Deed::Pause(_) => "pause Duo mode".to_owned(),
        Deed::Hold(Some(_)) => "hold all asks".to_owned(),
        Deed::Hold(None) => "let asks ring again".to_owned(),
        Deed::Deny(code) => format!("deny {}", code.0),
        Deed::EndGrant(code) => format!("end the grant {}", code.0),
        Deed::EndGrants => "end every grant".to_owned(),
        Deed::Lock => "deny everything until a sign-in".to_owned(),
        Deed::SignIn { user: Some(user) } => format!("sign in as {user}"),
        Deed::SignIn { user: None } => "sign in".to_owned(),
        Deed::CancelSignIn => "cancel the sign-in".to_owned(),
        Deed::SignOut { all: false } => "sign out".to_owned(),
        Deed::SignOut { all: true } => "sign out and forget every key".to_owned(),
        Deed::TestPush => "test push".to_owned(),
        Deed::Set(_) => "change a setting".to_owned(),
    }
}

fn bound_words(bound: &Bound) -> String {
    match bound {
        Bound::UntilReboot => "until reboot".to_owned(),
        Bound::Until(_) => "for a time".to_owned(),
        Bound::Project(dir) => format!("in {dir}"),
    }
}

fn factor(factor: Factor) -> &'static str {
    match factor {
        Factor::Push => "push",
        Factor::VerifiedPush => "verified push",
        Factor::UniversalPrompt => "Universal Prompt",
        Factor::Passcode => "passcode",
    }
}
