//! What random walks come by: walks that reach little prove little.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each look picks a few of many"
)]

use thumbturn_core::*;

/// What the walks must have come by, so that they prove something: no reason and no way from mode to mode is left out.
pub(crate) const ALL: [&str; 84] = [
    "Approved by UniversalPrompt",
    "Approved by VerifiedPush",
    "Approved by passcode",
    "Approved by push",
    "Busy",
    "Bypassed",
    "DeniedAtDesk",
    "DeniedInBrowser",
    "DeniedOnPhone",
    "Done",
    "DuoUnreachable",
    "Granted",
    "Held",
    "HookGone",
    "Locked",
    "LockedOut",
    "NoSuchAsk",
    "NoSuchGrant",
    "NoUniversalPrompt",
    "NotOff",
    "NotOn",
    "NotVerified",
    "Off",
    "OutOfBound",
    "Quiet",
    "ReportedFraud",
    "Rule",
    "SameCall",
    "SignedIn",
    "SignedOut",
    "Slept",
    "StepUpFailed",
    "TooImpatient",
    "Trouble",
    "Unanswered",
    "WrongPasscode",
    "grant ModeChanged",
    "grant PromptEnded",
    "grant Replaced",
    "grant Revoked",
    "grant RulesChanged",
    "grant SignedOut",
    "grant Slept",
    "grant TimeOver",
    "grant UsedUp",
    "keys wiped",
    "locked to on by Desk",
    "off to locked by Cli",
    "off to locked by Desk",
    "off to locked by Duo",
    "off to on by Cli",
    "off to on by Desk",
    "off to on by Phone",
    "on to locked by Cli",
    "on to locked by Desk",
    "on to locked by Duo",
    "on to off by Clock",
    "on to off by Desk",
    "on to off by Gate",
    "on to off by Phone",
    "on to on by Cli",
    "on to on by Desk",
    "on to on by Phone",
    "on to paused by Desk",
    "on to paused by Phone",
    "paused to locked by Cli",
    "paused to locked by Desk",
    "paused to locked by Duo",
    "paused to off by Clock",
    "paused to off by Desk",
    "paused to off by Phone",
    "paused to on by Cli",
    "paused to on by Clock",
    "paused to on by Desk",
    "paused to on by Phone",
    "paused to paused by Cli",
    "paused to paused by Desk",
    "paused to paused by Phone",
    "renewed",
    "saved",
    "session Desk",
    "session Expired",
    "session Revoked",
    "shared",
];

/// An effect's name in [`ALL`], if it stands there.
pub(crate) fn name(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Settle(entry) => Some(match &entry.answer.reason {
            Reason::Approved(approval) if approval.factor == Factor::Push => {
                "Approved by push".into()
            }
            Reason::Approved(approval) if approval.factor == Factor::Passcode => {
                "Approved by passcode".into()
            }
            Reason::Approved(approval) => format!("Approved by {:?}", approval.factor),
            reason => {
                let text = format!("{reason:?}");
                let name = text.split(|c: char| !c.is_alphanumeric()).next();
                name.unwrap_or_default().to_owned()
            }
        }),
        Effect::Record(Record::GrantEnded { why, .. }) => Some(format!("grant {why:?}")),
        Effect::ForgetKeys => Some("keys wiped".into()),
        Effect::RenewSession => Some("renewed".into()),
        Effect::Save(_) => Some("saved".into()),
        Effect::Record(Record::SignedOut { why }) => Some(format!("session {why:?}")),
        Effect::Record(Record::ModeChanged { from, to, by }) => {
            let short = |mode: &Mode| match mode {
                Mode::Off => "off",
                Mode::On(_) => "on",
                Mode::Paused { .. } => "paused",
                Mode::Locked => "locked",
            };
            let by = format!("{by:?}");
            let by = by.split('(').next().unwrap_or_default();
            Some(format!("{} to {} by {by}", short(from), short(to)))
        }
        _ => None,
    }
}
