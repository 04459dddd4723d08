//! The keychain against a real gnome-keyring, in a D-Bus session of its own.
//!
//! Each story runs a shell script inside that session; `probe` stands for this
//! very test binary, started again to carry out steps with our own keychain.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot be set up must fail, and say why"
)]

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use pretty_assertions::assert_eq;
use thumbturn_gate::keychain::{Found, Item, Keychain, KeychainTrouble};

const UNLOCK: &str = r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do :; done
"#;
const LOCK: &str = r#"dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null
"#;

const LOCKED: &str = "the keychain is locked or was never set up: unlock the default keyring in your password manager (Passwords and Keys, KWalletManager or KeePassXC), or sign in to the desktop with your password";
const NO_SERVICE: &str = "no keychain: no Secret Service answers on the session bus; install one (`apt install gnome-keyring`, or turn it on in KeePassXC or KWallet) and sign in again";
const NO_BUS: &str = "no keychain: there is no D-Bus session bus here; start the gate from within a desktop session, or under `dbus-run-session`";

#[test]
fn an_open_keychain_keeps_what_it_is_given() {
    let session = Session::new("open");
    let script = format!(
        "{UNLOCK}probe read:connection write:connection=first read:connection write:connection=second write:signing-key=key\nprobe read:connection read:signing-key read@trial:connection write@trial:connection=third read:connection delete:connection delete:connection read:connection read@trial:connection"
    );
    assert_eq!(
        session.run(&script),
        [
            "absent", "done", "first", "done", "done", "second", "key", "absent", "done", "second",
            "done", "done", "absent", "third"
        ]
    );
}

#[test]
fn a_locked_keychain_is_not_an_empty_one() {
    let session = Session::new("locked");
    let script = format!(
        "{UNLOCK}probe write:connection=first\n{LOCK}probe read:connection read:signing-key write:connection=second delete:connection"
    );
    assert_eq!(
        session.run(&script),
        ["done", LOCKED, LOCKED, LOCKED, LOCKED]
    );
}

#[test]
fn a_keychain_that_was_never_unlocked_is_not_an_empty_one() {
    let session = Session::new("never");
    assert_eq!(
        session.run("probe read:connection write:connection=first read:connection"),
        [LOCKED, LOCKED, LOCKED]
    );
}

#[test]
fn without_a_secret_service_the_fix_is_named() {
    let session = Session::new("none").without_services();
    assert_eq!(
        session.run("probe read:connection write:connection=first"),
        [NO_SERVICE, NO_SERVICE]
    );
}

#[test]
fn a_secret_service_that_comes_later_is_found() {
    let session = Session::new("later").without_services();
    let script = format!(
        "probe read:connection wait:unlocked read:connection write:connection=first read:connection &\nuntil [ -s \"$OUT\" ]; do :; done\n{UNLOCK}touch \"$HOME/unlocked\"\nwait"
    );
    assert_eq!(
        session.run(&script),
        [NO_SERVICE, "absent", "done", "first"]
    );
}

#[test]
fn without_a_bus_the_fix_is_named() {
    let session = Session::new("bus");
    assert_eq!(
        session.run("DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent probe read:connection\nunset DBUS_SESSION_BUS_ADDRESS\nprobe read:connection"),
        [NO_BUS, NO_BUS]
    );
}

#[test]
fn a_bus_that_never_answers_holds_nobody_up_for_long() {
    let session = Session::new("hung");
    let socket = session.home.join("hung");
    let _listener = UnixListener::bind(&socket).unwrap();
    assert_eq!(
        session.run(&format!(
            "DBUS_SESSION_BUS_ADDRESS=unix:path={} probe read:connection",
            socket.display()
        )),
        [LOCKED]
    );
}

#[test]
fn zbus_does_not_use_tokio_and_nothing_wakes_the_gate() {
    let zbus = tree(&["-e", "features", "-i", "zbus"]);
    assert_eq!(zbus.contains("zbus feature \"async-io\""), true, "{zbus}");
    assert_eq!(zbus.contains("zbus feature \"tokio\""), false, "{zbus}");
    let blocking = tree(&["-i", "blocking"]);
    assert_eq!(blocking.lines().next(), Some("blocking v1.6.2"));
    let all = tree(&["-e", "normal", "--prefix", "none"]);
    for unwanted in ["aws-lc-rs ", "openssl ", "native-tls ", "h2 ", "gtk "] {
        assert_eq!(
            all.lines().find(|line| line.starts_with(unwanted)),
            None,
            "{unwanted}"
        );
    }
}

