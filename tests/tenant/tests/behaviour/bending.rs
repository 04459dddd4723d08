//! Bad tokens, bent ways back and broken answers: each is as bad as its name says, once, and the next is good.

use std::io::Read;

use duo_tenant::{Config, Endpoint, Fault, Patch, Patched, Script, Signing, Tamper, Turn, Wire};
use flate2::read::GzDecoder;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::party::{BACK, Party, brought, opened};
use crate::support::{raw, tenant};

/// So that closures of different types make one table.
fn rows<Bent, Look: ?Sized, const N: usize>(rows: [(Bent, &Look); N]) -> [(Bent, &Look); N] {
    rows
}

#[tokio::test]
async fn a_token_is_wrong_in_the_one_way_that_was_asked_for() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let (id, issuer) = (party.id.clone(), format!("{}/oauth/v1/token", party.base()));
    let alg = |wanted: &'static str, good: bool| {
        move |header: &Value, _: &Value, signed: bool| header["alg"] == wanted && signed == good
    };
    let (none, odd) = (alg("none", false), alg("nOnE", false));
    let (hs256, hs384, hs512) = (
        alg("HS256", false),
        alg("HS384", false),
        alg("HS512", false),
    );
    let (rs256, es256) = (alg("RS256", false), alg("ES256", false));
    for (tamper, is_seen) in rows::<_, dyn Fn(&Value, &Value, bool) -> bool, _>([
        (Tamper::default(), &|header, claims, good| {
            header["typ"] == "JWT" && claims["iss"] == issuer && good
        }),
        (Tamper::signed(Signing::None { alg: "none".into() }), &none),
        (Tamper::signed(Signing::None { alg: "nOnE".into() }), &odd),
        (Tamper::signed(Signing::Hs256), &hs256),
        (Tamper::signed(Signing::Hs384), &hs384),
        (Tamper::signed(Signing::OtherSecret), &hs512),
        (Tamper::signed(Signing::EmptySecret), &hs512),
        (Tamper::signed(Signing::PemAsSecret), &hs512),
        (Tamper::signed(Signing::Transplanted), &hs512),
        (Tamper::signed(Signing::Rs256), &rs256),
        (Tamper::signed(Signing::Es256), &es256),
        (
            Tamper::header([Patch::set("alg", json!("RS256"))]),
            &|header, _, good| header["alg"] == "RS256" && good,
        ),
        (
            Tamper::header([Patch::remove("typ")]),
            &|header, _, good| header.get("typ").is_none() && good,
        ),
        (
            Tamper::header([Patch::set("crit", json!(["exp"]))]),
            &|header, _, good| header["crit"] == json!(["exp"]) && good,
        ),
        (
            Tamper::claims([Patch::remove("exp")]),
            &|_, claims, good| claims.get("exp").is_none() && good,
        ),
        (
            Tamper::claims([Patch::later("exp", -4000)]),
            &|_, claims, good| claims["exp"].as_i64() < claims["iat"].as_i64() && good,
        ),
        (
            Tamper::claims([Patch::set("aud", json!([id, "other"]))]),
            &|_, claims, good| claims["aud"] == json!([id, "other"]) && good,
        ),
        (
            Tamper::claims([Patch::set("auth_context/reason", json!("bypass_user"))]),
            &|_, claims, good| {
                claims["auth_context"]["reason"] == "bypass_user"
                    && claims["auth_context"]["factor"] == "duo_push"
                    && good
            },
        ),
        (
            Tamper::claims([Patch::remove("auth_result/status")]),
            &|_, claims, good| {
                claims["auth_result"]["result"] == "allow"
                    && claims["auth_result"].get("status").is_none()
                    && good
            },
        ),
        (
            Tamper::claims([Patch::AsText { path: "exp".into() }]),
            &|_, claims, good| claims["exp"].is_string() && good,
        ),
        (
            Tamper::claims([Patch::AsFloat { path: "iat".into() }]),
            &|_, claims, good| claims["iat"].is_f64() && good,
        ),
        // serde_json keeps the last one.
        (
            Tamper::claims([Patch::again("sub", json!("eve"))]),
            &|_, claims, good| claims["sub"] == "eve" && good,
        ),
        (
            Tamper::claims([Patch::Before {
                name: "sub".into(),
                value: json!("eve"),
            }]),
            &|_, claims, good| claims["sub"] == "dana" && good,
        ),
        (Tamper::wired(Wire::BrokenSignature), &hs512),
        (Tamper::wired(Wire::HalfSignature), &hs512),
        (Tamper::wired(Wire::EmptySignature), &hs512),
    ]) {
        tenant.script(Script::IdToken(tamper.clone()));
        let token = party.id_token().await;
        let (header, claims, good) = opened(token.as_str().unwrap(), &party.secret);
        assert!(
            is_seen(&header, &claims, good),
            "{tamper:?}: {header} {claims} {good}"
        );
    }
    let next = party.id_token().await;
    assert!(opened(next.as_str().unwrap(), &party.secret).2);
}

