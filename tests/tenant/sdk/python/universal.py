"""Signs in through Duo's unmodified `duo_universal` and the tenant's prompt, and prints one line per behaviour."""

import os

from duo_universal import Client, DuoException
from prompt import Prompt, send
from tenant import HERE, case, dana, equal, phone, policy, ringing, run, script, tap

BACK = "http://localhost:49152/back"
HOST = f"{HERE['host']}:{HERE['port']}"


def client(secret=None, identity=None, back=BACK, **options):
    options = {"duo_certs": HERE["ca"], **options}
    return Client(identity or HERE["client_id"], secret or HERE["client_secret"], HOST, back, **options)


def refused(words, call, *args, **named):
    try:
        answer = call(*args, **named)
    except DuoException as cause:
        assert words in str(cause), f"refused, but by: {cause}"
    else:
        raise AssertionError(f"was not refused: {answer!r}")


def approved(sdk, user="dana", nonce=None):
    """What the browser brings back once the phone has approved, and the state that it left with."""
    state = sdk.generate_state()
    prompt = Prompt(sdk.create_auth_url(user, state, nonce=nonce))
    prompt.post("push")
    push = phone(ringing)
    equal(tap(push["txid"], "approve")[0], 200)
    equal(prompt.status(), "allow")
    back = prompt.returned()
    equal(back["state"], state)
    return back


def exchanged(sdk, back, user="dana", nonce=None, name="duo_code"):
    return sdk.exchange_authorization_code_for_2fa_result(back[name], user, nonce=nonce)


def with_token(tamper):
    """What the SDK makes of the next token."""
    sdk = client()
    back = approved(sdk)
    script({"id_token": tamper})
    return exchanged(sdk, back)


@case("health_check")
def _():
    assert client().health_check()["response"]["timestamp"] > 1_600_000_000


@case("health_check: wrong secret, wrong client_id, unknown CA")
def _():
    refused("Failed to verify signature.", client(secret="x" * 40).health_check)
    refused("The provided client_assertion was invalid.", client(identity="DI" + "X" * 18).health_check)
    refused("CERTIFICATE_VERIFY_FAILED", Client(HERE["client_id"], HERE["client_secret"], HOST, BACK).health_check)


@case("push approved: health_check, create_auth_url, exchange")
def _():
    sdk = client()
    equal(sdk.health_check()["stat"], "OK")
    token = exchanged(sdk, approved(sdk))
    equal((token["preferred_username"], token["sub"], token["aud"]), ("dana", "dana", HERE["client_id"]))
    equal(token["iss"], f"https://{HOST}/oauth/v1/token")
    equal(token["auth_result"], {"result": "allow", "status": "allow", "status_msg": "Login Successful"})
    context = token["auth_context"]
    equal((context["factor"], context["reason"], context["user"]["key"]), ("duo_push", "user_approved", "DUDANA00000000000000"))
    assert "nonce" not in token, token


@case("the phone shows the Web SDK application")
def _():
    prompt = Prompt(client().create_auth_url("dana", "s" * 36))
    prompt.post("push")
    push = phone(ringing)
    equal((push["application"], push["type"], push["username"], push["factor"]),
          ("Thumbturn sign-in", "Login request", "dana", "push"))


@case("a nonce beside the request object comes back in the token")
def _():
    sdk, nonce = client(), "n" * 36
    equal(exchanged(sdk, approved(sdk, nonce=nonce), nonce=nonce)["nonce"], nonce)
    refused("The nonce is invalid.", exchanged, sdk, approved(sdk, nonce=nonce), nonce="m" * 36)
    refused("The nonce is invalid.", exchanged, sdk, approved(sdk), nonce=nonce)


@case("use_duo_code_attribute=False: the code is named code")
def _():
    sdk = client(use_duo_code_attribute=False)
    back = approved(sdk)
    equal(sorted(back), ["code", "state"])
    exchanged(sdk, back, name="code")


@case("disable_ca_pinning with the CA in the environment")
def _():
    os.environ["REQUESTS_CA_BUNDLE"] = HERE["ca"]
    try:
        sdk = Client(HERE["client_id"], HERE["client_secret"], HOST, BACK, disable_ca_pinning=True)
        exchanged(sdk, approved(sdk))
    finally:
        del os.environ["REQUESTS_CA_BUNDLE"]


