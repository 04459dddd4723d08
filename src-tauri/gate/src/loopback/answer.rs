//! What the browser brought back: a code, or why there is none.

use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq as _;
use thumbturn_core::LoginError;
use thumbturn_wire::plain;

use super::words;

/// A code is a few dozen characters; this is a bound, not a format.
const MOST: usize = 1024;

/// The provider's answer to a request of ours.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) code: String,
    /// Who answers, where they say so (RFC 9207).
    pub(crate) iss: Option<String>,
}

/// A code buys a token, so it is not shown either.
impl std::fmt::Debug for Callback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Callback")
            .field("iss", &self.iss)
            .finish_non_exhaustive()
    }
}

/// The parameters of one request, in their order; `None` where one is no text.
pub(super) struct Query(Vec<(Option<String>, Option<String>)>);

impl Query {
    pub(super) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
        )
    }

    /// Whether it answers the request that `state` was made for. In constant time.
    pub(super) fn is_for(&self, state: &str) -> bool {
        let mut states = self
            .0
            .iter()
            .filter(|(name, _)| name.as_deref() == Some("state"));
        match (states.next(), states.next()) {
            (Some((_, Some(value))), None) => bool::from(value.as_bytes().ct_eq(state.as_bytes())),
            (None | Some(_), _) => false,
        }
    }

    /// What it says, once it is known to be [`Self::is_for`] us.
    pub(super) fn answer(&self) -> Result<Callback, LoginError> {
        let pairs: Option<Vec<(&str, &str)>> = self
            .0
            .iter()
            .map(|(name, value)| Some((name.as_deref()?, value.as_deref()?)))
            .collect();
        let Some(pairs) = pairs else {
            return Err(untrusted(words::UNREADABLE));
        };
        for (n, (name, _)) in pairs.iter().enumerate() {
            if pairs.iter().skip(n + 1).any(|(other, _)| other == name) {
                return Err(untrusted(&words::twice(name)));
            }
        }
        let one = |wanted: &str| {
            pairs
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| *value)
        };
        let code = match (one("duo_code"), one("code")) {
            (Some(_), Some(_)) => return Err(untrusted(words::TWO_CODES)),
            (code, other) => code.or(other),
        };
        match (code, one("error")) {
            (Some(_), Some(_)) => Err(untrusted(words::CODE_AND_ERROR)),
            (None, Some(error)) => Err(refusal(error, one("error_description"))),
            (None, None) => Err(untrusted(words::NO_CODE)),
            (Some(code), None) if !is_code(code) => Err(untrusted(words::NO_SUCH_CODE)),
            (Some(code), None) => Ok(Callback {
                code: code.to_owned(),
                iss: one("iss").map(ToOwned::to_owned),
            }),
        }
    }
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8()
        .ok()
        .map(Into::into)
}

