//! A model that plays a script to a real coding agent, on loopback.
//!
//! A stand-in for tests: no real model is involved. It speaks the four wire formats that agents speak, says the turns of
//! a [`Script`] one after another, and remembers what the agent told it about the calls.
//!
//! | path ends with | wire format | an agent that speaks it |
//! |---|---|---|
//! | `/messages`, `/messages/count_tokens` | Anthropic Messages | Claude Code |
//! | `/responses` | OpenAI Responses | Codex |
//! | `/chat/completions` | OpenAI Chat Completions | Copilot, with a provider of one's own |
//! | `:streamGenerateContent`, `:generateContent`, `:countTokens` | Gemini | Gemini CLI |
//!
//! Which turn is next is read from the conversation in each request, so a request that is sent twice is answered alike,
//! and two sessions do not disturb each other. A request that offers no tools is a side request, such as one for a title,
//! and gets a short text.
//!
//! A tool that the agent has to look up first is looked up by a turn of its own: `ToolSearch` with Claude Code,
//! `tool_search` with Codex.

mod conversation;
mod dialect;
mod memory;
mod model;
mod script;
mod server;
mod sse;

pub use memory::{Request, Told};
pub use model::Model;
pub use script::{Aside, Call, Script, Turn};
