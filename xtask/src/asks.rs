//! The five tool calls of the demo, as Claude Code's `PreToolUse` puts them.

use serde_json::{Value, json};

/// What a call must come to when the demo taps by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The phone rings, shows these words, and the thumb does this.
    Thumb { shows: &'static str, tap: Tap },
    /// The phone stays silent and the agent asks its own way.
    NoWord,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tap {
    Approve,
    Deny,
}

impl Tap {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Deny => "deny",
        }
    }
}

pub(crate) struct Ask {
    pub(crate) tool: &'static str,
    /// What a person needs to know of its input.
    pub(crate) gist: &'static str,
    pub(crate) wanted: Wanted,
    input: Value,
}

impl Ask {
    /// The bytes that the agent writes to the hook.
    pub(crate) fn payload(&self, number: usize) -> String {
        json!({
            "session_id": "5f0c6c1e-6a1b-4d0f-9a55-2f2f9f1f7a10",
            "prompt_id": "0c7e1a52-1d0e-4b5e-8e39-64ad0c3f8a77",
            "transcript_path": "/home/dana/.claude/projects/-home-dana-shop/5f0c6c1e.jsonl",
            "cwd": "/home/dana/shop",
            "permission_mode": "default",
            "hook_event_name": "PreToolUse",
            "tool_name": self.tool,
            "tool_input": self.input,
            "tool_use_id": format!("toolu_demo_{number}"),
        })
        .to_string()
    }
}

pub(crate) fn read_only() -> Ask {
    Ask {
        tool: "Read",
        gist: "/home/dana/shop/README.md",
        wanted: Wanted::NoWord,
        input: json!({"file_path": "/home/dana/shop/README.md"}),
    }
}

pub(crate) fn push_to_main() -> Ask {
    Ask {
        tool: "Bash",
        gist: "git push origin main",
        wanted: Wanted::Thumb {
            shows: "git push origin main",
            tap: Tap::Approve,
        },
        input: json!({"command": "git push origin main", "description": "Push the release"}),
    }
}

/// The blog's four examples, and a call that is nobody's business.
pub(crate) fn all() -> Vec<Ask> {
    vec![
        push_to_main(),
        Ask {
            tool: "Edit",
            gist: "/path/to/config.json",
            wanted: Wanted::Thumb {
                shows: "/path/to/config.json",
                tap: Tap::Approve,
            },
            input: json!({
                "file_path": "/path/to/config.json",
                "old_string": "\"debug\": true",
                "new_string": "\"debug\": false",
            }),
        },
        read_only(),
        Ask {
            tool: "mcp__webex__webex_send_message",
            gist: "roomId=abc123",
            wanted: Wanted::Thumb {
                shows: "webex_send_message (roomId=abc123)",
                tap: Tap::Approve,
            },
            input: json!({"roomId": "abc123"}),
        },
        Ask {
            tool: "WebFetch",
            gist: "https://example.com",
            wanted: Wanted::Thumb {
                shows: "https://example.com",
                tap: Tap::Deny,
            },
            input: json!({"url": "https://example.com", "prompt": "What is this page about?"}),
        },
    ]
}