/// Visible ASCII, as RFC 6749 has it, without the space that no code has.
fn is_code(code: &str) -> bool {
    (1..=MOST).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The codes of RFC 6749 4.1.2.1 and OpenID Connect Core 3.1.2.6.
fn refusal(error: &str, description: Option<&str>) -> LoginError {
    let error = plain(error.trim(), 60);
    let description = plain(description.unwrap_or_default().trim(), 200);
    let description = description.trim_end_matches('.');
    let told = if description.is_empty() {
        error.clone()
    } else {
        format!("{description} ({error})")
    };
    match error.as_str() {
        "access_denied" if is_cancel(description) => LoginError::Cancelled,
        "access_denied" => LoginError::Refused {
            words: description.to_owned(),
        },
        "invalid_request"
        | "invalid_request_object"
        | "invalid_request_uri"
        | "invalid_client"
        | "invalid_scope"
        | "unauthorized_client"
        | "unsupported_response_type"
        | "request_not_supported" => LoginError::Misconfigured { words: told },
        "server_error" | "temporarily_unavailable" => LoginError::Unreachable { words: told },
        _ => LoginError::Refused { words: told },
    }
}

/// Both are told by the same code; where the words do not say otherwise, it was the person.
fn is_cancel(description: &str) -> bool {
    let description = description.to_ascii_lowercase();
    description.is_empty() || description.contains("cancel") || description.contains("abort")
}

fn untrusted(words: &str) -> LoginError {
    LoginError::Untrusted {
        words: words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn answer(query: &str) -> Result<Callback, LoginError> {
        Query::read(query).answer()
    }

    fn refused(words: &str) -> Result<Callback, LoginError> {
        Err(LoginError::Refused {
            words: words.into(),
        })
    }

    #[test]
    fn only_one_whole_state_counts() {
        let ours = "s".repeat(43);
        for good in [
            format!("code=c&state={ours}"),
            format!("state={ours}&x=%ff"),
        ] {
            assert_eq!(Query::read(&good).is_for(&ours), true, "{good}");
        }
        for bad in [
            String::new(),
            "state=".into(),
            "code=c".into(),
            format!("state={}", "s".repeat(42)),
            format!("state={ours}s"),
            format!("state={ours}%00"),
            format!("state={ours}+"),
            format!("State={ours}"),
            format!("state={ours}&state={ours}"),
            format!("state={ours}&state=other"),
            format!("state={ours}%ff"),
            format!("state%00={ours}"),
        ] {
            assert_eq!(Query::read(&bad).is_for(&ours), false, "{bad}");
        }
    }

    #[test]
    fn a_code_comes_under_one_of_two_names() {
        for query in [
            "duo_code=Ab-1%7E&state=s",
            "state=s&code=Ab-1~&session_state=x",
        ] {
            let code = "Ab-1~".to_owned();
            assert_eq!(answer(query), Ok(Callback { code, iss: None }), "{query}");
        }
        assert_eq!(
            answer("code=c&iss=https%3A%2F%2Fop.example").map(|it| it.iss),
            Ok(Some("https://op.example".into()))
        );
    }

    #[test]
    fn what_is_no_answer_says_why() {
        for (query, words) in [
            ("state=s", words::NO_CODE),
            ("state=s&code=", words::NO_SUCH_CODE),
            ("state=s&code=a%20b", words::NO_SUCH_CODE),
            ("state=s&code=a%0d%0ab", words::NO_SUCH_CODE),
            ("state=s&code=caf%C3%A9", words::NO_SUCH_CODE),
            ("state=s&code=a&duo_code=a", words::TWO_CODES),
            ("state=s&code=a&error=access_denied", words::CODE_AND_ERROR),
            ("state=s&code=%ff", words::UNREADABLE),
        ] {
            assert_eq!(answer(query), Err(untrusted(words)), "{query}");
        }
        let long = format!("code={}", "a".repeat(MOST + 1));
        assert_eq!(answer(&long), Err(untrusted(words::NO_SUCH_CODE)));
        for name in ["code", "duo_code", "error", "iss", "unheard"] {
            assert_eq!(
                answer(&format!("{name}=a&{name}=a")),
                Err(untrusted(&words::twice(name)))
            );
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        for (query, expected) in [
            ("error=access_denied", Err(LoginError::Cancelled)),
            (
                "error=access_denied&error_description=The+user+cancelled.",
                Err(LoginError::Cancelled),
            ),
            (
                "error=access_denied&error_description=Your+device+is+out+of+date.",
                refused("Your device is out of date"),
            ),
            ("error=login_required", refused("login_required")),
            (
                "error=%3Cb%3E&error_description=%1b[31mred%0a%E2%80%AE",
                refused("\u{FFFD}[31mred⏎\u{FFFD} (<b>)"),
            ),
            (
                "error=invalid_request&error_description=bad+redirect",
                Err(LoginError::Misconfigured {
                    words: "bad redirect (invalid_request)".into(),
                }),
            ),
            (
                "error=temporarily_unavailable",
                Err(LoginError::Unreachable {
                    words: "temporarily_unavailable".into(),
                }),
            ),
        ] {
            assert_eq!(answer(query), expected, "{query}");
        }
    }

    #[test]
    fn a_code_is_in_no_debug_text() {
        assert_eq!(
            format!("{:?}", answer("code=hidden&iss=a")),
            r#"Ok(Callback { iss: Some("a"), .. })"#
        );
    }
}