fn tree(args: &[&str]) -> String {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["tree", "--offline", "--package", "thumbturn-gate"])
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    if !output.status.success() {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).unwrap()
}

/// A D-Bus session with a home of its own.
struct Session {
    home: PathBuf,
    config: Option<PathBuf>,
}

impl Session {
    fn new(name: &str) -> Self {
        for tool in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
                .any(|dir| dir.join(tool).is_file());
            if !found {
                panic!("`{tool}` is missing; `cargo xtask test` installs what the tests need");
            }
        }
        let home = std::env::temp_dir().join(format!("tt-keys-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        std::fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .unwrap();
        Self { home, config: None }
    }

    /// The bus starts no service of this machine.
    fn without_services(mut self) -> Self {
        let standard = std::fs::read_to_string("/usr/share/dbus-1/session.conf").unwrap();
        let config = self.home.join("session.conf");
        std::fs::write(
            &config,
            standard
                .replace("<standard_session_servicedirs/>", "")
                .replace("<standard_session_servicedirs />", ""),
        )
        .unwrap();
        self.config = Some(config);
        self
    }

    /// What the probes of that script said, line by line.
    fn run(&self, script: &str) -> Vec<String> {
        let out = self.home.join("out");
        let probe = "probe() { STEPS=\"$*\" \"$EXE\" --exact probe --ignored >/dev/null; }\n";
        let output = Command::new("dbus-run-session")
            .args(
                self.config
                    .iter()
                    .map(|file| format!("--config-file={}", file.display())),
            )
            .args(["--", "bash", "-euc", &format!("{probe}{script}")])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", &self.home)
            .env("EXE", std::env::current_exe().unwrap())
            .env("OUT", &out)
            .output()
            .unwrap();
        let said = std::fs::read_to_string(&out).unwrap_or_default();
        if !output.status.success() {
            panic!("{said}{}", String::from_utf8_lossy(&output.stderr));
        }
        said.lines().map(ToOwned::to_owned).collect()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // What stays behind is a few empty directories in the system's own place for them.
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// Carries out `$STEPS`, inside a session that one of the stories has made.
#[test]
#[ignore = "the stories above start it"]
fn probe() {
    use std::io::Write as _;
    let steps = std::env::var("STEPS").unwrap();
    let mut out = std::fs::File::options()
        .create(true)
        .append(true)
        .open(std::env::var_os("OUT").unwrap())
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    // One for all steps, as in the gate.
    let keychains = [
        ("", Keychain::start("")),
        ("trial", Keychain::start("trial")),
    ];
    for step in steps.split(' ') {
        let (verb, rest) = step.split_once(':').unwrap();
        if verb == "wait" {
            wait_for(&Path::new(&std::env::var_os("HOME").unwrap()).join(rest));
            continue;
        }
        let (verb, namespace) = verb.split_once('@').unwrap_or((verb, ""));
        let (_, keychain) = keychains
            .iter()
            .find(|(name, _)| *name == namespace)
            .unwrap();
        let said = runtime.block_on(carry_out(keychain, verb, rest));
        writeln!(
            out,
            "{}",
            said.unwrap_or_else(|trouble| trouble.to_string())
        )
        .unwrap();
    }
}

fn wait_for(file: &Path) {
    let most = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !file.exists() {
        if std::time::Instant::now() > most {
            panic!("{} never came", file.display());
        }
        std::thread::yield_now();
    }
}

async fn carry_out(keychain: &Keychain, verb: &str, rest: &str) -> Result<String, KeychainTrouble> {
    let (name, text) = rest.split_once('=').unwrap_or((rest, ""));
    let item = match name {
        "connection" => Item::Connection,
        "signing-key" => Item::SigningKey,
        other => panic!("no item {other}"),
    };
    match verb {
        "read" => keychain.read(item).await.map(|found| match found {
            Found::Secret(text) => text.to_string(),
            Found::Absent => "absent".to_owned(),
        }),
        "write" => keychain
            .write(item, text.to_owned())
            .await
            .map(|()| "done".to_owned()),
        "delete" => keychain.delete(item).await.map(|()| "done".to_owned()),
        other => panic!("no verb {other}"),
    }
}
