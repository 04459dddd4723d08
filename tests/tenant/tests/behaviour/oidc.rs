//! `health_check` and `authorize`: what they take and what they refuse.

use duo_tenant::{Application, Config, Endpoint, Script};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::party::{BACK, Party, brought, now, opened, query, signed};
use crate::support::tenant;

#[tokio::test]
async fn only_the_client_itself_is_healthy() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let path = Endpoint::HealthCheck.path();
    let good = party.assertion(path);
    let other = Party {
        secret: "x".repeat(40),
        ..Party::new(&tenant)
    };
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        party.sign(&claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        party.sign(&claims)
    };
    let invalid = Some("The provided client_assertion was invalid.");
    let issuer =
        Some("Invalid Client assertion: The `iss` claim must match the supplied client_id");
    let bare = json!({"alg": "HS512"});
    let table = [
        ("good", party.sign(&good), None),
        ("no typ", signed(&bare, &good, &party.secret), None),
        (
            "exp as float",
            with("exp", json!(now() as f64 + 300.5)),
            None,
        ),
        (
            "exp as text",
            with("exp", json!((now() + 300).to_string())),
            None,
        ),
        ("no iat", without("iat"), None),
        ("iat rounded up", with("iat", json!(now() + 1)), None),
        (
            "other secret",
            other.sign(&good),
            Some("Failed to verify signature."),
        ),
        ("no iss", without("iss"), issuer),
        (
            "other iss",
            with("iss", json!("DIXXXXXXXXXXXXXXXXXX")),
            issuer,
        ),
        (
            "other sub",
            with("sub", json!("DIXXXXXXXXXXXXXXXXXX")),
            invalid,
        ),
        (
            "other aud",
            with("aud", json!(format!("{}/oauth/v1/token", party.base()))),
            invalid,
        ),
        ("no exp", without("exp"), invalid),
        ("expired", with("exp", json!(now() - 61)), invalid),
        ("exp too far", with("exp", json!(now() + 3700)), invalid),
        ("iat to come", with("iat", json!(now() + 120)), invalid),
        ("no jti", without("jti"), invalid),
        ("no token", "nonsense".to_owned(), invalid),
        (
            "alg none",
            signed(&json!({"alg": "none"}), &good, ""),
            invalid,
        ),
        (
            "alg HS384",
            signed(&json!({"alg": "HS384"}), &good, &party.secret),
            invalid,
        ),
    ];
    for (name, assertion, detail) in table {
        let form = [
            ("client_id", party.id.as_str()),
            ("client_assertion", &assertion),
        ];
        for (page, how) in [
            (party.post(path, &form).await, "form"),
            (
                party.post(&format!("{path}?{}", query(&form)), &[]).await,
                "query",
            ),
        ] {
            let answer = page.json();
            let (status, wanted) = match detail {
                None => (
                    200,
                    json!({"stat": "OK", "response": {"timestamp": answer["response"]["timestamp"]}}),
                ),
                Some(detail) => (
                    400,
                    json!({
                        "stat": "FAIL", "code": 40002, "message": "invalid_client", "message_detail": detail,
                        "timestamp": answer["timestamp"],
                    }),
                ),
            };
            assert_eq!((page.status, &answer), (status, &wanted), "{name}, {how}");
            let time = answer
                .pointer("/response/timestamp")
                .unwrap_or(&answer["timestamp"]);
            assert!(time.as_i64().unwrap().abs_diff(now()) < 30, "{answer}");
        }
    }
    assert_eq!(party.get(path).await.status, 405);
}

#[tokio::test]
async fn a_request_that_does_not_hold_gets_a_page_and_no_way_back() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let (long, most) = ("s".repeat(1025), "s".repeat(1024));
    let table = [
        ("state", json!("s".repeat(16)), true),
        ("state", json!(most), true),
        ("state", json!("s".repeat(15)), false),
        ("state", json!(long), false),
        ("state", Value::Null, false),
        ("nonce", json!("n".repeat(16)), true),
        ("nonce", json!("n".repeat(15)), false),
        ("nonce", json!(long), false),
        ("exp", json!((now() + 300).to_string()), true),
        ("exp", json!(now() as f64 + 300.5), true),
        ("exp", json!(now() - 61), false),
        ("exp", json!(now() + 3700), false),
        ("exp", Value::Null, false),
        ("iat", json!(now() + 30), true),
        ("iat", json!(now() + 120), false),
        (
            "aud",
            json!(format!("{}/oauth/v1/authorize", party.base())),
            true,
        ),
        ("aud", json!("https://api-other.example"), false),
        ("iss", json!("DIXXXXXXXXXXXXXXXXXX"), false),
        ("client_id", json!("DIXXXXXXXXXXXXXXXXXX"), false),
        ("response_type", json!("token"), false),
        ("scope", json!("openid profile"), true),
        ("scope", json!("openid2"), false),
        ("duo_uname", json!(""), false),
        ("duo_uname", json!(7), false),
        ("redirect_uri", json!("https://app.example/cb"), true),
        ("redirect_uri", json!("http://127.0.0.1:49152/back"), false),
        ("redirect_uri", json!("https://[::1]/back"), false),
        ("redirect_uri", json!("http://app.example/back"), false),
        ("redirect_uri", json!("thumbturn://back"), false),
        ("use_duo_code_attribute", json!("true"), true),
        ("use_duo_code_attribute", json!("maybe"), false),
        ("prompt", json!("login"), true),
        ("prompt", json!("none"), false),
        ("max_age", json!(0), true),
        ("max_age", json!(-1), false),
    ];
    for (name, value, fits) in table {
        let mut request = party.request();
        request[name] = value.clone();
        let page = party.authorize(&request).await;
        if fits {
            assert_eq!(page.status, 303, "{name}={value}: {}", page.body);
        } else {
            assert_eq!(
                (page.status, page.header("location")),
                (400, None),
                "{name}={value}"
            );
            assert!(
                page.body.contains("This page cannot sign you in"),
                "{name}={value}: {}",
                page.body
            );
        }
    }
}

