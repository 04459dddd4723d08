//! From the prompt's code to the id_token.

use std::time::Duration;

use duo_tenant::{Config, Endpoint};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::party::{ASSERTION_TYPE, BACK, Party, now, opened, param, query};
use crate::support::tenant;

#[tokio::test]
async fn a_whole_sign_in_ends_in_a_full_id_token() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let params = party.walk(&party.request()).await;
    let names: Vec<&str> = params.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["state", "duo_code"]);
    assert_eq!(param(&params, "state"), Some("s".repeat(36)));

    let page = party.redeem(&param(&params, "duo_code").unwrap()).await;
    let answer = page.json();
    assert_eq!(
        (page.status, &answer["token_type"], &answer["expires_in"]),
        (200, &json!("Bearer"), &json!(3600))
    );
    let token = answer["id_token"].as_str().unwrap();
    let (header, mut claims, good) = opened(token, &party.secret);
    assert_eq!(
        (header, good),
        (json!({"alg": "HS512", "typ": "JWT"}), true)
    );
    let context = claims["auth_context"].take();
    let times = ["iat", "exp", "auth_time"].map(|name| claims[name].take().as_i64().unwrap());
    assert!(times[0].abs_diff(now()) < 30 && times[1] == times[0] + 3600 && times[2] <= times[0]);
    assert_eq!(
        claims,
        json!({
            "iss": format!("{}/oauth/v1/token", party.base()), "sub": "dana", "aud": party.id, "exp": null, "iat": null,
            "auth_time": null, "preferred_username": "dana", "nonce": "n".repeat(36), "amr": ["mfa", "swk"],
            "auth_result": {"result": "allow", "status": "allow", "status_msg": "Login Successful"}, "auth_context": null,
        })
    );
    let push = tenant.pushes().remove(0);
    assert_eq!(
        (
            &context["factor"],
            &context["reason"],
            &context["result"],
            &context["txid"]
        ),
        (
            &json!("duo_push"),
            &json!("user_approved"),
            &json!("success"),
            &json!(push.txid)
        )
    );
    assert_eq!(
        (&context["user"]["key"], &context["application"]["key"]),
        (&json!(tenant.user("dana").unwrap().id), &json!(party.id))
    );
    assert_eq!(context["auth_device"]["name"], "iPhone (XXX-XXX-4788)");
    assert_eq!(
        tenant.issued(),
        [token, answer["access_token"].as_str().unwrap()]
    );
    assert_eq!(
        (push.username.as_str(), push.application.as_str()),
        ("dana", "Thumbturn sign-in")
    );
}

#[tokio::test]
async fn the_code_has_the_name_that_was_asked_for() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    for (flag, name) in [
        (Value::Null, "duo_code"),
        (json!("true"), "duo_code"),
        (json!(false), "code"),
        (json!("false"), "code"),
    ] {
        let mut request = party.request();
        request["redirect_uri"] = json!(format!("{BACK}?x=1"));
        if flag.is_null() {
            request
                .as_object_mut()
                .unwrap()
                .remove("use_duo_code_attribute");
        } else {
            request["use_duo_code_attribute"] = flag.clone();
        }
        let params = party.walk(&request).await;
        assert_eq!(param(&params, "x").as_deref(), Some("1"));
        assert_eq!(params.last().unwrap().0, name, "{flag}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_for_its_own_place_and_not_for_long() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let bad_grant = json!({
        "error": "invalid_grant",
        "error_description": "The provided authorization grant or refresh token is invalid, expired, revoked, does not match the redirection URI.",
    });
    let code = party.code().await;
    assert_eq!(party.redeem(&code).await.status, 200);
    let again = party.redeem(&code).await;
    assert_eq!((again.status, again.json()), (400, bad_grant.clone()));
    assert_eq!(party.redeem("made-up").await.json(), bad_grant);

    let code = party.code().await;
    tenant.advance(Duration::from_secs(301));
    assert_eq!(party.redeem(&code).await.json(), bad_grant);

    let code = party.code().await;
    let assertion = party.sign(&party.assertion("/oauth/v1/token"));
    let mut form = party.exchange(&code, &assertion);
    form[2].1 = "http://localhost:49152/elsewhere";
    assert_eq!(party.post("/oauth/v1/token", &form).await.json(), bad_grant);
    assert_eq!(
        party.redeem(&code).await.json(),
        bad_grant,
        "a code that was tried is spent"
    );
}

#[tokio::test]
async fn the_token_request_is_read_from_query_and_form_and_judged_in_order() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let path = Endpoint::Token.path();
    let code = party.code().await;
    let assertion = party.sign(&party.assertion(path));
    let mut form = party.exchange(&code, &assertion);
    let in_query = form.split_off(3);
    let page = party
        .post(&format!("{path}?{}", query(&in_query)), &form)
        .await;
    assert_eq!(page.status, 200, "{}", page.body);

    let good = party.exchange("none", &assertion);
    let changed = |name: &str, value: Option<&'static str>| {
        let mut form = good.clone();
        form.retain(|(key, _)| *key != name);
        form.extend(value.map(|value| {
            (
                match name {
                    "client_id" => "client_id",
                    "grant_type" => "grant_type",
                    other => panic!("{other}"),
                },
                value,
            )
        }));
        form
    };
    let without = |name: &str| {
        let mut form = good.clone();
        form.retain(|(key, _)| *key != name);
        form
    };
    let wrong_aud = party.sign(&party.assertion(Endpoint::HealthCheck.path()));
    let forged = Party {
        secret: "x".repeat(40),
        ..Party::new(&tenant)
    };
    let forged = forged.sign(&forged.assertion(path));
    let table = [
        (
            without("grant_type"),
            "invalid_request",
            "The grant_type is missing.",
        ),
        (
            changed("grant_type", Some("refresh_token")),
            "unsupported_grant_type",
            "The grant type is not supported.",
        ),
        (
            without("client_assertion_type"),
            "invalid_client",
            "The provided client_assertion was invalid.",
        ),
        (
            without("client_assertion"),
            "invalid_client",
            "The provided client_assertion was invalid.",
        ),
        (
            changed("client_id", Some("DIXXXXXXXXXXXXXXXXXX")),
            "invalid_client",
            "The provided client_assertion was invalid.",
        ),
        (
            party.exchange("none", &wrong_aud),
            "invalid_client",
            "The provided client_assertion was invalid.",
        ),
        (
            party.exchange("none", &forged),
            "invalid_client",
            "Failed to verify signature.",
        ),
        (
            without("code"),
            "invalid_request",
            "The code or the redirect_uri is missing.",
        ),
        (
            without("redirect_uri"),
            "invalid_request",
            "The code or the redirect_uri is missing.",
        ),
    ];
    for (form, error, description) in table {
        let page = party.post(path, &form).await;
        assert_eq!(
            (page.status, page.json()),
            (
                400,
                json!({"error": error, "error_description": description})
            )
        );
    }
    assert_eq!(good[3].1, ASSERTION_TYPE);
}
