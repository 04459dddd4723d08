//! The request object of `authorize`, and what makes it unusable. Duo then shows a page of its own and sends nobody back:
//! a redirect URI in a request that does not hold is not to be trusted either.

use serde_json::Value;

use super::Visit;
use super::client::{is_timely, unix};
use super::jwt::{self, Broken, Object};
use crate::state::State;

/// What the caller asked for, once it was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// As the caller spells it; the token repeats it.
    pub(crate) username: String,
    pub(crate) display_username: Option<String>,
    pub(crate) redirect_uri: String,
    pub(crate) state: String,
    pub(crate) nonce: Option<String>,
    /// `duo_code`, or `code`.
    pub(crate) code_name: &'static str,
    /// `prompt=login` or `max_age=0`: a remembered device counts for nothing.
    pub(crate) fresh: bool,
}

/// Why a request is unusable, for the page that says so.
pub(crate) type Unusable = &'static str;

pub(super) fn read(state: &State, visit: &Visit) -> Result<Request, Unusable> {
    let application = &state.config.web_sdk;
    let outer = |name: &str| visit.params.value(name);
    if !application.is(outer("client_id")) {
        return Err("The client_id names no application of this tenant.");
    }
    if outer("response_type") != Some("code") {
        return Err("The response_type must be code.");
    }
    let request = outer("request").ok_or("There is no request object.")?;
    let claims = jwt::open(request, &application.secret_key).map_err(|broken| match broken {
        Broken::Shape => "The request object is no signed token.",
        Broken::Signature => "The request object is not signed by the client secret.",
    })?;
    check(&claims, state, visit)?;
    let redirect_uri = agreed(&claims, outer("redirect_uri"), "redirect_uri")?
        .ok_or("There is no redirect_uri.")?;
    if !is_place_to_return_to(&redirect_uri) {
        return Err(
            "The redirect_uri must be https, or http on localhost, and must not name an IP address.",
        );
    }
    let nonce = agreed(&claims, outer("nonce"), "nonce")?;
    let token = agreed(&claims, outer("state"), "state")?.ok_or("There is no state.")?;
    if !(16..=1024).contains(&token.chars().count()) {
        return Err("The state must have 16 to 1024 characters.");
    }
    if let Some(nonce) = &nonce
        && !(16..=1024).contains(&nonce.chars().count())
    {
        return Err("The nonce must have 16 to 1024 characters.");
    }
    let word = |name: &str| {
        text(&claims, name)
            .filter(|word| !word.is_empty())
            .map(ToOwned::to_owned)
    };
    Ok(Request {
        username: word("duo_uname").ok_or("There is no duo_uname.")?,
        display_username: word("display_username"),
        redirect_uri,
        state: token,
        nonce,
        code_name: if flag(&claims, "use_duo_code_attribute")?.unwrap_or(true) {
            "duo_code"
        } else {
            "code"
        },
        fresh: is_fresh(&claims)?,
    })
}

/// `iss` is optional. So is `aud`, and SDKs write it in two ways.
fn check(claims: &Object, state: &State, visit: &Visit) -> Result<(), Unusable> {
    let application = &state.config.web_sdk;
    let base = visit.base();
    if !is_timely(claims, unix(state)) {
        return Err("The request object is expired, or valid for more than an hour.");
    }
    if text(claims, "response_type") != Some("code") {
        return Err("The request object's response_type must be code.");
    }
    if !text(claims, "scope").is_some_and(|scope| scope.split(' ').any(|word| word == "openid")) {
        return Err("The request object's scope must contain openid.");
    }
    if !application.is(text(claims, "client_id")) {
        return Err("The request object's client_id is another one.");
    }
    if claims.contains_key("iss") && !application.is(text(claims, "iss")) {
        return Err("The request object's iss must be the client_id.");
    }
    let audiences = [base.clone(), format!("{base}/oauth/v1/authorize")];
    if claims.contains_key("aud")
        && !text(claims, "aud").is_some_and(|aud| audiences.iter().any(|own| own == aud))
    {
        return Err("The request object's aud is another host.");
    }
    Ok(())
}

/// A value may stand in the request object, beside it, or in both, if it is the same.
fn agreed(
    claims: &Object,
    outer: Option<&str>,
    name: &'static str,
) -> Result<Option<String>, Unusable> {
    let inner = match claims.get(name) {
        None => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => return Err("A claim of the request object is no text."),
    };
    // What is not signed cannot stand alone, but for the nonce, which Duo's Python SDK sends beside the request object.
    match (inner, outer) {
        (Some(inner), Some(outer)) if inner != outer => {
            Err("The request object and the query do not agree.")
        }
        (Some(value), _) => Ok(Some(value.to_owned())),
        (None, Some(value)) if name == "nonce" => Ok(Some(value.to_owned())),
        (None, _) => Ok(None),
    }
}

fn is_fresh(claims: &Object) -> Result<bool, Unusable> {
    let login = match claims.get("prompt") {
        None => false,
        Some(Value::String(word)) if word == "login" => true,
        Some(_) => return Err("The prompt can only be login."),
    };
    let zero = match claims.get("max_age") {
        None => false,
        Some(age) => {
            let age = age.as_u64().ok_or("The max_age must be a whole number.")?;
            age == 0
        }
    };
    Ok(login || zero)
}

/// The C# SDK sends the text of a bool.
fn flag(claims: &Object, name: &str) -> Result<Option<bool>, Unusable> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(Value::String(text)) if text == "true" => Ok(Some(true)),
        Some(Value::String(text)) if text == "false" => Ok(Some(false)),
        Some(_) => Err("The use_duo_code_attribute must be true or false."),
    }
}

fn text<'a>(claims: &'a Object, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// `https` anywhere but at an IP address; `http` on `localhost` only, at any port.
fn is_place_to_return_to(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let plain = uri.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || uri.contains('#') || authority.contains('@') {
        return false;
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
    let is_name = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    // A browser reads a last label that begins with a digit as an IPv4 address, in whatever base.
    let is_address = host
        .trim_end_matches('.')
        .rsplit('.')
        .next()
        .is_some_and(|label| label.starts_with(|first: char| first.is_ascii_digit()));
    let fits = match scheme {
        "https" => true,
        "http" => host == "localhost",
        _ => false,
    };
    fits && is_port && is_name && !is_address
}

#[cfg(test)]
mod tests {
    use super::is_place_to_return_to;

    #[test]
    fn a_browser_returns_to_https_or_localhost_and_to_no_address() {
        for uri in [
            "https://app.example/callback",
            "https://app.example:8443/callback?x=1",
            "https://localhost/cb",
            "http://localhost:49152/duo/callback",
            "http://localhost:3000/",
            "http://localhost/cb",
        ] {
            assert!(is_place_to_return_to(uri), "{uri}");
        }
        for uri in [
            "http://app.example/callback",
            "http://127.0.0.1:8080/cb",
            "https://127.0.0.1/cb",
            "https://0x7f000001/cb",
            "https://2130706433/cb",
            "http://[::1]:8080/cb",
            "https://[::1]/cb",
            "http://localhost.evil.example/cb",
            "http://localhost@evil.example/cb",
            "https://user@app.example/cb",
            "http://LOCALHOST\\.evil.example/cb",
            "http://localhost:0/cb",
            "http://localhost:99999/cb",
            "http://localhost:80/cb#part",
            "http://localhost:80/c b",
            "http://localhost:80/cb\r\nSet-Cookie: a=b",
            "myapp://callback",
            "javascript:alert(1)",
            "/callback",
            "https:///cb",
            "",
        ] {
            assert!(!is_place_to_return_to(uri), "{uri}");
        }
    }
}
