"""Runs every call of Auth API v2 through Duo's unmodified `duo_client` and prints one line per behaviour."""

import hashlib
import threading
from urllib.parse import quote

import duo_client
from tenant import (HERE, LOGIN, PHONE, PUSH, TOKEN, case, client, dana, equal, phone, policy, polled, refused,
                    ringing, run, script, taken, tap)

FLAVOURS = {
    "v5 JSON": {},
    "v4 JSON": {"sig_version": 4},
    "v2 SHA-512 form": {"sig_version": 2, "digestmod": hashlib.sha512},
    "v2 SHA-1 form": {"sig_version": 2, "digestmod": hashlib.sha1},
    "v5 over plain HTTP": {"ca_certs": "HTTP", "port": HERE["http_port"]},
}


def each_flavour(flavour, options):
    @case(f"ping, {flavour}")
    def _():
        assert client(**options).ping()["time"] > 1_600_000_000

    @case(f"check, {flavour}")
    def _():
        assert client(**options).check()["time"] > 1_600_000_000

    @case(f"wrong secret key is 40103, {flavour}")
    def _():
        refused(401, 40103, None, client(skey="x" * 40, **options).check)
        refused(401, 40103, None, client(skey="x" * 40, **options).preauth, **LOGIN)

    @case(f"preauth, async push, poll, approve, poll, {flavour}")
    def _():
        sdk = client(**options)
        equal(sdk.preauth(ipaddr="192.0.2.1", **LOGIN)["result"], "auth")
        txid = sdk.auth(async_txn=True, type="Approve command", display_username="Dana é ☕",
                        pushinfo="Command=" + quote("rm -rf '/tmp/a b' && echo 1+1=2 ☕", safe="") + "&Why=it%27s%20(x)*!~", **PUSH)["txid"]
        equal(polled(sdk, txid), (True, False, "pushed"))
        push = phone(ringing)
        equal((push["txid"], push["type"], push["username"], push["pushinfo"]),
              (txid, "Approve command", "Dana é ☕",
               [["Command", "rm -rf '/tmp/a b' && echo 1+1=2 ☕"], ["Why", "it's (x)*!~"]]))
        tap(txid, "approve")
        equal(polled(sdk, txid), (False, True, "allow"))


for flavour, options in FLAVOURS.items():
    each_flavour(flavour, options)


@case("a client that does not know the CA refuses the tenant")
def _():
    sdk = duo_client.Auth(HERE["ikey"], HERE["skey"], HERE["host"], port=HERE["port"])
    try:
        sdk.ping()
    except OSError as cause:
        assert "CERTIFICATE_VERIFY_FAILED" in str(cause), cause
    else:
        raise AssertionError("connected")


@case("unknown integration key is 40102")
def _():
    equal(refused(401, 40102, None, client(ikey="DI" + "X" * 18).check), "Invalid integration key in request credentials")


@case("wrong application type is 40301")
def _():
    script({"fault": {"endpoint": "check", "times": 1, "fault": {"fail": {"code": 40301, "detail": "Wrong integration type for this API."}}}})
    equal(refused(403, 40301, "Wrong integration type for this API.", client().check), "Access forbidden")


@case("clock skew: 290 s passes, 310 s is 40105, both ways")
def _():
    for skew in (290, -290):
        script({"skew": skew})
        client().check()
    for skew in (310, -310):
        script({"skew": skew})
        equal(refused(401, 40105, None, client().check), "Bad request timestamp")
        client().ping()


@case("unknown path is 40401, wrong method is 40501")
def _():
    refused(404, 40401, None, client().json_api_call, "GET", "/auth/v2/nothing", {})
    refused(405, 40501, None, client().json_api_call, "GET", "/auth/v2/preauth", {})


@case("logo: image when there is one, error when not")
def _():
    refused(404, 40401, None, client().logo)
    script({"logo": {"shown": True}})
    equal(client().logo()[:4], b"\x89PNG")


@case("enroll, waiting, success; the new user can push")
def _():
    sdk = client()
    new = sdk.enroll(username="erin", valid_secs=600, bypass_codes=2)
    equal(sorted(new), ["activation_barcode", "activation_code", "activation_url", "bypass_codes", "expiration", "user_id", "username"])
    equal(sdk.preauth(username="erin")["result"], "enroll")
    equal(sdk.enroll_status(new["user_id"], new["activation_code"]), "waiting")
    script({"activate": {"username": "erin"}})
    equal(sdk.enroll_status(new["user_id"], new["activation_code"]), "success")
    equal(sdk.preauth(user_id=new["user_id"])["result"], "auth")
    refused(400, 40002, "username", sdk.enroll, username="erin")


