//! What the pages of the way back say.

use std::io;

use thumbturn_wire::plain;

pub(super) const UNREADABLE: &str = "the way back from Duo holds text that is none";
pub(super) const TWO_CODES: &str = "the way back from Duo holds two codes";
pub(super) const CODE_AND_ERROR: &str = "the way back from Duo holds both a code and an error";
pub(super) const NO_CODE: &str = "the way back from Duo holds no code";
pub(super) const NO_SUCH_CODE: &str = "the way back from Duo holds what cannot be a code";

pub(super) fn twice(name: &str) -> String {
    format!("the way back from Duo holds `{}` twice", plain(name, 40))
}

pub(super) fn storm(strays: u32) -> String {
    format!(
        "{strays} answers came that are not for this sign-in; a program or web page on this machine sends them"
    )
}

pub(super) fn no_port(ports: &[u16], error: &io::Error) -> String {
    let error = plain(&error.to_string(), 80);
    if ports.is_empty() {
        return format!("this machine has no free port for its way back ({error})");
    }
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    format!(
        "none of the ports {} is free for its way back ({error}); close the program that holds them",
        ports.join(", ")
    )
}

pub(super) fn no_randomness(error: &io::Error) -> String {
    format!("this machine gives no random numbers ({error})")
}

/// A page's own words; none of them are a provider's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    pub(super) heading: &'static str,
    pub(super) body: &'static str,
}

pub(super) const NOT_FOUND: Text = Text {
    heading: "Nothing is here",
    body: "A Thumbturn sign-in is open at this address, and this page is no part of it. Sign in from Thumbturn.",
};
pub(super) const FOREIGN: Text = Text {
    heading: "Not for this sign-in",
    body: "This answer does not belong to the sign-in that is open, so nothing was done with it. Go on where you began, or sign in again from Thumbturn.",
};
pub(super) const ALREADY: Text = Text {
    heading: "Already back",
    body: "This sign-in has come back once, and once is all it may. Thumbturn shows how it ended.",
};

pub(super) fn signed_in(user: &str) -> String {
    format!("Signed in as {}", plain(user, 80))
}

pub(super) const SIGNED_IN: &str =
    "While Duo mode is on, every risky call of your agent rings this user's phone.";
pub(super) const NOT_SIGNED_IN: &str = "Not signed in";
pub(super) fn to_approve(code: &str) -> String {
    format!("Approve {}", plain(code, 40))
}

pub(super) const GO_ON: &str = "Go on to Duo";
pub(super) const NOT_YOURS: &str =
    "If you do not know what this is, close this page: nothing is run then.";

pub(super) fn approved(code: &str) -> String {
    format!("Approved {}", plain(code, 40))
}

pub(super) fn approved_by(user: &str, title: &str) -> String {
    let title = plain(title, 300).replace('`', "'");
    format!("By {}, for this call alone: `{title}`.", plain(user, 80))
}

pub(super) const NOT_APPROVED: &str = "Not approved";
pub(super) const CLOSE: &str = "You can close this page.";
