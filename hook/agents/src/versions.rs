//! Which versions of an agent keep what we ask of them.

use std::cmp::Ordering;

use thumbturn_wire::Agent;

/// Three numbers, as agents number themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64, pub u64, pub u64);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// The oldest version that we rely on.
///
/// Claude Code can stay shut when a hook breaks since 2.1.295 (its release notes; 2.1.197 was seen to
/// ignore the key). The others have no such switch: theirs is the version whose hooks were observed.
pub fn floor(agent: Agent) -> Version {
    match agent {
        Agent::Claude => Version(2, 1, 295),
        Agent::Codex => Version(0, 124, 0),
        Agent::Gemini => Version(0, 61, 0),
        Agent::Copilot => Version(1, 0, 102),
    }
}

/// The first version in what `agent --version` prints.
pub fn version_in(text: &str) -> Option<Version> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find_map(|word| {
            let mut numbers = word
                .trim_matches('.')
                .split('.')
                .map(|number| number.parse().ok());
            let version = Version(numbers.next()??, numbers.next()??, numbers.next()??);
            (numbers.next().is_none()).then_some(version)
        })
}

/// Whether it is too old to be relied on.
pub(crate) fn is_old(agent: Agent, version: Version) -> bool {
    version.cmp(&floor(agent)) == Ordering::Less
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_agents_print_them() {
        for (text, version) in [
            ("2.1.330 (Claude Code)", Some(Version(2, 1, 330))),
            ("codex-cli 0.169.0", Some(Version(0, 169, 0))),
            ("0.61.0\n", Some(Version(0, 61, 0))),
            ("GitHub Copilot CLI 1.0.102.\nRun", Some(Version(1, 0, 102))),
            ("1.0.102", Some(Version(1, 0, 102))),
            ("no version", None),
            ("", None),
        ] {
            assert_eq!(version_in(text), version, "{text}");
        }
    }

    #[test]
    fn older_is_less() {
        assert!(is_old(Agent::Claude, Version(2, 1, 294)));
        assert!(!is_old(Agent::Claude, Version(2, 1, 295)));
        assert!(!is_old(Agent::Claude, Version(3, 0, 0)));
    }
}
