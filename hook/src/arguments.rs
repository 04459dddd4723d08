//! The hook's arguments: they stand in the agent's settings, so they may name files that the environment may not.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use thumbturn_wire::{Agent, deadlines};

/// A day: more is a slip of the pen.
const LONGEST: u64 = 86_400;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) agent: Agent,
    /// Deny, and not no word, where Duo mode is off.
    pub(crate) required: bool,
    /// Pass on what the agent tells of, where Duo mode is off too: the entry is for such an event.
    pub(crate) tells: bool,
    /// The agent's own timeout.
    timeout: Duration,
    /// In place of the user's own files.
    pub(crate) endpoints: Vec<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

impl Arguments {
    /// # Errors
    /// What is wrong with them, for the agent to read.
    pub(crate) fn of(words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut words = words;
        let agent = match words.next() {
            None => return Err("it was started without the name of an agent".into()),
            Some(word) => word
                .to_str()
                .and_then(Agent::of_word)
                .ok_or_else(|| unknown(&word))?,
        };
        let mut arguments = Self {
            agent,
            required: false,
            tells: false,
            timeout: Duration::from_millis(deadlines::AGENT),
            endpoints: Vec::new(),
            key: None,
        };
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .ok_or_else(|| format!("its argument `{}` needs a value", word.display()))
            };
            match word.to_str() {
                Some("--required") => arguments.required = true,
                Some("--tell") => arguments.tells = true,
                Some("--timeout") => arguments.timeout = seconds(&value()?)?,
                Some("--endpoint") => arguments.endpoints.push(value()?.into()),
                Some("--key") => arguments.key = Some(value()?.into()),
                Some(_) | None => return Err(format!("it knows no argument `{}`", word.display())),
            }
        }
        Ok(arguments)
    }

    /// When an answer must be out: the agent's timeout less 20 s, or less a quarter of a short one.
    pub(crate) fn deadline(&self, started: Instant) -> Instant {
        started + (self.timeout - margin(deadlines::AGENT_MARGIN, self.timeout / 4))
    }

    /// How long the gate may take, so that its last word still arrives: 10 s less, or an eighth of a short timeout.
    pub(crate) fn patience(&self, started: Instant) -> Duration {
        self.deadline(started)
            .saturating_duration_since(Instant::now())
            .saturating_sub(margin(deadlines::HOOK_MARGIN, self.timeout / 8))
    }
}

fn unknown(word: &OsString) -> String {
    let known = Agent::ALL.map(Agent::word).join("`, `");
    format!("it knows no agent `{}`, only `{known}`", word.display())
}

fn margin(usual: u64, at_most: Duration) -> Duration {
    Duration::from_millis(usual).min(at_most)
}

fn seconds(word: &OsString) -> Result<Duration, String> {
    word.to_str()
        .and_then(|text| text.parse().ok())
        .filter(|seconds| (1..=LONGEST).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| {
            format!(
                "its `--timeout` is `{}`, not 1 to {LONGEST} seconds",
                word.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> Result<Arguments, String> {
        Arguments::of(words.iter().map(OsString::from))
    }

    #[test]
    fn all_of_them() {
        let words = [
            "claude",
            "--required",
            "--tell",
            "--timeout",
            "60",
            "--endpoint",
            "a",
            "--endpoint",
            "b",
            "--key",
            "k",
        ];
        assert_eq!(
            of(&words),
            Ok(Arguments {
                agent: Agent::Claude,
                required: true,
                tells: true,
                timeout: Duration::from_secs(60),
                endpoints: vec!["a".into(), "b".into()],
                key: Some("k".into()),
            })
        );
    }

    #[test]
    fn what_is_not_known_is_said() {
        let said = |words: &[&str]| of(words).unwrap_err();
        assert_eq!(said(&[]), "it was started without the name of an agent");
        assert_eq!(
            said(&["cursor"]),
            "it knows no agent `cursor`, only `claude`, `codex`, `gemini`, `copilot`"
        );
        assert_eq!(said(&["claude", "-v"]), "it knows no argument `-v`");
        assert_eq!(
            said(&["claude", "--key"]),
            "its argument `--key` needs a value"
        );
        assert_eq!(
            said(&["claude", "--timeout", "0"]),
            "its `--timeout` is `0`, not 1 to 86400 seconds"
        );
    }

    #[test]
    fn deadlines_nest() {
        let now = Instant::now();
        let usual = of(&["claude"]).unwrap();
        assert_eq!(
            usual.deadline(now) - now,
            Duration::from_millis(deadlines::HOOK)
        );
        assert!(usual.patience(now) <= Duration::from_millis(deadlines::PATIENCE));
        let short = of(&["claude", "--timeout", "8"]).unwrap();
        assert_eq!(short.deadline(now) - now, Duration::from_secs(6));
        assert!(short.patience(now) <= Duration::from_secs(5));
    }
}
