//! Rules beside what was decided: the last decisions judged anew, and what a person always approves.
//!
//! The log holds calls with their secrets taken out: what hangs on a secret may be judged otherwise.

use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use thumbturn_core::{
    Ask, Card, Decision, Entry, Judgement, Reason, Record, Rules, Subject, Verdict, is_redacted,
    policy,
};
use thumbturn_facts::Place;
use thumbturn_pipe::{Change, Suggestion, Tried};
use thumbturn_wire::plain;

use crate::audit::backward::{Backward, LONGEST};
use crate::audit::{Line, readable};

/// How many decisions are looked at.
const LAST: usize = 500;
/// The most changes and suggestions that are listed.
const LISTED: usize = 100;
const SUGGESTED: usize = 5;
/// So often the same was approved before a rule is suggested.
const OFTEN: u32 = 3;
/// How long the file system may take for one call.
const PATIENCE: Duration = Duration::from_millis(50);

/// The last decisions under those rules. May block.
pub(crate) fn tried(log: &Path, place: &Place, rules: &Rules) -> io::Result<Tried> {
    let mut tried = Tried::default();
    for (entry, ask, judgement) in decisions(log)? {
        tried.decisions += 1;
        let facts = place.resolve(&ask, &policy::wants(&ask), Instant::now() + PATIENCE);
        let after = policy::judge(&ask, &facts, rules).decision;
        let (before, after) = (outcome(judgement.decision), outcome(after));
        if before != after && tried.changes.len() < LISTED {
            tried.changes.push(Change {
                code: entry.code.0.clone(),
                what: plain(&entry.title(), 400),
                before: before.to_owned(),
                after: after.to_owned(),
            });
        }
    }
    Ok(tried)
}

/// What the phone approved again and again and never denied, with a rule that would spare pushes. May block.
pub(crate) fn suggestions(log: &Path, place: &Place, rules: &Rules) -> io::Result<Vec<Suggestion>> {
    struct Often {
        ask: Ask,
        code: String,
        times: u32,
        denied: bool,
    }
    let mut all: Vec<Often> = Vec::new();
    for (entry, ask, _) in decisions(log)? {
        let answered = match (&entry.answer.reason, entry.answer.verdict) {
            (Reason::Approved(_), Verdict::Allow) => true,
            (Reason::DeniedOnPhone | Reason::DeniedAtDesk | Reason::ReportedFraud, _) => false,
            _ => continue,
        };
        let is_same = |often: &&mut Often| {
            let other = &often.ask;
            (&other.tool, other.input.text(), &other.cwd) == (&ask.tool, ask.input.text(), &ask.cwd)
        };
        let often = match all.iter_mut().find(is_same) {
            Some(often) => often,
            None => {
                all.push(Often {
                    ask: *ask,
                    code: entry.code.0.to_lowercase(),
                    times: 0,
                    denied: false,
                });
                let Some(last) = all.last_mut() else { continue };
                last
            }
        };
        often.times += u32::from(answered);
        often.denied |= !answered;
    }
    all.retain(|often| often.times >= OFTEN && !often.denied);
    all.sort_by_key(|often| std::cmp::Reverse(often.times));
    let suggestions = all.into_iter().filter_map(|often| {
        let ask = often.ask;
        // A rule cannot name what was taken out.
        if is_redacted(ask.input.text()) {
            return None;
        }
        let facts = place.resolve(&ask, &policy::wants(&ask), Instant::now() + PATIENCE);
        let text = rules.suggestion(&ask, &facts, &format!("often-{}", often.code))?;
        Some(Suggestion {
            what: plain(&Card::title(&ask), 400),
            times: often.times,
            text,
        })
    });
    Ok(suggestions.take(SUGGESTED).collect())
}

/// The answer in the line that begins at `place`.
pub(crate) fn at(log: &Path, place: u64) -> Option<Entry> {
    let file = readable(log).ok()??;
    let mut lines = BufReader::new(file);
    lines.seek(SeekFrom::Start(place)).ok()?;
    let mut line = Vec::new();
    lines
        .take(LONGEST as u64)
        .read_until(b'\n', &mut line)
        .ok()?;
    match serde_json::from_slice(&line).ok()? {
        Line {
            record: Record::Answer(entry),
            ..
        } => Some(*entry),
        Line { .. } => None,
    }
}

/// The newest first.
fn decisions(log: &Path) -> io::Result<Vec<(Entry, Box<Ask>, Judgement)>> {
    let Some(file) = readable(log)? else {
        return Ok(Vec::new());
    };
    let mut lines = Backward::before(file, None)?;
    let mut found = Vec::new();
    while found.len() < LAST
        && let Some(line) = lines.next()?
    {
        let Ok(Line {
            record: Record::Answer(entry),
            ..
        }) = serde_json::from_slice(&line.bytes)
        else {
            continue;
        };
        if let (Subject::Ask(ask), Some(judgement)) = (&entry.subject, &entry.judgement) {
            let (ask, judgement) = (ask.clone(), judgement.clone());
            found.push((*entry, ask, judgement));
        }
    }
    Ok(found)
}

