//! What a person can do at the prompt.

use std::time::Duration;

use duo_tenant::{Device, Policy, PushState, Tap, User};
use pretty_assertions::assert_eq;
use serde_json::json;

use crate::party::{Party, how, param, with};

#[tokio::test]
async fn nothing_rings_before_a_button_is_pressed_and_twice_is_once() {
    let tenant = with(Policy::default()).await;
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    assert!(
        party
            .prompt(&sid)
            .await
            .contains("Send a push</b> <span>to iPhone (XXX-XXX-4788)")
    );
    assert_eq!(
        (party.status(&sid).await.as_str(), tenant.pushes().len()),
        ("waiting", 0)
    );
    for _ in 0..2 {
        let page = party.post("/frame/push", &[("sid", &sid)]).await;
        assert_eq!(page.location(), format!("/frame/prompt?sid={sid}"));
    }
    assert_eq!(tenant.pushes().len(), 1);
    let page = party.prompt(&sid).await;
    assert!(
        page.contains("Check your phone") && page.contains(&format!("data-sid=\"{sid}\"")),
        "{page}"
    );
    let early = party.get(&format!("/frame/exit?sid={sid}")).await;
    assert_eq!(early.location(), format!("/frame/prompt?sid={sid}"));
}

#[tokio::test]
async fn a_denial_a_report_and_a_time_out_stay_on_the_page_and_can_be_tried_again() {
    let tenant = with(Policy::default()).await;
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    for (tap, words) in [
        (Some(Tap::Deny), "was denied on your phone"),
        (Some(Tap::Fraud), "was reported as fraud"),
        (None, "Nobody answered on your phone in time"),
    ] {
        party.post("/frame/push", &[("sid", &sid)]).await;
        let push = tenant.next_push().await;
        match tap {
            Some(tap) => tenant.tap(&push.txid, tap).unwrap(),
            None => tenant.advance(Duration::from_secs(60)),
        }
        assert_eq!(party.status(&sid).await, "deny");
        assert!(party.prompt(&sid).await.contains(words), "{words}");
    }
    assert_eq!(tenant.user("dana").unwrap().failures, 3);
    let code = party.dana_approves(&sid).await;
    assert_eq!(
        how(&party, &code).await,
        (
            json!("duo_push"),
            json!("user_approved"),
            json!(["mfa", "swk"])
        )
    );
    assert_eq!(tenant.user("dana").unwrap().failures, 0);
    assert_eq!(party.status(&sid).await, "over");
    assert!(party.prompt(&sid).await.contains("This sign-in is over"));
    assert_eq!(
        party
            .get(&format!("/frame/exit?sid={sid}"))
            .await
            .location(),
        format!("/frame/prompt?sid={sid}")
    );
}

#[tokio::test]
async fn every_kind_of_passcode_is_good_once_and_named_in_the_token() {
    let tenant = with(Policy::default()).await;
    let mut dana = User::new("dana").with_bypass_codes(&["314159265"]);
    dana.devices[0].passcodes = vec!["111111".into()];
    dana.devices[0].sms_codes = vec!["1222222".into()];
    dana.devices[1].passcodes = vec!["333333".into()];
    tenant.set_user(dana);
    let party = Party::new(&tenant);
    for (passcode, factor, amr) in [
        ("111 111", "passcode", "otp"),
        ("333333", "passcode", "otp"),
        ("1222222", "sms_passcode", "sms"),
        ("314159265", "bypass_code", "otp"),
    ] {
        let sid = party.opened(&party.request()).await;
        let page = party
            .post("/frame/passcode", &[("sid", &sid), ("passcode", passcode)])
            .await;
        assert_eq!(page.location(), format!("/frame/prompt?sid={sid}"));
        assert!(
            party
                .prompt(&sid)
                .await
                .contains(&format!("url=/frame/exit?sid={sid}"))
        );
        let code = param(&party.returned(&sid).await, "duo_code").unwrap();
        assert_eq!(
            how(&party, &code).await,
            (json!(factor), json!("valid_passcode"), json!(["mfa", amr]))
        );

        let sid = party.opened(&party.request()).await;
        let page = party
            .post(
                "/frame/passcode",
                &[("sid", &sid), ("passcode", passcode), ("view", "bypass")],
            )
            .await;
        assert_eq!(
            page.location(),
            format!("/frame/prompt?sid={sid}&view=bypass")
        );
        let page = party.get(page.location()).await.body;
        assert!(
            page.contains("This passcode is wrong") && page.contains("aria-invalid"),
            "{page}"
        );
    }
    assert_eq!(tenant.pushes(), []);
}

