//! A person's shell in a home of its own. Lines are typed one after another, as a page of documentation has them.
//!
//! Our programs take a person's home from the user database, whatever `HOME` says. So the shell runs behind a mount
//! namespace in which that database names the story's home; where the system makes none, `--home` says it instead.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Pid, Signal, getuid, kill_process};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStdin, Command};

use crate::proc::{Ended, Proc, until_within};
use crate::world::World;

pub struct Shell {
    /// What is typed, and what came of it, away from the home.
    desk: TempDir,
    home: PathBuf,
    keys: ChildStdin,
    lines: usize,
    is_confined: bool,
    _bash: Proc,
}

/// A line that was typed.
#[must_use]
pub struct Typed {
    line: String,
    desk: PathBuf,
    number: usize,
}

impl Shell {
    /// In the world's home, from a directory, with more of an environment.
    ///
    /// # Errors
    /// Where no shell comes up.
    pub async fn open(
        world: &World,
        from: &Path,
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let home = world.home().to_owned();
        let desk = TempDir::with_prefix("thumbturn-desk-")?;
        let runtime = home.join("runtime");
        std::fs::create_dir_all(&runtime)?;
        std::fs::set_permissions(
            &runtime,
            std::os::unix::fs::PermissionsExt::from_mode(0o700),
        )?;
        let walls = walls(desk.path(), &home, &runtime)?;
        let is_confined = holds(&walls).await;
        let mut bash = Proc::start(
            Path::new(if is_confined { "bwrap" } else { "bash" }),
            |command| {
                if is_confined {
                    command.args(&walls).args(["--", "bash"]);
                }
                command.args(["--norc", "--noprofile"]).current_dir(from);
                world.desktop.dress(command);
                if is_confined {
                    command.env("XDG_RUNTIME_DIR", runtime_of_user());
                }
                command
                    .envs(environment.iter().copied())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null());
            },
        )?;
        let mut keys = bash.child().stdin.take().context("nothing can be typed")?;
        if !is_confined {
            keys.write_all(TRIAL.as_bytes()).await?;
        }
        Ok(Self {
            desk,
            home,
            keys,
            lines: 0,
            is_confined,
            _bash: bash,
        })
    }

    /// Whether programs find the home by themselves, as they do for a person.
    pub fn is_confined(&self) -> bool {
        self.is_confined
    }

    /// Types a line; what it reads comes from `stdin`.
    ///
    /// # Errors
    /// Where the shell is gone.
    pub async fn types(&mut self, line: &str, stdin: &str) -> anyhow::Result<Typed> {
        self.lines += 1;
        let typed = Typed {
            line: line.to_owned(),
            desk: self.desk.path().to_owned(),
            number: self.lines,
        };
        std::fs::write(typed.file("in"), stdin)?;
        let [input, out, err, half, code] =
            ["in", "out", "err", "half", "code"].map(|end| typed.file(end).display().to_string());
        let mut keys = String::new();
        writeln!(keys, "{{ {line}\n}} <{input} >{out} 2>{err}")?;
        writeln!(keys, "echo $? >{half}; mv {half} {code}")?;
        self.keys.write_all(keys.as_bytes()).await?;
        Ok(typed)
    }

    /// Types a line that reads nothing, and waits for its end.
    ///
    /// # Errors
    /// Where it does not end.
    pub async fn runs(&mut self, line: &str) -> anyhow::Result<Ended> {
        self.types(line, "").await?.ends().await
    }
}

impl Drop for Shell {
    /// Behind walls everything ends with the shell; without, a gate that was started there outlives it.
    fn drop(&mut self) {
        if self.is_confined {
            return;
        }
        let home = self.home.display().to_string();
        let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let ours = processes.filter(|process| {
            let words = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            let words: Vec<_> = words.split(|byte| *byte == 0).collect();
            words
                .windows(2)
                .any(|pair| pair == [b"--home".as_slice(), home.as_bytes()])
        });
        for process in ours {
            let id = process.file_name().to_str().and_then(|id| id.parse().ok());
            if let Some(id) = id.and_then(Pid::from_raw) {
                let _ = kill_process(id, Signal::KILL);
            }
        }
    }
}

impl Typed {
    /// Waits for its end, as long as programs of ours may take.
    ///
    /// # Errors
    /// Where it does not end.
    pub async fn ends(self) -> anyhow::Result<Ended> {
        self.ends_within(Duration::from_secs(60)).await
    }

    /// The same with another bound.
    ///
    /// # Errors
    /// Where it does not end; what it said so far.
    pub async fn ends_within(self, bound: Duration) -> anyhow::Result<Ended> {
        let ended = until_within(bound, &self.line, async || {
            std::fs::read_to_string(self.file("code")).ok()
        })
        .await;
        let code = ended
            .with_context(|| format!("{:?} {:?}", self.said("out"), self.said("err")))?
            .trim()
            .parse()
            .ok();
        Ok(Ended {
            code,
            stdout: self.said("out"),
            stderr: self.said("err"),
        })
    }

    fn said(&self, end: &str) -> String {
        let bytes = std::fs::read(self.file(end)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn file(&self, end: &str) -> PathBuf {
        self.desk.join(format!("{}.{end}", self.number))
    }
}

/// For a shell without walls.
const TRIAL: &str = "\
thumbturn() { command thumbturn --home \"$HOME\" \"$@\"; }
thumbturn-tray() { command thumbturn-tray --home \"$HOME\" \"$@\"; }
";

fn runtime_of_user() -> String {
    format!("/run/user/{}", getuid().as_raw())
}

/// The whole system, with another home in the user database, another runtime directory, and processes of its own.
fn walls(desk: &Path, home: &Path, runtime: &Path) -> anyhow::Result<Vec<String>> {
    let passwd = desk.join("passwd");
    std::fs::write(&passwd, users(home)?)?;
    let text = |path: &Path| path.display().to_string();
    let mut words = vec!["--die-with-parent".to_owned(), "--unshare-pid".to_owned()];
    for (what, paths) in [
        ("--dev-bind", vec!["/".to_owned(), "/".to_owned()]),
        ("--proc", vec!["/proc".to_owned()]),
        ("--tmpfs", vec!["/run/user".to_owned()]),
        ("--bind", vec![text(runtime), runtime_of_user()]),
        ("--ro-bind", vec![text(&passwd), "/etc/passwd".to_owned()]),
    ] {
        words.push(what.to_owned());
        words.extend(paths);
    }
    Ok(words)
}

/// The user database, in which this user has another home.
fn users(home: &Path) -> anyhow::Result<String> {
    let id = getuid().as_raw().to_string();
    let others = std::fs::read_to_string("/etc/passwd")?;
    let others = others
        .lines()
        .filter(|line| line.split(':').nth(2) != Some(id.as_str()));
    let own = format!("dana:x:{id}:{id}:Dana:{}:/bin/bash", home.display());
    Ok(std::iter::once(own.as_str())
        .chain(others)
        .fold(String::new(), |text, line| text + line + "\n"))
}

/// Whether the system lets somebody build them: in some containers it does not.
async fn holds(walls: &[String]) -> bool {
    Command::new("bwrap")
        .args(walls)
        .args(["--", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .is_ok_and(|status| status.success())
}
