//! What the id_token claims, each read once, and judged by the questions that OpenID Connect leaves open.

use serde_json::{Map, Value};
use thumbturn_core::LoginError;
use thumbturn_wire::plain;

use super::{LEEWAY, LIFE, Receipt, refuse};

/// The last second of a year with four digits.
const LAST: f64 = 253_402_300_799.0;

/// Times in seconds since the Unix epoch.
#[derive(Debug)]
pub(super) struct Claims {
    all: Map<String, Value>,
    pub(super) exp: u64,
    iat: u64,
    pub(super) auth_time: u64,
    nbf: Option<u64>,
}

impl Claims {
    /// Every claim that is judged is there, and is of its kind.
    pub(super) fn read(payload: &Value, fresh: bool) -> Result<Self, LoginError> {
        let all = payload
            .as_object()
            .ok_or_else(|| refuse("the id_token claims nothing"))?
            .clone();
        for name in ["iss", "sub", "preferred_username"] {
            text(&all, name)?;
        }
        if fresh {
            text(&all, "nonce")?;
        }
        let nbf = match all.get("nbf") {
            None => None,
            Some(_) => Some(time(&all, "nbf")?),
        };
        Ok(Self {
            exp: time(&all, "exp")?,
            iat: time(&all, "iat")?,
            auth_time: time(&all, "auth_time")?,
            nbf,
            all,
        })
    }

    pub(super) fn issuer(&self) -> String {
        plain(self.text("/iss").unwrap_or_default(), 120)
    }

    /// Exactly one: a second one could pass the token on as its own.
    pub(super) fn audience(&self, client_id: &str) -> Result<(), LoginError> {
        let one = match self.all.get("aud") {
            Some(Value::String(one)) => Some(one.as_str()),
            Some(Value::Array(list)) => match list.as_slice() {
                [Value::String(one)] => Some(one.as_str()),
                _ => None,
            },
            _ => None,
        };
        match one {
            Some(one) if one == client_id => {}
            Some(_) => return Err(refuse("the id_token is not for this application")),
            None => return Err(refuse("the id_token is not for this application alone")),
        }
        match self.all.get("azp") {
            None => Ok(()),
            Some(Value::String(azp)) if azp == client_id => Ok(()),
            Some(_) => Err(refuse(
                "the id_token was asked for by another application (azp)",
            )),
        }
    }

    /// `exp` was judged already.
    pub(super) fn times(&self, receipt: &Receipt<'_>) -> Result<(), LoginError> {
        let latest = receipt.now + LEEWAY;
        let earliest = receipt.began.saturating_sub(LEEWAY);
        if self.iat > latest {
            return Err(refuse(&format!(
                "the id_token was issued {} s from now; look at this machine's clock",
                self.iat - receipt.now
            )));
        }
        if self.nbf.is_some_and(|nbf| nbf > latest) {
            return Err(refuse("the id_token does not count yet (nbf)"));
        }
        if self.iat < earliest {
            return Err(refuse("the id_token was issued before this sign-in began"));
        }
        if self.exp.saturating_sub(self.iat) > LIFE + LEEWAY {
            return Err(refuse("the id_token counts for longer than an hour"));
        }
        if self.auth_time > latest {
            return Err(refuse(
                "the id_token tells of an approval that is still to come (auth_time)",
            ));
        }
        if self.auth_time < earliest {
            return Err(silent("its answer is from before this sign-in began"));
        }
        Ok(())
    }

    /// Exactly the name that was asserted, in both places that hold it.
    pub(super) fn person(&self, user: &str) -> Result<(), LoginError> {
        for name in ["preferred_username", "sub"] {
            let found = self.text(&format!("/{name}")).unwrap_or_default();
            if found != user {
                return Err(refuse(&format!(
                    "the id_token is about `{}`, not about `{}` ({name})",
                    plain(found, 60),
                    plain(user, 60)
                )));
            }
        }
        Ok(())
    }

