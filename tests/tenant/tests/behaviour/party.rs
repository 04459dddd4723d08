//! A relying party of a few lines, and a browser without script: so that these tests do not lean on the client under test.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use duo_tenant::{Config, Policy, Tap, Tenant};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};
use sha2::Sha512;

use crate::support::{raw, tenant};

pub(crate) const BACK: &str = "http://localhost:49152/back";
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) struct Party<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) host: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| {
            panic!("leads nowhere: {} {}", self.status, self.body);
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl<'a> Party<'a> {
    pub(crate) fn new(tenant: &'a Tenant) -> Self {
        Self {
            tenant,
            host: tenant.http_host().unwrap(),
            id: tenant.client_id(),
            secret: tenant.client_secret(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send("GET", path, "", "").await
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send("POST", path, "", &query(form)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Page {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.host,
            body.len()
        );
        let answer = String::from_utf8(raw(&self.host, request.as_bytes()).await).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Page {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("https://{}", self.host)
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        signed(&json!({"alg": "HS512", "typ": "JWT"}), claims, &self.secret)
    }

    /// Of a good request; a test changes what it wants to be wrong.
    pub(crate) fn request(&self) -> Value {
        json!({
            "response_type": "code", "scope": "openid", "client_id": self.id, "redirect_uri": BACK,
            "state": "s".repeat(36), "nonce": "n".repeat(36), "duo_uname": "dana", "exp": now() + 300, "iat": now(),
            "iss": self.id, "aud": self.base(), "use_duo_code_attribute": true,
        })
    }

    pub(crate) fn assertion(&self, path: &str) -> Value {
        json!({
            "iss": self.id, "sub": self.id, "aud": format!("{}{path}", self.base()), "exp": now() + 300,
            "iat": now(), "jti": format!("{:036}", fastrand::u64(..)),
        })
    }

    pub(crate) fn authorize_path(&self, request: &Value) -> String {
        let params = [
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("request", &self.sign(request)),
        ];
        format!("/oauth/v1/authorize?{}", query(&params))
    }

    pub(crate) async fn authorize(&self, request: &Value) -> Page {
        self.get(&self.authorize_path(request)).await
    }

    /// The `sid` of a prompt that has opened.
    pub(crate) async fn opened(&self, request: &Value) -> String {
        let page = self.authorize(request).await;
        let (path, sid) = page.location().split_once("?sid=").unwrap();
        assert_eq!((page.status, path), (303, "/frame/prompt"));
        sid.to_owned()
    }

    /// The documented walk, the phone approving.
    pub(crate) async fn walk(&self, request: &Value) -> Vec<(String, String)> {
        let sid = self.opened(request).await;
        self.post("/frame/push", &[("sid", &sid)]).await;
        let push = self.tenant.next_push().await;
        self.tenant.tap(&push.txid, Tap::Approve).unwrap();
        assert_eq!(self.status(&sid).await, "allow");
        self.returned(&sid).await
    }

    pub(crate) async fn status(&self, sid: &str) -> String {
        let status = self.get(&format!("/frame/status?sid={sid}")).await.json();
        status["result"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn prompt(&self, sid: &str) -> String {
        self.get(&format!("/frame/prompt?sid={sid}")).await.body
    }

    /// The parameters that the browser brings back.
    pub(crate) async fn returned(&self, sid: &str) -> Vec<(String, String)> {
        let page = self.get(&format!("/frame/exit?sid={sid}")).await;
        assert_eq!(page.status, 303, "{}", page.body);
        brought(page.location())
    }

    /// A walk's code.
    pub(crate) async fn code(&self) -> String {
        let params = self.walk(&self.request()).await;
        param(&params, "duo_code").unwrap()
    }

    pub(crate) fn exchange<'p>(
        &self,
        code: &'p str,
        assertion: &'p str,
    ) -> Vec<(&'p str, &'p str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ]
    }

    pub(crate) async fn redeem(&self, code: &str) -> Page {
        let assertion = self.sign(&self.assertion("/oauth/v1/token"));
        self.post("/oauth/v1/token", &self.exchange(code, &assertion))
            .await
    }

    /// The code of an open prompt, once the phone has approved.
    pub(crate) async fn dana_approves(&self, sid: &str) -> String {
        self.post("/frame/push", &[("sid", sid)]).await;
        let push = self.tenant.next_push().await;
        self.tenant.tap(&push.txid, Tap::Approve).unwrap();
        param(&self.returned(sid).await, "duo_code").unwrap()
    }

    /// A whole sign-in's id_token.
    pub(crate) async fn id_token(&self) -> Value {
        let page = self.redeem(&self.code().await).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()["id_token"].clone()
    }
}

pub(crate) fn brought(location: &str) -> Vec<(String, String)> {
    let (place, query) = location.split_once('?').unwrap();
    assert_eq!(place, BACK);
    query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let value = percent_decode_str(value).decode_utf8().unwrap();
            (name.to_owned(), value.into_owned())
        })
        .collect()
}

pub(crate) fn param(params: &[(String, String)], name: &str) -> Option<String> {
    params
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.clone())
}

pub(crate) fn query(params: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = params
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    pairs.join("&")
}

pub(crate) fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let text = format!("{header}.{claims}");
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac(&text, secret)))
}

pub(crate) fn mac(text: &str, secret: &str) -> Vec<u8> {
    Hmac::<Sha512>::new_from_slice(secret.as_bytes())
        .unwrap()
        .chain_update(text)
        .finalize()
        .into_bytes()
        .to_vec()
}

/// Header, claims, and whether the signature is HS512 by this secret.
pub(crate) fn opened(token: &str, secret: &str) -> (Value, Value, bool) {
    let (text, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = text.split_once('.').unwrap();
    let read = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    };
    let good = signature == URL_SAFE_NO_PAD.encode(mac(text, secret));
    (read(header), read(claims), good)
}

pub(crate) fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

pub(crate) async fn with(policy: Policy) -> Tenant {
    tenant(Config {
        policy,
        ..Config::default()
    })
    .await
}

/// Factor, reason and amr of the id_token for this code.
pub(crate) async fn how(party: &Party<'_>, code: &str) -> (Value, Value, Value) {
    let token = party.redeem(code).await.json()["id_token"].clone();
    let claims = opened(token.as_str().unwrap(), &party.secret).1;
    let context = &claims["auth_context"];
    (
        context["factor"].clone(),
        context["reason"].clone(),
        claims["amr"].clone(),
    )
}
