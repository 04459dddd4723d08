//! How agents put their questions: for the hook, and for whoever explains what becomes of one.

pub mod dialects;
