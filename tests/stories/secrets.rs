//! Where secrets are, and where they are not.

use duo_tenant::{Config, Tap};
use harness::{Keyring, SignInWith, Wanted, Witness, World, bash, files_with};
use pretty_assertions::assert_eq;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_whole_run_no_secret_lies_in_a_file_an_argument_or_an_environment() {
    let world = World::empty(Config::default(), Keyring::Unlocked)
        .await
        .unwrap();
    let witness = Witness::watch(world.home());
    let connected = world.connect(SignInWith::UniversalPrompt).await.unwrap();
    assert_eq!(connected.code, Some(0), "{connected:?}");
    let _gate = world.gate().await.unwrap();
    world.signed_in(SignInWith::UniversalPrompt).await.unwrap();
    // Connection, session and signing key; the tokens are those that the tenant gave out.
    let kept = world.desktop.kept().await.unwrap();
    let token = world.endpoint().unwrap().token.reveal().to_owned();
    world.turn_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    let push = world.push().await.unwrap();
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    hook.await.unwrap().unwrap();
    let during = files_with(world.home(), &[Wanted::new("endpoint token", &token)]);
    assert_eq!(
        during,
        [(world.paths.endpoint(), "endpoint token".to_owned())]
    );
    let signout = tokio::spawn(world.start_thumbturn(&["signout"]).unwrap().feed(b""));
    world.approve().await.unwrap();
    assert_eq!(signout.await.unwrap().unwrap().code, Some(0));

    let mut secrets = vec![
        Wanted::new("secret key", &world.tenant.secret_key()),
        Wanted::new("client secret", &world.tenant.client_secret()),
    ];
    let key = kept
        .iter()
        .find(|item| item.len() == 64 && item.bytes().all(|byte| byte.is_ascii_hexdigit()));
    secrets.push(Wanted::new("signing key", key.unwrap()));
    let tokens = world.tenant.issued();
    assert!(!tokens.is_empty());
    secrets.extend(tokens.iter().map(|token| Wanted::new("token", token)));
    assert_eq!(files_with(world.home(), &secrets), []);
    assert_eq!(witness.traces(&secrets), Vec::<String>::new());
}
