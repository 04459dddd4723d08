//! A Duo tenant in a box.
