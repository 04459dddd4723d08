//! Text that no grammar took apart.

use super::names::{OURS, SHELLS, SIGNALS, WRAPPERS, by_name};
use super::{base, class};
use crate::policy::Risk;
use crate::policy::shell::{Finding, Path, Reading};

/// A look at text that no grammar took apart: names of classes where a command may begin.
pub(in crate::policy::shell) fn raw(command: &str, reading: &mut Reading) {
    let mut text = command;
    let cut;
    if text.len() > 200_000 {
        cut = text.chars().take(200_000).collect::<String>();
        text = &cut;
    }
    for part in text.split([';', '|', '&', '\n', '(', '`', '{', '"', '\'']) {
        let mut words = part
            .split_whitespace()
            .map(|word| word.trim_start_matches(['$', '!', '\\']));
        let mut first = words.next().unwrap_or_default();
        while WRAPPERS.contains(&base(first)) && by_name(base(first)).is_none()
            || first.contains('=')
        {
            match words.next() {
                Some(next) => first = next,
                None => break,
            }
        }
        let name = base(first);
        if let Some((rule, reason)) = by_name(name) {
            add(reading, class(rule, reason, name));
        }
        if OURS.contains(&name) || SIGNALS.contains(&name) && part.contains("thumbturn") {
            add(
                reading,
                class("class.own", "it changes Thumbturn itself", part.trim()),
            );
        }
    }
    for word in text.split(|c: char| c.is_whitespace() || "\"'`;|&()<>=,".contains(c)) {
        if word.contains(['/', '~']) && word.len() < 4096 && reading.paths.len() < 400 {
            reading.paths.push(Path {
                text: word.to_owned(),
                write: true,
            });
        }
        reading.hosts.extend(crate::policy::web::host_of(word));
    }
    let runs_download = text.contains('|')
        && ["curl", "wget", "base64"]
            .iter()
            .any(|name| text.contains(name))
        && text
            .split('|')
            .skip(1)
            .any(|part| SHELLS.contains(&base(part.split_whitespace().next().unwrap_or_default())));
    if runs_download {
        add(
            reading,
            Finding::new("shell.download", Risk::High, "it runs what it fetches"),
        );
    }
}

fn add(reading: &mut Reading, finding: Finding) {
    if !reading.findings.contains(&finding) {
        reading.findings.push(finding);
    }
}
