//! Duo's word on a trip. Only an approval of the very trip that somebody waits for is a yes.

use crate::{
    Approval, AskId, By, Core, Effect, Factor, Mode, Outcome, PushId, Reason, Record, Trouble,
    draw, notice,
};

impl Core {
    pub(crate) fn rings(
        &mut self,
        push: PushId,
        device: String,
        verification_code: Option<String>,
        now: u64,
    ) -> Vec<Effect> {
        let whose = self.approvals.rings(push, now, device, verification_code);
        let mut effects = self.trouble(Trouble::DuoUnreachable, false);
        let line = self.approvals.line().iter();
        let waiting = line.filter(|waiting| Some(waiting.question.id) == whose);
        effects.extend(waiting.map(|waiting| {
            let title = crate::push::title(&waiting.question, now);
            notice("Check your phone: 60 s", &title)
        }));
        effects
    }

    pub(crate) fn heard(&mut self, push: PushId, outcome: Outcome, now: u64) -> Vec<Effect> {
        let whose = self.approvals.ended(push);
        let mut effects = Vec::new();
        if !matches!(outcome, Outcome::Unreachable { .. }) {
            self.approvals.reached();
            effects.extend(self.trouble(Trouble::DuoUnreachable, false));
        }
        let reason = match outcome {
            Outcome::Approved(approval) => {
                self.approvals.somebody_is_there();
                effects.extend(self.approved(push, whose, approval));
                return effects;
            }
            Outcome::ReportedFraud => {
                self.approvals.somebody_is_there();
                effects.extend(self.fraud(push, whose));
                return effects;
            }
            Outcome::Unanswered => {
                effects.extend(whose.map_or_else(Vec::new, |whose| self.unanswered(whose, now)));
                return effects;
            }
            Outcome::Denied | Outcome::WrongPasscode if self.is_ask_by_passcode(whose) => {
                if let Some((id, _)) = whose {
                    self.approvals.wrong_passcode(id);
                }
                return effects;
            }
            Outcome::Denied => {
                self.approvals.somebody_is_there();
                Reason::DeniedOnPhone
            }
            Outcome::Bypassed => Reason::Bypassed,
            Outcome::LockedOut => Reason::LockedOut,
            Outcome::NotEnrolled { portal } => Reason::NotEnrolled { portal },
            Outcome::NoPushDevice => Reason::NoPushDevice,
            Outcome::WrongPasscode => Reason::WrongPasscode,
            Outcome::RefusedByPolicy { words } => Reason::RefusedByPolicy { words },
            Outcome::Refused { code, words } => Reason::DuoRefused { code, words },
            Outcome::Unreachable { words } => return self.could_not_reach(whose, words, now),
        };
        let Some((id, _)) = whose else {
            return effects;
        };
        // Whoever pressed *Deny* or typed a passcode knows.
        if !matches!(reason, Reason::DeniedOnPhone | Reason::WrongPasscode) {
            effects.push(notice("Denied without a ring", &reason.words()));
        }
        effects.extend(self.approvals.close(id, reason.deny()));
        effects
    }

    /// The question stays in line: one notice, and one trouble, whatever waits.
    fn could_not_reach(
        &mut self,
        whose: Option<(AskId, Factor)>,
        words: String,
        now: u64,
    ) -> Vec<Effect> {
        let is_new = !self.troubles.contains(&Trouble::DuoUnreachable);
        let mut effects = self.trouble(Trouble::DuoUnreachable, true);
        if is_new {
            self.unreachable_since = Some(self.clock.wall(now));
            effects.push(notice(
                "Duo cannot be reached",
                "Asks wait in line and ring as soon as it answers. Pause Duo mode, or wait.",
            ));
        }
        match whose {
            Some((id, Factor::Passcode)) if !self.is_ask_by_passcode(whose) => {
                let reason = Reason::DuoUnreachable { words };
                effects.extend(self.approvals.close(id, reason.deny()));
            }
            Some(_) => self.approvals.could_not_reach(words, now),
            None => {}
        }
        effects
    }

    fn is_ask_by_passcode(&self, whose: Option<(AskId, Factor)>) -> bool {
        let Some((id, Factor::Passcode)) = whose else {
            return false;
        };
        let mut line = self.approvals.line().iter();
        line.any(|waiting| waiting.question.id == id && waiting.question.deed().is_none())
    }

    fn approved(
        &mut self,
        push: PushId,
        whose: Option<(AskId, Factor)>,
        approval: Approval,
    ) -> Vec<Effect> {
        let Some((waiting, mut effects)) = whose.and_then(|(id, _)| self.approvals.take(id)) else {
            return vec![Effect::Record(Record::OrphanApproval { push, approval })];
        };
        let deed = waiting.question.deed().cloned();
        let answer = Reason::Approved(approval.clone()).allow();
        effects.push(waiting.question.settle(answer));
        if let Some(deed) = deed {
            effects.extend(self.perform(&deed, By::Phone(approval)));
        }
        effects
    }

    pub(crate) fn unanswered(&mut self, (id, factor): (AskId, Factor), now: u64) -> Vec<Effect> {
        match factor {
            Factor::Passcode if self.is_ask_by_passcode(Some((id, factor))) => Vec::new(),
            Factor::Passcode => {
                let words = "Duo did not say whether the passcode is right".into();
                self.approvals
                    .close(id, Reason::DuoUnreachable { words }.deny())
            }
            Factor::Push if self.approvals.missed(id, now) => {
                vec![notice("Nobody answers the phone", draw::QUIET)]
            }
            Factor::Push => Vec::new(),
        }
    }

    fn fraud(&mut self, push: PushId, whose: Option<(AskId, Factor)>) -> Vec<Effect> {
        let mut effects = vec![Effect::Record(Record::FraudReported { push })];
        effects.extend(self.set_mode(Mode::Locked, By::Duo));
        if let Some((id, _)) = whose {
            effects.extend(self.approvals.close(id, Reason::ReportedFraud.deny()));
        }
        effects.extend(self.approvals.close_all(&Reason::Locked, |_| true));
        effects.push(notice(
            "Locked: a push was reported as fraud",
            "Every call is denied until you sign in again. Look at what your agents did last.",
        ));
        effects
    }
}
