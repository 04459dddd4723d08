//! Tokens that Duo signed, and that say the wrong thing.

use super::*;

#[test]
fn thirty_three_wrong_claims_are_refused() {
    let wrong = |pointer: &str, value: Value| signed(&with(pointer, value));
    let missing = |name: &str| untrusted(&format!("the id_token has no `{name}`"));
    let issued = |by: &str| {
        untrusted(&format!(
            "the id_token is issued by `{by}`, which is not this tenant"
        ))
    };
    let about = |who: &str, name: &str| {
        untrusted(&format!(
            "the id_token is about `{who}`, not about `dana` ({name})"
        ))
    };
    let foreign = untrusted("the id_token is not for this application");
    let shared = untrusted("the id_token is not for this application alone");
    let mut rows: Vec<(&str, String, LoginError)> = [
        "iss",
        "sub",
        "preferred_username",
        "exp",
        "iat",
        "auth_time",
        "nonce",
    ]
    .map(|name| (name, wrong(&format!("/{name}"), Value::Null), missing(name)))
    .into();
    rows.extend([
        (
            "issuer: host only",
            wrong("/iss", json!("https://api-1a2b3c4d.duosecurity.com")),
            issued("https://api-1a2b3c4d.duosecurity.com"),
        ),
        (
            "issuer: a slash more",
            wrong("/iss", json!(format!("{ISSUER}/"))),
            issued(&format!("{ISSUER}/")),
        ),
        (
            "issuer: other tenant",
            wrong(
                "/iss",
                json!("https://api-99999999.duosecurity.com/oauth/v1/token"),
            ),
            issued("https://api-99999999.duosecurity.com/oauth/v1/token"),
        ),
        (
            "issuer: other letters",
            wrong("/iss", json!(ISSUER.replace("api", "API"))),
            issued(&ISSUER.replace("api", "API")),
        ),
        (
            "issuer: no TLS",
            wrong("/iss", json!(ISSUER.replace("https", "http"))),
            issued(&ISSUER.replace("https", "http")),
        ),
        (
            "audience: none",
            wrong("/aud", Value::Null),
            foreign.clone(),
        ),
        (
            "audience: other",
            wrong("/aud", json!("DIXXXXXXXXXXXXXXXXXX")),
            foreign.clone(),
        ),
        (
            "audience: empty list",
            wrong("/aud", json!([])),
            foreign.clone(),
        ),
        (
            "audience: one more",
            wrong("/aud", json!([CLIENT, "DIXXXXXXXXXXXXXXXXXX"])),
            foreign,
        ),
        (
            "audience: us twice",
            wrong("/aud", json!([CLIENT, CLIENT])),
            shared,
        ),
        (
            "azp: other",
            wrong("/azp", json!("DIXXXXXXXXXXXXXXXXXX")),
            untrusted("the id_token was asked for by another application (azp)"),
        ),
        (
            "nonce: other",
            wrong("/nonce", json!(NONCE.to_lowercase())),
            untrusted("the id_token answers another request (its nonce is not ours)"),
        ),
        (
            "exp: 60 s ago",
            wrong("/exp", json!(NOW - 60)),
            untrusted("the id_token expired 60 s ago; look at this machine's clock"),
        ),
        (
            "iat: 61 s from now",
            wrong("/iat", json!(NOW + 61)),
            untrusted("the id_token was issued 61 s from now; look at this machine's clock"),
        ),
        (
            "iat: before the trip",
            wrong("/iat", json!(BEGAN - 61)),
            untrusted("the id_token was issued before this sign-in began"),
        ),
        (
            "nbf: 61 s from now",
            wrong("/nbf", json!(NOW + 61)),
            untrusted("the id_token does not count yet (nbf)"),
        ),
        (
            "lives for a day",
            wrong("/exp", json!(NOW + 86400)),
            untrusted("the id_token counts for longer than an hour"),
        ),
        (
            "auth_time: to come",
            wrong("/auth_time", json!(NOW + 61)),
            untrusted("the id_token tells of an approval that is still to come (auth_time)"),
        ),
        (
            "user: other",
            wrong("/preferred_username", json!("eve")),
            about("eve", "preferred_username"),
        ),
        (
            "user: other case",
            wrong("/preferred_username", json!("Dana")),
            about("Dana", "preferred_username"),
        ),
        (
            "user: a space more",
            wrong("/preferred_username", json!("dana ")),
            about("dana ", "preferred_username"),
        ),
        (
            "user: a null more",
            wrong("/preferred_username", json!("dana\0")),
            about("dana\u{FFFD}", "preferred_username"),
        ),
        (
            "user: look-alike",
            wrong("/preferred_username", json!("dаna")),
            about("dаna", "preferred_username"),
        ),
        (
            "sub: other",
            wrong("/sub", json!("eve")),
            about("eve", "sub"),
        ),
        (
            "no auth_result",
            wrong("/auth_result", Value::Null),
            untrusted("the id_token tells no result (auth_result)"),
        ),
        (
            "auth_result without a result",
            wrong("/auth_result/result", Value::Null),
            untrusted("the id_token's result is not named (auth_result.result)"),
        ),
    ]);
    check(&rows, 33);
}

