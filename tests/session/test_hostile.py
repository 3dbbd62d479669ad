"""Whatever stands in the ``Cookie`` header: no error, nobody else's session, no id that the server did not make.

The headers are made of valid cookies, changed at random, and of random bytes. What each of them is worth is read
here a second time, without the code under test.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import random
import re
from base64 import b64encode
from collections import Counter
from io import BytesIO
from urllib.parse import quote

import pytest
from flask import Flask, session

from demo_app import ExpressSessionInterface, MemoryStore, SessionOptions
from demo_app.session import StoredSession

CHUNKS, HEADERS = 10, 10_000  # chunks, and headers in each

NAME = "!#$%&'*+-.^_`|~sid"
SECRETS = ("new secret", "old secret")
#: What an id may look like: as they usually do, and like what stands around it.
SHAPES = ("{}", "{}", "s:{}", "{}.", "%41{}", '"{}"', "é {}", "{};{}", "a=b,{}", "☕{}")


class Site:
    """An app with one session for each of the shapes, and the cookies that go with them."""

    def __init__(self, dice: random.Random) -> None:
        self.made: list[str] = []  # by the server
        self.stored: list[str] = []  # what was ever new in the store
        self._dice = dice
        self._shapes = iter(SHAPES)
        app = Flask(__name__)
        app.testing = True  # an error is not turned into a 500
        options = SessionOptions(name=NAME, secret=SECRETS, store=self._watched(), genid=self._genid)
        app.session_interface = ExpressSessionInterface(options)
        app.add_url_rule("/read", "read", lambda: session.get("owner", "nobody"))
        app.add_url_rule("/write", "write", lambda: session.setdefault("owner", f"owner {len(self.stored)}"))
        app.add_url_rule("/end", "end", lambda: session.destroy() or "")
        self._app = app.wsgi_app

        #: Who owns the session of a cookie's decoded value.
        self.owners: dict[str, str] = {}
        worthless = []
        for _ in SHAPES:
            owner = self.ask("/write", "")[0]
            self.owners |= {_signed(self.made[-1], secret): owner for secret in SECRETS}
            worthless += [_signed(self.made[-1], "wrong"), "s:" + self.made[-1], self.made[-1]]
            # Another one, at once destroyed: signed, and not there.
            self.ask("/write", "")
            worthless.append(_signed(self.made[-1], SECRETS[0]))
            self.ask("/end", f"{NAME}={quote(worthless[-1], safe='')}")
        #: Values as a ``Set-Cookie`` header has them.
        self.valid = [quote(value, safe="") for value in self.owners]
        self.worthless = [quote(value, safe="") for value in worthless]

    def _genid(self, request: object) -> str:
        letters = "".join(self._dice.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", k=24))
        # Every second one is destroyed, see above.
        shape = "{}" if len(self.made) % 2 else next(self._shapes, "{}")
        self.made.append(shape.format(letters, letters))
        return self.made[-1]

    def _watched(self) -> MemoryStore:
        made, stored = self.made, self.stored

        class Watched(MemoryStore):
            def get(self, sid: str) -> StoredSession | None:
                assert sid in made
                return super().get(sid)

            def set(self, sid: str, session: StoredSession) -> None:
                stored.append(sid)
                super().set(sid, session)

        return Watched()

    def ask(self, path: str, header: str) -> tuple[str, str, list[str]]:
        """Body, status and ``Set-Cookie`` headers of the answer to one request."""
        answer = []
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_COOKIE": header,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
        }
        body = self._app(environ, lambda *start: answer.extend(start))
        status, headers, *_ = answer
        text = b"".join(body).decode()
        body.close()
        return text, status, [value for key, value in headers if key == "Set-Cookie"]


def _signed(sid: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), sid.encode(), hashlib.sha256).digest()
    return f"s:{sid}.{b64encode(digest).decode().rstrip('=')}"


def owner_of(header: str, owners: dict[str, str]) -> str:
    """Whose session the header opens, by a reading that shares nothing with the middleware's."""
    found = re.search(rf"(?:^|;)[ \t]*{re.escape(NAME)}[ \t]*=[ \t]*([^;]*)", header)
    if found is None:
        return "nobody"
    value = re.sub(r"[ \t]+\Z", "", found[1])
    if value[:1] == value[-1:] == '"':
        value = value[1:-1]
    escapes = r"(?:%[0-9A-Fa-f]{2})+"
    if "%" not in re.sub(escapes, "", value):
        with contextlib.suppress(UnicodeDecodeError):
            value = re.sub(escapes, lambda run: bytes.fromhex(run[0].replace("%", "")).decode(), value)
    return owners.get(value, "nobody")


# How a header comes about.

_ANY = "".join(map(chr, range(256)))
_TELLING = ';;;===...%%"" \t,:s' + NAME


