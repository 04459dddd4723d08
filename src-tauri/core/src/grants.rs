//! Grants that an approval made: which asks they let through, and all that ends them.
//!
//! A grant is made by an approval of the card that said so, and is used for an ask alone for which
//! the same card would say the same. Whatever is not known to be so is left to the phone.

use serde::{Deserialize, Serialize};
use thumbturn_wire::Agent;

use crate::approvals::Question;
use crate::{
    Ask, Code, Core, Decision, Effect, Entry, Factor, GrantView, Judgement, Life, Means, Mode,
    Offer, Reason, Record, Risk, RuleId,
};

/// Names one grant. Never reused while the gate runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct GrantId(pub u64);

/// What an approval of one push would grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promise {
    pub(crate) offer: Offer,
    agent: Agent,
    session: String,
    /// The person's prompt that the agent works on; always there for [`Life::Prompt`].
    prompt: Option<String>,
    means: Means,
    /// Of the first ask on the card.
    code: Code,
}

/// What an approval granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) promise: Promise,
    /// Who approved it.
    user: String,
    /// On the boot clock.
    made_at: u64,
    until: u64,
    left: u32,
}

/// The use of a grant, as it stands in the entry of the ask that it let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantUse {
    /// The reference of the ask whose approval made it.
    pub code: Code,
    /// How many asks it may still be used for.
    pub left: u32,
}

/// Why a grant ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantEnd {
    /// Somebody ended it, at the desk or a shell.
    Revoked,
    /// The session went on to another prompt.
    PromptEnded,
    TimeOver,
    UsedUp,
    /// Another approval for the same was given.
    Replaced,
    Slept,
    /// Duo mode was turned off, paused, locked or bound otherwise.
    ModeChanged,
    /// The person signed out, or the session at Duo ended.
    SignedOut,
    RulesChanged,
}

