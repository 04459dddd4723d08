//! Real agents with a stand-in for their model, and with the gate in them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that goes wrong ends at once"
)]

mod claude;
mod gate;
mod readme;
mod rig;
mod scene;
mod webex;
