//! Where secrets are, and where they are not.

use std::path::{Path, PathBuf};

use duo_tenant::Tap;
use harness::{World, bash};
use pretty_assertions::assert_eq;

/// Every file below `dir` that holds `needle`, the keyring's own store left out.
pub(crate) fn files_with(dir: &Path, needle: &[u8]) -> impl Iterator<Item = PathBuf> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => dirs.push(path),
                Ok(kind) if kind.is_file() => {
                    let bytes = std::fs::read(&path).unwrap_or_default();
                    let holds = bytes.windows(needle.len()).any(|window| window == needle);
                    found.extend(
                        (holds && !path.to_string_lossy().contains("keyrings")).then_some(path),
                    );
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    found.into_iter()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_lies_in_a_file_an_argument_or_an_environment() {
    let (world, gate) = World::turned_on().await.unwrap();
    let hook = world.asks(&bash("s1", "make"));
    let push = world.tenant.next_push().await;
    let pid = gate.process().pid().unwrap();
    let secret = world.tenant.secret_key().as_bytes().to_vec();
    for part in ["cmdline", "environ"] {
        let bytes = std::fs::read(format!("/proc/{pid}/{part}")).unwrap();
        assert!(
            !bytes.windows(secret.len()).any(|window| window == secret),
            "the secret key is in the gate's {part}"
        );
    }
    world.tenant.tap(&push.txid, Tap::Approve).unwrap();
    hook.await.unwrap().unwrap();
    assert_eq!(
        files_with(world.home(), &secret).collect::<Vec<_>>(),
        Vec::<PathBuf>::new()
    );
    let token = world.endpoint().unwrap().token.reveal().to_owned();
    assert_eq!(
        files_with(world.home(), token.as_bytes()).collect::<Vec<_>>(),
        [world.paths.endpoint()]
    );
}
