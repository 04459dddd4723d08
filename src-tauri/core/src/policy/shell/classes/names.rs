//! Commands by name.

/// Commands that run the words after them.
pub(super) const WRAPPERS: &[&str] = &[
    "env",
    "nice",
    "nohup",
    "time",
    "timeout",
    "command",
    "builtin",
    "exec",
    "setsid",
    "stdbuf",
    "ionice",
    "chrt",
    "taskset",
    "watch",
    "xargs",
    "unbuffer",
    "script",
    "busybox",
    "toybox",
    "noglob",
    "catchsegv",
    "prlimit",
    "flock",
    "unshare",
    "nsenter",
    "chroot",
    "systemd-run",
    "entr",
    "parallel",
    "doas",
    "sudo",
    "caffeinate",
];
pub(super) const SHELLS: &[&str] = &[
    "sh", "bash", "zsh", "dash", "ksh", "fish", "ash", "eval", "su", "csh", "tcsh", "mksh",
];
pub(super) const AGENTS: &[&str] = &[
    "claude",
    "codex",
    "gemini",
    "copilot",
    "cursor-agent",
    "cursor",
    "opencode",
    "aider",
    "goose",
    "amp",
    "qwen",
    "droid",
    "crush",
    "agy",
    "kiro",
    "windsurf",
    "cline",
    "claude-code",
    "openhands",
    "plandex",
    "gptme",
    "auggie",
];
/// Packages that are agents, as `npx` and its like name them.
pub(super) const PACKAGES: &[&str] = &[
    "claude-code",
    "codex",
    "gemini-cli",
    "copilot",
    "opencode-ai",
    "qwen-code",
    "aider-chat",
    "cursor-agent",
];
pub(super) const RUNNERS: &[&str] = &[
    "npx", "bunx", "pnpx", "uvx", "pipx", "dlx", "pnpm", "yarn", "npm", "bun", "deno", "uv",
];
pub(super) const KEYCHAINS: &[&str] = &[
    "secret-tool",
    "security",
    "cmdkey",
    "keyring",
    "gnome-keyring",
    "gnome-keyring-daemon",
    "gnome-keyring-3",
    "kwallet-query",
    "kwalletcli",
    "kwallet",
    "pass",
    "gopass",
    "op",
    "bw",
    "rbw",
    "lpass",
    "keepassxc-cli",
    "seahorse",
    "ssh-add",
    "ssh-agent",
    "gpg-connect-agent",
    "vault",
    "aws-vault",
    "chamber",
    "libsecret",
    "keyctl",
];
pub(super) const DESKTOP: &[&str] = &[
    "busctl",
    "gdbus",
    "dbus-send",
    "dbus-monitor",
    "qdbus",
    "qdbus6",
    "qdbus-qt5",
    "xdotool",
    "ydotool",
    "ydotoold",
    "wtype",
    "osascript",
    "xte",
    "wmctrl",
    "xautomation",
    "dotool",
    "kdotool",
    "cliclick",
    "automator",
    "autokey-run",
    "xvkbd",
    "sikulix",
    "atspi",
    "dogtail",
    "dbus-run-session",
    "dbus-launch",
    "hyprctl",
    "swaymsg",
    "i3-msg",
];
pub(super) const DEBUGGERS: &[&str] = &[
    "gdb",
    "lldb",
    "strace",
    "ltrace",
    "perf",
    "rr",
    "ptrace",
    "bpftrace",
    "dtrace",
    "valgrind",
    "gcore",
    "uftrace",
    "radare2",
    "r2",
    "frida",
    "frida-trace",
];
pub(super) const ROOTS: &[&str] = &[
    "sudo", "doas", "su", "pkexec", "run0", "sudoedit", "visudo", "runas", "gosu", "su-exec",
];
pub(super) const SIGNALS: &[&str] = &[
    "kill", "pkill", "killall", "skill", "snice", "xkill", "killall5", "fuser",
];
pub(super) const OURS: &[&str] = &[
    "thumbturn",
    "thumbturn-tray",
    "thumbturn-hook",
    "thumbturn-window",
];

/// What `name` is, where that alone says it.
pub(super) fn by_name(name: &str) -> Option<(&'static str, &'static str)> {
    let known = |list: &[&str]| list.contains(&name);
    if known(ROOTS) {
        Some(("class.root", "it runs as another user"))
    } else if known(AGENTS) {
        Some(("class.agent", "it starts another agent"))
    } else if known(KEYCHAINS) || name.starts_with("kwallet") || name.starts_with("gnome-keyring") {
        Some(("class.keychain", "it speaks to a keychain"))
    } else if known(DESKTOP) || name.starts_with("qdbus") {
        Some(("class.desktop", "it can click and type for a person"))
    } else if known(DEBUGGERS) {
        Some(("class.debugger", "it looks into other processes"))
    } else {
        None
    }
}