    /// Duo's own verdict, which its own libraries do not look at.
    pub(super) fn verdict(&self) -> Result<(), LoginError> {
        if !self.all.get("auth_result").is_some_and(Value::is_object) {
            return Err(refuse("the id_token tells no result (auth_result)"));
        }
        let word = |name: &str| self.text(&format!("/auth_result/{name}"));
        match (word("result"), word("status")) {
            (Some("allow"), Some("allow")) => Ok(()),
            (Some("allow"), Some("bypass")) => Err(silent("its result is `bypass`")),
            (Some(result), Some(status)) => Err(LoginError::Refused {
                words: plain(
                    &format!(
                        "its result is `{result}/{status}`: {}",
                        word("status_msg")
                            .unwrap_or("no reason given")
                            .trim_end_matches('.')
                    ),
                    200,
                ),
            }),
            (None, _) => Err(refuse(
                "the id_token's result is not named (auth_result.result)",
            )),
            (_, None) => Err(refuse(
                "the id_token's status is not named (auth_result.status)",
            )),
        }
    }

    /// That somebody acted: a factor and a reason that nobody gets by doing nothing.
    ///
    /// The words are those of Duo's authentication log. New ones are refused by name until they are known.
    pub(super) fn presence(&self) -> Result<(), LoginError> {
        if !self.all.get("auth_context").is_some_and(Value::is_object) {
            return Err(silent("it does not say how it asked (auth_context)"));
        }
        let word = |name: &str| self.text(&format!("/auth_context/{name}"));
        match word("result") {
            Some("success") => {}
            Some(result) => {
                return Err(LoginError::Refused {
                    words: plain(&format!("the attempt ended as `{result}`"), 80),
                });
            }
            None => return Err(silent("it does not say how the attempt ended")),
        }
        let factor = word("factor").unwrap_or("no factor");
        let reason = word("reason").unwrap_or("no reason");
        if is_act(factor) && ["user_approved", "valid_passcode"].contains(&reason) {
            return Ok(());
        }
        let how = if factor == reason {
            factor.to_owned()
        } else {
            format!("{factor}, {reason}")
        };
        Err(silent(&plain(&how, 120)))
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        let mut names = pointer.split('/').skip(1);
        let first = self.all.get(names.next()?)?;
        names
            .try_fold(first, |value, name| value.get(name))?
            .as_str()
    }
}

/// Whether a person does something for this factor, each time.
fn is_act(factor: &str) -> bool {
    matches!(
        factor,
        "duo_push"
            | "verified_duo_push"
            | "phone_call"
            | "passcode"
            | "sms_passcode"
            | "duo_mobile_passcode"
            | "duo_mobile_passcode_hotp"
            | "duo_mobile_passcode_totp"
            | "hardware_token"
            | "hardware_token_passcode"
            | "yubikey_code"
            | "yubikey_passcode"
            // Given by an administrator, typed by a person; `bypass_user` is the one that asks nobody.
            | "bypass_code"
            | "u2f_token"
            | "webauthn_credential"
            | "webauthn_security_key"
            | "webauthn_platform"
            | "webauthn_roaming"
    )
}

fn text(all: &Map<String, Value>, name: &str) -> Result<(), LoginError> {
    match all.get(name) {
        None => Err(refuse(&format!("the id_token has no `{name}`"))),
        Some(Value::String(text)) if !text.is_empty() => Ok(()),
        Some(_) => Err(refuse(&format!("the id_token's `{name}` is no text"))),
    }
}

/// Whole seconds, also where they are written with a point.
fn time(all: &Map<String, Value>, name: &str) -> Result<u64, LoginError> {
    let Some(value) = all.get(name) else {
        return Err(refuse(&format!("the id_token has no `{name}`")));
    };
    match value.as_f64() {
        // Inside these bounds the cast loses the fraction only.
        Some(seconds) if (0.0..=LAST).contains(&seconds) => Ok(seconds as u64),
        Some(_) | None => Err(refuse(&format!("the id_token's `{name}` is no time"))),
    }
}

fn silent(words: &str) -> LoginError {
    LoginError::SilentPass {
        words: words.to_owned(),
    }
}
