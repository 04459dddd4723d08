//! Signing in through the tenant's prompt page: by the person's browser, or by walking the page as `duo_tenant` documents it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{self, Running};
use crate::stage::{Stage, USER};
use crate::stop::{Doing as _, Done, Stop};
use crate::tenant::Tenant;
use crate::terminal::{self, Tone, below, line, seconds};

/// How often the phone is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Who goes through the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Walker {
    /// The person, in a browser, with the tenant's phone.
    Person,
    /// We, by plain HTTP; the phone approves by itself where the tenant is told so, and by us where it is not.
    Ourselves,
}

/// # Errors
/// Where nobody signs in, with the words of `thumbturn signin`.
pub(crate) fn sign_in(stage: &mut Stage<'_>, tenant: &mut Tenant, walker: Walker) -> Done<String> {
    let mut command = stage.command(&["signin", "--user", USER]);
    command
        .stdin(Stdio::null())
        .stdout(stage.session.log("signin")?)
        .stderr(stage.session.log("signin")?);
    let mut signin = Running::start("thumbturn signin", &mut command)?;
    let address = address(stage)?;
    match walker {
        Walker::Person => tell(tenant, &address),
        Walker::Ourselves => walk(stage, tenant, &address)?,
    }
    let start = Instant::now();
    let status = signin.ended(|| {
        stage.still_there()?;
        tenant.still_there()?;
        let waited = seconds(start.elapsed());
        terminal::progress(&format!("waiting for the sign-in · {waited}"));
        Ok(())
    })?;
    let log = stage.session.home().join("signin.log");
    let words = process::tail(&log, 1);
    if status.success() {
        return Ok(words);
    }
    Err(Stop::because(format!("nobody is signed in: {words}")))
}

fn tell(tenant: &Tenant, address: &str) {
    line(Tone::Waiting, "sign in", address);
    below(
        Tone::Waiting,
        "your browser opens this page; if not, open it yourself. It warns of the tenant's own certificate: go on",
    );
    below(
        Tone::Waiting,
        &format!("then approve the push on the phone: {}", tenant.phone),
    );
}

/// Where the browser is to go, once the gate knows.
fn address(stage: &mut Stage<'_>) -> Done<String> {
    process::until("hear where to sign in", Duration::from_secs(20), || {
        let status = stage.thumbturn(&["status", "--json"])?;
        let status: Value = serde_json::from_str(status.trim()).doing("read the status")?;
        let address = status.pointer("/view/sign_in/address");
        Ok(address.and_then(Value::as_str).map(str::to_owned))
    })
}

fn walk(stage: &mut Stage<'_>, tenant: &mut Tenant, address: &str) -> Done {
    let page = curl(stage, tenant, &[address])?;
    let (base, sid) = page
        .split_once("/frame/")
        .and_then(|(base, rest)| Some((base, rest.split_once("sid=")?.1)))
        .ok_or_else(|| Stop::because(format!("no prompt page but {page}")))?;
    let sid = format!("sid={}", sid.split('&').next().unwrap_or_default());
    let seen = tenant.pushes()?.len();
    curl(
        stage,
        tenant,
        &["--data", &sid, &format!("{base}/frame/push")],
    )?;
    let status = format!("{base}/frame/status?{sid}");
    let mut looked = Instant::now();
    process::until("see the sign-in approved", Duration::from_secs(60), || {
        stage.still_there()?;
        if looked.elapsed() < LOOK {
            return Ok(None);
        }
        looked = Instant::now();
        if let Some(push) = tenant
            .pushes()?
            .into_iter()
            .skip(seen)
            .find(|push| push.rings)
        {
            tenant.tap(&push, "approve")?;
        }
        let told = fetched(stage, tenant, &[&status])?.0;
        Ok(told.contains("\"allow\"").then_some(()))
    })?;
    curl(stage, tenant, &[&format!("{base}/frame/exit?{sid}")]).map(drop)
}

/// Where that led.
fn curl(stage: &Stage<'_>, tenant: &Tenant, words: &[&str]) -> Done<String> {
    fetched(stage, tenant, words).map(|(_, url)| url)
}

/// The page, and where it is in the end.
fn fetched(stage: &Stage<'_>, tenant: &Tenant, words: &[&str]) -> Done<(String, String)> {
    let out = stage
        .session
        .inside("curl")
        .args(["--silent", "--show-error", "--location", "--noproxy", "*"])
        .args(["--max-time", "20", "--write-out", "\n%{url_effective}"])
        .arg("--cacert")
        .arg(&tenant.connection.ca_file)
        .args(words)
        .stdin(Stdio::null())
        .output()
        .doing("start curl")?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let (page, url) = said.rsplit_once('\n').unwrap_or(("", &said));
    if out.status.success() {
        return Ok((page.to_owned(), url.trim().to_owned()));
    }
    let error = String::from_utf8_lossy(&out.stderr).into_owned();
    Err(Stop::because(format!(
        "the sign-in page broke off: {}",
        error.trim()
    )))
}
