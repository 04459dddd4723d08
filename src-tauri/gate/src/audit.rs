//! The append-only log of decisions: JSON lines, numbered, written before the answer leaves.

pub(crate) mod backward;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use thumbturn_core::Record;

/// One line of the log.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    /// Counts up by one, over every start of the gate.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at: u64,
    pub record: Record,
}

/// The log, to be read. `None` where nothing was written yet.
pub(crate) fn readable(file: &Path) -> io::Result<Option<File>> {
    let opened = File::options()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(file);
    let log = match opened {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match log.metadata()?.is_file() {
        true => Ok(Some(log)),
        false => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// How much of the end is read to find the last number.
const TAIL: u64 = 1 << 20;

/// The log as the gate uses it: opened again after trouble, and when the file was taken away under it.
pub struct Log {
    path: PathBuf,
    open: Option<Audit>,
    failing: bool,
    recovered: bool,
}

impl Log {
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            open: None,
            failing: false,
            recovered: false,
        }
    }

    /// Writes it down without the secrets in it.
    ///
    /// # Errors
    /// Where the record could not be written whole, or with `sync` not put on the disk.
    pub fn append(&mut self, at: u64, record: &Record, sync: bool) -> io::Result<()> {
        let record = &record.logged();
        if self.open.as_ref().is_none_or(Audit::is_unlinked) {
            let next = self.open.take().map_or(1, |audit| audit.next);
            self.open = Audit::open(&self.path, next)
                .inspect_err(|_| self.failing = true)
                .map(Some)?;
        }
        let written = self
            .open
            .as_mut()
            .map_or(Ok(()), |audit| audit.append(at, record, sync));
        self.recovered |= self.failing && written.is_ok();
        self.failing = written.is_err();
        if self.failing {
            self.open = None;
        }
        written
    }

    /// Whether writing works again after it had failed. Told once.
    pub fn recovered(&mut self) -> bool {
        std::mem::take(&mut self.recovered)
    }

    /// Whether something written has yet to reach the disk.
    pub fn is_unsynced(&self) -> bool {
        self.open.as_ref().is_some_and(|audit| audit.unsynced)
    }

    /// # Errors
    /// Where the disk does not take it.
    pub fn sync(&mut self) -> io::Result<()> {
        self.open.as_mut().map_or(Ok(()), Audit::sync)
    }
}

struct Audit {
    file: File,
    next: u64,
    /// Where the last whole line ends.
    end: u64,
    unsynced: bool,
}

impl Audit {
    /// Goes on after the last line's number, and at `least` with the one it is told.
    fn open(path: &Path, least: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)?;
        let meta = file.metadata()?;
        if !meta.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let length = meta.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut tail = Vec::new();
        (&file).take(TAIL).read_to_end(&mut tail)?;
        // A line that a crash tore is dropped: it was never whole, so its answer never left.
        let whole = tail
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let torn = u64::try_from(tail.len() - whole).unwrap_or(0);
        let end = length - torn;
        if torn > 0 {
            file.set_len(end)?;
        }
        let next =
            last_seq(tail.get(..whole).unwrap_or_default()).map_or(least, |seq| least.max(seq + 1));
        Ok(Self {
            file,
            next,
            end,
            unsynced: false,
        })
    }

    /// Appends one record, and with `sync` returns only when it is on the disk.
    /// A failure leaves the log ending where it ended before.
    fn append(&mut self, at: u64, record: &Record, sync: bool) -> io::Result<()> {
        let mut line = serde_json::to_vec(&LineRef {
            seq: self.next,
            at,
            record,
        })?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| if sync { self.file.sync_data() } else { Ok(()) });
        if let Err(error) = written {
            // Best effort: what cannot be cut now is cut as a torn line at the next start.
            let _ = self.file.set_len(self.end);
            return Err(error);
        }
        self.end += u64::try_from(line.len()).unwrap_or(0);
        self.next += 1;
        self.unsynced = !sync;
        Ok(())
    }

    fn is_unlinked(&self) -> bool {
        self.file.metadata().map_or(true, |meta| meta.nlink() == 0)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.unsynced = false;
        self.file.sync_data()
    }
}

#[derive(Serialize)]
struct LineRef<'a> {
    seq: u64,
    at: u64,
    record: &'a Record,
}

fn last_seq(lines: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Numbered {
        seq: u64,
    }
    lines
        .split(|byte| *byte == b'\n')
        .rev()
        .find(|line| !line.is_empty())
        .and_then(|line| serde_json::from_slice::<Numbered>(line).ok())
        .map(|line| line.seq)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use thumbturn_core::Mode;

    fn record() -> Record {
        Record::GateStarted {
            version: "1".into(),
            mode: Mode::Off,
        }
    }

    fn numbers(path: &Path) -> Vec<u64> {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.ends_with('\n'));
        text.lines()
            .map(|line| serde_json::from_str::<Line>(line).unwrap().seq)
            .collect()
    }

    #[test]
    fn a_secret_is_not_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        let secret = format!("ghp_{}", "aB3".repeat(12));
        let entry = serde_json::json!({"answer": {
            "id": 1, "code": "C1",
            "subject": {"ask": {
                "agent": "claude", "session": "s", "call": null, "subagent": null, "cwd": "/",
                "tool": "Bash", "input": {"command": format!("echo {secret}")},
            }},
            "answer": {"verdict": "deny", "reason": "hook_gone"},
        }});
        let record: Record = serde_json::from_str(&entry.to_string()).unwrap();
        Log::at(path.clone()).append(1, &record, true).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&secret), "{text}");
        assert!(
            text.contains("echo <GitHub token, 40 characters>"),
            "{text}"
        );
    }

    #[test]
    fn numbers_go_on_over_restarts_and_a_torn_line_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        let mut log = Log::at(path.clone());
        log.append(1, &record(), false).unwrap();
        log.append(2, &record(), true).unwrap();
        drop(log);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"seq\":3,\"at\"").unwrap();
        Log::at(path.clone()).append(3, &record(), false).unwrap();
        assert_eq!(numbers(&path), [1, 2, 3]);
    }

    #[test]
    fn a_log_that_was_taken_away_is_begun_anew_with_its_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        let mut log = Log::at(path.clone());
        log.append(1, &record(), false).unwrap();
        std::fs::remove_file(&path).unwrap();
        log.append(2, &record(), false).unwrap();
        assert_eq!(numbers(&path), [2]);
    }

    #[test]
    fn trouble_is_told_and_so_is_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        std::fs::create_dir(&path).unwrap();
        let mut log = Log::at(path.clone());
        assert!(log.append(1, &record(), true).is_err());
        std::fs::remove_dir(&path).unwrap();
        log.append(2, &record(), true).unwrap();
        assert!(log.recovered());
        assert!(!log.recovered());
    }

    #[test]
    fn what_is_no_plain_file_is_no_log() {
        let mut log = Log::at("/dev/full".into());
        let error = log.append(1, &record(), false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
