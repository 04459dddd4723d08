//! The rules that a person writes, in the order in which they are tried.

use std::collections::BTreeMap;

use crate::policy::McpReads;
use crate::policy::seen::Seen;
use crate::push::Disclosure;
use crate::{Ask, Facts, Judgement};

/// The rules in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    of_tools: BTreeMap<String, Judgement>,
}

impl Rules {
    pub fn mcp_reads(&self) -> McpReads {
        McpReads::default()
    }

    pub fn disclosure(&self) -> Disclosure {
        Disclosure::Full
    }

    /// One rule for each of these tools, by exact name.
    pub fn of_tools(of_tools: BTreeMap<String, Judgement>) -> Self {
        Self { of_tools }
    }

    /// What becomes of a judgement under them. They never loosen its floor.
    pub(crate) fn apply(
        &self,
        ask: &Ask,
        _facts: &Facts,
        _seen: &Seen,
        judgement: Judgement,
    ) -> Judgement {
        match self.of_tools.get(&ask.tool) {
            Some(ruled) if !judgement.floor => ruled.clone(),
            Some(_) | None => judgement,
        }
    }
}
