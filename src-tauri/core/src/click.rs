//! What the person at the desk clicks. The tray is a person; the window is as strong as a web page.

use crate::approvals::Question;
use crate::desk::LONGEST;
use crate::gate::{Need, need};
use crate::{
    AskId, By, Click, Code, Core, Deed, Desk, Effect, Factor, GrantEnd, Mode, Reason, Record,
    Setting, Subject, Trouble, notice,
};

impl Core {
    pub(crate) fn clicked(
        &mut self,
        id: AskId,
        code: Code,
        click: Click,
        at: Desk,
        now: u64,
    ) -> Vec<Effect> {
        let deed = match click {
            Click::TurnOn(bound) => Deed::TurnOn(bound),
            Click::TurnOff => Deed::TurnOff(Factor::Push),
            Click::Pause(length) => Deed::Pause(now.saturating_add(length.min(LONGEST))),
            Click::Hold(length) => Deed::Hold(Some(now.saturating_add(length.min(LONGEST)))),
            Click::EndHold => Deed::Hold(None),
            Click::Lock => Deed::Lock,
            Click::SignOut => Deed::SignOut { all: false },
            Click::TestPush => Deed::TestPush,
            Click::Set(setting) => return self.clicked_setting(id, code, setting, now),
            Click::SignIn { user } => return self.open_sign_in(user, now),
            Click::CancelSignIn => return self.cancel_sign_in(),
            Click::EndGrant(id) => return self.end_grant(id),
            Click::EndGrants => return self.end_grants(GrantEnd::Revoked),
            Click::Deny(id) => return self.approvals.close(id, Reason::DeniedAtDesk.deny()),
            Click::RingAgain(id) => {
                self.approvals.ring_again(id, now);
                return Vec::new();
            }
            Click::Passcode(ask) => return self.clicked_passcode(ask, at),
            Click::RemakeKey => return self.clicked_remake_key(at),
        };
        self.clicked_deed(id, code, deed, at, now)
    }

    fn clicked_deed(
        &mut self,
        id: AskId,
        code: Code,
        deed: Deed,
        at: Desk,
        now: u64,
    ) -> Vec<Effect> {
        match need(&self.standing(), self.login.is_signed_in(), &deed) {
            // The person at the desk needs nobody to be signed in to turn it off, unless a push must go out.
            Need::Refused(Reason::SignedOut) if self.is_free(&deed, at) && self.is_on() => {
                self.perform(&deed, By::Desk)
            }
            // Locked is left by a sign-in; signing out of it takes nothing away.
            Need::Refused(Reason::Locked) if self.is_free(&deed, at) && is_sign_out(&deed) => {
                self.perform(&deed, By::Desk)
            }
            Need::Refused(reason) => vec![notice("Nothing was changed", &reason.words())],
            Need::Thumb if !self.is_free(&deed, at) => {
                let patience = self.setup.patience;
                let question = Question {
                    id,
                    code,
                    subject: Subject::Deed(deed.clone()),
                    judged: None,
                };
                self.wait(question, &deed, now, patience)
            }
            Need::Thumb | Need::Nothing => {
                self.approvals.somebody_is_there();
                self.perform(&deed, By::Desk)
            }
        }
    }

    /// Whether a click is enough where a request would need a thumb.
    fn is_free(&self, deed: &Deed, at: Desk) -> bool {
        match deed {
            Deed::TurnOn(_) | Deed::TurnOff(_) | Deed::Pause(_) => !self.setup.off_needs_push,
            Deed::SignOut { .. } => at == Desk::Tray,
            Deed::TestPush | Deed::Set(_) => false,
            Deed::Hold(_)
            | Deed::Deny(_)
            | Deed::EndGrant(_)
            | Deed::EndGrants
            | Deed::Lock
            | Deed::SignIn { .. }
            | Deed::CancelSignIn => true,
        }
    }

    fn is_on(&self) -> bool {
        matches!(self.setup.mode, Mode::On(_) | Mode::Paused { .. })
    }

    fn clicked_setting(
        &mut self,
        id: AskId,
        code: Code,
        setting: Setting,
        now: u64,
    ) -> Vec<Effect> {
        if !self.loosens(&setting) {
            return vec![Effect::Save(setting)];
        }
        self.clicked_deed(id, code, Deed::Set(setting), Desk::Window, now)
    }

    fn loosens(&self, setting: &Setting) -> bool {
        match setting {
            Setting::RequirePushToTurnOff(required) => self.setup.off_needs_push && !required,
            Setting::SessionLifetime(millis) => *millis > self.setup.session_lifetime,
            // The first that matches decides, so that any edit may loosen.
            Setting::Rules { .. } => true,
            Setting::Device(_)
            | Setting::Patience(_)
            | Setting::Notifications(_)
            | Setting::StartAtLogin(_)
            | Setting::Language(_) => false,
        }
    }

    /// A menu has nowhere to type one.
    fn clicked_passcode(&mut self, ask: AskId, at: Desk) -> Vec<Effect> {
        if at == Desk::Tray || !self.login.is_signed_in() {
            return Vec::new();
        }
        let tried = self.approvals.try_passcode(ask);
        tried
            .map(|(push, card)| Effect::Push {
                push,
                ids: vec![ask],
                factor: Factor::Passcode,
                card: card.clone(),
            })
            .into_iter()
            .collect()
    }

    fn clicked_remake_key(&self, at: Desk) -> Vec<Effect> {
        if at == Desk::Tray && self.troubles.contains(&Trouble::SigningKeyMissing) {
            vec![Effect::Record(Record::KeyRemade), Effect::RemakeKey]
        } else {
            Vec::new()
        }
    }
}

fn is_sign_out(deed: &Deed) -> bool {
    matches!(deed, Deed::SignOut { all: false })
}
