//! Quiet, aligned output: one colour a line, none without a terminal.

use std::io::{IsTerminal as _, Write as _};

/// The few meanings that may have a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    /// Held safe, or done.
    Good,
    /// Your turn.
    Waiting,
    /// Denied, or trouble.
    Bad,
    /// Beside the point.
    Quiet,
}

/// A line of output: a label in the left column, then words.
pub(crate) fn line(tone: Tone, label: &str, words: &str) {
    text(&tinted(tone, format!("  {label:<9} {words}").trim_end()));
}

/// A line below another one, from the same column as its words.
pub(crate) fn below(tone: Tone, words: &str) {
    line(tone, "", words);
}

pub(crate) fn heading(words: &str) {
    text(&format!("\n{}\n", bold(words)));
}

/// One line, as it is.
pub(crate) fn text(words: &str) {
    clear_progress();
    // A reader that has gone away is no reason to stop half way.
    let _ = writeln!(std::io::stdout().lock(), "{words}");
}

/// A failure and the next step, for the person.
pub(crate) fn trouble(words: &str, hint: Option<&str>) {
    clear_progress();
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "xtask: {words}");
    if let Some(hint) = hint {
        let _ = writeln!(err, "hint: {hint}");
    }
}

/// Rewrites the one line that tells what is happening right now. Nothing without a terminal.
pub(crate) fn progress(words: &str) {
    if std::io::stderr().is_terminal() {
        let cut: String = words.chars().take(76).collect();
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K  {cut}");
        let _ = std::io::stderr().flush();
    }
}

fn clear_progress() {
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
    }
}

/// Seconds, for people.
pub(crate) fn seconds(time: std::time::Duration) -> String {
    let tenths = time.as_millis() / 100;
    if tenths < 100 {
        format!("{}.{} s", tenths / 10, tenths % 10)
    } else if tenths < 6000 {
        format!("{} s", tenths / 10)
    } else {
        format!("{} min {:02} s", tenths / 600, tenths / 10 % 60)
    }
}

fn tinted(tone: Tone, words: &str) -> String {
    let code = match tone {
        Tone::Plain => return words.to_owned(),
        Tone::Good => "32",
        Tone::Waiting => "33",
        Tone::Bad => "31",
        Tone::Quiet => "2",
    };
    styled(code, words)
}

fn bold(words: &str) -> String {
    styled("1", words)
}

fn styled(code: &str, words: &str) -> String {
    if has_colour() {
        format!("\x1b[{code}m{words}\x1b[0m")
    } else {
        words.to_owned()
    }
}

fn has_colour() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !unwanted && std::io::stdout().is_terminal()
}