#[tokio::test]
async fn what_is_no_token_any_more_has_the_shape_that_was_asked_for() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let dots =
        |wanted: usize| move |token: &Value| token.as_str().unwrap().matches('.').count() == wanted;
    let (one, four, five) = (dots(1), dots(4), dots(5));
    let part = |token: &Value, nth: usize| {
        token
            .as_str()
            .unwrap()
            .split('.')
            .nth(nth)
            .unwrap()
            .to_owned()
    };
    for (wire, fits) in rows::<_, dyn Fn(&Value) -> bool, _>([
        (Wire::WithoutSignature, &one),
        (Wire::Encrypted, &four),
        (Wire::Joined { by: ".".into() }, &five),
        (Wire::Joined { by: " ".into() }, &four),
        (Wire::Garbage { part: 0 }, &|token| part(token, 0) == "%%%"),
        (Wire::Garbage { part: 1 }, &|token| part(token, 1) == "%%%"),
        (Wire::Garbage { part: 2 }, &|token| part(token, 2) == "%%%"),
        (Wire::NoJson { part: 1 }, &|token| {
            part(token, 1).starts_with("WyJubyBvYmplY3Q")
        }),
        (Wire::Padded, &|token| {
            token.as_str().unwrap().ends_with("==")
        }),
        (Wire::JsonSerialization, &|token| {
            token.as_str().unwrap().starts_with("{\"payload\":")
        }),
        (
            Wire::Literal {
                value: json!(["a", "b"]),
            },
            &|token| *token == json!(["a", "b"]),
        ),
        (Wire::Literal { value: Value::Null }, &|token| {
            token.is_null()
        }),
        (Wire::Literal { value: json!("") }, &|token| {
            *token == json!("")
        }),
    ]) {
        tenant.script(Script::IdToken(Tamper::wired(wire.clone())));
        let token = party.id_token().await;
        assert!(fits(&token), "{wire:?}: {token}");
    }
}

#[tokio::test]
async fn the_way_back_is_bent_once_as_it_was_asked_for() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let state = "s".repeat(36);
    let table = [
        (
            vec![Patched::set("state", "other")],
            vec![("state", "other"), ("duo_code", "*")],
        ),
        (vec![Patched::without("state")], vec![("duo_code", "*")]),
        (vec![Patched::without("code")], vec![("state", &state)]),
        (
            vec![Patched::beside("code", "c")],
            vec![("state", &state), ("duo_code", "*"), ("code", "c")],
        ),
        (
            vec![Patched::twice("state")],
            vec![("state", &state), ("duo_code", "*"), ("state", &state)],
        ),
        (
            vec![
                Patched::without("code"),
                Patched::beside("error", "server_error"),
                Patched::beside("iss", "https://x"),
            ],
            vec![
                ("state", &state),
                ("error", "server_error"),
                ("iss", "https://x"),
            ],
        ),
    ];
    for (patches, wanted) in table {
        tenant.script(Script::Callback(patches));
        let params = party.walk(&party.request()).await;
        let seen: Vec<(&str, &str)> = params
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str(),
                    if name == "duo_code" {
                        "*"
                    } else {
                        value.as_str()
                    },
                )
            })
            .collect();
        assert_eq!(seen, wanted);
    }
    tenant.script(Script::NextPrompt(Turn::Error {
        error: "temporarily_unavailable".into(),
        description: None,
    }));
    let page = party.authorize(&party.request()).await;
    assert!(page.location().starts_with("/frame/exit?"));
    let back = party.get(page.location()).await;
    assert_eq!(
        brought(back.location()),
        [
            ("state".to_owned(), state),
            ("error".to_owned(), "temporarily_unavailable".to_owned())
        ]
    );
    assert!(BACK.starts_with("http://localhost:"));
}