@case("enroll without a name makes one; wrong and expired codes are invalid")
def _():
    sdk = client()
    new = sdk.enroll(valid_secs=200)
    assert new["username"]
    equal(sdk.enroll_status(new["user_id"], "duo://wrong"), "invalid")
    script({"skew": 250})
    equal(sdk.enroll_status(new["user_id"], new["activation_code"]), "invalid")
    refused(400, 40001, "activation_code", sdk.enroll_status, new["user_id"], "")


@case("preauth lists devices in order, numbers masked, tokens bare")
def _():
    equal(client().preauth(**LOGIN), {
        "result": "auth", "status_msg": "Account is active",
        "devices": [
            {"device": PHONE, "type": "phone", "name": "iPhone", "display_name": "iPhone (XXX-XXX-4788)",
             "number": "XXX-XXX-4788", "capabilities": ["auto", "push", "sms", "phone", "mobile_otp"]},
            {"device": TOKEN, "type": "token", "name": "0"},
        ]})


@case("preauth: unknown user enrolls, is allowed or denied by policy")
def _():
    new = client().preauth(username="nobody")
    equal(new["result"], "enroll")
    assert new["enroll_portal_url"].startswith("https://")
    for rule in ("allow", "deny"):
        policy(new_user=rule)
        equal(client().preauth(username="nobody")["result"], rule)


@case("preauth: bypass allows, disabled and locked out deny, no devices enrolls")
def _():
    for changes, result in (({"status": "bypass"}, "allow"), ({"status": "disabled"}, "deny"),
                            ({"status": "locked_out"}, "deny"), ({"devices": []}, "enroll")):
        dana(**changes)
        equal(client().preauth(**LOGIN)["result"], result)


@case("exactly one of username and user_id")
def _():
    sdk = client()
    refused(400, 40001, "username", sdk.preauth)
    refused(400, 40002, "username", sdk.preauth, username="dana", user_id="DUDANA00000000000000")
    refused(400, 40002, "user_id", sdk.preauth, user_id="DUNOBODY000000000000")
    equal(sdk.preauth(user_id="DUDANA00000000000000")["result"], "auth")


@case("auth: unknown user, factor and device, missing device and passcode")
def _():
    sdk = client()
    refused(400, 40002, "username", sdk.auth, "push", username="nobody", device="auto")
    refused(400, 40002, "factor", sdk.auth, "carrier pigeon", device="auto", **LOGIN)
    refused(400, 40002, "device", sdk.auth, "push", device="DPNOSUCH000000000000", **LOGIN)
    refused(400, 40001, "device", sdk.auth, "push", **LOGIN)
    refused(400, 40001, "passcode", sdk.auth, "passcode", **LOGIN)
    refused(400, 40002, "device", sdk.auth, "passcode", passcode="111111", device="auto", **LOGIN)
    refused(400, 40002, "txid", sdk.auth_status, "13eb97f2-9008-42f4-b59b-afc7a5edf6a6")


@case("auth: a device without push has no capable device; auto calls it")
def _():
    dana(capabilities=["auto", "sms", "phone"])
    sdk = client()
    refused(400, 40002, "no capable device", sdk.auth, **PUSH)
    refused(400, 40002, "no capable device", sdk.auth, "push", device=PHONE, **LOGIN)
    answer, push = taken(sdk.auth, ["answer", "approve"], factor="auto", device="auto", **LOGIN)
    equal((answer["result"], push["factor"]), ("allow", "phone"))


@case("synchronous push: approve, deny, fraud")
def _():
    for how, result, status in (("approve", "allow", "allow"), ("deny", "deny", "deny"), ("fraud", "deny", "fraud")):
        answer, _push = taken(client().auth, [how], **PUSH)
        equal((answer["result"], answer["status"]), (result, status))
        assert answer["status_msg"]


@case("auto takes push; a chosen device takes push")
def _():
    answer, push = taken(client().auth, ["approve"], factor="auto", device="auto", **LOGIN)
    equal((answer["status"], push["factor"], push["type"]), ("allow", "push", "Login request"))
    answer, _push = taken(client().auth, ["approve"], factor="push", device=PHONE, **LOGIN)
    equal(answer["status"], "allow")


