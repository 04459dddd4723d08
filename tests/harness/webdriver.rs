//! WebDriver (W3C), as much of it as the stories need.
//!
//! Written out because the crates cost more than they save here: `thirtyfour` turns on `serde_json/preserve_order`
//! for every program built with it, so that what is tested would not be what ships; `fantoccini` brings MPL code.

use std::path::Path;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::http;
use crate::proc::until;

/// How WebDriver marks a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The Enter key, as WebDriver spells it.
const ENTER: &str = "\u{e007}";

/// One session with one page.
#[derive(Debug)]
pub struct Session {
    client: Client,
    address: String,
}

/// What a person would look for.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    Css(&'a str),
    /// The role and the name that assistive technology is told, the name exactly.
    Role(&'a str, &'a str),
    /// The same, where the name only starts with these words.
    RoleStarts(&'a str, &'a str),
}

/// An element of the page, as long as the page keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(String);

impl Session {
    /// Asks a driver at `address` for a session; it may still be starting, and its page too.
    ///
    /// # Errors
    /// Where none comes about in time; the driver's last words say why.
    pub(crate) async fn open(address: &str, capabilities: &Value) -> anyhow::Result<Self> {
        let client = http::client(None)?;
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let mut last = String::new();
        let opened = until("a WebDriver session", async || {
            match call(&client, Method::POST, &format!("{address}/session"), &body).await {
                Ok(value) => value.get("sessionId")?.as_str().map(str::to_owned),
                Err(error) => {
                    last = format!("{error:#}");
                    None
                }
            }
        })
        .await;
        let id = opened.with_context(|| last)?;
        Ok(Self {
            client,
            address: format!("{address}/session/{id}"),
        })
    }

    /// Ends it; the page may be gone already.
    pub async fn close(self) {
        let _ = self.call(Method::DELETE, "", &Value::Null).await;
    }

    /// # Errors
    /// Where the page cannot be loaded.
    pub async fn go(&self, url: &str) -> anyhow::Result<()> {
        self.call(Method::POST, "/url", &json!({ "url": url }))
            .await
            .map(drop)
    }

    /// # Errors
    /// Where the page is gone.
    pub async fn url(&self) -> anyhow::Result<String> {
        text(&self.call(Method::GET, "/url", &Value::Null).await?)
    }

    /// The first such element that is shown, if there is one now.
    pub async fn look(&self, by: By<'_>) -> Option<Element> {
        let css = match by {
            By::Css(css) => css,
            By::Role(role, _) | By::RoleStarts(role, _) => candidates(role),
        };
        for element in self.all(css).await.ok()? {
            if self.is_shown(&element).await && self.is(&element, by).await {
                return Some(element);
            }
        }
        None
    }

    /// The first such element, once there is one.
    ///
    /// # Errors
    /// Where none appears; the words of the page say what is there instead.
    pub async fn find(&self, by: By<'_>) -> anyhow::Result<Element> {
        match until(&format!("{by:?}"), async || self.look(by).await).await {
            Ok(element) => Ok(element),
            Err(error) => {
                let page = self.words().await.unwrap_or_default();
                Err(error.context(format!("the page says: {page}")))
            }
        }
    }

    /// Waits until no such element is shown.
    ///
    /// # Errors
    /// Where it stays.
    pub async fn gone(&self, by: By<'_>) -> anyhow::Result<()> {
        until(&format!("no {by:?}"), async || {
            self.look(by).await.is_none().then_some(())
        })
        .await
    }

    /// Waits until the page says these words.
    ///
    /// # Errors
    /// Where it never does.
    pub async fn says(&self, words: &str) -> anyhow::Result<()> {
        let mut said = String::new();
        until(&format!("the page to say {words:?}"), async || {
            said = self.words().await.ok()?;
            said.contains(words).then_some(())
        })
        .await
        .with_context(|| format!("the page says: {said}"))
    }

