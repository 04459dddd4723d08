//! Starting other programs, watching them, and never leaving one behind.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::stop::{Doing as _, Done, Stop};
use crate::terminal;

const POLL: Duration = Duration::from_millis(20);

/// From here on Ctrl-C only raises a flag, so that every guard gets to do its work.
pub(crate) fn catch_interrupts() -> Done {
    for signal in [
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ] {
        signal_hook::flag::register(signal, interrupted().clone()).doing("catch Ctrl-C")?;
    }
    Ok(())
}

fn interrupted() -> &'static Arc<AtomicBool> {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    FLAG.get_or_init(Arc::default)
}

/// # Errors
/// Once somebody pressed Ctrl-C.
pub(crate) fn go_on() -> Done {
    if interrupted().load(Ordering::Relaxed) {
        Err(Stop::interrupted())
    } else {
        Ok(())
    }
}

/// Asks `what` again and again until it answers, within `patience`.
///
/// # Errors
/// When it never does, naming `deed`; or when it fails.
pub(crate) fn until<T>(
    deed: &str,
    patience: Duration,
    mut what: impl FnMut() -> Done<Option<T>>,
) -> Done<T> {
    let start = Instant::now();
    loop {
        go_on()?;
        if let Some(found) = what()? {
            return Ok(found);
        }
        if start.elapsed() > patience {
            return Err(Stop::because(format!(
                "waited {} to {deed}, in vain",
                terminal::seconds(patience)
            )));
        }
        std::thread::sleep(POLL);
    }
}

/// A program that runs beside us and ends with us.
pub(crate) struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    /// Starts it in a process group of its own, where a Ctrl-C for us does not reach it.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Done<Self> {
        command.process_group(0);
        let child = command.spawn().doing(format!("start {name}"))?;
        Ok(Self { name, child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// # Errors
    /// When it has ended by itself.
    pub(crate) fn still_there(&mut self) -> Done {
        match self
            .child
            .try_wait()
            .doing(format!("watch {}", self.name))?
        {
            None => Ok(()),
            Some(status) => Err(Stop::because(format!(
                "{} ended early ({status})",
                self.name
            ))),
        }
    }

    /// How it ended, waiting for it as long as nobody interrupts us.
    pub(crate) fn ended(&mut self, mut meanwhile: impl FnMut() -> Done) -> Done<ExitStatus> {
        loop {
            go_on()?;
            if let Some(status) = self
                .child
                .try_wait()
                .doing(format!("watch {}", self.name))?
            {
                return Ok(status);
            }
            meanwhile()?;
            std::thread::sleep(POLL);
        }
    }

    fn signal(&self, name: &str) {
        // `kill` is built into every shell; the group holds whatever the program started.
        let _ = Command::new("sh")
            .args(["-c", &format!("kill -s {name} -- -{}", self.id())])
            .stderr(Stdio::null())
            .status();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        self.signal("TERM");
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(POLL);
        }
        self.signal("KILL");
        let _ = self.child.wait();
    }
}

/// What a finished command left.
pub(crate) struct Ran {
    pub(crate) time: Duration,
    pub(crate) log: PathBuf,
}

/// Runs a command with all its output in `log`, telling what it does by its latest line.
///
/// # Errors
/// Where it fails, with the end of what it wrote.
pub(crate) fn run(name: &'static str, command: &mut Command, log: &Path) -> Done<Ran> {
    if let Some(dir) = log.parent() {
        std::fs::create_dir_all(dir).doing(format!("make {}", dir.display()))?;
    }
    let file = File::create(log).doing(format!("write {}", log.display()))?;
    let both = file.try_clone().doing(format!("write {}", log.display()))?;
    command.stdin(Stdio::null()).stdout(file).stderr(both);
    let start = Instant::now();
    let mut running = Running::start(name, command)?;
    let mut spoken = start;
    let status = running.ended(|| {
        let time = terminal::seconds(start.elapsed());
        terminal::progress(&format!("{name:<9} {time:>9}  {}", last_line(log)));
        if spoken.elapsed() > Duration::from_secs(30) && !on_a_terminal() {
            spoken = Instant::now();
            terminal::line(terminal::Tone::Quiet, name, &format!("… {time}"));
        }
        std::thread::sleep(Duration::from_millis(80));
        Ok(())
    })?;
    if status.success() {
        return Ok(Ran {
            time: start.elapsed(),
            log: log.to_path_buf(),
        });
    }
    let shown = tail(log, 80);
    Err(
        Stop::because(format!("{name} failed ({status})\n\n{shown}\n"))
            .hint(format!("the whole output is in {}", log.display())),
    )
}

fn on_a_terminal() -> bool {
    use std::io::IsTerminal as _;
    std::io::stderr().is_terminal()
}

/// The last `count` lines of a log.
pub(crate) fn tail(log: &Path, count: usize) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(count);
    lines.get(from..).unwrap_or_default().join("\n")
}

fn last_line(log: &Path) -> String {
    let Ok(file) = File::open(log) else {
        return String::new();
    };
    BufReader::new(file)
        .lines()
        .map_while(Result::ok)
        .filter(|line| !line.trim().is_empty())
        .last()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The first line that a fresh program writes to the pipe it was given.
pub(crate) fn first_line(running: &mut Running, patience: Duration) -> Done<String> {
    let name = running.name;
    let out = running
        .child
        .stdout
        .take()
        .ok_or_else(|| Stop::because(format!("{name} has no output to read")))?;
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(out).lines();
        if let Some(Ok(line)) = lines.next() {
            let _ = tell.send(line);
        }
        // The rest is read so that the program never blocks on a full pipe.
        lines.map_while(Result::ok).for_each(drop);
    });
    until(&format!("hear from {name}"), patience, || {
        if let Ok(line) = told.try_recv() {
            return Ok(Some(line));
        }
        running.still_there().map(|()| None)
    })
}
