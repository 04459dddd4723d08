//! What can be tried with no phone ringing.

use super::super::reply::Envelope;
use super::super::sign::Call;
use super::{Heard, Person, Seen, Trial};

/// Nobody's, as Duo writes such ids.
const NO_DEVICE: &str = "DPZZZZZZZZZZZZZZZZZZ";
const NO_TXID: &str = "00000000-0000-4000-8000-000000000000";
/// No clock is looked for that is further off, in seconds.
const FAR: i64 = 3600;

impl Trial<'_> {
    pub async fn quiet(&self, person: &mut impl Person) {
        let heard = self.post("/auth/v2/preauth", &[("hostname", "x")]).await;
        person.shows(Seen::new("neither username nor user_id", heard.words()));
        let both = [("username", self.user), ("user_id", "DUZZZZZZZZZZZZZZZZZZ")];
        let heard = self.post("/auth/v2/preauth", &both).await;
        person.shows(Seen::new("both username and user_id", heard.words()));
        let heard = self.get("/auth/v2/auth_status", &[("txid", NO_TXID)]).await;
        person.shows(Seen::new("a txid that is nobody's", heard.words()));
        person.shows(Seen::new("how far a clock may be off", self.clock().await));
        person.shows(Seen::new("Verified Duo Push", self.verified().await));
        for (about, params) in [
            ("the longest `type`", "type"),
            ("the longest `display_username`", "display_username"),
        ] {
            let found = self.lengths(params).await;
            person.shows(Seen::new(about, found));
        }
        if let Some(prompt) = self.prompt {
            for seen in prompt.tried(self.user).await {
                person.shows(seen);
            }
        }
    }

    async fn clock(&self) -> String {
        let mut found = Vec::new();
        for (way, word) in [(-1, "behind"), (1, "ahead")] {
            let (mut taken, mut refused) = (0, FAR);
            let mut last = self.checked(way * FAR).await;
            if last.is_ok() {
                found.push(format!("{FAR} s {word} is taken"));
                continue;
            }
            while refused - taken > 1 {
                let middle = i64::midpoint(taken, refused);
                let heard = self.checked(way * middle).await;
                if heard.is_ok() {
                    taken = middle;
                } else {
                    (refused, last) = (middle, heard);
                }
            }
            found.push(format!("{taken} s {word} is taken, then {}", last.words()));
        }
        found.join("; ")
    }

    async fn checked(&self, off: i64) -> Heard {
        let call = Call::read("/auth/v2/check", &[]);
        let transport = &self.duo.transport;
        let patience = transport.patience().ordinary;
        Heard(transport.dated(&call, patience, off).await)
    }

    async fn verified(&self) -> String {
        let user = ("username", self.user);
        let with = [user, ("client_supports_verified_push", "1")];
        let with = self.post("/auth/v2/preauth", &with).await;
        let without = self.post("/auth/v2/preauth", &[user]).await;
        let code = match with.text("verification_code") {
            Some(code) => format!("a code of {} digits", code.len()),
            None => "no code".to_owned(),
        };
        format!(
            "a client that can: {code} ({}); one that cannot: {}",
            with.words(),
            without.words()
        )
    }

    /// A device that is nobody's keeps the phone silent; which parameter Duo names tells which it minded.
    async fn lengths(&self, name: &str) -> String {
        let mut found = Vec::new();
        for length in [100, 1_000, 10_000] {
            let text = "x".repeat(length);
            let heard = self.auth(&[(name, &text)]).await;
            found.push(format!("{length}: {}", heard.words()));
        }
        found.join("; ")
    }

    async fn auth(&self, more: &[(&str, &str)]) -> Heard {
        let mut params = vec![
            ("username", self.user),
            ("factor", "push"),
            ("device", NO_DEVICE),
            ("async", "1"),
        ];
        params.extend_from_slice(more);
        self.post("/auth/v2/auth", &params).await
    }
}

impl Heard {
    fn is_ok(&self) -> bool {
        matches!(self.0, Ok(Envelope::Ok(_)))
    }
}