    /// All words that the page shows.
    ///
    /// # Errors
    /// Where the page is gone.
    pub async fn words(&self) -> anyhow::Result<String> {
        text(
            &self
                .run("return document.body.innerText", json!([]))
                .await?,
        )
    }

    /// Clicks it as a mouse would, once it is there and takes clicks.
    ///
    /// # Errors
    /// Where it never is there, or something covers it.
    pub async fn click(&self, by: By<'_>) -> anyhow::Result<()> {
        let mut last = String::new();
        until(&format!("a click on {by:?}"), async || {
            let element = self.look(by).await?;
            if !self.is_enabled(&element).await {
                return None;
            }
            // A page that draws itself anew takes the element away under the click.
            match self.of(Method::POST, &element, "click", &json!({})).await {
                Ok(_) => Some(()),
                Err(error) => {
                    last = format!("{error:#}");
                    // Under a bar that stays, a driver takes it for seen; a person scrolls.
                    let scroll = "arguments[0].scrollIntoView({ block: 'center' });";
                    let _ = self.run(scroll, json!([{ ELEMENT: element.0 }])).await;
                    None
                }
            }
        })
        .await
        .with_context(|| last)?;
        Ok(())
    }

    /// Chooses an option of a list, by its value.
    ///
    /// # Errors
    /// Where there is no such option.
    pub async fn choose(&self, list: &str, value: &str) -> anyhow::Result<()> {
        self.find(By::Css(list)).await?;
        let option = format!("{list} option[value='{value}']");
        let option = self.all(&option).await?.into_iter().next();
        let option = option.with_context(|| format!("{list} offers no {value}"))?;
        self.of(Method::POST, &option, "click", &json!({}))
            .await
            .map(drop)
    }

    /// Types into it, key by key, after what is there.
    ///
    /// # Errors
    /// Where it takes no keys.
    pub async fn write(&self, by: By<'_>, words: &str) -> anyhow::Result<()> {
        let element = self.find(by).await?;
        // A line ends with a key, which is what a driver types; the character alone types nothing.
        let keys = words.replace('\n', ENTER);
        self.of(Method::POST, &element, "value", &json!({ "text": keys }))
            .await
            .map(drop)
    }

    /// # Errors
    /// Where it is not there.
    pub async fn text(&self, by: By<'_>) -> anyhow::Result<String> {
        let element = self.find(by).await?;
        text(&self.of(Method::GET, &element, "text", &Value::Null).await?)
    }

    /// What a field holds.
    ///
    /// # Errors
    /// Where it is not there.
    pub async fn value(&self, by: By<'_>) -> anyhow::Result<String> {
        let element = self.find(by).await?;
        let value = self
            .of(Method::GET, &element, "property/value", &Value::Null)
            .await?;
        text(&value)
    }

    /// Runs the body of a function in the page.
    ///
    /// # Errors
    /// Where it throws.
    pub async fn run(&self, script: &str, arguments: Value) -> anyhow::Result<Value> {
        let body = json!({"script": script, "args": arguments});
        self.call(Method::POST, "/execute/sync", &body).await
    }

    /// The same, for a script that ends by calling its last argument.
    ///
    /// # Errors
    /// Where it throws, or does not end.
    pub async fn run_on(&self, script: &str, arguments: Value) -> anyhow::Result<Value> {
        let body = json!({"script": script, "args": arguments});
        self.call(Method::POST, "/execute/async", &body).await
    }

