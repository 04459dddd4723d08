//! The calls of Auth API v2, after the signature was checked.

mod authenticate;
mod enroll;
mod preauth;
mod status;
mod transaction;

use serde_json::json;

use crate::account::User;
use crate::fault::Endpoint;
use crate::params::Pairs;
use crate::reply::{Refusal, Reply};
use crate::shared::Shared;
use crate::state::State;

pub(crate) use authenticate::{ring_for_prompt, settle};
pub(crate) use transaction::{Transaction, Transactions};

pub(crate) struct Params(pub(crate) Pairs);

pub(crate) async fn answer(shared: &Shared, endpoint: Endpoint, params: &Params) -> Reply {
    match endpoint {
        Endpoint::Ping | Endpoint::Check => shared.change(|state| Ok(json!({"time": state.unix}))),
        // With a logo, the API answers an image before it comes here.
        Endpoint::Logo => Err(Refusal::new(40401)),
        Endpoint::Enroll => shared.change(|state| enroll::enroll(state, params)),
        Endpoint::EnrollStatus => shared.change(|state| enroll::enroll_status(state, params)),
        Endpoint::Preauth => shared.change(|state| preauth::preauth(state, params)),
        Endpoint::Auth => authenticate::auth(shared, params).await,
        Endpoint::AuthStatus => status::auth_status(shared, params).await,
        // Universal Prompt answers before it comes here.
        Endpoint::HealthCheck | Endpoint::Authorize | Endpoint::Token => Err(Refusal::new(40401)),
    }
}

impl Params {
    /// A blank value counts as none.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.value(name).ok_or_else(|| Refusal::missing(name))
    }

    fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.value(name) {
            None | Some("0" | "false") => Ok(false),
            Some("1" | "true") => Ok(true),
            Some(_) => Err(Refusal::invalid(name)),
        }
    }

    /// The user that exactly one of `username` and `user_id` names; nothing for an unknown username, which is no error.
    fn user(&self, state: &State) -> Result<Option<User>, Refusal> {
        let named = |same: &dyn Fn(&User) -> bool| {
            state.config.users.iter().find(|user| same(user)).cloned()
        };
        match (self.value("username"), self.value("user_id")) {
            (Some(name), None) => Ok(named(&|user| user.name.eq_ignore_ascii_case(name))),
            (None, Some(id)) => named(&|user| user.id == id)
                .map(Some)
                .ok_or_else(|| Refusal::invalid("user_id")),
            (None, None) => Err(Refusal::missing("username")),
            (Some(_), Some(_)) => Err(Refusal::invalid("username")),
        }
    }
}
