//! A tenant, a client of it, and a card to show.

use duo_tenant::{Config, Endpoint, Tap, Tenant};
use thumbturn_core::{Approval, Card, Factor, Outcome};
use thumbturn_gate::duo::{Connection, Duo, Patience, Rings};

pub(crate) struct World {
    pub(crate) tenant: Tenant,
    pub(crate) duo: Duo,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let tenant = Tenant::start(config).await.unwrap();
        let duo = duo(&tenant, Patience::default());
        Self { tenant, duo }
    }

    pub(crate) async fn ask(&self) -> Outcome {
        self.ask_on(None).await.0
    }

    pub(crate) async fn ask_on(&self, device: Option<&str>) -> (Outcome, Option<Rings>) {
        let mut rings = None;
        let outcome = self
            .duo
            .ask("dana", device, &card(), |it| rings = Some(it))
            .await;
        (outcome, rings)
    }

    pub(crate) async fn ask_and_tap(&self, tap: Tap) -> (Outcome, String) {
        let ((outcome, _), txid) = tokio::join!(self.ask_on(None), async {
            let push = self.tenant.next_push().await;
            self.tenant.tap(&push.txid, tap).unwrap();
            push.txid
        });
        (outcome, txid)
    }

    pub(crate) fn yes(&self, txid: &str) -> Outcome {
        Outcome::Approved(Approval {
            user: "dana".into(),
            device: self.phone_title(),
            factor: Factor::Push,
            txid: txid.into(),
        })
    }

    /// As the tenant's preauth shows it.
    pub(crate) fn phone_title(&self) -> String {
        let phone = &self.tenant.user("dana").unwrap().devices[0];
        let last: String = phone
            .number
            .chars()
            .skip(phone.number.chars().count() - 4)
            .collect();
        format!("{} (XXX-XXX-{last})", phone.name)
    }

    pub(crate) fn count(&self, endpoint: Endpoint) -> usize {
        let requests = self.tenant.requests();
        requests
            .iter()
            .filter(|one| one.endpoint == Some(endpoint))
            .count()
    }
}

pub(crate) fn connection(tenant: &Tenant) -> Connection {
    Connection::new(
        &tenant.host(),
        &tenant.integration_key(),
        tenant.secret_key().into(),
        Some(tenant.ca_pem()),
    )
    .unwrap()
}

pub(crate) fn duo(tenant: &Tenant, patience: Patience) -> Duo {
    Duo::with_patience(connection(tenant), None, patience).unwrap()
}

pub(crate) fn card() -> Card {
    Card {
        kind: "Approve command".into(),
        pairs: vec![
            (
                "Command".into(),
                "rm -rf '/tmp/a b' && echo 100% é ☕ + ~*!()".into(),
            ),
            ("Agent".into(), "Claude Code".into()),
            ("Code".into(), "K7F29".into()),
        ],
    }
}

pub(crate) fn unreachable(words: &str) -> Outcome {
    Outcome::Unreachable {
        words: words.into(),
    }
}
