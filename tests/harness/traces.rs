//! Looking for secrets where none may be: in files, and in what any process was started with.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;

/// What every process of one home was started with, from now until it is read.
#[derive(Debug)]
pub struct Witness {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<BTreeMap<Vec<u8>, String>>,
}

impl Witness {
    /// Looks at the whole process table again and again, as another program of the same user could.
    pub fn watch(home: &Path) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, home) = (Arc::clone(&stop), home.to_owned());
        let thread = std::thread::spawn(move || {
            let mut seen = BTreeMap::new();
            while !stopped.load(Ordering::Relaxed) {
                look(&home, &mut seen);
                std::thread::sleep(Duration::from_millis(1));
            }
            seen
        });
        Self { stop, thread }
    }

    /// Whose arguments or environment held one of these.
    pub fn traces(self, secrets: &[Wanted]) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        let seen = self.thread.join().unwrap_or_default();
        let mut traces: Vec<String> = seen
            .iter()
            .flat_map(|(bytes, place)| {
                let held = secrets.iter().filter(|secret| secret.is_in(bytes));
                held.map(move |secret| format!("{} in {place}", secret.name))
            })
            .collect();
        // So that a witness who saw nothing at all does not pass for a clean sheet.
        if !seen.values().any(|place| place.contains("thumbturn")) {
            traces.push("no process of ours was seen".to_owned());
        }
        traces
    }
}

fn look(home: &Path, seen: &mut BTreeMap<Vec<u8>, String>) {
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let process = process.path();
        let environ = std::fs::read(process.join("environ")).unwrap_or_default();
        let cmdline = std::fs::read(process.join("cmdline")).unwrap_or_default();
        let home = home.as_os_str().as_bytes();
        if !holds(&environ, home) && !holds(&cmdline, home) {
            continue;
        }
        let name = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
        for (what, bytes) in [("environ", environ), ("cmdline", cmdline)] {
            seen.entry(bytes)
                .or_insert_with(|| format!("the {what} of {}", name.trim()));
        }
    }
}

/// One secret, in each spelling in which it could lie about.
#[derive(Clone, Debug)]
pub struct Wanted {
    name: String,
    spellings: Vec<Vec<u8>>,
}

impl Wanted {
    pub fn new(name: &str, secret: &str) -> Self {
        let bytes = secret.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        // Whole groups of three only: what follows bends the last characters.
        let whole = bytes
            .chunks_exact(3)
            .flatten()
            .copied()
            .collect::<Vec<u8>>();
        let base64 = base64::engine::general_purpose::STANDARD.encode(whole);
        Self {
            name: name.to_owned(),
            spellings: vec![bytes.to_vec(), hex.into_bytes(), base64.into_bytes()],
        }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.spellings.iter().any(|spelling| holds(bytes, spelling))
    }
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && bytes.windows(needle.len()).any(|window| window == needle)
}

/// Every file below `dir` that holds one of these, the keyring's own store left out.
pub fn files_with(dir: &Path, secrets: &[Wanted]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !path.ends_with("keyrings") => dirs.push(path),
                Ok(kind) if kind.is_file() => {
                    let bytes = std::fs::read(&path).unwrap_or_default();
                    let held = secrets.iter().filter(|secret| secret.is_in(&bytes));
                    found.extend(held.map(|secret| (path.clone(), secret.name.clone())));
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
    found
}
