//! A browser at the tenant's prompt page, by plain HTTP.

use std::sync::Arc;
use std::time::Duration;

use duo_tenant::{Config, Tap, Tenant};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use thumbturn_core::LoginError;
use thumbturn_gate::browser::Browser;
use thumbturn_gate::duo::{Application, SignedIn, UniversalPrompt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::trip::{fetch, header, place};

const LONG: Duration = Duration::from_secs(30);

pub(crate) struct Visit {
    pub(crate) tenant: Tenant,
    pub(crate) client: reqwest::Client,
    pub(crate) start: String,
    pub(crate) outcome: JoinHandle<Result<SignedIn, LoginError>>,
}

impl Visit {
    pub(crate) async fn begin(tenant: Tenant) -> Self {
        let prompt = prompt(&tenant, &tenant.client_secret());
        let (tell, opened) = oneshot::channel();
        let browser = Browser::with("/nonexistent/browser");
        let outcome = tokio::spawn(async move {
            prompt
                .sign_in("dana", &browser, |address| tell.send(address).unwrap())
                .await
        });
        Self {
            client: client(&tenant),
            start: opened.await.unwrap(),
            tenant,
            outcome,
        }
    }

    /// To the prompt, or past it where nobody is asked: the tenant's own address with a `sid`.
    pub(crate) async fn arrive(&self) -> String {
        let (port, path) = place(&self.start);
        let sent = fetch(port, &path).await;
        self.location(self.client.get(header(&sent, "Location").unwrap()))
            .await
    }

    pub(crate) async fn location(&self, request: reqwest::RequestBuilder) -> String {
        let answer = request.send().await.unwrap();
        let to = answer.headers().get("location").unwrap().to_str().unwrap();
        if to.starts_with('/') {
            format!("https://{}{to}", self.tenant.host())
        } else {
            to.to_owned()
        }
    }

    /// Approved on the phone; gives the way back.
    pub(crate) async fn approve(&self) -> String {
        let page = self.arrive().await;
        if page.starts_with("http://localhost:") {
            return page;
        }
        let sid = page.rsplit_once("sid=").unwrap().1.to_owned();
        let base = format!("https://{}/frame", self.tenant.host());
        if page.contains("/frame/prompt") {
            let push = self
                .client
                .post(format!("{base}/push"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("sid={sid}"));
            push.send().await.unwrap();
            let push = self.tenant.next_push().await;
            self.tenant.tap(&push.txid, Tap::Approve).unwrap();
        }
        loop {
            let to = self
                .location(self.client.get(format!("{base}/exit?sid={sid}")))
                .await;
            if to.starts_with("http://localhost:") {
                return to;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn end(self) -> Result<String, LoginError> {
        let back = self.approve().await;
        let (port, path) = place(&back);
        let first = fetch(port, &path).await;
        assert!(first.starts_with("HTTP/1.1 303 "), "{first}");
        self.outcome.await.unwrap().map(|it| it.user)
    }
}

pub(crate) fn prompt(tenant: &Tenant, secret: &str) -> UniversalPrompt {
    let application = Application {
        host: tenant.host(),
        client_id: tenant.client_id(),
        client_secret: secret.into(),
        ca: Some(tenant.ca_pem()),
    };
    UniversalPrompt::with_patience(application, None, LONG, LONG).unwrap()
}

fn client(tenant: &Tenant) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    let pem = tenant.ca_pem();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.unwrap()).unwrap();
    }
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(roots)
    .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

pub(crate) async fn tenant() -> Tenant {
    Tenant::start(Config::default()).await.unwrap()
}
