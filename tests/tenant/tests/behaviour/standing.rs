//! Who is asked at all, who passes in silence, who is refused, and who goes back.

use duo_tenant::{Device, NewUser, Outcome, Policy, Script, Tap, Turn, User, UserStatus};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::party::{Party, brought, how, param, with};

#[tokio::test]
async fn too_many_denials_lock_the_account_and_the_page_says_so() {
    let tenant = with(Policy {
        lockout_threshold: 2,
        ..Policy::default()
    })
    .await;
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    tenant.script(Script::NextPush(Outcome::Deny));
    party.post("/frame/push", &[("sid", &sid)]).await;
    party
        .post("/frame/passcode", &[("sid", &sid), ("passcode", "000")])
        .await;
    assert!(party.prompt(&sid).await.contains("Your account is locked"));
    assert_eq!(party.status(&sid).await, "deny");
    party.post("/frame/push", &[("sid", &sid)]).await;
    assert_eq!(tenant.pushes().len(), 1);
    let again = party.opened(&party.request()).await;
    assert!(
        party
            .prompt(&again)
            .await
            .contains("Your account is locked")
    );
}

#[tokio::test]
async fn some_pass_without_being_asked_and_the_token_says_how() {
    let table: [(&str, Script, &str, &str); 4] = [
        (
            "bypass",
            Script::User(User::new("dana").with_status(UserStatus::Bypass)),
            "not_available",
            "bypass_user",
        ),
        (
            "trusted network",
            Script::NextPrompt(Turn::TrustedNetwork),
            "trusted_network",
            "trusted_network",
        ),
        (
            "remembered",
            Script::NextPrompt(Turn::RememberedDevice),
            "remembered_device",
            "remembered_device",
        ),
        (
            "unknown",
            Script::Policy(Policy {
                new_user: NewUser::Allow,
                ..Policy::default()
            }),
            "not_available",
            "allow_unenrolled_user",
        ),
    ];
    for (name, script, factor, reason) in table {
        let tenant = with(Policy::default()).await;
        let party = Party::new(&tenant);
        tenant.script(script);
        let mut request = party.request();
        if name == "unknown" {
            request["duo_uname"] = json!("nobody");
        }
        let page = party.authorize(&request).await;
        let sid = page.location().strip_prefix("/frame/exit?sid=").unwrap();
        let code = param(&party.returned(sid).await, "duo_code").unwrap();
        assert_eq!(
            how(&party, &code).await,
            (json!(factor), json!(reason), Value::Null),
            "{name}"
        );
        assert_eq!(tenant.pushes(), [], "{name}");
    }
}

#[tokio::test]
async fn some_are_refused_with_a_page_and_can_only_go_back() {
    let no_device = User::new("dana").with_devices(Vec::<Device>::new());
    let table: [(Script, &str, &str); 6] = [
        (
            Script::NextPrompt(Turn::RefusedByPolicy),
            "dana",
            "Your organisation does not permit this sign-in",
        ),
        (
            Script::User(User::new("dana").with_status(UserStatus::Disabled)),
            "dana",
            "Your account is disabled",
        ),
        (
            Script::User(User::new("dana").with_status(UserStatus::LockedOut)),
            "dana",
            "Your account is locked",
        ),
        (Script::User(no_device), "dana", "Add a device first"),
        (
            Script::Policy(Policy::default()),
            "nobody",
            "Add a device first",
        ),
        (
            Script::Policy(Policy {
                new_user: NewUser::Deny,
                ..Policy::default()
            }),
            "nobody",
            "This username is not known here",
        ),
    ];
    for (script, name, words) in table {
        let tenant = with(Policy::default()).await;
        let party = Party::new(&tenant);
        tenant.script(script);
        let mut request = party.request();
        request["duo_uname"] = json!(name);
        let sid = party.opened(&request).await;
        assert!(party.prompt(&sid).await.contains(words), "{words}");
        party.post("/frame/push", &[("sid", &sid)]).await;
        party
            .post("/frame/passcode", &[("sid", &sid), ("passcode", "111111")])
            .await;
        assert_eq!(
            (party.status(&sid).await.as_str(), tenant.pushes().len()),
            ("deny", 0),
            "{words}"
        );
        let exit = party.get(&format!("/frame/exit?sid={sid}")).await;
        assert_eq!(
            exit.location(),
            format!("/frame/prompt?sid={sid}"),
            "{words}"
        );
        let cancel = party.get(&format!("/frame/cancel?sid={sid}")).await;
        assert_eq!(
            param(&brought(cancel.location()), "error").as_deref(),
            Some("access_denied")
        );
    }
}

#[tokio::test]
async fn cancel_leads_back_with_the_state_and_ends_the_sign_in() {
    let tenant = with(Policy::default()).await;
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    party.post("/frame/push", &[("sid", &sid)]).await;
    let page = party.get(&format!("/frame/cancel?sid={sid}")).await;
    assert_eq!(
        brought(page.location()),
        [
            ("state".to_owned(), "s".repeat(36)),
            ("error".to_owned(), "access_denied".to_owned()),
            (
                "error_description".to_owned(),
                "The user cancelled the authentication.".to_owned()
            ),
        ]
    );
    let push = tenant.next_push().await;
    tenant.tap(&push.txid, Tap::Approve).unwrap();
    assert_eq!(party.status(&sid).await, "over");
    let again = party.get(&format!("/frame/cancel?sid={sid}")).await;
    assert_eq!(again.location(), format!("/frame/prompt?sid={sid}"));
}

#[tokio::test]
async fn a_remembered_browser_is_not_asked_unless_asked_afresh() {
    let tenant = with(Policy {
        remember_devices: true,
        ..Policy::default()
    })
    .await;
    tenant.set_user(User::new("eve"));
    let party = Party::new(&tenant);
    let sid = party.opened(&party.request()).await;
    party.post("/frame/push", &[("sid", &sid)]).await;
    tenant
        .tap(&tenant.next_push().await.txid, Tap::Approve)
        .unwrap();
    let exit = party.get(&format!("/frame/exit?sid={sid}")).await;
    let cookie = exit.header("set-cookie").unwrap();
    assert!(
        cookie.ends_with("; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let sent = format!("Cookie: other=1; {}\r\n", cookie.split(';').next().unwrap());
    let with_cookie = async |name: &str, value: Value| {
        let mut request = party.request();
        request[name] = value;
        let page = party
            .send("GET", &party.authorize_path(&request), &sent, "")
            .await;
        page.location().split('?').next().unwrap().to_owned()
    };
    assert_eq!(with_cookie("max_age", json!(3600)).await, "/frame/exit");
    assert_eq!(with_cookie("prompt", json!("login")).await, "/frame/prompt");
    assert_eq!(with_cookie("max_age", json!(0)).await, "/frame/prompt");
    assert_eq!(
        with_cookie("duo_uname", json!("eve")).await,
        "/frame/prompt"
    );
    tenant.script(Script::Policy(Policy::default()));
    assert_eq!(with_cookie("max_age", json!(3600)).await, "/frame/prompt");
}
