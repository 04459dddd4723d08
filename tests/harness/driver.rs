//! The programs that speak WebDriver, one for each engine.

use std::path::Path;

use anyhow::Context as _;

use crate::http;
use crate::proc::{Proc, until};

/// A driver program and the address it listens at.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) address: String,
    _process: Proc,
}

impl Driver {
    /// Starts it on a port that was free a moment ago.
    pub(crate) async fn start(
        program: &str,
        package: &str,
        configure: impl FnOnce(&mut tokio::process::Command, u16),
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let process = Proc::start(Path::new(program), |command| {
            command
                .stdin(std::process::Stdio::null())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null());
            configure(command, port);
        })
        .with_context(|| {
            format!("{program} is Debian's package {package}; `cargo xtask test` installs it")
        })?;
        let address = format!("http://127.0.0.1:{port}");
        let client = http::client(None)?;
        until(program, async || {
            client
                .get(format!("{address}/status"))
                .send()
                .await
                .ok()
                .map(drop)
        })
        .await?;
        Ok(Self {
            address,
            _process: process,
        })
    }
}

/// A port that nobody holds now.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
