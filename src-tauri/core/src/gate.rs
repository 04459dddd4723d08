//! The one page to audit: who answers an ask or a deed, and what.

use thumbturn_wire::{Bound, Mode};

use crate::grants::Grant;
use crate::{Answer, Decision, Deed, Facts, GrantId, Judgement, Reason, Risk, Trouble};

/// What becomes of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    Answer(Answer),
    /// Allowed, as what the phone granted.
    Grant(GrantId),
    Phone,
}

/// What holds while a question comes in.
pub(crate) struct Standing<'a> {
    pub(crate) mode: &'a Mode,
    /// The first trouble that stands in the way of every yes.
    pub(crate) blocked: Option<&'a Trouble>,
    /// Whether there is, was until it expired, or may be a session.
    pub(crate) has_session: bool,
}

/// An allow is none of the ways out of here but through a grant: only the phone gives one, or gave
/// one for all that its card said. Every grant was made by such an approval, and `grant` is one
/// that covers this ask. What is risky or on the floor has none, and goes to the phone.
pub(crate) fn gate(
    standing: &Standing<'_>,
    judgement: &Judgement,
    facts: &Facts,
    grant: Option<&Grant>,
) -> Gate {
    let answer = match (standing.mode, standing.blocked) {
        (Mode::Off | Mode::Paused { .. }, _) => Reason::Off.no_word(),
        (Mode::Locked, _) => Reason::Locked.deny(),
        (Mode::On(bound), _) if !reaches(bound, facts) => Reason::OutOfBound.no_word(),
        (Mode::On(_), Some(trouble)) => Reason::Trouble(trouble.clone()).deny(),
        (Mode::On(_), None) => match (judgement.decision, standing.has_session) {
            (Decision::Forbidden, _) => Reason::Rule(judgement.rule.clone()).deny(),
            (Decision::Harmless, _) => Reason::Rule(judgement.rule.clone()).no_word(),
            (Decision::Unsure(_), false) => Reason::SignedOut.deny(),
            (Decision::Unsure(risk), true) => {
                return match (risk, judgement.floor, grant) {
                    (Risk::Normal, false, Some(grant)) => Gate::Grant(grant.id),
                    (Risk::Normal | Risk::High, _, _) => Gate::Phone,
                };
            }
        },
    };
    Gate::Answer(answer)
}

/// What a deed needs, once it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Nothing,
    /// It turns something down.
    Thumb,
    /// It is not to be had now.
    Refused(Reason),
}

pub(crate) fn need(standing: &Standing<'_>, signed_in: bool, deed: &Deed) -> Need {
    let thumb = if standing.has_session {
        Need::Thumb
    } else {
        Need::Refused(Reason::SignedOut)
    };
    match (standing.mode, deed) {
        (
            _,
            Deed::Lock
            | Deed::Deny(_)
            | Deed::EndGrant(_)
            | Deed::EndGrants
            | Deed::SignIn { .. }
            | Deed::CancelSignIn
            | Deed::Hold(None),
        )
        | (Mode::Off, Deed::TurnOff(_))
        | (Mode::On(_), Deed::Hold(Some(_))) => Need::Nothing,
        (Mode::Off | Mode::Paused { .. } | Mode::Locked, Deed::Hold(Some(_)))
        | (Mode::Off, Deed::Pause(_)) => Need::Refused(Reason::NotOn),
        (_, Deed::SignOut { .. } | Deed::TestPush | Deed::Set(_)) => {
            need_apart(standing, signed_in, deed, thumb)
        }
        (Mode::Locked, Deed::TurnOn(_) | Deed::TurnOff(_) | Deed::Pause(_)) => {
            Need::Refused(Reason::Locked)
        }
        (Mode::Off, Deed::TurnOn(_)) => match (standing.blocked, signed_in) {
            (Some(trouble), _) => Need::Refused(Reason::Trouble(trouble.clone())),
            (None, false) => Need::Refused(Reason::SignedOut),
            (None, true) => Need::Nothing,
        },
        (Mode::On(current) | Mode::Paused { bound: current, .. }, Deed::TurnOn(bound))
            if covers(bound, current) =>
        {
            Need::Nothing
        }
        (Mode::Paused { until, .. }, Deed::Pause(new)) if new <= until => Need::Nothing,
        (
            Mode::On(_) | Mode::Paused { .. },
            Deed::TurnOn(_) | Deed::TurnOff(_) | Deed::Pause(_),
        ) => thumb,
    }
}

