//! Rules for the tests: what each of a few tools needs, and what its approval grants.

use std::collections::BTreeMap;

use thumbturn_core::*;

use crate::world::*;

/// Tools that have a rule of their own in [`rules`].
pub(crate) const TOOLS: [&str; 9] = [
    "Edit", "Write", "WebFetch", "Deploy", "Release", "Wipe", "Keys", "Publish", "Once",
];

fn covering(tool: &str) -> Covers {
    Covers::Rule {
        rule: RuleId(format!("rule.{tool}")),
        what: format!("{tool}s"),
        project: Some("/home/dana/shop".into()),
        host: None,
    }
}

pub(crate) fn offer(tool: &str) -> Option<Offer> {
    let (covers, life, most) = match tool {
        "Edit" | "Keys" => (covering(tool), Life::Prompt, 3),
        "Write" | "Wipe" => (covering(tool), Life::Session, 100),
        "WebFetch" => (Covers::Same("digest".into()), Life::Minutes(5), 2),
        "Once" => (covering(tool), Life::Minutes(20), 1),
        "Publish" => (covering(tool), Life::Minutes(10), 5),
        _ => return None,
    };
    Some(Offer { covers, life, most })
}

/// What the rules say of a call of that tool, if they say anything.
pub(crate) fn ruled(tool: &str) -> Option<Judgement> {
    let means = match tool {
        "Deploy" => Means::VerifiedPush,
        "Release" | "Publish" => Means::UniversalPrompt,
        _ => Means::Push,
    };
    let risk = match tool {
        "Wipe" => Risk::High,
        _ => Risk::Normal,
    };
    TOOLS.contains(&tool).then(|| Judgement {
        decision: Decision::Unsure(risk),
        floor: tool == "Keys",
        rule: RuleId(format!("rule.{tool}")),
        reasons: vec!["a test says so".into()],
        flagged: vec![],
        terms: Terms {
            means,
            offer: offer(tool),
            ..Terms::default()
        },
    })
}

pub(crate) fn rules() -> Rules {
    let of = |tool: &&str| ruled(tool).map(|judgement| ((*tool).to_owned(), judgement));
    Rules::scripted(TOOLS.iter().filter_map(of).collect::<BTreeMap<_, _>>())
}

/// On, with [`rules`] in force.
pub(crate) fn world() -> World {
    gathering(0)
}

/// As [`world`], where asks wait so long for siblings.
pub(crate) fn gathering(gather_ms: u64) -> World {
    let mut world = World::of(Setup {
        gather_ms,
        ..setup()
    });
    world.tell(Event::Rules(Box::new(rules())));
    world
}

/// Ask `n` of session "s" for that tool, within that prompt.
pub(crate) fn call(n: u64, name: &str, prompt: &str) -> Event {
    let input = format!(r#"{{"file_path":"f{n}"}}"#);
    asked(
        n,
        Ask {
            prompt: Some(prompt.into()),
            ..tool(name, &input)
        },
    )
}

/// Whom each answer is for, with what, and what went out besides: pushes and what ended.
pub(crate) fn gist(effects: &[Effect]) -> Vec<String> {
    effects.iter().filter_map(one).collect()
}

fn one(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Settle(entry) => {
            let reason = format!("{:?}", entry.answer.reason);
            let reason = reason.split(|c: char| !c.is_alphanumeric()).next();
            let shared = match entry.shared_with {
                0 => String::new(),
                others => format!(" with {others}"),
            };
            let left = entry.grant.as_ref();
            let left = left.map_or(String::new(), |used| {
                format!(" {} left {}", used.code.0, used.left)
            });
            let verdict = entry.answer.verdict;
            Some(format!(
                "{}: {verdict:?} {}{left}{shared}",
                entry.id.0, reason?
            ))
        }
        Effect::Push {
            push, ids, factor, ..
        } => {
            let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
            Some(format!("push {} {factor:?} {ids:?}", push.0))
        }
        Effect::StepUp { push, id, user, .. } => {
            Some(format!("step-up {} for {} by {user}", push.0, id.0))
        }
        Effect::Unpush { push } => Some(format!("unpush {}", push.0)),
        Effect::Record(Record::GrantMade { code, .. }) => Some(format!("made {}", code.0)),
        Effect::Record(Record::GrantEnded { code, why, .. }) => {
            Some(format!("ended {} {why:?}", code.0))
        }
        Effect::Record(_)
        | Effect::OpenSignIn { .. }
        | Effect::CloseSignIn { .. }
        | Effect::RenewSession
        | Effect::ForgetTokens
        | Effect::ForgetKeys
        | Effect::Save(_)
        | Effect::Arm(_)
        | Effect::RemakeKey
        | Effect::Notify(_) => None,
    }
}