@case("asynchronous push: denied, reported as fraud; a finished txid still answers")
def _():
    sdk = client()
    for how, status in (("deny", "deny"), ("fraud", "fraud")):
        txid = sdk.auth(async_txn=True, **PUSH)["txid"]
        equal(polled(sdk, txid), (True, False, "pushed"))
        tap(txid, how)
        equal(polled(sdk, txid), (False, False, status))
        equal(polled(sdk, txid), (False, False, status))


@case("a push expires after 60 s as deny/timeout; after 5 more minutes its txid is unknown")
def _():
    sdk = client()
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    script({"advance": {"seconds": 59}})
    equal(polled(sdk, txid), (True, False, "pushed"))
    script({"advance": {"seconds": 2}})
    equal(sdk.auth_status(txid), {"waiting": False, "success": False, "status": "timeout", "status_msg": "Login timed out."})
    equal(tap(txid, "approve")[0], 400)
    script({"advance": {"seconds": 301}})
    refused(400, 40002, "txid", sdk.auth_status, txid)


@case("the long poll waits for the thumb; its own end is waiting/pushed or 40002")
def _():
    sdk = client()
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    equal(polled(sdk, txid), (True, False, "pushed"))
    box = []
    poll = threading.Thread(target=lambda: box.append(polled(client(), txid)))
    poll.start()
    tap(txid, "approve")
    poll.join(10)
    equal(box, [(False, True, "allow")])
    policy(poll_seconds=0)
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    equal(polled(sdk, txid), (True, False, "pushed"))
    equal(polled(sdk, txid), (True, False, "pushed"))
    policy(poll_seconds=0, poll_end="invalid_request")
    refused(400, 40002, None, sdk.auth_status, txid)
    tap(txid, "approve")
    equal(polled(sdk, txid), (False, True, "allow"))


@case("a notification that fails is push_failed and can still be approved")
def _():
    script({"next_push": "push_failed"})
    sdk = client()
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    equal(polled(sdk, txid), (True, False, "push_failed"))
    tap(txid, "approve")
    equal(polled(sdk, txid), (False, True, "allow"))


@case("phone call: calling, answered, key pressed; no key is a denial")
def _():
    sdk = client()
    txid = sdk.auth("phone", device="auto", async_txn=True, **LOGIN)["txid"]
    equal(sdk.auth_status(txid)["status_msg"], "Dialing XXX-XXX-4788...")
    tap(txid, "answer")
    equal(polled(sdk, txid), (True, False, "answered"))
    tap(txid, "approve")
    equal(polled(sdk, txid), (False, True, "allow"))
    answer, _push = taken(sdk.auth, ["answer", "deny"], factor="phone", device="auto", **LOGIN)
    equal(answer, {"result": "deny", "status": "deny", "status_msg": "No keypress detected. Please try again."})


@case("SMS: deny/sent, sync and async; the passcodes work once and show their first digit")
def _():
    sdk = client()
    equal(sdk.auth("sms", device="auto", **LOGIN), {"result": "deny", "status": "sent", "status_msg": "New SMS passcodes sent."})
    txid = sdk.auth("sms", device=PHONE, async_txn=True, **LOGIN)["txid"]
    equal(polled(sdk, txid), (False, False, "sent"))
    codes = phone(lambda state: state["messages"])[0]["codes"]
    equal(sdk.preauth(**LOGIN)["devices"][0]["sms_nextcode"], codes[0][0])
    equal(sdk.auth("passcode", passcode=codes[0], **LOGIN)["result"], "allow")
    equal(sdk.auth("passcode", passcode=codes[0], **LOGIN)["result"], "deny")
    equal(sdk.preauth(**LOGIN)["devices"][0]["sms_nextcode"], codes[1][0])


@case("passcodes: Duo Mobile, token and bypass code work once; a wrong one is denied")
def _():
    sdk = client()
    for code in ("111111", "333333", "999999999"):
        equal(sdk.auth("passcode", passcode=code, **LOGIN)["status"], "allow")
        equal(sdk.auth("passcode", passcode=code, **LOGIN),
              {"result": "deny", "status": "deny", "status_msg": "Incorrect passcode. Please try again."})
    txid = sdk.auth("passcode", passcode="222222", async_txn=True, **LOGIN)["txid"]
    equal(polled(sdk, txid), (False, True, "allow"))


