//! What is said: data on stdout, words on stderr, a `hint:` with the next step after an error.

use std::io::Write as _;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use thumbturn_agents::{Agent, DiskError, EditError, Tier};
use thumbturn_core::RulesError;
use thumbturn_wire::{CallError, EndpointError, PathsError, PinError};

/// Why a verb did not do what it is for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The gate said no, in its own words.
    Refused(String),
    NoTerminal,
    EmptyPasscode,
    Dir(PathBuf, std::io::Error),
    /// No gate, for a verb that cannot do without.
    NoGate(&'static str),
    /// `status` has said so already.
    NoGateToShow,
    Start(String),
    Call(CallError),
    /// The gate answered something that this version does not know.
    Answer,
    Endpoint(EndpointError),
    Pin(PinError),
    Paths(PathsError),
    File(PathBuf, std::io::Error),
    /// So many lines of the log cannot be read.
    Lines(usize),
    NoSuchCode(String),
    Stdout(std::io::Error),
    Stdin(std::io::Error),
    Rules(PathBuf, RulesError),
    /// So many calls could not be read.
    Payloads(usize),
    /// A settings file of an agent's that cannot be edited.
    Edit(EditError),
    Disk(DiskError, Tier),
    /// No hook program lies beside this one.
    NoHook(PathBuf),
    /// What the hook said when it was tried.
    Hook(PathBuf, String),
    /// The entry is written, and does not hold.
    NotInForce(Agent),
    NotProved(Agent),
    /// Nothing that guards is taken away while it guards.
    IsOn,
    Purge(String),
    /// `doctor` has told them already.
    Faults(usize),
    /// A program of ours that was run in this one's place has said so already.
    Told,
    Written(PathBuf, std::io::Error),
}