#[test]
fn twenty_passes_without_a_person_are_refused() {
    let asked = |factor: &str, reason: &str| {
        let name = if factor == reason {
            factor.to_owned()
        } else {
            format!("{factor}, {reason}")
        };
        let context = json!({"factor": factor, "result": "success", "reason": reason});
        (
            name.clone(),
            signed(&with("/auth_context", context)),
            silent(&name),
        )
    };
    let rows = [
        asked("not_available", "bypass_user"),
        asked("remembered_device", "remembered_device"),
        asked("trusted_network", "trusted_network"),
        asked("not_available", "allowed_by_policy"),
        asked("not_available", "allow_unenrolled_user"),
        asked("not_available", "user_approved"),
        asked("remembered_device", "user_approved"),
        asked("duo_push", "bypass_user"),
        asked("duo_push", "allowed_by_policy"),
        asked("duo_push", "remembered_device"),
        asked("digital_certificate", "user_approved"),
        asked("telepathy", "user_approved"),
        asked("Duo_Push", "user_approved"),
    ];
    let rows: Vec<(&str, String, LoginError)> = rows
        .iter()
        .map(|(name, token, error)| (name.as_str(), token.clone(), error.clone()))
        .chain([
            (
                "no context",
                signed(&with("/auth_context", Value::Null)),
                silent("it does not say how it asked (auth_context)"),
            ),
            (
                "no factor",
                signed(&with("/auth_context/factor", Value::Null)),
                silent("no factor, user_approved"),
            ),
            (
                "no reason",
                signed(&with("/auth_context/reason", Value::Null)),
                silent("duo_push, no reason"),
            ),
            (
                "no ending",
                signed(&with("/auth_context/result", Value::Null)),
                silent("it does not say how the attempt ended"),
            ),
            (
                "status bypass",
                signed(&with("/auth_result/status", json!("bypass"))),
                silent("its result is `bypass`"),
            ),
            (
                "asked before the trip",
                signed(&with("/auth_time", json!(BEGAN - 61))),
                silent("its answer is from before this sign-in began"),
            ),
            (
                "no status",
                signed(&with("/auth_result/status", Value::Null)),
                untrusted("the id_token's status is not named (auth_result.status)"),
            ),
        ])
        .collect();
    check(&rows, 20);
}

#[test]
fn four_denials_are_told_as_such() {
    let denied =
        json!({"result": "deny", "status": "deny", "status_msg": "Your account is disabled."});
    check(
        &[
            (
                "denied",
                signed(&with("/auth_result", denied)),
                refused("its result is `deny/deny`: Your account is disabled"),
            ),
            (
                "a new result",
                signed(&with("/auth_result/result", json!("ALLOW"))),
                refused("its result is `ALLOW/allow`: Login Successful"),
            ),
            (
                "fraud",
                signed(&with("/auth_context/result", json!("fraud"))),
                refused("the attempt ended as `fraud`"),
            ),
            (
                "denied attempt",
                signed(&with("/auth_context/result", json!("denied"))),
                refused("the attempt ended as `denied`"),
            ),
        ],
        4,
    );
}
