//! `auth_status`: the long poll. The first one after a push answers at once, later ones wait for a change.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Params, Transaction};
use crate::config::PollEnd;
use crate::push::Stage;
use crate::reply::{Refusal, Reply};
use crate::shared::Shared;
use crate::state::State;

pub(super) async fn auth_status(shared: &Shared, params: &Params) -> Reply {
    let txid = params.required("txid")?;
    let (until, end) = shared.change(|state| {
        state.expire();
        let policy = &state.config.policy;
        (
            state.now + Duration::from_secs(policy.poll_seconds),
            policy.poll_end,
        )
    });
    tokio::select! {
        biased;
        news = shared.until(|state| news(state, txid)) => news,
        () = shared.clock.reach(until) => match end {
            PollEnd::Waiting => shared.state().transactions.find(txid)
                .map(|transaction| standing(transaction, true))
                .ok_or_else(|| Refusal::invalid("txid")),
            PollEnd::InvalidRequest => Err(Refusal::new(40002)),
        },
    }
}

/// The answer of a synchronous `auth`, once there is one.
pub(super) fn ended(state: &mut State, txid: &str) -> Option<Value> {
    let transaction = state.transactions.find(txid)?;
    matches!(transaction.stage, Stage::Ended(_)).then(|| standing(transaction, false))
}

fn news(state: &mut State, txid: &str) -> Option<Reply> {
    let known = state
        .transactions
        .find(txid)
        .filter(|transaction| transaction.asynchronous && !transaction.marks.forgotten);
    let Some(transaction) = known else {
        return Some(Err(Refusal::invalid("txid")));
    };
    let stage = transaction.stage;
    let is_new = transaction.told.replace(stage) != Some(stage) || matches!(stage, Stage::Ended(_));
    is_new.then(|| Ok(standing(transaction, true)))
}

fn standing(transaction: &Transaction, polled: bool) -> Value {
    let code = transaction.code.as_ref().map(|code| code.digits.as_str());
    let mut value = json!({
        "result": transaction.stage.result(),
        "status": transaction.stage.status(),
        "status_msg": transaction.stage.message(code, &transaction.marks.number),
    });
    if let Some(object) = value.as_object_mut() {
        if polled {
            object.insert("auth_delayed".to_owned(), json!(false));
        }
        if let Some(token) = &transaction.marks.trusted_device_token {
            object.insert("trusted_device_token".to_owned(), json!(token));
        }
    }
    value
}
