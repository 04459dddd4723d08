//! From the agent's call to the gate's answer, under one overall deadline.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use thumbturn_wire::{
    Answer, Ask, AskBody, CallError, Endpoint, EndpointError, MAX_ASK, Moment, Paths, PathsError,
    Pin, PinError, Report, ReportBody, Route, Standing, Verdict, ask_gate, parse_strict,
};

use crate::Reply;
use crate::arguments::Arguments;
use crate::stdin::{self, StdinError};
use crate::stop::Stop;
use thumbturn_hook::dialects::{Dialect, Heard, Misfit};

/// How long stdin is drained where nobody reads it.
const DRAIN: Duration = Duration::from_millis(250);

/// How long a report may take: nobody waits for what becomes of it.
const REPORT: Duration = Duration::from_secs(2);

/// The version of the wire that has more than questions before a tool runs.
const MOMENTS: u16 = 2;

/// What to tell the agent. Every failure is a deny.
pub(crate) fn reply(words: impl Iterator<Item = OsString>, started: Instant) -> Reply {
    let arguments = match Arguments::of(words) {
        Ok(arguments) => arguments,
        Err(why) => {
            drain();
            let why = format!(
                "Nothing was run: thumbturn-hook is set up wrongly: {why}. Do not retry; tell your person."
            );
            return Reply::deny(Dialect::Every, &why);
        }
    };
    let dialect = Dialect::Of(arguments.agent);
    let mut moment = Moment::default();
    match answer(&arguments, dialect, started, &mut moment) {
        Ok(Some(answer)) => Reply {
            dialect,
            moment,
            verdict: answer.verdict,
            reason: words_of(&answer),
        },
        Ok(None) => Reply {
            dialect,
            moment,
            verdict: Verdict::NoWord,
            reason: String::new(),
        },
        Err(failure) => {
            if failure.left_stdin_unread() {
                drain();
            }
            let dialect = if failure.is_of_another_agent() {
                Dialect::Every
            } else {
                dialect
            };
            Reply {
                moment,
                ..Reply::deny(
                    dialect,
                    &format!(
                        "Nothing was run: {failure}. Do not retry; {}.",
                        failure.next_step()
                    ),
                )
            }
        }
    }
}

/// The gate's answer, or `None` where there is no word to say. What was asked is told in `moment`,
/// as soon as it is known.
fn answer(
    arguments: &Arguments,
    dialect: Dialect,
    started: Instant,
    moment: &mut Moment,
) -> Result<Option<Answer>, Failure> {
    let user = if arguments.endpoints.is_empty() || arguments.key.is_none() {
        Some(Paths::of_user().map_err(Failure::Paths)?)
    } else {
        None
    };
    let Standing::Armed(endpoint) = standing(arguments, user.as_ref())? else {
        if arguments.tells || arguments.required {
            return unarmed(arguments, dialect, started, user.as_ref());
        }
        drain();
        return Ok(None);
    };
    let stop = Stop::listen().map_err(|_| Failure::Signals)?;
    let pin = Pin::read(&key(arguments, user.as_ref())?).map_err(Failure::Pin)?;
    let call = stdin::read_all(MAX_ASK, arguments.deadline(started)).map_err(Failure::Stdin)?;
    let ask = match dialect.read(&call).map_err(Failure::Misfit)? {
        Heard::Asks(ask) => ask,
        Heard::Tells(report) => {
            tell(report, &endpoint, &pin, started);
            return Ok(None);
        }
    };
    *moment = ask.moment;
    if endpoint.v < MOMENTS && ask.moment != Moment::BeforeTool {
        return Ok(None);
    }
    if stop.came() {
        return Err(Failure::Stopped);
    }
    let payload = ask_gate(
        &endpoint,
        &pin,
        Route::Ask,
        body(ask, arguments, started),
        arguments.deadline(started),
    )
    .map_err(Failure::Call)?;
    let answer = parse_strict(&payload)
        .and_then(serde_json::from_value)
        .map_err(|_| Failure::Answer)?;
    if stop.came() {
        return Err(Failure::Stopped);
    }
    Ok(Some(answer))
}

fn body(ask: Ask, arguments: &Arguments, started: Instant) -> AskBody {
    AskBody {
        ask,
        patience_ms: arguments
            .patience(started)
            .as_millis()
            .try_into()
            .unwrap_or(u64::MAX),
    }
}

