//! What the pages say, and how they say what others have written.

use crate::oidc::{Notice, Refused};

/// What came of the last try, and the next step. None of them contains the word of a success.
pub(super) fn words(notice: Notice) -> &'static str {
    match notice {
        Notice::Denied => "The request was denied on your phone. If that was you, try again.",
        Notice::Fraud => "The request was reported as fraud. Your administrator has been told.",
        Notice::TimedOut => "Nobody answered on your phone in time. Try again when it is at hand.",
        Notice::WrongPasscode => "This passcode is wrong, or was used before. Type the next one.",
        Notice::NoPasscode => "Type a passcode first.",
        Notice::NoPhone => "This phone takes no push. Choose another way.",
    }
}

/// Heading and explanation.
pub(super) fn refusal(why: Refused) -> (&'static str, &'static str) {
    match why {
        Refused::Policy => (
            "Your organisation does not permit this sign-in",
            "Its policy refuses this application, place or device. Ask your administrator which ones are fine.",
        ),
        Refused::Disabled => (
            "Your account is disabled",
            "It cannot sign in to this application. Ask your administrator to enable it.",
        ),
        Refused::LockedOut => (
            "Your account is locked",
            "There were too many failed tries. Wait, or ask your administrator to unlock it.",
        ),
        Refused::UnknownUser => (
            "This username is not known here",
            "Go back and check how it is spelled, or ask your administrator to add it.",
        ),
        Refused::NotEnrolled => (
            "Add a device first",
            "There is no phone or token for this username yet. Ask your administrator for an enrolment link.",
        ),
    }
}

pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Characters that would hide or reorder others.
            '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_is_shown_can_end_its_own_text() {
        assert_eq!(
            escape("<b a=\"x\" b='y'>&\u{202e}\n"),
            "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\u{fffd}\u{fffd}"
        );
    }
}