#[tokio::test]
async fn what_stands_beside_the_request_object_must_agree_with_it() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let good = party.authorize_path(&party.request());
    let mut bare = party.request();
    bare.as_object_mut().unwrap().remove("nonce");
    let outer_nonce = format!("{}&nonce={}", party.authorize_path(&bare), "o".repeat(17));
    let mut stateless = party.request();
    stateless.as_object_mut().unwrap().remove("state");
    let table = [
        (good.clone(), 303),
        (format!("{good}&redirect_uri={BACK}&scope=openid"), 303),
        (outer_nonce.clone(), 303),
        (format!("{good}&nonce={}", "o".repeat(17)), 400),
        (format!("{good}&state={}", "o".repeat(36)), 400),
        (format!("{good}&redirect_uri=https://evil.example/"), 400),
        (
            format!(
                "{}&state={}",
                party.authorize_path(&stateless),
                "o".repeat(36)
            ),
            400,
        ),
        (
            good.replace("response_type=code", "response_type=token"),
            400,
        ),
        (good.replace(&party.id, "DIXXXXXXXXXXXXXXXXXX"), 400),
        (good.split("&request=").next().unwrap().to_owned(), 400),
    ];
    for (path, status) in table {
        assert_eq!(party.get(&path).await.status, status, "{path}");
    }
    let (path, form) = good.split_once('?').unwrap();
    assert_eq!(party.send("POST", path, "", form).await.status, 303);
    assert_eq!(party.send("PUT", path, "", form).await.status, 405);
    let forged = Party {
        secret: "x".repeat(40),
        ..Party::new(&tenant)
    };
    let page = forged.authorize(&forged.request()).await;
    assert!(
        page.body.contains("not signed by the client secret"),
        "{}",
        page.body
    );

    let page = party.get(&outer_nonce).await;
    let sid = page.location().rsplit_once('=').unwrap().1;
    let code = party.dana_approves(sid).await;
    let token = party.redeem(&code).await.json()["id_token"].clone();
    assert_eq!(
        opened(token.as_str().unwrap(), &party.secret).1["nonce"],
        "o".repeat(17)
    );
}

#[tokio::test]
async fn a_jti_that_comes_again_is_taken_and_seen_in_the_log() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let path = Endpoint::HealthCheck.path();
    let assertion = party.sign(&party.assertion(path));
    let form = [
        ("client_id", party.id.as_str()),
        ("client_assertion", &assertion),
    ];
    for _ in 0..2 {
        assert_eq!(party.post(path, &form).await.status, 200);
    }
    let replays: Vec<bool> = tenant
        .requests()
        .iter()
        .map(|logged| logged.replayed_jti)
        .collect();
    assert_eq!(replays, [false, true]);
}

#[tokio::test]
async fn the_clock_of_assertions_can_be_skewed() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let path = Endpoint::HealthCheck.path();
    for (skew, status) in [
        (0, 200),
        (355, 200),
        (365, 400),
        (-55, 200),
        (-65, 400),
        (-3400, 400),
    ] {
        tenant.script(Script::Skew(skew));
        let assertion = party.sign(&party.assertion(path));
        let form = [
            ("client_id", party.id.as_str()),
            ("client_assertion", &assertion),
        ];
        assert_eq!(party.post(path, &form).await.status, status, "{skew}");
    }
}

#[tokio::test]
async fn identifiers_have_duos_shapes_and_can_be_given() {
    let tenant = tenant(Config::default()).await;
    assert_eq!(
        (tenant.client_id().len(), tenant.client_secret().len()),
        (20, 40)
    );
    assert!(tenant.client_id().starts_with("DI"));
    assert_ne!(tenant.client_id(), tenant.integration_key());
    let web_sdk = Application {
        integration_key: "DIGIVEN0000000000000".into(),
        ..Application::default()
    };
    let given = crate::support::tenant(Config {
        web_sdk,
        ..Config::default()
    })
    .await;
    assert_eq!(given.client_id(), "DIGIVEN0000000000000");
    assert_eq!(
        brought(&format!("{BACK}?a=b%20c")),
        [("a".to_owned(), "b c".to_owned())]
    );
}
