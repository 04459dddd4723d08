//! `thumbturn log`: what was decided, like a diary, the newest last.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::path::Path;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use thumbturn_wire::{Paths, plain};

use crate::record::{Told, told};
use crate::words::{Failure, say, styled, tell};

#[derive(Args)]
pub(crate) struct Log {
    /// How many of the newest.
    #[arg(short = 'n', value_name = "N", default_value_t = 20)]
    newest: usize,
    /// As the log holds them, one JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Everything known about one decision.
    Show {
        /// Its short reference, such as K7F29.
        code: String,
    },
}

/// One line of the audit log.
#[derive(Deserialize)]
struct Line {
    seq: u64,
    /// Milliseconds since the Unix epoch.
    at: u64,
    record: Value,
}

pub(crate) fn run(log: &Log, paths: &Paths) -> Result<(), Failure> {
    let file = paths.audit();
    match &log.verb {
        Some(Verb::Show { code }) => show(&file, code),
        None => list(&file, log),
    }
}

fn list(file: &Path, log: &Log) -> Result<(), Failure> {
    let mut newest = VecDeque::new();
    each(file, |text| {
        newest.push_back(text);
        if newest.len() > log.newest {
            newest.pop_front();
        }
    })?;
    if newest.is_empty() {
        tell("Nothing was decided yet.");
    }
    if log.json {
        return newest.iter().try_for_each(|text| say(text));
    }
    let mut day = String::new();
    let mut bad = 0;
    for text in &newest {
        let Ok(line) = serde_json::from_str::<Line>(text) else {
            bad += 1;
            continue;
        };
        let (date, time) = local(line.at);
        if date != day {
            say(&date)?;
            day = date;
        }
        diary_line(&time, &told(&line.record))?;
    }
    if bad > 0 {
        Err(Failure::Lines(bad))
    } else {
        Ok(())
    }
}

fn diary_line(time: &str, told: &Told) -> Result<(), Failure> {
    let (mark, style) = told.mark.shown();
    let by = told
        .by
        .as_ref()
        .map_or_else(String::new, |by| format!(", {}", plain(by, 40)));
    let code = told
        .code
        .as_ref()
        .map_or_else(String::new, |code| format!("  {}", plain(code, 20)));
    styled(
        style,
        &format!("  {time}  {mark}"),
        &format!(
            " {:<8} {:<12} {}{by}{code}",
            told.word,
            plain(&told.who, 40),
            plain(&told.what, 100)
        ),
    )
}

/// The decision, and what else bears its code.
fn show(file: &Path, code: &str) -> Result<(), Failure> {
    let mut found = Vec::new();
    each(file, |text| {
        if let Ok(line) = serde_json::from_str::<Line>(&text)
            && told(&line.record)
                .code
                .is_some_and(|own| own.eq_ignore_ascii_case(code))
        {
            found.push((line, text));
        }
    })?;
    if found.is_empty() {
        return Err(Failure::NoSuchCode(code.to_owned()));
    }
    for (line, text) in found {
        let (date, time) = local(line.at);
        let told = told(&line.record);
        let (mark, style) = told.mark.shown();
        styled(
            style,
            &format!("{mark} {}", told.word),
            &format!(" {}", plain(&told.why, 400)),
        )?;
        field("When", &format!("{date} {time}"))?;
        field("Code", told.code.as_deref().unwrap_or_default())?;
        field("Who", &told.who)?;
        field("What", &told.what)?;
        for (name, value) in &told.more {
            field(name, value)?;
        }
        field("Line", &line.seq.to_string())?;
        field("Record", &text)?;
    }
    Ok(())
}

fn field(name: &str, value: &str) -> Result<(), Failure> {
    if value.is_empty() {
        return Ok(());
    }
    say(&format!("  {name:<8} {}", plain(value, 20_000)))
}

/// Every whole line. None where there is no log yet.
pub(crate) fn each(file: &Path, mut take: impl FnMut(String)) -> Result<(), Failure> {
    let unread = |error| Failure::File(file.to_owned(), error);
    let open = match File::open(file) {
        Ok(open) => open,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unread(error)),
    };
    let mut lines = BufReader::new(open);
    loop {
        let mut bytes = Vec::new();
        lines.read_until(b'\n', &mut bytes).map_err(unread)?;
        // The gate may be in the middle of the last one.
        if bytes.pop() != Some(b'\n') {
            return Ok(());
        }
        take(String::from_utf8_lossy(&bytes).into_owned());
    }
}

/// Date and time of day where the reader is.
fn local(at: u64) -> (String, String) {
    let at = i64::try_from(at)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let zoned = at.unwrap_or_default().to_zoned(TimeZone::system());
    (
        zoned.strftime("%A, %-d %B %Y").to_string(),
        zoned.strftime("%H:%M:%S").to_string(),
    )
}