@case("passcode: a wrong one stays on the page, a right one signs in")
def _():
    sdk = client()
    prompt = Prompt(sdk.create_auth_url("dana", sdk.generate_state()))
    prompt.post("passcode", passcode="000000")
    assert "This passcode is wrong" in prompt.page()
    equal(prompt.status(), "deny")
    prompt.post("passcode", passcode="111111")
    token = exchanged(sdk, prompt.returned())
    equal((token["auth_context"]["factor"], token["amr"]), ("passcode", ["mfa", "otp"]))


@case("bypass code: signs in, once")
def _():
    sdk = client()
    prompt = Prompt(sdk.create_auth_url("dana", sdk.generate_state()))
    prompt.post("passcode", passcode="999999999")
    equal(exchanged(sdk, prompt.returned())["auth_context"]["factor"], "bypass_code")
    prompt = Prompt(sdk.create_auth_url("dana", sdk.generate_state()))
    prompt.post("passcode", passcode="999999999")
    equal(prompt.status(), "deny")


@case("Verified Duo Push: the code of the page is typed on the phone")
def _():
    policy(verified_digits=3)
    sdk = client()
    prompt = Prompt(sdk.create_auth_url("dana", sdk.generate_state()))
    prompt.post("push")
    push = phone(ringing)
    code = prompt.page().split('class="code"')[1].split(">")[1].split("<")[0]
    equal((len(code), tap(push["txid"], "approve")[0], tap(push["txid"], "approve", code)[0]), (3, 400, 200))
    equal(exchanged(sdk, prompt.returned())["auth_context"]["factor"], "verified_duo_push")


@case("wrong secret: no prompt, no token")
def _():
    forger = client(secret="x" * 40)
    try:
        Prompt(forger.create_auth_url("dana", "s" * 36))
    except AssertionError as cause:
        assert "not signed by the client secret" in str(cause), cause
    else:
        raise AssertionError("a prompt opened")
    refused("Failed to verify signature.", exchanged, forger, approved(client()))


@case("state length: 16 and 1024 pass, the SDK refuses 15 and 1025")
def _():
    for length in (16, 1024):
        equal(Prompt(client().create_auth_url("dana", "s" * length)).entry, "/frame/prompt")
    for length in (15, 1025):
        refused("State must be at least", client().create_auth_url, "dana", "s" * length)


@case("state and request object are signed: a changed one opens no prompt")
def _():
    url = client().create_auth_url("dana", "s" * 36)
    status, _location, page = send("GET", url.split(HOST)[1] + "&state=" + "t" * 36)
    equal((status, "do not agree" in page), (400, True))


@case("redirect_uri: an IP literal and plain http elsewhere open no prompt")
def _():
    for back in ("http://127.0.0.1:49152/back", "http://app.example/back", "thumbturn://back"):
        status, location, page = send("GET", client(back=back).create_auth_url("dana", "s" * 36).split(HOST)[1])
        equal((status, location, "This page cannot sign you in" in page), (400, None, True))


@case("wrong user: a token for dana is none for eve")
def _():
    sdk = client()
    refused("The username is invalid.", exchanged, sdk, approved(sdk), user="eve")
    refused("The username is invalid.", exchanged, sdk, approved(sdk), user="DANA")


@case("used code is invalid_grant")
def _():
    sdk = client()
    back = approved(sdk)
    exchanged(sdk, back)
    refused("invalid_grant", exchanged, sdk, back)


@case("expired code is invalid_grant")
def _():
    sdk = client()
    back = approved(sdk)
    script({"advance": {"seconds": 301}})
    refused("invalid_grant", exchanged, sdk, back)


@case("other redirect_uri and made-up code are invalid_grant")
def _():
    refused("does not match the redirection URI", exchanged, client(back="http://localhost:49152/other"), approved(client()))
    refused("invalid_grant", exchanged, client(), {"duo_code": "made-up"})


@case("denied: stays on the page, says so, and can be tried again")
def _():
    sdk = client()
    prompt = Prompt(sdk.create_auth_url("dana", sdk.generate_state()))
    for how in ("deny", "fraud"):
        prompt.post("push")
        tap(phone(ringing)["txid"], how)
        equal(prompt.status(), "deny")
    assert "reported as fraud" in prompt.page()
    equal(prompt.get("exit")[1], f"/frame/prompt?sid={prompt.sid}")
    prompt.post("push")
    tap(phone(ringing)["txid"], "approve")
    exchanged(sdk, prompt.returned())