/// Duo mode is not on: what the agent tells is passed on where there is a gate, and a question gets
/// no word, unless this machine requires Duo mode.
fn unarmed(
    arguments: &Arguments,
    dialect: Dialect,
    started: Instant,
    user: Option<&Paths>,
) -> Result<Option<Answer>, Failure> {
    let call = stdin::read_all(MAX_ASK, started + REPORT);
    match call.map(|call| dialect.read(&call)) {
        Ok(Ok(Heard::Tells(report))) => {
            let gate = there(arguments, user).zip(Pin::read(&key(arguments, user)?).ok());
            if let Some((endpoint, pin)) = gate {
                tell(report, &endpoint, &pin, started);
            }
            Ok(None)
        }
        Ok(Ok(Heard::Asks(_)) | Err(_)) | Err(_) if arguments.required => {
            Err(Failure::OffButRequired)
        }
        Ok(Ok(Heard::Asks(_)) | Err(_)) | Err(_) => Ok(None),
    }
}

/// A gate of this boot that is not armed.
fn there(arguments: &Arguments, user: Option<&Paths>) -> Option<Endpoint> {
    files(arguments, user)
        .iter()
        .find_map(|file| Endpoint::read(file).ok().flatten())
        .filter(|endpoint| thumbturn_wire::boot_id().is_ok_and(|boot| boot == endpoint.boot))
}

/// A report that does not arrive is nobody's loss: it lets nothing run that would not run anyway.
fn tell(report: Report, endpoint: &Endpoint, pin: &Pin, started: Instant) {
    if endpoint.v >= MOMENTS {
        let body = ReportBody { report };
        let _ = ask_gate(endpoint, pin, Route::Report, body, started + REPORT);
    }
}

fn standing(arguments: &Arguments, user: Option<&Paths>) -> Result<Standing, Failure> {
    Standing::now(&files(arguments, user)).map_err(Failure::Endpoint)
}

fn files(arguments: &Arguments, user: Option<&Paths>) -> Vec<PathBuf> {
    match user {
        Some(paths) if arguments.endpoints.is_empty() => paths.endpoints(),
        Some(_) | None => arguments.endpoints.clone(),
    }
}

fn key(arguments: &Arguments, user: Option<&Paths>) -> Result<PathBuf, Failure> {
    arguments
        .key
        .clone()
        .or_else(|| user.map(|paths| paths.pin().to_owned()))
        .ok_or(Failure::Pin(PinError::Missing))
}

fn words_of(answer: &Answer) -> String {
    if answer.code.is_empty() {
        answer.words.clone()
    } else {
        format!("{} ({})", answer.words, answer.code)
    }
}

fn drain() {
    stdin::drain(MAX_ASK, Instant::now() + DRAIN);
}

enum Failure {
    Answer,
    Call(CallError),
    Endpoint(EndpointError),
    Misfit(Misfit),
    OffButRequired,
    Paths(PathsError),
    Pin(PinError),
    Signals,
    Stdin(StdinError),
    Stopped,
}

impl Failure {
    fn left_stdin_unread(&self) -> bool {
        match self {
            Self::Endpoint(_)
            | Self::OffButRequired
            | Self::Paths(_)
            | Self::Pin(_)
            | Self::Signals => true,
            Self::Stdin(why) => matches!(why, StdinError::TooLong),
            Self::Answer | Self::Call(_) | Self::Misfit(_) | Self::Stopped => false,
        }
    }

    /// Whoever started us then may not read our dialect.
    fn is_of_another_agent(&self) -> bool {
        matches!(self, Self::Misfit(_))
    }

    fn next_step(&self) -> &'static str {
        match self {
            Self::OffButRequired => "ask your person to run `thumbturn on`",
            Self::Misfit(_) | Self::Stdin(_) | Self::Stopped => "tell your person",
            Self::Answer
            | Self::Call(_)
            | Self::Endpoint(_)
            | Self::Paths(_)
            | Self::Pin(_)
            | Self::Signals => "ask your person to look at `thumbturn status`",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer => f.write_str("the gate's answer is none that this hook knows"),
            Self::Call(error) => write!(f, "{error}"),
            Self::Endpoint(error) => write!(f, "{error}"),
            Self::Misfit(misfit) => write!(f, "{misfit}"),
            Self::OffButRequired => f.write_str("Duo mode is off and this machine requires it"),
            Self::Paths(error) => write!(f, "{error}"),
            Self::Pin(error) => write!(f, "{error}"),
            Self::Signals => f.write_str("the system lets no signal be caught"),
            Self::Stdin(error) => write!(f, "{error}"),
            Self::Stopped => f.write_str("the agent stopped the hook before an answer came"),
        }
    }
}