@case("bypass, disabled and locked-out users at auth, sync and async")
def _():
    sdk = client()
    for state, result, status in (("bypass", "allow", "bypass"), ("disabled", "deny", "deny"),
                                  ("locked_out", "deny", "locked_out")):
        dana(status=state)
        answer = sdk.auth(**PUSH)
        equal((answer["result"], answer["status"]), (result, status))
        equal(polled(sdk, sdk.auth(async_txn=True, **PUSH)["txid"]), (False, result == "allow", status))


@case("lockout: the 10th failure in a row locks out, time-outs and wrong passcodes count, a success starts anew")
def _():
    sdk = client()
    fail = lambda: sdk.auth("passcode", passcode="000000", **LOGIN)["status"]
    equal([fail() for _ in range(9)], ["deny"] * 9)
    equal(sdk.auth("passcode", passcode="111111", **LOGIN)["status"], "allow")
    equal([fail() for _ in range(8)], ["deny"] * 8)
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    script({"advance": {"seconds": 61}})
    equal(polled(sdk, txid), (False, False, "timeout"))
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    tap(txid, "deny")
    equal(polled(sdk, txid), (False, False, "locked_out"))
    equal(sdk.preauth(**LOGIN)["result"], "deny")
    equal(sdk.auth(**PUSH)["status"], "locked_out")


@case("Verified Duo Push: code and txid from preauth, the phone must type the code")
def _():
    policy(verified_digits=4)
    sdk = client()
    first = sdk.preauth(client_supports_verified_push="1", **LOGIN)
    equal(len(first["verification_code"]), 4)
    refused(400, 40002, "txid", sdk.auth, async_txn=True, **PUSH)
    refused(400, 40002, "txid", sdk.auth, async_txn=True, txid="13eb97f2-9008-42f4-b59b-afc7a5edf6a6", **PUSH)
    txid = sdk.auth(async_txn=True, txid=first["txid"], **PUSH)["txid"]
    equal(txid, first["txid"])
    equal(sdk.auth_status(txid)["status_msg"], f"Please enter verification code {first['verification_code']} into Duo Mobile...")
    equal(phone(ringing)["digits"], 4)
    equal(tap(txid, "approve")[1]["problem"], "this request needs the verification code")
    equal(tap(txid, "approve", "x")[1]["problem"], "the verification code is wrong")
    equal(tap(txid, "approve", first["verification_code"])[0], 200)
    equal(polled(sdk, txid), (False, True, "allow"))


@case("Verified Duo Push: no code where the policy asks for none, a txid is then refused")
def _():
    sdk = client()
    assert "verification_code" not in sdk.preauth(client_supports_verified_push="1", **LOGIN)
    refused(400, 40002, "txid", sdk.auth, txid="13eb97f2-9008-42f4-b59b-afc7a5edf6a6", **PUSH)


@case("remembered devices: the token of an approval allows the next preauth")
def _():
    policy(remember_devices=True)
    sdk = client()
    txid = sdk.auth(async_txn=True, **PUSH)["txid"]
    tap(txid, "approve")
    token = sdk.auth_status(txid)["trusted_device_token"]
    equal(sdk.preauth(trusted_device_token=token, **LOGIN)["result"], "allow")
    equal(sdk.preauth(trusted_device_token="made up", **LOGIN)["result"], "auth")


@case("two pushes at once are both listed and answered apart")
def _():
    sdk = client()
    one, two = (sdk.auth(async_txn=True, **PUSH)["txid"] for _ in range(2))
    equal([push["txid"] for push in phone(lambda state: state["ringing"])], [one, two])
    tap(two, "approve")
    tap(one, "deny")
    equal((polled(sdk, one), polled(sdk, two)), ((False, False, "deny"), (False, True, "allow")))


@case("pushinfo of 20,000 bytes and more is refused")
def _():
    refused(400, 40002, "pushinfo", client().auth, pushinfo="Command=" + "x" * 20_000, **PUSH)


@case("429 once, with the SDK's own retry; then the answer")
def _():
    script({"fault": {"endpoint": "preauth", "times": 1, "fault": {"rate_limited": {"retry_after": None}}}})
    equal(client().preauth(**LOGIN)["result"], "auth")


@case("500 and an HTML 502 are errors of the SDK")
def _():
    script({"fault": {"endpoint": "check", "times": 1, "fault": {"fail": {"code": 50001, "detail": None}}}})
    refused(500, 50001, None, client().check)
    script({"fault": {"endpoint": "check", "times": 1, "fault": {"html": {"status": 502}}}})
    try:
        client().check()
    except RuntimeError as cause:
        equal(cause.status, 502)
    else:
        raise AssertionError("was not refused")


run()
