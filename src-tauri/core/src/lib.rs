//! The decision core: events in, effects out.
//!
//! Nothing here does IO, reads a clock, draws a random number or fails. The
//! caller passes the time in and carries the effects out, in order.

mod answer;
mod approvals;
mod click;
mod clock;
mod desk;
mod draw;
mod entry;
mod event;
mod gate;
mod grant;
mod grants;
mod heard;
mod ledger;
mod login;
pub mod menu;
mod offers;
pub mod policy;
mod push;
mod redact;
mod rules;
mod seen;
mod session;
mod trouble;
#[cfg(feature = "typescript")]
pub mod typescript;
mod view;

use std::collections::BTreeSet;

pub use answer::{Answer, Reason};
pub use entry::{By, Entry, Record, Subject};
pub use event::{
    Approval, AskId, AttemptId, Click, Code, Deed, Desk, Effect, Event, Factor, Notice, Now,
    Outcome, PushId, Setting,
};
pub use grant::{Covers, Life, Offer};
pub use grants::{GrantEnd, GrantId, GrantUse};
pub use ledger::Bypass;
pub use login::{LoginError, Session, SessionEnd, Way};
pub use menu::{Choice, Item, Menu};
pub use policy::{Decision, Facts, Judgement, Means, Risk, RuleId, Terms};
pub use push::{Card, Disclosure, disguises};
pub use redact::{Redacted, Span, is_redacted, logged, redact, redact_but};
pub use rules::{Action, Explanation, ProjectRules, Rule, Rules, RulesError};
pub use thumbturn_wire::{Agent, Ask, Bound, Mode, Moment, Report, Verdict};
pub use trouble::Trouble;
pub use view::{
    AgentView, Glance, GrantView, PasscodeView, Phase, SessionView, SignInView, State,
    TroubleWords, View, Waiting,
};

use approvals::{Approvals, Judged, Question, Rung};
use clock::Clock;
use desk::Armed;
use gate::{Gate, Standing};
use grants::Grants;
use ledger::Ledger;
use login::Login;
use seen::AgentsSeen;
use thumbturn_wire::deadlines::RING_AND_BACK;

/// How a core begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// What this boot was left in.
    pub mode: Mode,
    /// How long a session lasts, in milliseconds.
    pub session_lifetime: u64,
    /// The longest that a question may wait in line, in milliseconds.
    pub patience: u64,
    /// Whether a click at the desk needs an approved push too where it turns something down.
    pub off_needs_push: bool,
    /// How long an ask that may share a push waits for siblings before it first rings, in
    /// milliseconds; with none it rings at once and shares with its like alone.
    pub gather_ms: u64,
    /// This machine's name, for cards.
    pub host: String,
}

#[derive(Debug)]
pub struct Core {
    setup: Setup,
    armed: Armed,
    login: Login,
    attempts: u64,
    approvals: Approvals,
    grants: Grants,
    rules: Rules,
    ledger: Ledger,
    seen: AgentsSeen,
    troubles: BTreeSet<Trouble>,
    /// Since when Duo cannot be reached, in milliseconds since the Unix epoch.
    unreachable_since: Option<u64>,
    clock: Clock,
}

impl Core {
    pub fn new(setup: Setup, now: Now) -> Self {
        Self {
            armed: Armed::new(&setup.mode),
            login: Login::new(),
            setup,
            attempts: 0,
            approvals: Approvals::default(),
            grants: Grants::default(),
            rules: Rules::none(),
            ledger: Ledger::starting(now.boot),
            seen: AgentsSeen::default(),
            troubles: BTreeSet::new(),
            unreachable_since: None,
            clock: Clock::new(now),
        }
    }

    /// Takes one event and returns what must be done about it, in order.
    pub fn handle(&mut self, event: Event, now: Now) -> Vec<Effect> {
        let slept = self.clock.slept(now);
        let now = now.boot;
        let mut effects = self.give_up(now);
        if slept {
            effects.extend(self.end_grants(GrantEnd::Slept));
            effects.extend(self.approvals.close_all(&Reason::Slept, |_| true));
        }
        effects.extend(self.expire(now));
        effects.extend(self.take(event, now));
        // It may have brought a session or a bound that is over already.
        effects.extend(self.expire_login(now));
        effects.extend(self.expire_mode(now));
        effects.extend(self.ring(now));
        self.with_echoes(effects, now)
    }

