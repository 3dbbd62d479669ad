"""Feeds the doctor what nobody would write: ``python -m tests.tools.fuzz [seconds for each form]``.

For each form of input: no exception but ValueError, no answer that is sent and not stored, nothing of a terminal's
control characters printed, and no question that takes long. What it finds becomes a test of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from demo_app.cookies import Context, Jar, why
from demo_app.cookies.address import Address
from demo_app.cookies.command import main as command
from demo_app.cookies.dates import read_age, read_date

#: No question may take longer, in seconds.
LONGEST = 2.0

_PIECES = [
    *("a=1", "__Host-a=1", "__Secure-x=2", "=", "==", ";", "; ", ",", " ", "Set-Cookie: ", "< set-cookie: "),
    *("Secure", "HttpOnly", "SameSite=", "Lax", "None", "Path=", "/", "/a", "..", "%2e", "Domain=", "Partitioned"),
    *("shop.example", ".github.io", "co.uk", "127.0.0.1", "[::1]", "localhost", "0x7f.1", ":99999", "xn--", "。"),
    *("Max-Age=", "-1", "9" * 30, "1e9", "Expires=", "Thu, 01 Jan 1970 00:00:00 GMT", "31 Feb 2027 24:00:60"),
    *("http://", "https://", "file://", "null", "@", "#", "?", '"', "\\", "x" * 5000),
    *("\x00", "\x07", "\x1b[2J", "\x7f", "\r\n", "\t", "é", "🍪", "ſ", "\ud800"),
]
_CLIENTS = ("chromium", "firefox")
_KINDS = ("visit", "link", "form", "frame", "image", "fetch")
_URLS = ("https://shop.example/", "http://localhost:3000/a", "https://www.me.github.io/x/y", "https://[::1]/")
_CURL = ("< HTTP/1.1 200 OK\n", "> GET / HTTP/1.1\n", "> Host: shop.example\n", "HTTP/2 302\n", "location: /x\n", "\n")


class Fuzz:
    """Questions at random, the same for the same seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._random = random.Random(seed)
        self._har = folder / "odd.har"

    def text(self, most: int = 12) -> str:
        return "".join(self._random.choices(_PIECES, k=self._random.randint(0, most)))

    def url(self) -> str:
        odd = self._random.choice(("https://", "http://", "")) + self.text(5)
        return self._random.choice((*_URLS, odd))

    def context(self) -> Context:
        chance = self._random
        return Context(
            request=chance.choice(_KINDS),
            page=self.url(),
            to=chance.choice((None, self.url())),
            redirects=tuple(self.url() for _ in range(chance.choice((0, 0, 1, 3)))),
            set_by=chance.choice((*_KINDS, "script")),
            credentials=chance.choice(("same-origin", "include", "omit")),
            third_party_cookies=chance.choice((True, False)),
        )

    def shape(self, depth: int = 0) -> Any:
        """JSON of any shape, with the words of a HAR."""
        chance = self._random
        if depth > 4 or chance.random() < 0.3:
            return chance.choice((None, 1, -1.5, True, self.text(3), "", [], {}, 1e308))
        if chance.random() < 0.4:
            return [self.shape(depth + 1) for _ in range(chance.randint(0, 3))]
        words = (
            "log",
            "entries",
            "request",
            "response",
            "url",
            "headers",
            "name",
            "value",
            "cookies",
            "pages",
            "status",
        )
        return {chance.choice(words): self.shape(depth + 1) for _ in range(chance.randint(0, 5))}

    def entry(self) -> dict[str, Any]:
        """An entry of a HAR, one part of which may be of another shape."""
        chance = self._random
        asked = {"name": chance.choice(("Cookie", "Referer", "Origin", "Sec-Fetch-Site")), "value": self.text(4)}
        answered = {"name": chance.choice(("Set-Cookie", "set-cookie", "Location")), "value": self.text()}
        entry = {
            "startedDateTime": chance.choice(("2026-11-25T07:00:00.000Z", self.text(2), 5)),
            "request": {"method": "GET", "url": self.url(), "headers": [asked], "cookies": []},
            "response": {"status": chance.choice((200, 302, 0, "x")), "headers": [answered], "redirectURL": self.url()},
        }
        if chance.random() < 0.3:
            entry[chance.choice([*entry])] = self.shape(3)
        return entry

    # One question in each form.

    def line(self) -> None:
        found = why(self.text(), self.url(), self.context())
        assert found.stored.answer or not (found.sent.answer or found.shown.answer)
        repr(found)

    def both_browsers(self) -> None:
        repr(why(self.text(), self.url(), self.context(), client="both"))

    def jar(self) -> None:
        jar = Jar(self._random.choice(_CLIENTS))
        for _ in range(self._random.randint(1, 8)):
            with contextlib.suppress(ValueError):
                jar.take(self.text(), self.url(), self.context())
                jar.sent(self.url())
                jar.shown(self.url())

    def source(self) -> None:
        odd = (
            None,
            [],
            b"a=1",
            5,
            {"name": self.text(2), "value": "1"},
            [self.text()],
            [{"name": "Set-Cookie"}],
            print,
        )
        why(self._random.choice(odd), *self._random.choice(((), (self.url(),))))

    def address(self) -> None:
        Address(self.text(6))

    def date(self) -> None:
        read_date(self.text())
        read_age(self.text(3))

    def arguments(self) -> None:
        more = ([], ["--json"], ["--request", self._random.choice(_KINDS), "--page", self.url()], ["--to", self.url()])
        self._ask([self.text(), self.url(), *self._random.choice(more)])

    def curl(self) -> None:
        lines = [
            self._random.choice((*_CURL, f"< Set-Cookie: {self.text(4)}\n", self.text(4) + "\n")) for _ in range(9)
        ]
        self._ask(["-"], "".join(lines))

    def har(self) -> None:
        log = {"version": "1.2", "pages": self.shape(3), "entries": [self.entry() for _ in range(5)]}
        log["creator"] = {"name": self._random.choice(("WebInspector", "Playwright", "Firefox"))}
        odd = self._random.choice((json.dumps({"log": log}), json.dumps(self.shape()), self.text()))
        self._har.write_text(odd, encoding="utf-8", errors="replace")
        self._ask(["--har", str(self._har), "--client", self._random.choice(_CLIENTS)])

    def _ask(self, arguments: list[str], given: str = "") -> None:
        """Ask as in a terminal."""
        said = io.StringIO()
        entry = io.TextIOWrapper(io.BytesIO(given.encode("utf-8", "replace")), encoding="utf-8")
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), patch("sys.stdin", entry):
            try:
                status = command(arguments)
            except SystemExit as end:  # argparse's
                status = end.code
        assert status in (0, 1, 2)
        assert not set(said.getvalue()) & set("\x00\x07\x1b\x7f")


FORMS = ("line", "both_browsers", "jar", "source", "address", "date", "arguments", "curl", "har")


def run(ask: Callable[[], None], seconds: float) -> tuple[int, float]:
    """Ask for so many seconds. Return how many questions that were, and how long the longest took."""
    asked, longest, end = 0, 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        with contextlib.suppress(ValueError):
            ask()
        asked, longest = asked + 1, max(longest, time.monotonic() - began)
    return asked, longest


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 120
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        fuzz = Fuzz(seed, Path(folder))
        for form in FORMS:
            asked, longest = run(getattr(fuzz, form), seconds)
            print(f"{form:14} {asked:10,} questions, the longest {longest:.2f} s", flush=True)
            assert longest < LONGEST
