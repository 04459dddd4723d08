//! The decision core: events in, effects out.
//!
//! Nothing here does IO, reads a clock, draws a random number or fails. The
//! caller passes the time in and carries the effects out, in order.

mod answer;
mod entry;
mod event;
mod login;
mod menu;
mod policy;
mod push;
mod trouble;
mod view;

pub use answer::{Answer, Reason};
pub use entry::{Entry, Record, Subject};
pub use event::{
    Approval, AskId, AttemptId, Click, Code, Deed, Effect, Event, Factor, Notice, Now, Outcome,
    PushId,
};
pub use login::{LoginError, Session};
pub use menu::{Choice, Item, Menu};
pub use policy::{Facts, Judgement, RuleId};
pub use push::Card;
pub use thumbturn_wire::{Agent, Ask, Bound, Mode, Verdict};
pub use trouble::Trouble;
pub use view::{Glance, Phase, State, TroubleWords, View, Waiting};
