//! The pages, as HTML. Whatever is shown was escaped here.

use super::step;
use super::words::{escape, refusal, words};
use crate::BANNER;
use crate::account::{Capability, Device};
use crate::oidc::{Notice, Refused, Standing};
use crate::state::State;

/// The inside of one page.
struct Page {
    title: &'static str,
    /// Of `head`.
    more: String,
    /// The sign-in, where there is one that the page's program is to watch.
    watched: Option<String>,
    main: String,
}

/// All that a page of an open sign-in shows.
struct Shown<'a> {
    sid: &'a str,
    name: String,
    notice: Option<Notice>,
    devices: Vec<Device>,
}

impl Page {
    fn new(title: &'static str, main: String) -> Self {
        Self {
            title,
            more: String::new(),
            watched: None,
            main,
        }
    }
}

pub(super) fn prompt(state: &mut State, sid: &str, view: Option<&str>) -> String {
    let now = state.now;
    let Some(sign_in) = state.sign_ins.find(sid, now) else {
        return nothing(state);
    };
    let name = sign_in.shown_name().to_owned();
    let username = sign_in.request.username.clone();
    let notice = sign_in.notice;
    let txid = match &sign_in.standing {
        Standing::Asked => None,
        Standing::Ringing { txid } => Some(txid.clone()),
        Standing::Passed(_) | Standing::Returned { .. } => {
            return document(state, passed(sid));
        }
        Standing::Refused(why) => {
            let page = refused(&state.config.web_sdk.name, sid, *why);
            return document(state, page);
        }
        Standing::Over => return document(state, over()),
    };
    let devices = state
        .user(&username)
        .map(|user| user.devices.clone())
        .unwrap_or_default();
    let shown = Shown {
        sid,
        name,
        notice,
        devices,
    };
    let mut page = match (view, &txid) {
        (Some("options"), _) => options(&shown),
        (Some("passcode"), _) => code(&shown, &PASSCODE),
        (Some("bypass"), _) => code(&shown, &BYPASS),
        (_, Some(txid)) => ringing(state, &shown, txid),
        (_, None) if shown.phones().next().is_none() => code(&shown, &PASSCODE),
        (_, None) => asking(&shown),
    };
    if txid.is_some() {
        page.watched = Some(sid.to_owned());
    }
    document(state, page)
}

pub(super) fn unusable(state: &State, why: &str) -> String {
    let main = format!(
        "{}<p>{}</p><p class=\"soft\">Go back to the program that sent you here; its settings need a look.</p>",
        heading("This page cannot sign you in"),
        escape(why)
    );
    document(state, Page::new("This page cannot sign you in", main))
}

pub(super) fn nothing(state: &State) -> String {
    let main = format!(
        "{}<p>This sign-in is over, or it never was. Start it again where you came from.</p>",
        heading("Nothing to sign in to")
    );
    document(state, Page::new("Nothing to sign in to", main))
}

fn asking(shown: &Shown) -> Page {
    let phone = shown.phones().next();
    let main = format!(
        "{}{}{}{}<p class=\"ways\"><a href=\"{}\">Other options</a></p>{}",
        heading("Confirm it’s you"),
        shown.who(),
        shown.alert(),
        phone
            .map(|phone| shown.push(phone, "primary", "Send a push"))
            .unwrap_or_default(),
        shown.at("options"),
        shown.cancel(),
    );
    Page::new("Confirm it’s you", main)
}

fn ringing(state: &mut State, shown: &Shown, txid: &str) -> Page {
    let left = step::left(state, shown.sid);
    let life = state.config.policy.push_seconds * 1000;
    let transaction = state.transactions.find(txid);
    let device = transaction
        .as_ref()
        .map(|transaction| transaction.push.device.clone());
    let code = transaction.and_then(|transaction| transaction.code.as_ref());
    let phone = shown
        .devices
        .iter()
        .find(|known| Some(&known.id) == device.as_ref())
        .map(Device::display_name)
        .unwrap_or_default();
    let (title, what) = match code {
        None => (
            "Check your phone",
            format!(
                "<p>A push is on its way to <b class=\"device\">{}</b>. Open it and approve.</p>",
                escape(&phone)
            ),
        ),
        Some(code) => (
            "Type this code on your phone",
            format!(
                "<p class=\"code\" aria-label=\"Verification code\">{}</p><p>A push on <b class=\"device\">{}</b> asks for it.</p>",
                escape(&code.digits),
                escape(&phone)
            ),
        ),
    };
    let main = format!(
        "{}{}{what}{}<p class=\"left\" role=\"timer\" aria-label=\"Time left\"><span id=\"left\">{} s</span></p>\
         <progress id=\"bar\" max=\"{life}\" value=\"{left}\" aria-label=\"Time left\"></progress>\
         <p class=\"ways\"><a href=\"{}\">Other options</a></p>{}",
        heading(title),
        shown.who(),
        shown.alert(),
        left.div_ceil(1000),
        shown.at("options"),
        shown.cancel(),
    );
    Page {
        // A browser with script asks for the status, and one without looks again.
        more: "<noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>".to_owned(),
        ..Page::new(title, main)
    }
}

