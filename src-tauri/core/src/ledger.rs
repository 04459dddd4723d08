//! What became of the last calls. Agents tell of one call more than once: before it runs, perhaps
//! from two settings files, where they would ask at their terminal, and after it ran.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thumbturn_wire::{Agent, Moment, Verdict};

use crate::approvals::Question;
use crate::{
    Answer, Ask, AskId, Code, Core, Effect, Entry, Notice, Reason, Record, Subject, Trouble,
};

/// The most calls that are remembered.
const MOST: usize = 500;
/// How long the same call may be told of again, or asked about at the terminal, after a yes.
const AGAIN: u64 = 15_000;
/// What lies between the moment that a call was asked about and the one that it began at, at most.
const SLACK: u64 = 5_000;

/// How a call ran that the gate did not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bypass {
    /// Nobody asked about it.
    NotAsked,
    /// It was denied.
    Denied,
    /// It was asked about with another input.
    OtherInput,
}

impl Bypass {
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAsked => "ran a call that never came to the gate",
            Self::Denied => "ran a call that was denied",
            Self::OtherInput => "ran a call with another input than it had asked about",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    /// The oldest first.
    calls: VecDeque<Call>,
    /// Asks that tell of a call in line once more, by the ask that stands there.
    echoes: BTreeMap<AskId, Vec<Question>>,
    /// Since when every call of an agent must have come here, on the boot clock.
    since: u64,
}

#[derive(Clone, Debug)]
struct Call {
    what: What,
    call: Option<String>,
    code: Code,
    verdict: Verdict,
    /// On the boot clock.
    at: u64,
    /// Whether the agent asked about it at its terminal already.
    was_prompted: bool,
}

/// Which call it is, as far as an agent tells at every moment.
#[derive(Clone, Debug, PartialEq, Eq)]
struct What {
    agent: Agent,
    session: String,
    tool: String,
    /// Of the input as read, not of its bytes: an agent may write it anew.
    input: Option<[u8; 32]>,
}

impl What {
    fn of(ask: &Ask) -> Self {
        let value = serde_json::from_str::<serde_json::Value>(ask.input.text());
        Self {
            agent: ask.agent,
            session: ask.session.clone(),
            tool: ask.tool.clone(),
            input: value
                .ok()
                .map(|value| Sha256::digest(value.to_string()).into()),
        }
    }
}

impl Call {
    fn is_of(&self, ask: &Ask) -> bool {
        self.what.agent == ask.agent
            && self.what.session == ask.session
            && self.call.is_some()
            && self.call == ask.call
    }
}

impl Ledger {
    pub(crate) fn starting(now: u64) -> Self {
        Self {
            since: now,
            ..Self::default()
        }
    }

    /// Calls that began before now need not have come here.
    pub(crate) fn begins(&mut self, now: u64) {
        self.since = now;
    }

    /// Notes what an ask was answered. Those that told of the same call, to be answered alike.
    fn settled(&mut self, entry: &Entry, now: u64) -> Vec<Effect> {
        let echoes = self.echoes.remove(&entry.id).unwrap_or_default();
        // What was told again is noted already, and does not count for longer.
        if let Subject::Ask(ask) = &entry.subject
            && !matches!(entry.answer.reason, Reason::SameCall { .. })
        {
            self.note(ask, entry, now);
        }
        let verdict = entry.answer.verdict;
        let reason = Reason::SameCall {
            code: entry.code.clone(),
        };
        let answer = Answer { verdict, reason };
        echoes
            .into_iter()
            .map(|echo| echo.settle(answer.clone()))
            .collect()
    }

    fn note(&mut self, ask: &Ask, entry: &Entry, now: u64) {
        let what = What::of(ask);
        let verdict = entry.answer.verdict;
        match ask.moment {
            Moment::BeforeTool => {
                if self.calls.len() >= MOST
                    && let Some(oldest) = self.calls.pop_front()
                {
                    self.since = self.since.max(oldest.at);
                }
                self.calls.push_back(Call {
                    what,
                    call: ask.call.clone(),
                    code: entry.code.clone(),
                    verdict,
                    at: now,
                    was_prompted: false,
                });
            }
            // The later word on the same call.
            Moment::WouldPrompt => {
                if let Some(call) = self.newest(&what)
                    && verdict == Verdict::Deny
                {
                    call.verdict = verdict;
                }
            }
            Moment::SettingsChange => {}
        }
    }

    fn newest(&mut self, what: &What) -> Option<&mut Call> {
        self.calls.iter_mut().rev().find(|call| call.what == *what)
    }

