"""What a case is, and how it is played on a server.

A case is JSON: ``{"options": {...}, "requests": [...]}``. All keys of a request may be left out::

    {
        "client": "ada",           # each client has a cookie jar of its own
        "after": 0,                # milliseconds since the request before
        "path": "/",
        "tls": false,
        "forwarded": "https",      # X-Forwarded-Proto
        "remember": false,         # which of two cookie options a cookie function chooses, see servers.py
        "sends": "its cookie",     # or another of Client.SENDS
        "does": [["set", "user", "ada"], ["save"]]   # what the view does, see ACTIONS in servers.py
    }
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote

#: When every case begins: 1 January 2024, in milliseconds.
START = 1_704_067_200_000


def play(case: dict[str, Any], server: Any) -> list[dict[str, Any]]:
    """Send the requests of ``case`` in turn; return what came of each, comparable between servers."""
    server.start(case["options"])
    options = case["options"]
    name = options.get("name") or options.get("key") or "connect.sid"
    given = options["secret"] if isinstance(options["secret"], list) else [options["secret"]]
    secrets = [as_bytes(secret) for secret in given]
    clients: dict[str, Client] = defaultdict(lambda: Client(name, secrets))
    names = _Names()
    now = START
    outcomes = []
    for request in case["requests"]:
        now += request.get("after", 0)
        path = request.get("path", "/")
        client = clients[request.get("client", "ada")]
        headers = {"Cookie": client.cookie_header(request.get("sends", "its cookie"), path, now)}
        headers["X-Forwarded-Proto"] = request.get("forwarded")
        headers["X-Remember"] = "yes" if request.get("remember") else None
        answer = server.send(
            now=now,
            path=path,
            headers={key: value for key, value in headers.items() if value is not None},
            tls=request.get("tls", False),
            actions=request.get("does", []),
        )
        now = answer["now"]  # the request may have waited
        cookies = [parse_set_cookie(header) for header in answer["set_cookie"]]
        for cookie in cookies:
            if cookie["name"] == name:
                client.receive(cookie, path)
        outcomes.append(
            {
                "status": answer["status"],
                "saw": answer["saw"] and [names.in_view(seen) for seen in answer["saw"]],
                "cookies": [names.in_cookie(cookie, secrets[0], now) for cookie in cookies],
                "store": {
                    names[sid]: stored
                    for sid, session in answer["store"].items()
                    if (stored := _stored(session, now))["cookie"].get("expires", 1) > 0
                },
            }
        )
    return outcomes


# Cookies, read and signed without the help of either server.


def parse_set_cookie(header: str) -> dict[str, Any]:
    """The name, value and attributes in a ``Set-Cookie`` header; an attribute without value is ``True``."""
    pair, *attributes = header.split("; ")
    name, _, value = pair.partition("=")
    parsed: dict[str, Any] = {"name": name, "value": value}
    for attribute in attributes:
        key, equals, text = attribute.partition("=")
        assert key not in parsed, f"{key} is there twice: {header}"
        parsed[key] = text if equals else True
    if "Expires" in parsed:
        parsed["Expires"] = int(parsedate_to_datetime(parsed["Expires"]).timestamp() * 1000)
    return parsed


def as_bytes(secret: Any) -> bytes:
    """A secret of the options: text, or ``{"bytes": …}`` with a character for each byte."""
    return secret.encode() if isinstance(secret, str) else secret["bytes"].encode("latin-1")


def signed(sid: str, secret: bytes) -> str:
    """The cookie's value for an id, before it is percent-encoded."""
    digest = hmac.digest(secret, sid.encode(), hashlib.sha256)
    return f"s:{sid}.{b64encode(digest).decode().rstrip('=')}"