    /// The paths whose facts matter to this ask as things stand; none where it gets no judgement.
    pub fn wants(&self, ask: &Ask) -> Vec<String> {
        match self.setup.mode {
            // A pause may be over before the ask is judged.
            Mode::On(_) | Mode::Paused { .. } => policy::wants(ask),
            Mode::Off | Mode::Locked => Vec::new(),
        }
    }

    /// When to send [`Event::Tick`], on the boot clock, if nothing else happens first.
    pub fn next_deadline(&self) -> Option<u64> {
        let now = self.clock.now();
        let deadlines = [
            self.login.deadline(),
            self.armed.retry(),
            self.mode_until(),
            self.reach_changes(now),
            self.approvals.next_deadline(now),
            self.grants.next_deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// When words that tell of the past grow old, on the boot clock. Nothing but what is shown changes then.
    pub fn words_change(&self, now: Now) -> Option<u64> {
        self.seen.changes(now.boot)
    }

    pub fn mode(&self) -> &Mode {
        &self.setup.mode
    }

    fn take(&mut self, event: Event, now: u64) -> Vec<Effect> {
        match event {
            Event::Asked {
                id,
                code,
                ask,
                facts,
                patience,
            } => self.asked(id, code, ask, &facts, now, patience),
            Event::Requested {
                id,
                code,
                deed,
                patience,
            } => self.requested(id, code, deed, now, patience),
            Event::HookGone { id } => self.hook_gone(id),
            Event::Told(report) => self.told(&report, now),
            Event::Rings {
                push,
                device,
                verification_code,
            } => self.rings(push, device, verification_code, now),
            Event::StepUpPage { push, address } => self.step_up_page(push, address, now),
            Event::Phone { push, outcome } => self.heard(push, outcome, now),
            Event::SignInPage { attempt, address } => self.sign_in_page(attempt, address),
            Event::SignInRings {
                attempt,
                verification_code,
            } => self.sign_in_rings(attempt, verification_code),
            Event::SignIn { attempt, result } => self.signed_in(attempt, result),
            Event::Remembered { session } => self.remembered(session),
            Event::Renewed { result } => self.renewed(result, now),
            Event::Click {
                id,
                code,
                click,
                at,
            } => self.clicked(id, code, click, at, now),
            Event::Settings {
                patience,
                session_lifetime,
                off_needs_push,
            } => {
                self.setup.patience = patience;
                self.setup.session_lifetime = session_lifetime;
                self.setup.off_needs_push = off_needs_push;
                Vec::new()
            }
            Event::Rules(rules) => self.rules(*rules),
            Event::Trouble { trouble, present } => self.trouble(trouble, present),
            Event::NotArmed => self.not_armed(now),
            Event::Tick => Vec::new(),
        }
    }

    fn asked(
        &mut self,
        id: AskId,
        code: Code,
        ask: Box<Ask>,
        facts: &Facts,
        now: u64,
        patience: u64,
    ) -> Vec<Effect> {
        self.seen.note(ask.agent, now);
        let judgement = policy::judge(&ask, facts, &self.rules);
        let question = Question {
            id,
            code,
            subject: Subject::Ask(ask),
            judged: Some(Box::new(Judged {
                judgement: judgement.clone(),
                facts: facts.clone(),
            })),
        };
        let patience = patience.min(self.setup.patience);
        let mut effects = question
            .ask()
            .map_or_else(Vec::new, |ask| self.grants.end_outlived(ask));
        let grant = question
            .ask()
            .and_then(|ask| self.grants.covering(ask, &judgement, now));
        let gate = gate::gate(&self.standing(), &judgement, facts, grant);
        let question = match gate {
            Gate::Answer(_) => question,
            Gate::Grant(_) | Gate::Phone => match self.same_call(question, patience, now) {
                Ok(told) => {
                    effects.extend(told);
                    return effects;
                }
                Err(question) => question,
            },
        };
        match gate {
            Gate::Answer(answer) => effects.push(question.settle(answer)),
            Gate::Grant(grant) => effects.extend(self.use_grant(grant, question)),
            Gate::Phone if patience < RING_AND_BACK => {
                effects.push(question.settle(Reason::TooImpatient.deny()));
            }
            Gate::Phone => {
                let waiting = approvals::Waiting::new(question, now, patience, &self.setup.host);
                self.approvals.open(waiting.gathering(self.setup.gather_ms));
            }
        }
        effects
    }

    /// What was granted under other rules is asked for anew.
    fn rules(&mut self, rules: Rules) -> Vec<Effect> {
        if self.rules == rules {
            return Vec::new();
        }
        let mut effects = self.end_grants(GrantEnd::RulesChanged);
        effects.push(Effect::Record(Record::RulesRead {
            rules: u32::try_from(rules.list().len()).unwrap_or(u32::MAX),
            digest: rules.digest().to_owned(),
        }));
        self.rules = rules;
        effects
    }

    /// A ring must be over at Duo, and its answer never came.
    fn give_up(&mut self, now: u64) -> Vec<Effect> {
        let rang = self.approvals.give_up(now);
        rang.map_or_else(Vec::new, |whose| self.unanswered(&whose, now))
    }

    fn expire(&mut self, now: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        let overdue = self.approvals.overdue(now);
        if let [_, ..] = overdue.as_slice() {
            effects.push(unheard(overdue.len()));
        }
        for (id, patience) in overdue {
            let reason = self.too_late(patience);
            effects.extend(self.approvals.close(id, reason.deny()));
        }
        if self
            .approvals
            .held_until()
            .is_some_and(|until| until <= now)
        {
            self.approvals.hold(None);
        }
        effects.extend(self.expire_login(now));
        effects.extend(self.expire_mode(now));
        effects.extend(self.expire_grants(now));
        effects
    }

    /// Why nobody answered within its patience.
    fn too_late(&self, patience: u64) -> Reason {
        let unreachable = self.approvals.unreachable();
        if !self.login.is_signed_in() {
            Reason::SignedOut
        } else if self.approvals.held_until().is_some() {
            Reason::Held
        } else if let Some(words) = unreachable {
            Reason::DuoUnreachable {
                words: words.to_owned(),
            }
        } else if self.approvals.is_quiet() {
            Reason::Quiet
        } else {
            Reason::Unanswered { patience }
        }
    }

    fn ring(&mut self, now: u64) -> Option<Effect> {
        if !self.login.is_signed_in() {
            return None;
        }
        let user = self.login.session().map(|session| session.user.clone())?;
        let (host, disclosure) = (&self.setup.host, self.rules.disclosure());
        let show = |questions: &[&Question]| Card::for_all(questions, host, now, disclosure);
        let Rung {
            push,
            factor,
            questions,
            card,
        } = self.approvals.ring(now, show)?;
        Some(match (factor, questions.as_slice()) {
            (Factor::UniversalPrompt, [question]) => Effect::StepUp {
                push,
                id: question.id,
                user,
                card,
            },
            (_, questions) => Effect::Push {
                push,
                ids: questions.iter().map(|question| question.id).collect(),
                factor,
                card,
            },
        })
    }

    fn standing(&self) -> Standing<'_> {
        Standing {
            mode: &self.setup.mode,
            blocked: self.troubles.iter().find(|trouble| trouble.blocks()),
            has_session: self.login.may_wait(),
        }
    }
}

fn notice(title: &str, body: &str) -> Effect {
    Effect::Notify(Notice {
        title: title.to_owned(),
        body: body.to_owned(),
    })
}

fn unheard(asks: usize) -> Effect {
    let title = match asks {
        1 => "An ask was denied unheard".to_owned(),
        asks => format!("{asks} asks were denied unheard"),
    };
    notice(
        &title,
        "Nobody answered within their patience. Nothing was run.",
    )
}
