//! One card for several asks of one agent session, approved or denied as a whole.

use thumbturn_wire::Ask;

use super::ask::offer;
use super::{ALL, Card, fit, rows, spent, title};
use crate::approvals::{Judged, Question};
use crate::{Decision, Means, Risk, Subject};

/// The most asks on one card.
const MOST: usize = 20;
/// The most characters of all of them.
const CHARS: usize = 3_000;
/// The most different grants on one card.
const OFFERS: usize = 2;

impl Card {
    /// "Approve 3 agent actions". `None` where one of them must ring alone (a deed, a risky ask, one that
    /// takes more than a push or does not show in its share), of different sessions, and for fewer than two or too many.
    pub(crate) fn of_many(questions: &[&Question], host: &str, _now: u64) -> Option<Self> {
        let asks = questions.iter().map(|question| together(question));
        let asks: Vec<_> = asks.collect::<Option<_>>()?;
        let (first, judged) = asks.first().filter(|_| (2..=MOST).contains(&asks.len()))?;
        let is_one = |ask: &Ask| ask.agent == first.agent && ask.session == first.session;
        if !asks.iter().all(|(ask, _)| is_one(ask)) {
            return None;
        }
        let is_one_place = asks.iter().all(|(ask, _)| ask.cwd == first.cwd);
        let place = if is_one_place {
            rows::place(first, Some(&judged.facts), host)
        } else {
            format!("in several directories, {}", fit::row(host, 60, 300))
        };
        let codes: Vec<_> = questions
            .iter()
            .map(|question| question.code.0.as_str())
            .collect();
        let around = vec![
            ("Where", place),
            ("Agent", rows::agent(first)),
            ("Risk", "Normal, each of them".to_owned()),
            ("Covers", covers(&asks)?),
            ("Ref", fit::row(&codes.join(", "), 400, 1_200)),
        ];
        let pair = asks.len() * 10;
        let bytes = ALL.saturating_sub(spent(&around) + pair) / asks.len();
        let share = (CHARS / asks.len(), bytes);
        let each = asks
            .iter()
            .map(|(ask, judged)| one(ask, judged, is_one_place, share));
        let each: Vec<_> = each.collect::<Option<_>>()?;
        let numbered = each
            .into_iter()
            .enumerate()
            .map(|(n, row)| ((n + 1).to_string(), row));
        let around = around
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value));
        Some(Self {
            kind: format!("Approve {} agent actions", asks.len()),
            pairs: numbered.chain(around).collect(),
        })
    }
}

/// What the tap lets through besides them, each grant in its words. `None` for too many.
fn covers(asks: &[(&Ask, &Judged)]) -> Option<String> {
    let offers: std::collections::BTreeSet<_> = asks
        .iter()
        .filter_map(|(_, judged)| offer(Some(judged)))
        .collect();
    let words: Vec<_> = offers
        .iter()
        .map(|offer| rows::lower(&offer.words()))
        .collect();
    match words.len() {
        0 => Some(format!("These {} calls only, all or none", asks.len())),
        1..=OFFERS => Some(format!(
            "These {} calls, all or none. Also {}",
            asks.len(),
            words.join("; and also ")
        )),
        _ => None,
    }
}

/// An ask that may share a card with others.
fn together(question: &Question) -> Option<(&Ask, &Judged)> {
    let judged = question.judged.as_deref()?;
    let told = &judged.judgement;
    let is_normal =
        told.decision == Decision::Unsure(Risk::Normal) && told.terms.means == Means::Push;
    match &question.subject {
        Subject::Ask(ask) if is_normal => Some((ask, judged)),
        Subject::Ask(_) | Subject::Deed(_) => None,
    }
}

/// One ask in its share of a card. `None` if not all of it fits that must be seen.
fn one(
    ask: &Ask,
    judged: &Judged,
    is_one_place: bool,
    (chars, bytes): (usize, usize),
) -> Option<String> {
    let call = title::of_ask(ask, &judged.judgement.flagged);
    let must = rows::must_show(ask, Some(&judged.judgement));
    let flagged: Vec<_> = must.iter().map(String::as_str).collect();
    let place = (!is_one_place).then(|| format!("in {}", ask.cwd));
    let parts = [Some(call.what), call.change, Some(call.with), place];
    let parts: Vec<_> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    let row = fit::row_with(&parts.join(" · "), &flagged, chars, bytes);
    let rows = [("What", row)];
    let all_seen = rows::unseen(&must, &rows).is_none();
    let [(_, row)] = rows;
    all_seen.then_some(row)
}
