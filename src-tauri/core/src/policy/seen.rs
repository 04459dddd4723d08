//! What a call would touch, read out of its input once, for everything that judges it.

use std::collections::BTreeMap;

use serde_json::Value;
use thumbturn_wire::Ask;

use super::shell::{Path, Reading};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// Of a tool that runs a command line.
    pub shell: Option<Reading>,
    /// Every path that it names, as it stands there.
    pub paths: Vec<Path>,
    /// Hosts that it names, in lower case and without port.
    pub hosts: Vec<String>,
    /// Server and the tool's own name.
    pub mcp: Option<(String, String)>,
    /// The input's fields; none where it is unreadable.
    pub fields: BTreeMap<String, Value>,
}

impl Seen {
    pub fn of(_ask: &Ask) -> Self {
        Self::default()
    }
}
