//! Settings files as people have them: twelve of each agent's, tidy and not.

use thumbturn_agents::Agent;

/// Texts that parse, whatever the agent makes of them.
pub(crate) fn of(agent: Agent) -> Vec<(&'static str, String)> {
    match agent {
        Agent::Claude => CLAUDE,
        Agent::Codex => CODEX,
        Agent::Gemini => GEMINI,
        Agent::Copilot => COPILOT,
    }
    .iter()
    .map(|(name, text)| (*name, (*text).to_owned()))
    .collect()
}

const CLAUDE: &[(&str, &str)] = &[
    ("an empty object", "{}"),
    ("an empty file", ""),
    ("no newline at the end", "{\n  \"model\": \"opus\"\n}"),
    (
        "tabs",
        "{\n\t\"model\": \"opus\",\n\t\"env\": {\n\t\t\"A\": \"1\"\n\t}\n}\n",
    ),
    (
        "one line",
        r#"{"model":"opus","permissions":{"allow":["Bash(ls:*)"],"deny":[]}}"#,
    ),
    (
        "carriage returns",
        "{\r\n  \"model\": \"opus\",\r\n  \"hooks\": {}\r\n}\r\n",
    ),
    ("a byte order mark", "\u{feff}{\n  \"model\": \"opus\"\n}\n"),
    (
        "comments",
        "// mine\n{\n  /* which */ \"model\": \"opus\", // the big one\n  \"hooks\": {\n    // none yet\n  }\n}\n// end\n",
    ),
    (
        "hooks of somebody else's",
        "{\n  \"hooks\": {\n    \"PreToolUse\": [\n      { \"matcher\": \"Bash\", \"hooks\": [ { \"type\": \"command\", \"command\": \"lint\" } ] }\n    ],\n    \"Stop\": [ { \"hooks\": [ { \"type\": \"command\", \"command\": \"say done\" } ] } ]\n  }\n}\n",
    ),
    (
        "a stray comma and odd blanks",
        "{ \"model\" :  \"opus\" ,\n\n\n   \"hooks\":{ \"PreToolUse\":[ ],  },\n}\n",
    ),
    (
        "letters of the world",
        "{\n  \"statusLine\": {\"type\": \"command\", \"command\": \"echo → 😀 \\u00e9\"},\n  \"z\": 1.50e1\n}\n",
    ),
    (
        "keys out of order, with a schema",
        "{\n    \"$schema\": \"https://json.schemastore.org/claude-code-settings.json\",\n    \"permissions\": {\n        \"defaultMode\": \"acceptEdits\"\n    },\n    \"hooks\": {\n        \"SessionStart\": [],\n        \"PermissionRequest\": []\n    },\n    \"alwaysThinkingEnabled\": true\n}\n",
    ),
];

const CODEX: &[(&str, &str)] = &[
    ("an empty object", "{}\n"),
    ("an empty file", ""),
    ("a description", "{\n  \"description\": \"mine\"\n}\n"),
    (
        "no newline at the end",
        "{\"description\":\"mine\",\"hooks\":{}}",
    ),
    ("tabs", "{\n\t\"hooks\": {\n\t\t\"Stop\": []\n\t}\n}\n"),
    ("carriage returns", "{\r\n  \"hooks\": {\r\n  }\r\n}\r\n"),
    (
        "hooks of somebody else's",
        "{\n  \"hooks\": {\n    \"PreToolUse\": [\n      {\"matcher\": \"Bash\", \"hooks\": [{\"type\": \"command\", \"command\": \"lint\"}]}\n    ]\n  }\n}\n",
    ),
    (
        "two groups and a long list",
        "{ \"hooks\": { \"PreToolUse\": [ { \"hooks\": [] },\n { \"matcher\": \"*\",\n   \"hooks\": [ {\"type\":\"command\",\"command\":\"a\"}, {\"type\":\"command\",\"command\":\"b\"} ] } ], \"PostToolUse\": [ ] } }\n",
    ),
    ("comments", "{\n  // ours\n  \"hooks\": {}\n}\n"),
    (
        "a stray comma",
        "{\n  \"hooks\": { \"SessionStart\": [], },\n}\n",
    ),
    ("odd blanks", "\n\n {  \"hooks\" : {   }   }  \n\n"),
    (
        "letters of the world",
        "{\"description\": \"Tür → 😀\", \"hooks\": {\"Stop\": [ ]}}\n",
    ),
];

const GEMINI: &[(&str, &str)] = &[
    ("an empty object", "{}"),
    ("an empty file", ""),
    (
        "a theme",
        "{\n  \"ui\": {\n    \"theme\": \"GitHub\"\n  }\n}\n",
    ),
    (
        "no newline at the end",
        "{\"security\":{\"auth\":{\"selectedType\":\"oauth-personal\"}}}",
    ),
    (
        "tabs",
        "{\n\t\"hooksConfig\": {\n\t\t\"enabled\": true\n\t}\n}\n",
    ),
    ("carriage returns", "{\r\n  \"general\": {}\r\n}\r\n"),
    (
        "comments",
        "/* Gemini takes these */\n{\n  // which editor\n  \"general\": { \"preferredEditor\": \"vim\" } // always\n}\n",
    ),
    (
        "hooks of somebody else's",
        "{\n  \"hooks\": {\n    \"BeforeTool\": [\n      {\n        \"matcher\": \"write_file|replace\",\n        \"hooks\": [\n          { \"name\": \"lint\", \"type\": \"command\", \"command\": \"lint\", \"timeout\": 5000 }\n        ]\n      }\n    ],\n    \"AfterAgent\": []\n  }\n}\n",
    ),
    ("an empty list", "{ \"hooks\": { \"BeforeTool\": [] } }\n"),
    ("a stray comma", "{\n  \"ui\": {},\n}\n"),
    (
        "servers",
        "{\"mcpServers\":{\"webex\":{\"command\":\"npx\",\"args\":[\"-y\",\"webex\"]}},\"hooks\":{}}\n",
    ),
    (
        "letters of the world",
        "{\n  \"ui\": { \"customWittyPhrases\": [\"Tür → 😀\", \"\\u00e9\"] }\n}\n",
    ),
];

const COPILOT: &[(&str, &str)] = &[
    ("ours alone before", "{\n  \"version\": 1\n}\n"),
    ("an empty file", ""),
    ("an empty object", "{}"),
    ("no newline at the end", "{\"version\":1,\"hooks\":{}}"),
    (
        "tabs",
        "{\n\t\"version\": 1,\n\t\"hooks\": {\n\t\t\"sessionEnd\": []\n\t}\n}\n",
    ),
    ("carriage returns", "{\r\n  \"version\": 1\r\n}\r\n"),
    (
        "hooks of somebody else's",
        "{\n  \"version\": 1,\n  \"hooks\": {\n    \"preToolUse\": [\n      { \"type\": \"command\", \"bash\": \"./lint.sh\", \"timeoutSec\": 5 }\n    ]\n  }\n}\n",
    ),
    (
        "an empty list",
        "{ \"version\": 1, \"hooks\": { \"preToolUse\": [ ] } }\n",
    ),
    ("comments", "{\n  // first\n  \"version\": 1\n}\n"),
    ("a stray comma", "{\n  \"version\": 1,\n}\n"),
    ("odd blanks", "\n{  \"hooks\" : { } ,  \"version\":1 }\n\n"),
    (
        "letters of the world",
        "{\"version\": 1, \"description\": \"Tür → 😀\"}\n",
    ),
];
