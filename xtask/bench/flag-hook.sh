#!/usr/bin/env bash
# A flag-file hook as one writes it in an afternoon: the thing that Thumbturn is measured against.
# Usage: flag-hook.sh FLAG_FILE, the agent's payload on stdin.
# Only its two quick ways are measured: flag off, and a call that only reads.
set -euo pipefail

input=$(cat)
[ -f "$1" ] || exit 0

tool=$(printf '%s' "$input" | jq -r '.tool_name')
case "$tool" in
  Read | Glob | Grep | TodoWrite) exit 0 ;;
esac

what=$(printf '%s' "$input" | jq -r '.tool_input.command // .tool_input.file_path // .tool_input.url // ""')
echo "Nothing was run: this hook asks no phone ($tool: $what)." >&2
exit 2
