//! Whether a rule's conditions hold for a call.

use super::When;
use super::star::{fits, is_host, leads_to};
use crate::policy::seen::Seen;
use crate::policy::shell::Command;
use crate::{Ask, Facts, Risk};

/// A call, with all that is known of it.
pub(super) struct Call<'a> {
    pub(super) ask: &'a Ask,
    pub(super) facts: &'a Facts,
    pub(super) seen: &'a Seen,
}

impl Call<'_> {
    /// Everything of it is known, and matches.
    pub(super) fn wholly(&self, when: &When) -> Result<(), String> {
        self.who_and_what(when)?;
        self.where_from(when, false)?;
        if !when.commands.is_empty() {
            self.every_command(when)?;
        } else if self.seen.shell.is_some() && when.tools.iter().any(|tool| tool == "*") {
            return Err("it names no command".to_owned());
        }
        if !when.paths.is_empty() {
            let paths = &self.seen.paths;
            if paths.is_empty() || !paths.iter().all(|path| self.is_at(when, &path.text, false)) {
                return Err("a path lies elsewhere".to_owned());
            }
        }
        let hosts = &self.seen.hosts;
        let known = |host: &String| when.hosts.iter().any(|pattern| is_host(pattern, host));
        if !when.hosts.is_empty() && (hosts.is_empty() || !hosts.iter().all(known)) {
            return Err("a host is another".to_owned());
        }
        Ok(())
    }

    /// Anything of it matches, or may.
    pub(super) fn anywhere(&self, when: &When) -> Result<(), String> {
        self.who_and_what(when)?;
        self.where_from(when, true)?;
        if !when.commands.is_empty() {
            let commands = self.seen.shell.iter().flat_map(|reading| &reading.commands);
            let mut found = commands
                .filter(|command| when.commands.iter().any(|pattern| pattern.may_be(command)));
            if found.next().is_none() {
                return Err("no command matches".to_owned());
            }
        }
        let mut paths = self.seen.paths.iter();
        if !when.paths.is_empty() && !paths.any(|path| self.is_at(when, &path.text, true)) {
            return Err("no path matches".to_owned());
        }
        let mut hosts = self.seen.hosts.iter();
        let known = |host: &String| when.hosts.iter().any(|pattern| is_host(pattern, host));
        if !when.hosts.is_empty() && !hosts.any(known) {
            return Err("no host matches".to_owned());
        }
        Ok(())
    }

    fn who_and_what(&self, when: &When) -> Result<(), String> {
        let agent = self.ask.agent.word();
        if !when.agents.is_empty() && !when.agents.iter().any(|name| name == agent) {
            return Err("the agent is another".to_owned());
        }
        if !when.tools.is_empty() && !when.tools.iter().any(|tool| fits(tool, &self.ask.tool)) {
            return Err("the tool is another".to_owned());
        }
        if when.server.is_none() && when.mcp_tool.is_none() && when.args.is_empty() {
            return Ok(());
        }
        let Some((server, tool)) = &self.seen.mcp else {
            return Err("it is no tool of an MCP server".to_owned());
        };
        let is = |pattern: &Option<String>, name: &str| {
            pattern.as_ref().is_none_or(|pattern| fits(pattern, name))
        };
        if !is(&when.server, server) || !is(&when.mcp_tool, tool) {
            return Err("the MCP tool is another".to_owned());
        }
        let holds = |(name, pattern): &(String, String)| {
            let value = self.seen.fields.get(name);
            value
                .and_then(|value| value.as_str())
                .is_some_and(|text| fits(pattern, text))
        };
        if when.args.iter().all(holds) {
            Ok(())
        } else {
            Err("an argument is another".to_owned())
        }
    }

    fn where_from(&self, when: &When, unknown: bool) -> Result<(), String> {
        if when.projects.is_empty() {
            return Ok(());
        }
        let within = match &self.facts.cwd {
            Some(cwd) => when
                .projects
                .iter()
                .any(|dir| is_below(cwd, &self.whole(dir))),
            None => unknown,
        };
        within
            .then_some(())
            .ok_or_else(|| "the project is another".to_owned())
    }

    fn every_command(&self, when: &When) -> Result<(), String> {
        let Some(reading) = &self.seen.shell else {
            return Err("it runs no command".to_owned());
        };
        if !reading.is_whole {
            return Err("not all of its commands can be known".to_owned());
        }
        if reading
            .findings
            .iter()
            .any(|finding| finding.class || finding.risk > Risk::Normal)
        {
            return Err("a part of it is of high risk".to_owned());
        }
        let acts = |command: &&Command| command.harmless.is_none() || command.has_effects;
        let mut acting = reading.commands.iter().filter(acts).peekable();
        if acting.peek().is_none() {
            return Err("no command of it acts".to_owned());
        }
        let known = |command: &Command| {
            !command.has_effects && when.commands.iter().any(|pattern| pattern.is(command))
        };
        if acting.all(known) {
            Ok(())
        } else {
            Err("a command of it does not match, or writes".to_owned())
        }
    }

    fn is_at(&self, when: &When, text: &str, unknown: bool) -> bool {
        let Some(path) = self.facts.paths.get(text) else {
            return unknown;
        };
        when.paths.iter().any(|pattern| match pattern.as_str() {
            "project" => self
                .project()
                .is_some_and(|project| is_below(path, &project)),
            pattern => {
                let whole = self.whole(pattern);
                leads_to(&whole, path, self.facts.folds_case)
            }
        })
    }

    /// The project's directory, unless that is a home or holds homes.
    pub(super) fn project(&self) -> Option<String> {
        let project = self.facts.project.as_ref().or(self.facts.cwd.as_ref())?;
        let home = self.facts.home.as_deref().unwrap_or("/");
        (!is_below(home, project)).then(|| project.clone())
    }

    /// `~` and names below the project made whole.
    fn whole(&self, pattern: &str) -> String {
        let home = self.facts.home.as_deref().unwrap_or("/nonexistent");
        match pattern.strip_prefix('~') {
            Some(rest) => format!("{home}{rest}"),
            None if pattern.starts_with('/') => pattern.to_owned(),
            None => format!("{}/{pattern}", self.project().unwrap_or_default()),
        }
    }
}

fn is_below(path: &str, dir: &str) -> bool {
    path.strip_prefix(dir.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