impl GrantEnd {
    pub fn words(self) -> &'static str {
        match self {
            Self::Revoked => "ended by a person.",
            Self::PromptEnded => "the prompt was over.",
            Self::TimeOver => "its time was over.",
            Self::UsedUp => "it was used up.",
            Self::Replaced => "another approval took its place.",
            Self::Slept => "the machine slept.",
            Self::ModeChanged => "Duo mode was changed.",
            Self::SignedOut => "the person was signed out.",
            Self::RulesChanged => "the rules were changed.",
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Grants {
    list: Vec<Grant>,
    made: u64,
}

impl Promise {
    /// What the approval of one card for all of these would grant: nothing, unless they agree.
    pub(crate) fn of(questions: &[&Question]) -> Option<Self> {
        let mut promises = questions.iter().map(|question| Self::of_one(question));
        let first = promises.next()??;
        let agrees = |other: Option<Self>| {
            other.is_some_and(|other| {
                let code = first.code.clone();
                Self { code, ..other } == first
            })
        };
        promises.all(agrees).then_some(first)
    }

    fn of_one(question: &Question) -> Option<Self> {
        let ask = question.ask()?;
        let judgement = &question.judged.as_ref()?.judgement;
        let offer = judgement.terms.offer.clone()?;
        let is_prompts = offer.life == Life::Prompt;
        let names_its_end = !is_prompts || ask.prompt.is_some();
        let prompt = ask.prompt.clone().filter(|_| is_prompts);
        let may_be =
            is_grantable(judgement) && names_its_end && offer.most > 0 && offer.length() > 0;
        (may_be && !ask.session.is_empty()).then(|| Self {
            offer,
            agent: ask.agent,
            session: ask.session.clone(),
            prompt,
            means: judgement.terms.means,
            code: question.code.clone(),
        })
    }

    /// Whether the card for this ask would promise the same, to the same session.
    fn covers(&self, ask: &Ask, judgement: &Judgement) -> bool {
        let in_prompt =
            self.offer.life != Life::Prompt || ask.prompt.is_some() && ask.prompt == self.prompt;
        is_grantable(judgement)
            && judgement.terms.offer.as_ref() == Some(&self.offer)
            && judgement.terms.means == self.means
            && self.is_of(ask)
            && in_prompt
    }

    fn is_of(&self, ask: &Ask) -> bool {
        self.agent == ask.agent && self.session == ask.session
    }

    /// Whether this ask shows that the prompt is over.
    fn is_outlived_by(&self, ask: &Ask) -> bool {
        let is_another = ask.prompt.is_some() && ask.prompt != self.prompt;
        self.offer.life == Life::Prompt && self.is_of(ask) && is_another
    }
}

/// What is risky or on the floor is asked for each time, whatever an offer says.
fn is_grantable(judgement: &Judgement) -> bool {
    judgement.decision == Decision::Unsure(Risk::Normal) && !judgement.floor
}

impl Grants {
    /// The grant that lets this ask through.
    pub(crate) fn covering(&self, ask: &Ask, judgement: &Judgement, now: u64) -> Option<&Grant> {
        self.list.iter().find(|grant| {
            now < grant.until && grant.left > 0 && grant.promise.covers(ask, judgement)
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn next_deadline(&self) -> Option<u64> {
        self.list.iter().map(|grant| grant.until).min()
    }

    pub(crate) fn with_code(&self, code: &Code) -> Option<GrantId> {
        let mut list = self.list.iter();
        let grant = list.find(|grant| grant.promise.code == *code)?;
        Some(grant.id)
    }

    /// An ask tells which prompt its session works on.
    pub(crate) fn end_outlived(&mut self, ask: &Ask) -> Vec<Effect> {
        self.end(GrantEnd::PromptEnded, |grant| {
            grant.promise.is_outlived_by(ask)
        })
    }

    fn end(&mut self, why: GrantEnd, which: impl Fn(&Grant) -> bool) -> Vec<Effect> {
        let (ended, left) = std::mem::take(&mut self.list).into_iter().partition(which);
        self.list = left;
        let ended: Vec<Grant> = ended;
        ended
            .into_iter()
            .map(|grant| {
                Effect::Record(Record::GrantEnded {
                    code: grant.promise.code,
                    left: grant.left,
                    why,
                })
            })
            .collect()
    }
}

impl Core {
    /// An approval of a card that promised a grant. A passcode approves no card, and where Duo mode
    /// is not on there is nothing to grant.
    pub(crate) fn grant(
        &mut self,
        promise: Promise,
        user: &str,
        factor: Factor,
        now: u64,
    ) -> Vec<Effect> {
        let is_on = matches!(self.setup.mode, Mode::On(_)) && self.login.is_signed_in();
        if factor == Factor::Passcode || !is_on || self.user() != Some(user) {
            return Vec::new();
        }
        let mut effects = self.grants.end(GrantEnd::Replaced, |grant| {
            let code = grant.promise.code.clone();
            Promise {
                code,
                ..promise.clone()
            } == grant.promise
        });
        self.grants.made += 1;
        let grant = Grant {
            id: GrantId(self.grants.made),
            user: user.to_owned(),
            made_at: now,
            until: now.saturating_add(promise.offer.length()),
            left: promise.offer.most,
            promise,
        };
        effects.push(Effect::Record(Record::GrantMade {
            code: grant.promise.code.clone(),
            words: grant.promise.offer.words(),
            agent: grant.promise.agent,
            session: grant.promise.session.clone(),
            user: grant.user.clone(),
        }));
        self.grants.list.push(grant);
        effects
    }

    /// Answers an ask by a grant, which is used up by one.
    pub(crate) fn use_grant(&mut self, id: GrantId, question: Question) -> Vec<Effect> {
        let mut list = self.grants.list.iter_mut();
        let Some(grant) = list.find(|grant| grant.id == id) else {
            return vec![question.settle(Reason::NoSuchGrant.deny())];
        };
        grant.left = grant.left.saturating_sub(1);
        let code = grant.promise.code.clone();
        let rule = question.judged.as_ref().map_or_else(
            || RuleId(String::new()),
            |judged| judged.judgement.rule.clone(),
        );
        let answer = Reason::Granted {
            code: code.clone(),
            user: grant.user.clone(),
            rule,
        }
        .allow();
        let left = grant.left;
        let entry = Entry {
            grant: Some(GrantUse { code, left }),
            ..question.entry(answer)
        };
        let mut effects = vec![Effect::Settle(Box::new(entry))];
        effects.extend(self.grants.end(GrantEnd::UsedUp, |grant| grant.left == 0));
        effects
    }

    pub(crate) fn end_grant(&mut self, id: GrantId) -> Vec<Effect> {
        self.grants.end(GrantEnd::Revoked, |grant| grant.id == id)
    }

    pub(crate) fn end_grants(&mut self, why: GrantEnd) -> Vec<Effect> {
        self.grants.end(why, |_| true)
    }

    pub(crate) fn expire_grants(&mut self, now: u64) -> Vec<Effect> {
        self.grants
            .end(GrantEnd::TimeOver, |grant| grant.until <= now)
    }

    pub(crate) fn grant_views(&self) -> Vec<GrantView> {
        let view = |grant: &Grant| GrantView {
            id: grant.id,
            code: grant.promise.code.clone(),
            words: thumbturn_wire::plain(&grant.promise.offer.words(), 400),
            agent: grant.promise.agent.name().to_owned(),
            session: thumbturn_wire::plain(&grant.promise.session, 80),
            until: self.clock.wall(grant.until),
            left: grant.left,
            made_at: self.clock.wall(grant.made_at),
        };
        self.grants.list.iter().map(view).collect()
    }
}
