//! The claims of an id_token: all that Duo documents, because some SDKs refuse a token without them.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Visit;
use super::jwt::Object;
use super::sign_in::Grant;
use super::token::LIFE;
use crate::fault::Endpoint;
use crate::state::State;

pub(super) fn claims(state: &mut State, visit: &Visit, grant: &Grant) -> Object {
    let now = state.unix;
    let username = &grant.request.username;
    let mut claims = Object::new();
    let mut add = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    add(
        "iss",
        json!(format!("{}{}", visit.base(), Endpoint::Token.path())),
    );
    add("sub", json!(username));
    add("aud", json!(state.config.web_sdk.integration_key));
    add("exp", json!(now + LIFE));
    add("iat", json!(now));
    add("auth_time", json!(grant.auth_time));
    add("preferred_username", json!(username));
    if let Some(nonce) = &grant.request.nonce {
        add("nonce", json!(nonce));
    }
    if !grant.pass.amr.is_empty() {
        add("amr", json!(grant.pass.amr));
    }
    add(
        "auth_result",
        json!({"result": "allow", "status": "allow", "status_msg": "Login Successful"}),
    );
    add("auth_context", context(state, grant));
    claims
}

fn context(state: &mut State, grant: &Grant) -> Value {
    let user = state.user(&grant.request.username).cloned();
    let application = &state.config.web_sdk;
    let nowhere = json!({"city": null, "state": null, "country": null});
    let known = user.as_ref();
    json!({
        "txid": grant.pass.txid,
        "timestamp": grant.auth_time,
        "isotimestamp": iso(grant.auth_time),
        "event_type": "authentication",
        "factor": grant.pass.factor,
        "result": "success",
        "reason": grant.pass.reason,
        "alias": "",
        "email": "",
        "ood_software": null,
        "trusted_endpoint_status": "unknown",
        "user": {
            "name": known.map_or(&grant.request.username, |user| &user.name),
            "key": known.map(|user| &user.id),
            "groups": [],
        },
        "application": {"key": application.integration_key, "name": application.name},
        "access_device": {
            "browser": "Browser",
            "browser_version": "1",
            "flash_version": "uninstalled",
            "java_version": "uninstalled",
            "hostname": null,
            "ip": "127.0.0.1",
            "is_encryption_enabled": "unknown",
            "is_firewall_enabled": "unknown",
            "is_password_set": "unknown",
            "os": "Linux",
            "os_version": null,
            "location": nowhere,
        },
        "auth_device": {
            "ip": grant.pass.device.as_ref().map(|_| "127.0.0.1"),
            "name": grant.pass.device,
            "location": nowhere,
        },
    })
}

fn iso(unix: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(unix).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000000+00:00",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_time_reads_as_duo_writes_it() {
        assert_eq!(
            super::iso(1_700_000_000),
            "2023-11-14T22:13:20.000000+00:00"
        );
    }
}
