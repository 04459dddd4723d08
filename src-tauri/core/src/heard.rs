//! Duo's word on a trip. Only an approval of the very trip that somebody waits for is a yes.

use crate::approvals::{Shown, Waiting, Whose};
use crate::{
    Answer, Approval, AskId, By, Core, Effect, Factor, Means, Mode, Outcome, PushId, Reason,
    Record, Trouble, Verdict, draw, notice,
};

impl Core {
    pub(crate) fn rings(
        &mut self,
        push: PushId,
        device: String,
        verification_code: Option<String>,
        now: u64,
    ) -> Vec<Effect> {
        let shown = Shown {
            device: Some(device),
            verification_code,
            address: None,
        };
        self.begins(push, shown, "Check your phone: 60 s", now)
    }

    pub(crate) fn step_up_page(&mut self, push: PushId, address: String, now: u64) -> Vec<Effect> {
        let shown = Shown {
            address: Some(address),
            ..Shown::default()
        };
        self.begins(push, shown, "Approve in your browser", now)
    }

    fn begins(&mut self, push: PushId, shown: Shown, words: &str, now: u64) -> Vec<Effect> {
        let ids = self.approvals.begins(push, now, shown);
        let mut effects = self.trouble(Trouble::DuoUnreachable, false);
        let line = self.approvals.line().iter();
        let mut waiting = line.filter(|waiting| ids.contains(&waiting.question.id));
        effects.extend(waiting.next().map(|waiting| {
            let title = &waiting.title;
            match ids.len() {
                0 | 1 => notice(words, title),
                count => notice(words, &format!("{count} calls, the first: {title}")),
            }
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
        let Some(reason) = no(&outcome, whose.as_ref()) else {
            effects.extend(self.no_plain_no(push, whose, outcome, now));
            return effects;
        };
        if matches!(outcome, Outcome::Denied | Outcome::WrongPasscode)
            && let Some(id) = self.ask_by_passcode(whose.as_ref())
        {
            self.approvals.wrong_passcode(id);
            return effects;
        }
        if outcome == Outcome::Denied {
            self.approvals.somebody_is_there();
        }
        let Some(whose) = whose else {
            return effects;
        };
        // Whoever pressed *Deny* or typed a passcode knows.
        if !matches!(outcome, Outcome::Denied | Outcome::WrongPasscode) {
            effects.push(notice("Denied without a ring", &reason.words()));
        }
        effects.extend(self.approvals.close_by(&whose, &reason.deny()));
        effects
    }

    /// What is more or less than a no to whoever waits for it.
    fn no_plain_no(
        &mut self,
        push: PushId,
        whose: Option<Whose>,
        outcome: Outcome,
        now: u64,
    ) -> Vec<Effect> {
        match outcome {
            Outcome::Approved(approval) => {
                self.approvals.somebody_is_there();
                self.approved(push, whose, &approval, now)
            }
            Outcome::ReportedFraud => {
                self.approvals.somebody_is_there();
                self.fraud(push, whose.as_ref())
            }
            Outcome::Unreachable { words } => self.could_not_reach(whose.as_ref(), words, now),
            Outcome::Unanswered
            | Outcome::Bypassed
            | Outcome::Denied
            | Outcome::LockedOut
            | Outcome::NotEnrolled { .. }
            | Outcome::NoPushDevice
            | Outcome::WrongPasscode
            | Outcome::NotVerified
            | Outcome::NoUniversalPrompt
            | Outcome::StepUpFailed { .. }
            | Outcome::RefusedByPolicy { .. }
            | Outcome::Refused { .. } => {
                whose.map_or_else(Vec::new, |whose| self.unanswered(&whose, now))
            }
        }
    }

    /// The questions stay in line: one notice, and one trouble, whatever waits.
    fn could_not_reach(&mut self, whose: Option<&Whose>, words: String, now: u64) -> Vec<Effect> {
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
            Some(by_passcode)
                if by_passcode.factor == Factor::Passcode
                    && self.ask_by_passcode(whose).is_none() =>
            {
                let answer = Reason::DuoUnreachable { words }.deny();
                effects.extend(self.approvals.close_by(by_passcode, &answer));
            }
            Some(_) => self.approvals.could_not_reach(words, now),
            None => {}
        }
        effects
    }

    fn ask_by_passcode(&self, whose: Option<&Whose>) -> Option<AskId> {
        let whose = whose.filter(|whose| whose.factor == Factor::Passcode)?;
        let mut line = self.approvals.line().iter();
        let waiting = line.find(|waiting| whose.ids.contains(&waiting.question.id))?;
        waiting.question.ask().map(|_| waiting.question.id)
    }

    /// Settles all on the card as a whole, and grants what it promised.
    fn approved(
        &mut self,
        push: PushId,
        whose: Option<Whose>,
        approval: &Approval,
        now: u64,
    ) -> Vec<Effect> {
        let mut effects = Vec::new();
        let (mut is_anybodys, mut counts) = (false, true);
        for id in whose.iter().flat_map(|whose| &whose.ids) {
            let Some((waiting, hung_up)) = self.approvals.take(*id) else {
                continue;
            };
            is_anybodys = true;
            effects.extend(hung_up);
            let answer = self.weigh(&waiting, approval);
            counts &= answer.verdict == Verdict::Allow;
            let deed = waiting.question.deed().cloned();
            let deed = deed.filter(|_| answer.verdict == Verdict::Allow);
            effects.extend(
                whose
                    .as_ref()
                    .map(|whose| whose.settle(waiting.question, answer)),
            );
            if let Some(deed) = deed {
                effects.extend(self.perform(&deed, By::Phone(approval.clone())));
            }
        }
        if !is_anybodys {
            let approval = approval.clone();
            return vec![Effect::Record(Record::OrphanApproval { push, approval })];
        }
        let promise = whose.and_then(|whose| whose.promise).filter(|_| counts);
        effects.extend(promise.map_or_else(Vec::new, |promise| {
            self.grant(*promise, &approval.user, approval.factor, now)
        }));
        effects
    }

    /// An approval counts only if it is made of what the rule asks for. A step-up besides must be
    /// by whom the phone rings for.
    fn weigh(&self, waiting: &Waiting, approval: &Approval) -> Answer {
        let is_another = self.user() != Some(approval.user.as_str());
        match waiting.question.means() {
            Means::UniversalPrompt if is_another => Reason::StepUpFailed {
                words: "another user signed in".to_owned(),
            }
            .deny(),
            Means::Push | Means::VerifiedPush | Means::UniversalPrompt
                if waiting.is_met_by(approval.factor) =>
            {
                Reason::Approved(approval.clone()).allow()
            }
            Means::Push | Means::VerifiedPush | Means::UniversalPrompt => {
                Reason::NotVerified.deny()
            }
        }
    }

    pub(crate) fn unanswered(&mut self, whose: &Whose, now: u64) -> Vec<Effect> {
        match whose.factor {
            Factor::Passcode if self.ask_by_passcode(Some(whose)).is_some() => Vec::new(),
            Factor::Passcode => {
                let words = "Duo did not say whether the passcode is right".into();
                let answer = Reason::DuoUnreachable { words }.deny();
                self.approvals.close_by(whose, &answer)
            }
            Factor::Push | Factor::VerifiedPush | Factor::UniversalPrompt
                if self.approvals.missed(&whose.ids, now) =>
            {
                vec![notice("Nobody answers the phone", draw::QUIET)]
            }
            Factor::Push | Factor::VerifiedPush | Factor::UniversalPrompt => Vec::new(),
        }
    }

    fn fraud(&mut self, push: PushId, whose: Option<&Whose>) -> Vec<Effect> {
        let mut effects = vec![Effect::Record(Record::FraudReported { push })];
        effects.extend(self.set_mode(Mode::Locked, By::Duo));
        if let Some(whose) = whose {
            let answer = Reason::ReportedFraud.deny();
            effects.extend(self.approvals.close_by(whose, &answer));
        }
        effects.extend(self.approvals.close_all(&Reason::Locked, |_| true));
        effects.push(notice(
            "Locked: a push was reported as fraud",
            "Every call is denied until you sign in again. Look at what your agents did last.",
        ));
        effects
    }
}

/// The plain no that an outcome is.
fn no(outcome: &Outcome, whose: Option<&Whose>) -> Option<Reason> {
    let in_browser = whose.is_some_and(|whose| whose.factor == Factor::UniversalPrompt);
    Some(match outcome {
        Outcome::Approved(_)
        | Outcome::ReportedFraud
        | Outcome::Unanswered
        | Outcome::Unreachable { .. } => return None,
        Outcome::Denied if in_browser => Reason::DeniedInBrowser,
        Outcome::Denied => Reason::DeniedOnPhone,
        Outcome::Bypassed => Reason::Bypassed,
        Outcome::LockedOut => Reason::LockedOut,
        Outcome::NotEnrolled { portal } => Reason::NotEnrolled {
            portal: portal.clone(),
        },
        Outcome::NoPushDevice => Reason::NoPushDevice,
        Outcome::WrongPasscode => Reason::WrongPasscode,
        Outcome::NotVerified => Reason::NotVerified,
        Outcome::NoUniversalPrompt => Reason::NoUniversalPrompt,
        Outcome::StepUpFailed { words } => Reason::StepUpFailed {
            words: words.clone(),
        },
        Outcome::RefusedByPolicy { words } => Reason::RefusedByPolicy {
            words: words.clone(),
        },
        Outcome::Refused { code, words } => Reason::DuoRefused {
            code: *code,
            words: words.clone(),
        },
    })
}
