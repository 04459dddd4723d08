//! The browser's way back to the caller, straight or as a test has bent it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::see_other;
use super::sign_in::{DEVICE_COOKIE, SignIn, Standing};
use crate::http::Response;
use crate::params::Pairs;
use crate::state::State;

/// One change to the parameters of the way back. The name `code` also finds `duo_code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patched {
    /// In the place of every parameter of that name, or at the end.
    Set {
        name: String,
        value: String,
    },
    Without {
        name: String,
    },
    /// Beside whatever is there.
    Beside {
        name: String,
        value: String,
    },
    /// The same parameter once more.
    Twice {
        name: String,
    },
}

impl Patched {
    pub fn set(name: &str, value: &str) -> Self {
        Self::Set {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    pub fn without(name: &str) -> Self {
        Self::Without {
            name: name.to_owned(),
        }
    }

    pub fn beside(name: &str, value: &str) -> Self {
        Self::Beside {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    pub fn twice(name: &str) -> Self {
        Self::Twice {
            name: name.to_owned(),
        }
    }

    fn apply(&self, params: &mut Pairs) {
        match self {
            Self::Set { name, value } => {
                let mut found = false;
                for (key, old) in params.iter_mut().filter(|(key, _)| is(key, name)) {
                    found |= !key.is_empty();
                    old.clone_from(value);
                }
                if !found {
                    params.push((name.clone(), value.clone()));
                }
            }
            Self::Without { name } => params.retain(|(key, _)| !is(key, name)),
            Self::Beside { name, value } => params.push((name.clone(), value.clone())),
            Self::Twice { name } => {
                let again: Pairs = params
                    .iter()
                    .filter(|(key, _)| is(key, name))
                    .cloned()
                    .collect();
                params.extend(again);
            }
        }
    }
}

fn is(key: &str, name: &str) -> bool {
    key == name || (name == "code" && key == "duo_code")
}

/// Ends the sign-in and sends the browser back, if there is anything to send it back with.
pub(crate) fn leave(state: &mut State, sid: &str, cancelled: bool) -> Option<Response> {
    let (now, unix) = (state.now, state.unix);
    let sign_in = state.sign_ins.find(sid, now)?;
    let request = sign_in.request.clone();
    let mut params = vec![("state".to_owned(), request.state.clone())];
    let mut device = None;
    match std::mem::replace(&mut sign_in.standing, Standing::Over) {
        Standing::Passed(pass) if !cancelled => {
            device = state
                .transactions
                .find(&pass.txid)
                .and_then(|transaction| transaction.marks.trusted_device_token.clone());
            let code = state.sign_ins.grant(request.clone(), pass, (now, unix));
            params.push((request.code_name.to_owned(), code));
        }
        Standing::Returned { error, description } => {
            params.push(("error".to_owned(), error));
            params.extend(description.map(|text| ("error_description".to_owned(), text)));
        }
        Standing::Over => return None,
        Standing::Asked | Standing::Ringing { .. } | Standing::Refused(_) | Standing::Passed(_)
            if cancelled =>
        {
            // Which code Duo sends here is not published; this is OAuth's own.
            params.push(("error".to_owned(), "access_denied".to_owned()));
            let text = "The user cancelled the authentication.".to_owned();
            params.push(("error_description".to_owned(), text));
        }
        standing @ (Standing::Asked
        | Standing::Ringing { .. }
        | Standing::Refused(_)
        | Standing::Passed(_)) => {
            restore(state.sign_ins.find(sid, now), standing);
            return None;
        }
    }
    for patch in state.orders.callbacks.pop_front().unwrap_or_default() {
        patch.apply(&mut params);
    }
    let response = see_other(&address(&request.redirect_uri, &params));
    Some(match device {
        Some(token) => response.with(
            "Set-Cookie",
            format!(
                "{DEVICE_COOKIE}={token}; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax"
            ),
        ),
        None => response,
    })
}

fn restore(sign_in: Option<&mut SignIn>, standing: Standing) {
    if let Some(sign_in) = sign_in {
        sign_in.standing = standing;
    }
}

/// Joined by `&` where the URI has a query of its own.
fn address(redirect_uri: &str, params: &Pairs) -> String {
    let mut address = redirect_uri.to_owned();
    for (nth, (name, value)) in params.iter().enumerate() {
        let first = nth == 0 && !redirect_uri.contains('?');
        address.push(if first { '?' } else { '&' });
        let (name, value) = (encoded(name), encoded(value));
        address.push_str(&format!("{name}={value}"));
    }
    address
}

fn encoded(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::{Patched, address};

    fn bent(patches: &[Patched]) -> String {
        let mut params = vec![
            ("state".to_owned(), "s".to_owned()),
            ("duo_code".to_owned(), "c".to_owned()),
        ];
        for patch in patches {
            patch.apply(&mut params);
        }
        address("http://localhost:1/cb", &params)
    }

    #[test]
    fn every_patch_bends_the_way_back_as_it_says() {
        let table = [
            (vec![], "?state=s&duo_code=c"),
            (
                vec![Patched::set("state", "x y&z")],
                "?state=x%20y%26z&duo_code=c",
            ),
            (vec![Patched::without("state")], "?duo_code=c"),
            (vec![Patched::without("code")], "?state=s"),
            (
                vec![Patched::set("code", "other")],
                "?state=s&duo_code=other",
            ),
            (
                vec![Patched::beside("code", "d")],
                "?state=s&duo_code=c&code=d",
            ),
            (vec![Patched::twice("state")], "?state=s&duo_code=c&state=s"),
            (
                vec![Patched::twice("code")],
                "?state=s&duo_code=c&duo_code=c",
            ),
            (
                vec![Patched::beside("iss", "https://x")],
                "?state=s&duo_code=c&iss=https%3A%2F%2Fx",
            ),
            (
                vec![Patched::set("error", "access_denied")],
                "?state=s&duo_code=c&error=access_denied",
            ),
            (
                vec![Patched::without("state"), Patched::without("code")],
                "",
            ),
        ];
        for (patches, query) in table {
            assert_eq!(
                bent(&patches),
                format!("http://localhost:1/cb{query}"),
                "{patches:?}"
            );
        }
        let params = [("state".to_owned(), "s".to_owned())];
        assert_eq!(
            address("https://a.example/cb?x=1", &params.to_vec()),
            "https://a.example/cb?x=1&state=s"
        );
    }
}
