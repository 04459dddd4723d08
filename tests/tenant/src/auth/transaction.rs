//! A transaction: one txid from `auth` (or a Verified Push's `preauth`) to its end, and the time it is remembered.

use std::time::Duration;

use crate::push::{Ending, Factor, Push, PushState, Stage};

/// How long an ended txid can be asked for; Duo does not publish its own time.
const REMEMBERED: Duration = Duration::from_secs(300);

pub(crate) struct Transaction {
    pub(crate) push: Push,
    pub(crate) stage: Stage,
    /// What the last poll was told.
    pub(crate) told: Option<Stage>,
    pub(crate) asynchronous: bool,
    pub(crate) code: Option<Code>,
    pub(crate) life: Life,
    pub(crate) marks: Marks,
}

pub(crate) struct Code {
    pub(crate) digits: String,
    pub(crate) wrong: u8,
}

pub(crate) struct Life {
    pub(crate) expires: Duration,
    pub(crate) ended: Option<Duration>,
}

#[derive(Default)]
pub(crate) struct Marks {
    /// Given out by `Tenant::next_push`.
    pub(crate) met: bool,
    /// Too old for `auth_status`.
    pub(crate) forgotten: bool,
    pub(crate) trusted_device_token: Option<String>,
    /// Masked, of the phone that is called.
    pub(crate) number: String,
}

/// A verification code that `preauth` has given out and `auth` has not used yet.
pub(crate) struct Offer {
    pub(crate) txid: String,
    pub(crate) username: String,
    pub(crate) digits: String,
    pub(crate) expires: Duration,
}

#[derive(Default)]
pub(crate) struct Transactions {
    list: Vec<Transaction>,
    pub(crate) offers: Vec<Offer>,
    trusted: Vec<(String, String)>,
    pub(crate) most_ringing: usize,
}

impl Transaction {
    pub(crate) fn end(&mut self, ending: Ending, state: PushState, now: Duration) {
        self.stage = Stage::Ended(ending);
        self.push.state = state;
        self.life.ended = Some(now);
    }

    pub(crate) fn is_shown(&self) -> bool {
        matches!(self.push.factor, Factor::Push | Factor::Phone)
    }
}

impl Transactions {
    pub(crate) fn add(&mut self, transaction: Transaction) {
        self.list.push(transaction);
        let ringing = self
            .pushes()
            .filter(|transaction| transaction.push.is_ringing())
            .count();
        self.most_ringing = self.most_ringing.max(ringing);
    }

    pub(crate) fn find(&mut self, txid: &str) -> Option<&mut Transaction> {
        self.list
            .iter_mut()
            .find(|transaction| transaction.push.txid == txid)
    }

    pub(crate) fn shown(&self) -> impl DoubleEndedIterator<Item = &Transaction> {
        self.list
            .iter()
            .filter(|transaction| transaction.is_shown())
    }

    pub(crate) fn pushes(&self) -> impl Iterator<Item = &Transaction> {
        self.list
            .iter()
            .filter(|transaction| transaction.push.factor == Factor::Push)
    }

    pub(crate) fn open(&self) -> impl Iterator<Item = &Transaction> {
        self.list
            .iter()
            .filter(|transaction| transaction.push.is_ringing())
    }

    pub(crate) fn open_of(&mut self, username: &str) -> impl Iterator<Item = &mut Transaction> {
        self.list.iter_mut().filter(move |transaction| {
            transaction.push.is_ringing() && transaction.push.username == username
        })
    }

    pub(crate) fn unmet(&mut self) -> Option<&mut Transaction> {
        self.list.iter_mut().find(|transaction| {
            transaction.push.factor == Factor::Push
                && transaction.push.is_ringing()
                && !transaction.marks.met
        })
    }

    pub(crate) fn forget(&mut self, now: Duration) {
        self.offers.retain(|offer| now < offer.expires);
        for transaction in &mut self.list {
            transaction.marks.forgotten = transaction
                .life
                .ended
                .is_some_and(|ended| now >= ended + REMEMBERED);
        }
    }

    pub(crate) fn trust(&mut self, txid: &str, token: String, username: String) {
        if let Some(transaction) = self.find(txid) {
            transaction.marks.trusted_device_token = Some(token.clone());
            self.trusted.push((token, username));
        }
    }

    pub(crate) fn trusts(&self, token: &str, username: &str) -> bool {
        self.trusted
            .iter()
            .any(|(known, whose)| known == token && whose == username)
    }
}
