"""The tenant under test, the phone in one's hand, and the list of checks, for `check.py` and `universal.py`.

Reads {host, port, http_port, phone_port, ikey, skey, client_id, client_secret, ca} as JSON from stdin. Lines: `ok NAME` or `FAIL NAME: why`.
"""

import http.client
import json
import sys
import threading
import traceback

import duo_client

HERE = json.load(sys.stdin)
PHONE, TOKEN = "DPPHONE0000000000000", "DHTOKEN0000000000000"
LOGIN = {"username": "dana"}
PUSH = dict(LOGIN, factor="push", device="auto")
CASES = []


def client(skey=None, ikey=None, **options):
    options = {"ca_certs": HERE["ca"], "port": HERE["port"], **options}
    return duo_client.Auth(ikey or HERE["ikey"], skey or HERE["skey"], HERE["host"], **options)


def control(path, order):
    connection = http.client.HTTPConnection("127.0.0.1", HERE["phone_port"], timeout=10)
    connection.request("POST", path, json.dumps(order), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def script(order):
    status, answer = control("/__sim/script", order)
    assert status == 200, answer


def tap(txid, how, code=None):
    return control("/__sim/tap", {"txid": txid, "tap": how, "code": code})


def phone(look):
    """The first thing that `look` finds on the phone, whenever that is."""
    connection = http.client.HTTPConnection("127.0.0.1", HERE["phone_port"], timeout=10)
    connection.request("GET", "/__sim/events")
    for line in connection.getresponse():
        if line.startswith(b"data: "):
            found = look(json.loads(line[6:]))
            if found:
                connection.close()
                return found
    raise AssertionError("the phone never showed it")


def ringing(state):
    return state["ringing"] and state["ringing"][0]


def dana(**changes):
    capabilities = changes.pop("capabilities", ["auto", "push", "sms", "phone", "mobile_otp"])
    user = {
        "name": "dana",
        "id": "DUDANA00000000000000",
        "devices": [
            {"id": PHONE, "kind": "phone", "name": "iPhone", "number": "+1 555 010 4788",
             "capabilities": capabilities, "passcodes": ["111111", "222222"]},
            {"id": TOKEN, "kind": "token", "name": "0", "passcodes": ["333333"]},
        ],
        "bypass_codes": ["999999999"],
        **changes,
    }
    script({"user": user})


def policy(**rules):
    script({"policy": rules})


def case(name):
    def add(function):
        CASES.append((name, function))
        return function

    return add


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def refused(status, code, detail, call, *args, **named):
    try:
        answer = call(*args, **named)
    except RuntimeError as cause:
        body = cause.data
        equal((cause.status, body["stat"], body["code"], body.get("message_detail")), (status, "FAIL", code, detail))
        return body["message"]
    raise AssertionError(f"was not refused: {answer!r}")


def taken(call, how, **named):
    """What a blocking call answers once the thumb did `how`."""
    box = []
    thread = threading.Thread(target=lambda: box.append(call(**named)))
    thread.start()
    push = phone(ringing)
    for step in how:
        equal(tap(push["txid"], step)[0], 200)
    thread.join(10)
    return box[0], push


def polled(sdk, txid):
    answer = sdk.auth_status(txid)
    return answer["waiting"], answer["success"], answer["status"]


def run():
    failed = 0
    for name, function in CASES:
        script("clear")
        script({"advance": {"seconds": 61}})
        script({"logo": {"shown": False}})
        policy()
        dana()
        try:
            function()
            print(f"ok {name}", flush=True)
        except Exception as cause:
            failed += 1
            print(f"FAIL {name}: {type(cause).__name__}: {cause}".replace("\n", " "), flush=True)
            traceback.print_exc()
    sys.exit(failed != 0)
