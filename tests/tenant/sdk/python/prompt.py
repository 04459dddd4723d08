"""A browser without script that walks the tenant's prompt, as the tenant documents the walk."""

import http.client
import json
import ssl
from urllib.parse import parse_qs, urlencode, urlsplit

from tenant import HERE

CONTEXT = ssl.create_default_context(cafile=HERE["ca"])
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def send(method, target, body="", headers=FORM):
    connection = http.client.HTTPSConnection(HERE["host"], HERE["port"], timeout=10, context=CONTEXT)
    connection.request(method, target, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.getheader("Location"), answer.read().decode()


class Prompt:
    """One open prompt. `entry` is where `authorize` sent the browser: `/frame/prompt`, or `/frame/exit` past it."""

    def __init__(self, url):
        parts = urlsplit(url)
        status, location, body = send("GET", f"{parts.path}?{parts.query}")
        if status != 303:
            raise AssertionError(f"no prompt but {status}: {body}")
        self.entry = urlsplit(location).path
        self.sid = parse_qs(urlsplit(location).query)["sid"][0]

    def get(self, step):
        return send("GET", f"/frame/{step}?{urlencode({'sid': self.sid})}")

    def post(self, step, **fields):
        return send("POST", f"/frame/{step}", urlencode({"sid": self.sid, **fields}))

    def page(self):
        return self.get("prompt")[2]

    def status(self):
        return json.loads(self.get("status")[2])["result"]

    def returned(self, step="exit"):
        """The parameters that the browser brings back to the caller."""
        status, location, body = self.get(step)
        if status != 303 or not location.startswith("http://localhost:"):
            raise AssertionError(f"not sent back but {status} {location}: {body}")
        return {name: value for name, [value] in parse_qs(urlsplit(location).query, strict_parsing=True).items()}
