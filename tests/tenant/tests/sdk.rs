//! The honesty check: Duo's own, unmodified SDKs run every call and every sign-in against the tenant and see it behave as
//! documented.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test harness fails by panic"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use duo_tenant::{Config, Ports, Tenant};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;
use tokio::sync::OnceCell;

#[tokio::test]
async fn duo_client_from_pypi_finds_the_tenant_as_documented() {
    let python = sdk().await.join("venv/bin/python");
    let driver = here("sdk/python/check.py");
    check(
        "duo_client 5.7.0",
        Command::new(python).args(["-u", "-B"]).arg(driver),
    )
    .await;
}

#[tokio::test]
async fn duo_api_from_npm_finds_the_tenant_as_documented() {
    let modules = sdk().await.join("node/node_modules");
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules)
        .arg("--require")
        .arg(here("sdk/node/preload.js"))
        .arg(here("sdk/node/check.js"));
    check("@duosecurity/duo_api 1.5.0", &mut node).await;
}

#[tokio::test]
async fn duo_universal_from_pypi_signs_in_as_documented() {
    let python = sdk().await.join("venv/bin/python");
    let driver = here("sdk/python/universal.py");
    check(
        "duo_universal 2.3.1",
        Command::new(python).args(["-u", "-B"]).arg(driver),
    )
    .await;
}

#[tokio::test]
async fn duo_universal_from_npm_signs_in_as_documented() {
    let modules = sdk().await.join("node/node_modules");
    let mut node = Command::new("node");
    node.env("NODE_PATH", modules)
        .arg(here("sdk/node/universal.js"));
    check("@duosecurity/duo_universal 3.0.0", &mut node).await;
}

async fn check(sdk: &str, driver: &mut Command) {
    let config = Config {
        ports: Ports {
            http: Some(0),
            ..Ports::default()
        },
        ..Config::default()
    };
    let tenant = Tenant::start(config).await.expect("the tenant starts");
    let ca = target().join(format!(
        "sdk/ca-{}-{}.pem",
        std::process::id(),
        port(&tenant.host())
    ));
    std::fs::write(&ca, tenant.ca_pem()).unwrap();
    let setup = json!({
        "host": "localhost",
        "port": port(&tenant.host()),
        "http_port": port(&tenant.http_host().expect("plain HTTP was asked for")),
        "phone_port": port(tenant.phone_url().trim_end_matches('/')),
        "ikey": tenant.integration_key(),
        "skey": tenant.secret_key(),
        "client_id": tenant.client_id(),
        "client_secret": tenant.client_secret(),
        "ca": ca,
    });
    let lines = run(driver, &setup.to_string()).await;
    std::fs::remove_file(&ca).unwrap();
    // Not by println: cargo test hides that of a test that passes.
    let mut stdout = std::io::stdout();
    for line in &lines {
        writeln!(stdout, "{sdk}: {line}").unwrap();
    }
    let failed: Vec<&String> = lines
        .iter()
        .filter(|line| !line.starts_with("ok "))
        .collect();
    assert!(
        failed.is_empty(),
        "{sdk} does not find the tenant as documented:\n{failed:#?}"
    );
    assert!(
        lines.len() > 30,
        "{sdk} checked only {} behaviours",
        lines.len()
    );
}

async fn run(driver: &mut Command, setup: &str) -> Vec<String> {
    let mut child = driver
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the driver starts");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(setup.as_bytes()).await.unwrap();
    drop(stdin);
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = Vec::new();
    while let Some(line) = output.next_line().await.unwrap() {
        lines.push(line);
    }
    if !child.wait().await.unwrap().success() {
        lines.push("FAIL the driver ended with an error".to_owned());
    }
    lines
}

fn port(address: &str) -> u16 {
    address
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok())
        .expect("an address ends in its port")
}

/// Where the SDKs are; fetches them when they are not there yet.
async fn sdk() -> PathBuf {
    static READY: OnceCell<()> = OnceCell::const_new();
    READY
        .get_or_init(|| async {
            let status = Command::new(here("sdk/setup"))
                .env("CARGO_TARGET_DIR", target())
                .status()
                .await
                .unwrap();
            assert!(
                status.success(),
                "sdk/setup could not fetch Duo's SDKs; its last lines say why"
            );
        })
        .await;
    target().join("sdk")
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Cargo does not tell its target directory, but the test program stands in `TARGET/PROFILE/deps`.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program
        .ancestors()
        .nth(3)
        .expect("a test stands three levels below the target directory")
        .to_owned()
}
