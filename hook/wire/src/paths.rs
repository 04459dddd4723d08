//! Where our files are, decided by the uid alone.
//!
//! Nothing here looks at the environment: an agent's repository can set it for
//! the hook, and a gate that can be pointed elsewhere is no gate.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, Stat};

/// A place that an administrator may pin the gate's key in; it wins over the user's own.
const ROOT_PIN: &str = "/etc/thumbturn/gate.pub";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    home: PathBuf,
    /// Where an endpoint file may be, the gate's own choice first.
    runs: Vec<PathBuf>,
    config: PathBuf,
    state: PathBuf,
    pin: PathBuf,
    /// What the keychain's items are called after: a trial home has its own.
    keychain: String,
}

impl Paths {
    /// The paths of whoever runs this process.
    ///
    /// # Errors
    /// Where the system does not know this user's home.
    pub fn of_user() -> Result<Self, PathsError> {
        let uid = rustix::process::getuid().as_raw();
        let mut paths = Self::under(&home_of(uid)?);
        paths.keychain.clear();
        let runtime = PathBuf::from(format!("/run/user/{uid}"));
        if runtime.is_dir() {
            paths.runs.insert(0, runtime.join("thumbturn"));
        }
        if Path::new(ROOT_PIN).exists() {
            paths.pin = ROOT_PIN.into();
        }
        Ok(paths)
    }

    /// The paths below a home of the caller's choice, for trials and tests.
    pub fn under(home: &Path) -> Self {
        let config = home.join(".config/thumbturn");
        let state = home.join(".local/state/thumbturn");
        Self {
            home: home.to_owned(),
            runs: vec![state.join("run")],
            pin: config.join("gate.pub"),
            keychain: home.display().to_string(),
            config,
            state,
        }
    }

    /// The home that they lie below, as the user database names it.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The directory the gate writes its endpoint file in.
    pub fn run(&self) -> &Path {
        // Every constructor puts one in.
        self.runs
            .first()
            .map_or(Path::new("/nonexistent"), PathBuf::as_path)
    }

    /// The endpoint file, as the gate writes it.
    pub fn endpoint(&self) -> PathBuf {
        self.run().join("endpoint.json")
    }

    /// Every place the hook looks for an endpoint file. An armed one anywhere counts:
    /// an empty directory put before the real one must not open the gate.
    pub fn endpoints(&self) -> Vec<PathBuf> {
        self.runs
            .iter()
            .map(|run| run.join("endpoint.json"))
            .collect()
    }

    /// Tells the keychain items of a trial home from the user's own, which is empty.
    pub fn keychain(&self) -> &str {
        &self.keychain
    }

    pub fn pin(&self) -> &Path {
        &self.pin
    }

    pub fn config(&self) -> &Path {
        &self.config
    }

    pub fn settings(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The append-only log of decisions, one JSON object a line.
    /// The rules that the person writes.
    pub fn rules(&self) -> PathBuf {
        self.config.join("rules.toml")
    }

    pub fn audit(&self) -> PathBuf {
        self.state.join("audit.jsonl")
    }
}

/// The home that the system's user database names, whatever `HOME` says.
fn home_of(uid: u32) -> Result<PathBuf, PathsError> {
    let local = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    if let Some(home) = home_in(&local, uid) {
        return Ok(home);
    }
    // Users of a directory service stand in no file; the system's own tool knows them.
    std::process::Command::new("/usr/bin/getent")
        .args(["passwd", &uid.to_string()])
        .env_clear()
        .output()
        .ok()
        .and_then(|output| home_in(&String::from_utf8_lossy(&output.stdout), uid))
        .ok_or(PathsError::NoHome { uid })
}

fn home_in(passwd: &str, uid: u32) -> Option<PathBuf> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [_, _, id, _, _, home, _] = fields.as_slice() else {
            return None;
        };
        (id.parse() == Ok(uid) && home.starts_with('/')).then(|| PathBuf::from(home))
    })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathsError {
    NoHome { uid: u32 },
}

impl std::fmt::Display for PathsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoHome { uid } => {
                write!(f, "the user database names no home directory for uid {uid}")
            }
        }
    }
}

impl std::error::Error for PathsError {}