    /// Waits until nothing moves any more but what moves for ever.
    ///
    /// # Errors
    /// Where something goes on.
    pub async fn rests(&self) -> anyhow::Result<()> {
        let script = "return document.getAnimations().every(one => one.playState !== 'running'
            || one.effect.getComputedTiming().endTime > 5000)";
        until("the page to come to rest", async || {
            let rests = self.run(script, json!([])).await.ok()?;
            (rests == Value::Bool(true)).then_some(())
        })
        .await
    }

    /// Writes what is seen of the page as PNG.
    ///
    /// # Errors
    /// Where there is nothing to be seen, or the file cannot be written.
    pub async fn picture(&self, file: &Path) -> anyhow::Result<()> {
        let taken = self.call(Method::GET, "/screenshot", &Value::Null).await?;
        let png = base64::engine::general_purpose::STANDARD.decode(text(&taken)?)?;
        std::fs::write(file, png).with_context(|| file.display().to_string())
    }

    /// A command of the driver's own.
    pub(crate) async fn own(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, body).await
    }

    async fn all(&self, css: &str) -> anyhow::Result<Vec<Element>> {
        let body = json!({"using": "css selector", "value": css});
        let found = self.call(Method::POST, "/elements", &body).await?;
        let found = found.as_array().context("no list of elements")?;
        Ok(found
            .iter()
            .filter_map(|one| one.get(ELEMENT)?.as_str())
            .map(|id| Element(id.to_owned()))
            .collect())
    }

    async fn is(&self, element: &Element, by: By<'_>) -> bool {
        let (role, name, whole) = match by {
            By::Css(_) => return true,
            By::Role(role, name) => (role, name, true),
            By::RoleStarts(role, name) => (role, name, false),
        };
        let of = async |what| {
            self.of(Method::GET, element, what, &Value::Null)
                .await
                .ok()
                .and_then(|value| text(&value).ok())
                .unwrap_or_default()
        };
        let label = of("computedlabel").await;
        let fits = if whole {
            label.trim() == name
        } else {
            label.trim().starts_with(name)
        };
        fits && of("computedrole").await == role
    }

    async fn is_shown(&self, element: &Element) -> bool {
        // As people see it; the standard has no command for it.
        let script = "return arguments[0].checkVisibility({visibilityProperty: true})";
        self.run(script, json!([{ ELEMENT: element.0 }]))
            .await
            .is_ok_and(|shown| shown == Value::Bool(true))
    }

    async fn is_enabled(&self, element: &Element) -> bool {
        self.of(Method::GET, element, "enabled", &Value::Null)
            .await
            .is_ok_and(|enabled| enabled == Value::Bool(true))
    }

    async fn of(
        &self,
        method: Method,
        element: &Element,
        what: &str,
        body: &Value,
    ) -> anyhow::Result<Value> {
        self.call(method, &format!("/element/{}/{what}", element.0), body)
            .await
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        call(
            &self.client,
            method,
            &format!("{}{path}", self.address),
            body,
        )
        .await
    }
}

/// What may have that role, before the engine is asked what it tells assistive technology.
fn candidates(role: &str) -> &'static str {
    match role {
        "button" => "button, summary, [role=button], input[type=submit], input[type=button]",
        "textbox" => {
            "input:not([type]), input[type=text], input[type=password], input[type=url], textarea, [role=textbox]"
        }
        "searchbox" => "input[type=search], [role=searchbox]",
        "checkbox" => "input[type=checkbox], [role=checkbox]",
        "switch" => "[role=switch], input[switch]",
        "radio" => "input[type=radio], [role=radio]",
        "combobox" => "select, [role=combobox]",
        "link" => "a[href], [role=link]",
        "tab" => "[role=tab]",
        "heading" => "h1, h2, h3, h4, [role=heading]",
        _ => "*",
    }
}

async fn call(client: &Client, method: Method, url: &str, body: &Value) -> anyhow::Result<Value> {
    let mut request = client.request(method.clone(), url);
    if method == Method::POST {
        request = request.json(body);
    }
    let answer: Value = request.send().await?.json().await?;
    let value = answer.get("value").cloned().unwrap_or_default();
    match value.get("error").and_then(Value::as_str) {
        Some(error) => {
            let message = value.get("message").and_then(Value::as_str);
            bail!("{error}: {}", message.unwrap_or_default())
        }
        None => Ok(value),
    }
}

fn text(value: &Value) -> anyhow::Result<String> {
    value
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("{value} is no text"))
}
