//! What the id_token claims, and the questions that OpenID Connect leaves to us.

use serde_json::{Map, Value};
use thumbturn_core::LoginError;
use thumbturn_wire::plain;

use super::id_token::LEEWAY;
use crate::duo::login::untrusted as refuse;

/// The last second of a year with four digits.
const LAST: f64 = 253_402_300_799.0;
/// The longest life of a token, in seconds: it is looked at once, so this only bounds what is absurd.
const LIFE: u64 = 24 * 3600;
/// The longest name, as an address in an e-mail.
const NAME: usize = 254;

/// Times in seconds since the Unix epoch.
#[derive(Clone, Debug)]
pub(super) struct Claims {
    pub(super) issuer: String,
    pub(super) sub: String,
    /// The Duo username, by [`name`].
    pub(super) user: String,
    /// The claim that it is from.
    named_by: &'static str,
    pub(super) exp: u64,
    pub(super) auth_time: Option<u64>,
    all: Map<String, Value>,
}

impl Claims {
    pub(super) fn read(payload: &Value) -> Result<Self, LoginError> {
        let all = payload
            .as_object()
            .ok_or_else(|| refuse("the id_token claims nothing"))?
            .clone();
        let sub = text(&all, "sub")?;
        time(&all, "iat")?;
        let (named_by, user) = name(&all, &sub)?;
        Ok(Self {
            issuer: text(&all, "iss")?,
            user,
            named_by,
            sub,
            exp: time(&all, "exp")?,
            auth_time: time_if_there(&all, "auth_time")?,
            all,
        })
    }

    /// Exactly one: a second one could pass the token on as its own.
    pub(super) fn audience(&self, client_id: &str) -> Result<(), LoginError> {
        let is_ours = match self.all.get("aud") {
            Some(Value::String(one)) => one == client_id,
            Some(Value::Array(list)) => {
                matches!(list.as_slice(), [Value::String(one)] if one == client_id)
            }
            _ => false,
        };
        if !is_ours {
            return Err(refuse("the id_token is not for this application alone"));
        }
        match self.all.get("azp") {
            None => Ok(()),
            Some(Value::String(azp)) if azp == client_id => Ok(()),
            Some(_) => Err(refuse(
                "the id_token was asked for by another application (azp)",
            )),
        }
    }

    /// Of a sign-in that `began` then. `exp` was judged already.
    pub(super) fn is_fresh(&self, began: u64, now: u64) -> Result<(), LoginError> {
        self.issued(began, now)?;
        match self.auth_time {
            None => Err(refuse(
                "the id_token does not say when you were asked (auth_time)",
            )),
            Some(time) if time > now + LEEWAY => Err(refuse(
                "the id_token tells of a sign-in that is still to come (auth_time)",
            )),
            Some(time) if time < began.saturating_sub(LEEWAY) => Err(LoginError::SilentPass {
                words: "its answer is from before this sign-in began".into(),
            }),
            Some(_) => Ok(()),
        }
    }

    /// The same person's same session (OpenID Connect Core 12.2).
    pub(super) fn renews(&self, before: &Self, now: u64) -> Result<(), LoginError> {
        self.issued(now, now)?;
        if self.sub != before.sub {
            return Err(refuse("the renewed id_token is about somebody else (sub)"));
        }
        if self.auth_time.is_some() && self.auth_time != before.auth_time {
            return Err(refuse(
                "the renewed id_token tells of another sign-in (auth_time)",
            ));
        }
        let nonce = self.all.get("nonce");
        if nonce.is_some() && nonce != before.all.get("nonce") {
            return Err(refuse(
                "the renewed id_token answers another request (nonce)",
            ));
        }
        Ok(())
    }

    /// Whether it can stand for a session alone: a renewal may leave out who, and since when.
    pub(super) fn says_as_much_as(&self, before: &Self) -> bool {
        let names = self.named_by != "sub" || before.named_by == "sub";
        names && self.auth_time.is_some()
    }

    fn issued(&self, began: u64, now: u64) -> Result<(), LoginError> {
        let latest = now + LEEWAY;
        let iat = time(&self.all, "iat")?;
        if iat > latest {
            return Err(refuse(&format!(
                "the id_token was issued {} s from now; look at this machine's clock",
                iat - now
            )));
        }
        if time_if_there(&self.all, "nbf")?.is_some_and(|nbf| nbf > latest) {
            return Err(refuse("the id_token does not count yet (nbf)"));
        }
        if iat < began.saturating_sub(LEEWAY) {
            return Err(refuse("the id_token was issued before it was asked for"));
        }
        if self.exp.saturating_sub(iat) > LIFE + LEEWAY {
            return Err(refuse("the id_token counts for longer than a day"));
        }
        Ok(())
    }
}

/// The Duo username: `preferred_username`; without one `email`, if the provider says that it is
/// verified; without that `sub`. Duo's Admin Panel says which attribute each of them is.
///
/// An address that nobody verified is whatever somebody typed, and so names nobody.
fn name(all: &Map<String, Value>, sub: &str) -> Result<(&'static str, String), LoginError> {
    let verified = all.get("email_verified") == Some(&Value::Bool(true));
    let claim = if all.contains_key("preferred_username") {
        "preferred_username"
    } else if all.contains_key("email") && verified {
        "email"
    } else {
        "sub"
    };
    let user = if claim == "sub" {
        sub.to_owned()
    } else {
        text(all, claim)?
    };
    if user.trim() != user || plain(&user, NAME) != user {
        return Err(refuse(&format!(
            "the id_token's `{claim}` cannot be a Duo username"
        )));
    }
    Ok((claim, user))
}

fn text(all: &Map<String, Value>, name: &str) -> Result<String, LoginError> {
    match all.get(name) {
        None => Err(refuse(&format!("the id_token has no `{name}`"))),
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(_) => Err(refuse(&format!("the id_token's `{name}` is no text"))),
    }
}

fn time(all: &Map<String, Value>, name: &str) -> Result<u64, LoginError> {
    time_if_there(all, name)?.ok_or_else(|| refuse(&format!("the id_token has no `{name}`")))
}

/// Whole seconds, also where they are written with a point.
fn time_if_there(all: &Map<String, Value>, name: &str) -> Result<Option<u64>, LoginError> {
    match all.get(name).map(Value::as_f64) {
        None => Ok(None),
        // Inside these bounds the cast loses the fraction only.
        Some(Some(seconds)) if (0.0..=LAST).contains(&seconds) => Ok(Some(seconds as u64)),
        Some(Some(_) | None) => Err(refuse(&format!("the id_token's `{name}` is no time"))),
    }
}
