//! The tenant's prompt page, walked by plain HTTP as `duo_tenant`'s documentation describes it.

use anyhow::Context as _;
use reqwest::{Client, Url};

use crate::http;

/// The page of one sign-in. It works without script; this is a browser without any.
#[derive(Debug)]
pub struct Prompt {
    client: Client,
    page: Url,
    sid: String,
}

impl Prompt {
    /// Follows the address that the gate gave the browser, as far as the page.
    ///
    /// # Errors
    /// Where that ends anywhere else; the words of that page say why.
    pub async fn open(address: &str, ca: &str) -> anyhow::Result<Self> {
        let client = http::client(Some(ca))?;
        let answer = client.get(address).send().await?;
        let page = answer.url().clone();
        let sid = page
            .query_pairs()
            .find(|(name, _)| name == "sid")
            .map(|(_, sid)| sid.into_owned());
        match sid {
            Some(sid) => Ok(Self { client, page, sid }),
            None => anyhow::bail!("no prompt at {}: {}", page.path(), answer.text().await?),
        }
    }

    /// Sends the push.
    ///
    /// # Errors
    /// Where the page does not take it.
    pub async fn push(&self) -> anyhow::Result<()> {
        self.post("push", &[]).await.map(drop)
    }

    /// # Errors
    /// Where the page cannot be reached. A wrong code is no error; the page says so.
    pub async fn passcode(&self, code: &str) -> anyhow::Result<String> {
        self.post("passcode", &[("passcode", code)]).await
    }

    /// Goes back to whoever sent the browser here, and reads that page.
    ///
    /// # Errors
    /// Where nobody answers there.
    pub async fn leave(&self) -> anyhow::Result<String> {
        let answer = self
            .client
            .get(self.at("exit")?)
            .query(&[("sid", &self.sid)]);
        Ok(answer.send().await?.text().await?)
    }

    async fn post(&self, what: &str, more: &[(&str, &str)]) -> anyhow::Result<String> {
        let mut form = vec![("sid", self.sid.as_str())];
        form.extend(more);
        let answer = self.client.post(self.at(what)?).form(&form).send().await?;
        let answer = answer.error_for_status().context("the prompt refused")?;
        Ok(answer.text().await?)
    }

    fn at(&self, what: &str) -> anyhow::Result<Url> {
        Ok(self.page.join(&format!("/frame/{what}"))?)
    }
}