impl Failure {
    /// As `--help` tells them.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Refused(_)
            | Self::NoSuchCode(_)
            | Self::Stdout(_)
            | Self::Stdin(_)
            | Self::Rules(..)
            | Self::Payloads(_)
            | Self::NotInForce(_)
            | Self::NotProved(_)
            | Self::IsOn
            | Self::Purge(_)
            | Self::Faults(_)
            | Self::Told
            | Self::Written(..) => 1,
            Self::NoTerminal | Self::EmptyPasscode | Self::Dir(..) => 2,
            Self::NoGate(_)
            | Self::NoGateToShow
            | Self::Start(_)
            | Self::Call(_)
            | Self::Answer => 3,
            Self::Endpoint(_)
            | Self::Pin(_)
            | Self::Paths(_)
            | Self::File(..)
            | Self::Lines(_)
            | Self::Edit(_)
            | Self::Disk(..)
            | Self::NoHook(_)
            | Self::Hook(..) => 4,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoGate("off") => {
                Some("start the gate with `thumbturn-tray`, then run `thumbturn off` again.")
            }
            Self::NoGate("signout") => {
                Some("start the gate with `thumbturn-tray`, then run `thumbturn signout` again.")
            }
            Self::NoGate(_) => Some("start the gate with `thumbturn on` or `thumbturn-tray`."),
            Self::NoGateToShow => Some("`thumbturn on` starts the gate."),
            Self::NoTerminal => Some("open a terminal and run `thumbturn off --passcode` there."),
            Self::Start(_) => Some("run `thumbturn-tray` in a terminal; it says what is wrong."),
            Self::Call(CallError::Refused(503)) => Some(
                "the gate has no signing key yet: unlock your keychain, or look at its tray menu.",
            ),
            Self::Call(CallError::TimedOut) => {
                Some("`thumbturn status` shows whether it still waits.")
            }
            Self::Call(CallError::Seal(_) | CallError::NotOurs) => Some(
                "something else may listen in the gate's place; quit it and start `thumbturn-tray` again.",
            ),
            Self::Endpoint(_) => Some("restart `thumbturn-tray`; it writes the file anew."),
            Self::Pin(PinError::Missing) => {
                Some("`thumbturn doctor` says why; most often the keychain is locked or missing.")
            }
            Self::Pin(_) => {
                Some("`thumbturn-tray rekey` makes a new key at this terminal and pins it.")
            }
            Self::NoSuchCode(_) => Some("`thumbturn log` lists the codes of recent decisions."),
            Self::Edit(_) => Some("mend the file, then try again; nothing was changed."),
            Self::Disk(_, Tier::Managed) => Some(
                "managed settings belong to root: run it with `sudo`, or see them with `--dry-run`.",
            ),
            Self::NoHook(_) => Some("install Thumbturn again; its programs lie in one directory."),
            Self::Hook(..) => Some("`thumbturn doctor` looks for the reason."),
            Self::NotProved(_) => Some("run `thumbturn doctor`."),
            Self::IsOn => Some("run `thumbturn off` first; it rings your phone."),
            Self::Purge(_) => {
                Some("see to that, then run `thumbturn uninstall --all --purge` again.")
            }
            Self::Written(_, error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Some("name a file that is not there yet.")
            }
            Self::NotInForce(_)
            | Self::Disk(..)
            | Self::Faults(_)
            | Self::Told
            | Self::Written(..) => None,
            Self::Refused(_)
            | Self::EmptyPasscode
            | Self::Dir(..)
            | Self::Call(
                CallError::HungUp
                | CallError::Interrupted
                | CallError::Io(_)
                | CallError::NobodyThere
                | CallError::Refused(_)
                | CallError::Version,
            )
            | Self::Answer
            | Self::Paths(_)
            | Self::File(..)
            | Self::Lines(_)
            | Self::Stdout(_)
            | Self::Stdin(_) => None,
            Self::Rules(..) => Some("mend the file, then run `thumbturn rules check` again."),
            Self::Payloads(_) => Some(
                "give one JSON object a line: what the agent gives its hook before a tool runs.",
            ),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(words) => f.write_str(words),
            Self::NoTerminal => {
                f.write_str("A passcode is typed at a terminal, and there is none.")
            }
            Self::EmptyPasscode => f.write_str("No passcode was typed. Nothing changed."),
            Self::Dir(dir, error) => {
                write!(f, "{} is no directory to use: {error}.", dir.display())
            }
            Self::NoGate("off") => {
                f.write_str("Nothing changed: no gate is running that could turn it off.")
            }
            Self::NoGate(_) => f.write_str("Nothing changed: no gate is running."),
            Self::NoGateToShow | Self::Told => Ok(()),
            Self::Start(why) => write!(f, "The gate could not be started: {why}."),
            Self::Call(error) => write!(f, "The gate gave no answer: {error}."),
            Self::Answer => {
                f.write_str("The gate's answer is none that this version of thumbturn knows.")
            }
            Self::Endpoint(error) => write!(f, "The gate cannot be found: {error}."),
            Self::Pin(error) => write!(f, "The gate cannot be believed: {error}."),
            Self::Paths(error) => write!(f, "Thumbturn's files cannot be found: {error}."),
            Self::File(file, error) => write!(f, "{} cannot be read: {error}.", file.display()),
            Self::Lines(1) => f.write_str("One line of the log cannot be read."),
            Self::Lines(n) => write!(f, "{n} lines of the log cannot be read."),
            Self::NoSuchCode(code) => write!(
                f,
                "No decision has the code {}.",
                thumbturn_wire::plain(code, 20)
            ),
            Self::Stdout(error) => write!(f, "The output could not be written: {error}."),
            Self::Stdin(error) => write!(f, "The input could not be read: {error}."),
            Self::Rules(file, error) => write!(f, "{}, {error}", file.display()),
            Self::Payloads(1) => f.write_str("One call could not be read."),
            Self::Payloads(n) => write!(f, "{n} calls could not be read."),
            Self::Edit(error) => write!(f, "{error}."),
            Self::Disk(error, _) => write!(f, "{error}."),
            Self::NoHook(hook) => {
                write!(
                    f,
                    "{} is not there, so nothing was changed.",
                    hook.display()
                )
            }
            Self::Hook(hook, why) => write!(f, "{} does not do its work: {why}", hook.display()),
            Self::NotInForce(agent) => {
                write!(f, "{} does not ask the gate for sure yet.", agent.name())
            }
            Self::NotProved(agent) => write!(
                f,
                "The entry is in, but the gate has not seen {} yet.",
                agent.name()
            ),
            Self::IsOn => f.write_str("Duo mode is on or paused, so nothing was taken out."),
            Self::Faults(1) => f.write_str("One thing is wrong."),
            Self::Faults(count) => write!(f, "{count} things are wrong."),
            Self::Written(file, error) => {
                write!(f, "{} cannot be written: {error}.", file.display())
            }
            Self::Purge(why) => write!(f, "Not everything was forgotten: {why}."),
        }
    }
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        Self::Edit(error)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<EndpointError> for Failure {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint(error)
    }
}

impl From<PinError> for Failure {
    fn from(error: PinError) -> Self {
        Self::Pin(error)
    }
}

impl From<PathsError> for Failure {
    fn from(error: PathsError) -> Self {
        Self::Paths(error)
    }
}

pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const AMBER: Style = AnsiColor::Yellow.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();
pub(crate) const PLAIN: Style = Style::new();

/// One line of data.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    styled(PLAIN, line, "")
}

/// One line of data whose beginning has a colour, on a terminal that wants colours.
pub(crate) fn styled(style: Style, start: &str, rest: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match writeln!(out, "{style}{start}{style:#}{rest}").and_then(|()| out.flush()) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::Stdout),
    }
}

/// One line for the person. With stderr gone there is nobody left to tell.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

pub(crate) fn complain(failure: &Failure) {
    let words = failure.to_string();
    if !words.is_empty() {
        let _ = writeln!(anstream::stderr().lock(), "{RED}{words}{RED:#}");
    }
    if let Some(hint) = failure.hint() {
        tell(&format!("hint: {hint}"));
    }
}
