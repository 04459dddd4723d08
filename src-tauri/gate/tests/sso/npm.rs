//! The certified provider: npm's `oidc-provider`, as it is, in a process of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use thumbturn_gate::duo::{Provider, SingleSignOn};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::OnceCell;

pub(crate) const CLIENT: &str = "DIWJ8X6AEYOR5OMC6TQ1";
const SECRET: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";

/// How the application is set up at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    /// With a secret; claims of scopes are in the id_token anyway, as Duo's admins map them.
    Secret,
    /// PKCE alone; claims are in the id_token only if asked for by name.
    Public,
}

/// Ends with its handle.
pub(crate) struct Npm {
    pub(crate) issuer: String,
    ca: String,
    setup: Setup,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Npm {
    pub(crate) async fn start(setup: Setup) -> Self {
        let modules = modules().await;
        let mut child = Command::new("node")
            .arg(here("provider/provider.mjs"))
            .arg(modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (ca, cert, key) = certificates();
        let mut npm = Self {
            issuer: String::new(),
            ca,
            setup,
            stdin: child.stdin.take().unwrap(),
            stdout: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        };
        npm.issuer = npm.order(&json!({"cert": cert, "key": key})).await["issuer"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut client = json!({
            "client_id": CLIENT, "redirect_uris": npm.sso().redirect_uris(), "response_types": ["code"],
            "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
        });
        if setup == Setup::Secret {
            client["client_secret"] = SECRET.into();
            client["token_endpoint_auth_method"] = "client_secret_post".into();
        }
        let settings = json!({"clients": [client], "claims": setup == Setup::Public});
        assert_eq!(npm.order(&settings).await, json!({"done": "open"}));
        npm
    }

    pub(crate) fn sso(&self) -> SingleSignOn {
        let provider = Provider {
            issuer: self.issuer.clone(),
            client_id: CLIENT.into(),
            client_secret: (self.setup == Setup::Secret).then(|| SECRET.into()),
            ca: Some(self.ca.clone()),
        };
        SingleSignOn::new(provider, None).unwrap()
    }

    /// A new key signs from now on; those before it are still shown, or are not.
    pub(crate) async fn rotate(&mut self, keeps_old: bool) {
        let how = if keeps_old { "add" } else { "replace" };
        assert_eq!(
            self.order(&json!({"rotate": how})).await,
            json!({"done": how})
        );
    }

    async fn order(&mut self, order: &Value) -> Value {
        self.stdin
            .write_all(format!("{order}\n").as_bytes())
            .await
            .unwrap();
        loop {
            let line = self.stdout.next_line().await.unwrap().unwrap();
            // It also greets, in words.
            if line.starts_with('{') {
                return serde_json::from_str(&line).unwrap();
            }
        }
    }
}

fn certificates() -> (String, String, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &ca)
        .unwrap();
    (ca.pem(), leaf.pem(), key.serialize_pem())
}

/// Where its packages are; fetches them when they are not there yet.
async fn modules() -> PathBuf {
    static READY: OnceCell<()> = OnceCell::const_new();
    READY
        .get_or_init(|| async {
            let status = Command::new(here("setup"))
                .env("CARGO_TARGET_DIR", target())
                .status()
                .await
                .unwrap();
            assert!(
                status.success(),
                "tests/sso/setup could not fetch oidc-provider; its last lines say why"
            );
        })
        .await;
    target().join("sso/node_modules")
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/sso")
        .join(path)
}

/// Cargo does not tell its target directory, but the test program stands in `TARGET/PROFILE/deps`.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().to_path_buf()
}
