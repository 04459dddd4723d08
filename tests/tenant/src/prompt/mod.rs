//! The page that a person's browser is sent to, from `authorize` until it goes back to the caller.
//!
//! Every step works without script; a program that follows redirects can walk it. The crate's documentation has the walk.

mod page;
mod step;
mod words;

use serde_json::json;

use crate::http::Response;
use crate::oidc::{SignIn, Standing, Visit, leave, see_other};
use crate::push::Stage;
use crate::shared::Shared;
use crate::state::State;

const STYLE: &str = include_str!("page.css");
const PROGRAM: &str = include_str!("page.js");
/// The browser applies `form-action` to redirects too: what leads back to the caller is a link, never a form.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn is_at(path: &str) -> bool {
    path.starts_with("/frame/")
}

pub(crate) fn answer(shared: &Shared, visit: &Visit) -> Response {
    guarded(shared.change(|state| {
        state.expire();
        route(state, visit)
    }))
}

/// The page in the place of the prompt, for a request that cannot be trusted to say where to go back to.
pub(crate) fn unusable(state: &State, why: &str) -> Response {
    guarded(html(400, page::unusable(state, why)))
}

fn route(state: &mut State, visit: &Visit) -> Response {
    let now = state.now;
    match (visit.method, visit.path) {
        ("GET", "/frame/page.css") => {
            return Response::new(200, "text/css; charset=utf-8", STYLE);
        }
        ("GET", "/frame/page.js") => {
            return Response::new(200, "text/javascript; charset=utf-8", PROGRAM);
        }
        _ => {}
    }
    let Some(sid) = visit.params.value("sid").map(ToOwned::to_owned) else {
        return html(404, page::nothing(state));
    };
    step::catch_up(state, &sid);
    if state.sign_ins.find(&sid, now).is_none() {
        return html(404, page::nothing(state));
    }
    let back = || see_other(&format!("/frame/prompt?sid={sid}"));
    let page = |state: &mut State| {
        let view = visit.params.value("view");
        html(200, page::prompt(state, &sid, view))
    };
    match (visit.method, visit.path) {
        ("GET", "/frame/prompt") => page(state),
        ("GET", "/frame/status") => status(state, &sid),
        ("GET", "/frame/exit") => leave(state, &sid, false).unwrap_or_else(back),
        ("GET", "/frame/cancel") => leave(state, &sid, true).unwrap_or_else(back),
        ("POST", "/frame/push") => {
            step::push(state, &sid, visit.params.value("device"));
            back()
        }
        ("POST", "/frame/passcode") => {
            let view = visit.params.value("view").unwrap_or("passcode").to_owned();
            step::passcode(state, &sid, visit.params.value("passcode"));
            if is_open(state, &sid) && matches!(view.as_str(), "passcode" | "bypass") {
                see_other(&format!("/frame/prompt?sid={sid}&view={view}"))
            } else {
                back()
            }
        }
        ("GET" | "POST", _) => html(404, page::nothing(state)),
        _ => html(405, page::nothing(state)),
    }
}

fn is_open(state: &mut State, sid: &str) -> bool {
    let now = state.now;
    let sign_in = state.sign_ins.find(sid, now);
    sign_in.is_some_and(|sign_in| {
        matches!(sign_in.standing, Standing::Asked | Standing::Ringing { .. })
    })
}

/// `result` is `waiting`, `allow`, `deny` or `over`; `left_ms` is the time that the push still rings.
fn status(state: &mut State, sid: &str) -> Response {
    let (result, status, message) = told(state, sid);
    Response::json(
        200,
        &json!({"result": result, "status": status, "status_msg": message, "left_ms": step::left(state, sid)}),
    )
}

fn told(state: &mut State, sid: &str) -> (&'static str, &'static str, String) {
    let now = state.now;
    let Some(sign_in) = state.sign_ins.find(sid, now) else {
        return ("over", "over", String::new());
    };
    match (&sign_in.standing, sign_in.notice) {
        (Standing::Passed(_), _) => ("allow", "allow", "Success. Logging you in...".to_owned()),
        (Standing::Returned { .. }, _) => ("deny", "error", String::new()),
        (Standing::Over, _) => ("over", "over", String::new()),
        (Standing::Refused(why), _) => ("deny", "refused", words::refusal(*why).1.to_owned()),
        (Standing::Asked, Some(notice)) => ("deny", "deny", words::words(notice).to_owned()),
        (Standing::Asked, None) => ("waiting", "asked", String::new()),
        (Standing::Ringing { txid }, _) => {
            let txid = txid.clone();
            let transaction = state.transactions.find(&txid);
            let stage = transaction.map_or(Stage::Pushed, |transaction| transaction.stage);
            ("waiting", stage.status(), String::new())
        }
    }
}

fn html(status: u16, page: String) -> Response {
    Response::new(status, "text/html; charset=utf-8", page)
}

fn guarded(response: Response) -> Response {
    response
        .with("Server", "duo-tenant")
        .with("Cache-Control", "no-store")
        .with("Content-Security-Policy", CONTENT_POLICY)
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cross-Origin-Resource-Policy", "same-origin")
}

impl SignIn {
    /// Who is asked, as the page and the phone name them.
    fn shown_name(&self) -> &str {
        self.request
            .display_username
            .as_ref()
            .unwrap_or(&self.request.username)
    }
}