    /// What the same call was answered already.
    fn answered(&mut self, ask: &Ask, now: u64) -> Option<Answer> {
        let what = What::of(ask);
        let is_fresh = |call: &Call| now.saturating_sub(call.at) <= AGAIN;
        let call = match ask.moment {
            Moment::BeforeTool => self
                .calls
                .iter_mut()
                .rev()
                .find(|call| call.is_of(ask) && call.what == what),
            Moment::WouldPrompt => {
                let call = self.newest(&what).filter(|call| !call.was_prompted)?;
                call.was_prompted = true;
                Some(call)
            }
            Moment::SettingsChange => None,
        }
        .filter(|call| is_fresh(call))?;
        let reason = Reason::SameCall {
            code: call.code.clone(),
        };
        match call.verdict {
            Verdict::Allow => Some(reason.allow()),
            Verdict::Deny => Some(reason.deny()),
            Verdict::NoWord => None,
        }
    }

    /// What is wrong with a call that ran.
    fn ran(&self, ask: &Ask, took: Option<u64>, now: u64) -> Option<Bypass> {
        let asked = self.calls.iter().rev().find(|call| call.is_of(ask));
        match asked {
            Some(call) if call.what != What::of(ask) => Some(Bypass::OtherInput),
            Some(call) if call.verdict == Verdict::Deny => Some(Bypass::Denied),
            Some(_) => None,
            // Nobody can tell when it began, or it bears no name.
            None if took.is_none() || ask.call.is_none() => None,
            None => {
                let began = now.saturating_sub(took?).saturating_sub(SLACK);
                (began > self.since).then_some(Bypass::NotAsked)
            }
        }
    }

    /// Whether that ask only told of a call once more.
    fn drop_echo(&mut self, id: AskId) -> Option<Question> {
        self.echoes.values_mut().find_map(|echoes| {
            let at = echoes.iter().position(|echo| echo.id == id)?;
            Some(echoes.remove(at))
        })
    }
}

impl Core {
    /// The answer to an ask that tells of a call once more, where there is one already. One that
    /// still waits is told when that is answered; the agent waits for both, so the shorter patience counts.
    pub(crate) fn same_call(
        &mut self,
        question: Question,
        patience: u64,
        now: u64,
    ) -> Result<Vec<Effect>, Question> {
        let Some(ask) = question.ask() else {
            return Err(question);
        };
        let waiting = self.approvals.line().iter().find(|waiting| {
            waiting.question.ask().is_some_and(|other| {
                other.moment == ask.moment
                    && other.call.is_some()
                    && (other.agent, &other.session, &other.call, &other.tool)
                        == (ask.agent, &ask.session, &ask.call, &ask.tool)
                    && other.input == ask.input
            })
        });
        if let Some(waiting) = waiting {
            let first = waiting.question.id;
            self.approvals.hurry(first, now + patience);
            self.ledger.echoes.entry(first).or_default().push(question);
            return Ok(Vec::new());
        }
        match self.ledger.answered(ask, now) {
            Some(answer) => Ok(vec![question.settle(answer)]),
            None => Err(question),
        }
    }

    /// Answers those that tell of a call that was just answered, and notes it.
    pub(crate) fn with_echoes(&mut self, effects: Vec<Effect>, now: u64) -> Vec<Effect> {
        let mut all = Vec::with_capacity(effects.len());
        for effect in effects {
            let echoes = if let Effect::Settle(entry) = &effect {
                self.ledger.settled(entry, now)
            } else {
                Vec::new()
            };
            all.push(effect);
            all.extend(echoes);
        }
        all
    }

    pub(crate) fn hook_gone(&mut self, id: AskId) -> Vec<Effect> {
        match self.ledger.drop_echo(id) {
            Some(echo) => vec![echo.settle(Reason::HookGone.deny())],
            None => self.approvals.close(id, Reason::HookGone.deny()),
        }
    }

    /// A tool ran: what the gate said of it must have let it.
    pub(crate) fn ran(&mut self, ask: &Ask, took: Option<u64>, now: u64) -> Vec<Effect> {
        let is_on = matches!(self.mode(), crate::Mode::On(_));
        let Some(bypass) = self.ledger.ran(ask, took, now).filter(|_| is_on) else {
            return Vec::new();
        };
        let title = crate::Card::title(ask);
        let trouble = Trouble::Bypassed {
            agent: ask.agent,
            how: bypass,
        };
        let mut effects = vec![Effect::Record(Record::Bypassed {
            ask: Box::new(ask.clone()),
            how: bypass,
        })];
        effects.push(Effect::Notify(Notice {
            title: format!("{} {}", ask.agent.name(), bypass.words()),
            body: title,
        }));
        effects.extend(self.trouble(trouble, true));
        effects
    }
}
