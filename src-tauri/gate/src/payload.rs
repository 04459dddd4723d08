//! What goes back to an asker, and the reference that stands on it.

use thumbturn_core::{Answer, Code, Effect, Entry, Reason, Trouble, Verdict, View};
use thumbturn_wire::Mode;

/// An entry's answer for its asker.
pub(crate) fn answer(entry: Entry) -> String {
    let words = entry.words();
    to_json(&thumbturn_wire::Answer {
        verdict: entry.answer.verdict,
        words,
        code: entry.code.0,
    })
}

/// A deed that the gate did by itself.
pub(crate) fn done(words: &str) -> String {
    to_json(&thumbturn_wire::Answer {
        verdict: Verdict::Allow,
        words: words.to_owned(),
        code: String::new(),
    })
}

/// A deed that the gate refused by itself.
pub(crate) fn refused(words: &str) -> String {
    to_json(&thumbturn_wire::Answer {
        verdict: Verdict::Deny,
        words: words.to_owned(),
        code: String::new(),
    })
}

/// To what needs no answer.
pub(crate) fn heard() -> String {
    to_json(&thumbturn_wire::Answer {
        verdict: Verdict::NoWord,
        words: String::new(),
        code: String::new(),
    })
}

pub(crate) fn unwritten(entry: Entry) -> Entry {
    match entry.answer.verdict {
        Verdict::Allow => Entry {
            answer: Answer {
                verdict: Verdict::Deny,
                reason: Reason::NotRecorded,
            },
            ..entry
        },
        Verdict::Deny | Verdict::NoWord => entry,
    }
}

/// The view for whoever holds the token, an agent among them: without the code
/// that a person must read off this desk.
pub(crate) fn status(view: View, mode: &Mode) -> String {
    serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "mode": mode,
        "view": view.without_verification_codes(),
    })
    .to_string()
}

/// What hooks were to be told could not be written, so whoever asked for it hears that.
pub(crate) fn unarmed(effect: Effect) -> Effect {
    let Effect::Settle(entry) = effect else {
        return effect;
    };
    if entry.answer.reason != Reason::Done {
        return Effect::Settle(entry);
    }
    let answer = Answer {
        verdict: Verdict::Deny,
        reason: Reason::Trouble(Trouble::EndpointUnwritable),
    };
    Effect::Settle(Box::new(Entry { answer, ..*entry }))
}

fn to_json(answer: &thumbturn_wire::Answer) -> String {
    // Strings and a closed enum: it cannot fail, and an empty payload would be a deny.
    serde_json::to_string(answer).unwrap_or_default()
}

/// Five characters that nobody mistakes for one another.
pub(crate) fn fresh_code() -> Code {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0u8; 5];
    // Without random bytes the code is 00000: it names an ask to people and guards nothing.
    let _ = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    Code(
        bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte & 31)))
            .map(|letter| char::from(*letter))
            .collect(),
    )
}
