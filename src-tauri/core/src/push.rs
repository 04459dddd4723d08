//! What the phone shows.

/// The text of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Duo's `type`: a whole phrase, shown above the rows.
    pub kind: String,
    /// Duo's `pushinfo`, in order.
    pub pairs: Vec<(String, String)>,
}