/// Why a file or directory of ours cannot be relied on.
#[derive(Debug)]
pub enum Unsafe {
    Io(std::io::Error),
    Foreign,
    Open,
    NotPlain,
    TooLong,
}

impl std::fmt::Display for Unsafe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Foreign => f.write_str("it belongs to another user"),
            Self::Open => f.write_str("others may read or write it"),
            Self::NotPlain => f.write_str("it is a link or no plain file"),
            Self::TooLong => f.write_str("it is too long"),
        }
    }
}

impl std::error::Error for Unsafe {}

impl From<std::io::Error> for Unsafe {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rustix::io::Errno> for Unsafe {
    fn from(errno: rustix::io::Errno) -> Self {
        // What O_NOFOLLOW says of a link.
        if errno == rustix::io::Errno::LOOP {
            Self::NotPlain
        } else {
            Self::Io(errno.into())
        }
    }
}

/// Makes a directory that only we can enter, or makes one of ours so.
///
/// # Errors
/// Where it cannot be made, or belongs to somebody else.
pub fn private_dir(dir: &Path) -> Result<(), Unsafe> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)?;
    // A person's own `mkdir` leaves it open to others.
    if let Err(Unsafe::Open) = ours_alone(&rustix::fs::lstat(dir)?) {
        rustix::fs::chmod(dir, Mode::RWXU)?;
    }
    ours_alone(&rustix::fs::lstat(dir)?)
}

/// Reads a file that only we can read, in a directory that only we can enter. `None` where there is none.
///
/// # Errors
/// Where it is there but cannot be relied on.
pub fn read_private(file: &Path, most: u64) -> Result<Option<String>, Unsafe> {
    let fd = match rustix::fs::open(
        file,
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK,
        Mode::empty(),
    ) {
        Ok(fd) => fd,
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(errno.into()),
    };
    let stat = rustix::fs::fstat(&fd)?;
    if !rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file() {
        return Err(Unsafe::NotPlain);
    }
    ours_alone(&stat)?;
    if let Some(dir) = file.parent() {
        ours_alone(&rustix::fs::stat(dir)?)?;
    }
    let mut text = String::new();
    std::fs::File::from(fd)
        .take(most + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > most {
        return Err(Unsafe::TooLong);
    }
    Ok(Some(text))
}

/// Puts `text` in the place of a file in one step, readable by us alone.
///
/// # Errors
/// Where it cannot be written; the old file then stands as it was.
pub fn write_private(file: &Path, text: &str) -> Result<(), Unsafe> {
    let dir = file.parent().ok_or(Unsafe::NotPlain)?;
    private_dir(dir)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let draft = dir.join(format!(".{name}.{}", std::process::id()));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(&draft)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_data())
        })
        .and_then(|()| std::fs::rename(&draft, file));
    if written.is_err() {
        // The failure to report is the first one.
        let _ = std::fs::remove_file(&draft);
    }
    Ok(written?)
}

fn ours_alone(stat: &Stat) -> Result<(), Unsafe> {
    if stat.st_uid != rustix::process::getuid().as_raw() {
        return Err(Unsafe::Foreign);
    }
    if stat.st_mode & 0o077 != 0 {
        return Err(Unsafe::Open);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_home_comes_from_a_whole_line_of_the_user_database() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\ndana:x:1000:1000::/home/dana:/bin/sh\nodd:x:7:7:::/bin/sh\nshort:x:8\n";
        assert_eq!(home_in(passwd, 1000), Some("/home/dana".into()));
        assert_eq!(home_in(passwd, 7), None);
        assert_eq!(home_in(passwd, 8), None);
        assert_eq!(home_in(passwd, 1), None);
    }

    #[test]
    fn a_trial_home_holds_everything() {
        let paths = Paths::under(Path::new("/h"));
        assert_eq!(
            paths.endpoints(),
            [PathBuf::from("/h/.local/state/thumbturn/run/endpoint.json")]
        );
        assert_eq!(
            paths.endpoint(),
            PathBuf::from("/h/.local/state/thumbturn/run/endpoint.json")
        );
        assert_eq!(paths.pin(), Path::new("/h/.config/thumbturn/gate.pub"));
        assert_eq!(
            paths.audit(),
            PathBuf::from("/h/.local/state/thumbturn/audit.jsonl")
        );
    }
}
