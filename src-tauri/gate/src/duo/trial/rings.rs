//! What only a phone that rings can tell, and who holds it.

use tokio::time::{Duration, Instant};

use super::super::reply::Envelope;
use super::super::sign::{encoded_length, pushinfo};
use super::{Heard, Person, Seen, Trial, seconds};

/// A push rings for a minute; after this nothing more is waited for.
const LONG: Duration = Duration::from_secs(180);
/// In this order they are sent.
const ROWS: [(&str, &str); 4] = [
    ("One", "first"),
    ("Two", "é 音 😀"),
    ("Three", "third"),
    ("Four", "fourth"),
];

/// One answer of Duo's on the way, and how long it was held.
struct Held {
    time: Duration,
    heard: Heard,
}

impl Trial<'_> {
    pub async fn rings(&self, person: &mut impl Person) {
        let approved = self.approved(person).await;
        self.denied(person).await;
        self.left_alone(person).await;
        self.together(person).await;
        self.long(person).await;
        self.without_a_code(person).await;
        if let Some((txid, ended)) = approved {
            let heard = self.status(&txid).await;
            let age = seconds(ended.elapsed());
            person.shows(Seen::new(
                "a push that ended, asked for once more",
                format!("after {age}: {}", heard.words()),
            ));
        }
    }

    /// Gives its txid, and when it ended.
    async fn approved(&self, person: &mut impl Person) -> Option<(String, Instant)> {
        person.told(
            "Read the push that comes now, row by row, also on the lock screen; then approve it.",
        );
        let long = "0123456789 ".repeat(60);
        let mut rows: Vec<_> = ROWS
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        rows.push(("Long".into(), long.trim_end().to_owned()));
        let txid = self.push(person, &rows).await?;
        let polls = self.listen(&txid).await;
        person.shows(Seen::new("a push that is approved", told(&polls)));
        let ended = Instant::now();
        for (about, question) in [
            (
                "the line above the rows",
                "What did the phone call the request?",
            ),
            (
                "the order of the rows",
                "Did One, Two, Three and Four stand in that order? [y/n]",
            ),
            ("characters beyond ASCII", "What did row Two show?"),
            (
                "a long row",
                "Row Long counts from 0 to 9 again and again: was it cut, and about where?",
            ),
            (
                "the lock screen",
                "Could you approve there without seeing the rows? [y/n]",
            ),
        ] {
            let answer = person.asked(question);
            person.shows(Seen::new(about, answer));
        }
        Some((txid, ended))
    }

    async fn denied(&self, person: &mut impl Person) {
        person.told("Deny the next one, and say that it was no fraud if the phone asks.");
        if let Some(txid) = self.push(person, &row("Deny this")).await {
            let polls = self.listen(&txid).await;
            person.shows(Seen::new("a push that is denied", told(&polls)));
        }
    }

    async fn left_alone(&self, person: &mut impl Person) {
        person.told("Leave the next one alone until it is gone; that takes a minute.");
        if let Some(txid) = self.push(person, &row("Leave this alone")).await {
            let polls = self.listen(&txid).await;
            person.shows(Seen::new("a push that nobody answers", told(&polls)));
            let longest = polls.iter().map(|poll| poll.time).max();
            let longest = longest.map_or_else(|| "no poll".to_owned(), seconds);
            person.shows(Seen::new("how long Duo holds a poll", longest));
        }
    }

    async fn together(&self, person: &mut impl Person) {
        person.told("Two come together now. Approve *Second of two*, then deny the other.");
        let first = self.push(person, &row("First of two")).await;
        let second = self.push(person, &row("Second of two")).await;
        let (Some(first), Some(second)) = (first, second) else {
            return;
        };
        let (first, second) = tokio::join!(self.listen(&first), self.listen(&second));
        let found = format!("first: {}; second: {}", told(&first), told(&second));
        person.shows(Seen::new("two pushes at once", found));
        let answer = person.asked("Did the phone show both? [y/n]");
        person.shows(Seen::new("two pushes on the phone", answer));
    }

    /// More than the limit, if Duo measures what it was sent and not what that stands for.
    async fn long(&self, person: &mut impl Person) {
        person.told("The next one is long, so Duo may not take it. If it rings, deny it.");
        // A percent sign is three bytes once encoded, and five once that is encoded again.
        let rows = [("Long".to_owned(), "%".repeat(4_500))];
        let (once, twice) = (pushinfo(&rows), encoded_length(&pushinfo(&rows)));
        let found = match self.push(person, &rows).await {
            Some(txid) => told(&self.listen(&txid).await),
            None => "not taken".to_owned(),
        };
        person.shows(Seen::new(
            "a `pushinfo` on either side of the limit of 20,000 bytes",
            format!("{} bytes, {twice} encoded again: {found}", once.len()),
        ));
    }

    /// Only where Duo's policy demands a code is there something to see.
    async fn without_a_code(&self, person: &mut impl Person) {
        if self.code().await.is_none() {
            return;
        }
        person.told(
            "The next one has no code, though Duo's policy demands one. If it rings, deny it.",
        );
        if let Some(txid) = self.send(person, &row("No code"), None).await {
            let polls = self.listen(&txid).await;
            person.shows(Seen::new("a push without the code", told(&polls)));
        }
    }

    /// Its txid, once Duo took it; with a code where Duo's policy demands one.
    async fn push(&self, person: &mut impl Person, rows: &[(String, String)]) -> Option<String> {
        let code = self.code().await;
        if let Some((_, code)) = &code {
            person.told(&format!("The code to type is {code}."));
        }
        let txid = code.as_ref().map(|(txid, _)| txid.as_str());
        self.send(person, rows, txid).await
    }

    async fn code(&self) -> Option<(String, String)> {
        let supports = [
            ("username", self.user),
            ("client_supports_verified_push", "1"),
        ];
        let preauth = self.post("/auth/v2/preauth", &supports).await;
        let text = |name| preauth.text(name).map(ToOwned::to_owned);
        text("txid").zip(text("verification_code"))
    }

    async fn send(
        &self,
        person: &mut impl Person,
        rows: &[(String, String)],
        verified: Option<&str>,
    ) -> Option<String> {
        let info = pushinfo(rows);
        let mut params = vec![
            ("username", self.user),
            ("factor", "push"),
            ("device", &self.device.device),
            ("async", "1"),
            ("type", "Thumbturn trial"),
            ("pushinfo", &info),
        ];
        params.extend(verified.map(|txid| ("txid", txid)));
        let heard = self.post("/auth/v2/auth", &params).await;
        let txid = heard.text("txid").map(ToOwned::to_owned);
        if txid.is_none() {
            person.shows(Seen::new("a push that Duo did not take", heard.words()));
        }
        txid
    }

    async fn status(&self, txid: &str) -> Heard {
        self.get("/auth/v2/auth_status", &[("txid", txid)]).await
    }

    /// Every answer until one is the last.
    async fn listen(&self, txid: &str) -> Vec<Held> {
        let began = Instant::now();
        let mut polls = Vec::new();
        while began.elapsed() < LONG {
            let asked = Instant::now();
            let heard = self.status(txid).await;
            let goes_on = heard.is_waiting() && heard.text("status") != Some("timeout");
            // Duo may end a poll that brings nothing new with a refusal.
            let again = goes_on
                || matches!(&heard.0, Ok(Envelope::Fail(refusal)) if refusal.is_invalid_parameter());
            let time = asked.elapsed();
            polls.push(Held { time, heard });
            if !again {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1).saturating_sub(time)).await;
        }
        polls
    }
}

fn row(words: &str) -> Vec<(String, String)> {
    vec![("What".into(), words.into())]
}

fn told(polls: &[Held]) -> String {
    let polls: Vec<String> = polls
        .iter()
        .map(|poll| format!("{} after {}", poll.heard.words(), seconds(poll.time)))
        .collect();
    polls.join(" → ")
}
