"""The same hook in Python with Duo's own SDK: the thing that Thumbturn is measured against.

Usage: duo_hook.py FLAG_FILE HOST:PORT CA_FILE USER, the agent's payload on stdin and
Duo's keys in the environment. Written plainly, as one writes it in an afternoon.
"""

import json
import os
import sys

import duo_client

READS = {"Read", "Glob", "Grep", "TodoWrite"}


def main():
    flag, host, ca_file, user = sys.argv[1:]
    payload = json.load(sys.stdin)
    if not os.path.exists(flag) or payload["tool_name"] in READS:
        return 0
    name, _, port = host.partition(":")
    auth = duo_client.Auth(
        ikey=os.environ["DUO_INTEGRATION_KEY"],
        skey=os.environ["DUO_SECRET_KEY"],
        host=name,
        port=int(port),
        ca_certs=ca_file,
    )
    if auth.preauth(username=user)["result"] != "auth":
        return 2
    txid = auth.auth(
        "push",
        username=user,
        device="auto",
        async_txn=True,
        type="Claude Code",
        pushinfo="Command=" + payload["tool_input"].get("command", ""),
    )["txid"]
    while True:
        status = auth.auth_status(txid)
        if not status["waiting"]:
            break
    if not status["success"]:
        return 2
    answer = {"hookEventName": "PreToolUse", "permissionDecision": "allow"}
    print(json.dumps({"hookSpecificOutput": answer}))
    return 0


sys.exit(main())