/// What has nothing to do with the mode, or little.
fn need_apart(standing: &Standing<'_>, signed_in: bool, deed: &Deed, thumb: Need) -> Need {
    let off = *standing.mode == Mode::Off;
    match (standing.blocked, deed) {
        // What forgets the keys leaves an armed gate with no way to answer.
        (_, Deed::SignOut { all: true }) if !off => Need::Refused(Reason::NotOff),
        (_, Deed::SignOut { .. } | Deed::Set(_)) if !standing.has_session && off => Need::Nothing,
        (_, Deed::SignOut { .. }) if !standing.has_session => Need::Nothing,
        _ if *standing.mode == Mode::Locked => Need::Refused(Reason::Locked),
        (Some(trouble), Deed::TestPush) => Need::Refused(Reason::Trouble(trouble.clone())),
        (None, Deed::TestPush) if !signed_in => Need::Refused(Reason::SignedOut),
        (_, _) => thumb,
    }
}

/// Whether an ask lies within the bound. One whose directory cannot be resolved does.
fn reaches(bound: &Bound, facts: &Facts) -> bool {
    match (bound, &facts.cwd) {
        (Bound::UntilReboot | Bound::Until(_), _) | (Bound::Project(_), None) => true,
        (Bound::Project(dir), Some(cwd)) => is_within(cwd, dir),
    }
}

/// Whether nothing that `current` reaches is out of reach of `new`.
fn covers(new: &Bound, current: &Bound) -> bool {
    match (new, current) {
        (Bound::UntilReboot, _) => true,
        (Bound::Until(new), Bound::Until(current)) => new >= current,
        (Bound::Project(new), Bound::Project(current)) => is_within(current, new),
        (Bound::Until(_), Bound::UntilReboot | Bound::Project(_))
        | (Bound::Project(_), Bound::UntilReboot | Bound::Until(_)) => false,
    }
}

/// Whether `path` is `dir` or lies below it, name by name.
fn is_within(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_its_directory_and_what_lies_below() {
        for (path, dir, within) in [
            ("/home/dana/shop", "/home/dana/shop", true),
            ("/home/dana/shop/src", "/home/dana/shop", true),
            ("/home/dana/shop/src", "/home/dana/shop/", true),
            ("/home/dana/shop2", "/home/dana/shop", false),
            ("/home/dana", "/home/dana/shop", false),
            ("/anything", "/", true),
            ("/", "/", true),
        ] {
            assert_eq!(is_within(path, dir), within, "{path} in {dir}");
        }
    }

    #[test]
    fn a_bound_covers_what_it_reaches_and_no_more() {
        let (reboot, soon, late) = (Bound::UntilReboot, Bound::Until(10), Bound::Until(20));
        let (shop, src) = (
            Bound::Project("/shop".into()),
            Bound::Project("/shop/src".into()),
        );
        for (new, current, covered) in [
            (&reboot, &reboot, true),
            (&reboot, &late, true),
            (&reboot, &shop, true),
            (&late, &soon, true),
            (&late, &late, true),
            (&soon, &late, false),
            (&late, &reboot, false),
            (&late, &shop, false),
            (&shop, &src, true),
            (&shop, &shop, true),
            (&src, &shop, false),
            (&shop, &reboot, false),
            (&shop, &soon, false),
        ] {
            assert_eq!(covers(new, current), covered, "{new:?} over {current:?}");
        }
    }
}