@case("cancelled: access_denied with the state")
def _():
    state = "c" * 36
    back = Prompt(client().create_auth_url("dana", state)).returned("cancel")
    equal((back["error"], back["state"], "duo_code" in back), ("access_denied", state, False))


@case("refused by policy: a page, and access_denied on the way back")
def _():
    script({"next_prompt": "refused_by_policy"})
    prompt = Prompt(client().create_auth_url("dana", "s" * 36))
    equal((prompt.status(), "does not permit this sign-in" in prompt.page()), ("deny", True))
    prompt.post("push")
    equal(phone(lambda state: [state["ringing"]]), [[]])
    equal(prompt.returned("cancel")["error"], "access_denied")


@case("disabled, locked out and unknown users get a page")
def _():
    for changes, words in (({"status": "disabled"}, "disabled"), ({"status": "locked_out"}, "locked"), ({"devices": []}, "Add a device")):
        dana(**changes)
        assert words in Prompt(client().create_auth_url("dana", "s" * 36)).page(), words
    assert "Add a device" in Prompt(client().create_auth_url("nobody", "s" * 36)).page()


@case("bypass status passes silently and the SDK takes the token")
def _():
    dana(status="bypass")
    sdk = client()
    prompt = Prompt(sdk.create_auth_url("dana", sdk.generate_state()))
    equal(prompt.entry, "/frame/exit")
    context = exchanged(sdk, prompt.returned())["auth_context"]
    equal((context["factor"], context["reason"]), ("not_available", "bypass_user"))


@case("trusted network passes silently and the SDK takes the token")
def _():
    script({"next_prompt": "trusted_network"})
    sdk = client()
    context = exchanged(sdk, Prompt(sdk.create_auth_url("dana", sdk.generate_state())).returned())["auth_context"]
    equal((context["factor"], context["reason"]), ("trusted_network", "trusted_network"))


REJECTED = {
    "no signature": {"signing": {"none": {"alg": "none"}}},
    "HS256": {"signing": "hs256"},
    "HS384": {"signing": "hs384"},
    "other secret": {"signing": "other_secret"},
    "RS256": {"signing": "rs256"},
    "PEM as secret": {"signing": "pem_as_secret"},
    "broken signature": {"wire": "broken_signature"},
    "no exp": {"claims": [{"remove": {"path": "exp"}}]},
    "no iat": {"claims": [{"remove": {"path": "iat"}}]},
    "no aud": {"claims": [{"remove": {"path": "aud"}}]},
    "no iss": {"claims": [{"remove": {"path": "iss"}}]},
    "iss is the host": {"claims": [{"set": {"path": "iss", "value": f"https://{HOST}"}}]},
    "other aud": {"claims": [{"set": {"path": "aud", "value": "DIXXXXXXXXXXXXXXXXXX"}}]},
    "no preferred_username": {"claims": [{"remove": {"path": "preferred_username"}}]},
    "Dana": {"claims": [{"set": {"path": "preferred_username", "value": "Dana"}}]},
    "70 s over": {"claims": [{"later": {"path": "exp", "seconds": -3670}}]},
    "iat in 90 s": {"claims": [{"later": {"path": "iat", "seconds": 90}}]},
    "sub is a number": {"claims": [{"set": {"path": "sub", "value": 7}}]},
    "five parts": {"wire": "encrypted"},
    "a list": {"wire": {"literal": {"value": ["a"]}}},
}
ACCEPTED = {
    "50 s over": {"claims": [{"later": {"path": "exp", "seconds": -3650}}]},
    "iat in 50 s": {"claims": [{"later": {"path": "iat", "seconds": 50}}]},
    "aud in a list": {"claims": [{"set": {"path": "aud", "value": [HERE["client_id"], "another"]}}]},
    "no sub": {"claims": [{"remove": {"path": "sub"}}]},
    "no auth_result": {"claims": [{"remove": {"path": "auth_result"}}]},
    "auth_result deny": {"claims": [{"set": {"path": "auth_result/result", "value": "deny"}}]},
}


def each_token(name, tamper, good):
    @case(f"id_token, {name}: {'accepted' if good else 'rejected'} by the SDK")
    def _():
        if good:
            with_token(tamper)
        else:
            refused("", with_token, tamper)


for name, tamper in REJECTED.items():
    each_token(name, tamper, False)
for name, tamper in ACCEPTED.items():
    each_token(name, tamper, True)


run()