#[tokio::test]
async fn the_token_answer_is_broken_once_as_it_was_asked_for() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    let once = |fault: Fault| tenant.script(Script::once(Endpoint::Token, fault));
    let answered = async |fault: Fault| {
        let code = party.code().await;
        once(fault);
        party.redeem(&code).await
    };
    let page = answered(Fault::Without {
        name: "id_token".into(),
    })
    .await;
    assert_eq!((page.status, page.json().get("id_token")), (200, None));
    let page = answered(Fault::Field {
        name: "id_token".into(),
        value: json!(["a"]),
    })
    .await;
    assert_eq!(page.json()["id_token"], json!(["a"]));
    let page = answered(Fault::Repeated {
        name: "id_token".into(),
        value: json!("second"),
    })
    .await;
    assert_eq!(
        (
            page.body.matches("\"id_token\":").count(),
            &page.json()["id_token"]
        ),
        (2, &json!("second"))
    );
    let page = answered(Fault::OAuth {
        error: "invalid_grant".into(),
        description: "No.".into(),
    })
    .await;
    assert_eq!(
        (page.status, page.json()),
        (
            400,
            json!({"error": "invalid_grant", "error_description": "No."})
        )
    );
    let page = answered(Fault::Redirect {
        status: 302,
        location: "https://x/".into(),
    })
    .await;
    assert_eq!((page.status, page.location()), (302, "https://x/"));
    let page = answered(Fault::Html { status: 200 }).await;
    assert!(page.status == 200 && page.body.starts_with("<html>"));
    let page = answered(Fault::ContentType {
        value: "text/html".into(),
    })
    .await;
    assert_eq!(page.header("content-type"), Some("text/html"));
    let page = answered(Fault::Bloated {
        bytes: 5 * 1024 * 1024,
    })
    .await;
    assert!(page.body.len() > 5 * 1024 * 1024 && page.json()["token_type"] == "Bearer");
    let page = answered(Fault::Drip { millis: 0 }).await;
    assert_eq!(
        (page.status, &page.json()["token_type"]),
        (200, &json!("Bearer"))
    );
    assert_eq!(party.redeem(&party.code().await).await.status, 200);
}

#[tokio::test]
async fn a_gzip_bomb_is_small_on_the_wire_and_large_behind_it() {
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    tenant.script(Script::once(
        Endpoint::HealthCheck,
        Fault::GzipBomb { mebibytes: 16 },
    ));
    let request = format!(
        "POST /oauth/v1/health_check HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        party.host
    );
    let answer = raw(&party.host, request.as_bytes()).await;
    let at = answer
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap()
        + 4;
    let head = String::from_utf8(answer[..at].to_vec()).unwrap();
    assert!(head.contains("Content-Encoding: gzip"), "{head}");
    let mut unpacked = Vec::new();
    GzDecoder::new(&answer[at..])
        .read_to_end(&mut unpacked)
        .unwrap();
    assert!(answer.len() < 128 * 1024 && unpacked.len() > 16 * 1024 * 1024);
    assert!(serde_json::from_slice::<Value>(&unpacked).unwrap()["stat"] == "FAIL");
}

#[tokio::test]
async fn every_order_can_also_be_given_as_json() {
    let orders = [
        json!({"id_token": {}}),
        json!({"id_token": {"claims": [{"later": {"path": "exp", "seconds": -4000}}], "signing": "hs256"}}),
        json!({"id_token": {"signing": {"none": {"alg": "None"}}, "wire": {"joined": {"by": "."}}}}),
        json!({"callback": [{"set": {"name": "state", "value": "x"}}, {"twice": {"name": "code"}}]}),
        json!({"next_prompt": "trusted_network"}),
        json!({"next_prompt": {"error": {"error": "server_error", "description": null}}}),
        json!({"fault": {"endpoint": "token", "times": 1, "fault": {"oauth": {"error": "a", "description": "b"}}}}),
        json!({"fault": {"endpoint": "health_check", "times": 1, "fault": {"drip": {"millis": 5}}}}),
        json!({"fault": {"endpoint": "authorize", "times": 0, "fault": {"bloated": {"bytes": 1}}}}),
    ];
    for order in orders {
        let script: Script = serde_json::from_value(order.clone()).unwrap();
        let again: Script = serde_json::from_value(serde_json::to_value(&script).unwrap()).unwrap();
        assert_eq!(again, script, "{order}");
    }
    let tenant = tenant(Config::default()).await;
    let party = Party::new(&tenant);
    tenant.script(Script::IdToken(Tamper::wired(Wire::WithoutSignature)));
    tenant.script(Script::Callback(vec![Patched::without("state")]));
    tenant.script(Script::NextPrompt(Turn::RefusedByPolicy));
    tenant.script(Script::Clear);
    assert_eq!(
        party
            .id_token()
            .await
            .as_str()
            .unwrap()
            .matches('.')
            .count(),
        2
    );
}
