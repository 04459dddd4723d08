//! Where agents keep their settings, how the gate gets into them and out again, and whether it stands there.
//!
//! Install and uninstall are edits from text to text, and so is every check. Only [`Disk`], which carries
//! out what was planned, and what tells of programs touch the machine.

mod claude;
mod codex;
mod copilot;
mod disk;
mod edit;
mod entries;
mod fault;
mod gemini;
mod health;
mod homes;
mod instruction;
mod json;
mod machine;
mod plan;
mod versions;

pub use codex::{Trust, trusts};
pub use disk::{Disk, DiskError, Kept};
pub use edit::EditError;
pub use entries::Program;
pub use fault::{Fault, Severity};
pub use health::{Health, check, still_stands};
pub use homes::{Homes, Tier};
pub use machine::{Found, found, here, hook_fault, packaged_hook, program};
pub use plan::{Change, Plan, install, uninstall};
pub use thumbturn_wire::Agent;
pub use versions::{Version, floor, version_in};

/// How files are read here: `None` where there is none.
pub type Read<'a> = &'a dyn Fn(&std::path::Path) -> std::io::Result<Option<String>>;
