//! What deeds are called: at a shell, and on the phone.

use thumbturn_wire::plain;

use crate::answer::span;
use crate::{Bound, Deed, Setting};

impl Deed {
    /// What somebody at a shell would type for it.
    pub(crate) fn command(&self) -> &'static str {
        match self {
            Self::TurnOn(_) => "thumbturn on",
            Self::TurnOff(_) => "thumbturn off",
            Self::Pause(_) => "thumbturn pause",
            Self::Hold(_) => "thumbturn hold",
            Self::Deny(_) => "thumbturn deny",
            Self::EndGrant(_) | Self::EndGrants => "thumbturn grants end",
            Self::Lock => "thumbturn lock",
            Self::SignIn { .. } | Self::CancelSignIn => "thumbturn signin",
            Self::SignOut { .. } => "thumbturn signout",
            Self::TestPush => "Thumbturn",
            Self::Set(_) => "Thumbturn's settings",
        }
    }

    pub(crate) fn words(&self, now: u64) -> String {
        match self {
            Self::TurnOn(Bound::UntilReboot) => "Turn Duo mode on until reboot".to_owned(),
            Self::TurnOn(Bound::Until(until)) => {
                let left = until.saturating_sub(now);
                format!("Limit Duo mode to {} from now", span(left))
            }
            Self::TurnOn(Bound::Project(dir)) => format!("Limit Duo mode to {dir}"),
            Self::TurnOff(_) => "Turn Duo mode off".to_owned(),
            Self::Lock => "Lock everything".to_owned(),
            Self::Pause(until) => {
                let length = span(until.saturating_sub(now));
                format!("Pause Duo mode for {length}, then on again")
            }
            Self::Hold(Some(until)) => {
                format!("Hold all asks for {}", span(until.saturating_sub(now)))
            }
            Self::Hold(None) => "Let held asks ring again".to_owned(),
            Self::EndGrant(code) => format!("End the grant {}", plain(&code.0, 40)),
            Self::EndGrants => "End every grant".to_owned(),
            Self::Deny(code) => format!("Deny {}", plain(&code.0, 40)),
            Self::SignIn { .. } => "Sign in".to_owned(),
            Self::CancelSignIn => "Cancel the sign-in".to_owned(),
            Self::SignOut { all: false } => "Sign out of Duo, and deny what waits".to_owned(),
            Self::SignOut { all: true } => {
                "Sign out, and wipe the connection to Duo and every key".to_owned()
            }
            Self::TestPush => "Test push from Thumbturn: nothing will be run".to_owned(),
            Self::Set(setting) => setting.words(),
        }
    }
}

impl Setting {
    /// What it would change, for the phone.
    fn words(&self) -> String {
        match self {
            Self::RequirePushToTurnOff(true) => "Need a push to turn Duo mode off".to_owned(),
            Self::RequirePushToTurnOff(false) => {
                "No longer need a push to turn Duo mode off at the desk".to_owned()
            }
            Self::SessionLifetime(millis) => format!("Stay signed in for {}", span(*millis)),
            Self::Device(Some(device)) => format!("Ring the device {}", plain(device, 40)),
            Self::Device(None) => "Ring the first device that takes a push".to_owned(),
            Self::Patience(millis) => format!("Let asks wait {}", span(*millis)),
            Self::Notifications(on) => format!("Notifications: {on}"),
            Self::StartAtLogin(on) => format!("Start at login: {on}"),
            Self::Rules { words, .. } => format!("Change the rules: {}", plain(words, 400)),
            Self::Language(language) => format!("Language: {}", plain(language, 20)),
        }
    }
}
