//! The rules that a person writes, in the order in which they are tried.

use crate::policy::McpReads;
use crate::policy::seen::Seen;
use crate::{Ask, Facts, Judgement};

/// The rules in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {}

impl Rules {
    pub fn mcp_reads(&self) -> McpReads {
        McpReads::default()
    }

    /// What becomes of a judgement under them. They never loosen its floor.
    pub(crate) fn apply(
        &self,
        _ask: &Ask,
        _facts: &Facts,
        _seen: &Seen,
        judgement: Judgement,
    ) -> Judgement {
        judgement
    }
}