fn options(shown: &Shown) -> Page {
    let pushes: String = shown
        .phones()
        .map(|phone| format!("<li>{}</li>", shown.push(phone, "way", "Push")))
        .collect();
    let link = |view: &str, name: &str, hint: &str| {
        format!(
            "<li><a class=\"way\" href=\"{}\"><b>{name}</b><span>{hint}</span></a></li>",
            shown.at(view)
        )
    };
    let main = format!(
        "{}{}<ul class=\"list\">{pushes}{}{}</ul><p class=\"ways\"><a href=\"{}\">Back</a></p>{}",
        heading("Other options"),
        shown.who(),
        link(
            PASSCODE.view,
            PASSCODE.name,
            "From an app, a token or a text message"
        ),
        link(BYPASS.view, BYPASS.name, "From your administrator"),
        shown.at("push"),
        shown.cancel(),
    );
    Page::new("Other options", main)
}

struct CodeForm {
    view: &'static str,
    name: &'static str,
    title: &'static str,
    hint: &'static str,
}

const PASSCODE: CodeForm = CodeForm {
    view: "passcode",
    name: "Passcode",
    title: "Type a passcode",
    hint: "Your app, your hardware token or a text message shows one.",
};

const BYPASS: CodeForm = CodeForm {
    view: "bypass",
    name: "Bypass code",
    title: "Type a bypass code",
    hint: "Your administrator gives you one when your phone is not at hand. It works once.",
};

fn code(shown: &Shown, form: &CodeForm) -> Page {
    let wrong = shown.notice.is_some();
    let main = format!(
        "{}{}{}<form method=\"post\" action=\"/frame/passcode\" autocomplete=\"off\">\
         <input type=\"hidden\" name=\"sid\" value=\"{}\"><input type=\"hidden\" name=\"view\" value=\"{}\">\
         <label for=\"passcode\">{}</label>\
         <input id=\"passcode\" name=\"passcode\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"16\" \
         required autofocus aria-describedby=\"hint\"{}>\
         <p id=\"hint\" class=\"soft\">{}</p><button class=\"primary\"><b>Verify</b></button></form>\
         <p class=\"ways\"><a href=\"{}\">Other options</a></p>{}",
        heading(form.title),
        shown.who(),
        shown.alert(),
        escape(shown.sid),
        form.view,
        form.name,
        if wrong { " aria-invalid=\"true\"" } else { "" },
        form.hint,
        shown.at("options"),
        shown.cancel(),
    );
    Page::new(form.title, main)
}

fn refused(application: &str, sid: &str, why: Refused) -> Page {
    let (title, text) = refusal(why);
    let main = format!(
        "{}<p>{text}</p><p><a class=\"primary\" href=\"/frame/cancel?sid={}\">Back to {}</a></p>",
        heading(title),
        escape(sid),
        escape(application)
    );
    Page::new(title, main)
}

fn passed(sid: &str) -> Page {
    let exit = format!("/frame/exit?sid={}", escape(sid));
    let main = format!(
        "{}<p>Going back.</p><p><a class=\"primary\" href=\"{exit}\">Continue</a></p>",
        heading("Approved")
    );
    Page {
        more: format!("<meta http-equiv=\"refresh\" content=\"0; url={exit}\">"),
        ..Page::new("Approved", main)
    }
}

fn over() -> Page {
    let main = format!(
        "{}<p>You can close this page.</p>",
        heading("This sign-in is over")
    );
    Page::new("This sign-in is over", main)
}

impl Shown<'_> {
    fn phones(&self) -> impl Iterator<Item = &Device> {
        self.devices
            .iter()
            .filter(|device| device.can(Capability::Push))
    }

    fn at(&self, view: &str) -> String {
        format!("/frame/prompt?sid={}&amp;view={view}", escape(self.sid))
    }

    fn who(&self) -> String {
        format!(
            "<p class=\"soft\">Signing in as <bdi>{}</bdi></p>",
            escape(&self.name)
        )
    }

    fn alert(&self) -> String {
        self.notice.map_or_else(String::new, |notice| {
            format!("<p class=\"alert\" role=\"alert\">{}</p>", words(notice))
        })
    }

    fn push(&self, phone: &Device, class: &str, verb: &str) -> String {
        format!(
            "<form method=\"post\" action=\"/frame/push\"><input type=\"hidden\" name=\"sid\" value=\"{}\">\
             <input type=\"hidden\" name=\"device\" value=\"{}\">\
             <button class=\"{class}\"><b>{verb}</b> <span>to {}</span></button></form>",
            escape(self.sid),
            escape(&phone.id),
            escape(&phone.display_name())
        )
    }

    fn cancel(&self) -> String {
        format!(
            "<p class=\"cancel\"><a href=\"/frame/cancel?sid={}\">Cancel the sign-in</a></p>",
            escape(self.sid)
        )
    }
}

fn document(state: &State, page: Page) -> String {
    let organisation = escape(&state.config.web_sdk.organization);
    let application = escape(&state.config.web_sdk.name);
    let initial = organisation.chars().next().unwrap_or(' ');
    let watched = page
        .watched
        .map_or_else(String::new, |sid| format!(" data-sid=\"{}\"", escape(&sid)));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} · {organisation}</title>\n\
         <link rel=\"stylesheet\" href=\"/frame/page.css\">\n<script src=\"/frame/page.js\" defer></script>\n{}\n</head>\n\
         <body{watched}>\n<main>\n<header><span class=\"mark\" aria-hidden=\"true\">{initial}</span> <span>{organisation}<small>{application}</small></span></header>\n\
         {}\n</main>\n<footer>duo-tenant. {BANNER}</footer>\n</body>\n</html>\n",
        page.title, page.more, page.main
    )
}

fn heading(text: &str) -> String {
    format!("<h1>{text}</h1>")
}