fn outcome(decision: Decision) -> &'static str {
    match decision {
        Decision::Harmless => "no word",
        Decision::Unsure(_) => "push",
        Decision::Forbidden => "deny",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use std::fmt::Write as _;
    use thumbturn_core::{Agent, Answer, Approval, AskId, Code, Factor};

    struct Past {
        text: String,
        seq: u64,
    }

    impl Past {
        fn new() -> Self {
            let text = "{\"seq\":1,\"torn\n".to_owned();
            Self { text, seq: 1 }
        }

        fn answer(&mut self, command: &str, verdict: Verdict, reason: Reason) {
            self.seq += 1;
            let input = serde_json::json!({ "command": command }).to_string();
            let ask = Ask {
                agent: Agent::Claude,
                moment: Default::default(),
                session: "s".into(),
                call: None,
                prompt: None,
                subagent: None,
                cwd: "/".into(),
                tool: "Bash".into(),
                input: input.try_into().unwrap(),
            };
            let place = Place::default();
            let facts = place.resolve(&ask, &[], Instant::now() + PATIENCE);
            let record = Record::Answer(Box::new(Entry {
                id: AskId(self.seq),
                code: Code(format!("C{}", self.seq)),
                judgement: Some(policy::judge(&ask, &facts, &Rules::none())),
                subject: Subject::Ask(Box::new(ask)),
                answer: Answer { verdict, reason },
                grant: None,
                shared_with: 0,
            }));
            let line = Line {
                seq: self.seq,
                at: self.seq,
                record: record.logged(),
            };
            writeln!(self.text, "{}", serde_json::to_string(&line).unwrap()).unwrap();
        }

        fn yes(&mut self, command: &str) {
            let approval = Approval {
                user: "dana".into(),
                device: "Pixel".into(),
                factor: Factor::Push,
                txid: "t".into(),
            };
            self.answer(command, Verdict::Allow, Reason::Approved(approval));
        }

        fn file(&self) -> tempfile::NamedTempFile {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &self.text).unwrap();
            file
        }
    }

    #[test]
    fn what_is_always_approved_is_suggested_unless_it_is_risky_secret_or_was_denied() {
        let mut past = Past::new();
        for _ in 0..4 {
            past.yes("npm ci");
            past.yes("sudo reboot");
            past.yes("git push origin main");
            past.yes("git commit -m x");
            past.yes("curl -H 'Authorization: Bearer ghp_abcdefghijklmnopqrstuvwxyz0123456789' https://x.example/");
        }
        past.answer("git commit -m x", Verdict::Deny, Reason::DeniedOnPhone);
        past.yes("npm audit fix");
        past.yes("npm audit fix");
        let file = past.file();
        let found = suggestions(file.path(), &Place::default(), &Rules::none()).unwrap();
        let what: Vec<_> = found
            .iter()
            .map(|it| (it.what.as_str(), it.times))
            .collect();
        assert_eq!(
            what,
            [("Bash: git push origin main", 4), ("Bash: npm ci", 4)]
        );
        let kept: String = found.into_iter().map(|it| it.text).collect();
        let rules = Rules::parse(&kept).unwrap();
        let again = suggestions(file.path(), &Place::default(), &rules).unwrap();
        assert_eq!(again, []);
    }

    #[test]
    fn the_last_decisions_are_judged_anew() {
        let mut past = Past::new();
        past.yes("npm ci");
        past.yes("npm audit fix");
        let file = past.file();
        let rules = Rules::parse("[[rule]]\nname = \"x\"\ncommand = \"npm ci\"\naction = \"deny\"")
            .unwrap();
        let tried = tried(file.path(), &Place::default(), &rules).unwrap();
        assert_eq!(tried.decisions, 2);
        let change = Change {
            code: "C2".into(),
            what: "Bash: npm ci".into(),
            before: "push".into(),
            after: "deny".into(),
        };
        assert_eq!(tried.changes, [change]);
        let second = past.text.find('\n').unwrap() as u64 + 1;
        assert_eq!(at(file.path(), second).unwrap().code.0, "C2");
        assert_eq!(at(file.path(), second + 1), None);
        assert_eq!(at(file.path(), 1 << 40), None);
    }

    #[test]
    fn no_log_is_no_past_and_no_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let (place, rules) = (Place::default(), Rules::none());
        assert_eq!(
            tried(&dir.path().join("x"), &place, &rules).unwrap(),
            Tried::default()
        );
        assert!(tried(dir.path(), &place, &rules).is_err());
        assert_eq!(at(&dir.path().join("x"), 0), None);
    }
}