#[tokio::test]
async fn a_passcode_may_be_typed_while_the_push_rings() {
    let tenant = with(Policy::default()).await;
    let mut dana = User::new("dana");
    dana.devices[0].passcodes = vec!["111111".into()];
    tenant.set_user(dana);
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    party.post("/frame/push", &[("sid", &sid)]).await;
    party
        .post("/frame/passcode", &[("sid", &sid), ("passcode", "999999")])
        .await;
    assert_eq!(party.status(&sid).await, "waiting");
    assert_eq!(tenant.pushes()[0].state, PushState::Ringing);
    party
        .post("/frame/passcode", &[("sid", &sid), ("passcode", "111111")])
        .await;
    assert_eq!(party.status(&sid).await, "allow");
    let push = tenant.next_push().await;
    tenant.tap(&push.txid, Tap::Deny).unwrap();
    assert_eq!(party.status(&sid).await, "allow");
}

#[tokio::test]
async fn a_verified_push_shows_its_code_on_the_page_and_nowhere_else() {
    let tenant = with(Policy {
        verified_digits: Some(6),
        ..Policy::default()
    })
    .await;
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    party.post("/frame/push", &[("sid", &sid)]).await;
    let push = tenant.next_push().await;
    let digits = tenant.code(&push.txid).unwrap();
    assert!(party.prompt(&sid).await.contains(&format!(">{digits}</p>")));
    let status = party.get(&format!("/frame/status?sid={sid}")).await;
    assert!(!status.body.contains(&digits), "{}", status.body);
    tenant
        .tap(&push.txid, Tap::ApproveWithCode(digits))
        .unwrap();
    let code = param(&party.returned(&sid).await, "duo_code").unwrap();
    assert_eq!(how(&party, &code).await.0, "verified_duo_push");
}

#[tokio::test]
async fn another_phone_or_none_is_a_choice_among_the_options() {
    let tenant = with(Policy::default()).await;
    let second = Device::phone("Pixel <9>", "");
    let devices = vec![
        Device::phone("iPhone", ""),
        second.clone(),
        Device::landline("Desk", ""),
    ];
    tenant.set_user(User::new("dana").with_devices(devices));
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    let page = party
        .get(&format!("/frame/prompt?sid={sid}&view=options"))
        .await
        .body;
    assert!(
        page.contains("Pixel &lt;9&gt;") && !page.contains("Desk") && page.contains("Bypass code"),
        "{page}"
    );
    party
        .post(
            "/frame/push",
            &[("sid", &sid), ("device", "DPNOSUCH000000000000")],
        )
        .await;
    assert!(
        party
            .prompt(&sid)
            .await
            .contains("This phone takes no push")
    );
    party
        .post("/frame/push", &[("sid", &sid), ("device", &second.id)])
        .await;
    assert_eq!(tenant.next_push().await.device, second.id);

    tenant.set_user(User::new("dana").with_devices(vec![Device::token()]));
    let sid = party.opened(&party.request()).await;
    assert!(party.prompt(&sid).await.contains("Type a passcode"));
}

#[tokio::test]
async fn the_page_lets_nothing_foreign_in_and_shows_names_as_text() {
    let tenant = with(Policy::default()).await;
    let party = Party::new(&tenant);
    let mut request = party.request();
    request["display_username"] = json!("<script>alert(1)</script>\u{202e}\"'&");
    let sid = party.opened(&request).await;
    let page = party.get(&format!("/frame/prompt?sid={sid}")).await;
    assert!(
        page.body
            .contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;\u{fffd}&quot;&#39;&amp;</bdi>"),
        "{}",
        page.body
    );
    assert!(page.body.contains(duo_tenant::BANNER) && page.body.contains("Example Organisation"));
    let policy = page.header("content-security-policy").unwrap();
    for rule in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(
        !page.body.contains("://") && !page.body.contains("style=\""),
        "{}",
        page.body
    );
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.header(name), Some(value));
    }
    for (path, media) in [
        ("/frame/page.css", "text/css"),
        ("/frame/page.js", "text/javascript"),
    ] {
        let file = party.get(path).await;
        assert!(file.status == 200 && file.header("content-type").unwrap().starts_with(media));
    }
}

#[tokio::test]
async fn a_prompt_that_never_was_or_is_too_old_is_none() {
    let tenant = with(Policy::default()).await;
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    tenant.advance(Duration::from_secs(901));
    for path in [
        format!("/frame/prompt?sid={sid}"),
        format!("/frame/status?sid={sid}"),
        "/frame/exit?sid=made-up".to_owned(),
        "/frame/prompt".to_owned(),
        "/frame/nothing?sid=x".to_owned(),
    ] {
        let page = party.get(&path).await;
        assert!(
            page.status == 404 && page.body.contains("Nothing to sign in to"),
            "{path}"
        );
    }
    let sid = party.opened(&party.request()).await;
    let deleted = party
        .send("DELETE", &format!("/frame/push?sid={sid}"), "", "")
        .await;
    assert_eq!(deleted.status, 405);
    let logged: Vec<String> = tenant
        .requests()
        .into_iter()
        .map(|logged| logged.path)
        .collect();
    assert_eq!(
        logged,
        ["/oauth/v1/authorize", "/oauth/v1/authorize"],
        "steps at the prompt are no API requests"
    );
}
