#!/bin/sh
# Run before the package's files go. An agent whose settings still name our hook denies everything once the hook is gone,
# so whoever removes the package is told which files those are. Nothing is changed, and the removal always goes on.

# dpkg says what it does in words, rpm how many of the package stay. An update is no removal.
case "${1:-}" in
    remove | 0) ;;
    *) exit 0 ;;
esac

# Below another root only in tests.
root="${THUMBTURN_ROOT:-}"
hook="$root/usr/bin/thumbturn-hook"

# The home directories of everybody who is known here.
homes() {
    if [ -n "$root" ]; then
        cat "$root/etc/passwd"
    else
        getent passwd || cat /etc/passwd
    fi 2>/dev/null | cut -d: -f6 | grep '^/.' | sort -u
}

# At most 16 MB of a file, and not for long: it is somebody else's, and may be anything.
text_of() {
    [ -f "$1" ] && timeout 5 head -c 16777216 -- "$1" 2>/dev/null
}

# What was installed for a project, or where a variable moved an agent's directory, stands in our own list.
listed() {
    text_of "$1/.local/state/thumbturn/agents.json" |
        grep -o '"path":"/[^"\\]*"' | cut -d'"' -f4
}

candidates() {
    for file in claude-code/managed-settings.d/50-thumbturn.json codex/hooks.json \
        gemini-cli/settings.json github-copilot/policy.d/thumbturn.json; do
        printf '%s\n' "$root/etc/$file"
    done
    homes | while IFS= read -r home; do
        for file in .claude/settings.json .codex/hooks.json .gemini/settings.json .copilot/hooks/thumbturn.json; do
            printf '%s\n' "$root$home/$file"
        done
        listed "$root$home"
    done
}

found=$(candidates | LC_ALL=C sort -u | while IFS= read -r file; do
    # A skill names the command line and blocks nobody: only what starts the hook counts.
    if text_of "$file" | grep -qF -- "$hook"; then
        printf '  %s\n' "$file" | LC_ALL=C tr -d '\001-\010\013-\037\177'
    fi
done)

if [ -n "$found" ]; then
    cat <<END
thumbturn: these settings of AI agents still start $hook, which is removed now:
$found
thumbturn: those agents may refuse every tool call from now on. To free one, delete the
thumbturn: entries with thumbturn-hook from its file; or install Thumbturn again and run
thumbturn: \`thumbturn uninstall --all\` as that user before you remove it.
END
fi >&2
exit 0
