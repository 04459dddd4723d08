//! `duo-tenant`: the tenant as a program, for the demo and the benchmarks.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Parser, ValueEnum};
use duo_tenant::{Config, Policy, Ports, Tap, Tenant, User};
use tokio::signal::unix::{SignalKind, signal};

/// A Duo tenant in a box: Auth API v2 and Universal Prompt over TLS, and a phone in a web page.
///
/// A stand-in for tests. Not affiliated with Duo. No real Duo service is involved.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port of the API over TLS; 0 takes any.
    #[arg(long, default_value_t = 0)]
    api_port: u16,
    /// Port of the phone page; 0 takes any.
    #[arg(long, default_value_t = 0)]
    phone_port: u16,
    /// Offers the API over plain HTTP as well, on a port of its own.
    #[arg(long)]
    http: bool,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Name of the user, who has one phone and one hardware token.
    #[arg(long, default_value = "dana")]
    user: String,
    /// Answers every push by itself, at once.
    #[arg(long)]
    auto: Option<Auto>,
}

#[derive(clap::Args)]
struct Files {
    /// Writes the CA's certificate here, in PEM.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// Writes the ready line here as well.
    #[arg(long)]
    ready_file: Option<PathBuf>,
}

#[derive(clap::Args)]
struct PolicyArguments {
    /// How long a push lives.
    #[arg(long, default_value_t = 60)]
    push_seconds: u64,
    /// Consecutive failures until the user is locked out.
    #[arg(long, default_value_t = 10)]
    lockout: u32,
    /// Demands Verified Duo Push with this many digits.
    #[arg(long, value_parser = clap::value_parser!(u8).range(3..=6))]
    verified: Option<u8>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Auto {
    Approve,
    Deny,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let config = config(&arguments);
    let mut terminated = signal(SignalKind::terminate())?;
    let tenant = Tenant::start(config).await?;
    if let Some(path) = &arguments.files.ca_file {
        write(path, &tenant.ca_pem())?;
    }
    let ready = ready_line(&tenant, &arguments);
    if let Some(path) = &arguments.files.ready_file {
        write(path, &ready)?;
    }
    let mut stdout = std::io::stdout();
    stdout.write_all(ready.as_bytes())?;
    stdout.flush()?;
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

fn config(arguments: &Arguments) -> Config {
    Config {
        users: vec![User::new(&arguments.user)],
        policy: Policy {
            push_seconds: arguments.policy.push_seconds,
            lockout_threshold: arguments.policy.lockout,
            verified_digits: arguments.policy.verified,
            ..Policy::default()
        },
        ports: Ports {
            api: arguments.api_port,
            phone: arguments.phone_port,
            http: arguments.http.then_some(0),
        },
        auto: arguments.auto.map(|auto| match auto {
            Auto::Approve => Tap::Approve,
            Auto::Deny => Tap::Deny,
        }),
        ..Config::default()
    }
}

fn ready_line(tenant: &Tenant, arguments: &Arguments) -> String {
    let mut line = serde_json::json!({
        "host": tenant.host(),
        "phone": tenant.phone_url(),
        "integration_key": tenant.integration_key(),
        "secret_key": tenant.secret_key(),
        "client_id": tenant.client_id(),
        "client_secret": tenant.client_secret(),
        "ca_file": arguments.files.ca_file,
        "user": arguments.user,
        "http_host": tenant.http_host(),
    })
    .to_string();
    line.push('\n');
    line
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