def _character(dice: random.Random) -> str:
    return dice.choice(_TELLING if dice.random() < 0.6 else _ANY)


def _slice(dice: random.Random, text: str) -> tuple[str, str, str]:
    """The text in three, the middle one short."""
    start = dice.randrange(len(text) + 1)
    end = min(len(text), start + dice.choice((1, 1, 2, 5, 40)))
    return text[:start], text[start:end], text[end:]


def _flip(dice, text, site):
    before, middle, after = _slice(dice, text)
    return before + "".join(_character(dice) for _ in middle) + after


def _flip_bit(dice, text, site):
    at = dice.randrange(len(text)) if text else 0
    return text[:at] + "".join(chr(ord(c) ^ 1 << dice.randrange(8)) for c in text[at : at + 1]) + text[at + 1 :]


def _insert(dice, text, site):
    before, middle, after = _slice(dice, text)
    return before + _character(dice) + middle + after


def _delete(dice, text, site):
    before, _, after = _slice(dice, text)
    return before + after


def _duplicate(dice, text, site):
    before, middle, after = _slice(dice, text)
    return before + middle * 2 + after


def _swap_case(dice, text, site):
    before, middle, after = _slice(dice, text)
    return before + middle.swapcase() + after


def _escape(dice, text, site):
    before, middle, after = _slice(dice, text)
    return before + "".join(f"%{ord(c):02{dice.choice('xX')}}" for c in middle) + after


def _unescape(dice, text, site):
    return re.sub(r"%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)) if dice.random() < 0.5 else found[0], text)


def _quote(dice, text, site):
    name, equals, value = text.partition("=")
    return f'{name}{equals}{dice.choice(["", chr(34)])}{value}"'


def _truncate(dice, text, site):
    return text[: dice.randrange(len(text) + 1)]


def _space(dice, text, site):
    return re.sub("([=;])", lambda found: found[0].join(dice.choices(("", " ", "\t"), k=2)), text)


def _reorder(dice, text, site):
    pairs = text.split(";")
    dice.shuffle(pairs)
    return ";".join(pairs)


def _another(dice, text, site):
    pair = f"{dice.choice((NAME, NAME, NAME.upper(), 'other', ''))}={_value(dice, site)}"
    return "; ".join(dice.sample((text, pair), 2))


def _splice(dice, text, site):
    """The beginning of one, the end of another: an id with the signature of another id, for one."""
    other = f"{NAME}={_value(dice, site)}"
    if dice.random() < 0.5:
        return text.rpartition(".")[0] + "." + other.rpartition(".")[2]
    return text[: dice.randrange(len(text) + 1)] + other[dice.randrange(len(other)) :]


CHANGES = (_flip, _flip_bit, _insert, _delete, _duplicate, _swap_case, _escape, _unescape, _quote, _truncate, _space,
           _reorder, _another, _splice)  # fmt: skip


def _value(dice: random.Random, site: Site) -> str:
    return dice.choice(site.valid if dice.random() < 0.8 else site.worthless)


def hostile(dice: random.Random, site: Site) -> str:
    """A ``Cookie`` header as WSGI hands it over: each character is a byte."""
    if dice.random() < 0.05:
        header = "".join(_character(dice) for _ in range(dice.choice((1, 10, 100, 3000))))
        return header if dice.random() < 0.5 else f"{NAME}={header}"
    header = f"{NAME}={_value(dice, site)}"
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 5))):
        header = dice.choice(CHANGES)(dice, header, site)
    return header


@pytest.mark.parametrize("seed", range(CHUNKS))
def test_a_header_opens_the_session_whose_cookie_it_holds_and_no_other(seed):
    dice = random.Random(seed)
    site = Site(dice)
    worth = Counter()
    for number in range(HEADERS):
        header = hostile(dice, site)
        owner = owner_of(header, site.owners)
        path = "/write" if number % 5 == 0 else "/read"
        made, stored = len(site.made), len(site.stored)
        try:
            body, status, cookies = site.ask(path, header)
            assert status == "200 OK"
            if owner != "nobody" or path == "/read":
                assert body == owner
                assert not cookies
                assert site.stored[stored:] == []
            else:
                assert body == f"owner {stored}"
                assert [quote(_signed(site.made[-1], SECRETS[0]), safe="!~*'()")] == [
                    cookie.removeprefix(f"{NAME}=").partition(";")[0] for cookie in cookies
                ]
                assert site.stored[stored:] == site.made[made:]
        except Exception as error:
            raise AssertionError(f"seed {seed}, header {number}: GET {path} with {header!r}") from error
        worth[owner] += 1
    assert set(site.stored) <= set(site.made)
    # What was asked was worth asking: every session was opened, and most headers opened none.
    assert worth.keys() == {"nobody", *site.owners.values()}
    assert 0.5 < worth["nobody"] / HEADERS < 0.9
