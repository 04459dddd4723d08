//! Real agents with a stand-in for their model: what the rig can see before anything of ours is in it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a story that goes wrong ends at once"
)]

mod rig;
