//! Connecting, over real TLS and with a real keychain: what stands, what does not, and who may replace it.
//!
//! Like the keychain's stories, this runs in a D-Bus session of its own: the
//! outer test starts this binary again inside it.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot be set up must fail, and say why"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use duo_tenant::{Config, Endpoint, Fault, Script, Tap, Tenant};
use pretty_assertions::assert_eq;
use thumbturn_gate::connect::{Connected, Place, establish};
use thumbturn_gate::duo::{Connection, SignIn, Tenancy};
use thumbturn_gate::keychain::{Found, Item, Keychain};
use thumbturn_gate::settings::Settings;
use thumbturn_pipe::Field;
use thumbturn_wire::{Bound, Endpoint as EndpointFile, Mode, Paths, Pin, Token, VERSION, boot_id};

#[test]
fn connecting_in_a_session_of_its_own() {
    for tool in ["dbus-run-session", "gnome-keyring-daemon"] {
        let found = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .any(|dir| dir.join(tool).is_file());
        if !found {
            panic!("`{tool}` is missing; `cargo xtask test` installs what the tests need");
        }
    }
    let home = std::env::temp_dir().join(format!("tt-connect-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    std::fs::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let script = r#"printf '\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner string:org.freedesktop.secrets >/dev/null 2>&1; do :; done
exec "$EXE" --ignored --test-threads=1"#;
    let output = Command::new("dbus-run-session")
        .args(["--", "bash", "-euc", script])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env("EXE", std::env::current_exe().unwrap())
        .output()
        .unwrap();
    // What stays behind is a few empty directories in the system's own place for them.
    let _ = std::fs::remove_dir_all(&home);
    if !output.status.success() {
        panic!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

struct World {
    tenant: Tenant,
    keychain: Keychain,
    paths: Paths,
    settings: Settings,
    approver: Option<&'static str>,
}

impl World {
    async fn new(name: &str) -> Self {
        // Only the outer test sets it: nobody's own keychain is written to.
        std::env::var_os("EXE").unwrap();
        let home = PathBuf::from(std::env::var_os("HOME").unwrap()).join(name);
        std::fs::create_dir_all(&home).unwrap();
        Self {
            tenant: Tenant::start(Config::default()).await.unwrap(),
            keychain: Keychain::start(name),
            paths: Paths::under(&home),
            settings: Settings::default(),
            approver: None,
        }
    }

    async fn establish(&self, tenant: &Tenant) -> Result<Connected, String> {
        self.establish_with(connection(tenant)).await
    }

    async fn establish_with(&self, connection: Connection) -> Result<Connected, String> {
        let sign_in = SignIn::Push;
        let tenancy = Tenancy {
            connection,
            sign_in,
        };
        let refused = self.establish_tenancy(tenancy).await;
        refused.map_err(|(_, words)| words)
    }

    async fn establish_tenancy(
        &self,
        tenancy: Tenancy,
    ) -> Result<Connected, (Option<Field>, String)> {
        let place = Place {
            settings: &self.settings,
            paths: &self.paths,
            keychain: &self.keychain,
        };
        establish(tenancy, place, self.approver, |_| {})
            .await
            .map_err(|refused| (refused.field, refused.words))
    }

    async fn stored(&self) -> Option<String> {
        match self.keychain.read(Item::Connection).await.unwrap() {
            Found::Secret(text) => {
                let tenancy = Tenancy::from_json(&text).unwrap();
                Some(tenancy.connection.host().to_owned())
            }
            Found::Absent => None,
        }
    }

    /// What a gate of this home tells hooks.
    fn arm(&self, armed: bool) {
        let mode = match armed {
            true => Mode::On(Bound::UntilReboot),
            false => Mode::Off,
        };
        EndpointFile {
            v: VERSION,
            boot: boot_id().unwrap(),
            port: 1,
            token: Token::fresh().unwrap(),
            armed,
            mode,
        }
        .write(&self.paths.endpoint())
        .unwrap();
    }

    fn pin(&self) -> Option<Pin> {
        Pin::read(self.paths.pin()).ok()
    }
}

fn connection(tenant: &Tenant) -> Connection {
    with_keys(tenant, &tenant.integration_key(), &tenant.secret_key())
}

fn with_keys(tenant: &Tenant, integration_key: &str, secret_key: &str) -> Connection {
    Connection::new(
        &tenant.host(),
        integration_key,
        secret_key.into(),
        Some(tenant.ca_pem()),
    )
    .unwrap()
}

#[tokio::test]
#[ignore = "the test above starts it"]
async fn the_first_connection_brings_the_gates_key() {
    let world = World::new("first").await;
    assert_eq!(world.establish(&world.tenant).await, Ok(Connected::First));
    assert_eq!(world.stored().await, Some(world.tenant.host()));
    let pin = world.pin();
    assert_eq!(pin.is_some(), true);
    assert_eq!(
        world.establish(&world.tenant).await,
        Ok(Connected::Unchanged)
    );
    assert_eq!(world.pin(), pin);
}

#[tokio::test]
#[ignore = "the test above starts it"]
async fn what_does_not_stand_is_not_kept() {
    let world = World::new("wrong").await;
    let tenant = &world.tenant;
    let other = "DIWJ8X6AEYOR5OMC6TQ1";
    let secret = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
    for (connection, words) in [
        (
            with_keys(tenant, other, &tenant.secret_key()),
            "Duo does not know this integration key: copy it again from the application's page in the Duo Admin Panel, and check that the hostname is from the same page",
        ),
        (
            with_keys(tenant, &tenant.integration_key(), secret),
            "Duo does not take this secret key for this integration key: copy it again from the application's page in the Duo Admin Panel",
        ),
    ] {
        assert_eq!(world.establish_with(connection).await, Err(words.into()));
    }
    tenant.script(Script::once(
        Endpoint::Check,
        Fault::Fail {
            code: 40301,
            detail: None,
        },
    ));
    assert_eq!(
        world.establish(tenant).await,
        Err("this application cannot send pushes: it must be an Auth API application; in the Duo Admin Panel choose Applications, Protect an Application, Auth API".into())
    );
    tenant.script(Script::once(
        Endpoint::Check,
        Fault::Fail {
            code: 50001,
            detail: None,
        },
    ));
    assert_eq!(
        world.establish(tenant).await,
        Err("Duo is in trouble (50001): try again in a few minutes".into())
    );
    tenant.script(Script::Skew(100_000));
    let error = world.establish(tenant).await.unwrap_err();
    assert_eq!(
        (
            error.starts_with("this machine's clock is "),
            error.ends_with(" s off Duo's: set the clock, then connect again")
        ),
        (true, true),
        "{error}"
    );
    assert_eq!((world.stored().await, world.pin()), (None, None));
}

#[tokio::test]
#[ignore = "the test above starts it"]
async fn the_old_phone_says_whether_it_may_be_replaced() {
    let mut world = World::new("replace").await;
    let new = Tenant::start(Config::default()).await.unwrap();
    world.establish(&world.tenant).await.unwrap();
    let pin = world.pin();
    world.arm(true);
    assert_eq!(
        world.establish(&new).await,
        Err("replacing the connection needs a push over the old one while Duo mode is on, and nobody is signed in; sign in first".into())
    );
    assert_eq!(world.stored().await, Some(world.tenant.host()));
    world.arm(false);
    world.approver = Some("dana");
    for (tap, result, stored) in [
        (
            Tap::Deny,
            Err("the old connection stands: the push was denied".to_owned()),
            world.tenant.host(),
        ),
        (Tap::Approve, Ok(Connected::Replaced), new.host()),
    ] {
        let (outcome, push) = tokio::join!(world.establish(&new), async {
            let push = world.tenant.next_push().await;
            world.tenant.tap(&push.txid, tap).unwrap();
            push
        });
        assert_eq!(outcome, result);
        assert_eq!(world.stored().await, Some(stored));
        assert_eq!(push.text.r#type, "Replace the Duo connection");
        assert_eq!(
            push.text.pushinfo,
            [
                ("Old host".to_owned(), world.tenant.host()),
                ("New host".to_owned(), new.host()),
                ("New key".to_owned(), new.integration_key()),
                (
                    "Sign-in".to_owned(),
                    format!("{} {}", new.host(), new.integration_key())
                ),
                ("Authority".to_owned(), "its own".to_owned()),
            ]
        );
    }
    assert_eq!(world.pin(), pin);
    assert_eq!(new.pushes(), []);
}

#[tokio::test]
#[ignore = "the test above starts it"]
async fn a_lost_key_is_not_remade_by_connecting() {
    let world = World::new("lost").await;
    world.establish(&world.tenant).await.unwrap();
    world.keychain.delete(Item::SigningKey).await.unwrap();
    world.keychain.delete(Item::Connection).await.unwrap();
    let pin = world.pin();
    assert_eq!(world.establish(&world.tenant).await, Ok(Connected::First));
    let key = world.keychain.read(Item::SigningKey).await.unwrap();
    assert_eq!((matches!(key, Found::Absent), world.pin()), (true, pin));
    assert_eq!(Path::new(world.paths.pin()).exists(), true);
}