class Client:
    """A client that keeps cookies as RFC 6265 says, and can send something else instead.

    It does not look at ``Secure`` and ``Domain``: only path and date are to keep a cookie from the server.
    """

    def __init__(self, name: str, secrets: Sequence[bytes]) -> None:
        self._name = name
        self._secrets = secrets
        self._jar: dict[str, dict[str, Any]] = {}  # by path
        self._first: str | None = None
        self._last = quote(signed("never-had-one", secrets[0]))

    def receive(self, cookie: dict[str, Any], path: str) -> None:
        """Keep a cookie from a response."""
        self._jar[cookie.get("Path", path.partition("?")[0].rpartition("/")[0] or "/")] = cookie
        self._first = self._first or cookie["value"]
        self._last = cookie["value"]

    def cookie_header(self, sends: str, path: str, now: int) -> str | None:
        """The ``Cookie`` header; ``None`` for none at all."""
        if sends == "its cookie":
            path = path.partition("?")[0]
            # Longer paths first, RFC 6265, section 5.4.
            for cookie_path, cookie in sorted(self._jar.items(), key=lambda item: -len(item[0])):
                if _path_matches(path, cookie_path) and cookie.get("Expires", now + 1) > now:
                    return f"{self._name}={cookie['value']}"
            return None
        return self.SENDS[sends](self)

    def _pair(self, value: str) -> str:
        return f"{self._name}={value}"

    def _sid(self) -> str:
        return unquote(self._last)[2:].rpartition(".")[0]

    def _resigned(self, sid: str, secret: bytes) -> str:
        return self._pair(quote(signed(sid, secret), safe=""))

    #: What a client may send instead. ``_last`` is the last cookie it got, wherever that belongs.
    SENDS: dict[str, Callable[[Client], str | None]] = {
        "its cookie": lambda self: None,  # see cookie_header
        "nothing": lambda self: None,
        "its last cookie": lambda self: self._pair(self._last),
        "its first cookie": lambda self: self._pair(self._first or self._last),
        "another signature": lambda self: self._pair(self._last[:-1] + ("A" if self._last[-1] != "A" else "B")),
        "half a signature": lambda self: self._pair(self._last[:-20]),
        "another id": lambda self: self._pair(self._last.replace("s%3A", "s%3Ax", 1)),
        "id without signature": lambda self: self._pair(quote(self._sid(), safe="")),
        "id without signature, marked": lambda self: self._pair("s%3A" + quote(self._sid(), safe="")),
        "signature without mark": lambda self: self._pair(self._last.replace("s%3A", "", 1)),
        "signed with the last secret": lambda self: self._resigned(self._sid(), self._secrets[-1]),
        "signed with a wrong secret": lambda self: self._resigned(self._sid(), b"wrong"),
        "signed id nobody issued": lambda self: self._resigned("nobody-issued-this", self._secrets[0]),
        "signed empty id": lambda self: self._resigned("", self._secrets[0]),
        "two cookies, the right one first": lambda self: f"{self._pair(self._last)}; {self._pair('s%3Awrong.sig')}",
        "two cookies, the right one last": lambda self: f"{self._pair('s%3Awrong.sig')}; {self._pair(self._last)}",
        "two cookies, the first one empty": lambda self: f"{self._pair('')}; {self._pair(self._last)}",
        "nothing escaped": lambda self: self._pair(unquote(self._last).encode("ascii", "ignore").decode()),
        "raw UTF-8": lambda self: self._pair(unquote(self._last).encode().decode("latin-1")),
        "raw Latin-1": lambda self: self._pair(unquote(self._last)),
        "everything escaped": lambda self: self._pair(re.sub("..", r"%\g<0>", unquote(self._last).encode().hex())),
        "broken escape": lambda self: self._pair(self._last + "%ZZ"),
        "escape cut short": lambda self: self._pair(self._last + "%4"),
        "escaped bytes that are no UTF-8": lambda self: self._pair(self._last + "%FF"),
        "in quotes": lambda self: self._pair(f'"{self._last}"'),
        "in quotes, never closed": lambda self: self._pair(f'"{self._last}'),
        "a single quote": lambda self: self._pair('"'),
        "an empty value": lambda self: self._pair(""),
        "no equals sign": lambda self: self._name,
        "an empty header": lambda self: "",
        "one character": lambda self: "=",
        "among others": lambda self: f"a=1; {self._pair(self._last)}; b=2",
        "with spaces and tabs": lambda self: f"a = 1;\t{self._name} \t=\t {self._last} \t;b=2",
        "without a space between": lambda self: f"a=1;{self._pair(self._last)};b=2",
        "among rubbish": lambda self: f';;= ;a;"=;={self._name}; ;{self._pair(self._last)};=;',
        "name in capitals": lambda self: f"{self._name.upper()}={self._last}",
        "name as a part": lambda self: f"x{self._name}={self._last}; {self._name}x={self._last}",
        "behind a comma": lambda self: f"a=1, {self._pair(self._last)}",
    }


def _path_matches(path: str, cookie_path: str) -> bool:
    """RFC 6265, section 5.1.4."""
    return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")


# Outcomes in a form that is the same for both: ids by order of appearance, dates by their distance from now.


class _Names(dict):
    """Gives every id a name when it first appears: ``id 1``, ``id 2``."""

    def __missing__(self, sid: str) -> str:
        self[sid] = f"id {len(self) + 1}"
        return self[sid]

    def in_view(self, seen: Any) -> Any:
        return {**seen, "sid": self[seen["sid"]]} if isinstance(seen, dict) else seen

    def in_cookie(self, cookie: dict[str, Any], secret: bytes, now: int) -> dict[str, Any]:
        value = unquote(cookie["value"], errors="strict")
        sid = value[2:].rpartition(".")[0]
        right = value == signed(sid, secret) and cookie["value"] == _encode_uri_component(value)
        shown = {**cookie, "value": f"{self[sid]}, signed" if right else cookie["value"]}
        if "Expires" in cookie:
            shown["Expires"] = cookie["Expires"] - now
        return shown


def _encode_uri_component(text: str) -> str:
    return quote(text, safe="!~*'()")


def _stored(session: dict[str, Any], now: int) -> dict[str, Any]:
    """A stored session. Settings of its cookie that are off are left out, ``false`` and ``null`` alike."""
    cookie = {key: value for key, value in session["cookie"].items() if value or key == "originalMaxAge"}
    if "expires" in cookie:
        date = datetime.fromisoformat(cookie["expires"].replace("Z", "+00:00"))
        cookie["expires"] = round(date.timestamp() * 1000) - now
    for key in ("sameSite", "priority"):
        if key in cookie:
            cookie[key] = "strict" if cookie[key] is True else cookie[key].lower()
    return {**session, "cookie": cookie}
