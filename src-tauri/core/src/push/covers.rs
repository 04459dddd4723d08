//! What a tap grants, in words: never less than the grant.

use super::fit;
use crate::{Covers, Life, Offer};

impl Offer {
    /// What the approval lets through and until when: "Edits in /home/dana/shop by this session until
    /// the prompt ends, at most 50 more".
    pub fn words(&self) -> String {
        let what = match &self.covers {
            Covers::Same(_) => "This exact call".to_owned(),
            Covers::Rule {
                rule,
                what,
                project,
                host,
            } => {
                let what = fit::row(&upper(what), 80, 500);
                let place = project
                    .as_ref()
                    .map(|dir| format!(" in {}", fit::row(dir, 120, 700)));
                let host = host
                    .as_ref()
                    .map(|host| format!(" to {}", fit::row(host, 120, 600)));
                format!(
                    "{what}{}{} (rule {})",
                    host.unwrap_or_default(),
                    place.unwrap_or_default(),
                    fit::row(&rule.0, 60, 350)
                )
            }
        };
        format!("{what}, {}", self.reach())
    }

    /// How far it reaches, without what it is about.
    pub(super) fn reach(&self) -> String {
        let until = match self.life {
            Life::Minutes(1) => "for 1 minute".to_owned(),
            Life::Minutes(minutes) => format!("for {minutes} minutes"),
            Life::Prompt => "until the prompt ends".to_owned(),
            Life::Session => "until the session ends".to_owned(),
        };
        format!("by this session {until}, at most {} more", self.most)
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RuleId;
    use pretty_assertions::assert_eq;

    #[test]
    fn everything_that_a_grant_reaches_is_said() {
        let of = |covers, life, most| Offer { covers, life, most }.words();
        let rule = |project: Option<&str>, host: Option<&str>| Covers::Rule {
            rule: RuleId("project-edits".into()),
            what: "edits".into(),
            project: project.map(Into::into),
            host: host.map(Into::into),
        };
        assert_eq!(
            of(Covers::Same("d1".into()), Life::Minutes(10), 5),
            "This exact call, by this session for 10 minutes, at most 5 more"
        );
        assert_eq!(
            of(rule(Some("/home/dana/shop"), None), Life::Prompt, 50),
            "Edits in /home/dana/shop (rule project-edits), by this session until the prompt ends, at most 50 more"
        );
        assert_eq!(
            of(rule(None, Some("example.com")), Life::Session, 1),
            "Edits to example.com (rule project-edits), by this session until the session ends, at most 1 more"
        );
    }
}
